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
from itertools import pairwise
from operator import mul
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sknn_basic.engine._types import Array, Indices, rows_at_once, slices
from sknn_basic.engine.blocks import (
    ALONE,
    ALWAYS,
    Block,
    Coefficients,
    Layout,
    block_coefficients,
    look_ahead,
    side_by_side,
)
from sknn_basic.engine.layers import (
    PLAIN,
    FirstLayer,
    LazyFirstLayer,
    Numbers,
    Pace,
    ScaledLayer,
    UpperLayers,
    product_of,
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


Watch: TypeAlias = Callable[[Any, Array, Array], None]
"""Is told, of some samples of a pass, their places in the order, Z of the output neurons and
the costs, each before its own step. Z may be changed.
"""


class Pass(NamedTuple):
    """One network's pass over its samples; see `run_epoch`."""

    parameters: Parameters
    memory: Memory
    samples: Samples
    order: Indices | None
    rule: Rule


class Kernel:
    """The epoch kernel for parameters of one shape; its buffers serve in every epoch.

    It trains one network, or a stack of them that take as many steps (`blocks.Layout`).
    """

    def __init__(
        self, network: Network, parameters: Parameters, layout: Layout = ALONE
    ) -> None:
        self.network, self.layout = network, layout
        self.shape, self.n_out = parameters.weights[0].shape, len(parameters.biases[-1])
        self.dtype = parameters.biases[0].dtype
        self.largest = float(np.finfo(self.dtype).max)
        sizes = [*map(len, parameters.biases)]
        columns = [*map(layout.width, sizes[:-1]), sizes[-1]]
        self.scaled_layers = [
            ScaledLayer(layout.matrices(*shape, self.dtype), *inner)
            for shape, inner in zip(pairwise(columns), pairwise(sizes), strict=True)
        ]
        self.dense = [DenseRows() for _ in range(layout.streams)]
        self.solvers: dict[tuple[int, int, bool], BlockSolver] = {}

    def run(
        self,
        parameters: Parameters,
        memory: Memory,
        samples: Samples,
        order: Indices | None,
        rule: Rule,
        watch: Watch | None = None,
    ) -> npt.NDArray[np.float64]:
        """Change `parameters` and `memory` by one pass; see `run_epoch`."""
        order = samples.rows if order is None else order
        present, told = _present(samples, order, rule.batch_size), watch
        if present is not None:
            order = present if order is None else order[present]
            told = watch and (lambda at, *told: watch(present[at], *told))
        (seen,) = self.run_all([Pass(parameters, memory, samples, order, rule)], told)
        if present is None:
            return seen
        costs = np.zeros(len(samples))
        costs[present] = seen
        return costs

    def run_all(
        self, passes: list[Pass], watch: Watch | None = None
    ) -> list[npt.NDArray[np.float64]]:
        """Change the numbers of all networks by their passes, stream after stream.

        Those of a stream have the same samples and the same order. All have as many rows, and
        batches of the same size; they all decay or none does. Returned are the costs of each.
        """
        networks = [(each.parameters, each.memory) for each in passes]
        streams = [passes[at] for at in slices(len(passes), self.layout.networks)]
        first = [self._first_layer(stream, k) for k, stream in enumerate(streams)]
        for number, layer in enumerate(self.scaled_layers, start=1):
            layer.read(number, networks)
        costs = self._learn(first, passes, watch)
        for low, stream in zip(first, streams, strict=True):
            low.finish()
            if not self.layout.alone:
                _write_first(low, stream)
        for rows in self.dense:
            rows.close()
        for number, layer in enumerate(self.scaled_layers, start=1):
            layer.write(number, networks)
        return costs

    def _first_layer(self, stream: list[Pass], number: int) -> FirstLayer:
        """The first layer of a stream as its samples need it."""
        rule, X = stream[0].rule, stream[0].samples.X
        numbers = stream[0][:2] if self.layout.alone else _side_by_side(stream, self.layout)
        if not sparse.issparse(X):
            return FirstLayer(self.dense[number], numbers, rule, number)
        first = FirstLayer(SparseRows(), numbers, rule, number)
        if not first.decays or (rule.alpha and rule.power_t):  # then no two steps are alike
            return first
        return LazyFirstLayer(SparseRows(), numbers, rule, number)

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
        for number, layer in enumerate(self.scaled_layers, start=1):
            layer.read(number, [(parameters, memory)])
        D = solver.single_step(X, W, b, memory.steps, rule, Y, w)
        Z = 2.0 * solver.block.H
        costs = sample_costs(self.network, Z, Y)
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
        return Proposal(Parameters(weights, biases), bound <= self.largest, costs, Z)

    def _learn(
        self, first: list[FirstLayer], passes: list[Pass], watch: Watch | None
    ) -> list[npt.NDArray[np.float64]]:
        """Learn from the samples of each stream, a chunk at a time; return all costs."""
        streams, rule = passes[:: self.layout.networks], passes[0].rule
        n = len(streams[0].samples if streams[0].order is None else streams[0].order)
        m = max(1, min(rule.batch_size, n))
        block_size, chunk_size = self._sizes(n, m, first, len(passes))
        for layer, each in zip(first, streams, strict=True):
            gather_below = layer.gather_below if n > m else 0  # `propose` does as one batch
            layer.rows.open(each.samples.X, min(n, chunk_size), gather_below)
        rules, memories = [each.rule for each in passes], [each.memory for each in passes]
        alone = self.layout.alone
        costs = np.empty((len(passes), n))
        for at in slices(n, chunk_size):
            Y, w = _loaded(first, streams, at)
            Z = self.layout.empty(len(Y[0]), self.n_out, self.dtype)
            for block in slices(len(Y[0]), block_size):
                solver = self._solver(block.stop - block.start, rule.batch_size, w is not None)
                solver.learn(first, rules, memories, block, Y, w)
                np.multiply(solver.block.H, 2.0, Z[block] if alone else Z[:, block])
            costs[:, at] = self._costs(Z, Y)
            if watch is not None:
                watch(at, Z, costs[0, at])
        return list(costs)

    def _costs(self, Z: Array, Y: list[Array]) -> Array:
        """The cost of each sample for each network, from the output neurons' inputs."""
        layout = self.layout
        if layout.alone:
            return sample_costs(self.network, Z, Y[0])[None]
        wanted = np.repeat(np.concatenate(Y), layout.networks, axis=0)
        costs = sample_costs(self.network, Z.reshape(wanted.shape), wanted)
        return costs.reshape(Z.shape[:3]).swapaxes(1, 2).reshape(-1, Z.shape[1])

    def _sizes(self, n: int, m: int, first: list[FirstLayer], size: int) -> tuple[int, int]:
        """Rows of a block, and of a chunk of blocks."""
        columns = SPARSE_COLUMNS if isinstance(first[0].rows, SparseRows) else self.shape[0]
        block = m * look_ahead(m, columns, self.shape[1], self.n_out)
        rows = rows_at_once(self.n_out, min(CHUNK, n)) // size
        return block, block * max(1, rows // block)

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
                layout=self.layout,
            )
            solver = BlockSolver(self.network, self.scaled_layers, block)
        self.solvers[key] = solver
        return solver


class Proposal(NamedTuple):
    """One step of plain SGD, worked out beside the weights.

    ‖Xᵀ D‖ ≤ ‖X‖ ‖D‖, so where the product of their squares is a number of the dtype, what is
    added to the first layer is below its root and cannot carry finite weights to infinity;
    then the step is `bounded`.
    """

    parameters: Parameters  # after the step, in arrays of their own where it changes them
    bounded: bool  # whether nothing can become infinite, and the costs are not
    costs: Array  # shape (m,): cost of each sample before the step
    Z: Array  # shape (m, n_out): weighted inputs of the output neurons before the step


class BlockSolver:
    """The steps of one block, with all views made in advance."""

    def __init__(
        self, network: Network, scaled_layers: list[ScaledLayer], block: Block
    ) -> None:
        self.block, sizes = block, block.sizes
        # what was worked out last, and for which rules and rates
        self.asked: tuple[list[Rule], list[list[float]]] | None = None
        self.told: tuple[list[Coefficients], Pace] = [], PLAIN
        self.by_iteration = network.only_mistakes and max(sizes) == 1 and not scaled_layers
        self.sweeps = [UpperLayers(scaled_layers, block, at, network) for at in _alike(sizes)]

    def learn(
        self,
        first: list[FirstLayer],
        rules: list[Rule],
        memories: list[Memory],
        at: slice,
        Y: list[Array],
        w: Array | None,
    ) -> None:
        """Take the steps of these rows of the chunk; `Y` and `w` are those of each stream."""
        block, q, steps = self.block, len(self.block.sizes), memories[0].steps
        rates = [each.rates(steps, q) for each in rules]
        coefficients, pace = self._of_block(rules, rates)
        block.begin([y[at] for y in Y], rates, None if w is None else w[:, at])
        for layer in first:
            layer.rows.select(at)
            layer.enter(block, coefficients[layer.stream])
        block.enter()
        if self.by_iteration:
            self._iterate_to_fixed_point(first, coefficients)
        else:
            if q > 1:
                for layer in first:
                    layer.fill_lower_triangle(block, coefficients[layer.stream])
            for upper in self.sweeps:
                upper.sweep(pace)
        for layer in first:
            layer.learn(block, coefficients[layer.stream])
        for memory in memories:
            memory.count(q)

    def _of_block(
        self, rules: list[Rule], rates: list[list[float]]
    ) -> tuple[list[Coefficients], Pace]:
        """The coefficients of each stream's block, and what the upper layers have to know."""
        if (rules, rates) != self.asked:
            block, layout, dtype = self.block, self.block.layout, self.block.E.dtype
            each = [
                (block.sizes, rule, tuple(own) if rule.alpha else (), dtype)
                for rule, own in zip(rules, rates, strict=True)
            ]
            of_block = [block_coefficients(*each[0])] * layout.streams
            if layout.mixed:
                streams = slices(len(each), layout.networks)
                of_block = [side_by_side(each[at], block.own.shape[-1]) for at in streams]
            decays = [
                layout.numbers([*map(mul, [rule.alpha for rule in rules], step)], dtype)
                for step in zip(*rates, strict=True)
            ]
            momentum = layout.numbers([rule.momentum for rule in rules], dtype)
            pace = Pace(momentum, decays if rules[0].alpha else (), rules[0].learn_bias)
            self.told, self.asked = (of_block, pace), (rules, rates)
        return self.told

    def single_step(
        self, X: Array, W: Array, b: Array, steps: int, rule: Rule, Y: Array, w: Array | None
    ) -> Array:
        """Take the one step of a block of one batch; D, so that W + Xᵀ D is what W becomes."""
        block, rates = self.block, rule.rates(steps, 1)
        block.begin([Y], [rates], None if w is None else w[None])
        np.add(product(X, W, block.D), b, block.D)
        block.enter()
        if self.by_iteration:
            self._iterate_to_fixed_point([], [])  # one row has none before it
        else:
            self.sweeps[0].sweep(PLAIN if rule.learn_bias else Pace(learn_bias=False))
        return np.multiply(block.own, 8.0, block.D)

    def _iterate_to_fixed_point(
        self, first: list[FirstLayer], coefficients: list[Coefficients]
    ) -> None:
        """Take the steps of a block of single samples: only mistakes change anything.

        Which rows are mistaken depends on the mistakes before them. Guess the mistakes, see
        which ones they lead to, and again, until the guess is confirmed: row i is right
        after i rounds at the latest, and mostly after two or three.
        """
        block = self.block
        want = block.S > 0.0
        change = block.S * (-2.0 * block.r)
        Z = block.E
        mistaken = (Z > 0.0) != want
        if block.rows > 1 and mistaken.any():
            for layer in first:
                layer.fill_lower_triangle(block, coefficients[layer.stream])
            block.diagonal[...] = 0.0
            guess, Z, joined = b"", np.empty_like(change), block.layout.joined
            add_up = product_of(block.L, joined(block.D), joined(Z))
            while guess != (guess := mistaken.tobytes()):
                np.multiply(change, mistaken, block.D)
                add_up()
                mistaken = (np.add(Z, block.E, Z) > 0.0) != want
        np.copyto(block.H, Z)
        np.multiply(change, mistaken, block.E)


def _loaded(
    first: list[FirstLayer], streams: list[Pass], at: slice
) -> tuple[list[Array], Array | None]:
    """Load a chunk of each stream's rows; their targets and weights."""
    Y, w = [], []
    for layer, (_, _, samples, order, _) in zip(first, streams, strict=True):
        now = at if order is None else order[at]
        layer.rows.load(now)
        Y.append(samples.targets(now))
        if samples.w is not None:
            w.append(samples.w[now])
    return Y, np.array(w) if w else None


def _side_by_side(stream: list[Pass], layout: Layout) -> Numbers:
    """The first layers of a stream's networks as one; each has the neuron that always fires."""

    def joined(parts: list[Any], last: float = 0.0) -> Any:
        if parts[0] is None:
            return None
        (n, width), b = parts[0].weights[0].shape, parts[0].biases[0]
        columns = layout.width(width) if len(parts[0].weights) > 1 else width
        W = np.zeros((n, len(parts), columns), b.dtype)
        biases = np.full((len(parts), columns), -last, b.dtype)
        biases[:, width : width + 1] = last
        for k, part in enumerate(parts):
            W[:, k, :width], biases[k, :width] = part.weights[0], part.biases[0]
        return Parameters([W.reshape(n, -1)], [biases.ravel()])

    velocity = joined([each.memory.velocity for each in stream])
    total = joined([each.memory.total for each in stream])
    parameters = joined([each.parameters for each in stream], 2.0 * ALWAYS)
    return parameters, Memory(velocity=velocity, total=total)


def _write_first(layer: FirstLayer, stream: list[Pass]) -> None:
    """Overwrite the first layers of a stream's networks by what stood side by side."""
    for k, each in enumerate(stream):
        memory = each.memory
        own = each.parameters, memory.velocity, memory.total
        for numbers, (W, b) in zip(own, layer.targets, strict=True):
            if numbers is not None and W is not None and b is not None:
                width = len(numbers.biases[0])
                numbers.weights[0][...] = W.reshape(len(W), len(stream), -1)[:, k, :width]
                numbers.biases[0][...] = b.reshape(len(stream), -1)[k, :width]


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
