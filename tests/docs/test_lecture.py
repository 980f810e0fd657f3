"""Statements of the lecture that no other test holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, softmax
from sklearn.datasets import load_digits

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.gradient_descent import minimize
from sknn_basic.logic import (
    AND,
    OR,
    PerceptronNetwork,
    binary_output_layer,
    change_of_output,
    from_bits,
    to_bits,
)

X, y = load_digits(return_X_y=True)
X = X / 16
whole = st.integers(-9, 9)
weights = st.lists(whole, min_size=3, max_size=3)
ROWS = to_bits(range(8), 3)
seeds = pytest.mark.parametrize("seed", range(5))

# --- perceptrons -------------------------------------------------------------------------


@given(weights, whole, whole)
def test_the_lower_the_threshold_the_more_easily_a_perceptron_fires(w, threshold, other):
    """In other words: the larger its bias. What fired still fires, whatever the weights."""
    low, high = sorted([threshold, other])
    easy, hard = (PerceptronClassifier.from_weights(w, threshold=t) for t in (low, high))
    assert easy.intercept_[0] >= hard.intercept_[0]
    assert (easy.predict(ROWS) >= hard.predict(ROWS)).all()


@given(weights, whole)
def test_the_bias_is_the_weight_of_an_input_that_is_always_one(w, b):
    with_bias, with_w0 = (
        PerceptronClassifier.from_weights(w, b),
        PerceptronClassifier.from_weights([b, *w]),
    )
    one = np.ones((len(ROWS), 1))
    assert np.array_equal(with_bias.predict(ROWS), with_w0.predict(np.hstack([one, ROWS])))


def test_three_layers_decide_from_decisions():
    journey = PerceptronNetwork.from_wiring(
        ["sun", "warm", "friend", "money", "train"],
        {
            "fine weather": (AND, ["sun", "warm"]),
            "can get there": (OR, ["train", "friend"]),
            "can pay": (OR, ["money", "friend"]),
            "possible": (AND, ["can get there", "can pay"]),
            "worth it": (OR, ["fine weather", "friend"]),
            "go": (AND, ["possible", "worth it"]),
        },
        ["go"],
    )
    rows = to_bits(range(32), 5)
    sun, warm, friend, money, train = rows.astype(bool).T
    possible = (train | friend) & (money | friend)
    worth = (sun & warm) | friend
    assert journey.depth == 3
    assert np.array_equal(journey.predict(rows)[:, 0], possible & worth)


@given(st.floats(-3, 3), st.floats(1e-6, 1e-4), st.booleans())
def test_a_small_change_of_a_bias_moves_a_sigmoid_little_and_a_step_not_at_all_or_over(
    bias, size, up
):
    """As the weight of an input that is always 1; ∂output/∂b = σ'(z)."""
    delta = size if up else -size
    change = change_of_output([1.0, -1.0, bias], 0.0, [1.0, 1.0, 1.0], delta, weight=-1)
    slope = expit(bias) * (1 - expit(bias))
    assert change.sigmoid == pytest.approx(slope * delta, rel=1e-3)
    assert float(change.step) == (bias + delta > 0.0) - float(bias > 0.0)


# --- why sigmoid neurons -----------------------------------------------------------------


def xor_network(seed):
    """Weights and biases of a 2-2-1 network at random, and the four rows of XOR."""
    rng = np.random.default_rng(seed)
    layers = [(rng.normal(0, 1, s), rng.normal(0, 1, s[1])) for s in ((2, 2), (2, 1))]
    return layers, to_bits(range(4), 2), np.array([0, 1, 1, 0])


def sigmoids(layers, c=1.0):
    coefs, intercepts = (
        [c * array for array in arrays] for arrays in zip(*layers, strict=True)
    )
    return SigmoidMLPClassifier.from_weights(coefs, intercepts, cost="quadratic", eta=10.0)


@seeds
def test_in_one_and_the_same_network_steps_have_no_slope_and_sigmoids_have(seed):
    layers, rows, xor = xor_network(seed)
    slopes, h = [], 1e-7
    for place in np.ndindex(2, 2):
        costs = []
        for change in (h, -h):
            W = layers[0][0].copy()
            W[place] += change
            answers = PerceptronNetwork([(W, layers[0][1]), layers[1]]).predict(rows)[:, 0]
            costs.append(np.mean((answers - xor) ** 2) / 2)
        slopes.append((costs[0] - costs[1]) / (2 * h))
    assert slopes == [0.0, 0.0, 0.0, 0.0]
    assert (np.abs(sigmoids(layers).gradient(rows, xor)[0][0]) > 1e-5).any()


@seeds
def test_a_saturated_network_has_hardly_a_gradient(seed):
    layers, rows, xor = xor_network(seed)
    largest = [
        max(np.abs(part).max() for part in sigmoids(layers, c).gradient(rows, xor)[0])
        for c in (1, 1000)
    ]
    assert largest[0] > 1e-4
    assert largest[1] < 1e-9


def test_following_the_slope_sigmoids_learn_what_steps_cannot():
    layers = [
        (np.array([[1.0, -2.0], [-1.0, 0.0]]), np.array([0.8, 0.9])),
        (np.array([[2.0], [-3.0]]), np.array([-0.5])),
    ]
    _, rows, xor = xor_network(0)
    assert not np.array_equal(PerceptronNetwork(layers).predict(rows)[:, 0], xor)
    network = sigmoids(layers)
    for _ in range(300):
        network.partial_fit(rows, xor)
    assert np.array_equal(network.predict(rows), xor)


# --- outputs -----------------------------------------------------------------------------


