"""Names for the types that the classifiers take and give."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

MatrixLike: TypeAlias = npt.ArrayLike | sparse.sparray | sparse.spmatrix
"""Rows of inputs: arrays, data frames, lists, sparse matrices and arrays."""

Labels: TypeAlias = npt.NDArray[Any]
"""Labels of whatever type came in."""

Floats: TypeAlias = npt.NDArray[np.floating[Any]]
"""float64, or float32 where float32 came in."""
