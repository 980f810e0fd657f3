"""What a neuron does with its weighted input z: step or sigmoid.

    step:     a = 1 if z > 0 else 0          (a score of exactly 0 does not fire)
    sigmoid:  a = σ(z) = 1 / (1 + e^(−z)) = ½ (1 + tanh(z/2))

The second form of σ is used: ``np.tanh`` is vectorised, never overflows, and is exact at
both ends. The slope is written from the output: σ'(z) = a (1 − a).

Training speaks of *signed* activations T = 2a − 1 and of halves H = z/2, because then a
sigmoid is one call: T = tanh(H). A step is a sign, −1 at exactly 0. Doubling and halving
are exact.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from sknn_basic.engine._types import Array

Signed: TypeAlias = Callable[[Array, Array], Array]
"""``signed(H, out)`` overwrites `out` with T = 2a − 1 for halves H = z/2."""


def signed_sigmoid(H: Array, out: Array) -> Array:
    """Overwrite `out` with 2 σ(2H) − 1 = tanh(H).

    Parameters
    ----------
    H : array of any shape
        Halves z/2 of the weighted inputs.
    out : array of the same shape
        Overwritten; it may be H itself.

    Returns
    -------
    T : array
        `out`, from −1 to 1.
    """
    return np.tanh(H, out)


def signed_step(H: Array, out: Array) -> Array:
    """Overwrite `out` with 1 where H > 0, else −1.

    Parameters
    ----------
    H : array of any shape
        Halves z/2 of the weighted inputs.
    out : array of the same shape
        Overwritten; it may be H itself.

    Returns
    -------
    T : array
        `out`, of −1 and 1.
    """
    np.greater(H, 0.0, out)
    np.multiply(out, 2.0, out)
    return np.subtract(out, 1.0, out)


def activation(T: Array) -> Array:
    """A = ½ (1 + T), a new array.

    Parameters
    ----------
    T : array of any shape
        Signed activations, from −1 to 1.

    Returns
    -------
    A : array of the same shape
        Activations, from 0 to 1.
    """
    A = 0.5 * T
    A += 0.5
    return A


def sigmoid(Z: Array) -> Array:
    """Overwrite `Z` with σ(Z) and return it.

    Parameters
    ----------
    Z : array of any shape
        Weighted inputs; overwritten.

    Returns
    -------
    A : array
        `Z`, now from 0 to 1.
    """
    Z *= 0.5
    np.tanh(Z, Z)
    Z += 1.0
    Z *= 0.5
    return Z


def sigmoid_slope(A: Array) -> Array:
    """Slope σ'(Z) from the activations A = σ(Z): A (1 − A).

    Parameters
    ----------
    A : array of any shape
        Activations.

    Returns
    -------
    slope : array of the same shape
        A new array, from 0 to ¼.
    """
    return A * (1.0 - A)
