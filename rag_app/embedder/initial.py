"""The token table before training: what each piece means to the teacher, and a direction of its own."""

import numpy as np
from numpy.typing import NDArray

NOISE = 0.5
RARITY = 1e-3


def starting_table(
    frequencies: NDArray[np.int64],
    english: NDArray[np.int64],
    meanings: NDArray[np.float32],
    *,
    dimension: int,
    seed: int,
) -> NDArray[np.float32]:
    """Shape (vocabulary, dimension). `english` are the pieces the teacher knows and `meanings` its vectors for them.

    Every row starts as a random direction (random indexing: rare names stay apart without any training), Latin pieces get
    the teacher's centred vector added, and each row is weighed by a / (a + p(piece)), so that common pieces count little.
    Source: Arora, Liang and Ma, "A simple but tough-to-beat baseline for sentence embeddings" (2017), section 3.
    """
    random = np.random.default_rng(seed)
    table = random.standard_normal((len(frequencies), dimension), dtype=np.float32) * np.float32(NOISE / dimension**0.5)
    centred = meanings - meanings.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    width = min(dimension, meanings.shape[1])
    table[english, :width] += centred[:, :width]
    share = frequencies / frequencies.sum()
    weights = (RARITY / (RARITY + share)).astype(np.float32)
    return np.asarray(table * weights[:, None], dtype=np.float32)
