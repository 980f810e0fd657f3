"""What a neuron does with its weighted input z: step or sigmoid.

    step:     a = 1 if z > 0 else 0          (a score of exactly 0 does not fire)
    sigmoid:  a = σ(z) = 1 / (1 + e^(−z)) = ½ (1 + tanh(z/2))

The second form of σ is used: ``np.tanh`` is vectorised, never overflows, and is exact at
both ends. The slope is written from the output: σ'(z) = a (1 − a). Training works with
halves H = z/2, which both kinds of neuron take as well: halving is exact.
"""

import numpy as np

from sknn_basic.engine._types import Array


def sigmoid_of_half(H: Array) -> Array:
    """Overwrite H = Z/2 with σ(Z) and return it."""
    np.tanh(H, H)
    np.add(H, 1.0, H)
    np.multiply(H, 0.5, H)
    return H


def step_of_half(H: Array) -> Array:
    """Overwrite H = Z/2 with 1 where Z > 0, else 0, and return it."""
    return np.greater(H, 0.0, out=H)


def sigmoid(Z: Array) -> Array:
    """Overwrite `Z` with σ(Z) and return it."""
    Z *= 0.5
    return sigmoid_of_half(Z)


def sigmoid_slope(A: Array) -> Array:
    """σ'(Z) from the activations A = σ(Z): A (1 − A)."""
    return A * (1.0 - A)
