"""`python -m rag_app.frequent_words.make --data DIR`: the frequent Hangul words of the training texts, analysed by Kiwi.

Run it again after an update of Kiwi or of its model: a list made by another version is not used. It takes half an hour.
"""

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from rag_app.analyses import SHIPPED, WordList, read_list, write_list
from rag_app.embedder.data import Pair, read_pairs
from rag_app.frequent_words.families import families
from rag_app.language import Terms, key_of
from rag_app.terms import tokens, words_of_token
from rag_app.word_families import entries

WORDS = 120_000
DICTIONARY = 67_000
"""Morphemes of Kiwi's dictionary, which has those of its language model first, by frequency; the rest are names and the like."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write `words.bin`; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m rag_app.frequent_words.make")
    parser.add_argument("--data", type=Path, required=True, help="the folder with train/ in it")
    parser.add_argument("--words", type=int, default=WORDS, help=f"how many words (default: {WORDS})")
    options = parser.parse_args(arguments)
    ranked = frequent_words(read_pairs(options.data))
    kiwi = Terms(shipped=None, workers=2)
    analysed = dict(zip(ranked, kiwi.morphemes(ranked), strict=True))
    endings, stems = families(analysed, kiwi.morphemes, kiwi.dictionary(DICTIONARY))
    words = with_whole_words(entries(endings, stems), ranked[: options.words], kiwi.analyser)
    write_list(SHIPPED, kiwi.analyser, words)
    print(f"{len(stems)} stems, {len(words) - len(stems) - 1} whole words, {SHIPPED.stat().st_size / 1e6:.2f} MB")
    return 0


def with_whole_words(known: Mapping[str, str], words: Sequence[str], version: str) -> WordList:
    """The list of what is known, and of those words, and nouns in them, that it leaves unknown."""
    with tempfile.TemporaryDirectory() as folder:
        families_alone, others = Path(folder) / "families.bin", Path(folder) / "others.bin"
        write_list(families_alone, version, WordList.of(known))
        terms = Terms(shipped=families_alone, learned=others)
        terms.of_texts(words)
        terms.keep()
        return WordList.of({**read_list(others, version).entries(), **known})


def frequent_words(pairs: Iterable[Pair]) -> list[str]:
    """The Hangul words (as `key_of` writes them), those with the largest share of each kind of text, added up, first.

    Shares, not counts, so that a few large sources do not fill the list with their own vocabulary.
    """
    shares: defaultdict[str, float] = defaultdict(float)
    for _, group in groupby(sorted(pairs, key=lambda pair: pair.kind), key=lambda pair: pair.kind):
        counted = _count(text for pair in group for text in (pair.left, pair.right))
        total = counted.total()
        for word, count in counted.items():
            shares[word] += count / total
    return [word for word, _ in sorted(shares.items(), key=lambda item: (-item[1], item[0]))]


def _count(texts: Iterable[str]) -> Counter[str]:
    seen: Counter[str] = Counter()
    for text in texts:
        seen.update(tokens(text))
    found: Counter[str] = Counter()
    for token, count in seen.items():
        for word in words_of_token(token):
            if word.kind == "hangul":
                found[key_of(word)] += count
    return found


if __name__ == "__main__":
    sys.exit(main())
