"""Words that a list does not hold whole: a stem it knows, and one of the endings that Kiwi was seen to read behind it.

Korean puts a few hundred endings (에서, 하는, 입니다) behind many thousand stems, so a list of whole words never
ends. A list may hold, under `MARK` and the stem, which of its numbered endings Kiwi reads behind that stem just as it
reads them elsewhere; each such word was read by Kiwi when the list was made, so nothing is guessed here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

MARK: Final = "+"
"""Begins no word, so stems stand in one list with the words; alone it is the key of the endings."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What stands behind a stem, empty for the bare one, and what is said of it."""

    text: str
    said: str


class WordFamilies:
    """The words that the stems and endings of one list make."""

    def __init__(self, find: Callable[[str], str | None]) -> None:
        """`find` is that of the list; one without endings makes no words."""
        self._find = find
        self._bits: dict[str, list[tuple[int, str]]] = {}
        for bit, ending in enumerate(_endings(find(MARK) or "")):
            self._bits.setdefault(ending.text, []).append((bit, ending.said))
        self._longest = max(map(len, self._bits), default=-1)

    def find(self, word: str) -> str | None:
        """What is said of the word; None when no stem with an ending makes it."""
        for cut in range(len(word), max(0, len(word) - self._longest - 1), -1):
            endings = self._bits.get(word[cut:])
            stem = self._find(MARK + word[:cut]) if endings else None
            if endings and stem is not None:
                mask, _, said = stem.partition(" ")
                for bit, behind in endings:
                    if int(mask, 16) >> bit & 1:
                        return f"{said} {behind}" if behind else said
        return None


def entries(endings: Iterable[Ending], stems: Mapping[str, tuple[str, Iterable[int]]]) -> dict[str, str]:
    """What a list holds of families: `stems` gives what is said of each stem and the numbers of its endings."""
    found = {MARK + stem: f"{sum(1 << bit for bit in bits):x} {said}" for stem, (said, bits) in stems.items()}
    return {MARK: "|".join(f"{one.text}={one.said}" for one in endings), **found}


def _endings(line: str) -> list[Ending]:
    pairs = (one.partition("=") for one in line.split("|")) if line else ()
    return [Ending(text, said) for text, _, said in pairs]
