"""Citation marks in a model's text, while it streams: every form becomes `[n]`, partial marks are held back.

A model writes the number of a passage, in whatever brackets it likes: `[2]`, `[1, 3]`, `【2】`, `[^2]`, `[문서 2]`. What is shown counts
the marks themselves, 1, 2, 3 in order, because each mark gets a quote of its own; `passages` remembers which passage each names.
Code is left alone, and a mark that names no passage is dropped.
"""

import re

MAX_MARK_CHARS = 28
_GAP = r"[ \t]*"
_MARK = re.compile(
    rf"[\[【]{_GAP}(?:\^|passage|source|document|문서|출처|자료)?{_GAP}#?"
    rf"(\d{{1,3}}(?:{_GAP}(?:[,，、;]|and|과|와|-){_GAP}#?\d{{1,3}})*){_GAP}[\]】](\([^()\s]{{0,300}}\))?",
    re.IGNORECASE,
)
_OPEN = re.compile(rf"[\[【](?:[^\[\]【】\n`]{{0,{MAX_MARK_CHARS}}})?$")
_LINK_TAIL = re.compile(r"[\]】](\([^()\s]{0,300})?$")
_CODE = re.compile(r"```|~~~|`")


class MarkStream:
    """Turns a stream of text pieces into the same text with settled marks. One object serves one answer."""

    def __init__(self, passages: int) -> None:
        self._most = passages
        self._held = ""
        self._fence = ""
        self._passages: list[int] = []

    @property
    def passages(self) -> tuple[int, ...]:
        """The passage (from 1) that each mark written so far names, in the order of the marks."""
        return tuple(self._passages)

    def feed(self, delta: str) -> str:
        """The text that may be shown now; the tail that could still become a mark or a fence is kept for the next call."""
        self._held += delta
        keep = self._unfinished(self._held)
        ready, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return self._settle(ready)

    def finish(self) -> str:
        """What was still held back."""
        ready, self._held = self._held, ""
        return self._settle(ready)

    def _unfinished(self, text: str) -> int:
        """How many characters at the end must wait for more."""
        opened = _OPEN.search(text)
        if opened:
            return len(text) - opened.start()
        linked = _LINK_TAIL.search(text)
        if linked:
            start = max(text.rfind("[", 0, linked.start()), text.rfind("【", 0, linked.start()))
            if 0 <= linked.start() - start <= MAX_MARK_CHARS:
                return len(text) - start
        ticks = len(text) - len(text.rstrip("`~"))
        return ticks if 0 < ticks < 3 else 0

    def _settle(self, text: str) -> str:
        """The text with its marks counted, outside code."""
        pieces: list[str] = []
        position = 0
        for code in _CODE.finditer(text):
            outside = text[position : code.start()]
            pieces.append(outside if self._fence else _MARK.sub(self._counted, outside))
            pieces.append(code.group())
            if not self._fence:
                self._fence = code.group()
            elif self._fence == code.group():
                self._fence = ""
            position = code.end()
        rest = text[position:]
        pieces.append(rest if self._fence else _MARK.sub(self._counted, rest))
        return "".join(pieces)

    def _counted(self, mark: re.Match[str]) -> str:
        shown = []
        for number in _numbers(mark.group(1)):
            if 1 <= number <= self._most:
                self._passages.append(number)
                shown.append(f"[{len(self._passages)}]")
        return "".join(shown)


def _numbers(listed: str) -> list[int]:
    """`1, 3` -> 1 and 3; `2-4` -> 2, 3 and 4; nothing twice."""
    numbers: list[int] = []
    for part in re.split(r"\s*(?:[,，、;]|and|과|와)\s*", listed):
        ends = [int(piece) for piece in re.findall(r"\d+", part)]
        span = range(ends[0], ends[-1] + 1) if len(ends) == 2 and 0 <= ends[1] - ends[0] < 20 else ends
        numbers += [number for number in span if number not in numbers]
    return numbers
