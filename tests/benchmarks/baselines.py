"""Named baselines: plain BM25 (Robertson and Zaragoza 2009, with Lucene's idf), over white-space words or Hangul bigrams."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

Tokens = Callable[[str], Sequence[str]]
_WORD = re.compile(r"\w+")
_HANGUL_OR_WORD = re.compile(r"[가-힣]+|[^\W가-힣]+")

AS_PUBLISHED = 0.005
PUBLISHED: Mapping[str, tuple[float, float]] = {
    "korquad-dev40": (0.870, 0.967),
    "squad-dev13": (0.843, 0.843),
    "msmarco-kor-dev/ko": (0.630, 0.821),
    "msmarco-kor-dev/en": (0.879, 0.880),
    "python-faq-ko-en/ko-ko": (0.556, 0.707),
    "python-faq-ko-en/en-en": (0.683, 0.688),
    "python-faq-ko-en/ko-en": (0.179, 0.194),
    "docs-react/ko-ko": (0.341, 0.477),
    "docs-react/en-en": (0.446, 0.447),
    "docs-react/ko-en": (0.095, 0.133),
    "docs-fastapi/ko-ko": (0.460, 0.599),
    "docs-fastapi/en-en": (0.610, 0.611),
    "docs-fastapi/ko-en": (0.179, 0.218),
    "parakqc": (0.636, 0.806),
}
"""nDCG@10 of plain BM25 over all queries, words and bigrams, as the data's own description states it."""


def words(text: str) -> list[str]:
    """Lower-case words between white space and punctuation, as most products search Korean."""
    return _WORD.findall(text.lower())


def bigrams(text: str) -> list[str]:
    """Overlapping pairs of Hangul letters (a single letter stays), and whole words of every other script."""
    tokens: list[str] = []
    for piece in _HANGUL_OR_WORD.findall(text.lower()):
        if "가" <= piece[0] <= "힣" and len(piece) > 1:
            tokens += [piece[at : at + 2] for at in range(len(piece) - 1)]
        else:
            tokens.append(piece)
    return tokens


class BM25:
    """An in-memory BM25 over a corpus of id -> text."""

    def __init__(self, corpus: Mapping[str, str], tokens: Tokens, *, k1: float = 1.5, b: float = 0.75) -> None:
        self._ids = list(corpus)
        self._tokens = tokens
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        lengths = np.zeros(len(self._ids))
        for row, text in enumerate(corpus.values()):
            counted = Counter(tokens(text))
            lengths[row] = sum(counted.values())
            for term, count in counted.items():
                postings[term].append((row, count))
        norm = k1 * (1 - b + b * lengths / max(1e-9, lengths.mean()))
        self._weights: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        for term, found in postings.items():
            rows = np.array([row for row, _ in found])
            counts = np.array([count for _, count in found], dtype=float)
            idf = math.log(1 + (len(self._ids) - len(found) + 0.5) / (len(found) + 0.5))
            self._weights[term] = (rows, idf * counts * (k1 + 1) / (counts + norm[rows]))

    def search(self, query: str, k: int) -> list[tuple[str, float]]:
        """The best `k` ids with their scores, best first; only those that share a term."""
        scores = np.zeros(len(self._ids))
        for term in self._tokens(query):
            if term in self._weights:
                rows, weights = self._weights[term]
                scores[rows] += weights
        best = np.argsort(-scores, kind="stable")[:k]
        return [(self._ids[row], float(scores[row])) for row in best if scores[row] > 0]
