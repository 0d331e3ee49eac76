"""For each heading passages that share its words and are not its section: BM25 over the tokenizer's pieces.

Plain contrast learns from these what tells two passages on one subject apart; random passages only teach the subject.
"""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from rag_app.embedder.contrast import Bags

KEPT = 8
"""Passages kept for each heading; where fewer are near, they are repeated."""
K1, B = 1.5, 0.75
COMMON = 0.03
"""Pieces in a larger share of the passages say little about one, and cost most of the time: they are left out."""
SURE = 0.8
"""A passage with more than this share of the score of the heading's own section may well answer it, too: it is spared."""
SURE_OF_BEST = 0.6
"""The same, as a share of the best score, where the own section shares no rare piece with its heading."""
FEWEST = 10
"""With fewer passages in reach, the words of a heading say too little to call one of them near."""
HEADINGS_AT_ONCE = 2_000


def near_passages(bags: Bags, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of passages, shape (pairs, `KEPT`), in no order; -1 throughout for a pair that has none.

    Heading `left[i]` belongs to passage `right[i]`, both rows of `bags`; the other passages are those of all pairs. No passage
    that belongs to an equal heading is near it.
    Source: Karpukhin et al., "Dense passage retrieval for open-domain question answering" (2020), section 3.2.
    """
    headings, heading_of = np.unique(left, return_inverse=True)
    passages, passage_of = np.unique(right, return_inverse=True)
    own: defaultdict[int, list[int]] = defaultdict(list)
    for heading, passage in zip(heading_of.tolist(), passage_of.tolist(), strict=True):
        own[heading].append(passage)
    by_piece = _bm25(bags, passages).T.tocsr()
    asked = _counts(bags, headings)
    asked.data[:] = 1
    found = np.full((len(headings), KEPT), -1, dtype=np.int64)
    for start in range(0, len(headings), HEADINGS_AT_ONCE):
        scores = (asked[start : start + HEADINGS_AT_ONCE] @ by_piece).tocsr()
        for row, (begin, end) in enumerate(zip(scores.indptr[:-1], scores.indptr[1:], strict=True), start):
            near = _nearest(scores.indices[begin:end], scores.data[begin:end], np.array(own[row]))
            if len(near):
                found[row] = np.resize(passages[near], KEPT)
    return found[heading_of]


def _nearest(passages: NDArray[np.int32], scores: NDArray[np.float32], own: NDArray[np.int64]) -> NDArray[np.int32]:
    """At most `KEPT` of the passages, the best but for those that may be answers."""
    if len(passages) < FEWEST:
        return passages[:0]
    is_own = np.isin(passages, own)
    limit = SURE * scores[is_own].max() if is_own.any() else SURE_OF_BEST * scores.max()
    chosen = np.flatnonzero(scores < limit)
    if len(chosen) > KEPT:
        chosen = chosen[np.argpartition(-scores[chosen], KEPT)[:KEPT]]
    return passages[chosen[~is_own[chosen]]]


def _bm25(bags: Bags, rows: NDArray[np.int64]) -> csr_matrix:
    """What each piece adds to the score of each text, shape (rows, vocabulary); nothing for common pieces.

    Source: Robertson and Zaragoza, "The probabilistic relevance framework: BM25 and beyond" (2009), equation 3.15.
    """
    matrix = _counts(bags, rows)
    lengths = np.diff(bags.offsets)[rows]
    holding = np.bincount(matrix.indices, minlength=matrix.shape[1])
    rarity = np.log(1 + (len(rows) - holding + 0.5) / (holding + 0.5))
    saturation = np.repeat(K1 * (1 - B + B * lengths / lengths.mean()), np.diff(matrix.indptr))
    matrix.data = matrix.data * (K1 + 1) / (matrix.data + saturation) * rarity[matrix.indices]
    matrix.data[holding[matrix.indices] > COMMON * len(rows)] = 0
    matrix.eliminate_zeros()
    return matrix


def _counts(bags: Bags, rows: NDArray[np.int64]) -> csr_matrix:
    """How often each piece stands in each text, shape (rows, vocabulary)."""
    ids = [bags.ids[bags.offsets[row] : bags.offsets[row + 1]] for row in rows]
    ends = np.concatenate([[0], np.cumsum([len(each) for each in ids])])
    together = np.concatenate(ids)
    shape = (len(rows), int(bags.ids.max()) + 1)
    matrix = csr_matrix((np.ones(len(together), dtype=np.float32), together, ends), shape=shape)
    matrix.sum_duplicates()
    return matrix
