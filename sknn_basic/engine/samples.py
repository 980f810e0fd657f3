"""The training data as the engine reads them: a few rows at a time, never copied whole.

Targets stay as small as they came: one class number a sample and a code, the number of
classes for the lecture's one neuron a class, y(6) = (0,0,0,0,0,0,1,0,0,0), or a table whose
row k is the target vector of class k; or, where a sample may carry several labels, one 0/1
row a sample and no code.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sknn_basic.engine._types import Array, Indices, Matrix, row_slices

CHUNK = 1024
"""Rows that a pass without learning takes at a time: bounded memory, full speed."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Inputs, targets and weights of the samples that a call was given.

    Parameters
    ----------
    X : array or CSR matrix of shape (n, n_in)
        Inputs.
    y : array of shape (n,) or (n, n_out)
        Class numbers, or 0/1 targets.
    code : int, array of shape (n_classes, n_out), or None
        A number of classes: each has an output neuron of its own. An array: row k is the
        target vector of class k. None: `y` holds the targets.
    w : array of shape (n,), or None
        Weights. None: every sample weighs 1.
    rows : array of int, or None
        The numbers of the rows that take part. None: all of them.
    """

    X: Matrix
    y: npt.NDArray[Any]
    code: Array | int | None = None
    w: Array | None = None
    rows: Indices | None = None

    def __len__(self) -> int:
        """The number of rows that take part."""
        return self.X.shape[0] if self.rows is None else len(self.rows)

    def order(self, permutation: Indices | None) -> Indices | None:
        """Row numbers in the order of `permutation`; None stands for 0, 1, 2 and so on.

        Parameters
        ----------
        permutation : array of int of shape (n,), or None
            Positions among the rows that take part.

        Returns
        -------
        rows : array of int of shape (n,), or None
            None stands for all rows as they are.
        """
        if permutation is None or self.rows is None:
            return self.rows if permutation is None else permutation
        return self.rows[permutation]

    def targets(self, rows: Indices | slice) -> Array:
        """Y of these rows, in the dtype of X.

        Parameters
        ----------
        rows : array of int or slice
            Which rows.

        Returns
        -------
        Y : array of shape (m, n_out)
            Targets, from 0 to 1.
        """
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
        """Where a chunk of the rows that take part stands among them, and its row numbers.

        Parameters
        ----------
        width : int
            Numbers that the caller makes of each row, such as its widest layer.

        Yields
        ------
        chunk : (slice, array of int or slice)
            At most `CHUNK` rows and `MOST_NUMBERS` numbers, if of a row each.
        """
        for at in row_slices(len(self), width, CHUNK):
            yield at, (at if self.rows is None else self.rows[at])

    def mean(self, values: npt.NDArray[Any], order: Indices | None) -> float:
        """Σ w v / Σ w of values in this order of the rows; 0 where nothing weighs anything.

        Parameters
        ----------
        values : array of shape (n,)
            One for each row that takes part.
        order : array of int of shape (n,), or None
            The row numbers of the values; None: all rows as they are.

        Returns
        -------
        mean : float
            Unweighted where there are no weights.
        """
        if self.w is None:
            return float(np.add.reduce(values)) / len(values)
        w = self.w if order is None else self.w[order]
        total = float(w.sum())
        return float(w @ values) / total if total > 0.0 else 0.0
