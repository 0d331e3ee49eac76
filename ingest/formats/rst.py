"""reStructuredText: underlined headings, code blocks and simple tables as Markdown; comments and targets are left out."""

import re
import unicodedata

from ingest.formats.composer import Composer
from ingest.formats.decoding import decode_clean
from rag_app.schema import SourceText

_UNDERLINE = re.compile(r"([!-/:-@\[-`{-~])\1{1,}\s*\Z")
_CODE = re.compile(r"\.\.\s+(?:code-block|code|sourcecode|highlight|parsed-literal)::\s*(\S*)\s*\Z")
_DIRECTIVE = re.compile(r"\.\.\s+([\w:-]+)::\s*(.*)\Z")
_TARGET = re.compile(r"\.\.\s+(?:_[^:]*:|\|[^|]*\||\[)")
_FIELD = re.compile(r":([\w -]+):\s*(.*)\Z")
_ROLE = re.compile(r":[\w:.+-]+:`([^`<]*?)\s*(?:<[^`>]*>)?`")
_LITERAL = re.compile(r"``(.+?)``")
_LINK = re.compile(r"`([^`<]+?)\s*<[^`>]*>`__?")
_SIMPLE_RULE = re.compile(r"=+(?:\s+=+)+\s*\Z")
_GRID_RULE = re.compile(r"\+(?:[-=]+\+)+\s*\Z")
_SILENT = frozenset(
    ("toctree", "image", "contents", "include", "raw", "index", "only", "meta", "module", "currentmodule")
)


def read_rst(data: bytes) -> SourceText:
    """The text with its headings; levels follow the order in which underlines first appear.

    Raises:
        UndecodableSource: the bytes are no text.
    """
    decoded = decode_clean(data)
    reading = _Reading(decoded.text.expandtabs(8).split("\n"))
    reading.run()
    return reading.composer.source(
        title=reading.composer.first_heading,
        format_name="rst",
        encoding=decoded.encoding,
        metadata=reading.fields,
        warnings=decoded.warnings,
    )


class _Reading:
    """Goes down the lines once."""

    def __init__(self, lines: list[str]) -> None:
        self.composer = Composer()
        self.fields: dict[str, str] = {}
        self._lines = lines
        self._at = 0
        self._styles: list[tuple[str, bool]] = []
        self._in_front = True  # fields above the text are what the document states of itself

    def run(self) -> None:
        """Writes every block."""
        while self._at < len(self._lines):
            if not self._lines[self._at].strip():
                self._at += 1
            elif not (self._heading() or self._explicit() or self._table()):
                self._paragraph()

    def _heading(self) -> bool:
        line, following, third = (self._line(self._at + step) for step in range(3))
        over = _UNDERLINE.match(line)
        if over and following.strip() and third.rstrip() == line.rstrip():
            self._add_heading(following, over[1], overlined=True, lines=3)
            return True
        under = _UNDERLINE.match(following)
        if under and not line.startswith((" ", "..")) and len(following.rstrip()) >= _width(line.rstrip()):
            self._add_heading(line, under[1], overlined=False, lines=2)
            return True
        return False

    def _add_heading(self, text: str, sign: str, *, overlined: bool, lines: int) -> None:
        style = (sign, overlined)
        if style not in self._styles:
            self._styles.append(style)
        self.composer.heading(self._styles.index(style) + 1, _inline(text))
        self._at += lines

    def _explicit(self) -> bool:
        """Directives, targets and comments: what begins with two dots. Code is kept, what has words keeps them."""
        line = self._lines[self._at]
        if not line.startswith(".."):
            field = _FIELD.match(line)
            if field and self._in_front and len(self.fields) < 20:
                self.fields[field[1].lower()] = field[2]
                self._at += 1
                return True
            return False
        code, directive, target = _CODE.match(line), _DIRECTIVE.match(line), _TARGET.match(line)
        self._at += 1
        body = self._indented()
        while body and _FIELD.match(body[0].strip()):
            body = body[1:]
        if code:
            self.composer.code("\n".join(body).strip("\n"), code[1])
        elif directive and directive[1] not in _SILENT and not target:
            self.composer.paragraph(
                _inline(f"{directive[1].replace('-', ' ').capitalize()}: {directive[2]}").rstrip(": ")
            )
            inner = _Reading(body)
            inner.composer, inner._styles, inner._in_front = self.composer, self._styles, False
            inner.run()
        return True

    def _table(self) -> bool:
        """A table of either kind, when each of its rows is one line; else it is kept as it is drawn."""
        line = self._lines[self._at]
        simple, grid = _SIMPLE_RULE.match(line), _GRID_RULE.match(line)
        if not simple and not grid:
            return False
        end = self._at
        rules = 0
        while end < len(self._lines) and (self._lines[end].strip() or (simple and rules < 3)):
            rules += bool(_SIMPLE_RULE.match(self._lines[end]))
            end += 1
            if simple and rules == 3:
                break
        drawn = [text for text in self._lines[self._at : end] if text.strip()]
        self._at = end
        if grid:
            rows = [
                [_inline(cell) for cell in text.strip().strip("|").split("|")] for text in drawn if text.startswith("|")
            ]
        else:
            columns = [(match.start(), match.end()) for match in re.finditer("=+", line)]
            columns[-1] = (columns[-1][0], 10_000)
            rows = [[_inline(text[a:b]) for a, b in columns] for text in drawn if not _SIMPLE_RULE.match(text)]
        if len({len(row) for row in rows}) == 1:
            self.composer.table(rows)
        else:
            self.composer.code("\n".join(drawn))
        return True

    def _paragraph(self) -> None:
        self._in_front = False
        start = self._at
        while self._at < len(self._lines) and self._lines[self._at].strip():
            if self._at > start and self._line(self._at).startswith(".. "):
                break
            self._at += 1
        block = self._lines[start : self._at]
        literal = block[-1].rstrip().endswith("::")
        if literal:
            block[-1] = block[-1].rstrip()[:-1] if block[-1].strip() != "::" else ""
        indent = min((len(line) - len(line.lstrip()) for line in block if line.strip()), default=0)
        self.composer.paragraph(_inline("\n".join(line[indent:] for line in block)))
        if literal:
            self.composer.code("\n".join(self._indented()).strip("\n"))

    def _indented(self) -> list[str]:
        """The lines that are indented below this one, without their indentation."""
        body: list[str] = []
        while self._at < len(self._lines) and (
            not self._lines[self._at].strip() or self._lines[self._at].startswith(" ")
        ):
            body.append(self._lines[self._at])
            self._at += 1
        indent = min((len(line) - len(line.lstrip()) for line in body if line.strip()), default=0)
        return [line[indent:] for line in body]

    def _line(self, at: int) -> str:
        return self._lines[at] if at < len(self._lines) else ""


def _inline(text: str) -> str:
    """Without roles and addresses; literals keep their backquotes as Markdown has them."""
    return _LITERAL.sub(r"`\1`", _LINK.sub(r"\1", _ROLE.sub(r"\1", text)))


def _width(text: str) -> int:
    """Columns on a terminal: Korean letters take two, and an underline is often as short as their number."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) if wide else len(text.strip())
