"""A model's stream -> what may be shown: no thinking aloud, no foreign language, no instructions, no refusal word.

Text is released sentence by sentence, after it was looked at; what is held back when the verdict falls is never shown.
"""

import re
from typing import Final, Literal

from graphs.prompts.answer import NO_ANSWER
from graphs.state import Voice

Verdict = Literal["fine", "no_answer", "drifted", "leaked"]

RELEASE_CHARS: Final = 60
"""A longer piece without a sentence end is released at its last space."""
_UNDECIDED_LETTERS: Final = 60
_LEAK_CHARS: Final[dict[Voice, int]] = {"ko": 16, "en": 30}
"""A run of this many characters of the instructions, spaces aside, is no accident."""

_THINK_OPEN: Final = re.compile(r"<think(?:ing)?>", re.IGNORECASE)
_THINK_CLOSE: Final = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_BOUNDARY: Final = re.compile(r"\n|(?<=[.!?。…])(?:[\"'”’)\]]*)\s")
_ASIDE: Final = re.compile(r"`[^`]*`|\([^()]*\)|“[^”]*”|\"[^\"]*\"|‘[^’]*’|\[[^\[\]]*\]|https?://\S+")
_HANGUL: Final = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")
_OTHER: Final = re.compile(r"[^\W\d_A-Za-z\u00c0-\u024f\u0370-\u03ff가-힣ㄱ-ㅎㅏ-ㅣ]")
_SPACE: Final = re.compile(r"\s+")


class ThinkFilter:
    """Drops `<think>…</think>` from a stream, also when the tags arrive in pieces."""

    def __init__(self) -> None:
        self._held = ""
        self._inside = False

    def feed(self, delta: str) -> str:
        """The text outside of thinking that is certain so far."""
        self._held += delta
        out: list[str] = []
        while True:
            found = (_THINK_CLOSE if self._inside else _THINK_OPEN).search(self._held)
            if found is None:
                break
            if not self._inside:
                out.append(self._held[: found.start()])
            self._held = self._held[found.end() :]
            self._inside = not self._inside
        keep = _partial_tag(self._held)
        ready, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        if not self._inside:
            out.append(ready)
        return "".join(out)

    def finish(self) -> str:
        """What was still held back; nothing of an unclosed thought."""
        rest, self._held = ("" if self._inside else self._held), ""
        return rest


def without_thinking(text: str) -> str:
    """A whole reply without its thinking."""
    thoughts = ThinkFilter()
    return (thoughts.feed(text) + thoughts.finish()).strip()


class AnswerGuard:
    """Looks at a stream before it is shown. `text` is what was released so far; once `verdict` is not "fine", stop."""

    def __init__(self, voice: Voice, *, secret: str = "") -> None:
        self.verdict: Verdict = "fine"
        self.text = ""
        self._voice = voice
        self._secret = _squeezed(secret)
        self._thoughts = ThinkFilter()
        self._pending = ""
        self._in_code = False

    def feed(self, delta: str) -> str:
        """The text that may be shown now."""
        return self._release(self._thoughts.feed(delta), last=False)

    def finish(self) -> str:
        """The rest that may be shown at the end of the stream."""
        return self._release(self._thoughts.finish(), last=True)

    def _release(self, delta: str, *, last: bool) -> str:
        if self.verdict != "fine":
            return ""
        self._pending += delta
        if not self.text:
            self._pending = self._pending.lstrip()
            start = self._pending.lstrip("*_`\"'“‘ ")
            if start.startswith(NO_ANSWER):
                self.verdict = "no_answer"
                return ""
            if NO_ANSWER.startswith(start) and not last:
                return ""
        end = len(self._pending) if last else _boundary(self._pending)
        piece = self._pending[:end]
        if not piece or not self._allows(piece, last=last):
            return ""
        self._pending = self._pending[end:]
        piece = piece.replace(NO_ANSWER, "")
        self.text += piece
        return piece

    def _allows(self, piece: str, *, last: bool) -> bool:
        """True when the piece may be shown; False when it is held back or the verdict has fallen."""
        prose = self._prose(piece)
        if self._secret and _leaks(self.text[-60:] + piece, self._secret, _LEAK_CHARS[self._voice]):
            self.verdict = "leaked"
            return False
        language = _language_of(prose, self._voice)
        if language == "other" or (language == "undecided" and last and _is_sentence(prose)):
            self.verdict = "drifted"
            return False
        if language == "undecided" and not last:
            return False
        if piece.count("```") % 2:
            self._in_code = not self._in_code
        return True

    def _prose(self, piece: str) -> str:
        """The piece without code, quotations and brackets, which may be in any language."""
        parts = piece.split("```")
        outside = parts[1::2] if self._in_code else parts[::2]
        return _ASIDE.sub(" ", " ".join(outside))


def _language_of(prose: str, voice: Voice) -> Literal["right", "other", "undecided"]:
    hangul, latin, other = (len(pattern.findall(prose)) for pattern in (_HANGUL, _LATIN, _OTHER))
    letters = hangul + latin + other
    if other >= 4 and other > 0.3 * letters:
        return "other"
    if voice == "en":
        return "other" if hangul >= 8 and hangul > 0.5 * letters else "right"
    if hangul >= 0.1 * letters or latin < 12:
        return "right"
    return "other" if latin >= _UNDECIDED_LETTERS else "undecided"


def _is_sentence(prose: str) -> bool:
    return len(prose.split()) >= 5


def _leaks(text: str, secret: str, run: int) -> bool:
    said = _squeezed(text)
    return any(said[start : start + run] in secret for start in range(len(said) - run + 1))


def _squeezed(text: str) -> str:
    return _SPACE.sub("", text).casefold()


def _boundary(pending: str) -> int:
    """Where the part of the pending text that can be judged ends; 0 when nothing can be."""
    ends = [found.end() for found in _BOUNDARY.finditer(pending)]
    if ends:
        return ends[-1]
    return pending.rfind(" ") + 1 if len(pending) > RELEASE_CHARS else 0


def _partial_tag(text: str) -> int:
    """How many characters at the end may be the beginning of a thinking tag."""
    start = text.rfind("<")
    tail = text[start:].lower() if start >= 0 else ""
    tags = ("<think>", "<thinking>", "</think>", "</thinking>")
    return len(tail) if tail and any(tag.startswith(tail) for tag in tags) else 0
