"""Ten classes on ten neurons, on four, or on a code of one's own: decoded alike."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit, logit
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris
from sklearn.model_selection import GridSearchCV

from sknn_basic import SigmoidMLPClassifier
from sknn_basic.output_codes import binary, class_scores, code_table, entropies, one_hot

X, y = load_iris(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
NAMES = np.array(["ant", "bee", "cat"])
OWN = np.array([[0, 0, 1, 1], [0, 1, 0, 1], [1, 1, 1, 0]])
SOFT = np.array([[0.1, 0.1], [0.1, 0.9], [0.9, 0.5]])
LINE = np.array([[0.0], [0.5], [1.0]])
CODES = {"one_hot": one_hot(3), "binary": binary(3), "own": OWN, "soft": SOFT, "line": LINE}
codes = pytest.mark.parametrize("name", CODES)


def network(name, **parameters):
    code = name if name in ("one_hot", "binary") else CODES[name]
    settings = {"max_iter": 60, "tol": None, "random_state": 0} | parameters
    return SigmoidMLPClassifier((6,), output_code=code, **settings)


@pytest.mark.parametrize(
    ("n", "bits"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (10, 4), (17, 5)]
)
def test_the_binary_code_has_as_few_neurons_as_can_be(n, bits):
    code = binary(n)
    assert code.shape == (n, bits)
    if n > 1:
        assert [int("".join(str(int(bit)) for bit in row), 2) for row in code] == list(range(n))


def test_two_classes_have_one_neuron_in_either_code():
    assert np.array_equal(binary(2), one_hot(2))


@codes
def test_every_code_is_learnt(name):
    model = network(name).fit(X, NAMES[y])
    assert model.n_outputs_ == CODES[name].shape[1]
    assert model.score(X, NAMES[y]) > 0.95


@codes
def test_probabilities_are_those_of_the_code_words(name):
    """Π (a_j / c_j)^c_j ((1 − a_j) / (1 − c_j))^(1 − c_j), normalised over the classes."""
    model = network(name, max_iter=5).fit(X, y)
    A, code = X, CODES[name]
    for W, b in zip(model.coefs_, model.intercepts_, strict=True):
        A = expit(A @ W + b)
    least = np.prod(code**code * (1 - code) ** (1 - code), axis=1)  # e^(−entropy): 1 for bits
    words = np.prod(A[:, None] ** code * (1 - A[:, None]) ** (1 - code), axis=2) / least
    P = words / words.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_proba(X), P, rtol=1e-9)
    np.testing.assert_allclose(model.predict_log_proba(X), np.log(P), rtol=1e-9)
    assert np.array_equal(model.predict(X), P.argmax(axis=1))
    np.testing.assert_allclose(
        np.diff(model.decision_function(X)), np.diff(np.log(P)), rtol=1e-6, atol=1e-9
    )


@codes
def test_nothing_underflows(name):
    model = network(name, max_iter=5).fit(X, y)
    model.coefs_[-1] *= 1e4
    P, log_P = model.predict_proba(X), model.predict_log_proba(X)
    assert np.isfinite(P).all()
    np.testing.assert_allclose(P.sum(axis=1), 1.0)
    assert np.isfinite(log_P).all()


@codes
def test_streams_pickles_and_weights_are_as_ever(name):
    model = network(name, max_iter=6, class_weight="balanced", momentum=0.5)
    w = np.arange(150) % 3
    parts = clone(model).set_params(max_iter=3, warm_start=True).fit(X, y, w)
    parts = pickle.loads(pickle.dumps(parts)).fit(X, y, w)
    assert np.array_equal(parts.decision_function(X), model.fit(X, y, w).decision_function(X))
    plain = network(name, max_iter=4).fit(X, y)
    stream = clone(plain)
    for _ in range(4):
        stream.partial_fit(X, y, classes=[0, 1, 2])
    assert np.array_equal(plain.decision_function(X), stream.decision_function(X))
    assert plain.total_cost(X, y) > 0
    assert plain.check_gradient(X, y) < 1e-8


tables = arrays(
    float, st.tuples(st.integers(2, 5), st.integers(1, 4)), elements=st.floats(0, 1)
)


@given(tables)
def test_a_row_that_the_outputs_meet_is_the_answer(code):
    """Also one that is a mean of others: it is nearest where the neurons say just that."""
    code = np.unique(code.round(3), axis=0)
    Z = logit(np.clip(code, 1e-9, 1 - 1e-9))
    assert np.array_equal(class_scores(Z, code).argmax(axis=1), np.arange(len(code)))


@given(tables)
def test_bits_have_no_entropy(code):
    assert not entropies(code.round()).any()
    assert (entropies(code) >= 0).all()


def test_two_classes_on_three_neurons():
    code = [[0, 0, 1], [1, 1, 0]]
    model = SigmoidMLPClassifier((4,), output_code=code, max_iter=40, tol=None, random_state=0)
    model.fit(X, y == 1)
    scores = model.decision_function(X)
    assert scores.shape == (150,)
    assert np.array_equal(model.predict(X), scores > 0)
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], expit(scores))


def test_a_search_over_codes():
    """The lecture's question, ten outputs or four, is one grid search."""
    digits, labels = load_digits(return_X_y=True)
    model = SigmoidMLPClassifier((20,), max_iter=15, tol=None, random_state=0)
    search = GridSearchCV(model, {"output_code": ["one_hot", "binary"]}, cv=3)
    search.fit(digits / 16, labels)
    assert search.best_params_ == {"output_code": "one_hot"}
    assert min(search.cv_results_["mean_test_score"]) > 0.8


