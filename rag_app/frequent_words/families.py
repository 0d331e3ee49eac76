"""Which endings Kiwi reads behind which stems as it reads them elsewhere: learned from analysed words, asked of Kiwi."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag_app.analyses import packed
from rag_app.korean import Morpheme
from rag_app.word_families import Ending, closing

ENDINGS: Final = 1024
WORTH_A_TRY: Final = (0.004, 3)
"""An ending is tried behind the stems of a kind when it stands behind this share of them, and in so many words."""
WORTH_A_TRY_BEHIND_FREQUENT: Final = (0.0005, 2)
FREQUENT: Final = 12
"""Words in which a stem stands that counts as frequent."""
ENDINGS_OF_UNSEEN: Final = 32
"""So many, at most, are tried behind a noun that Kiwi's dictionary has and the texts do not."""
_STEMS_AT_ONCE: Final = 200

Kind = tuple[int, str]
"""Stems that take the same endings: by how the last syllable closes, and the tag of the last morpheme."""
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
        return closing(self.stem), self.morphemes[-1].tag


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
    analysed: Mapping[str, tuple[Morpheme, ...]], analyse: Analyse, dictionary: Sequence[Morpheme] = ()
) -> tuple[list[Ending], dict[str, tuple[str, list[int]]]]:
    """The endings of these words, most words first, and for each stem what is said of it and the numbers of its endings.

    A stem that stands in one word alone and that the dictionary does not know whole is left out: it hardly comes again.
    The nouns of `dictionary` (of two that are written alike the first) that stand in none of the words are stems as well,
    with fewer endings.
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
    ending_numbers = {ending: number for number, ending in enumerate(endings)}
    tried = _tried(found, ending_numbers, *WORTH_A_TRY)
    tried_behind_frequent = _tried(found, ending_numbers, *WORTH_A_TRY_BEHIND_FREQUENT)
    seen = {one.stem for one in stems}
    unseen = {one.form: Split(one.form, (one,), Ending("", "")) for one in reversed(dictionary) if one.form not in seen}
    confirmed: dict[str, tuple[str, list[int]]] = {}
    is_frequent = {stem: counted.total() >= FREQUENT for stem, counted in readings.items()}
    wanted = [(one, (tried_behind_frequent if is_frequent[one.stem] else tried)[one.kind]) for one in stems]
    wanted += [(one, tried[one.kind][:ENDINGS_OF_UNSEEN]) for one in unseen.values()]
    for at in range(0, len(wanted), _STEMS_AT_ONCE):
        some = wanted[at : at + _STEMS_AT_ONCE]
        words = sorted({each.stem + endings[number].text for each, behind in some for number in behind})
        said = dict(zip(words, map(packed, analyse(words)), strict=True))
        for each, behind in some:
            stem = packed(each.morphemes)
            numbers = [
                number
                for number in behind
                if said[each.stem + endings[number].text] == " ".join(filter(None, (stem, endings[number].said)))
            ]
            if numbers:
                confirmed[each.stem] = stem, numbers
    return endings, confirmed


def _tried(
    found: Iterable[Split], numbers: Mapping[Ending, int], share: float, least: int
) -> defaultdict[Kind, list[int]]:
    """The numbers of the endings that are worth a try behind the stems of each kind."""
    stems: defaultdict[Kind, set[str]] = defaultdict(set)
    words: Counter[tuple[Kind, Ending]] = Counter()
    for each in found:
        stems[each.kind].add(each.stem)
        words[each.kind, each.ending] += 1
    tried: defaultdict[Kind, list[int]] = defaultdict(list)
    for (kind, ending), count in sorted(words.items(), key=lambda item: (-item[1], item[0][1].text)):
        if ending in numbers and count >= max(least, share * len(stems[kind])):
            tried[kind].append(numbers[ending])
    return tried


def _may_end(tag: str) -> bool:
    return tag[0] in "JE" or tag in ("XSV", "XSA", "VCP", "VCN", "VX")
