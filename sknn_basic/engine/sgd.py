"""Stochastic gradient descent, exact, at the speed of matrix multiplication.

One step over a mini-batch of m samples (Nielsen, chapter 1, equations 20 and 21), with
sample weights w, L2 strength α and momentum μ:

    g = (1/m) Σ wᵢ ∂Cᵢ/∂W + α W,    V ← μ V − η g,    W ← W + V

Biases are learnt alike, without α. The last batch may be short; its own size is its m. A
batch whose samples all weigh 0 is absent: it changes nothing.

**Looking ahead.** The first layer is the large one, and a step with small m passes twice
over all of its weights to learn little. But what a step changes there is known: after
batches 1 … k−1 of a block (μ = α = 0),

    W = W₀ − Σ_{i<k} (η/m) Xᵢᵀ δᵢ,    so    Zₖ = Xₖ W₀ + b₀ − Σ_{i<k} (η/m) (Xₖ Xᵢᵀ + 1) δᵢ .

One product X W₀ for a block of q batches, one Gram matrix X Xᵀ, small corrections step by
step, and one commit W ← W₀ − (η/m) Xᵀ δ replace q passes over W. This is the same SGD in
the same order, up to rounding; q = 1 is the plain form.

Written for halves z/2 and scaled errors d = −(ηw/8m) δ (see `upper`), with rows instead of
batches: stack E = [½(X W₀ + b₀)], and let L be unit lower triangular with entries
4 (X Xᵀ + 1) below the diagonal blocks. Then, batch after batch,

    Hₖ = L[k, ≤k] E[≤k],    d from Hₖ through the upper layers,    E[k] ← dₖ ,

one product a step, each row of E turning from input to error as its turn comes, and at
the block's end W ← W₀ + 8 Xᵀ E. Decay and momentum are linear too: they put coefficients
before W₀, V₀ and every d (`blocks.unroll`).

The perceptron is the same block with step neurons; its errors are exactly 0 but for
mistakes, so at m = 1 it jumps from mistake to mistake.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sknn_basic.engine._types import Array, Indices
from sknn_basic.engine.activations import activation
from sknn_basic.engine.blocks import Block, Coupling, couple, look_ahead
from sknn_basic.engine.first import FirstLayer
from sknn_basic.engine.network import Network, Parameters
from sknn_basic.engine.rows import rows_of
from sknn_basic.engine.rule import Memory, Rule
from sknn_basic.engine.samples import Samples
from sknn_basic.engine.upper import Upper, quarters, write_back

CHUNK = 512
"""Rows that are gathered at a time, at least."""


def run_epoch(
    network: Network,
    parameters: Parameters,
    memory: Memory,
    samples: Samples,
    order: Indices | None,
    rule: Rule,
) -> npt.NDArray[np.float64]:
    """Change `parameters` and `memory` by one pass over `samples`.

    Parameters
    ----------
    order : row numbers in the order of the pass, or None for the order of `samples`

    Returns
    -------
    costs : array of shape (n,)
        Cost of each sample in the order of the pass, before its own step.
    """
    costs = np.zeros(len(samples))
    order = samples.rows if order is None else order
    present = _present(samples, order, rule.batch_size)
    if present is None:
        Pass(network, parameters, memory, samples, rule, len(costs)).run(order, costs)
    elif len(present):
        seen = np.empty(len(present))
        order = present if order is None else order[present]
        Pass(network, parameters, memory, samples, rule, len(seen)).run(order, seen)
        costs[present] = seen
    return costs


def _present(samples: Samples, order: Indices | None, m: int) -> Indices | None:
    """Positions in the order without those of batches that weigh nothing; None for all."""
    if samples.w is None:
        return None
    weighs = (samples.w if order is None else samples.w[order]) != 0.0
    some = np.logical_or.reduceat(weighs, np.arange(0, len(weighs), m))
    if some.all():
        return None
    return np.flatnonzero(np.repeat(some, m)[: len(weighs)])


class Pass:
    """One pass over n samples; `run` changes `parameters` and `memory`."""

    def __init__(
        self,
        network: Network,
        parameters: Parameters,
        memory: Memory,
        samples: Samples,
        rule: Rule,
        n: int,
    ) -> None:
        self.network, self.parameters, self.memory = network, parameters, memory
        self.samples, self.rule = samples, rule
        m = min(rule.batch_size, n)
        self.block_size = m * look_ahead(m, *parameters.weights[0].shape)
        blocks = max(1, min(CHUNK, n) // self.block_size)
        self.chunk_size = min(n, blocks * self.block_size)
        self.rows = rows_of(samples.X, self.chunk_size)
        self.first = FirstLayer(parameters, memory.velocity, memory.total, self.rows)
        self.upper = quarters(parameters, memory.velocity, memory.total)
        self.works: dict[int, Work] = {}

    def run(self, order: Indices | None, costs: npt.NDArray[np.float64]) -> None:
        """Learn from the samples in `order`; overwrite `costs` with theirs."""
        n, size = len(costs), self.chunk_size
        for start in range(0, n, size):
            at = slice(start, min(start + size, n))
            rows = at if order is None else order[at]
            self.rows.load(rows)
            Y = self.samples.targets(rows)
            T = np.empty_like(Y)
            w = None if self.samples.w is None else self.samples.w[rows]
            for block in _slices(len(Y), self.block_size):
                self._learn(block, Y[block], T[block], None if w is None else w[block])
            costs[at] = self.network.cost.value(activation(T), Y)
        write_back(self.upper, self.parameters, self.memory.velocity, self.memory.total)

    def _learn(self, at: slice, Y: Array, T: Array, w: Array | None) -> None:
        """Learn from one block; overwrite `T` with the signed output activations."""
        self.rows.select(at)
        work = self.works.get(len(Y))
        if work is None:
            work = self.works[len(Y)] = Work(self, len(Y), w is not None)
        work.run(self.memory.steps, Y, w)
        np.copyto(T, work.block.T)
        self.memory.steps += len(work.block.sizes)
        if self.memory.total is not None:
            self.memory.total_steps += len(work.block.sizes)


def _slices(n: int, size: int) -> Iterator[slice]:
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


class Work:
    """All that is needed to learn from blocks of `rows` rows, made once a pass."""

    def __init__(self, parent: Pass, rows: int, weighted: bool) -> None:
        self.network, self.rule, self.first = parent.network, parent.rule, parent.first
        biases = parent.parameters.biases
        dtype = biases[0].dtype
        sizes = [at.stop - at.start for at in _slices(rows, self.rule.batch_size)]
        self.block = Block(sizes, len(biases[0]), len(biases[-1]), dtype, weighted)
        self.jumps = parent.network.only_mistakes and max(sizes) == 1 and not parent.upper
        steps = self.block.steps(single_layer=not parent.upper)
        self.sweeps = [
            (Upper(parent.upper, m, self.network, self.rule, dtype), at, steps[at])
            for m, at in _runs(sizes)
        ]

    def run(self, steps: int, Y: Array, w: Array | None) -> None:
        """Learn from the selected rows with targets `Y` and weights `w`."""
        block, rule = self.block, self.rule
        rates = rule.rates(steps, len(block.sizes))
        coupling = couple(
            block.sizes,
            rule.momentum,
            rule.alpha,
            tuple(rates) if rule.alpha else (),
            rule.learn_bias,
            block.E.dtype,
        )
        np.multiply(Y, 2.0, block.S)
        np.subtract(block.S, 1.0, block.S)
        block.scale(rates, w)
        self.first.enter(block, coupling)
        if self.jumps:
            self._jump(coupling)
        else:
            self._sweep(coupling, [rate * rule.alpha for rate in rates])
        self.first.learn(block, coupling)

    def _sweep(self, coupling: Coupling, decays: list[float]) -> None:
        """Take the steps of the block one after another."""
        if len(self.block.sizes) > 1:
            self.first.couple(self.block, coupling)
        for upper, at, steps in self.sweeps:
            upper.sweep(steps, decays[at])

    def _jump(self, coupling: Coupling) -> None:
        """Take the steps of a block of single samples from mistake to mistake."""
        E, T, S, L, r = (getattr(self.block, name) for name in "ETSLr")
        D = np.zeros_like(E)
        start, coupled = 0, False
        while start < len(E):
            self.network.signed(E[start:], T[start:])
            wrong = (T[start:] != S[start:]).ravel()
            first = int(wrong.argmax())
            if not wrong[first]:
                break
            if not coupled:
                self.first.couple(self.block, coupling)
                coupled = True
            at = start + first // E.shape[1]
            start = at + 1
            np.multiply(T[at] - S[at], r[at], D[at])
            E[start:] += L[start:, at, None] * D[at]
        np.copyto(E, D)


def _runs(sizes: list[int]) -> list[tuple[int, slice]]:
    """Batch sizes with the steps that have them: all but the last alike."""
    q = len(sizes)
    if sizes[-1] == sizes[0]:
        return [(sizes[0], slice(0, q))]
    return [(sizes[0], slice(0, q - 1)), (sizes[-1], slice(q - 1, q))]
