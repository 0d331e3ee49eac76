"""Row lengths after training: how much each piece counts in the mean."""

import numpy as np
from numpy.typing import NDArray

SELDOM, OFTEN = 20, 1_000
LONGEST = 1.5
RARITY = 1e-3


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
