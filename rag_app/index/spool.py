"""Vectors on their way from the embedder into the catalog and Chroma: two files, since a large run has a hundred megabytes of them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_ROWS, _VECTORS = "rows", "vectors"


class Spool:
    """Half-precision vectors by row, in a folder that is made for it; another process may open the folder and read."""

    def __init__(self, folder: Path, dimension: int) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.dimension = dimension
        self._rows = np.fromfile(folder / _ROWS, np.int64) if (folder / _ROWS).exists() else np.empty(0, np.int64)
        self._sorted = np.argsort(self._rows)

    def missing(self, rows: Iterable[int]) -> list[int]:
        """Those of the rows that have no vector here yet, each once, in order."""
        wanted = np.array(list(dict.fromkeys(rows)), np.int64)
        missing: list[int] = wanted[~np.isin(wanted, self._rows)].tolist()
        return missing

    def append(self, rows: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Put in the `(n, dimension)` vectors of rows that have none yet; they are in the files when this returns."""
        new = np.array(rows, np.int64)
        with (self.folder / _VECTORS).open("ab") as file:
            file.write(vectors.astype(np.float16).tobytes())
        with (self.folder / _ROWS).open("ab") as file:
            file.write(new.tobytes())
        self._rows = np.concatenate([self._rows, new])
        self._sorted = np.argsort(self._rows)

    def vectors(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """`(n, dimension)` vectors of these rows, in their order."""
        table = np.memmap(self.folder / _VECTORS, np.float16, "r").reshape(-1, self.dimension)
        at = self._sorted[np.searchsorted(self._rows, rows, sorter=self._sorted)]
        found: NDArray[np.float32] = table[at].astype(np.float32)
        return found
