"""The blocks of a Markdown text, with offsets; the only door to markdown-it.

Only blocks are parsed, never inline marks: that is linear in the length, also for inputs made to be slow.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import table as is_table
from markdown_it.token import Token

BlockKind = Literal["heading", "paragraph", "list", "quote", "table", "code", "html", "rule"]

MAX_TITLE_CHARS = 300

_MARKED = re.compile(r"[\\`*_\[\]<>&!]")

_KINDS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "blockquote_open": "quote",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
    "html_block": "html",
    "hr": "rule",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the outermost level: the offset where its first line starts, and where blocks inside it start.

    `content` is the raw line of a heading, `level` its level (0 for other kinds); `line` counts from 1.
    """

    kind: BlockKind
    start: int
    line: int
    inner: tuple[int, ...] = ()
    level: int = 0
    content: str = ""


@lru_cache(maxsize=1)  # the reader wants the headings, the chunker the blocks of the same text right after
def parse_blocks(text: str, start: int = 0) -> tuple[Block, ...]:
    """The blocks of a clean text from `start` (a line start) on, in order.

    A `#` in code, in a comment, in a list or in a quotation opens no section: such a line is no heading block.
    """
    lines = line_starts(text)
    first_line = bisect_right(lines, start) - 1
    blocks: list[Block] = []
    inner: list[int] = []
    tokens = _block_parser().parse(text[start:])
    for index, token in enumerate(tokens):
        if token.map is None:
            continue
        line = token.map[0] + first_line
        if token.level == 0:
            if inner:
                blocks[-1] = _with_inner(blocks[-1], inner)
                inner = []
            blocks.append(_outermost(token, tokens[index + 1 : index + 2], lines[line], line + 1))
        elif token.nesting >= 0 and token.type != "inline":
            inner.append(lines[line])
    if inner:
        blocks[-1] = _with_inner(blocks[-1], inner)
    return tuple(blocks)


def plain_title(content: str) -> str:
    """The words of a heading line: no emphasis, links, tags or anchors; code keeps its words."""
    bare = _without_anchor(content[: 2 * MAX_TITLE_CHARS])
    if not _MARKED.search(bare):
        return " ".join(bare.split())[:MAX_TITLE_CHARS]
    tokens = _inline_parser().parseInline(bare)
    words = "".join(_words(child) for token in tokens for child in token.children or ())
    return " ".join(words.split())[:MAX_TITLE_CHARS]


def line_starts(text: str) -> list[int]:
    """The offset of every line's first character."""
    starts, at = [0], text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts


@cache
def _block_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table").disable(["reference"])
    parser.core.ruler.disable(["inline", "text_join"])
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    return parser


def _table(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """The library's rule for a table, but for the cells: they are most of what it makes, and nobody looks at them."""
    if not is_table(state, first, end, True):
        return False
    if silent:
        return True
    parent, state.parentType = state.parentType, "table"
    terminators = state.md.block.ruler.getRules("blockquote")
    lines = [first, end]
    state.push("table_open", "table", 1).map = lines
    line = first + 2
    while (
        line < end
        and state.sCount[line] >= state.blkIndent
        and not state.isEmpty(line)
        and not state.is_code_block(line)
    ):
        if any(ends(state, line, end, True) for ends in terminators):
            break
        state.push("tr", "tr", 0).map = [line, line + 1]
        line += 1
    state.push("table_close", "table", -1)
    lines[1] = state.line = line
    state.parentType = parent
    return True


@cache
def _inline_parser() -> MarkdownIt:
    return MarkdownIt("commonmark")


def _outermost(token: Token, following: Sequence[Token], start: int, line: int) -> Block:
    kind = _KINDS[token.type]
    if kind != "heading":
        return Block(kind, start, line)
    content = following[0].content if following else ""
    return Block(kind, start, line, level=int(token.tag[1:]), content=content)


def _with_inner(block: Block, inner: Sequence[int]) -> Block:
    """The block with its inner starts; the header of a table stays with the first row."""
    starts = sorted(set(inner) - {block.start})
    if block.kind == "table":
        starts = starts[1:]
    return Block(block.kind, block.start, block.line, tuple(starts), block.level, block.content)


def _without_anchor(content: str) -> str:
    """Without the anchor at the end: `{#id}`, `{ #id }`, `{: #id }` or `{/*id*/}`."""
    bare = content.rstrip()
    if bare.endswith("}"):
        at = bare.rfind("{")
        if at > 0 and bare[at + 1 :].lstrip()[:1] in ("#", ".", ":", "/"):
            return bare[:at].rstrip()
    return content


def _words(token: Token) -> str:
    if token.type in ("text", "code_inline"):
        return token.content
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return token.content if token.type == "image" else ""
