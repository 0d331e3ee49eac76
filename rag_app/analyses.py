"""What Kiwi says of single words, kept: a list that ships with the product, and one that grows beside the index.

Kiwi says the same of a word as long as its version, its model and the words added to it are the same. A list is made
for one such version and is nothing to any other. It is only a cache: a damaged one is as good as none.
"""

import hashlib
import logging
import os
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

from rag_app.korean import Morpheme
from rag_app.word_families import MARK, WordFamilies

SHIPPED: Final = Path(__file__).parent / "frequent_words" / "words.bin"
"""The list that ships; `frequent_words/README.md` says where its words come from."""
MOST_LEARNED: Final = 300_000
"""Words in the list beside the index, about 4 MB on disk and 20 MB in memory."""

_REMEMBERED_MORPHEMES = 20_000
_MAGIC = b"seodang words 2"
_LOG = logging.getLogger(__name__)


Said = tuple[str, str | None]
"""What is said of a word, packed: of its stem and of the ending behind it (empty for none); None where it does not split."""


class WordList:
    """Words with what is said of them: sorted lines of a word, a tab and what is said, a third of a dictionary's memory."""

    def __init__(self, lines: Sequence[str] = ()) -> None:
        self.lines = lines

    @classmethod
    def of(cls, entries: Mapping[str, str]) -> "WordList":
        """The list of these words."""
        return cls(sorted(f"{word}\t{said}" for word, said in entries.items()))

    def __len__(self) -> int:
        return len(self.lines)

    def find(self, word: str) -> str | None:
        """What is said of the word; None when it is not in the list."""
        start = word + "\t"
        at = bisect_left(self.lines, start)
        return self.lines[at][len(start) :] if at < len(self.lines) and self.lines[at].startswith(start) else None

    def entries(self) -> dict[str, str]:
        """The whole list."""
        pairs = (line.partition("\t") for line in self.lines)
        return {word: said for word, _, said in pairs}


class Analyses:
    """The morphemes of words that were analysed before, in this process or an earlier one, by one version of Kiwi.

    `shipped` is a list that stays as it is, `learned` one that grows; both are optional. Finding is safe between threads.
    """

    def __init__(self, version: str, *, shipped: Path | None = SHIPPED, learned: Path | None = None) -> None:
        self._version = version
        self._shipped, self._learned = shipped, learned
        self._new: dict[str, str] = {}
        self._lists: tuple[WordList, ...] | None = None
        self._families: tuple[WordFamilies, ...] = ()

    def said(self, words: Iterable[str]) -> dict[str, Said]:
        """What is said of those of the words that are known."""
        if self._lists is None:
            self._lists, self._families = self._read()
        found: dict[str, Said] = {}
        for word in words:
            said = self._new.get(word)
            if said is not None:
                found[word] = said, None
                continue
            for family in self._families:
                if (made := family.find(word)) is not None:
                    found[word] = made
                    break
            else:
                for known in self._lists:
                    if (said := known.find(word)) is not None:
                        found[word] = said, None
                        break
        return found

    def find(self, words: Iterable[str]) -> dict[str, tuple[Morpheme, ...]]:
        """The morphemes of those of the words that are known."""
        return {word: unpacked(*said) for word, said in self.said(words).items()}

    def learn(self, words: Sequence[str], morphemes: Sequence[tuple[Morpheme, ...]]) -> None:
        """Remember what Kiwi said of these words, where there is a list that grows."""
        if self._learned is not None:
            self._new.update((word, packed(said)) for word, said in zip(words, morphemes, strict=True))

    def keep(self) -> None:
        """Write what was learned since; nothing when nothing was. A list that cannot be written is only logged."""
        if self._learned is None or not self._new:
            return
        entries = {**read_list(self._learned, self._version).entries(), **self._new}
        newest = dict(islice(reversed(entries.items()), MOST_LEARNED))
        try:
            write_list(self._learned, self._version, WordList.of(newest))
        except OSError as error:
            _LOG.warning(
                "the analysed words cannot be kept in %s (%s); they will be analysed again", self._learned, error
            )
            return
        self._new = {}
        self._lists = None

    def _read(self) -> tuple[tuple[WordList, ...], tuple[WordFamilies, ...]]:
        paths = [path for path in (self._shipped, self._learned) if path is not None]
        lists = tuple(words for path in paths if (words := read_list(path, self._version)))
        return lists, tuple(WordFamilies(words.find) for words in lists if words.find(MARK) is not None)


def read_list(path: Path, version: str) -> WordList:
    """The list in a file; an empty one when the file is absent, made for another version, or not what was written."""
    try:
        magic, made_for, digest, body = path.read_bytes().split(b"\n", 3)
        if (magic, made_for) != (_MAGIC, version.encode()):
            return WordList()
        if hashlib.sha256(body).hexdigest().encode() != digest:
            raise ValueError("its checksum is wrong")
        return WordList(zlib.decompress(body).decode().splitlines())
    except FileNotFoundError:
        return WordList()
    except (OSError, ValueError, zlib.error) as error:
        _LOG.warning("the word list %s is not used (%s); it will be made anew", path, error)
        return WordList()


def write_list(path: Path, version: str, words: WordList) -> None:
    """Put the list in place of what the file held, whole or not at all."""
    body = zlib.compress("\n".join(words.lines).encode(), 9)
    head = [_MAGIC, version.encode(), hashlib.sha256(body).hexdigest().encode()]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(b"\n".join([*head, body]))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def packed(morphemes: Iterable[Morpheme]) -> str:
    """The morphemes as a list keeps them: `연차/NNG 를/JKO`, with a question mark behind what the dictionary does not know."""
    return " ".join(f"{one.form}/{one.tag}{'' if one.known else '?'}" for one in morphemes)


def unpacked(said: str, behind: str | None = None) -> tuple[Morpheme, ...]:
    """The morphemes that were packed, and those of an ending behind them."""
    both = f"{said} {behind}" if behind else said
    return tuple(map(_morpheme, both.split(" "))) if both else ()


@lru_cache(_REMEMBERED_MORPHEMES)
def _morpheme(packed: str) -> Morpheme:
    form, _, tag = packed.rpartition("/")
    return Morpheme(form, tag.removesuffix("?"), not tag.endswith("?"))
