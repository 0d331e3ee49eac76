"""The language of a text and its lexical terms; the only door to Kiwi."""

import hashlib
import os
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from rag_app import korean
from rag_app.analyses import SHIPPED, Analyses
from rag_app.english import FUNCTION_WORDS, QUESTION_WORDS, stem
from rag_app.freed_memory import give_back
from rag_app.hangul_terms import HangulTerms, shrink
from rag_app.schema import Language
from rag_app.terms import DOCUMENT_ENDING, MAX_WORD_CHARS, Word, lone_hangul, plain_terms, tokens, words_of_token

if TYPE_CHECKING:
    from kiwipiepy import Kiwi, Token  # type: ignore[attr-defined]

RULES: Final = "3"  # raise it whenever a text would get other terms
CACHED_TOKENS: Final = 50_000

_TEXTS_AT_ONCE: Final = 256
_ANALYSER: Final = ("kiwipiepy", "kiwipiepy_model")
_GLUE: Final = {"": "", "name": "A", "number": "1"}
_DICTIONARY_NOUNS: Final = frozenset(["NNG", "NNP"])
_ASKING: Final = korean.QUESTION_WORDS | {stem(word) for word in QUESTION_WORDS} | QUESTION_WORDS

_HANGUL_WORD = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]+")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_LETTER = re.compile(r"[^\W\d_]")


def detect_language(text: str) -> Language:
    """The language a reader would say the text is in; code counts as English, a text without letters as other.

    English names inside Korean stay Korean (`RAG가 뭐야`); English function words around a Korean noun stay English
    (`what is 연차`).
    """
    korean_words = 0 if text.isascii() else len(_HANGUL_WORD.findall(text))
    latin = _LATIN_WORD.findall(text)
    if not korean_words:
        letters = len(_LETTER.findall(text)) if latin and not text.isascii() else 0
        return "en" if latin and 2 * sum(map(len, latin)) >= letters else "other"
    if 10 * korean_words < len(latin):
        return "en"
    function = sum(map(FUNCTION_WORDS.__contains__, map(str.lower, latin)))
    return "en" if function > korean_words else "ko"


