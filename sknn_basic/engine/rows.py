"""What the engine learns from: samples, and their rows as SGD reads them.

Targets stay as small as they came: one class number a sample and a code, the number of
classes for the lecture's one neuron a class, y(6) = (0,0,0,0,0,0,1,0,0,0), or a table whose
row k is the target vector of class k; or, where a sample may carry several labels, one 0/1
row a sample and no code.

Dense and sparse X look alike to SGD. A chunk of rows is loaded (gathered, where the order is
shuffled; X itself is never copied), a block of it is selected, and the block answers three
questions: X W, X Xᵀ, and Xᵀ D to add to W. Sparse rows touch the stored entries and the
columns present in the block, nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse._sparsetools import csc_matvecs, csr_matvecs

from sknn_basic.engine._types import Array, Indices, Matrix, row_slices, slices

CHUNK = 1024
"""Rows that a pass without learning takes at a time: bounded memory, full speed."""

SMALL = 10**6
"""Multiplications below which OpenBLAS multiplies matrices without copying them first."""

WIDE = 200
"""Columns from which on a Gram matrix comes faster in strips."""

FEWEST_ROWS = 8
"""Fewer rows than these are not worth a call of their own."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Inputs, targets and weights of the samples that a call was given."""

    X: Matrix  # shape (n, n_in): inputs
    y: npt.NDArray[Any]  # shape (n,) or (n, n_out): class numbers, or 0/1 targets
    # a number of classes: each has an output neuron of its own; shape (n_classes, n_out): row
    # k is the target vector of class k; None: `y` holds the targets
    code: Array | int | None = None
    w: Array | None = None  # shape (n,), or None: weights. None: every sample weighs 1
    rows: Indices | None = None  # the numbers of the rows that take part. None: all of them

    def __len__(self) -> int:
        """The number of rows that take part."""
        return self.X.shape[0] if self.rows is None else len(self.rows)

    def order(self, permutation: Indices | None) -> Indices | None:
        """Row numbers in the order of `permutation`; None stands for 0, 1, 2 and so on."""
        if permutation is None or self.rows is None:
            return self.rows if permutation is None else permutation
        return self.rows[permutation]

    def targets(self, rows: Indices | slice) -> Array:
        """Y of these rows, in the dtype of X."""
        y, code = self.y[rows], self.code
        if code is None:
            return np.asarray(y, self.X.dtype)
        if isinstance(code, np.ndarray):
            words: Array = code[y]
            return words
        Y: Array = np.zeros((len(y), code), self.X.dtype)
        Y[np.arange(len(y)), y] = 1.0
        return Y

    def chunks(self, width: int = 1) -> Iterator[tuple[slice, Indices | slice]]:
        """Where a chunk of the rows that take part stands among them, and its row numbers."""
        for at in row_slices(len(self), width, CHUNK):
            yield at, (at if self.rows is None else self.rows[at])

    def mean(self, values: npt.NDArray[Any], order: Indices | None) -> float:
        """Σ w v / Σ w of values in this order of the rows; 0 where nothing weighs anything."""
        if self.w is None:
            return float(np.add.reduce(values)) / len(values)
        w = self.w if order is None else self.w[order]
        total = float(w.sum())
        return float(w @ values) / total if total > 0.0 else 0.0


def product(A: Array, B: Array, out: Array) -> Array:
    """Overwrite `out` with A B, in strips of rows that are `SMALL` products, if it pays.

    Where the cuts are depends on the shapes alone, and so do the last bits of the result.
    """
    rows = SMALL // max(1, B.size) // 4 * 4
    if not FEWEST_ROWS <= rows < len(A):
        return np.dot(A, B, out)
    (m, n), h = A.shape, B.shape[1]
    cut = m // rows * rows
    np.matmul(A[:cut].reshape(-1, rows, n), B, out[:cut].reshape(-1, rows, h))
    if cut < m:
        np.matmul(A[cut:], B, out[cut:])  # `np.dot` would copy a part of Xᵀ
    return out


