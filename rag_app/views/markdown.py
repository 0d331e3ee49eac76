"""Other people's text, made safe to draw: everything is escaped, then a few constructs are allowed back.

Covers: HTML, images, links, Streamlit's own directives, icons, emoji codes, footnotes and formulas in a document, a model's answer, a
question, a file name. Links and images of documents are never live: a link shows its words, an address stands as code.
Allowed back: bold, italics, code, formulas, and citation marks (`[1]`), which become links of ours.
"""

import re
from collections.abc import Callable
from typing import Final

MarkLink = Callable[[int], str | None]
"""The anchor of a citation mark (`#...`), None when no citation has this number."""

_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")
_INDENT: Final = re.compile(r"(?m)^[ \t]+")
_MULTI_BLANK: Final = re.compile(r" {2,}")
_JOINER: Final = "\u2060"
"""Invisible, and no punctuation: CommonMark refuses to close `**` between a bracket and a letter (`**학습률(lr)**은`), this mends it."""

_ATOM: Final = re.compile(
    r"\b(?:https?|ftp)://[^\s<>\"'`|()\[\]]+|\bwww\.[^\s<>\"'`|()\[\]]+"  # addresses
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"  # mail
    r"|:(?:100|1234|[0-9_+-]*[A-Za-z_+-][\w+-]*):(?!:)",  # emoji and icon codes
    re.ASCII,
)
_TOKEN: Final = re.compile(
    r"(?P<code>(?P<ticks>`+)(?!`)(?P<inside>[^\n]+?)(?<!`)(?P=ticks)(?!`))"
    r"|(?P<display>\$\$(?P<display_tex>[^$\n]+)\$\$)"
    r"|(?P<math>(?<![\w$\\])\$(?P<tex>(?=[^\s$])[^$\n]{0,300}?(?<=[^\s\\]))\$(?![\d$]))"
    r"|(?P<bold>\*\*(?P<strong>(?=\S)[^\n]+?(?<=\S))\*\*(?!\*))"
    r"|(?P<italic>(?<![\w*])\*(?P<emphasis>(?=[^\s*])[^*\n]+?(?<=[^\s]))\*(?![\w*]))"
    r"|(?P<link>!?\[(?P<label>[^\[\]\n]*)\]\((?P<target>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+[\"'][^\n)]*)?\))"
    r"|(?P<mark>\[(?P<number>\d{1,3})\](?![(:\[]))"
    rf"|(?P<atom>(?a:{_ATOM.pattern}))"
)
_TEX: Final = re.compile(r"[\\^_=<>+*/|]|^[A-Zα-ωΑ-Ω]{1,2}$|^[A-Za-zα-ωΑ-Ω](?:['′]|\([A-Za-z, ]+\))?$")


def escape_text(text: str, *, breaks: bool = True) -> str:
    """The text as it was typed; nothing in it means anything to Streamlit.

    With `breaks` each line stays a line and indentation is kept, without it white space collapses to single blanks (for labels).
    """
    if not breaks:
        return _escaped(" ".join(text.split()))
    lines = (_escape_line(line) for line in text.split("\n"))
    return re.sub(r"(?:  \n){2,}", "\n\n", "  \n".join(lines)).strip("\n")


def inline(text: str, link: MarkLink | None = None) -> str:
    """One line of somebody's Markdown with only the allowed constructs alive; `link` makes citation marks clickable."""
    pieces: list[str] = []
    position = 0
    for token in _TOKEN.finditer(text):
        rendered = _rendered(token, link)
        if rendered is None:
            continue
        if token.start() < position:
            continue
        before = _escaped(text[position : token.start()])
        if token.lastgroup == "mark" and before.endswith(" "):  # a number never begins a line
            before = before[:-1] + "\xa0"
        pieces += [before, rendered]
        position = token.end()
    pieces.append(_escaped(text[position:]))
    return "".join(pieces)


def highlighted(text: str) -> str:
    """One line in the colour of a cited passage; blanks around it stay outside."""
    body = text.strip()
    if not body:
        return ""
    shown = inline(body)
    if not _balanced(shown):
        shown = _escaped(body)
    return f":yellow-background[{shown}]"


def code(text: str) -> str:
    """One line as code, whatever backticks it holds."""
    line = " ".join(text.split("\n"))
    fence = "`" * (max((len(run) for run in re.findall(r"`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or (line.strip() and line[0] == line[-1] == " ") else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line.strip() else ""


def is_formula(tex: str) -> bool:
    """Whether what stands between dollar signs is mathematics rather than prose between two prices."""
    return bool(_TEX.search(tex)) and not re.search(r"[가-힣]{2,}\s+[가-힣]", re.sub(r"\\text\{[^}]*\}", "", tex))


def _rendered(token: re.Match[str], link: MarkLink | None) -> str | None:
    """The Markdown of one allowed construct; None when it is plain text after all."""
    match token.lastgroup:
        case "code":
            return code(token["inside"])
        case "display":
            return f"${token['display_tex'].strip()}$" if is_formula(token["display_tex"]) else None
        case "math":
            return f"${token['tex']}$" if is_formula(token["tex"]) else None
        case "bold":
            return f"**{_JOINER}{inline(token['strong'], link)}{_JOINER}**"
        case "italic":
            return f"*{_JOINER}{inline(token['emphasis'], link)}{_JOINER}*"
        case "link":
            return _dead_link(token["label"], token["target"])
        case "mark":
            anchor = link(int(token["number"])) if link is not None else None
            return f"[{token['number']}]({anchor})" if anchor is not None else None
        case _:
            return code(token.group())


def _dead_link(label: str, target: str) -> str:
    """The words of a link; a web address follows as code, so that nothing is hidden behind the words."""
    words = inline(label) if label.strip() else ""
    if not re.match(r"(?:https?|ftp)://", target, re.IGNORECASE) or target == label:
        return words or code(target)
    return f"{words} ({code(target)})" if words else code(target)


def _escaped(text: str) -> str:
    """Plain text; what Streamlit finds even behind escapes (addresses, `:names:`) stands as code."""
    pieces: list[str] = []
    position = 0
    for atom in _ATOM.finditer(text):
        pieces += [_PUNCTUATION.sub(r"\\\1", text[position : atom.start()]), code(atom.group())]
        position = atom.end()
    return "".join(pieces) + _PUNCTUATION.sub(r"\\\1", text[position:])


def _escape_line(line: str) -> str:
    """One line with its blanks kept."""
    kept = _INDENT.sub(lambda found: found.group().expandtabs(4).replace(" ", "\xa0"), line.rstrip())
    return _escaped(_MULTI_BLANK.sub(lambda found: "\xa0" * len(found.group()), kept))


def _balanced(rendered: str) -> bool:
    """Whether a directive's brackets would close where they should: none stands bare inside."""
    return not re.search(r"(?<!\\)[\[\]]", rendered)