def test_one_output_tells_a_nine_from_the_rest():
    network = SigmoidMLPClassifier((20,), max_iter=30, tol=None, random_state=0)
    network.fit(X[:1300], y[:1300] == 9)
    assert network.n_outputs_ == 1
    assert network.score(X[1300:], y[1300:] == 9) > 0.95 > np.mean(y[1300:] != 9)
    fires = network.output_activations(X)[:, 0] > 0.5
    assert np.array_equal(fires, network.predict(X))


@given(
    st.integers(0, 9),
    st.floats(0.99, 1.0),
    st.lists(st.floats(0, 0.01), min_size=10, max_size=10),
)
def test_ten_outputs_that_meet_the_books_condition_are_written_in_four_bits(
    digit, right, others
):
    outputs = np.array(others)
    outputs[digit] = right
    layer = binary_output_layer()
    assert from_bits(layer.predict([outputs]))[0] == digit
    sharp = layer.to_mlp(20).output_activations([outputs])
    assert np.abs(sharp - to_bits(digit, 4)).max() < 0.01


@given(st.integers(0, 2**32 - 1))
def test_probabilities_are_the_softmax_of_z_not_the_activations_normalised(seed):
    Z = np.random.default_rng(seed).normal(0, 2, (5, 3))
    network = SigmoidMLPClassifier.from_weights([np.eye(3)], [np.zeros(3)])
    P, A = network.predict_proba(Z), network.output_activations(Z)
    assert pytest.approx(softmax(Z, axis=1)) == P
    assert pytest.approx(expit(Z)) == A
    assert np.abs(A / A.sum(axis=1, keepdims=True) - P).max() > 0.01


class WithoutSlope:
    """The quadratic cost with the book's cost_derivative, ∂C/∂a, where ∂C/∂z is asked for."""

    def value(self, A, Y):
        return ((A - Y) ** 2).sum(axis=1) / 2

    def output_error(self, A, Y):
        return A - Y


class WithSlope(WithoutSlope):
    """The same times σ'(z)."""

    def output_error(self, A, Y):
        return (A - Y) * A * (1 - A)


def test_an_output_error_is_the_books_cost_derivative_times_the_slope_of_the_sigmoid():
    errors = []
    for cost in (WithSlope(), WithoutSlope()):
        network = SigmoidMLPClassifier((5,), cost=cost, max_iter=2, tol=None, random_state=0)
        errors.append(network.fit(X[:100], y[:100]).check_gradient(X[:100], y[:100]))
    assert errors[0] < 1e-7
    assert errors[1] > 0.1


# --- descent -----------------------------------------------------------------------------


@given(st.integers(0, 2**32 - 1), st.integers(2, 30))
def test_no_step_of_the_same_length_is_steeper_than_against_the_gradient(seed, n):
    rng = np.random.default_rng(seed)
    slope, steps = rng.standard_normal(n), rng.standard_normal((100, n))
    steps /= np.linalg.norm(steps, axis=1, keepdims=True)
    against = -slope / np.linalg.norm(slope)
    assert (steps @ slope >= against @ slope - 1e-12).all()
    assert against @ slope == pytest.approx(-np.linalg.norm(slope))


def test_success_may_be_a_maximum_or_a_minimum_that_is_not_the_lowest():
    def hills(v):
        return v**4 - 3 * v**2 + v

    near, far = (minimize(hills, start=start, eta=0.05) for start in (1.0, -1.0))
    assert near.success
    assert far.success
    assert (near.fun, far.fun) == pytest.approx((-1.07, -3.51), abs=0.01)
    top = minimize(lambda v: -(v**2), start=0.0)
    assert top.success
    assert "lowest point" in minimize.__doc__


def network_at_the_start():
    return SigmoidMLPClassifier((15,), random_state=0).partial_fit(
        X[:1], y[:1], classes=range(10)
    )


def test_averaging_over_m_divides_the_variance_of_the_gradient_by_m():
    """And its mean is the whole gradient: that of the sample means, for every m."""
    network, rng = network_at_the_start(), np.random.default_rng(0)

    def last_layer(rows):
        return network.gradient(X[rows], y[rows])[0][1]

    exact = last_layer(slice(None))
    for m in (1, 10, 50):
        guesses = np.array([last_layer(rng.integers(0, len(X), m)) for _ in range(300)])
        variance = ((guesses - exact) ** 2).sum(axis=(1, 2)).mean()
        if m == 1:
            alone = variance
        assert m * variance == pytest.approx(alone, rel=0.1)
        off = np.linalg.norm(guesses.mean(axis=0) - exact)
        assert off < 3 * np.sqrt(variance / 300)


@pytest.mark.parametrize("m", [1, 10, 100])
def test_with_the_mean_one_rate_serves_every_batch_size_with_the_sum_it_does_not(m):
    def score(eta):
        network = SigmoidMLPClassifier((15,), eta=eta, batch_size=m, random_state=0)
        for _ in range(10):
            network.partial_fit(X, y, classes=range(10))
        return network.score(X, y)

    assert score(0.5) > 0.8
    assert (score(0.5 * m) > 0.8) == (m == 1)


def test_a_weight_of_two_is_the_row_twice_for_the_cost_but_not_for_a_step():
    network, twice = network_at_the_start(), network_at_the_start()
    rows, w = np.arange(20), np.ones(20)
    w[3] = 2.0
    repeated = np.r_[rows, 3]
    assert network.total_cost(X[rows], y[rows], w) == pytest.approx(
        network.total_cost(X[repeated], y[repeated])
    )
    network.partial_fit(X[rows], y[rows], sample_weight=w)
    twice.partial_fit(X[repeated], y[repeated])
    assert np.abs(network.coefs_[1] - twice.coefs_[1]).max() > 1e-3
