"""The layers above the first: small, so they learn in place, step by step.

Everything is scaled so that a step needs the fewest calls. With t = tanh(z/2), a hidden
layer hands up P = 1 + t = 2a, and the next one keeps U = W/4 with its bias as the last row,
met by a constant column 2 of P:

    z/2 above = [P, 2] U         σ' = a (1 − a) = (1 − t)(1 + t)/4 = P (2 − P)/4

Errors travel as d = −(η/8m) δ, which is what U needs, ΔU = [P, 2]ᵀ d (that is, ΔW =
−(η/m) aᵀδ), and go down a layer without any factor: d below = (d Wᵀ) ⊙ σ' = (d Uᵀ) ⊙ P (2 − P).
All factors are powers of two, so nothing is lost by them.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from sknn_basic.engine._types import Array
from sknn_basic.engine.network import Parameters


class Quarter(NamedTuple):
    """One layer's [W; b]/4, its velocity and running sum in the same scale, if any."""

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
            velocity and _quarter(velocity, layer),
            total and _quarter(total, layer),
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
    """Forward and backward through `layers` for batches of m rows.

    Parameters
    ----------
    layers : list of Quarter
        Changed in place by `backward`.
    m : int
        Rows of a batch.
    fire : callable
        Overwrites the output neurons' halves z/2 with their activations.
    momentum : float
    """

    def __init__(
        self,
        layers: list[Quarter],
        m: int,
        fire: Callable[[Array], Array],
        momentum: float,
        dtype: DTypeLike,
    ) -> None:
        self.fire = fire
        self.momentum = momentum
        self.one, self.two = np.array(1.0, dtype), np.array(2.0, dtype)
        self.up, self.down = [], []
        if layers:
            self.H = np.empty((m, layers[0].U.shape[0] - 1), dtype)
            self.d = np.empty((m, layers[-1].U.shape[1]), dtype)
        for layer in layers:
            n_in, n_out = layer.U.shape
            Q = np.full((m, n_in), 2.0, dtype)
            P, S, D = Q[:, :-1], np.empty((m, n_in - 1), dtype), np.empty((m, n_in - 1), dtype)
            H, G = np.empty((m, n_out), dtype), np.empty(layer.U.shape, dtype)
            self.up.append((P, Q, layer.U, H))
            self.down.append((layer.U[:-1].T, P, S, Q.T, G, layer, D))
        self.down.reverse()

    def forward(self, H: Array, A: Array) -> None:
        """From halves `H` of the first layer to activations `A` of the last.

        Overwrites both.
        """
        top = len(self.up) - 1
        for layer, (P, Q, U, above) in enumerate(self.up):
            np.tanh(H, H)
            np.add(H, self.one, P)
            H = np.dot(Q, U, A if layer == top else above)
        self.fire(A)

    def backward(self, d: Array, slot: Array, decay: float, learn_bias: bool) -> None:
        """Learn from the output error `d`; overwrite `slot` with the first layer's.

        `decay` is ηα of this step.
        """
        bottom = len(self.down) - 1
        for layer, (UT, P, S, QT, G, quarter, D) in enumerate(self.down):
            np.subtract(self.two, P, S)
            np.multiply(S, P, S)
            np.dot(d, UT, D)
            below = slot if layer == bottom else D
            np.multiply(D, S, below)
            np.dot(QT, d, G)
            self._learn(quarter, G, decay, learn_bias)
            d = below

    def _learn(self, quarter: Quarter, G: Array, decay: float, learn_bias: bool) -> None:
        """Change the layer by its gradient step `G`, which is overwritten."""
        U, V, total = quarter
        if decay:
            G[:-1] -= decay * U[:-1]
        if not learn_bias:
            G[-1] = 0.0
        if V is not None:
            np.multiply(V, self.momentum, V)
            G = np.add(V, G, V)
        np.add(U, G, U)
        if total is not None:
            np.add(total, U, total)
