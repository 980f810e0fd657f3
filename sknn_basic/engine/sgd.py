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
mistakes, so at m = 1 all rows are judged at once until their mistakes agree.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sknn_basic.engine._types import Array, Indices, rows_at_once
from sknn_basic.engine.blocks import Block, Coupling, couple, look_ahead
from sknn_basic.engine.first import FirstLayer, LazyFirstLayer
from sknn_basic.engine.network import Network, Parameters, sample_costs
from sknn_basic.engine.rows import DenseRows, SparseRows
from sknn_basic.engine.rule import Memory, Rule
from sknn_basic.engine.samples import Samples
from sknn_basic.engine.upper import Quarter, Upper, read_all, write_all

CHUNK = 512
"""Rows that are gathered at a time, at least."""

MOST_WORKS = 4
"""Blocks of different sizes whose buffers are kept. An epoch needs two."""

WIDE = 10**6
"""Columns that sparse rows count as."""


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
    network : Network
        The kind of output neurons, and the cost.
    parameters : Parameters
        Weights and biases of every layer.
    memory : Memory
        What the step before has handed on.
    samples : Samples
        What is learnt from.
    order : array of int of shape (n,), or None
        Row numbers in the order of the pass; None: that of `samples`.
    rule : Rule
        How a step is taken.

    Returns
    -------
    costs : array of shape (n,)
        Cost of each sample in the order of the pass, before its own step.
    """
    return Kernel(network, parameters).run(parameters, memory, samples, order, rule)


class Kernel:
    """The epoch kernel with its buffers, which serve again in the next epoch.

    Parameters
    ----------
    network : Network
        The kind of output neurons, and the cost.
    parameters : Parameters
        Of the shapes and dtype that `run` will be given.
    """

    def __init__(self, network: Network, parameters: Parameters) -> None:
        self.network = network
        self.shape, self.n_out = parameters.weights[0].shape, len(parameters.biases[-1])
        self.dtype = parameters.biases[0].dtype
        self.largest = float(np.finfo(self.dtype).max)
        self.quarters = [
            Quarter(np.empty((len(W) + 1, W.shape[1]), self.dtype))
            for W in parameters.weights[1:]
        ]
        self.dense, self.sparse = DenseRows(), SparseRows()
        self.works: dict[tuple[int, int, bool], Work] = {}

    def run(
        self,
        parameters: Parameters,
        memory: Memory,
        samples: Samples,
        order: Indices | None,
        rule: Rule,
    ) -> npt.NDArray[np.float64]:
        """Change `parameters` and `memory` by one pass; see `run_epoch`.

        Parameters
        ----------
        parameters : Parameters
            Weights and biases of every layer.
        memory : Memory
            What the step before has handed on.
        samples : Samples
            What is learnt from.
        order : array of int of shape (n,), or None
            Row numbers in the order of the pass; None: that of `samples`.
        rule : Rule
            How a step is taken.

        Returns
        -------
        costs : array of shape (n,)
            Cost of each sample in the order of the pass, before its own step.
        """
        order = samples.rows if order is None else order
        present = _present(samples, order, rule.batch_size)
        if present is not None:
            order = present if order is None else order[present]
        n = len(samples) if order is None else len(order)
        first = self._first_layer(samples, parameters, memory, rule)
        read_all(self.quarters, parameters, memory)
        seen = self._learn(first, memory, samples, order, rule, n)
        first.finish()
        first.rows.close()
        write_all(self.quarters, parameters, memory)
        if present is None:
            return seen
        costs = np.zeros(len(samples))
        costs[present] = seen
        return costs

    def _first_layer(
        self, samples: Samples, parameters: Parameters, memory: Memory, rule: Rule
    ) -> FirstLayer:
        """The first layer as these samples need it; see `first`."""
        if not sparse.issparse(samples.X):
            return FirstLayer(self.dense, parameters, memory)
        coasts = rule.alpha or memory.velocity is not None or memory.total is not None
        if not coasts or (rule.alpha and rule.power_t):  # then no two steps are alike
            return FirstLayer(self.sparse, parameters, memory)
        return LazyFirstLayer(self.sparse, parameters, memory, rule)

    def propose(
        self, parameters: Parameters, memory: Memory, samples: Samples, rule: Rule
    ) -> "Proposal | None":
        """Work out one step of plain SGD without changing anything yet.

        Parameters
        ----------
        parameters : Parameters
            Weights and biases of every layer.
        memory : Memory
            What the step before has handed on.
        samples : Samples
            What is learnt from.
        rule : Rule
            How a step is taken.

        Returns
        -------
        proposal : Proposal or None
            None where the samples are more than one batch, or where there is momentum,
            L2 or a running sum: then `run` must do it.
        """
        n = len(samples)
        more = memory.velocity or memory.total or rule.alpha or rule.momentum
        if n > rule.batch_size or more:
            return None
        first = FirstLayer(self.dense, parameters, memory)
        read_all(self.quarters, parameters, memory)
        at = slice(0, n)
        self.dense.open(samples.X, n)
        self.dense.load(at)
        self.dense.select(at)
        work, Y = self._work(n, rule.batch_size, samples.w is not None), samples.targets(at)
        coupling = work.solve(first, memory.steps, rule, Y, samples.w)
        costs = sample_costs(self.network, 2.0 * work.block.H, Y)
        X, E, d = self.dense.block, work.block.E, coupling.weights[0].d
        G = np.dot(X.T, d * E)
        g = np.dot(coupling.biases[0].d[:, 0], E)
        bound = 64.0 * float(np.vdot(X, X)) * float(np.vdot(E, E))
        bound += sum(float(np.vdot(quarter.U, quarter.U)) for quarter in self.quarters)
        self.dense.close()
        return Proposal(parameters, self.quarters, G, g, bound <= self.largest, costs)

    def _learn(
        self,
        first: FirstLayer,
        memory: Memory,
        samples: Samples,
        order: Indices | None,
        rule: Rule,
        n: int,
    ) -> npt.NDArray[np.float64]:
        """Learn from n samples, a chunk at a time; return their costs."""
        m = max(1, min(rule.batch_size, n))
        wide = self.shape[0] if first.rows is self.dense else WIDE  # empty columns do not count
        block_size = m * look_ahead(m, wide, self.shape[1], self.n_out)
        chunk_size = block_size * max(1, rows_at_once(self.n_out, min(CHUNK, n)) // block_size)
        first.rows.open(samples.X, min(n, chunk_size))
        costs = np.empty(n)
        for at in _slices(n, chunk_size):
            now = at if order is None else order[at]
            first.rows.load(now)
            Y = samples.targets(now)
            w = None if samples.w is None else samples.w[now]
            Z = np.empty((len(Y), self.n_out), self.dtype)
            for block in _slices(len(Y), block_size):
                first.rows.select(block)
                work = self._work(block.stop - block.start, rule.batch_size, w is not None)
                coupling = work.solve(
                    first, memory.steps, rule, Y[block], None if w is None else w[block]
                )
                first.learn(work.block, coupling)
                memory.count(len(work.block.sizes))
                np.multiply(work.block.H, 2.0, Z[block])
            costs[at] = sample_costs(self.network, Z, Y)
        return costs

    def _work(self, rows: int, m: int, weighted: bool) -> "Work":
        """Buffers and views for a block of `rows` rows in batches of m."""
        key = rows, m, weighted
        work = self.works.pop(key, None)
        if work is None:
            if len(self.works) == MOST_WORKS:
                self.works.pop(next(iter(self.works)))  # the one that was used longest ago
            sizes = [at.stop - at.start for at in _slices(rows, m)]
            block = Block(sizes, self.shape[1], self.n_out, self.dtype, weighted)
            work = Work(self.network, self.quarters, block)
        self.works[key] = work
        return work


class Proposal(NamedTuple):
    """One step, worked out but not taken: W + `G`, b + `g`, and the upper layers' numbers.

    ‖Xᵀ D‖ ≤ ‖X‖ ‖D‖, so where the product of their squares is a number of the dtype, `G` is
    below its root and cannot carry finite weights to infinity; then it is `bounded`.

    Parameters
    ----------
    parameters : Parameters
        Before the step.
    quarters : list of Quarter
        The layers above the first after the step.
    G : array of shape (n_in, h)
        What the step adds to the first layer's weights.
    g : array of shape (h,)
        What it adds to their biases.
    bounded : bool
        Whether nothing can become infinite.
    costs : array of shape (m,)
        Cost of each sample before the step.
    """

    parameters: Parameters
    quarters: list[Quarter]
    G: Array
    g: Array
    bounded: bool
    costs: Array

    def parameters_after(self) -> Parameters:
        """The parameters after the step, in arrays of their own; `G` becomes one of them."""
        W, b = self.parameters.weights[0], self.parameters.biases[0]
        layers = [4.0 * quarter.U for quarter in self.quarters]
        return Parameters(
            [np.add(W, self.G, self.G), *(U[:-1] for U in layers)],
            [np.add(b, self.g, self.g), *(U[-1] for U in layers)],
        )


class Work:
    """The steps of one block, with all views made in advance.

    Parameters
    ----------
    network : Network
        The kind of output neurons, and the cost.
    quarters : list of Quarter
        The layers above the first.
    block : Block
        Its buffers.
    """

    def __init__(self, network: Network, quarters: list[Quarter], block: Block) -> None:
        self.network, self.block = network, block
        sizes, dtype = block.sizes, block.E.dtype
        self.jumps = network.only_mistakes and max(sizes) == 1 and not quarters
        steps = block.steps(single_layer=not quarters)
        self.sweeps = [
            (Upper(quarters, sizes[at][0], network, dtype), at, steps[at])
            for at in _alike(sizes)
        ]

    def solve(
        self, first: FirstLayer, steps: int, rule: Rule, Y: Array, w: Array | None
    ) -> Coupling:
        """Find the errors of the rows selected, with targets `Y` and weights `w`.

        The upper layers learn; what the first has to learn is in the block's E.

        Parameters
        ----------
        first : FirstLayer
            It has the rows.
        steps : int
            Steps taken before.
        rule : Rule
            How a step is taken.
        Y : array of shape (rows, n_out)
            Targets.
        w : array of shape (rows,), or None
            Weights; None: every row weighs 1.

        Returns
        -------
        coupling : Coupling
            What `FirstLayer.learn` needs.
        """
        block = self.block
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
        first.enter(block, coupling)
        if self.jumps:
            self._jump(first, coupling)
        else:
            self._sweep(first, coupling, rates, rule)
        return coupling

    def _sweep(
        self, first: FirstLayer, coupling: Coupling, rates: list[float], rule: Rule
    ) -> None:
        """Take the steps of the block one after another."""
        if len(self.block.sizes) > 1:
            first.couple(self.block, coupling)
        for upper, at, steps in self.sweeps:
            upper.sweep(steps, rates[at], rule)

    def _jump(self, first: FirstLayer, coupling: Coupling) -> None:
        """Take the steps of a block of single samples: only mistakes change anything.

        Which rows are mistaken depends on the mistakes before them. Guess the mistakes, see
        which ones they lead to, and again, until the guess is confirmed: row i is right
        after i rounds at the latest, and mostly after two or three.
        """
        block = self.block
        want = block.S > 0.0
        change = block.S * (-2.0 * block.r[:, None])
        mistaken = (block.E > 0.0) != want
        if block.rows > 1 and mistaken.any():
            first.couple(block, coupling)
            block.L.reshape(-1)[:: block.rows + 1] = 0.0
            guess = b""
            while guess != (guess := mistaken.tobytes()):
                Z = np.dot(block.L, change * mistaken)
                mistaken = (np.add(Z, block.E, Z) > 0.0) != want
        np.multiply(change, mistaken, block.E)
        np.copyto(block.H, block.S)  # of a step neuron's input nothing but its sign matters
        np.negative(block.S, where=mistaken, out=block.H)


def _present(samples: Samples, order: Indices | None, m: int) -> Indices | None:
    """Positions in the order without those of batches that weigh nothing; None for all."""
    if samples.w is None:
        return None
    weighs = (samples.w if order is None else samples.w[order]) != 0.0
    some = np.logical_or.reduceat(weighs, np.arange(0, len(weighs), m))
    if some.all():
        return None
    return np.flatnonzero(np.repeat(some, m)[: len(weighs)])


def _slices(n: int, size: int) -> Iterator[slice]:
    """0 … n cut into pieces of `size`; the last may be shorter."""
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def _alike(sizes: tuple[int, ...]) -> list[slice]:
    """Runs of batches of the same size: only the last one may differ."""
    q = len(sizes)
    if sizes[-1] == sizes[0]:
        return [slice(0, q)]
    return [slice(0, q - 1), slice(q - 1, q)]
