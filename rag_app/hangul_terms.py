"""Hangul words to terms: what the lists of analysed words or Kiwi say of them, and of the nouns in them that stand in doubt."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Final

from rag_app import korean
from rag_app.analyses import Analyses, unpacked

CACHED_WORDS: Final = 200_000

_PLACEHOLDERS: Final = frozenset("A1")

Ask = Callable[[Sequence[str]], Sequence[tuple[korean.Morpheme, ...]]]
"""Words to their morphemes, by Kiwi."""


class HangulTerms:
    """The terms of Hangul words by their keys (`language.key_of`), each looked up once. Not safe between threads."""

    def __init__(self, analyses: Analyses, ask: Ask) -> None:
        self._analyses = analyses
        self._ask = ask
        self._cache: dict[str, tuple[str, ...]] = {}
        self._stems: dict[str, tuple[str, ...]] = {}
        self._nouns: dict[str, tuple[korean.Morpheme, ...]] = {}

    def of_keys(self, keys: set[str], *, ask: bool) -> Mapping[str, tuple[str, ...]]:
        """The terms of at least these words, without asking of those of them that need none."""
        shrink(self._cache, CACHED_WORDS)
        shrink(self._stems, CACHED_WORDS)
        shrink(self._nouns, CACHED_WORDS)
        unknown = sorted(keys - self._cache.keys())
        if unknown:
            self._cache.update(self._analyse(unknown, ask=ask))
        return self._cache

    def _analyse(self, keys: Sequence[str], *, ask: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
        said = self._analyses.said(keys)
        words: dict[str, korean.Reading] = {}
        stems: dict[str, korean.Reading] = {}
        endings: dict[str, str] = {}  # words that say what their stem says, most of all known ones
        for key, (stem, behind) in said.items():
            if behind is not None and len(key) > 2 and key[0] not in _PLACEHOLDERS:
                if stem not in self._stems and stem not in stems:
                    reading = korean.read_stem(unpacked(stem))
                    if reading is None:
                        self._stems[stem] = ()
                    else:
                        stems[stem] = reading
                if self._stems.get(stem, True):
                    endings[key] = stem
                    continue
            words[key] = _reading(key, unpacked(stem, behind))
        unknown = [key for key in keys if key not in said] if ask else []
        words.update(
            (key, _reading(key, morphemes)) for key, morphemes in zip(unknown, self._learn(unknown), strict=True)
        )
        self._look_into(chain(stems.values(), words.values()), ask=ask)
        self._stems.update((stem, terms) for stem, terms in self._terms(stems, ask=ask))
        yield from ((key, self._stems[stem]) for key, stem in endings.items() if stem in self._stems)
        for key, terms in self._terms(words, ask=ask):
            yield key, terms or ((key,) if key == words[key].word else ())

    def _look_into(self, readings: Iterable[korean.Reading], *, ask: bool) -> None:
        """Find how their nouns are split that stand in doubt."""
        nouns = set().union(*map(_nouns_in_doubt, readings))
        forms = {korean.object_form(noun): noun for noun in sorted(nouns - self._nouns.keys())}
        found = self._analyses.find(forms)
        unknown = [form for form in forms if form not in found] if ask else []
        found |= zip(unknown, self._learn(unknown), strict=True)
        self._nouns.update((forms[form], korean.as_noun(forms[form], said)) for form, said in found.items())

    def _terms(self, readings: Mapping[str, korean.Reading], *, ask: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The terms of the readings, without asking of those whose nouns are known."""
        for key, reading in readings.items():
            if ask or _nouns_in_doubt(reading) <= self._nouns.keys():
                yield key, korean.terms_of(reading, self._nouns)

    def _learn(self, texts: Sequence[str]) -> Sequence[tuple[korean.Morpheme, ...]]:
        """What Kiwi says of them now, for the next time as well."""
        found = self._ask(texts) if texts else []
        self._analyses.learn(texts, found)
        return found


def shrink(cache: dict[str, tuple[str, ...]] | dict[str, tuple[korean.Morpheme, ...]], most: int) -> None:
    """Drop the oldest entries beyond the limit."""
    for key in list(islice(cache, max(0, len(cache) - most))):
        del cache[key]


def _reading(key: str, morphemes: Sequence[korean.Morpheme]) -> korean.Reading:
    """What the word says; of a glued one only what stands behind the placeholder that `key_of` put in front."""
    if key[0] not in _PLACEHOLDERS:
        return korean.read(key, korean.standing_alone(key, morphemes))
    first, *rest = morphemes
    behind = first.form[1:]  # Kiwi knows some words that begin so: `1등`
    return korean.read(key[1:], (korean.Morpheme(behind, first.tag, first.known), *rest) if behind else rest)


def _nouns_in_doubt(reading: korean.Reading) -> set[str]:
    """Its nouns that may be split otherwise where they stand with an object particle."""
    nouns = {item.text for item in reading.items if isinstance(item, korean.Nouns) and korean.may_split(item)}
    return nouns | {reading.word} if reading.doubtful else nouns
