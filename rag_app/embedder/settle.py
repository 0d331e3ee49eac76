"""After training: how much each piece counts in the mean, and how much each direction counts in the similarity."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SELDOM, OFTEN = 20, 1_000
LONGEST = 1.5
RARITY = 1e-3
EVENNESS = 0.3
"""0 leaves the directions as they are, 1 makes all equally wide. Of 0.1, 0.2, 0.3 and 0.5 the best on the measured sets."""
SAMPLE = 20_000


def average(tables: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The mean of tables that were trained from one start, the median row length of each taken as its unit.

    What single runs learn by chance cancels out.
    Source: Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models improves accuracy" (2022), section 3.
    """
    units = [table / np.median(np.linalg.norm(table, axis=1)) for table in tables]
    return np.asarray(np.mean(units, axis=0), dtype=np.float32)


def settle_lengths(
    table: NDArray[np.float32], frequencies: NDArray[np.int64], english: NDArray[np.int64]
) -> NDArray[np.float32]:
    """The table with its row lengths brought into line; directions stay.

    No row stays longer than `LONGEST` medians, and common pieces are damped once more, by (a / (a + p)) ** 0.25.
    Training lengthens the rows it meets, so English words that the training texts hardly hold would count for little beside
    technical ones, though the teacher gave them their meaning: each is made at least as long as the median English
    piece of middling frequency. Korean pieces that were not seen have no meaning and stay short.
    """
    lengths = np.linalg.norm(table, axis=1)
    share = frequencies / frequencies.sum()
    factors = np.minimum(1, LONGEST * np.median(lengths) / np.maximum(lengths, 1e-9))
    factors *= (RARITY / (RARITY + share)) ** 0.25
    seen = frequencies[english]
    settled = lengths * factors
    typical = np.median(settled[english[(seen >= SELDOM) & (seen < OFTEN)]])
    seldom = english[seen < SELDOM]
    factors[seldom] *= np.maximum(1, typical / np.maximum(settled[seldom], 1e-9))
    return np.asarray(table * factors[:, None], dtype=np.float32)


def even_directions(
    table: NDArray[np.float32], ids: NDArray[np.int32], offsets: NDArray[np.int64], *, seed: int
) -> NDArray[np.float32]:
    """The table turned so that the texts' vectors lie more evenly in all directions: those shared by most tell least.

    Text i has the tokens `ids[offsets[i]:offsets[i + 1]]`; a sample of `SAMPLE` texts is looked at. A mean of rows stays a mean
    of rows, so nothing changes at run time.
    Source: Su et al., "Whitening sentence representations for better semantics and faster retrieval" (2021), in part only.
    """
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(offsets) - 1, min(SAMPLE, len(offsets) - 1), replace=False)
    sums = np.array([table[ids[offsets[row] : offsets[row + 1]]].sum(axis=0) for row in chosen])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    vectors = sums[lengths[:, 0] > 0] / lengths[lengths[:, 0] > 0]
    widths, directions = np.linalg.eigh(vectors.T @ vectors / len(vectors))
    factors = np.maximum(widths / widths.mean(), 1e-3) ** (-EVENNESS / 2)
    return np.asarray((table @ directions) * factors @ directions.T, dtype=np.float32)
