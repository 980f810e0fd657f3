"""Dense and sparse inputs behind one small seam: what SGD asks of the rows of a block.

A chunk of rows is loaded (gathered, where the order is shuffled; X itself is never copied),
a block of it is selected, and the block answers three questions: X W, X Xᵀ, and Xᵀ D to add
to W. Sparse rows touch the stored entries and the columns present in the block, nothing
else.
"""

import numpy as np
from scipy.sparse._sparsetools import csc_matvecs, csr_matvecs

from sknn_basic.engine._types import Array, Indices, Matrix


class DenseRows:
    """Rows of a dense X."""

    def __init__(self) -> None:
        self.buffer: Array | None = None
        self.scratch: Array | None = None

    def open(self, X: Array, size: int) -> None:
        """Read X from now on, `size` rows at a time at most.

        Parameters
        ----------
        X : array of shape (n, n_in)
            Inputs.
        size : int
            Rows of the largest chunk.
        """
        self.X = np.asarray(X)
        self.size = size
        if self.buffer is not None and len(self.buffer) < size:
            self.buffer = None

    def close(self) -> None:
        """Let go of X."""
        _forget(self, "X", "chunk", "block")

    def load(self, rows: Indices | slice) -> None:
        """Make `rows` the chunk: a view where they are contiguous, a copy otherwise.

        Parameters
        ----------
        rows : array of int or slice
            Which rows of X.
        """
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
        """Make these rows of the chunk the block.

        Parameters
        ----------
        at : slice
            Positions in the chunk.
        """
        self.block = self.chunk[at]

    def times(self, W: Array, out: Array) -> Array:
        """Overwrite `out` with X W.

        Parameters
        ----------
        W : array of shape (n_in, h)
            Weights.
        out : array of shape (rows, h)
            Overwritten.

        Returns
        -------
        product : array of shape (rows, h)
            It is `out`.
        """
        return np.dot(self.block, W, out)

    def gram(self, out: Array) -> Array:
        """Overwrite `out` with X Xᵀ.

        Parameters
        ----------
        out : array of shape (rows, rows)
            Overwritten.

        Returns
        -------
        product : array of shape (rows, rows)
            It is `out`.
        """
        return np.dot(self.block, self.block.T, out)

    def transposed_times(self, D: Array) -> Array:
        """Xᵀ D, in a buffer that the next call overwrites.

        Parameters
        ----------
        D : array of shape (rows, h)
            One row for each row of the block.

        Returns
        -------
        product : array of shape (n_in, h)
            The buffer.
        """
        if self.scratch is None:
            self.scratch = np.empty((self.block.shape[1], D.shape[1]), D.dtype)
        return np.dot(self.block.T, D, self.scratch)

    def add_transposed(self, D: Array, W: Array) -> None:
        """Add Xᵀ D to `W`.

        Parameters
        ----------
        D : array of shape (rows, h)
            One row for each row of the block.
        W : array of shape (n_in, h)
            Changed in place.
        """
        np.add(W, self.transposed_times(D), W)


class SparseRows:
    """Rows of a CSR matrix.

    The products are those of SciPy's own sparse matrices, called where they add to an array
    that is there already: W += Xᵀ D then touches the columns present and makes no copy.
    (SciPy's module is private; it has had these two functions for well over ten years.)
    """

    def open(self, X: Matrix, size: int) -> None:
        """Read X from now on, `size` rows at a time at most.

        Parameters
        ----------
        X : CSR matrix of shape (n, n_in)
            Inputs.
        size : int
            Not used: there is no buffer.
        """
        self.X = X

    def close(self) -> None:
        """Let go of X."""
        _forget(self, "X", "chunk", "indices", "data")

    def load(self, rows: Indices | slice) -> None:
        """Make `rows` the chunk.

        Parameters
        ----------
        rows : array of int or slice
            Which rows of X.
        """
        self.chunk = self.X[rows]

    def select(self, at: slice) -> None:
        """Make these rows of the chunk the block.

        Parameters
        ----------
        at : slice
            Positions in the chunk.
        """
        chunk = self.chunk
        first, last = chunk.indptr[at.start], chunk.indptr[at.stop]
        self.shape = at.stop - at.start, chunk.shape[1]
        self.indptr = chunk.indptr[at.start : at.stop + 1] - first
        self.indices, self.data = chunk.indices[first:last], chunk.data[first:last]

    def columns(self) -> Indices:
        """The columns present in the block.

        Returns
        -------
        columns : array of int
            Sorted, each once.
        """
        present: Indices = np.unique(self.indices)
        return present

    def times(self, W: Array, out: Array) -> Array:
        """Overwrite `out` with X W.

        Parameters
        ----------
        W : array of shape (n_in, h)
            Weights.
        out : array of shape (rows, h)
            Overwritten.

        Returns
        -------
        product : array of shape (rows, h)
            It is `out`.
        """
        out.fill(0.0)
        parts = self.indptr, self.indices, self.data
        csr_matvecs(*self.shape, W.shape[1], *parts, W.ravel(), out.reshape(-1))
        return out

    def gram(self, out: Array) -> Array:
        """Overwrite `out` with X Xᵀ.

        Parameters
        ----------
        out : array of shape (rows, rows)
            Overwritten.

        Returns
        -------
        product : array of shape (rows, rows)
            It is `out`.
        """
        columns, local = np.unique(self.indices, return_inverse=True)
        X = np.zeros((self.shape[0], len(columns)), out.dtype)
        height = np.repeat(np.arange(self.shape[0]), np.diff(self.indptr))
        np.add.at(X, (height, local), self.data)
        return np.dot(X, X.T, out)

    def add_transposed(self, D: Array, W: Array) -> None:
        """Add Xᵀ D to `W`.

        Parameters
        ----------
        D : array of shape (rows, h)
            One row for each row of the block.
        W : array of shape (n_in, h)
            Changed in place.
        """
        data, D = (part.astype(W.dtype, copy=False) for part in (self.data, D))
        parts = self.indptr, self.indices, data
        csc_matvecs(*self.shape[::-1], W.shape[1], *parts, D.ravel(), W.reshape(-1))


def _forget(reader: object, *names: str) -> None:
    for name in names:
        vars(reader).pop(name, None)
