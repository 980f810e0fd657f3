"""Proves that neurons are right at every kink and extreme, in place, in their own dtype."""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sknn_basic.engine.neurons import sigmoid, sigmoid_slope, signed_step

SMALLEST, LARGEST = 5e-324, 1.7976931348623157e308
DTYPES = [np.float32, np.float64]


def step(Z):
    """A step neuron's 0 or 1, in place, from the sign that training works with."""
    T = signed_step(Z, Z)
    T += 1.0
    T *= 0.5
    return T


def precise_sigmoid(z):
    """σ(z) to 50 digits."""
    with localcontext() as context:
        context.prec = 50
        return 1 / (1 + (-Decimal(float(z))).exp())


@pytest.mark.parametrize(
    ("z", "a"),
    [
        (0.0, 0.0),
        (-0.0, 0.0),
        (SMALLEST, 1.0),
        (-SMALLEST, 0.0),
        (1.0, 1.0),
        (-1.0, 0.0),
        (1e308, 1.0),
        (-1e308, 0.0),
        (np.inf, 1.0),
        (-np.inf, 0.0),
    ],
)
def test_a_perceptron_fires_above_zero_and_only_there(z, a):
    assert step(np.array([z])) == [a]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("z", "a"), [(0.0, 0.5), (-0.0, 0.5), (np.inf, 1.0), (-np.inf, 0.0), (3e38, 1.0)]
)
def test_the_sigmoid_is_exact_in_the_middle_and_at_both_ends(z, a, dtype):
    assert sigmoid(np.array([z], dtype)) == [a]


@pytest.mark.parametrize("z", [710.0, 1e4, 1e308, LARGEST])
def test_the_sigmoid_neither_overflows_nor_leaves_its_range(z):
    np.testing.assert_array_equal(sigmoid(np.array([z, -z])), [1.0, 0.0])


@pytest.mark.parametrize("z", [SMALLEST, 1e-310, 1e-300])
def test_the_sigmoid_of_next_to_nothing_is_one_half(z):
    np.testing.assert_array_equal(sigmoid(np.array([z, -z])), [0.5, 0.5])


@settings(deadline=None, max_examples=200, derandomize=True, database=None)
@given(st.floats(-800, 800) | st.floats(-3, 3) | st.floats(-1e-6, 1e-6))
def test_the_sigmoid_is_the_textbooks_to_the_last_bits(z):
    a = sigmoid(np.array([z]))[0]
    assert abs(Decimal(float(a)) - precise_sigmoid(z)) <= Decimal(2) ** -52


def test_the_sigmoid_is_right_in_single_precision():
    Z = np.linspace(-20, 20, 401, dtype=np.float32)
    expected = np.array([float(precise_sigmoid(z)) for z in Z])
    assert np.abs(sigmoid(Z.copy()) - expected).max() <= 2.0**-22


def test_the_sigmoid_never_falls():
    Z = np.sort(np.random.default_rng(0).uniform(-40, 40, 2000))
    assert (np.diff(sigmoid(Z)) >= -(2.0**-52)).all()


def test_the_slope_is_the_derivative_of_the_sigmoid():
    Z = np.linspace(-30, 30, 61)
    exact = [float(precise_sigmoid(z) * (1 - precise_sigmoid(z))) for z in Z]
    np.testing.assert_allclose(sigmoid_slope(sigmoid(Z)), exact, rtol=0.0, atol=2.0**-52)


def test_the_slope_is_a_quarter_at_one_half_and_nothing_in_saturation():
    np.testing.assert_array_equal(sigmoid_slope(np.array([0.0, 0.5, 1.0])), [0.0, 0.25, 0.0])


def test_the_slope_leaves_the_activations_alone():
    A = np.array([0.2, 0.7])
    slope = sigmoid_slope(A)
    np.testing.assert_array_equal(A, [0.2, 0.7])
    assert not np.shares_memory(A, slope)


@pytest.mark.parametrize("activation", [sigmoid, step])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_neuron_overwrites_its_weighted_input_in_its_own_dtype(activation, dtype):
    Z = np.array([[-1.0, 0.0], [2.0, 40.0]], dtype)
    A = activation(Z)
    assert A is Z
    assert A.dtype == dtype
    assert A[1, 1] == 1.0


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_slope_keeps_the_dtype(dtype):
    assert sigmoid_slope(np.array([0.5], dtype)).dtype == dtype


@pytest.mark.parametrize("activation", [sigmoid, step])
def test_a_neuron_writes_through_a_view_and_nowhere_else(activation):
    whole = np.full((4, 6), 3.0)
    activation(whole[1:3, ::2])
    touched = np.zeros(whole.shape, bool)
    touched[1:3, ::2] = True
    assert (whole[~touched] == 3.0).all()
    assert (whole[touched] != 3.0).all()


@pytest.mark.parametrize("activation", [sigmoid, step])
def test_no_rows_are_no_trouble(activation):
    assert activation(np.empty((0, 3))).shape == (0, 3)
