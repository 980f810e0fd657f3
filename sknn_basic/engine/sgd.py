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

Written for halves z/2 and scaled errors d = −(ηw/8m) δ (see `layers`), with rows instead of
batches: stack E = [½(X W₀ + b₀)], and let L be unit lower triangular with entries
4 (X Xᵀ + 1) below the diagonal blocks. Then, batch after batch,

    Hₖ = L[k, ≤k] E[≤k],    d from Hₖ through the upper layers,    E[k] ← dₖ ,

one product a step, each row of E turning from input to error as its turn comes, and at
the block's end W ← W₀ + 8 Xᵀ E. Decay and momentum are linear too: they put coefficients
before W₀, V₀ and every d (`blocks.unroll`).

The perceptron is the same block with step neurons; its errors are exactly 0 but for
mistakes, so at m = 1 all rows are judged at once until their mistakes agree.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sknn_basic.engine._types import Array, Indices, rows_at_once, slices
from sknn_basic.engine.blocks import Block, Coefficients, block_coefficients, look_ahead
from sknn_basic.engine.layers import (
    FirstLayer,
    LazyFirstLayer,
    ScaledLayer,
    UpperLayers,
    read_layers,
    write_layers,
)
from sknn_basic.engine.network import Memory, Network, Parameters, Rule, sample_costs
from sknn_basic.engine.rows import DenseRows, Samples, SparseRows, product

CHUNK = 512
"""Rows that are gathered at a time, at least."""

MOST_SOLVERS = 4
"""Blocks of different sizes whose buffers are kept. An epoch needs two."""

SPARSE_COLUMNS = 10**6
"""Columns that sparse rows count as: those that are empty cost nothing."""


def run_epoch(
    network: Network,
    parameters: Parameters,
    memory: Memory,
    samples: Samples,
    order: Indices | None,
    rule: Rule,
) -> npt.NDArray[np.float64]:
    """Change `parameters` and `memory` by one pass over `samples`, in this order of rows.

    Returned is the cost of each sample in the order of the pass, before its own step.
    """
    return Kernel(network, parameters).run(parameters, memory, samples, order, rule)


