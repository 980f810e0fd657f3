"""The layers: the first one, which reads X and learns once a block, and those above it.

**The first layer** is the large one. With sparse X a block changes few columns' weights. L2
decay, momentum and the running sum would change all of them, but where no gradient comes in
they are a linear map that is the same for all columns, V ← μ V − η α W, W ← W + V,
ΣW ← ΣW + W. So decay is *lazy*: each column remembers the step at which it was last up to
date, and is brought up to date when it is next needed, or at the end.

**The layers above** are small, so they learn in place, step by step. Forward Z = A W + b,
backward (Nielsen, chapter 2, BP1 – BP4), δ of the top layer being the cost's own output error:

    δ[l] = (δ[l+1] W[l+1]ᵀ) ⊙ σ'(Z[l]),   ∂C/∂W[l] = A[l]ᵀ δ[l],   ∂C/∂b[l] = Σ δ[l]

Everything is scaled so that a step needs the fewest calls. With T = tanh(z/2) = 2a − 1, a
hidden layer hands up Q = 1 + T = 2a, and the next one keeps U = W/4 with its bias as the
last row, met by one more neuron below that always fires: its z/2 is so large that T = 1, its
slope and therefore its error are 0, so it needs no care at all.

    z/2 above = Q U              σ' = a (1 − a) = (1 − T)(1 + T)/4 = (1 − T²)/4

Errors travel as d = −(η/8m) δ, which is what U needs: ΔU = Qᵀ d (that is, ΔW = −(η/m) aᵀδ).
They go down a layer without any factor: d below = (d Wᵀ) ⊙ σ' = (d Uᵀ) ⊙ (1 − T²). All
factors are powers of two, so nothing is lost by them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy import add, copyto, multiply, subtract, tanh

from sknn_basic.engine._types import Array, Indices
from sknn_basic.engine.blocks import (
    ALWAYS,
    Block,
    Coefficients,
    Step,
    Update,
    gather_below,
)
from sknn_basic.engine.network import Memory, Network, Parameters, Rule
from sknn_basic.engine.neurons import signed_error
from sknn_basic.engine.rows import DenseRows, SparseRows

LONGEST_WAIT = 1024
"""Steps that a column may wait; then all of them catch up."""

COLUMNS_AT_ONCE = 8192
"""Columns that catch up at a time: bounded memory."""

Numbers: TypeAlias = tuple[Parameters, Memory]
"""All that a network's steps change."""

SUM = 2
"""The row of `lazy_decay` that tells of the running sum."""


class FirstLayer:
    """Weights, velocity and running sum of the first layer, changed in place.

    Where several networks read the same rows, their weights stand side by side in the
    `parameters` and the `memory`, and the layer is that of a stream. Its `rows` have a block
    selected; that is the block that the methods speak of.
    """

    def __init__(
        self, rows: DenseRows | SparseRows, numbers: Numbers, rule: Rule, stream: int
    ) -> None:
        parameters, memory = numbers
        velocity, total = memory.velocity, memory.total
        self.rows, self.stream = rows, stream
        self.W, self.b = parameters.weights[0], parameters.biases[0]
        self.V = None if velocity is None else velocity.weights[0]
        self.V_b = None if velocity is None else velocity.biases[0]
        self.total = None if total is None else total.weights[0]
        self.total_b = None if total is None else total.biases[0]
        self.targets = (self.W, self.b), (self.V, self.V_b), (self.total, self.total_b)
        self.decays = bool(rule.alpha or velocity is not None or total is not None)
        self.gather_below = 0 if self.decays else gather_below(self.W)

    def enter(self, block: Block, coefficients: Coefficients) -> None:
        """Overwrite D with the weighted inputs, as far as they are known already."""
        Z = self.rows.times(self.W, block.parts[self.stream][2])
        if not coefficients.plain:
            np.multiply(Z, coefficients.w, Z)
        if self.V is not None and self.V_b is not None:
            Z += coefficients.v * self.rows.times(self.V, np.empty_like(Z))
            Z += coefficients.v_b * self.V_b
        np.add(Z, self.b, Z)

    def fill_lower_triangle(self, block: Block, coefficients: Coefficients) -> None:
        """Overwrite L: how each row's weighted input depends on the errors before it."""
        L = block.parts[self.stream][0]
        G = self.rows.gram(L if L.ndim == 2 else L[0], block.sizes[0])
        np.multiply(G, coefficients.gram, L)
        np.add(L, coefficients.bias, L)

    def learn(self, block: Block, coefficients: Coefficients) -> None:
        """Commit the block's errors, which E now holds: decay, then add the gradient steps."""
        self._decay(block, coefficients)
        _decay(self.b, self.V_b, self.total_b, coefficients.biases, coefficients.plain)
        _, E, D = block.parts[self.stream]
        for (W, b), ours, theirs in zip(
            self.targets, coefficients.weights, coefficients.biases, strict=True
        ):
            if W is not None and b is not None:
                self.rows.add_transposed(np.multiply(E, ours.d, D), W)
                d = theirs.d
                np.add(b, d[:, 0].dot(E) if d.shape[1] == 1 else (d * E).sum(axis=0), b)

    def finish(self) -> None:
        """Bring everything up to date at the end of a pass."""

    def _decay(self, block: Block, coefficients: Coefficients) -> None:
        _decay(self.W, self.V, self.total, coefficients.weights, coefficients.plain)


