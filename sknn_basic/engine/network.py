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

from sknn_basic.engine._types import MOST_NUMBERS, Array, Matrix, row_slices
from sknn_basic.engine.activations import (
    Signed,
    sigmoid,
    signed_sigmoid,
    signed_step,
)
from sknn_basic.engine.costs import (
    COSTS,
    MISTAKES,
    CostFunction,
    cross_entropy_of_inputs,
    cross_entropy_value,
    mistakes_of_inputs,
    mistakes_value,
    quadratic_value,
    value,
)

BUILT_IN = (*COSTS.values(), MISTAKES)
"""Costs that take each row by itself; of a user's that is not known."""


@dataclass(slots=True)
class Parameters:
    """Weights and biases of every layer; also their velocities and running sums.

    Parameters
    ----------
    weights : list of array of shape (n_in, n_out)
        W of each layer.
    biases : list of array of shape (n_out,)
        The biases b of each layer.
    """

    weights: list[Array]
    biases: list[Array]

    def arrays(self) -> Iterator[Array]:
        """Every array, weights first.

        Yields
        ------
        array : array
            Each of them; no copy.
        """
        yield from self.weights
        yield from self.biases

    def widest(self) -> int:
        """Neurons of the widest layer."""
        return max(map(len, self.biases))

    def copy(self) -> "Parameters":
        """The same numbers in arrays of their own (C-contiguous, writable).

        Returns
        -------
        copy : Parameters
            Nothing in it is shared.
        """
        return Parameters([W.copy("C") for W in self.weights], [b.copy() for b in self.biases])

    def zeros_like(self, dtype: npt.DTypeLike | None = None) -> "Parameters":
        """Make as many zeros, of another dtype if asked.

        Parameters
        ----------
        dtype : dtype, default=None
            Of the zeros; None: that of the arrays.

        Returns
        -------
        zeros : Parameters
            Of the same shapes.
        """
        return Parameters(
            [np.zeros(W.shape, dtype or W.dtype) for W in self.weights],
            [np.zeros(b.shape, dtype or b.dtype) for b in self.biases],
        )

    def is_finite(self) -> bool:
        """Whether no number is NaN or infinite.

        Returns
        -------
        finite : bool
            False for a single NaN.
        """
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
        What is minimised.
    only_mistakes : bool
        Whether the output error is exactly 0 but for mistakes.
    """

    signed: Signed
    cost: CostFunction
    only_mistakes: bool = False

    def outputs(self, Z: Array) -> Array:
        """Give the activations A of the output neurons, a new array.

        Parameters
        ----------
        Z : array of shape (m, n_out)
            Their weighted inputs.

        Returns
        -------
        A : array of shape (m, n_out)
            From 0 to 1.
        """
        A = 0.5 * Z
        self.signed(A, A)
        A *= 0.5
        A += 0.5
        return A


def sample_costs(network: Network, Z: Array, Y: Array) -> Array:
    """The cost of each sample, shape (m,), from weighted inputs Z of the output neurons.

    Every cost that is told is this one. The cross-entropy comes from Z, so that saturated
    neurons cost what they should; a user's cost sees the activations. Some rows at a time.
    """
    many = Z.size > MOST_NUMBERS and len(Z) > 1
    if many and any(network.cost is cost for cost in BUILT_IN):
        parts = [sample_costs(network, Z[at], Y[at]) for at in row_slices(*Z.shape)]
        return np.concatenate(parts)
    cost = network.cost.value
    if cost is cross_entropy_value and network.signed is signed_sigmoid:
        return cross_entropy_of_inputs(Z, Y)
    if cost is mistakes_value and network.signed is signed_step:
        return mistakes_of_inputs(Z, Y)
    if cost is quadratic_value:
        return quadratic_value(network.outputs(Z), Y)
    return value(network.cost, network.outputs(Z), Y)


def weighted_input(A: Matrix, W: Array, b: Array) -> Array:
    """Z = A W + b, a new array of shape (m, n_out); A may be sparse.

    Parameters
    ----------
    A : array or sparse matrix of shape (m, n_in)
        What enters the layer.
    W : array of shape (n_in, n_out)
        Weights.
    b : array of shape (n_out,)
        Biases.

    Returns
    -------
    Z : array of shape (m, n_out)
        Weighted inputs.
    """
    Z: Array = A @ W
    Z += b
    return Z


def hidden_activations(parameters: Parameters, X: Matrix) -> list[Matrix]:
    """[X, A[1], …]: what enters each layer of weights.

    Parameters
    ----------
    parameters : Parameters
        Weights and biases of every layer.
    X : array or sparse matrix of shape (m, n_in)
        Inputs.

    Returns
    -------
    A : list of array
        One for each layer of weights; the first is X itself.
    """
    A = [X]
    for W, b in zip(parameters.weights[:-1], parameters.biases[:-1], strict=True):
        A.append(sigmoid(weighted_input(A[-1], W, b)))
    return A


def output_weighted_inputs(parameters: Parameters, X: Matrix) -> Array:
    """Z of the output neurons for some rows of X.

    Parameters
    ----------
    parameters : Parameters
        Weights and biases of every layer.
    X : array or sparse matrix of shape (m, n_in)
        Inputs.

    Returns
    -------
    Z : array of shape (m, n_out)
        Not finite where the weights are not, or too large.
    """
    A = hidden_activations(parameters, X)
    return weighted_input(A[-1], parameters.weights[-1], parameters.biases[-1])


def l2_penalty(parameters: Parameters, alpha: float) -> float:
    """Compute α/2 Σ‖W‖²; biases are free.

    Parameters
    ----------
    parameters : Parameters
        Weights and biases of every layer.
    alpha : float
        L2 strength.

    Returns
    -------
    penalty : float
        Summed in float64.
    """
    if alpha == 0.0:
        return 0.0
    squares = [np.einsum("ij,ij->", W, W, dtype=np.float64) for W in parameters.weights]
    return 0.5 * alpha * float(sum(squares))
