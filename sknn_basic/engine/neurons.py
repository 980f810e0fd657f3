"""What a neuron does with its weighted input z, and what its answer costs.

    step:     a = 1 if z > 0 else 0          (a score of exactly 0 does not fire)
    sigmoid:  a = σ(z) = 1 / (1 + e^(−z)) = ½ (1 + tanh(z/2))

The second form of σ is used: ``np.tanh`` is vectorised, never overflows, and is exact at
both ends. The slope is written from the output: σ'(z) = a (1 − a). Training speaks of
*signed* activations T = 2a − 1 and of halves H = z/2, because then a sigmoid is one call:
T = tanh(H). A step is a sign, −1 at exactly 0. Doubling and halving are exact.

A cost is a pair: its value, and the error that it sends back. ``value(A, Y)`` is C for each
sample, shape (m,); ``output_error(A, Y)`` is ∂C/∂Z at the output layer, shape (m, n_out), so
backpropagation never asks which cost it has. Any object with these two functions is a cost::

    quadratic      C = ½ ‖a − y‖²                          ∂C/∂z = (a − y) a (1 − a)
    cross-entropy  C = −Σ [y ln a + (1 − y) ln(1 − a)]     ∂C/∂z = a − y
    mistakes       C = Σ |a − y|  (step neurons)           the perceptron rule: a − y

A sigmoid is never 0 or 1, but its activation in floating point may be, and then a has lost
what the cost needs. So where the cost is the cross-entropy, what is reported of it comes
from z: with f = 1 where z > 0 and else 0,

    −y ln σ(z) − (1 − y) ln(1 − σ(z)) = ln(1 + e^z) − y z = ln(1 + e^(−|z|)) + |z| |f − y| .

The quadratic error carries the slope a (1 − a), which vanishes where a neuron is
saturated: such a neuron hardly learns, however wrong it is. The cross-entropy was made to
cancel that slope (Nielsen, chapter 3, equations 57 and 63). With step neurons the same
a − y is Rosenblatt's rule: no error, no change.
"""

import math
import sys
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from sknn_basic.engine._types import MOST_NUMBERS, Array, row_slices

FEW = 16
"""Output neurons of which one row's cost is worked out in plain numbers."""

Signed: TypeAlias = Callable[[Array, Array], Array]
"""``signed(H, out)`` overwrites `out` with T = 2a − 1 for halves H = z/2."""


signed_sigmoid: Signed = np.tanh
"""2 σ(2H) − 1 = tanh(H)."""


def signed_step(H: Array, out: Array) -> Array:
    """Overwrite `out` with 1 where H > 0, else −1."""
    np.greater(H, 0.0, out)
    np.multiply(out, 2.0, out)
    return np.subtract(out, 1.0, out)


def activation(T: Array) -> Array:
    """A = ½ (1 + T), a new array."""
    A = 0.5 * T
    A += 0.5
    return A


def sigmoid(Z: Array) -> Array:
    """Overwrite `Z` with σ(Z) and return it."""
    Z *= 0.5
    np.tanh(Z, Z)
    Z += 1.0
    Z *= 0.5
    return Z


def outputs(signed: Signed, Z: Array) -> Array:
    """The activations of neurons of this kind, a new array."""
    A = 0.5 * Z
    signed(A, A)
    A *= 0.5
    A += 0.5
    return A


def sigmoid_slope(A: Array) -> Array:
    """Slope σ'(Z) from the activations A = σ(Z): A (1 − A)."""
    return A * (1.0 - A)


class CostFunction(Protocol):
    """What the engine needs of a cost; see the module's first lines."""

    @property
    def value(self) -> Callable[[Array, Array], Array]:
        """``value(A, Y)``, the cost of each sample, shape (m,)."""

    @property
    def output_error(self) -> Callable[[Array, Array], Array]:
        """``output_error(A, Y)``, ∂C/∂Z of the output neurons, shape (m, n_out)."""


def value(cost: CostFunction, A: Array, Y: Array) -> Array:
    """The cost of each sample, shape (m,); ValueError if a user's cost gives anything else."""
    values: Array = np.asarray(_of_read_only(cost, "value", A, Y))
    if values.shape != (len(A),):
        raise ValueError(
            f"cost.value(A, Y) must give one number for each of {len(A)} samples, shape "
            f"({len(A)},); got shape {values.shape}."
        )
    return values


def _of_read_only(cost: CostFunction, name: str, A: Array, Y: Array) -> Any:
    """What ``cost.name(A, Y)`` returns for views of A and Y that cannot be written to."""
    A, Y = A.view(), Y.view()
    A.flags.writeable = Y.flags.writeable = False
    try:
        return getattr(cost, name)(A, Y)
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        raise ValueError(
            f"cost.{name}(A, Y) must leave A and Y as they are; it wrote into one of them "
            f"({error}). Work on a copy, as in A - Y."
        ) from error


SignedError: TypeAlias = Callable[[Array, Array, Array], Any]
"""``error(T, S, out)`` overwrites `out` with 2 ∂C/∂z, given T = 2a − 1 and S = 2y − 1."""


class Cost(NamedTuple):
    """A cost as a pair of functions."""

    # value, output_error: see `CostFunction`
    value: Callable[[Array, Array], Array]
    output_error: Callable[[Array, Array], Array]


def difference(A: Array, Y: Array) -> Array:
    """The difference a − y: the error under cross-entropy and under the perceptron rule."""
    return A - Y


