"""`python -m rag_app.frequent_words.make --data DIR`: the frequent Hangul words of the training texts, analysed by Kiwi.

Run it again after an update of Kiwi or of its model: a list made by another version is not used.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from rag_app.analyses import SHIPPED
from rag_app.embedder.data import Pair, read_pairs
from rag_app.language import Terms, key_of
from rag_app.terms import tokens, words_of_token

WORDS = 60_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Write `words.bin`; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m rag_app.frequent_words.make")
    parser.add_argument("--data", type=Path, required=True, help="the folder with train/ in it")
    parser.add_argument("--words", type=int, default=WORDS, help=f"how many words (default: {WORDS})")
    options = parser.parse_args(arguments)
    chosen = frequent_words(read_pairs(options.data), options.words)
    SHIPPED.unlink(missing_ok=True)
    terms = Terms(learned=SHIPPED, shipped=None)
    terms.of_texts(chosen)
    terms.keep()
    print(f"{len(chosen)} words, {SHIPPED.stat().st_size / 1e6:.2f} MB")
    return 0


def frequent_words(pairs: Iterable[Pair], most: int) -> list[str]:
    """The Hangul words (as `key_of` writes them) with the largest share of each kind of text, added up.

    Shares, not counts, so that a few large sources do not fill the list with their own vocabulary.
    """
    shares: defaultdict[str, float] = defaultdict(float)
    for _, group in groupby(sorted(pairs, key=lambda pair: pair.kind), key=lambda pair: pair.kind):
        counted = _count(text for pair in group for text in (pair.left, pair.right))
        total = counted.total()
        for word, count in counted.items():
            if count > 1:
                shares[word] += count / total
    return sorted(word for word, _ in sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:most])


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
