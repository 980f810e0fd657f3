"""What a neuron does with its weighted input z: step or sigmoid.

    step:     a = 1 if z > 0 else 0          (a score of exactly 0 does not fire)
    sigmoid:  a = σ(z) = 1 / (1 + e^(−z)) = ½ (1 + tanh(z/2))

The second form of σ is used: ``np.tanh`` is vectorised, never overflows, and is exact at
both ends. The slope is written from the output: σ'(z) = a (1 − a).
"""

import numpy as np

from sknn_basic.engine._types import Array


def sigmoid(Z: Array) -> Array:
    """Overwrite `Z` with σ(Z) and return it."""
    Z *= 0.5
    np.tanh(Z, out=Z)
    Z += 1.0
    Z *= 0.5
    return Z


def sigmoid_slope(A: Array) -> Array:
    """σ'(Z) from the activations A = σ(Z): A (1 − A)."""
    return A * (1.0 - A)


def step(Z: Array) -> Array:
    """Overwrite `Z` with 1 where Z > 0, else 0, and return it."""
    return np.greater(Z, 0.0, out=Z)
