"""The first layer: it reads X, so it is the large one, and learns once a block."""

from collections.abc import Callable

import numpy as np

from sknn_basic.engine._types import Array
from sknn_basic.engine.blocks import Block, Coupling, Update
from sknn_basic.engine.network import Parameters
from sknn_basic.engine.rows import DenseRows, SparseRows
from sknn_basic.engine.rule import Memory


class FirstLayer:
    """Weights, velocity and running sum of the first layer, changed in place.

    Parameters
    ----------
    rows : DenseRows or SparseRows
        Its selected block is what `enter`, `couple` and `learn` speak of.
    parameters : Parameters
    memory : Memory
    """

    def __init__(
        self, rows: DenseRows | SparseRows, parameters: Parameters, memory: Memory
    ) -> None:
        velocity, total = memory.velocity, memory.total
        self.rows = rows
        self.W, self.b = parameters.weights[0], parameters.biases[0]
        self.V = None if velocity is None else velocity.weights[0]
        self.V_b = None if velocity is None else velocity.biases[0]
        self.total = None if total is None else total.weights[0]
        self.total_b = None if total is None else total.biases[0]

    def enter(self, block: Block, coupling: Coupling) -> None:
        """Overwrite E with half the weighted inputs, as far as they are known already."""
        E = self.rows.times(self.W, block.E)
        if not coupling.plain:
            np.multiply(E, coupling.w, E)
        if self.V is not None and self.V_b is not None:
            E += coupling.v * self.rows.times(self.V, np.empty_like(E))
            E += coupling.v_b * self.V_b
        np.add(E, self.b, E)
        np.multiply(E, 0.5, E)

    def couple(self, block: Block, coupling: Coupling) -> None:
        """Overwrite L: how each row's weighted input depends on the errors before it."""
        L = self.rows.gram(block.L)
        np.multiply(L, coupling.gram, L)
        np.add(L, coupling.bias, L)

    def learn(self, block: Block, coupling: Coupling) -> None:
        """Commit the block's errors, which E now holds."""

        def commit(d: Array, target: Array) -> None:
            self.rows.add_transposed(d * block.E, target)

        def commit_bias(d: Array, target: Array) -> None:
            np.add(target, np.dot(d[:, 0], block.E), target)

        _advance(self.W, self.V, self.total, coupling.weights, commit)
        _advance(self.b, self.V_b, self.total_b, coupling.biases, commit_bias)


def _advance(
    W: Array,
    V: Array | None,
    total: Array | None,
    updates: tuple[Update, Update, Update],
    commit: Callable[[Array, Array], None],
) -> None:
    """Overwrite W, V and `total` with what they are at the end of the block."""
    new, new_V, summed = updates
    if total is not None:
        total += summed.w * W
        if V is not None:
            total += summed.v * V
        commit(summed.d, total)
    if V is not None:
        old = W.copy()
        W *= new.w
        W += new.v * V
        V *= new_V.v
        V += new_V.w * old
        commit(new_V.d, V)
    elif new.w != 1.0:
        W *= new.w
    commit(new.d, W)