class Kernel:
    """The epoch kernel for parameters of one shape; its buffers serve in every epoch."""

    def __init__(self, network: Network, parameters: Parameters) -> None:
        self.network = network
        self.shape, self.n_out = parameters.weights[0].shape, len(parameters.biases[-1])
        self.dtype = parameters.biases[0].dtype
        self.largest = float(np.finfo(self.dtype).max)
        depth = len(parameters.weights)
        self.scaled_layers = [
            ScaledLayer(
                np.empty((len(W) + 1, W.shape[1] + (k < depth)), self.dtype), W.shape[1]
            )
            for k, W in enumerate(parameters.weights[1:], start=2)
        ]
        self.dense, self.sparse = DenseRows(), SparseRows()
        self.solvers: dict[tuple[int, int, bool], BlockSolver] = {}

    def run(
        self,
        parameters: Parameters,
        memory: Memory,
        samples: Samples,
        order: Indices | None,
        rule: Rule,
    ) -> npt.NDArray[np.float64]:
        """Change `parameters` and `memory` by one pass; see `run_epoch`."""
        order = samples.rows if order is None else order
        present = _present(samples, order, rule.batch_size)
        if present is not None:
            order = present if order is None else order[present]
        first = self._first_layer(samples, parameters, memory, rule)
        read_layers(self.scaled_layers, parameters, memory)
        seen = self._learn(first, memory, samples, order, rule)
        first.finish()
        first.rows.close()
        write_layers(self.scaled_layers, parameters, memory)
        if present is None:
            return seen
        costs = np.zeros(len(samples))
        costs[present] = seen
        return costs

    def _first_layer(
        self, samples: Samples, parameters: Parameters, memory: Memory, rule: Rule
    ) -> FirstLayer:
        """The first layer as these samples need it."""
        if not sparse.issparse(samples.X):
            return FirstLayer(self.dense, parameters, memory, rule)
        first = FirstLayer(self.sparse, parameters, memory, rule)
        if not first.decays or (rule.alpha and rule.power_t):  # then no two steps are alike
            return first
        return LazyFirstLayer(self.sparse, parameters, memory, rule)

    def propose(
        self, parameters: Parameters, memory: Memory, samples: Samples, rule: Rule
    ) -> "Proposal | None":
        """Work out one step of plain SGD without changing anything yet.

        None where the samples are more than one batch, or where there is momentum, L2 or a
        running sum: then `run` must do it.
        """
        n, X, w = len(samples), samples.X, samples.w
        more = memory.velocity or memory.total or rule.alpha or rule.momentum
        if n > rule.batch_size or more:
            return None
        W, b = parameters.weights[0], parameters.biases[0]
        solver, Y = self._solver(n, rule.batch_size, w is not None), samples.targets(slice(n))
        read_layers(self.scaled_layers, parameters, memory)
        D = solver.single_step(X, W, b, memory.steps, rule, Y, w)
        costs = sample_costs(self.network, 2.0 * solver.block.H, Y)
        bound = float(np.vdot(D, D)) * float(np.vdot(X, X)) + abs(sum(costs.tolist()))
        for layer in self.scaled_layers:
            bound += float(np.vdot(layer.U, layer.U))
        if not (self.network.only_mistakes and bound == 0.0):  # then nothing changes
            G = product(X.T, D, np.empty(W.shape, W.dtype))
            W = np.add(W, G, G)
            if rule.learn_bias:
                b = b + (D[0] if n == 1 else np.ones(n, b.dtype).dot(D))
        weights, biases = [W], [b]
        for layer in self.scaled_layers:
            W, b = layer.unscaled()
            weights.append(W)
            biases.append(b)
        return Proposal(Parameters(weights, biases), bound <= self.largest, costs)

    def _learn(
        self,
        first: FirstLayer,
        memory: Memory,
        samples: Samples,
        order: Indices | None,
        rule: Rule,
    ) -> npt.NDArray[np.float64]:
        """Learn from the samples in this order, a chunk at a time; return their costs."""
        n = len(samples) if order is None else len(order)
        m = max(1, min(rule.batch_size, n))
        n_columns = self.shape[0] if first.rows is self.dense else SPARSE_COLUMNS
        block_size = m * look_ahead(m, n_columns, self.shape[1], self.n_out)
        chunk_size = block_size * max(1, rows_at_once(self.n_out, min(CHUNK, n)) // block_size)
        gather_below = first.gather_below if n > m else 0  # `propose` does as a single batch
        first.rows.open(samples.X, min(n, chunk_size), gather_below)
        costs = np.empty(n)
        for at in slices(n, chunk_size):
            now = at if order is None else order[at]
            first.rows.load(now)
            Y = samples.targets(now)
            w = None if samples.w is None else samples.w[now]
            Z = np.empty((len(Y), self.n_out), self.dtype)
            for block in slices(len(Y), block_size):
                first.rows.select(block)
                solver = self._solver(block.stop - block.start, rule.batch_size, w is not None)
                coefficients = solver.solve(
                    first, memory.steps, rule, Y[block], None if w is None else w[block]
                )
                first.learn(solver.block, coefficients)
                memory.count(len(solver.block.sizes))
                np.multiply(solver.block.H, 2.0, Z[block])
            costs[at] = sample_costs(self.network, Z, Y)
        return costs

    def _solver(self, rows: int, m: int, weighted: bool) -> "BlockSolver":
        """Buffers and views for a block of `rows` rows in batches of m."""
        key = rows, m, weighted
        solver = self.solvers.pop(key, None)
        if solver is None:
            if len(self.solvers) == MOST_SOLVERS:
                self.solvers.pop(next(iter(self.solvers)))  # the one that was used longest ago
            sizes = [at.stop - at.start for at in slices(rows, m)]
            block = Block(
                sizes,
                self.shape[1],
                self.n_out,
                self.dtype,
                single_layer=not self.scaled_layers,
                weighted=weighted,
            )
            solver = BlockSolver(self.network, self.scaled_layers, block)
        self.solvers[key] = solver
        return solver


class Proposal(NamedTuple):
    """One step of plain SGD, worked out beside the weights.

    ‖Xᵀ D‖ ≤ ‖X‖ ‖D‖, so where the product of their squares is a number of the dtype, what is
    added to the first layer is below its root and cannot carry finite weights to infinity;
    then the step is `bounded`.

    Parameters
    ----------
    parameters : Parameters
        After the step, in arrays of their own where the step changes them.
    bounded : bool
        Whether nothing can become infinite, and the costs are not.
    costs : array of shape (m,)
        Cost of each sample before the step.
    """

    parameters: Parameters
    bounded: bool
    costs: Array


class BlockSolver:
    """The steps of one block, with all views made in advance."""

    def __init__(
        self, network: Network, scaled_layers: list[ScaledLayer], block: Block
    ) -> None:
        self.network, self.block = network, block
        sizes, dtype = block.sizes, block.E.dtype
        self.by_iteration = network.only_mistakes and max(sizes) == 1 and not scaled_layers
        steps = block.steps()
        self.sweeps = [
            (UpperLayers(scaled_layers, steps[at], network, dtype), at) for at in _alike(sizes)
        ]

    def solve(
        self, first: FirstLayer, steps: int, rule: Rule, Y: Array, w: Array | None
    ) -> Coefficients:
        """Find the errors of the rows selected, with targets `Y` and weights `w`.

        The upper layers learn; what the first has to learn is in the block's E.
        """
        block = self.block
        rates = rule.rates(steps, len(block.sizes))
        coefficients = block_coefficients(
            block.sizes,
            rule.momentum,
            rule.alpha,
            tuple(rates) if rule.alpha else (),
            rule.learn_bias,
            block.E.dtype,
        )
        block.begin(Y, rates, w)
        first.enter(block, coefficients)
        if self.by_iteration:
            self._iterate_to_fixed_point(lambda: first.fill_lower_triangle(block, coefficients))
            return coefficients
        if len(block.sizes) > 1:
            first.fill_lower_triangle(block, coefficients)
        for upper, at in self.sweeps:
            upper.sweep(rates[at], rule)
        return coefficients

    def single_step(
        self, X: Array, W: Array, b: Array, steps: int, rule: Rule, Y: Array, w: Array | None
    ) -> Array:
        """Take the one step of a block of one batch; D, so that W + Xᵀ D is what W becomes."""
        block, rates = self.block, rule.rates(steps, 1)
        block.begin(Y, rates, w)
        product(X, W, block.D)
        block.enter(b)
        if self.by_iteration:
            self._iterate_to_fixed_point(lambda: None)  # one row has none before it
        else:
            self.sweeps[0][0].sweep(rates, rule)
        return np.multiply(block.own, 8.0, block.D)

    def _iterate_to_fixed_point(self, fill_lower_triangle: Callable[[], None]) -> None:
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
            fill_lower_triangle()
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


def _alike(sizes: tuple[int, ...]) -> list[slice]:
    """Runs of batches of the same size: only the last one may differ."""
    q, last = len(sizes), len(sizes) - 1
    return [slice(q)] if sizes[last] == sizes[0] else [slice(last), slice(last, q)]