def test_the_callers_table_is_not_kept():
    code = OWN.astype(float)
    model = SigmoidMLPClassifier((3,), output_code=code, max_iter=2, tol=None).fit(X, y)
    assert not np.shares_memory(code, code_table(model.output_code, 3))


@pytest.mark.parametrize(
    ("code", "match"),
    [
        ("gray", "The 'output_code' parameter"),
        (3, "The 'output_code' parameter"),
        (OWN[:2], "output_code must have one row for each of 3 classes"),
        (OWN[:, 0], "output_code must have one row for each of 3 classes"),
        (OWN[:, :0], "output_code must have one row for each of 3 classes"),
        (OWN[[0, 1, 0]], "output_code must have different rows"),
        (2 * OWN, "output_code must hold numbers from 0 to 1"),
        (OWN * np.nan, "output_code must hold numbers from 0 to 1"),
    ],
)
def test_what_is_no_code(code, match):
    model = SigmoidMLPClassifier((3,), output_code=code)
    for call in (lambda: model.fit(X, y), lambda: model.partial_fit(X, y, classes=[0, 1, 2])):
        with pytest.raises(ValueError, match=match):
            call()
        assert not hasattr(model, "classes_")


def test_a_fitted_network_keeps_its_number_of_outputs():
    model = network("one_hot").fit(X, y).set_params(output_code="binary")
    with pytest.raises(ValueError, match="output_code='binary' needs 2 output neurons"):
        model.partial_fit(X, y)
    assert model.set_params(warm_start=False).fit(X, y).n_outputs_ == 2


def test_what_needs_a_neuron_a_class():
    with pytest.raises(
        ValueError, match="output_code must be 'one_hot' where y is a 0/1 matrix"
    ):
        network("binary").fit(X, np.eye(3, dtype=int)[y])
    with pytest.raises(ValueError, match="growing=True adds an output neuron a class"):
        network("binary").partial_fit(X, y, growing=True)


def test_weights_by_hand_with_a_code():
    W, b = np.array([[50.0, 0.0], [0.0, 50.0]]), np.array([-25.0, -25.0])
    words = ["none", "right", "left", "both"]
    model = SigmoidMLPClassifier.from_weights([W], [b], words, output_code="binary")
    rows = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    assert model.predict(rows).tolist() == words
    with pytest.raises(ValueError, match="output_code='binary' needs 3 output neurons"):
        SigmoidMLPClassifier.from_weights([W], [b], list("abcde"), output_code="binary")
