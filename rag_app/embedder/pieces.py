"""Texts -> the pieces of the shipped vocabulary, as its tokenizer.json cuts them.

The vocabulary is a Unigram one; sentencepiece finds the best cut fastest. Plain words are only made small, and no piece reaches
over white space, over a mark or from one script into another: many plain words are cut in one call. The whole tokenizer with its
normaliser is loaded for the first word with any other sign.

Counting remembers the words, since what is cut into passages says them again and again; embedding takes them from there, or cuts a
text as a whole: to remember a word that comes once costs more than to cut it.
"""

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import compress

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor
from tokenizers import Tokenizer

PLAIN_MARKS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”‘’·…「」『』《》〈〉‹›–—"
"""Marks that the tokenizer drops, and that its normaliser leaves as they are."""
SEPARATORS = f" {PLAIN_MARKS}"
PART_CHARS = 65_536
"""A longer text is cut part by part, so that one line of 50 MB costs time in proportion and no more memory."""
WORD_CHARS = 256
"""A longer run without white space is cut: no word is that long, and the whole tokenizer's time must stay linear."""
REMEMBERED_WORDS = 200_000
"""Words whose pieces are kept at hand (about 30 MB when full); then the memory starts afresh."""
PIECE_BYTES = np.dtype(np.intc).itemsize
_NOT_PLAIN = re.compile(f"[^0-9A-Za-z가-힣{re.escape(SEPARATORS)}]")


class Pieces:
    """The pieces of texts. Safe to share between threads."""

    def __init__(
        self, plain: SentencePieceProcessor, whole: Callable[[], Tokenizer], *, remembered_words: int = REMEMBERED_WORDS
    ) -> None:
        """`plain` cuts plain words and has a piece for every separator, see `unigram`; `whole` loads the tokenizer."""
        self._plain, self._load_whole = plain, whole
        self._whole: Tokenizer | None = None
        self._space = plain.piece_to_id(" ")
        self._marks = frozenset(map(plain.piece_to_id, PLAIN_MARKS))
        self._counts = np.ones(plain.get_piece_size(), dtype=bool)
        self._counts[[self._space, *self._marks]] = False
        self._known: dict[str, bytes] = {}
        self._remembered_words = remembered_words

    def of_text(self, text: str) -> Iterator[NDArray[np.intc]]:
        """The ids of the text's pieces in order, of a very long text part by part."""
        for words in _words(text):
            known = self._of_known(words)
            if known is None and not _NOT_PLAIN.search(plain := " ".join(words)):
                ids: NDArray[np.intc] = self._plain.encode(plain.lower(), return_type="numpy")
                yield ids[self._counts[ids]]
            else:
                yield np.frombuffer(self._of_learned(words) if known is None else known, np.intc)

    def count(self, text: str) -> int:
        """How many pieces the text has."""
        return sum(len(self._of_known(words) or self._of_learned(words)) for words in _words(text)) // PIECE_BYTES

    def _of_known(self, words: Sequence[str]) -> bytes | None:
        """The ids of the words' pieces, `PIECE_BYTES` each; None when one of the words is not remembered."""
        try:
            return b"".join(map(self._known.__getitem__, words))
        except KeyError:
            return None

    def _of_learned(self, words: Sequence[str]) -> bytes:
        """The same; what is not remembered is now."""
        if len(self._known) > self._remembered_words:
            self._known = {}  # a new one: another thread may be reading the old
        known = self._known
        self._learn([word for word in words if word not in known], known)
        return b"".join(map(known.__getitem__, words))

    def _learn(self, words: list[str], known: dict[str, bytes]) -> None:
        joined = " ".join(words)
        if _NOT_PLAIN.search(joined):
            odd = [_NOT_PLAIN.search(word) is not None for word in words]
            known.update((word, self._of_odd(word)) for word in compress(words, odd))
            words = [word for word, is_odd in zip(words, odd, strict=True) if not is_odd]
            joined = " ".join(words)
        pieces, marks, start = [*self._plain.encode(joined.lower()), self._space], self._marks, 0
        for word in words:
            end = pieces.index(self._space, start)
            known[word] = array("i", [piece for piece in pieces[start:end] if piece not in marks]).tobytes()
            start = end + 1

    def _of_odd(self, word: str) -> bytes:
        if self._whole is None:
            self._whole = self._load_whole()
        clean = word.encode("utf-8", "replace").decode()
        return array("i", self._whole.encode(clean, add_special_tokens=False).ids).tobytes()


def _words(text: str) -> Iterator[list[str]]:
    """The words of a text, for a very long one part by part, cut at white space; over-long words are cut too."""
    if len(text) <= WORD_CHARS:
        yield text.split()
        return
    start = 0
    while start < len(text):
        end = min(start + PART_CHARS, len(text))
        if end < len(text):
            space = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
            end = space + 1 if space > start else end
        yield _cut_long_words(text[start:end].split())
        start = end


def _cut_long_words(words: list[str]) -> list[str]:
    """The words, those of more than `WORD_CHARS` characters in parts."""
    if max(map(len, words), default=0) <= WORD_CHARS:
        return words
    return [word[at : at + WORD_CHARS] for word in words for at in range(0, len(word), WORD_CHARS)]
