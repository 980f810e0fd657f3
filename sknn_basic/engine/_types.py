"""Names for the types that the engine passes around."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.floating[Any]]
"""Weights, activations, costs: float32 or float64, never mixed."""

Indices: TypeAlias = npt.NDArray[np.intp]
"""Row numbers."""

Matrix: TypeAlias = Any
"""Inputs X: an `Array` of shape (n, n_in), or a SciPy CSR matrix or array."""
