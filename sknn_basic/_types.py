"""Names for the types that the classifiers take and give."""

from collections.abc import Sequence
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

MatrixLike: TypeAlias = npt.ArrayLike | sparse.sparray | sparse.spmatrix
"""Rows of inputs: arrays, data frames, lists, sparse matrices and arrays."""

Labels: TypeAlias = npt.NDArray[Any]
"""Labels of whatever type came in."""

Floats: TypeAlias = npt.NDArray[np.floating[Any]]
"""float64, or float32 where float32 came in."""


class HasArray(Protocol):
    """What NumPy makes an array of by itself: arrays, data frames, tensors."""

    def __array__(self) -> npt.NDArray[Any]: ...


Table: TypeAlias = HasArray | Sequence[HasArray] | Sequence[Sequence[float]]
"""Rows of numbers; unlike `numpy.typing.ArrayLike` it does not take text."""

# --- words that parameters take: type checkers know them, so a misspelt one is seen at once

CostName: TypeAlias = Literal["cross_entropy", "quadratic"]
Init: TypeAlias = Literal["scaled", "normal"]
LearningRate: TypeAlias = Literal["constant", "invscaling", "adaptive"]
Keep: TypeAlias = Literal["last", "best", "average"]
CodeName: TypeAlias = Literal["one_hot", "binary"]
Balanced: TypeAlias = Literal["balanced"]
Accept: TypeAlias = Literal["always", "decrease"]
GateSet: TypeAlias = Literal["nand", "dnf"]
Curve: TypeAlias = Literal["loss", "score"]
