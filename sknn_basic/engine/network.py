"""A network of neurons: its numbers, and what it says.

Forward, layer by layer, with A[0] = X:

    Z[l] = A[l] W[l] + b[l],   A[l+1] = σ(Z[l])

The way back, which only training takes, is in `upper`. Hidden neurons are sigmoid neurons.
The output neurons are sigmoid neurons under a smooth cost, or step neurons under the
perceptron rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sknn_basic.engine._types import Array, Matrix
from sknn_basic.engine.activations import Signed, activation, sigmoid
from sknn_basic.engine.costs import CostFunction


@dataclass(slots=True)
class Parameters:
    """Weights and biases of every layer; also their velocities and running sums."""

    weights: list[Array]
    biases: list[Array]

    def arrays(self) -> Iterator[Array]:
        """Every array, weights first."""
        yield from self.weights
        yield from self.biases

    def copy(self) -> "Parameters":
        """The same numbers in arrays of their own (C-contiguous, writable)."""
        return Parameters([W.copy("C") for W in self.weights], [b.copy() for b in self.biases])

    def zeros_like(self, dtype: npt.DTypeLike | None = None) -> "Parameters":
        """As many zeros, of another dtype if asked."""
        return Parameters(
            [np.zeros(W.shape, dtype or W.dtype) for W in self.weights],
            [np.zeros(b.shape, dtype or b.dtype) for b in self.biases],
        )

    def is_finite(self) -> bool:
        """Whether no number is NaN or infinite."""
        with np.errstate(over="ignore", invalid="ignore"):
            return all(map(_is_finite, self.arrays()))


def _is_finite(array: Array) -> bool:
    """One pass without a temporary; a sum of squares that overflows is looked at again."""
    return bool(np.isfinite(np.vdot(array, array)) or np.isfinite(array).all())


@dataclass(frozen=True, slots=True)
class Network:
    """What kind of output neurons there are, and the cost of what they say.

    Parameters
    ----------
    signed : callable
        The output neurons: ``signed(H, out)`` overwrites `out` with their signed activations
        T = 2a − 1, given halves H = z/2.
    cost : CostFunction
    only_mistakes : bool
        Whether the output error is exactly 0 but for mistakes.
    """

    signed: Signed
    cost: CostFunction
    only_mistakes: bool = False

    def outputs(self, Z: Array) -> Array:
        """Activations A of the output neurons, a new array."""
        H = 0.5 * Z
        return activation(self.signed(H, H))


def weighted_input(A: Matrix, W: Array, b: Array) -> Array:
    """Z = A W + b, a new array of shape (m, n_out); A may be sparse."""
    Z: Array = A @ W
    Z += b
    return Z


def hidden_activations(parameters: Parameters, X: Matrix) -> list[Matrix]:
    """[X, A[1], …]: what enters each layer of weights."""
    A = [X]
    for W, b in zip(parameters.weights[:-1], parameters.biases[:-1], strict=True):
        A.append(sigmoid(weighted_input(A[-1], W, b)))
    return A


def output_weighted_inputs(parameters: Parameters, X: Matrix) -> Array:
    """Z of the output neurons for some rows of X."""
    A = hidden_activations(parameters, X)
    return weighted_input(A[-1], parameters.weights[-1], parameters.biases[-1])


def l2_penalty(parameters: Parameters, alpha: float) -> float:
    """α/2 Σ‖W‖²; biases are free."""
    if alpha == 0.0:
        return 0.0
    squares = [np.einsum("ij,ij->", W, W, dtype=np.float64) for W in parameters.weights]
    return 0.5 * alpha * float(sum(squares))
