"""The layers above the first: small, so they learn in place, step by step.

Forward Z = A W + b, backward (Nielsen, chapter 2, BP1 – BP4), δ of the top layer being the
cost's own output error:

    δ[l] = (δ[l+1] W[l+1]ᵀ) ⊙ σ'(Z[l]),   ∂C/∂W[l] = A[l]ᵀ δ[l],   ∂C/∂b[l] = Σ δ[l]

Everything is scaled so that a step needs the fewest calls. With T = tanh(z/2) = 2a − 1, a
hidden layer hands up P = 1 + T = 2a, and the next one keeps U = W/4 with its bias as the
last row, met by a constant column 2 beside P, Q = [P, 2]:

    z/2 above = Q U              σ' = a (1 − a) = (1 − T)(1 + T)/4 = (1 − T²)/4

Errors travel as d = −(η/8m) δ, which is what U needs: ΔU = Qᵀ d (that is, ΔW = −(η/m) aᵀδ).
They go down a layer without any factor: d below = (d Wᵀ) ⊙ σ' = (d Uᵀ) ⊙ (1 − T²). All
factors are powers of two, so nothing is lost by them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy import add, copyto, dot, multiply, subtract, tanh
from numpy.typing import DTypeLike

from sknn_basic.engine._types import Array
from sknn_basic.engine.blocks import Step
from sknn_basic.engine.costs import signed_error
from sknn_basic.engine.network import Network, Parameters
from sknn_basic.engine.rule import Memory, Rule


@dataclass(slots=True)
class Quarter:
    """One layer's [W; b]/4, and its velocity and running sum in the same scale, if any.

    Parameters
    ----------
    U : array of shape (n_in + 1, n_out)
        The layer's [W; b]/4.
    V : array of the same shape, or None
        Velocity.
    total : array of the same shape, or None
        Running sum.
    G : array of the same shape
        Room for a gradient step.
    """

    U: Array
    V: Array | None = None
    total: Array | None = None
    G: Array = field(init=False)

    def __post_init__(self) -> None:
        self.G = np.empty_like(self.U)

    def read(self, layer: int, parameters: Parameters, memory: Memory) -> None:
        """Overwrite these numbers by those of a layer.

        Parameters
        ----------
        layer : int
            Which layer; 1 is the second.
        parameters : Parameters
            Weights and biases of every layer.
        memory : Memory
            What the step before has handed on.
        """
        _quarter(parameters, layer, self.U)
        self.V = _optional_quarter(memory.velocity, layer, self.V)
        self.total = _optional_quarter(memory.total, layer, self.total)

    def write(self, layer: int, parameters: Parameters, memory: Memory) -> None:
        """Overwrite those of a layer by these numbers.

        Parameters
        ----------
        layer : int
            Which layer; 1 is the second.
        parameters : Parameters
            Weights and biases of every layer.
        memory : Memory
            What the step before has handed on.
        """
        for U, numbers in (
            (self.U, parameters),
            (self.V, memory.velocity),
            (self.total, memory.total),
        ):
            if U is not None and numbers is not None:
                np.multiply(U[:-1], 4.0, numbers.weights[layer])
                np.multiply(U[-1], 4.0, numbers.biases[layer])


def read_all(quarters: list[Quarter], parameters: Parameters, memory: Memory) -> None:
    """Overwrite the quarters by the layers above the first.

    Parameters
    ----------
    quarters : list of Quarter
        One for each layer above the first.
    parameters : Parameters
        Weights and biases of every layer.
    memory : Memory
        What the step before has handed on.
    """
    for layer, quarter in enumerate(quarters, start=1):
        quarter.read(layer, parameters, memory)


def write_all(quarters: list[Quarter], parameters: Parameters, memory: Memory) -> None:
    """Overwrite the layers above the first by the quarters.

    Parameters
    ----------
    quarters : list of Quarter
        One for each layer above the first.
    parameters : Parameters
        Weights and biases of every layer.
    memory : Memory
        What the step before has handed on.
    """
    for layer, quarter in enumerate(quarters, start=1):
        quarter.write(layer, parameters, memory)


def _quarter(numbers: Parameters, layer: int, U: Array) -> None:
    np.multiply(numbers.weights[layer], 0.25, U[:-1])
    np.multiply(numbers.biases[layer], 0.25, U[-1])


def _optional_quarter(numbers: Parameters | None, layer: int, U: Array | None) -> Array | None:
    if numbers is None:
        return None
    W = numbers.weights[layer]
    U = np.empty((len(W) + 1, W.shape[1]), W.dtype) if U is None else U
    _quarter(numbers, layer, U)
    return U


class Upper:
    """The way up through the layers and back down, for batches of m rows.

    Parameters
    ----------
    layers : list of Quarter
        Changed in place by `sweep`.
    m : int
        Rows of a batch.
    network : Network
        The kind of output neurons, and the cost.
    dtype : dtype
        Of the buffers.
    """

    def __init__(
        self, layers: list[Quarter], m: int, network: Network, dtype: DTypeLike
    ) -> None:
        self.signed, self.error = network.signed, signed_error(network.cost)
        self.layers = layers
        self.one = np.array(1.0, dtype)
        self.up: list[Any] = []
        self.down: list[Any] = []
        above = None
        for layer in reversed(layers):
            H = np.empty((m, len(layer.U) - 1), dtype)
            Q, slope, back = np.full((m, len(layer.U)), 2.0, dtype), H.copy(), H.copy()
            P = Q[:, :-1]
            self.up.insert(0, (H, P, Q, layer.U, above))
            below = None if layer is layers[0] else back
            self.down.append((H, slope, layer.U[:-1].T, back, Q.T, layer.G, layer, below))
            above = H
        self.bottom = above

    def sweep(self, steps: Iterable[Step], rates: Iterable[float], rule: Rule) -> None:
        """Take these steps one after another, at these `rates` η.

        Overwrites, of each step, the rows of E by the first layer's scaled error, H by halves
        of the output neurons' weighted inputs, T by their signed activations, and S.

        Parameters
        ----------
        steps : iterable of Step
            The views of each step.
        rates : iterable of float
            One for each step.
        rule : Rule
            How a step is taken.
        """
        one, signed, error = self.one, self.signed, self.error
        plain = self._is_plain(rule)
        for (L, E, own, out, T, S, r, d), rate in zip(steps, rates, strict=True):
            H = out if self.bottom is None else self.bottom
            if L is None:
                copyto(H, E)
            else:
                dot(L, E, H)
            for H, P, Q, U, above in self.up:
                tanh(H, H)
                add(H, one, P)
                dot(Q, U, out if above is None else above)
            signed(out, T)
            error(T, S, d)
            multiply(d, r, d)
            delta = d
            for H, slope, UT, back, QT, G, layer, below in self.down:
                multiply(H, H, slope)
                subtract(one, slope, slope)
                dot(delta, UT, back)
                dot(QT, delta, G)
                if plain:
                    add(layer.U, G, layer.U)
                else:
                    _learn(layer, G, rate * rule.alpha, rule)
                delta = multiply(back, slope, own if below is None else below)

    def _is_plain(self, rule: Rule) -> bool:
        """Whether a layer learns by adding its gradient step, and that is all."""
        held = any(layer.V is not None or layer.total is not None for layer in self.layers)
        return rule.learn_bias and not rule.alpha and not held


def _learn(layer: Quarter, G: Array, decay: float, rule: Rule) -> None:
    """Change `layer` by its gradient step `G`, which is overwritten; `decay` is ηα."""
    if decay:
        G[:-1] -= decay * layer.U[:-1]
    if not rule.learn_bias:
        G[-1] = 0.0
    if layer.V is not None:
        multiply(layer.V, rule.momentum, layer.V)
        G = add(layer.V, G, layer.V)
    add(layer.U, G, layer.U)
    if layer.total is not None:
        add(layer.total, layer.U, layer.total)
