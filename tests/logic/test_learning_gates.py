"""What perceptrons can learn, with proof: separability, convergence, and noisy data."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.datasets import load_iris
from sklearn.svm import SVC

from sknn_basic import PerceptronClassifier
from sknn_basic.logic import (
    AND,
    NAND,
    NOR,
    NOT,
    OR,
    NotSeparableError,
    is_linearly_separable,
    learn_gate,
    linear_separability,
    to_bits,
)


def test_a_gate_knows_how_many_bits_it_takes():
    assert [gate.n_inputs for gate in (AND, NOT)] == [2, 1]
    assert learn_gate(NAND).predict(to_bits(np.arange(4), 2)).tolist() == [1, 1, 1, 0]
    with pytest.raises(TypeError, match="NAND has 2 inputs, got 3"):
        learn_gate(NAND, 3)


def rows_of(n):
    return to_bits(np.arange(2**n), n)


def tables_of(n):
    return to_bits(np.arange(2 ** (2**n)), 2**n)


# --- separability ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "separable"),
    [(1, 4), (2, 14), pytest.param(3, 104, marks=pytest.mark.slow)],
)
def test_how_many_functions_one_perceptron_can_compute(n, separable):
    assert sum(is_linearly_separable(rows_of(n), table) for table in tables_of(n)) == separable


def assert_proven(X, y, answer):
    """Check the proof in the answer, by arithmetic alone."""
    X, second = np.asarray(X, float), np.asarray(y) == np.unique(y)[1]
    if answer:
        z = X @ answer.weights + answer.bias
        assert (z[second] > 0).all()
        assert (z[~second] < 0).all()
        return
    means = [answer.combination[side] @ X[side] for side in (second, ~second)]
    assert answer.combination.min() >= 0.0
    for side in (second, ~second):
        assert answer.combination[side].sum() == pytest.approx(1.0)
    scale = np.ptp(X, axis=0) + 1e-300
    assert (np.abs(means[0] - means[1]) <= 1e-6 * scale).all()
    np.testing.assert_allclose(answer.point, means[0])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    arrays(
        np.int8, st.tuples(st.integers(2, 12), st.integers(1, 3)), elements=st.integers(-3, 3)
    ),
    st.integers(1, 2**12 - 2),
)
def test_either_answer_has_a_proof(X, labels):
    y = to_bits(labels % 2 ** len(X), len(X))
    if y.min() == y.max():
        y[0] = 1 - y[0]
    assert_proven(X, y, linear_separability(X, y))


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1.0, 1e9])
@pytest.mark.parametrize("shift", [0.0, 1e4])
def test_the_answer_does_not_depend_on_units(scale, shift):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((40, 2))
    y = X @ [1.0, -2.0] > 0.1
    moved = (X + shift) * scale
    assert_proven(moved, y, linear_separability(moved, y))
    assert is_linearly_separable(moved, y)
    y[0] = not y[0]
    y[1:4] = ~y[1:4]
    assert is_linearly_separable(moved, y) == is_linearly_separable(X, y)


def test_each_of_many_classes_against_the_others():
    X, y = load_iris(return_X_y=True)
    assert is_linearly_separable(X, y == 0)
    assert not is_linearly_separable(X, y)
    assert is_linearly_separable(X[y == 1], y[y == 1])
    corners = np.array([[0, 0], [5, 0], [0, 5]])
    assert is_linearly_separable(corners, ["a", "b", "c"])


@pytest.mark.parametrize(
    ("X", "y", "match"),
    [
        ([[0], [1]], [0, 0], "y must have two classes, got 1"),
        ([[0], [1], [2]], [0, 1, 2], "y must have two classes, got 3"),
        ([[0], [np.nan]], [0, 1], "NaN"),
        ([[0], [1]], [0.5, 1.5], "Unknown label type"),
        ([[0], [1]], [0], "inconsistent"),
    ],
)
def test_bad_input(X, y, match):
    with pytest.raises(ValueError, match=match):
        linear_separability(X, y)


# --- learning a gate ---------------------------------------------------------------------


@pytest.mark.parametrize("gate", [AND, OR, NAND, NOR, NOT], ids=lambda gate: gate.name)
def test_a_learnt_gate_and_the_one_made_by_hand_agree(gate):
    rows = rows_of(len(gate.weights))
    for seed in range(10):
        learnt = learn_gate(gate, len(gate.weights), random_state=seed)
        assert np.array_equal(learnt.predict(rows), gate(*rows.T))
        assert np.array_equal(learnt.predict(rows), gate.to_classifier().predict(rows))
        assert learnt.converged_


@pytest.mark.parametrize(
    ("n", "every"), [(1, 1), (2, 1), (3, 5), pytest.param(3, 1, marks=pytest.mark.slow)]
)
def test_every_table_is_learnt_or_proved_to_be_impossible(n, every):
    rows = rows_of(n)
    for table in tables_of(n)[::every]:
        try:
            gate = learn_gate(table, random_state=0)
        except NotSeparableError as error:
            assert not is_linearly_separable(rows, table)
            assert_proven(rows, table, error.proof)
        else:
            assert np.array_equal(gate.predict(rows), table)


def test_exclusive_or_says_why_not():
    with pytest.raises(NotSeparableError, match="not linearly separable") as caught:
        learn_gate([0, 1, 1, 0])
    assert caught.value.proof.point.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("table", "match"),
    [
        ([0, 1, 1], "2, 4, 8, … rows"),
        ([[0, 1], [1, 1]], "A gate has one output"),
        ([0, 2], "must hold 0 and 1"),
    ],
)
def test_what_is_no_gate(table, match):
    with pytest.raises(ValueError, match=match):
        learn_gate(table)


# --- the convergence theorem -------------------------------------------------------------


@pytest.mark.parametrize("times", [50, pytest.param(200, marks=pytest.mark.slow)])
def test_no_more_mistakes_than_the_theorem_allows(times):
    """At most (R/γ)²: R the longest row, γ the margin of any hyperplane (Novikoff, 1962)."""
    rng = np.random.default_rng(0)
    for _ in range(times):
        n, d = rng.integers(2, 40), rng.integers(1, 6)
        X = rng.standard_normal((n, d)) * rng.uniform(0.1, 10)
        w, b = rng.standard_normal(d), rng.standard_normal()
        z = X @ w + b
        X, y = X[np.abs(z) > 0.05], z[np.abs(z) > 0.05] > 0
        if len(np.unique(y)) < 2:
            continue
        model = PerceptronClassifier(batch_size=1, max_iter=10**6, random_state=0).fit(X, y)
        assert model.converged_
        rows = np.column_stack([X, np.ones(len(X))])  # the bias learns as a weight of 1
        found = linear_separability(X, y)
        best = SVC(kernel="linear", C=1e6).fit(X, y)
        planes = [
            np.append(found.weights, found.bias),
            np.append(best.coef_, best.intercept_),
        ]
        margins = [(np.where(y, 1, -1) * (rows @ v)).min() / np.linalg.norm(v) for v in planes]
        longest = np.linalg.norm(rows, axis=1).max()
        assert sum(model.mistakes_) <= (longest / max(margins)) ** 2


# --- the pocket and the average ----------------------------------------------------------


@pytest.mark.slow
def test_the_average_is_better_on_noise_and_the_pocket_never_worse_on_its_data():
    """The pocket is compared at the ends of epochs, where it looks."""
    scores = {"last": [], "best": [], "average": []}
    for seed in range(20):
        rng = np.random.default_rng(seed)
        X = rng.standard_normal((1200, 10))
        y = X @ rng.standard_normal(10) > 0
        train, test = slice(0, 400), slice(400, None)
        noisy = y[train] ^ (rng.random(400) < 0.1)
        mistakes = {}
        for keep, accuracies in scores.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model = PerceptronClassifier(
                    batch_size=1, max_iter=20, keep=keep, random_state=seed
                ).fit(X[train], noisy)
            accuracies.append(model.score(X[test], y[test]))
            mistakes[keep] = np.sum(model.predict(X[train]) != noisy)
        assert mistakes["best"] <= mistakes["last"]
    assert np.mean(scores["average"]) > np.mean(scores["last"]) + 0.03
