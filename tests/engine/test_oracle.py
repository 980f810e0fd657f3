"""Proves that an epoch of the engine is the textbook's, sample by sample, to rounding.

Smooth costs agree to 1e-12 of the largest entry in the regime where SGD itself is stable
(η ‖x‖² / 4 below 2); the perceptron on integers agrees to the last bit.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from sknn_basic.engine.network import Memory, Network, Parameters, Rule
from sknn_basic.engine.neurons import COSTS, MISTAKES, signed_sigmoid, signed_step
from sknn_basic.engine.rows import Samples
from sknn_basic.engine.sgd import Kernel, run_epoch
from sknn_basic.engine.training import Training, one_epoch, state_of

TEXTBOOK = {
    "quadratic": (oracle.quadratic, oracle.quadratic_error),
    "cross_entropy": (oracle.cross_entropy, oracle.cross_entropy_error),
}
INPUTS = {
    "dense": np.ascontiguousarray,
    "fortran": np.asfortranarray,
    "csr_matrix": sparse.csr_matrix,
    "csr_array": sparse.csr_array,
}
PERCEPTRONS = Network(signed_step, MISTAKES, only_mistakes=True)


@dataclass(frozen=True)
class Problem:
    """A small problem for both sides; every field has a plain default."""

    seed: int = 0
    n: int = 10
    n_features: int = 5
    hidden: tuple[int, ...] = (4,)
    n_outputs: int = 3
    batch_size: int = 3
    cost: str = "quadratic"
    inputs: str = "dense"
    momentum: float = 0.0
    alpha: float = 0.0
    power_t: float = 0.0
    weighted: bool = False
    multilabel: bool = False
    shuffled: bool = False
    subset: bool = False

    def rng(self, what):
        return np.random.default_rng([self.seed, *what.encode()])

    def dense(self):
        """Inputs with ‖x‖² below 6, two entries in five 0."""
        rng = self.rng("X")
        X = rng.uniform(-1.0, 1.0, (self.n, self.n_features))
        X[rng.random(X.shape) < 0.4] = 0.0
        return X * min(1.0, (6.0 / self.n_features) ** 0.5)

    def samples(self):
        rng, X = self.rng("samples"), INPUTS[self.inputs](self.dense())
        w = rng.choice([0.0, 0.0, 0.5, 1.0, 3.0], self.n) if self.weighted else None
        rows = np.flatnonzero(rng.random(self.n) < 0.7) if self.subset else None
        if rows is not None and len(rows) == 0:
            rows = np.array([self.n - 1])
        if self.multilabel:
            Y = rng.integers(0, 2, (self.n, self.n_outputs)).astype(np.uint8)
            return Samples(X, Y, None, w, rows)
        code = np.array([[0.0], [1.0]]) if self.n_outputs == 1 else np.eye(self.n_outputs)
        return Samples(X, rng.integers(0, len(code), self.n), code, w, rows)

    def parameters(self):
        rng = self.rng("parameters")
        sizes = (self.n_features, *self.hidden, self.n_outputs)
        return Parameters(
            [rng.standard_normal(shape) for shape in pairwise(sizes)],
            [rng.standard_normal(size) for size in sizes[1:]],
        )

    def order(self, samples):
        rng = self.rng("order")
        return samples.order(rng.permutation(len(samples)) if self.shuffled else None)

    def rule(self):
        """Momentum μ lengthens steps in the long run by 1/(1 − μ); η makes up for it."""
        eta = 1.0 - self.momentum
        return Rule(eta, self.batch_size, self.momentum, self.alpha, self.power_t)


def in_order(problem, samples, order):
    """X, Y and w as dense float arrays in the order of the pass."""
    order = np.arange(problem.n) if order is None else order
    Y = samples.y if samples.code is None else samples.code[samples.y]
    w = None if samples.w is None else samples.w[order]
    return problem.dense()[order], Y[order].astype(float), w


def assert_equal_to_rounding(actual, expected):
    expected = np.asarray(expected)
    scale = np.abs(expected).max()
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12 * scale + 1e-15)


def assert_same_layers(parameters, layers):
    pairs = zip(parameters.weights, parameters.biases, layers, strict=True)
    for W, b, (W_expected, b_expected) in pairs:
        assert_equal_to_rounding(W, W_expected)
        assert_equal_to_rounding(b, b_expected)


def check(problem, epochs=2):
    """Run both sides for some epochs in a row and compare everything they remember."""
    parameters, samples = problem.parameters(), problem.samples()
    order, rule = problem.order(samples), problem.rule()
    memory = Memory(velocity=parameters.zeros_like(), total=parameters.zeros_like())
    learner = oracle.Learner.of(parameters.weights, parameters.biases)
    X, Y, w = in_order(problem, samples, order)
    for _ in range(epochs):
        network = Network(signed_sigmoid, COSTS[problem.cost])
        costs = run_epoch(network, parameters, memory, samples, order, rule)
        expected = oracle.sgd_epoch(
            learner,
            X,
            Y,
            *TEXTBOOK[problem.cost],
            eta=rule.eta,
            batch_size=rule.batch_size,
            momentum=rule.momentum,
            alpha=rule.alpha,
            power_t=rule.power_t,
            weights=w,
        )
        assert_equal_to_rounding(costs, expected)
        assert_same_layers(parameters, learner.layers)
        assert_same_layers(memory.velocity, learner.velocity)
        assert_same_layers(memory.total, learner.total)
        assert memory.steps == memory.total_steps == learner.steps
    return learner


@pytest.mark.parametrize("cost", TEXTBOOK)
@pytest.mark.parametrize("hidden", [(), (4,), (4, 3), (2, 4, 3)])
@pytest.mark.parametrize("batch_size", [1, 3, 10])
def test_an_epoch_is_the_textbooks_at_every_depth_and_batch_size(cost, hidden, batch_size):
    check(Problem(cost=cost, hidden=hidden, batch_size=batch_size))


@pytest.mark.parametrize(
    "difference",
    [
        {"n_outputs": 1},
        {"multilabel": True},
        {"multilabel": True, "n_outputs": 1},
        {"momentum": 0.9},
        {"alpha": 0.3},
        {"power_t": 0.5},
        {"momentum": 0.9, "alpha": 0.3, "power_t": 0.5, "weighted": True},
        {"weighted": True, "batch_size": 1},
        {"shuffled": True},
        {"subset": True},
        {"subset": True, "shuffled": True, "weighted": True},
        {"batch_size": 50},
        {"n": 1},
        {"n_features": 1, "hidden": (1,), "n_outputs": 1},
        {"n": 50, "n_features": 200, "batch_size": 1},
        {"n": 50, "n_features": 200, "momentum": 0.9, "alpha": 0.3, "power_t": 0.5},
    ],
    ids="-".join,
)
@pytest.mark.parametrize("inputs", INPUTS)
def test_every_option_alone_and_together_is_the_textbooks(inputs, difference):
    check(Problem(inputs=inputs, **difference))


@st.composite
def problems(draw):
    fractions = st.sampled_from([0.0, 0.3, 0.9])
    return Problem(
        seed=draw(st.integers(0, 2**32 - 1)),
        n=draw(st.integers(1, 40)),
        n_features=draw(st.sampled_from([1, 2, 5, 30, 200])),
        hidden=tuple(draw(st.lists(st.integers(1, 4), max_size=3))),
        n_outputs=draw(st.sampled_from([1, 3])),
        batch_size=draw(st.integers(1, 8) | st.integers(1, 50)),
        cost=draw(st.sampled_from(sorted(TEXTBOOK))),
        inputs=draw(st.sampled_from(sorted(INPUTS))),
        momentum=draw(fractions),
        alpha=draw(fractions),
        power_t=draw(fractions),
        weighted=draw(st.booleans()),
        multilabel=draw(st.booleans()),
        shuffled=draw(st.booleans()),
        subset=draw(st.booleans()),
    )


@settings(deadline=None, max_examples=100, derandomize=True, database=None)
@given(problems())
def test_any_epoch_is_the_textbooks(problem):
    check(problem)


def test_rows_left_out_are_not_read():
    problem = Problem(subset=True)
    samples = problem.samples()
    poisoned = samples.X.copy()
    poisoned[np.setdiff1d(np.arange(problem.n), samples.rows)] = np.nan
    parameters = problem.parameters()
    poisoned = Samples(poisoned, samples.y, samples.code, None, samples.rows)
    costs = run_epoch(
        Network(signed_sigmoid, COSTS["quadratic"]),
        parameters,
        Memory(),
        poisoned,
        poisoned.order(None),
        problem.rule(),
    )
    assert parameters.is_finite()
    assert np.isfinite(costs).all()
    assert len(costs) == len(samples.rows) < problem.n


@pytest.mark.parametrize("subset", [False, True])
def test_an_unshuffled_epoch_takes_the_rows_as_they_stand(subset):
    problem = Problem(subset=subset, weighted=True)
    samples, parameters = problem.samples(), problem.parameters()
    training = Training(parameters, state_of(np.random.default_rng(0)))
    network = Network(signed_sigmoid, COSTS[problem.cost])
    after, loss, cost_sum = one_epoch(
        Kernel(network, training.parameters), samples, training, problem.rule(), False
    )
    learner = oracle.Learner.of(parameters.weights, parameters.biases)
    X, Y, w = in_order(problem, samples, samples.rows)
    costs = oracle.sgd_epoch(
        learner, X, Y, *TEXTBOOK[problem.cost], eta=1.0, batch_size=3, weights=w
    )
    assert_same_layers(after.parameters, learner.layers)
    assert_equal_to_rounding(loss, w @ costs / w.sum())
    assert_equal_to_rounding(cost_sum, sum(costs))


@pytest.mark.parametrize("inputs", INPUTS)
def test_a_batch_of_weight_zero_is_absent(inputs):
    problem = Problem(n=6, inputs=inputs, momentum=0.5, alpha=0.1, power_t=0.5)
    samples, parameters = problem.samples(), problem.parameters()
    w = np.array([1.0, 2.0, 0.0, 0.0, 0.0, 0.0])
    memory = Memory(velocity=parameters.copy(), total=parameters.copy())
    half = Samples(samples.X[:3], samples.y[:3], samples.code, w[:3])
    whole = Samples(samples.X, samples.y, samples.code, w)
    results = []
    for part in half, whole:
        here, there = parameters.copy(), memory.copy()
        costs = run_epoch(
            Network(signed_sigmoid, COSTS["quadratic"]), here, there, part, None, problem.rule()
        )
        assert not costs[3:].any()
        results.append((here, there))
    (here, there), (here_too, there_too) = results
    assert there.steps == there_too.steps == 1
    for one, other in [
        (here, here_too),
        (there.velocity, there_too.velocity),
        (there.total, there_too.total),
    ]:
        for array, array_too in zip(one.arrays(), other.arrays(), strict=True):
            np.testing.assert_array_equal(array, array_too)


def test_biases_stay_where_they_are_if_they_are_not_learnt():
    problem = Problem(momentum=0.5)
    parameters = problem.parameters()
    before = parameters.copy()
    rule = Rule(1.0, 3, momentum=0.5, learn_bias=False)
    memory = Memory(velocity=parameters.zeros_like())
    network = Network(signed_sigmoid, COSTS["quadratic"])
    run_epoch(network, parameters, memory, problem.samples(), None, rule)
    for b, b_before in zip(parameters.biases, before.biases, strict=True):
        np.testing.assert_array_equal(b, b_before)
    for W, W_before in zip(parameters.weights, before.weights, strict=True):
        assert not np.array_equal(W, W_before)


def test_biases_that_are_not_learnt_gather_no_velocity():
    problem = Problem(batch_size=1)
    parameters = problem.parameters()
    memory = Memory(velocity=parameters.zeros_like())
    rule = Rule(0.5, 1, momentum=0.5, learn_bias=False)
    network = Network(signed_sigmoid, COSTS["cross_entropy"])
    run_epoch(network, parameters, memory, problem.samples(), None, rule)
    assert all(V.any() for V in memory.velocity.weights)
    assert not any(V_b.any() for V_b in memory.velocity.biases)


# --- perceptrons on integers: to the last bit --------------------------------------------


def integer_data(seed, n, n_outputs, n_features=4):
    """Small integers, one-hot or single-neuron targets, integer first weights."""
    rng = np.random.default_rng(seed)
    X = rng.integers(-3, 4, (n, n_features)).astype(float)
    code = np.array([[0.0], [1.0]]) if n_outputs == 1 else np.eye(n_outputs)
    W = rng.integers(-2, 3, (n_features, n_outputs)).astype(float)
    b = rng.integers(-2, 3, n_outputs).astype(float)
    return X, rng.integers(0, len(code), n), code, W, b


@settings(deadline=None, max_examples=60, derandomize=True, database=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 40),
    n_features=st.sampled_from([4, 100]),
    n_outputs=st.sampled_from([1, 3]),
    batch_size=st.sampled_from([1, 2, 3, 4, 8, 40]),
    inputs=st.sampled_from(sorted(INPUTS)),
    weighted=st.booleans(),
)
def test_perceptrons_on_integers_are_the_textbooks_to_the_last_bit(
    seed, n, n_features, n_outputs, batch_size, inputs, weighted
):
    X, y, code, W, b = integer_data(seed, n, n_outputs, n_features)
    # η is a multiple of every batch size that occurs, so η/m and all sums are exact.
    last = n % batch_size or batch_size
    eta = float(min(batch_size, n) * last)
    w = np.random.default_rng(seed).integers(0, 3, n).astype(float) if weighted else None
    samples = Samples(INPUTS[inputs](X), y, code, w)
    parameters = Parameters([W.copy()], [b.copy()])
    for _ in range(3):
        rule = Rule(eta, batch_size)
        costs = run_epoch(PERCEPTRONS, parameters, Memory(), samples, None, rule)
        W, b, mistakes = oracle.perceptron_epoch(
            W, b, X, code[y], eta=eta, batch_size=batch_size, weights=w
        )
        assert np.array_equal(parameters.weights[0], W)
        assert np.array_equal(parameters.biases[0], b)
        assert np.array_equal(costs, mistakes)


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_batches_of_one_are_rosenblatts_rule(n_outputs):
    X, y, code, W, b = integer_data(1, 60, n_outputs)
    parameters = Parameters([W.copy()], [b.copy()])
    samples = Samples(X, y, code)
    costs = run_epoch(PERCEPTRONS, parameters, Memory(), samples, None, Rule(1.0, 1))
    expected_W, expected_b = oracle.rosenblatt_epoch(W, b, X, code[y])
    assert costs.any()
    assert np.array_equal(parameters.weights[0], expected_W)
    assert np.array_equal(parameters.biases[0], expected_b)


def test_a_score_of_exactly_zero_does_not_fire_and_is_learnt_from():
    X, code = np.array([[1.0], [1.0]]), np.array([[0.0], [1.0]])
    for label, W_after in [(0, 0.0), (1, 1.0)]:
        parameters = Parameters([np.zeros((1, 1))], [np.zeros(1)])
        samples = Samples(X[:1], np.array([label]), code)
        costs = run_epoch(PERCEPTRONS, parameters, Memory(), samples, None, Rule(1.0, 1))
        assert costs == [float(label)]
        assert parameters.weights[0] == W_after


# --- the oracle itself -------------------------------------------------------------------


def test_the_oracle_takes_the_step_that_was_computed_by_hand():
    # x = 2, w = 0, b = 0, y = 1: a = 1/2; quadratic: δ = −1/8, so ∂C/∂w = −1/4.
    learner = oracle.Learner.of([np.zeros((1, 1))], [np.zeros(1)])
    costs = oracle.sgd_epoch(
        learner,
        np.array([[2.0]]),
        np.array([[1.0]]),
        oracle.quadratic,
        oracle.quadratic_error,
        eta=8.0,
        batch_size=1,
    )
    (W, b), *_ = learner.layers
    assert costs == [0.125]
    assert W == [[2.0]]
    assert b == [1.0]


def test_the_oracles_probabilities_are_those_of_independent_neurons():
    Z, words = np.array([[0.3, -2.0], [5.0, 1.0]]), np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    A = 1.0 / (1.0 + np.exp(-Z))
    product = np.array([[np.prod(np.where(c, a, 1 - a)) for c in words] for a in A])
    np.testing.assert_allclose(oracle.probabilities(Z, words), product, rtol=1e-13)
    some = [0, 1, 3]
    renormalised = product[:, some] / product[:, some].sum(axis=1, keepdims=True)
    np.testing.assert_allclose(oracle.probabilities(Z, words[some]), renormalised, rtol=1e-13)


def test_the_oracles_scores_are_what_its_output_neurons_squash():
    problem = Problem(hidden=(4, 3))
    parameters = problem.parameters()
    layers = list(zip(parameters.weights, parameters.biases, strict=True))
    for x in problem.dense():
        z, a = oracle.output_scores(layers, x), oracle.forward(layers, x)[-1]
        np.testing.assert_array_equal([oracle.sigmoid(z_j) for z_j in z], a)
