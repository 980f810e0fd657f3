"""Proves that each cost and its output error are the textbook's, saturated neurons included."""

import math

import numpy as np
import oracle
import pytest

from sknn_basic.engine.network import Memory, Network, Parameters, Rule, sample_costs
from sknn_basic.engine.neurons import (
    COSTS,
    MISTAKES,
    Cost,
    cross_entropy_value,
    difference,
    mistakes_value,
    quadratic_error,
    quadratic_value,
    signed_sigmoid,
)
from sknn_basic.engine.rows import Samples
from sknn_basic.engine.sgd import Kernel, run_epoch

DTYPES = [np.float32, np.float64]
EVERY_COST = COSTS | {"mistakes": MISTAKES}
TEXTBOOK = {
    "quadratic": (oracle.quadratic, oracle.quadratic_error),
    "cross_entropy": (oracle.cross_entropy, oracle.cross_entropy_error),
}


def outputs(n_outputs, seed=0):
    """Activations and 0/1, then soft, targets of eight samples."""
    rng = np.random.default_rng(seed)
    A = rng.uniform(0.02, 0.98, (8, n_outputs))
    Y = rng.integers(0, 2, (8, n_outputs)).astype(float)
    Y[4:] = rng.random((4, n_outputs))
    return A, Y


@pytest.mark.parametrize("n_outputs", [1, 3])
@pytest.mark.parametrize("name", TEXTBOOK)
def test_value_and_error_are_the_textbooks(name, n_outputs):
    A, Y = outputs(n_outputs)
    cost, error = TEXTBOOK[name]
    values = [cost(a, y) for a, y in zip(A, Y, strict=True)]
    errors = [error(a, y) for a, y in zip(A, Y, strict=True)]
    np.testing.assert_allclose(COSTS[name].value(A, Y), values, rtol=1e-13)
    np.testing.assert_allclose(COSTS[name].output_error(A, Y), errors, rtol=1e-13)


def test_numbers_that_were_computed_by_hand():
    A, Y = np.array([[0.5, 0.25]]), np.array([[1.0, 0.0]])
    assert quadratic_value(A, Y) == [(0.25 + 0.0625) / 2]
    np.testing.assert_array_equal(quadratic_error(A, Y), [[-0.125, 0.046875]])
    np.testing.assert_allclose(
        cross_entropy_value(A, Y), [math.log(2) + math.log(4 / 3)], rtol=1e-15
    )
    np.testing.assert_array_equal(difference(A, Y), [[-0.5, 0.25]])


def test_step_neurons_cost_their_mistakes():
    A = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]])
    Y = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    np.testing.assert_array_equal(mistakes_value(A, Y), [2.0, 0.0])
    np.testing.assert_array_equal(MISTAKES.output_error(A, Y), A - Y)


@pytest.mark.parametrize("name", EVERY_COST)
def test_a_perfect_answer_costs_nothing_and_sends_no_error(name):
    Y = np.array([[0.0, 1.0, 0.0]])
    assert EVERY_COST[name].value(Y.copy(), Y)[0] == pytest.approx(0.0, abs=1e-14)
    np.testing.assert_array_equal(EVERY_COST[name].output_error(Y.copy(), Y), np.zeros((1, 3)))


@pytest.mark.parametrize("name", EVERY_COST)
def test_no_answer_costs_less_than_nothing(name):
    A, Y = outputs(3, seed=5)
    saturated = np.array([[0.0, 1.0, 0.0], [1.0, 1.0, 0.0]])
    for activations, labels in [(A, Y), (saturated, np.ones((2, 3)))]:
        assert (EVERY_COST[name].value(activations, labels) >= 0.0).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_saturated_wrong_answer_costs_much_but_not_infinitely_much(dtype):
    A = np.array([[0.0], [1.0]], dtype)
    Y = np.array([[1.0], [0.0]], dtype)
    assert [oracle.cross_entropy(a, y) for a, y in zip(A, Y, strict=True)] == [math.inf] * 2
    cost = cross_entropy_value(A, Y)
    assert np.isfinite(cost).all()
    np.testing.assert_allclose(cost, -math.log(np.finfo(dtype).eps), rtol=1e-6)


def test_the_cross_entropy_is_untouched_up_to_the_resolution_of_the_dtype():
    a = np.array([1e-15, 1e-8, 1.0 - 1e-8])
    values = cross_entropy_value(a[:, None], np.array([[1.0], [1.0], [0.0]]))
    np.testing.assert_allclose(values, [-np.log(a[0]), -np.log(a[1]), -np.log(1e-8)], rtol=1e-8)


def test_a_saturated_wrong_neuron_learns_from_cross_entropy_and_not_from_quadratic():
    A, Y = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    np.testing.assert_array_equal(COSTS["quadratic"].output_error(A, Y), [[0.0, 0.0]])
    np.testing.assert_array_equal(COSTS["cross_entropy"].output_error(A, Y), [[1.0, -1.0]])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", EVERY_COST)
