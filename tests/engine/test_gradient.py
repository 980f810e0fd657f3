"""Proves that a step of the engine goes down the slope of the cost that the engine states.

The slope along random directions comes from values of the cost alone (central differences
of fourth order, error about 1e-12); the gradient from what one step over all samples does.
"""

from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse

from sknn_basic.engine.network import (
    Memory,
    Network,
    Parameters,
    Rule,
    l2_penalty,
    output_weighted_inputs,
)
from sknn_basic.engine.neurons import COSTS, Cost, sigmoid, signed_sigmoid
from sknn_basic.engine.rows import Samples
from sknn_basic.engine.sgd import run_epoch

DEPTHS = [(), (4,), (4, 3), (3, 4, 3)]
N, N_FEATURES = 7, 5


class CoshCost:
    """A user's own cost: C = Σ (cosh(a − y) − 1)."""

    def value(self, A, Y):
        return (np.cosh(A - Y) - 1.0).sum(axis=1)

    def output_error(self, A, Y):
        return np.sinh(A - Y) * A * (1.0 - A)


ALL_COSTS = COSTS | {"own": CoshCost()}


def targets(kind):
    """`y` and code for a kind of target."""
    rng = np.random.default_rng(2)
    if kind == "multilabel":
        return rng.integers(0, 2, (N, 3)).astype(np.uint8), None
    code = {
        "binary": np.array([[0.0], [1.0]]),
        "multiclass": np.eye(3),
        "binary digits": np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]]),
        "soft": np.array([[0.1, 0.8], [0.9, 0.3]]),
    }[kind]
    return rng.integers(0, len(code), N), code


def problem(hidden=(4,), kind="multiclass", weighted=False, inputs=np.asarray):
    """Parameters and samples."""
    rng = np.random.default_rng(1)
    y, code = targets(kind)
    X = inputs(rng.standard_normal((N, N_FEATURES)))
    w = np.array([0.0, 0.5, 1.0, 1.0, 2.0, 3.0, 0.1]) if weighted else None
    sizes = (N_FEATURES, *hidden, (y if code is None else code).shape[1])
    weights = [rng.standard_normal(shape) for shape in pairwise(sizes)]
    biases = [rng.standard_normal(size) for size in sizes[1:]]
    return Parameters(weights, biases), Samples(X, y, code, w)


def total_cost(cost, parameters, samples, alpha):
    """(1/n) Σ wᵢ Cᵢ + α/2 Σ‖W‖²."""
    A = sigmoid(output_weighted_inputs(parameters, samples.X))
    C = cost.value(A, samples.targets(slice(None)))
    w = 1.0 if samples.w is None else samples.w
    return np.mean(w * C) + l2_penalty(parameters, alpha)


def gradient_of_step(cost, parameters, samples, alpha):
    """The gradient, read off one step over all samples with η = 1 and no momentum."""
    after = parameters.copy()
    network, rule = Network(signed_sigmoid, cost), Rule(1.0, len(samples), alpha=alpha)
    run_epoch(network, after, Memory(), samples, None, rule)
    pairs = zip(parameters.arrays(), after.arrays(), strict=True)
    return [before - now for before, now in pairs]


def moved(parameters, direction, length):
    """The parameters at this length along a direction."""
    n = len(parameters.weights)
    arrays = [
        array + length * u for array, u in zip(parameters.arrays(), direction, strict=True)
    ]
    return Parameters(arrays[:n], arrays[n:])


def random_direction(rng, parameters):
    """One array for each of the parameters, of length 1 all together."""
    arrays = [rng.standard_normal(array.shape) for array in parameters.arrays()]
    norm = np.sqrt(sum((u**2).sum() for u in arrays))
    return [u / norm for u in arrays]


def check_gradient(cost, parameters, samples, alpha, gradient, h=2e-3):
    """Compare slopes along five random directions; raise AssertionError if one is wrong."""
    rng = np.random.default_rng(3)
    for _ in range(5):
        u = random_direction(rng, parameters)
        near, far = (
            total_cost(cost, moved(parameters, u, length), samples, alpha)
            - total_cost(cost, moved(parameters, u, -length), samples, alpha)
            for length in (h, 2 * h)
        )
        slope = (8.0 * near - far) / (12.0 * h)
        claimed = sum((g * v).sum() for g, v in zip(gradient, u, strict=True))
        assert claimed == pytest.approx(slope, rel=1e-7, abs=0.0)


@pytest.mark.parametrize("alpha", [0.0, 0.3])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("hidden", DEPTHS)
@pytest.mark.parametrize("cost", ALL_COSTS.values(), ids=ALL_COSTS)
def test_a_step_goes_down_the_slope_of_the_stated_cost(cost, hidden, weighted, alpha):
    parameters, samples = problem(hidden, weighted=weighted)
    gradient = gradient_of_step(cost, parameters, samples, alpha)
    check_gradient(cost, parameters, samples, alpha, gradient)


@pytest.mark.parametrize(
    "kind", ["binary", "multiclass", "multilabel", "binary digits", "soft"]
)
@pytest.mark.parametrize("hidden", DEPTHS)
@pytest.mark.parametrize("cost", ALL_COSTS.values(), ids=ALL_COSTS)
def test_the_gradient_is_right_for_every_kind_of_target(cost, hidden, kind):
    parameters, samples = problem(hidden, kind)
    gradient = gradient_of_step(cost, parameters, samples, 0.1)
    check_gradient(cost, parameters, samples, 0.1, gradient)


@pytest.mark.parametrize("inputs", [sparse.csr_matrix, sparse.csr_array])
@pytest.mark.parametrize("hidden", DEPTHS)
def test_the_gradient_is_right_for_sparse_inputs(hidden, inputs):
    cost = COSTS["quadratic"]
    parameters, samples = problem(hidden, inputs=inputs, weighted=True)
    gradient = gradient_of_step(cost, parameters, samples, 0.1)
    check_gradient(cost, parameters, samples, 0.1, gradient)


@pytest.mark.parametrize("array", [0, 1, 2, 3, 4, 5])
def test_the_checker_rejects_one_array_that_is_wrong_by_a_thousandth(array):
    cost = COSTS["cross_entropy"]
    parameters, samples = problem((4, 3))
    gradient = gradient_of_step(cost, parameters, samples, 0.1)
    check_gradient(cost, parameters, samples, 0.1, gradient)
    gradient[array] = gradient[array] * 1.001
    with pytest.raises(AssertionError):
        check_gradient(cost, parameters, samples, 0.1, gradient)


@pytest.mark.parametrize("right", ALL_COSTS.values(), ids=ALL_COSTS)
def test_the_checker_rejects_a_cost_whose_error_is_wrong_by_a_thousandth(right):
    wrong = Cost(right.value, lambda A, Y: 1.001 * right.output_error(A, Y))
    parameters, samples = problem()
    gradient = gradient_of_step(wrong, parameters, samples, 0.0)
    with pytest.raises(AssertionError):
        check_gradient(wrong, parameters, samples, 0.0, gradient)


def test_the_checker_rejects_an_l2_term_on_the_biases():
    cost = COSTS["quadratic"]
    parameters, samples = problem()
    gradient = gradient_of_step(cost, parameters, samples, 0.1)
    gradient[2:] = [g + 1e-3 * b for g, b in zip(gradient[2:], parameters.biases, strict=True)]
    with pytest.raises(AssertionError):
        check_gradient(cost, parameters, samples, 0.1, gradient)
