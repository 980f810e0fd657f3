"""The first layer: it reads X, so it is the large one, and learns once a block.

With sparse X a block changes few columns' weights. Decay, momentum and the running sum would
change all of them, but where no gradient comes in they only *coast*: V ← μ V − η α W,
W ← W + V, ΣW ← ΣW + W, a linear map that is the same for all columns. So each column
remembers the step at which it was last up to date, and is brought up to date when it is next
needed, or at the end.
"""

from functools import lru_cache

import numpy as np

from sknn_basic.engine._types import Array, Indices
from sknn_basic.engine.blocks import Block, Coupling, Update
from sknn_basic.engine.network import Parameters
from sknn_basic.engine.rows import DenseRows, SparseRows
from sknn_basic.engine.rule import Memory, Rule

LONGEST_WAIT = 1024
"""Steps that a column may wait; then all of them catch up."""

COLUMNS_AT_ONCE = 8192
"""Columns that catch up at a time: bounded memory."""

SUM = 2
"""The row of `coasting` that tells of the running sum."""


class FirstLayer:
    """Weights, velocity and running sum of the first layer, changed in place.

    Parameters
    ----------
    rows : DenseRows or SparseRows
        Its selected block is what `enter`, `couple` and `learn` speak of.
    parameters : Parameters
        Weights and biases, changed in place.
    memory : Memory
        Velocity and running sum, changed in place.
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
        """Overwrite E with half the weighted inputs, as far as they are known already.

        Parameters
        ----------
        block : Block
            Buffers of the block; its rows are selected in `rows`.
        coupling : Coupling
            What holds for every block of this shape.
        """
        E = self.rows.times(self.W, block.E)
        if not coupling.plain:
            np.multiply(E, coupling.w, E)
        if self.V is not None and self.V_b is not None:
            E += coupling.v * self.rows.times(self.V, np.empty_like(E))
            E += coupling.v_b * self.V_b
        np.add(E, self.b, E)
        np.multiply(E, 0.5, E)

    def couple(self, block: Block, coupling: Coupling) -> None:
        """Overwrite L: how each row's weighted input depends on the errors before it.

        Parameters
        ----------
        block : Block
            Buffers of the block; its rows are selected in `rows`.
        coupling : Coupling
            What holds for every block of this shape.
        """
        L = self.rows.gram(block.L)
        np.multiply(L, coupling.gram, L)
        np.add(L, coupling.bias, L)

    def learn(self, block: Block, coupling: Coupling) -> None:
        """Commit the block's errors, which E now holds: coast, then add the gradient steps.

        Parameters
        ----------
        block : Block
            Buffers of the block; its rows are selected in `rows`.
        coupling : Coupling
            What holds for every block of this shape.
        """
        self._coast(block, coupling)
        _coast(self.b, self.V_b, self.total_b, coupling.biases)
        targets = (self.W, self.b), (self.V, self.V_b), (self.total, self.total_b)
        for (W, b), ours, theirs in zip(
            targets, coupling.weights, coupling.biases, strict=True
        ):
            if W is not None and b is not None:
                self.rows.add_transposed(ours.d * block.E, W)
                np.add(b, np.dot(theirs.d[:, 0], block.E), b)

    def finish(self) -> None:
        """Bring everything up to date at the end of a pass."""

    def _coast(self, block: Block, coupling: Coupling) -> None:
        _coast(self.W, self.V, self.total, coupling.weights)


def _coast(
    W: Array, V: Array | None, total: Array | None, updates: tuple[Update, Update, Update]
) -> None:
    """Overwrite W, V and `total` with what they would be without any gradient."""
    new, new_V, summed = updates
    if total is not None:
        total += summed.w * W
        if V is not None:
            total += summed.v * V
    if V is not None:
        old = W.copy()
        W *= new.w
        W += new.v * V
        V *= new_V.v
        V += new_V.w * old
    elif new.w != 1.0:
        W *= new.w


class LazyFirstLayer(FirstLayer):
    """The first layer for sparse rows: columns that are absent wait, and catch up later.

    Parameters
    ----------
    rows : SparseRows
        Its selected block is what `enter`, `couple` and `learn` speak of.
    parameters : Parameters
        Weights and biases, changed in place.
    memory : Memory
        Velocity and running sum, changed in place.
    rule : Rule
        How a step is taken.
    """

    def __init__(
        self, rows: SparseRows, parameters: Parameters, memory: Memory, rule: Rule
    ) -> None:
        super().__init__(rows, parameters, memory)
        self.present = rows.columns
        self.table = coasting(rule.momentum, rule.eta * rule.alpha)
        self.now = 0
        self.seen = np.zeros(len(self.W), np.int32)

    def enter(self, block: Block, coupling: Coupling) -> None:
        """Overwrite E, with the columns present brought up to date first.

        Parameters
        ----------
        block : Block
            Buffers of the block; its rows are selected in `rows`.
        coupling : Coupling
            What holds for every block of this shape.
        """
        if self.now + len(block.sizes) >= LONGEST_WAIT:
            self.finish()
        self.columns = self.present()
        self._catch_up(self.columns, self.now)
        super().enter(block, coupling)

    def finish(self) -> None:
        """Bring every column up to date, some at a time, and count from 0 again."""
        for start in range(0, len(self.W), COLUMNS_AT_ONCE):
            columns = np.arange(start, min(start + COLUMNS_AT_ONCE, len(self.W)))
            self._catch_up(columns, self.now)
        self.seen.fill(0)
        self.now = 0

    def _coast(self, block: Block, coupling: Coupling) -> None:
        self.now += len(block.sizes)
        self._catch_up(self.columns, self.now)

    def _catch_up(self, columns: Indices, now: int) -> None:
        """Overwrite these columns' numbers with what they are at step `now`."""
        waited = self.table[now - self.seen[columns]].astype(self.W.dtype)
        self.seen[columns] = now
        W = self.W[columns]
        V = None if self.V is None else self.V[columns]
        for row, target in enumerate((self.W, self.V, self.total)):
            if target is not None:
                new = waited[:, row, :1] * W
                if V is not None:
                    new += waited[:, row, 1:] * V
                target[columns] = new + target[columns] if row == SUM else new


@lru_cache(maxsize=16)
def coasting(momentum: float, decay: float) -> Array:
    """What becomes of W and V in j steps without a gradient.

    Parameters
    ----------
    momentum : float
        Momentum μ.
    decay : float
        What a step takes of W, ηα.

    Returns
    -------
    table : array of shape (LONGEST_WAIT + 1, 3, 2)
        ``table[j]`` holds the coefficients of W and V in the new W, in the new V, and in
        the sum of the j values that W takes.
    """
    W, V = np.eye(2)
    total = np.zeros(2)
    table = [(W, V, total)]
    for _ in range(LONGEST_WAIT):
        V = momentum * V - decay * W
        W = W + V
        total = total + W
        table.append((W, V, total))
    return np.array(table)
