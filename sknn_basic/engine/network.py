"""A network of neurons: its numbers, and what it says.

Forward, layer by layer, with A[0] = X:

    Z[l] = A[l] W[l] + b[l],   A[l+1] = σ(Z[l])

The way back, which only training takes, is in `layers`. Hidden neurons are sigmoid neurons.
The output neurons are sigmoid neurons under a smooth cost, or step neurons under the
perceptron rule. Weights start from one of

======  ==================  =============================================================
normal  W ~ N(0, 1)         Nielsen, chapter 1 (network.py). A hidden neuron with many
                            inputs starts saturated and learns slowly.
scaled  W ~ N(0, 1 / n_in)  Nielsen, chapter 3; LeCun et al., "Efficient BackProp", 1998.
zeros   W = 0, b = 0        The perceptron's usual start.
======  ==================  =============================================================

and biases, but for the zeros, from N(0, 1), as in the book.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from sknn_basic.engine._types import MOST_NUMBERS, Array, Matrix, row_slices
from sknn_basic.engine.neurons import (
    CostFunction,
    Signed,
    cost_of_inputs,
    outputs,
    sigmoid,
    value,
)

WEIGHT_SCALES: dict[str, Callable[[int], float]] = {
    "scaled": lambda n_in: n_in**-0.5,
    "normal": lambda n_in: 1.0,
}
"""The standard deviation of the first weights, by name, for a number of inputs."""


@dataclass(slots=True)
class Parameters:
    """Weights and biases of every layer; also their velocities and running sums."""

    # weights, biases: list of shape (n_in, n_out) and (n_out,): W and b of each layer
    weights: list[Array]
    biases: list[Array]

    def arrays(self) -> Iterator[Array]:
        """Every array, weights first."""
        yield from self.weights
        yield from self.biases

    def widest(self) -> int:
        """Neurons of the widest layer."""
        return max(map(len, self.biases))

    def mapped(self, function: Callable[[Array], Array]) -> "Parameters":
        """What a function makes of each array."""
        return Parameters([*map(function, self.weights)], [*map(function, self.biases)])

    def copy(self) -> "Parameters":
        """The same numbers in arrays of their own (C-contiguous, writable)."""
        return self.mapped(lambda array: array.copy("C"))

    def zeros_like(self, dtype: npt.DTypeLike | None = None) -> "Parameters":
        """Zeros of the same shapes, of another dtype if asked."""
        return self.mapped(lambda array: np.zeros(array.shape, dtype or array.dtype))

    def is_finite(self) -> bool:
        """Whether no number is NaN or infinite."""
        with np.errstate(over="ignore", invalid="ignore"):
            return all(map(_is_finite, self.arrays()))


def _is_finite(array: Array) -> bool:
    """One pass without a temporary; a sum of squares that overflows is looked at again."""
    return bool(np.isfinite(np.vdot(array, array)) or np.isfinite(array).all())


@dataclass(frozen=True, slots=True)
class Network:
    """What kind of output neurons there are, and the cost of what they say."""

    # the output neurons: ``signed(H, out)`` overwrites `out` with their signed activations T
    # = 2a − 1, given halves H = z/2
    signed: Signed
    cost: CostFunction  # what is minimised
    only_mistakes: bool = False  # whether the output error is exactly 0 but for mistakes

    def outputs(self, Z: Array) -> Array:
        """The activations A of the output neurons, a new array."""
        return outputs(self.signed, Z)


@dataclass(frozen=True, slots=True)
class Rule:
    """How a step is taken."""

    eta: float  # learning rate η of the first step
    batch_size: int  # samples in a mini-batch, m
    # momentum, alpha: momentum μ and L2 strength α; see `sgd`
    momentum: float = 0.0
    alpha: float = 0.0
    power_t: float = 0.0  # step number t (from 1) uses η / t^power_t; 0 keeps η constant
    learn_bias: bool = True  # False leaves every bias as it is

    def rates(self, steps: int, q: int) -> list[float]:
        """Learning rates η of the q steps that follow `steps` steps."""
        if self.power_t == 0.0:
            return [self.eta] * q
        return [self.eta * float(steps + k) ** -self.power_t for k in range(1, q + 1)]


@dataclass(slots=True)
class Memory:
    """What one step hands to the next, beside the parameters."""

    steps: int = 0  # steps taken
    velocity: Parameters | None = None  # V; None: no momentum
    # total, total_steps: the running sum of the parameters over so many steps; None: no
    # average is wanted
    total: Parameters | None = None
    total_steps: int = 0

    def count(self, q: int) -> None:
        """Note that q more steps were taken."""
        self.steps += q
        self.total_steps += q * (self.total is not None)

    def without_total(self) -> "Memory":
        """The same memory, or one that sums nothing."""
        return self if self.total is None else Memory(self.steps, self.velocity)

    def copy(self) -> "Memory":
        """The same memory in arrays of its own."""
        velocity, total = self.velocity, self.total
        return replace(
            self, velocity=velocity and velocity.copy(), total=total and total.copy()
        )


def sample_costs(network: Network, Z: Array, Y: Array) -> Array:
    """The cost of each sample, shape (m,), from weighted inputs Z of the output neurons.

    Every cost that is reported is this one. A built-in cost takes some rows at a time, and the
    cross-entropy comes from Z, so that saturated neurons cost what they should.
    """
    of_inputs = cost_of_inputs(network.cost, network.signed)
    if of_inputs is None:
        return value(network.cost, network.outputs(Z), Y)
    if Z.size <= MOST_NUMBERS:
        return of_inputs(Z, Y)
    return np.concatenate([of_inputs(Z[at], Y[at]) for at in row_slices(*Z.shape)])


def weighted_input(A: Matrix, W: Array, b: Array) -> Array:
    """Z = A W + b, a new array of shape (m, n_out); A may be sparse."""
    Z: Array = A.dot(W)
    Z += b
    return Z


def hidden_activations(parameters: Parameters, X: Matrix) -> list[Matrix]:
    """[X, A[1], …]: what enters each layer of weights."""
    A = [X]
    for W, b in zip(parameters.weights[:-1], parameters.biases[:-1], strict=True):
        A.append(sigmoid(weighted_input(A[-1], W, b)))
    return A


def output_weighted_inputs(parameters: Parameters, X: Matrix) -> Array:
    """Z of the output neurons for some rows of X, shape (m, n_out)."""
    A = hidden_activations(parameters, X)
    return weighted_input(A[-1], parameters.weights[-1], parameters.biases[-1])


def l2_penalty(parameters: Parameters, alpha: float) -> float:
    """Compute α/2 Σ‖W‖²; biases are free."""
    if alpha == 0.0:
        return 0.0
    squares = [np.einsum("ij,ij->", W, W, dtype=np.float64) for W in parameters.weights]
    return 0.5 * alpha * float(sum(squares))


def random_parameters(
    rng: np.random.Generator, layer_sizes: Sequence[int], dtype: npt.DTypeLike, init: str
) -> Parameters:
    """Draw the weights of a network with these layer sizes, inputs first, outputs last."""
    scale = WEIGHT_SCALES[init]
    weights, biases = [], []
    for n_in, n_out in pairwise(layer_sizes):
        W = np.empty((n_in, n_out), dtype)
        for at in row_slices(n_in, n_out):
            part = W[at]
            np.multiply(rng.standard_normal(part.shape), scale(n_in), part, casting="same_kind")
        weights.append(W)
        biases.append(rng.standard_normal(n_out).astype(dtype))
    return Parameters(weights, biases)


def zero_parameters(n_in: int, n_out: int, dtype: Any) -> Parameters:
    """One layer of neurons that know nothing yet."""
    return Parameters([np.zeros((n_in, n_out), dtype)], [np.zeros(n_out, dtype)])