def quadratic_value(A: Array, Y: Array) -> Array:
    """½ ‖a − y‖² for each row."""
    D = A - Y
    value: Array = 0.5 * np.einsum("ij,ij->i", D, D)
    return value


def quadratic_error(A: Array, Y: Array) -> Array:
    """(a − y) a (1 − a), a new array."""
    return (A - Y) * sigmoid_slope(A)


def cross_entropy_value(A: Array, Y: Array) -> Array:
    """−Σ [y ln a + (1 − y) ln(1 − a)] for each row.

    The activations of saturated neurons are taken no nearer to 0 and 1 than the dtype's
    resolution, so a neuron costs at most 36.04 (float32: 15.94). What training reports is not
    bounded so: it comes from `cross_entropy_of_inputs`.
    """
    eps = np.finfo(A.dtype).eps
    if np.equal(Y * Y, Y).all():  # with targets 0 and 1, one of the logarithms counts
        right = np.where(Y > 0.5, A, 1.0 - A)
        loss: Array = -np.add.reduce(np.log(np.maximum(right, eps)), axis=1)
        return loss
    fired = np.log(np.maximum(A, eps))
    silent = np.log(np.maximum(1.0 - A, eps))
    fired -= silent
    fired *= Y
    fired += silent
    value: Array = -np.add.reduce(fired, axis=1)
    return value


def cross_entropy_of_inputs(Z: Array, Y: Array) -> npt.NDArray[np.float64]:
    """The cross-entropy of each row from weighted inputs Z, exact however large they are."""
    if len(Z) == 1 and Z.size <= FEW:
        return np.array([_cross_entropy_of_few(Z[0].tolist(), Y[0].tolist())])
    size = np.abs(Z)
    np.minimum(size, np.finfo(size.dtype).max, out=size)  # or a right answer cost 0 · ∞
    wrong = np.greater(Z, 0.0, np.empty_like(Z))
    wrong -= Y
    np.abs(wrong, wrong)
    wrong *= size
    np.negative(size, size)
    np.exp(size, size)
    np.log1p(size, size)
    size += wrong
    value: npt.NDArray[np.float64] = np.einsum("ij->i", size, dtype=np.float64)
    return value


def _cross_entropy_of_few(z: list[float], y: list[float]) -> float:
    """The same of one row in plain numbers, which takes a third of a dozen calls' time."""
    total = 0.0
    for z_k, y_k in zip(z, y, strict=True):
        size = abs(z_k)
        total += math.log1p(math.exp(-size))
        if wrong := 1.0 - y_k if z_k > 0.0 else y_k:
            total += min(size, sys.float_info.max) * wrong
    return total


def mistakes_value(A: Array, Y: Array) -> Array:
    """The number of step neurons with the wrong output, for each row."""
    value: Array = np.einsum("ij->i", np.abs(A - Y))  # far faster than a sum over few
    return value


def mistakes_of_inputs(Z: Array, Y: Array) -> Array:
    """The same from weighted inputs Z."""
    return mistakes_value(np.greater(Z, 0.0, np.empty_like(Z)), Y)


def quadratic_of_inputs(Z: Array, Y: Array) -> Array:
    """The quadratic cost of sigmoid neurons from weighted inputs Z."""
    return quadratic_value(outputs(signed_sigmoid, Z), Y)


OF_INPUTS = (
    (cross_entropy_value, signed_sigmoid, cross_entropy_of_inputs),
    (quadratic_value, signed_sigmoid, quadratic_of_inputs),
    (mistakes_value, signed_step, mistakes_of_inputs),
)
"""Costs of activations, the neurons under them, and the same costs of weighted inputs."""


def cost_of_inputs(
    cost: CostFunction, signed: Signed
) -> Callable[[Array, Array], Array] | None:
    """A built-in cost as a function of Z and Y that takes each row by itself, or None."""
    for of_activations, neurons, of_inputs in OF_INPUTS:
        if cost.value is of_activations and signed is neurons:
            return of_inputs
    return None


def signed_error(cost: CostFunction) -> SignedError:
    """The output error in signed activations and targets, doubled."""
    if cost.output_error is difference:
        return np.subtract  # T − S = 2 (a − y)
    if cost.output_error is quadratic_error:
        return _signed_quadratic_error

    def error(T: Array, S: Array, out: Array) -> None:
        errors = _of_read_only(cost, "output_error", activation(T), activation(S))
        if np.shape(errors) != T.shape:
            raise ValueError(
                "cost.output_error(A, Y) must give one number for each output neuron of each "
                f"sample, shape {T.shape}; got shape {np.shape(errors)}."
            )
        np.multiply(errors, 2.0, out)

    return error


def _signed_quadratic_error(T: Array, S: Array, out: Array) -> None:
    """Overwrite `out` with 2 (a − y) a (1 − a), some rows at a time if they are many."""
    if T.size > MOST_NUMBERS and len(T) > 1:
        for at in row_slices(*T.shape):
            _signed_quadratic_error(T[at], S[at], out[at])
        return
    A = activation(T)
    slope = 1.0 - A
    slope *= A
    A -= activation(S)
    A *= slope
    np.multiply(A, 2.0, out)


COSTS = {
    "cross_entropy": Cost(cross_entropy_value, difference),
    "quadratic": Cost(quadratic_value, quadratic_error),
}
"""The costs that have a name."""

MISTAKES = Cost(mistakes_value, difference)
"""The cost of step neurons."""