def lower_gram(X: Array, out: Array, m: int) -> Array:
    """Overwrite the entries of `out` below its diagonal blocks of m rows with those of X Xᵀ.

    Other entries may be overwritten with those of X Xᵀ, too. NumPy makes a symmetric product
    of X Xᵀ, which is slow unless it is small, and half of it is not needed.
    """
    if X.shape[1] < WIDE:
        return np.dot(X, X.T, out)
    strip = m * max(1, FEWEST_ROWS // m)
    for at in slices(len(X), strip):
        seen = at.start if strip == m else at.stop
        np.matmul(X[at], X[:seen].T, out[at, :seen])
    return out


class DenseRows:
    """Rows of a dense X.

    Where it pays, columns that are 0 in all rows of the block are left out of its products,
    and their weights, which learn nothing from it, are left alone.
    """

    def __init__(self) -> None:
        self.buffer: Array | None = None
        self.scratch: Array | None = None
        self.columns: Indices | None = None

    def open(self, X: Array, size: int, gather_below: int = 0) -> None:
        """Read X from now on, `size` rows at a time at most.

        Blocks that have fewer active columns than `gather_below` are gathered.
        """
        self.X = np.asarray(X)
        self.size, self.gather_below = size, gather_below
        if self.buffer is not None and len(self.buffer) < size:
            self.buffer = None

    def close(self) -> None:
        """Let go of X."""
        for name in ("X", "chunk", "block", "part"):
            vars(self).pop(name, None)

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
        self.block, self.columns = self.chunk[at], None
        if self.gather_below:
            active = np.flatnonzero((self.block != 0.0).any(axis=0))
            if len(active) < self.gather_below:
                self.block, self.columns = self.block.take(active, axis=1), active
            else:
                self.gather_below = 0  # this is not the kind of data

    def times(self, W: Array, out: Array) -> Array:
        """Overwrite `out` with X W."""
        if self.columns is not None:
            W = self.part = W.take(self.columns, axis=0)
        return product(self.block, W, out)

    def gram(self, out: Array, m: int) -> Array:
        """Overwrite `out` with X Xᵀ, as far as it is needed for batches of m rows."""
        return lower_gram(self.block, out, m)

    def add_transposed(self, D: Array, W: Array) -> None:
        """Add Xᵀ D to `W`, which is as `times` has met it."""
        if self.scratch is None:
            self.scratch = np.empty((self.chunk.shape[1], D.shape[1]), D.dtype)
        G = product(self.block.T, D, self.scratch[: self.block.shape[1]])
        if self.columns is None:
            np.add(W, G, W)
        else:
            W[self.columns] = np.add(self.part, G, self.part)


class SparseRows:
    """Rows of a CSR matrix.

    The products are those of SciPy's own sparse matrices, called where they add to an array
    that is there already: W += Xᵀ D then touches the columns present and makes no copy.
    (SciPy's module is private; it has had these two functions for well over ten years.)
    """

    def open(self, X: Matrix, size: int, gather_below: int = 0) -> None:
        """Read X from now on; rows take no room, and absent columns no time."""
        self.X = X

    def load(self, rows: Indices | slice) -> None:
        """Make `rows` the chunk."""
        self.chunk = self.X[rows]

    def select(self, at: slice) -> None:
        """Make these rows of the chunk the block."""
        chunk = self.chunk
        first, last = chunk.indptr[at.start], chunk.indptr[at.stop]
        self.shape = at.stop - at.start, chunk.shape[1]
        self.indptr = chunk.indptr[at.start : at.stop + 1] - first
        self.indices, self.data = chunk.indices[first:last], chunk.data[first:last]

    def columns(self) -> Indices:
        """The columns present in the block, sorted, each once."""
        present: Indices = np.unique(self.indices)
        return present

    def times(self, W: Array, out: Array) -> Array:
        """Overwrite `out` with X W."""
        out.fill(0.0)
        parts = self.indptr, self.indices, self.data
        csr_matvecs(*self.shape, W.shape[1], *parts, W.ravel(), out.reshape(-1))
        return out

    def gram(self, out: Array, m: int) -> Array:
        """Overwrite `out` with X Xᵀ, as far as it is needed for batches of m rows."""
        columns, local = np.unique(self.indices, return_inverse=True)
        X = np.zeros((self.shape[0], len(columns)), out.dtype)
        height = np.repeat(np.arange(self.shape[0]), np.diff(self.indptr))
        np.add.at(X, (height, local), self.data)
        return lower_gram(X, out, m)

    def add_transposed(self, D: Array, W: Array) -> None:
        """Add Xᵀ D to `W`."""
        data, D = (part.astype(W.dtype, copy=False) for part in (self.data, D))
        parts = self.indptr, self.indices, data
        csc_matvecs(*self.shape[::-1], W.shape[1], *parts, D.ravel(), W.reshape(-1))
