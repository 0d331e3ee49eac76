"""Words that a list does not hold whole: a stem it knows, and one of the endings that Kiwi was seen to read behind it.

Korean puts a few hundred endings (에서, 하는, 입니다) behind many thousand stems, so a list of whole words never
ends. A list may hold, under `MARK` and the stem, which endings Kiwi reads behind that stem just as it reads them
elsewhere; each such word was read by Kiwi when the list was made, so nothing is guessed here.

Stems that take much the same endings are of one kind, and a kind numbers its endings, those of most stems first. A stem
has a character for its kind, then characters whose bits are the endings, then what is said of it: `A☒☒ 서당/NNG`. Where
that is the stem itself, it says only the tag: `A☒☒ /NNG`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MARK: Final = "+"
"""Begins no word, so stems stand in one list with the words; alone it is the key of the endings of all kinds."""

_BITS = 15
_ZERO = 0x4E00  # a character without bits; 2**15 above it there is still no surrogate and no sign that ends a line


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
        self._kinds: dict[str, dict[str, list[tuple[int, int, str]]]] = {}
        endings = set()
        for kind, line in enumerate(filter(None, (find(MARK) or "").split(";"))):
            known = self._kinds[chr(_ZERO + kind)] = {}
            for number, ending in enumerate(_endings(line)):
                known.setdefault(ending.text, []).append((1 + number // _BITS, 1 << number % _BITS, ending.said))
                endings.add(ending.text)
        self._endings = frozenset(endings)
        self._longest = max(map(len, endings), default=-1)

    def find(self, word: str) -> tuple[str, str] | None:
        """What is said of the stem and of the ending (empty behind a bare stem) that make the word; None when none do."""
        for cut in range(len(word), max(0, len(word) - self._longest - 1), -1):
            ending = word[cut:]
            stem = self._find(MARK + word[:cut]) if ending in self._endings else None
            if stem is None:
                continue
            end = stem.index(" ")
            for at, bit, behind in self._kinds[stem[0]].get(ending, ()):
                if at < end and ord(stem[at]) - _ZERO & bit:
                    said = stem[end + 1 :]
                    return word[:cut] + said if said[0] == "/" else said, behind
        return None


def entries(endings: Sequence[Ending], stems: Mapping[str, tuple[str, Iterable[int]]]) -> dict[str, str]:
    """What a list holds of families: `stems` gives what is said of each stem and the numbers of its endings."""
    kinds: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    stems = {stem: (said, numbers) for stem, (said, behind) in stems.items() if (numbers := list(behind))}
    for stem, (said, _) in stems.items():
        kinds[closing(stem), said.rpartition("/")[2]].append(stem)
    found: dict[str, str] = {}
    lines: list[str] = []
    for number, (_, alike) in enumerate(sorted(kinds.items())):
        counted = Counter(ending for stem in alike for ending in stems[stem][1])
        order = sorted(counted, key=lambda ending: (-counted[ending], ending))
        places = {ending: place for place, ending in enumerate(order)}
        lines.append("|".join(f"{endings[ending].text}={endings[ending].said}" for ending in order))
        for stem in alike:
            said, behind = stems[stem]
            whole = said.startswith(stem + "/") and " " not in said
            bits = _as_characters(places[ending] for ending in behind)
            found[MARK + stem] = f"{chr(_ZERO + number)}{bits} {said[len(stem) :] if whole else said}"
    return {MARK: ";".join(lines), **found}


def closing(stem: str) -> int:
    """How the last syllable closes, which decides about many endings: 0 open, 1 with ㄹ, 2 otherwise closed."""
    final = (ord(stem[-1]) - ord("가")) % 28 if "가" <= stem[-1] <= "힣" else 0
    return 0 if final == 0 else 1 if final == 8 else 2


def _as_characters(places: Iterable[int]) -> str:
    bits = sum(1 << place for place in places)
    found = []
    while bits:
        found.append(chr(_ZERO + bits % (1 << _BITS)))
        bits >>= _BITS
    return "".join(found)


def _endings(line: str) -> list[Ending]:
    pairs = (one.partition("=") for one in line.split("|"))
    return [Ending(text, said) for text, _, said in pairs]
