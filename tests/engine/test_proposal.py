"""Proves that a step worked out beside the weights is the step, and when there is none."""

from dataclasses import replace

import numpy as np
import pytest

from sknn_basic.engine.network import Memory, Network, Parameters, Rule, random_parameters
from sknn_basic.engine.neurons import (
    COSTS,
    MISTAKES,
    Cost,
    quadratic_error,
    signed_sigmoid,
    signed_step,
)
from sknn_basic.engine.rows import Samples
from sknn_basic.engine.sgd import Kernel, run_epoch

NETWORK = Network(signed_sigmoid, COSTS["cross_entropy"])


def some_samples(n=1):
    rng = np.random.default_rng(0)
    return Samples(rng.uniform(-1, 1, (n, 3)), rng.integers(0, 2, n), np.array([[0.0], [1.0]]))


def some_parameters(hidden=(2,)):
    return random_parameters(np.random.default_rng(1), (3, *hidden, 1), np.float64, "scaled")


@pytest.mark.parametrize("hidden", [(), (2,), (4, 2), (2, 5, 3)])
@pytest.mark.parametrize(("size", "harmless"), [(1.0, True), (1e150, True), (1e160, False)])
def test_a_step_is_proposed_where_it_cannot_overflow(size, harmless, hidden):
    parameters, samples = some_parameters(hidden), some_samples()
    samples = replace(samples, X=samples.X * size)
    kernel, rule = Kernel(NETWORK, parameters), Rule(0.5, 1)
    with np.errstate(over="ignore"):
        proposal = kernel.propose(parameters, Memory(), samples, rule)
    assert proposal.bounded == harmless
    if harmless:
        before, after = parameters.copy(), parameters.copy()
        run_epoch(NETWORK, after, Memory(), samples, None, rule)
        proposed = proposal.parameters
        for array, expected in zip(proposed.arrays(), after.arrays(), strict=True):
            np.testing.assert_allclose(array, expected, rtol=1e-14)
        for array, expected in zip(parameters.arrays(), before.arrays(), strict=True):
            assert np.array_equal(array, expected)


def test_a_proposed_step_heeds_weights():
    parameters, samples = some_parameters(), replace(some_samples(2), w=np.array([0.5, 3.0]))
    proposal = Kernel(NETWORK, parameters).propose(parameters, Memory(), samples, Rule(0.5, 2))
    after = parameters.copy()
    run_epoch(NETWORK, after, Memory(), samples, None, Rule(0.5, 2))
    for array, expected in zip(proposal.parameters.arrays(), after.arrays(), strict=True):
        np.testing.assert_allclose(array, expected, rtol=1e-14)


@pytest.mark.parametrize("cost", [np.inf, -np.inf, np.nan, 1e308])
def test_a_step_whose_cost_is_not_finite_is_left_to_the_complete_checks(cost):
    own = Cost(lambda A, Y: np.full(len(A), cost), quadratic_error)
    parameters = some_parameters()
    kernel = Kernel(Network(signed_sigmoid, own), parameters)
    with np.errstate(over="ignore"):
        proposal = kernel.propose(parameters, Memory(), some_samples(2), Rule(0.5, 2))
    assert not proposal.bounded


@pytest.mark.parametrize(
    "difference",
    [
        {"rule": Rule(0.5, 1)},
        {"rule": Rule(0.5, 2, alpha=0.1)},
        {"rule": Rule(0.5, 2, momentum=0.1)},
        {"memory": Memory(velocity=some_parameters().zeros_like())},
        {"memory": Memory(total=some_parameters().zeros_like())},
    ],
)
def test_whatever_is_more_than_one_plain_step_is_left_to_a_whole_pass(difference):
    plain = {"memory": Memory(), "samples": some_samples(2), "rule": Rule(0.5, 2)}
    parameters = some_parameters()
    kernel = Kernel(NETWORK, parameters)
    assert kernel.propose(parameters, **plain) is not None
    assert kernel.propose(parameters, **plain | difference) is None


@pytest.mark.parametrize(("bias", "right"), [(1.0, True), (-1.0, False)])
def test_a_perceptron_that_is_right_keeps_its_very_weights(bias, right):
    parameters, rule = Parameters([np.zeros((3, 1))], [np.array([bias])]), Rule(1.0, 1)
    samples = Samples(np.ones((1, 3)), np.array([1]), np.array([[0.0], [1.0]]))
    kernel = Kernel(Network(signed_step, MISTAKES, only_mistakes=True), parameters)
    proposal = kernel.propose(parameters, Memory(), samples, rule)
    assert (proposal.parameters.weights[0] is parameters.weights[0]) == right
    assert proposal.costs == [0.0 if right else 1.0]
    if not right:
        assert proposal.parameters.weights[0].tolist() == [[1.0]] * 3
        assert parameters.weights[0].tolist() == [[0.0]] * 3