def _decay(
    W: Array, V: Array | None, total: Array | None, updates: Sequence[Update], plain: bool
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
    elif not plain:
        W *= new.w


class LazyFirstLayer(FirstLayer):
    """The first layer for sparse rows: columns that are absent wait, and catch up later."""

    def __init__(self, rows: SparseRows, numbers: Numbers, rule: Rule, stream: int) -> None:
        super().__init__(rows, numbers, rule, stream)
        self.present = rows.columns
        self.table = lazy_decay(rule.momentum, rule.eta * rule.alpha)
        self.now = 0
        self.seen = np.zeros(len(self.W), np.int32)

    def enter(self, block: Block, coefficients: Coefficients) -> None:
        """Overwrite D, with the columns present brought up to date first."""
        if self.now + len(block.sizes) >= LONGEST_WAIT:
            self.finish()
        self.columns = self.present()
        self._catch_up(self.columns, self.now)
        super().enter(block, coefficients)

    def finish(self) -> None:
        """Bring every column up to date, some at a time, and count from 0 again."""
        for start in range(0, len(self.W), COLUMNS_AT_ONCE):
            columns = np.arange(start, min(start + COLUMNS_AT_ONCE, len(self.W)))
            self._catch_up(columns, self.now)
        self.seen.fill(0)
        self.now = 0

    def _decay(self, block: Block, coefficients: Coefficients) -> None:
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
def lazy_decay(momentum: float, decay: float) -> Array:
    """What becomes of W and V in j steps without a gradient, shape (LONGEST_WAIT + 1, 3, 2).

    ``table[j]`` holds the coefficients of W and V in the new W, in the new V, and in the sum
    of the j values that W takes.
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


@dataclass(slots=True)
class ScaledLayer:
    """One layer's [W; b]/4, and its velocity and running sum in the same scale, if any.

    But for the top layer there is one column more, (0, …, 0, 32): the neuron that always fires.
    Several networks have as many such matrices, in arrays of shape (streams, networks, …), with
    more rows and columns of neurons that never fire (`Layout.width`).
    """

    U: Array  # shape (n_in + 1, n_out) or (n_in + 1, n_out + 1): the layer's [W; b]/4
    # n_in, n_out: neurons of the layer below and of the layer
    n_in: int
    n_out: int
    # V, total: array of the same shape, or None: velocity and running sum
    V: Array | None = None
    total: Array | None = None
    G: Array = field(init=False)  # of the same shape: room for a gradient step

    def __post_init__(self) -> None:
        self.G = np.empty_like(self.U)

    def read(self, number: int, networks: list[Numbers]) -> None:
        """Overwrite these arrays by those of a layer; number 1 is the second layer."""
        memory = networks[0][1]
        if (self.V is None) != (memory.velocity is None):
            self.V = None if memory.velocity is None else np.empty_like(self.U)
        if (self.total is None) != (memory.total is None):
            self.total = None if memory.total is None else np.empty_like(self.U)
        for U, numbers, last in self._matrices(networks):
            m, n = self.n_in, self.n_out
            U[:, n:] = U[m + 1 :] = 0.0
            np.multiply(numbers.weights[number], 0.25, U[:m, :n])
            np.multiply(numbers.biases[number], 0.25, U[m, :n])
            if n < U.shape[1]:
                U[m, n:] = -last
                U[m, n] = last

    def unscaled(self) -> tuple[Array, Array]:
        """W and b of one network, in arrays of their own."""
        U = 4.0 * self.U[:, : self.n_out]
        return U[:-1], U[-1]

    def write(self, number: int, networks: list[Numbers]) -> None:
        """Overwrite the arrays of a layer by these; number 1 is the second layer."""
        for U, numbers, _ in self._matrices(networks):
            np.multiply(U[: self.n_in, : self.n_out], 4.0, numbers.weights[number])
            np.multiply(U[self.n_in, : self.n_out], 4.0, numbers.biases[number])

    def _matrices(self, networks: list[Numbers]) -> Iterator[tuple[Array, Parameters, float]]:
        """Each matrix here with the numbers it is of, and what its last number is."""
        for k, (parameters, memory) in enumerate(networks):
            at = () if self.U.ndim == 2 else divmod(k, self.U.shape[1])
            yield self.U[at], parameters, ALWAYS
            if self.V is not None and memory.velocity is not None:
                yield self.V[at], memory.velocity, 0.0
            if self.total is not None and memory.total is not None:
                yield self.total[at], memory.total, 0.0


class Pace(NamedTuple):
    """What the upper layers' steps look up; a number is one, or one for each network."""

    momentum: Any = 0.0  # μ
    decays: Sequence[Any] = ()  # η α of each step of the block; empty without decay
    learn_bias: bool = True


PLAIN = Pace()
"""Neither momentum nor decay."""


class UpperLayers:
    """The way up through the layers and back down, for steps of as many rows each.

    A step is a dozen calls of a third of a microsecond, always of the same arrays. So it is
    made once, as a list of calls, with every product bound to its left side.
    """

    def __init__(
        self, layers: list[ScaledLayer], block: Block, at: slice, network: Network
    ) -> None:
        self.layers, self.layout = layers, block.layout
        self.steps = [*enumerate(block.steps())][at]
        self.signed, self.error = network.signed, signed_error(network.cost)
        m, dtype = block.sizes[at][0], block.H.dtype
        self.one = np.array(1.0, dtype)
        self.buffers = [
            [self.layout.empty(m, layer.U.shape[-2], dtype) for _ in "HQsb"] for layer in layers
        ]
        self.pace = [PLAIN]
        self.calls: dict[bool, list[Callable[[], Any]]] = {}

    def sweep(self, pace: Pace) -> None:
        """Take the steps one after another.

        Overwrites, of each step, the rows of E by the first layer's scaled error, H by halves
        of the output neurons' weighted inputs, T by their signed activations, and S.
        """
        self.pace[:] = [pace]
        held = any(layer.V is not None or layer.total is not None for layer in self.layers)
        plain = pace.learn_bias and not pace.decays and not held
        if plain not in self.calls:
            self.calls[plain] = [
                call for step in self.steps for call in self._calls(*step, plain)
            ]
        for call in self.calls[plain]:
            call()

    def _calls(self, k: int, step: Step, plain: bool) -> Iterator[Callable[[], Any]]:
        """What is done in step number k, call by call."""
        each, inputs = self.layout.each, [*(H for H, *_ in self.buffers), step.H]
        if step.L is None:
            yield partial(copyto, inputs[0], step.own)
        else:
            yield product_of(step.L, step.E, self.layout.joined(inputs[0]))
        for layer, (H, Q, _, _), above in zip(
            self.layers, self.buffers, inputs[1:], strict=True
        ):
            yield partial(tanh, H, H)
            yield partial(add, H, self.one, Q)
            yield product_of(each(Q), layer.U, each(above))
        yield partial(self.signed, step.H, step.T)
        yield partial(self.error, step.T, step.S, step.d)
        yield partial(multiply, d := step.d, step.r, d)
        for layer, (H, Q, slope, back) in zip(
            self.layers[::-1], self.buffers[::-1], strict=True
        ):
            yield partial(multiply, H, H, slope)
            yield partial(subtract, self.one, slope, slope)
            yield product_of(each(d), layer.U.swapaxes(-1, -2), each(back))
            yield product_of(each(Q).swapaxes(-1, -2), each(d), layer.G)
            if plain:
                yield partial(add, layer.U, layer.G, layer.U)
            else:
                yield partial(_learn, layer, self.pace, k)
            d = step.own if layer is self.layers[0] else back
            yield partial(multiply, back, slope, d)


def product_of(A: Array, B: Array, out: Array) -> Callable[[], Any]:
    """The call that overwrites `out` with A B, each a matrix or a stack of them."""
    if A.ndim == 2:
        return partial(A.dot, B, out)
    if A.shape[-1] == 1:
        return partial(multiply, A, B, out)
    if out.strides[-1] == out.itemsize:
        return partial(np.matmul, A, B, out)
    BT, AT, outT = (M.swapaxes(-1, -2) for M in (B, A, out))
    return partial(np.matmul, BT, AT, outT)


def _learn(layer: ScaledLayer, sweep: list[Pace], k: int) -> None:
    """Change `layer` by its gradient step G in step number k; G is overwritten."""
    G, (pace,) = layer.G, sweep
    if pace.decays:
        G[..., : layer.n_in, :] -= pace.decays[k] * layer.U[..., : layer.n_in, :]
    if not pace.learn_bias:
        G[..., layer.n_in, :] = 0.0
    if layer.V is not None:
        multiply(layer.V, pace.momentum, layer.V)
        G = add(layer.V, G, layer.V)
    add(layer.U, G, layer.U)
    if layer.total is not None:
        add(layer.total, layer.U, layer.total)
