"""Names for the types that the engine passes around, and how many numbers are worked on."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.floating[Any]]
"""Weights, activations, costs: float32 or float64, never mixed."""

Indices: TypeAlias = npt.NDArray[np.intp]
"""Row numbers."""

Matrix: TypeAlias = Any
"""Inputs X: an `Array` of shape (n, n_in), or a SciPy CSR matrix or array."""

MOST_NUMBERS = 2**20
"""Numbers of an array that is made for a while only, where rows can be taken in parts."""


def slices(n: int, size: int) -> Iterator[slice]:
    """0 … n cut into pieces of `size`; the last may be shorter."""
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def rows_at_once(width: int, at_most: int) -> int:
    """How many rows of `width` numbers are worked on at a time: 1 … `at_most`."""
    return max(1, min(at_most, MOST_NUMBERS // max(1, width)))


def row_slices(n: int, width: int, at_most: int = MOST_NUMBERS) -> Iterator[slice]:
    """0 … n in pieces of at most `at_most` rows, of `width` numbers each, as many as fit."""
    return slices(n, rows_at_once(width, at_most))
