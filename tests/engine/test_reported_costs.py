"""Proves that the cost that is told is the cost, however saturated the neurons are."""

import math
from decimal import Decimal, localcontext
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from sknn_basic import SigmoidMLPClassifier
from sknn_basic.engine._types import MOST_NUMBERS
from sknn_basic.engine.gradient import slopes, total_cost
from sknn_basic.engine.network import (
    Memory,
    Network,
    Parameters,
    Rule,
    output_weighted_inputs,
    sample_costs,
)
from sknn_basic.engine.neurons import COSTS, MISTAKES, signed_sigmoid, signed_step
from sknn_basic.engine.rows import Samples
from sknn_basic.engine.sgd import Kernel, run_epoch

DTYPES = [np.float64, np.float32]
NETWORK = Network(signed_sigmoid, COSTS["cross_entropy"])
CODE = np.array([[0.0], [1.0]])


def exact(Z, Y):
    """Σ [ln(1 + e^z) − y z] of each row, as it stands, in decimal numbers."""
    return [sum(map(_exact, z.tolist(), y.tolist())) for z, y in zip(Z, Y, strict=True)]


def _exact(z, y):
    z, y = Decimal(z), Decimal(y)
    with localcontext() as context:
        context.prec = 60 + int(abs(z))
        return float((1 + z.exp()).ln() - y * z)


def in_floats(z, y):
    """The same in Python's floats, without cancellation."""
    return math.log1p(math.exp(-abs(z))) + abs(z) * abs((z > 0) - y)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [1.0, 20.0, 200.0])
def test_the_cross_entropy_of_a_sample_is_exact_for_inputs_of_any_size(size, dtype):
    rng = np.random.default_rng(0)
    Z = (size * rng.standard_normal((8, 3))).astype(dtype)
    Y = rng.integers(0, 2, (8, 3)).astype(dtype)
    Y[:2] = rng.integers(0, 5, (2, 3)) / 4.0
    before = Z.tobytes(), Y.tobytes()
    costs = sample_costs(NETWORK, Z, Y)
    limits = np.finfo(dtype)
    np.testing.assert_allclose(costs, exact(Z, Y), rtol=8 * limits.eps, atol=limits.tiny)
    assert (Z.tobytes(), Y.tobytes()) == before
    assert costs.dtype == np.float64


finite = st.floats(-1e300, 1e300)


@settings(deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(finite, st.floats(0.0, 1.0)), min_size=1, max_size=9))
def test_a_row_costs_the_sum_of_its_neurons(pairs):
    Z, Y = np.array(pairs).T[:, None]
    expected = math.fsum(in_floats(z, y) for z, y in pairs)
    assert sample_costs(NETWORK, Z, Y) == pytest.approx([expected], rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("dtype", DTYPES)
def test_an_infinite_input_costs_nothing_where_it_is_right_and_very_much_where_it_is_wrong(
    dtype,
):
    Z = np.array([[np.inf], [-np.inf], [np.inf], [-np.inf], [np.nan]], dtype)
    Y = np.array([[1], [0], [0], [1], [0]], dtype)
    costs = sample_costs(NETWORK, Z, Y)
    assert costs[:2].tolist() == [0.0, 0.0]
    assert (costs[2:4] >= np.finfo(dtype).max).all()
    assert np.isnan(costs[4])


def test_a_step_neuron_costs_its_mistakes_and_does_not_fire_at_exactly_zero():
    network = Network(signed_step, MISTAKES, only_mistakes=True)
    Z = np.array([[0.0, -0.0, 5e-324], [1e300, -1.0, -5e-324]])
    Y = np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 1.0]])
    assert sample_costs(network, Z, Y).tolist() == [1.0, 2.0]


def test_rows_in_parts_cost_what_they_cost_together():
    rng = np.random.default_rng(0)
    Z, Y = rng.standard_normal((70, 2**15)), rng.random((70, 2**15))
    for network in (NETWORK, Network(signed_sigmoid, COSTS["quadratic"])):
        each = [sample_costs(network, Z[i : i + 1], Y[i : i + 1]) for i in range(70)]
        np.testing.assert_allclose(sample_costs(network, Z, Y), np.ravel(each), rtol=1e-13)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n_out", [1, 3, 16, 17])
def test_a_row_costs_by_itself_what_it_costs_among_others(n_out, dtype):
    rng = np.random.default_rng(0)
    Z = (rng.standard_normal((300, n_out)) * 10 ** rng.uniform(-3, 3, (300, 1))).astype(dtype)
    Z[0], Z[1], Z[2] = np.finfo(dtype).max, -np.finfo(dtype).max, 0.0
    Y = np.where(rng.random(Z.shape) < 0.8, rng.integers(0, 2, Z.shape), rng.random(Z.shape))
    Y = Y.astype(dtype)
    with np.errstate(over="ignore"):
        each = [sample_costs(NETWORK, Z[i : i + 1], Y[i : i + 1])[0] for i in range(300)]
        together = sample_costs(NETWORK, Z, Y)
    rtol, atol = 10 * np.finfo(dtype).eps, 2 * np.finfo(dtype).tiny
    np.testing.assert_allclose(each, together, rtol, atol)
    assert np.isnan(sample_costs(NETWORK, np.full((1, n_out), np.nan), np.ones((1, n_out))))


