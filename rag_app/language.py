"""The language of a text and its lexical terms; the only door to Kiwi."""

import hashlib
import os
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING, Final, cast

from rag_app import korean
from rag_app.english import FUNCTION_WORDS, QUESTION_WORDS, stem
from rag_app.schema import Language
from rag_app.terms import Word, plain_terms, words

if TYPE_CHECKING:
    from kiwipiepy import Kiwi, Token  # type: ignore[attr-defined]

RULES: Final = "1"  # raise it whenever a text would get other terms
CACHED_WORDS: Final = 400_000

_TEXTS_AT_ONCE: Final = 256
_PACKAGES: Final = ("kiwipiepy", "kiwipiepy_model", "snowballstemmer")
_GLUE: Final = {"": "", "name": "A", "number": "1"}
_ASKING: Final = korean.QUESTION_WORDS | {stem(word) for word in QUESTION_WORDS} | QUESTION_WORDS

_HANGUL_WORD = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]+")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_LETTER = re.compile(r"[^\W\d_]")
_HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ\u1100-\u11ff]")


def hangul_share(text: str) -> float:
    """The share of Hangul among the letters, 0 to 1; 0 when there is no letter."""
    letters = len(_LETTER.findall(text))
    return len(_HANGUL.findall(text)) / letters if letters else 0.0


def detect_language(text: str) -> Language:
    """The language a reader would say the text is in; code counts as English, a text without letters as other.

    English names inside Korean stay Korean (`RAG가 뭐야`); English function words around a Korean noun stay English
    (`what is 연차`).
    """
    korean_words = len(_HANGUL_WORD.findall(text))
    latin = [word.lower() for word in _LATIN_WORD.findall(text)]
    if not korean_words:
        letters = len(_LETTER.findall(text))
        return "en" if latin and 2 * sum(map(len, latin)) >= letters else "other"
    function = sum(word in FUNCTION_WORDS for word in latin)
    return "en" if function > korean_words or 10 * korean_words < len(latin) else "ko"


class Terms:
    """Texts to lexical terms, word by word: a word gives the same terms wherever it stands.

    Kiwi (1 to 3 s, 300 MB) is loaded at the first Hangul word that is not in the cache. Safe to share between threads.
    `word_cache` is what `export_cache` of the same `version` gave; `user_words` are nouns to be kept whole.
    """

    def __init__(
        self, *, word_cache: Mapping[str, tuple[str, ...]] | None = None, user_words: Sequence[str] = ()
    ) -> None:
        self._user_words = tuple(sorted(set(user_words)))
        self._cache = dict(word_cache or {})
        self._nouns: dict[str, tuple[korean.Morpheme, ...]] = {}
        self._kiwi: Kiwi | None = None
        self._lock = threading.Lock()
        packages = " ".join(f"{package} {version(package)}" for package in _PACKAGES)
        digest = hashlib.sha256("\n".join(self._user_words).encode()).hexdigest()[:12]
        self.version = f"rules {RULES}, {packages}, user words {digest if self._user_words else 'none'}"

    def of_text(self, text: str) -> tuple[str, ...]:
        """The text's terms in order, repeats kept."""
        return self.of_texts([text])[0]

    def of_texts(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """`of_text` of each; the words not yet known go through Kiwi together."""
        found: list[tuple[str, ...]] = []
        for at in range(0, len(texts), _TEXTS_AT_ONCE):
            parsed = [tuple(words(text)) for text in texts[at : at + _TEXTS_AT_ONCE]]
            known = self._known({_key(word) for line in parsed for word in line if word.kind == "hangul"})
            found.extend(tuple(term for word in line for term in _terms(word, known)) for line in parsed)
        return found

    def of_question(self, text: str) -> tuple[str, ...]:
        """The terms to search for: without the words that only ask, unless nothing else is left."""
        plain = self.of_text(korean.COMMANDS.sub(" ", text))
        return tuple(term for term in plain if term not in _ASKING) or plain or self.of_text(text)

    def export_cache(self) -> dict[str, tuple[str, ...]]:
        """The words analysed so far, for the next `Terms` of the same version."""
        with self._lock:
            return dict(self._cache)

    def _known(self, keys: set[str]) -> Mapping[str, tuple[str, ...]]:
        with self._lock:
            unknown = sorted(keys - self._cache.keys())
            if unknown:
                self._cache.update(zip(unknown, self._analyse(unknown), strict=True))
            found = {key: self._cache[key] for key in keys}
            _shrink(self._cache)
            _shrink(self._nouns)
        return found

    def _analyse(self, keys: Sequence[str]) -> Iterable[tuple[str, ...]]:
        readings = [_reading(key, morphemes) for key, morphemes in zip(keys, self._morphemes(keys), strict=True)]
        nouns = {
            item.text
            for one in readings
            for item in one.items
            if isinstance(item, korean.Nouns) and korean.may_split(item)
        }
        nouns |= {one.word for one in readings if one.doubtful}
        new = sorted(nouns - self._nouns.keys())
        for noun, morphemes in zip(new, self._morphemes([korean.object_form(noun) for noun in new]), strict=True):
            self._nouns[noun] = korean.as_noun(noun, morphemes)
        for key, reading in zip(keys, readings, strict=True):
            yield korean.terms_of(reading, lambda noun: self._nouns.get(noun, ())) or (
                (key,) if key == reading.word else ()
            )

    def _morphemes(self, texts: Sequence[str]) -> list[tuple[korean.Morpheme, ...]]:
        if self._kiwi is None:
            self._kiwi = _load_kiwi(self._user_words)
        batch = cast("Iterable[Iterable[Token]]", self._kiwi.tokenize(texts))  # its signature leaves the nesting open
        return [
            tuple(korean.Morpheme(str(one.form), str(one.tag).split("-")[0], not one.oov) for one in tokens)
            for tokens in batch
        ]


def _load_kiwi(user_words: Sequence[str]) -> "Kiwi":
    # Imported here, because a warm cache never needs it.
    from kiwipiepy import Kiwi  # type: ignore[attr-defined]

    # The dictionaries of several words and of typing errors serve sentences; without them Kiwi takes 180 MB less.
    kiwi = Kiwi(num_workers=min(4, os.cpu_count() or 1), load_multi_dict=False, load_typo_dict=False)
    for word in user_words:
        kiwi.add_user_word(word, "NNP")  # type: ignore[arg-type]
    return kiwi


def _reading(key: str, morphemes: Sequence[korean.Morpheme]) -> korean.Reading:
    """What the word says; of a glued one only what stands behind the placeholder that `_key` put in front."""
    if key[0] not in "A1":
        return korean.read(key, morphemes)
    first, *rest = morphemes
    behind = first.form[1:]  # Kiwi knows some words that begin so: `1등`
    return korean.read(key[1:], (korean.Morpheme(behind, first.tag, first.known), *rest) if behind else rest)


def _key(word: Word) -> str:
    return _GLUE[word.behind] + word.text


def _terms(word: Word, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return known[_key(word)] if word.kind == "hangul" else plain_terms(word)


def _shrink(cache: dict[str, tuple[str, ...]] | dict[str, tuple[korean.Morpheme, ...]]) -> None:
    """Drops the oldest entries beyond the limit."""
    for key in list(islice(cache, max(0, len(cache) - CACHED_WORDS))):
        del cache[key]
