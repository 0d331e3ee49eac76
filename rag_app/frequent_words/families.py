"""Which endings Kiwi reads behind which stems as it reads them elsewhere: learned from analysed words, asked of Kiwi."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag_app.analyses import packed
from rag_app.korean import Morpheme
from rag_app.word_families import Ending

ENDINGS: Final = 512
WORDS_OF_AN_ENDING: Final = 3
SHARE_OF_STEMS: Final = 0.004
"""An ending is tried behind the stems of a kind when it stands behind this share of them, and behind so many words."""
_STEMS_AT_ONCE: Final = 200

Kind = tuple[int, str]
"""Stems that take the same endings: by how the last syllable closes (0 open, 1 ㄹ, 2 closed), and the tag of the last morpheme."""
Analyse = Callable[[Sequence[str]], Sequence[tuple[Morpheme, ...]]]


@dataclass(frozen=True, slots=True)
class Split:
    """A word at the border between its stem and its ending."""

    stem: str
    morphemes: tuple[Morpheme, ...]
    ending: Ending

    @property
    def kind(self) -> Kind:
        """What decides about the endings of the stem."""
        final = (ord(self.stem[-1]) - ord("가")) % 28 if "가" <= self.stem[-1] <= "힣" else 0
        return 0 if final == 0 else 1 if final == 8 else 2, self.morphemes[-1].tag


def split(word: str, morphemes: Sequence[Morpheme]) -> Split | None:
    """The word before its particles and endings; a little later where the two are fused (`했` of 하다), None where that is never."""
    border = len(morphemes)
    while border > 1 and _may_end(morphemes[border - 1].tag):
        border -= 1
    for at in range(border, len(morphemes) + 1):
        stem = "".join(one.form for one in morphemes[:at])
        if stem and word.startswith(stem) and (at < len(morphemes) or stem == word):
            return Split(stem, tuple(morphemes[:at]), Ending(word[len(stem) :], packed(morphemes[at:])))
    return None


def families(
    analysed: Mapping[str, tuple[Morpheme, ...]], analyse: Analyse
) -> tuple[list[Ending], dict[str, tuple[str, list[int]]]]:
    """The endings of these words, most words first, and for each stem what is said of it and the numbers of its endings.

    A stem that stands in one word alone and that the dictionary does not know whole is left out: it hardly comes again.
    """
    found = [each for word, said in analysed.items() if (each := split(word, said)) is not None]
    readings: defaultdict[str, Counter[tuple[Morpheme, ...]]] = defaultdict(Counter)
    for each in found:
        readings[each.stem][each.morphemes] += 1
    stems = [
        Split(stem, said, Ending("", ""))
        for stem, counted in sorted(readings.items())
        for said in [min(counted, key=lambda one: (-counted[one], one))]
        if counted.total() > 1 or (len(said) == 1 and said[0].known)
    ]
    ranked = Counter(each.ending for each in found)
    endings = sorted(ranked, key=lambda one: (-ranked[one], one.text, one.said))[:ENDINGS]
    tried = _tried(found, {ending: number for number, ending in enumerate(endings)})
    confirmed: dict[str, tuple[str, list[int]]] = {}
    for at in range(0, len(stems), _STEMS_AT_ONCE):
        some = stems[at : at + _STEMS_AT_ONCE]
        words = sorted({each.stem + endings[number].text for each in some for number in tried[each.kind]})
        said = dict(zip(words, map(packed, analyse(words)), strict=True))
        for each in some:
            stem = packed(each.morphemes)
            numbers = [
                number
                for number in tried[each.kind]
                if said[each.stem + endings[number].text] == " ".join(filter(None, (stem, endings[number].said)))
            ]
            if numbers:
                confirmed[each.stem] = stem, numbers
    return endings, confirmed


def _tried(found: Iterable[Split], numbers: Mapping[Ending, int]) -> defaultdict[Kind, list[int]]:
    """The numbers of the endings that are worth a try behind the stems of each kind."""
    stems: defaultdict[Kind, set[str]] = defaultdict(set)
    words: Counter[tuple[Kind, Ending]] = Counter()
    for each in found:
        stems[each.kind].add(each.stem)
        words[each.kind, each.ending] += 1
    tried: defaultdict[Kind, list[int]] = defaultdict(list)
    for (kind, ending), count in sorted(words.items(), key=lambda item: (-item[1], item[0][1].text)):
        if ending in numbers and count >= max(WORDS_OF_AN_ENDING, SHARE_OF_STEMS * len(stems[kind])):
            tried[kind].append(numbers[ending])
    return tried


def _may_end(tag: str) -> bool:
    return tag[0] in "JE" or tag in ("XSV", "XSA", "VCP", "VCN", "VX")