def test_costs_and_errors_keep_the_dtype_and_leave_their_inputs_alone(name, dtype):
    A, Y = (array.astype(dtype) for array in outputs(3))
    before = A.tobytes(), Y.tobytes()
    value, error = EVERY_COST[name].value(A, Y), EVERY_COST[name].output_error(A, Y)
    assert (A.tobytes(), Y.tobytes()) == before
    assert value.dtype == error.dtype == dtype
    assert value.shape == (8,)
    assert error.shape == A.shape
    assert not np.shares_memory(error, A)


def test_a_cost_is_a_pair():
    value, error = Cost(quadratic_value, quadratic_error)
    assert (value, error) == (quadratic_value, quadratic_error)
    assert COSTS["quadratic"] == Cost(value, error)


# --- a user's own cost --------------------------------------------------------------------


class OwnCost:
    """The quadratic cost, with something changed."""

    def __init__(self, value=quadratic_value, output_error=quadratic_error):
        self.value, self.output_error = value, output_error


def learn_with(cost, m=2):
    """Learn from five samples with two outputs; return the parameters."""
    rng = np.random.default_rng(0)
    parameters = Parameters([rng.standard_normal((3, 2))], [np.zeros(2)])
    samples = Samples(rng.random((5, 3)), np.arange(5) % 2, np.eye(2))
    network = Network(signed_sigmoid, cost)
    run_epoch(network, parameters, Memory(), samples, None, Rule(1.0, m))
    return parameters


def propose_with(cost):
    parameters = Parameters([np.ones((3, 2))], [np.zeros(2)])
    network, samples = Network(signed_sigmoid, cost), Samples(np.ones((2, 3)), np.eye(2))
    Kernel(network, parameters).propose(parameters, Memory(), samples, Rule(1.0, 2))


@pytest.mark.parametrize("learn", [learn_with, propose_with])
@pytest.mark.parametrize(
    ("error", "shape"),
    [
        (lambda A, Y: (A - Y).sum(axis=1, keepdims=True), r"\(2, 1\)"),
        (lambda A, Y: (A - Y).sum(axis=1), r"\(2,\)"),
        (lambda A, Y: np.mean(A - Y), r"\(\)"),
        (lambda A, Y: 1.0, r"\(\)"),
        (lambda A, Y: (A - Y)[None], r"\(1, 2, 2\)"),
        (lambda A, Y: None, r"\(\)"),
    ],
)
def test_an_error_of_another_shape_is_refused_and_not_broadcast(error, shape, learn):
    required = r"cost\.output_error\(A, Y\) must give .* shape \(2, 2\); got shape " + shape
    with pytest.raises(ValueError, match=required):
        learn(OwnCost(output_error=error))


def writes(where, how):
    """A function of A and Y that writes into one of them."""

    def function(A, Y):
        array = {"A": A, "Y": Y}[where]
        if how == "operator":
            array -= 0.5
        elif how == "index":
            array[0] = 0.5
        else:
            np.clip(array, 0.1, 0.9, out=array)
        return quadratic_error(A, Y)

    return function


@pytest.mark.parametrize("how", ["operator", "index", "out"])
@pytest.mark.parametrize("where", ["A", "Y"])
@pytest.mark.parametrize("name", ["value", "output_error"])
@pytest.mark.parametrize("learn", [learn_with, propose_with])
def test_a_cost_that_writes_into_its_arguments_is_refused(learn, name, where, how):
    required = rf"cost\.{name}\(A, Y\) must leave A and Y as they are; it wrote into one"
    with pytest.raises(ValueError, match=required):
        learn(OwnCost(**{name: writes(where, how)}))


def test_an_error_of_the_users_own_goes_through_as_it_is():
    def fails(A, Y):
        raise ValueError("nothing of that kind")

    with pytest.raises(ValueError, match=r"^nothing of that kind$"):
        learn_with(OwnCost(fails))


def test_the_arrays_that_a_cost_is_asked_with_stay_writable():
    Z, Y = np.zeros((2, 3)), np.zeros((2, 3))
    sample_costs(Network(signed_sigmoid, OwnCost()), Z, Y)
    assert Z.flags.writeable
    assert Y.flags.writeable


@pytest.mark.parametrize("m", [1, 2, 5])
def test_an_own_cost_equal_to_a_built_in_one_takes_the_same_steps(m):
    own = OwnCost(output_error=lambda A, Y: quadratic_error(A, Y).tolist())
    here, there = learn_with(own, m), learn_with(COSTS["quadratic"], m)
    for array, array_too in zip(here.arrays(), there.arrays(), strict=True):
        np.testing.assert_array_equal(array, array_too)
