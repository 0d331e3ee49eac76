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
        known = np.fromfile(folder / _ROWS, np.int64).tolist() if (folder / _ROWS).exists() else []
        self._at: dict[int, int] = {row: at for at, row in enumerate(known)}

    def missing(self, rows: Iterable[int]) -> list[int]:
        """Those of the rows that have no vector here yet, each once, in order."""
        return [row for row in dict.fromkeys(rows) if row not in self._at]

    def append(self, rows: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Put in the `(n, dimension)` vectors of rows that have none yet; they are in the files when this returns."""
        with (self.folder / _VECTORS).open("ab") as file:
            file.write(vectors.astype(np.float16).tobytes())
        with (self.folder / _ROWS).open("ab") as file:
            file.write(np.array(rows, np.int64).tobytes())
        self._at |= {row: at for at, row in enumerate(rows, len(self._at))}

    def vectors(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """`(n, dimension)` vectors of these rows, in their order."""
        table = np.memmap(self.folder / _VECTORS, np.float16, "r").reshape(-1, self.dimension)
        found: NDArray[np.float32] = table[[self._at[row] for row in rows]].astype(np.float32)
        return found