@pytest.mark.parametrize("cost", COSTS)
def test_a_single_row_may_be_wider_than_what_is_worked_on_at_a_time(cost):
    n_classes = MOST_NUMBERS + 3
    parameters = Parameters(
        [np.zeros((1, 1)), np.zeros((1, n_classes))], [*map(np.zeros, (1, n_classes))]
    )
    samples = Samples(np.ones((2, 1)), np.array([5, 0]), n_classes)
    network = Network(signed_sigmoid, COSTS[cost])
    costs = run_epoch(network, parameters, Memory(), samples, None, Rule(0.0, 2))
    each = {"quadratic": 0.125, "cross_entropy": math.log(2.0)}[cost]
    np.testing.assert_allclose(costs, each * n_classes, rtol=1e-10)


# --- wherever it is told ------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("hidden", [(), (4,)])
@pytest.mark.parametrize("m", [1, 3, 50])
def test_a_pass_tells_the_exact_cost_of_each_sample(m, hidden, dtype):
    rng = np.random.default_rng(0)
    sizes = (5, *hidden, 3)
    weights = [(60 * rng.standard_normal(shape)).astype(dtype) for shape in pairwise(sizes)]
    parameters = Parameters(weights, [np.zeros(n, dtype) for n in sizes[1:]])
    X, y = rng.standard_normal((20, 5)).astype(dtype), rng.integers(0, 3, 20)
    samples = Samples(X, y, np.eye(3, dtype=dtype))
    Z = output_weighted_inputs(parameters, X)
    costs = run_epoch(NETWORK, parameters, Memory(), samples, None, Rule(0.0, m))
    eps = np.finfo(dtype).eps  # products of other shapes round Z otherwise
    np.testing.assert_allclose(costs, exact(Z, samples.targets(slice(None))), 1e3 * eps)
    assert costs.max() > 50.0


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_single_proposed_step_tells_the_exact_cost(dtype):
    parameters = Parameters([np.full((1, 1), 40.0, dtype)], [np.zeros(1, dtype)])
    samples = Samples(np.ones((1, 1), dtype), np.array([0]), CODE.astype(dtype))
    kernel = Kernel(NETWORK, parameters)
    assert kernel.propose(parameters, Memory(), samples, Rule(1.0, 1)).costs == [40.0]


def test_the_total_cost_and_its_slopes_are_right_where_neurons_are_saturated():
    parameters = Parameters([np.array([[40.0]])], [np.zeros(1)])
    samples = Samples(np.ones((1, 1)), np.array([0]), CODE)
    assert total_cost(NETWORK, parameters, samples, 0.0) == 40.0
    claimed, measured = slopes(NETWORK, parameters, samples, 0.0)
    np.testing.assert_allclose(claimed, measured, rtol=1e-9)


def in_one_layer(X, Y, eta):
    """The cost of each step of online learning from zeros, written out in Python's floats."""
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for x, y in zip(X, Y, strict=True):
        z = x @ W + b
        costs.append(math.fsum(map(in_floats, z.tolist(), y.tolist())))
        delta = 1.0 / (1.0 + np.exp(-np.clip(z, -700.0, 700.0))) - y
        W -= eta * np.outer(x, delta)
        b -= eta * delta
    return costs


@pytest.mark.parametrize(("dtype", "rel"), [(np.float64, 1e-9), (np.float32, 1e-2)])
def test_online_learning_with_large_steps_reports_its_loss(dtype, rel):
    X, y = load_digits(return_X_y=True)
    X, Y = (X[:600] / 16.0).astype(dtype), np.eye(10)[y[:600]]
    parameters = Parameters([np.zeros((64, 10), dtype)], [np.zeros(10, dtype)])
    samples = Samples(X, y[:600], np.eye(10, dtype=dtype))
    costs = run_epoch(NETWORK, parameters, Memory(), samples, None, Rule(20.0, 1))
    expected = in_one_layer(X.astype(float), Y, 20.0)
    assert max(expected) > 400.0  # ten neurons that are cut at 36.04 cannot cost that much
    assert costs.mean() == pytest.approx(np.mean(expected), rel=rel)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_classifier_tells_the_same_cost_everywhere(dtype):
    X, y = np.array([[1.0], [1.0], [-1.0]], dtype), np.array([0, 1, 0])
    network = SigmoidMLPClassifier.from_weights(
        [np.full((1, 1), 40.0, dtype)], [np.zeros(1, dtype)], alpha=0.0
    )
    assert network.total_cost(X, y) == pytest.approx(40.0 / 3.0)
    if dtype == np.float64:
        assert network.check_gradient(X[:1], y[:1]) < 1e-8
    network.set_params(eta=1e-12, batch_size=3, max_iter=1, tol=None, warm_start=True)
    network.fit(X, y, X_val=X[:1], y_val=y[:1])
    assert network.loss_ == network.loss_curve_[0] == pytest.approx(40.0 / 3.0)
    assert network.validation_loss_curve_ == pytest.approx([40.0])
    network.partial_fit(X[:1], y[:1])
    assert network.loss_ == pytest.approx(40.0)


def test_the_best_weights_are_found_where_neurons_are_saturated_all_along():
    """Steps so large that every epoch ends with wrong answers beyond any doubt."""
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((8, 2)), np.arange(8) % 2
    options = {"eta": 300.0, "batch_size": 2, "tol": None, "random_state": 0}
    last = [SigmoidMLPClassifier((), max_iter=k, **options).fit(X, y) for k in range(1, 9)]
    costs = []
    for network in last:
        z = (X @ network.coefs_[0] + network.intercepts_[0])[:, 0]
        costs.append(math.fsum(map(in_floats, z.tolist(), y.tolist())))
    best = SigmoidMLPClassifier((), max_iter=8, keep="best", **options).fit(X, y)
    assert best.coefs_[0].tolist() == last[int(np.argmin(costs))].coefs_[0].tolist()
    assert min(costs) > 100.0
