"""Dense and sparse inputs behind one small seam: what SGD asks of the rows of a block.

A chunk of rows is loaded (gathered, where the order is shuffled; X itself is never copied),
a block of it is selected, and the block answers three questions: X W, X Xᵀ, and Xᵀ D to add
to W. Sparse rows touch the stored entries and the columns present in the block, nothing
else.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sknn_basic.engine._types import Array, Indices, Matrix


class DenseRows:
    """Rows of a dense X."""

    def __init__(self) -> None:
        self.buffer: Array | None = None
        self.scratch: Array | None = None

    def open(self, X: Array, size: int) -> None:
        """Read X from now on, `size` rows at a time at most."""
        self.X = np.asarray(X)
        self.size = size
        if self.buffer is not None and len(self.buffer) < size:
            self.buffer = None

    def load(self, rows: Indices | slice) -> None:
        """Make `rows` the chunk: a view where they are contiguous, a copy otherwise."""
        if isinstance(rows, slice) and self.X.flags.c_contiguous:
            self.chunk = self.X[rows]
            return
        if self.buffer is None:
            self.buffer = np.empty((self.size, self.X.shape[1]), self.X.dtype)
        if isinstance(rows, slice):
            self.chunk = self.buffer[: rows.stop - rows.start]
            np.copyto(self.chunk, self.X[rows])
        else:
            self.chunk = self.buffer[: len(rows)]
            np.take(self.X, rows, axis=0, out=self.chunk, mode="clip")

    def select(self, at: slice) -> None:
        """Make these rows of the chunk the block."""
        self.block = self.chunk[at]

    def times(self, W: Array, out: Array) -> Array:
        """Overwrite `out` with X W."""
        return np.dot(self.block, W, out)

    def gram(self, out: Array) -> Array:
        """Overwrite `out` with X Xᵀ."""
        return np.dot(self.block, self.block.T, out)

    def transposed_times(self, D: Array) -> Array:
        """Xᵀ D, in a buffer that the next call overwrites."""
        if self.scratch is None:
            self.scratch = np.empty((self.block.shape[1], D.shape[1]), D.dtype)
        return np.dot(self.block.T, D, self.scratch)

    def add(self, W: Array, G: Array) -> None:
        """Add `G`, which `transposed_times` gave, to `W`."""
        np.add(W, G, W)


class SparseRows:
    """Rows of a CSR matrix."""

    def open(self, X: Matrix, size: int) -> None:
        """Read X from now on, `size` rows at a time at most."""
        self.X = X

    def load(self, rows: Indices | slice) -> None:
        """Make `rows` the chunk."""
        self.chunk = self.X[rows]

    def select(self, at: slice) -> None:
        """Make these rows of the chunk the block; note the columns present."""
        indptr = self.chunk.indptr
        first, last = indptr[at.start], indptr[at.stop]
        data, indices = self.chunk.data[first:last], self.chunk.indices[first:last]
        indptr = indptr[at.start : at.stop + 1] - first
        height, width = at.stop - at.start, self.chunk.shape[1]
        self.block = _csr(data, indices, indptr, (height, width))
        self.columns, local = np.unique(indices, return_inverse=True)
        self.local = _csr(data, local, indptr, (height, len(self.columns)))

    def times(self, W: Array, out: Array) -> Array:
        """Overwrite `out` with X W."""
        out[...] = self.block @ W
        return out

    def gram(self, out: Array) -> Array:
        """Overwrite `out` with X Xᵀ."""
        X = self.local.toarray()
        return np.dot(X, X.T, out)

    def transposed_times(self, D: Array) -> Array:
        """Xᵀ D of the columns present."""
        G: Array = self.local.T @ D
        return G

    def add(self, W: Array, G: Array) -> None:
        """Add `G`, which `transposed_times` gave, to `W`."""
        W[self.columns] += G


def _csr(data: Array, indices: npt.NDArray[Any], indptr: npt.NDArray[Any], shape: Any) -> Any:
    return sparse.csr_array((data, indices, indptr), shape=shape)