class Terms:
    """Texts to lexical terms, word by word: a word gives the same terms wherever it stands.

    Kiwi (1 to 3 s, 300 MB) is loaded at the first Hangul word that neither the shipped list of frequent words nor the
    list in `learned` has; `keep` puts what it said into the latter. `user_words` are nouns to be kept whole. `workers`
    are Kiwi's threads: more than one take the processor from whoever asks a question meanwhile. Safe to share between
    threads. Terms of one `version` are equal; `analyser` is the part of it that the lists depend on.
    """

    def __init__(
        self,
        *,
        learned: Path | None = None,
        shipped: Path | None = SHIPPED,
        user_words: Sequence[str] = (),
        workers: int = 1,
    ) -> None:
        self._workers = workers
        self._user_words = tuple(sorted(set(user_words)))
        self._tokens: dict[str, tuple[str, ...]] = {}
        self._kiwi: Kiwi | None = None
        self._lock = threading.Lock()
        analyser = " ".join(f"{package} {version(package)}" for package in _ANALYSER)
        digest = hashlib.sha256("\n".join(self._user_words).encode()).hexdigest()[:12]
        words = f"user words {digest if self._user_words else 'none'}"
        self.version = f"rules {RULES}, {analyser} snowballstemmer {version('snowballstemmer')}, {words}"
        self.analyser = f"{analyser}, {words}"
        self._analyses = Analyses(self.analyser, shipped=shipped, learned=learned)
        self._hangul = HangulTerms(self._analyses, self._ask)

    def of_text(self, text: str) -> tuple[str, ...]:
        """The text's terms in order, repeats kept."""
        return self.of_texts([text])[0]

    def of_texts(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """`of_text` of each; the words not yet known go through Kiwi together."""
        cut = self._lines(texts, ask=True)
        return [tuple(chain.from_iterable(map(terms.__getitem__, line))) for line, terms in cut]

    def of_known_texts(self, texts: Sequence[str]) -> list[tuple[str, ...] | None]:
        """`of_texts` without Kiwi: None for a text with a word that only Kiwi can tell."""
        return [
            tuple(chain.from_iterable(map(terms.__getitem__, line))) if all(map(terms.__contains__, line)) else None
            for line, terms in self._lines(texts, ask=False)
        ]

    def of_question(self, text: str) -> tuple[str, ...]:
        """The terms to search for: without the words that only ask, unless nothing else is left."""
        plain = self.of_text(DOCUMENT_ENDING.sub(" ", korean.COMMANDS.sub(" ", text)))
        return tuple(term for term in plain if term not in _ASKING) or plain or self.of_text(text)

    def morphemes(self, words: Sequence[str]) -> list[tuple[korean.Morpheme, ...]]:
        """What Kiwi itself says of each word now; no list is asked, and nothing is remembered."""
        with self._lock:
            return self._ask(words)

    def dictionary(self, most: int) -> list[korean.Morpheme]:
        """The nouns among so many morphemes of Kiwi's dictionary, in its order: the more frequent ones first."""
        with self._lock:
            kiwi = self._loaded()
        known = (kiwi.morpheme(number) for number in range(most))
        found = [(one.form, one.tag.partition("-")[0]) for one in known]
        return [
            korean.Morpheme(form, tag, True) for form, tag in found if tag in _DICTIONARY_NOUNS and _is_hangul(form)
        ]

    def keep(self) -> None:
        """Put the words analysed since into the list named by `learned`, for other processes; nothing without news."""
        with self._lock:
            self._analyses.keep()

    def rest(self) -> None:
        """Let go of Kiwi and of what was kept to be fast; Kiwi is loaded again for the next word that no list has."""
        with self._lock:
            self._kiwi = None
            self._tokens.clear()
        give_back()

    def _lines(self, texts: Sequence[str], *, ask: bool) -> Iterator[tuple[list[str], Mapping[str, tuple[str, ...]]]]:
        """The tokens of each text, with the terms of all of them; of those alone that need no asking, unless `ask`."""
        for at in range(0, len(texts), _TEXTS_AT_ONCE):
            cut = [tokens(text) for text in texts[at : at + _TEXTS_AT_ONCE]]
            terms = self._of_tokens(set(chain.from_iterable(cut)), ask=ask)
            yield from ((line, terms) for line in cut)

    def _of_tokens(self, wanted: set[str], *, ask: bool) -> Mapping[str, tuple[str, ...]]:
        found = {token: terms for token in wanted if (terms := self._tokens.get(token)) is not None}
        if len(found) == len(wanted):
            return found
        lone: dict[str, str] = {}
        cut: dict[str, list[str | tuple[str, ...]]] = {}
        for token in wanted - found.keys():
            if key := lone_hangul(token):  # two thirds of the different tokens of Korean texts
                lone[token] = key
            else:
                cut[token] = _cut(token)
        with self._lock:
            keys = {one for line in cut.values() for one in line if isinstance(one, str)}
            known = self._hangul.of_keys(keys.union(lone.values()), ask=ask)
            new = {token: known[key] for token, key in lone.items() if ask or key in known}
            new |= (
                (token, tuple(chain.from_iterable([known[one] if isinstance(one, str) else one for one in line])))
                for token, line in cut.items()
                if ask or all(one in known for one in line if isinstance(one, str))
            )
            self._tokens.update((token, terms) for token, terms in new.items() if len(token) <= MAX_WORD_CHARS)
            shrink(self._tokens, CACHED_TOKENS)
        return found | new

    def _ask(self, texts: Sequence[str]) -> list[tuple[korean.Morpheme, ...]]:
        kiwi = self._loaded()
        # The signature leaves the nesting open. Without a second thread, words one by one, and their morphemes after the
        # last of them, take a quarter less time than a list: Kiwi's code and Python's do not drive each other from the cache.
        batch = cast(
            "Iterable[Iterable[Token]]",
            kiwi.tokenize(texts) if self._workers > 1 else list(map(kiwi.tokenize, texts)),
        )
        return [
            tuple([korean.Morpheme(one.form, one.tag.partition("-")[0], not one.oov) for one in said]) for said in batch
        ]

    def _loaded(self) -> "Kiwi":
        if self._kiwi is None:
            self._kiwi = _load_kiwi(self._user_words, self._workers)
        return self._kiwi


def key_of(word: Word) -> str:
    """A Hangul word as it is analysed: behind a name or a number with a letter or a digit in place of it."""
    return _GLUE[word.behind] + word.text


def _load_kiwi(user_words: Sequence[str], workers: int) -> "Kiwi":
    # Kiwi's allocator reads this once, when it is loaded: what is freed goes back at once, 80 MB of it when Kiwi goes.
    os.environ.setdefault("MIMALLOC_PURGE_DELAY", "0")
    # Imported here, because a warm cache never needs it.
    from kiwipiepy import Kiwi  # type: ignore[attr-defined]

    # The dictionaries of several words and of typing errors serve sentences; without them Kiwi takes 180 MB less.
    kiwi = Kiwi(num_workers=workers, load_multi_dict=False, load_typo_dict=False)
    for word in user_words:
        kiwi.add_user_word(word, "NNP")  # type: ignore[arg-type]
    return kiwi


def _is_hangul(form: str) -> bool:
    return bool(form) and all("가" <= char <= "힣" for char in form)


def _cut(token: str) -> list[str | tuple[str, ...]]:
    """The words of a token: each Hangul word by its key, every other by its terms."""
    return [key_of(word) if word.kind == "hangul" else plain_terms(word) for word in words_of_token(token)]
