"""The layers above the first: small, so they learn in place, step by step.

Everything is scaled so that a step needs the fewest calls. With T = tanh(z/2) = 2a − 1, a
hidden layer hands up P = 1 + T = 2a, and the next one keeps U = W/4 with its bias as the
last row, met by a constant column 2 beside P, Q = [P, 2]:

    z/2 above = Q U              σ' = a (1 − a) = (1 − T)(1 + T)/4 = P (2 − P)/4

Errors travel as d = −(η/8m) δ, which is what U needs: ΔU = Qᵀ d (that is, ΔW = −(η/m) aᵀδ).
They go down a layer without any factor: d below = (d Wᵀ) ⊙ σ' = (d Uᵀ) ⊙ P (2 − P). All
factors are powers of two, so nothing is lost by them.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy import add, dot, multiply, subtract, tanh
from numpy.typing import DTypeLike

from sknn_basic.engine._types import Array
from sknn_basic.engine.blocks import Step
from sknn_basic.engine.costs import signed_error
from sknn_basic.engine.network import Network, Parameters
from sknn_basic.engine.rule import Rule


class Quarter(NamedTuple):
    """One layer's [W; b]/4, and its velocity and running sum in the same scale, if any."""

    U: Array
    V: Array | None
    total: Array | None


def quarters(
    parameters: Parameters, velocity: Parameters | None, total: Parameters | None
) -> list[Quarter]:
    """Copies of the layers above the first, in quarters."""
    return [
        Quarter(
            _quarter(parameters, layer),
            None if velocity is None else _quarter(velocity, layer),
            None if total is None else _quarter(total, layer),
        )
        for layer in range(1, len(parameters.weights))
    ]


def write_back(
    layers: list[Quarter],
    parameters: Parameters,
    velocity: Parameters | None,
    total: Parameters | None,
) -> None:
    """Overwrite the layers above the first with what `layers` have become."""
    for layer, quarter in enumerate(layers, start=1):
        for numbers, U in zip((parameters, velocity, total), quarter, strict=True):
            if numbers is not None and U is not None:
                np.multiply(U[:-1], 4.0, out=numbers.weights[layer])
                np.multiply(U[-1], 4.0, out=numbers.biases[layer])


def _quarter(parameters: Parameters, layer: int) -> Array:
    stacked: Array = np.vstack([parameters.weights[layer], parameters.biases[layer]])
    stacked *= 0.25
    return stacked


class Upper:
    """The way up through the layers and back down, for batches of m rows.

    Parameters
    ----------
    layers : list of Quarter
        Changed in place by `sweep`.
    m : int
        Rows of a batch.
    network : Network
    rule : Rule
    dtype : dtype
    """

    def __init__(
        self, layers: list[Quarter], m: int, network: Network, rule: Rule, dtype: DTypeLike
    ) -> None:
        self.signed, self.error = network.signed, signed_error(network.cost)
        self.rule = rule
        held = any(V is not None or total is not None for _, V, total in layers)
        self.plain = rule.learn_bias and not rule.alpha and not held
        self.one, self.two = np.array(1.0, dtype), np.array(2.0, dtype)
        self.up: list[Any] = []
        self.down: list[Any] = []
        above = None
        for layer in reversed(layers):
            H = np.empty((m, len(layer.U) - 1), dtype)
            Q, slope, back = np.full((m, len(layer.U)), 2.0, dtype), H.copy(), H.copy()
            P, G = Q[:, :-1], layer.U.copy()
            self.up.insert(0, (H, P, Q, layer.U, above))
            below = None if layer is layers[0] else back
            self.down.append((P, slope, layer.U[:-1].T, back, Q.T, G, layer, below))
            above = H
        self.bottom = above

    def sweep(self, steps: Iterable[Step], decays: Iterable[float]) -> None:
        """Take these steps one after another; `decays` are their ηα.

        Overwrites, of each step, the rows of E by the first layer's scaled error, and T by
        the signed activations of the output neurons.
        """
        one, two, plain, signed, error = self.one, self.two, self.plain, self.signed, self.error
        for (L, E, own, T, S, r, d), decay in zip(steps, decays, strict=True):
            dot(L, E, T if self.bottom is None else self.bottom)
            for H, P, Q, U, above in self.up:
                tanh(H, H)
                add(H, one, P)
                dot(Q, U, T if above is None else above)
            signed(T, T)
            error(T, S, d)
            multiply(d, r, d)
            delta = d
            for P, slope, UT, back, QT, G, layer, below in self.down:
                subtract(two, P, slope)
                multiply(slope, P, slope)
                dot(delta, UT, back)
                dot(QT, delta, G)
                if plain:
                    add(layer.U, G, layer.U)
                else:
                    self._learn(layer, G, decay)
                delta = multiply(back, slope, own if below is None else below)

    def _learn(self, layer: Quarter, G: Array, decay: float) -> None:
        """Change `layer` by its gradient step `G`, which is overwritten."""
        U, V, total = layer
        if decay:
            G[:-1] -= decay * U[:-1]
        if not self.rule.learn_bias:
            G[-1] = 0.0
        if V is not None:
            multiply(V, self.rule.momentum, V)
            G = add(V, G, V)
        add(U, G, U)
        if total is not None:
            add(total, U, total)
