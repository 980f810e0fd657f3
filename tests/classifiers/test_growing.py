"""Labels that come later: a new output neuron, and everything learnt before stays."""

import pickle

import numpy as np
import pytest
from iris_models import NETWORK, PERCEPTRON
from sklearn.base import clone
from sklearn.datasets import load_iris

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

X, y = load_iris(return_X_y=True)
X = X - X.mean(axis=0)
NAMES = np.array(["ant", "bee", "cat"])


@pytest.fixture
def estimator(estimator):
    return estimator.set_params(batch_size=4)


def learnt(estimator, *classes, dtype=np.float64):
    """The estimator after a few passes over the rows of these classes."""
    rows = np.isin(y, classes)
    model = clone(estimator)
    for _ in range(5):
        model.partial_fit(X[rows].astype(dtype), y[rows], growing=True)
    return model


def met(model, *labels):
    """The same model when these labels were declared: nothing is learnt of them."""
    return pickle.loads(pickle.dumps(model)).partial_fit(
        X[:1], y[:1], classes=list(labels), sample_weight=[0.0], growing=True
    )


def test_the_first_call_needs_no_classes(estimator):
    model = clone(estimator).partial_fit(X[:3], NAMES[[2, 0, 2]], growing=True)
    assert model.classes_.tolist() == ["ant", "cat"]


def test_a_new_class_is_undecided_and_the_others_are_what_they_were(estimator):
    before = learnt(estimator, 0, 2)
    after = met(before, 1)
    z = before.decision_function(X)
    assert after.classes_.tolist() == [0, 1, 2]
    scores = after.decision_function(X)
    np.testing.assert_allclose(scores, np.column_stack([-z, 0 * z, z]), rtol=1e-12)
    fires = z != 0.0  # then one of the two neurons fires
    assert np.array_equal(after.predict(X)[fires], before.predict(X)[fires])

    wider = met(after, 7, -7)
    assert wider.classes_.tolist() == [-7, 0, 1, 2, 7]
    np.testing.assert_allclose(wider.decision_function(X)[:, 1:4], scores, rtol=1e-12)
    assert not wider.decision_function(X)[:, [0, 4]].any()


@pytest.mark.parametrize("new", [-1, 1])
def test_one_class_becomes_two(estimator, new):
    before = clone(estimator).partial_fit(X[:9], np.zeros(9, int), growing=True)
    after = met(before, new)
    sign = -np.sign(new)  # the single neuron fires for the second class
    z = before.decision_function(X)
    np.testing.assert_allclose(after.decision_function(X), sign * z, rtol=1e-12)


def test_a_new_class_is_learnt_and_the_old_ones_are_not_forgotten(estimator):
    model = learnt(estimator, 0, 1)
    for _ in range(60):
        model.partial_fit(X, y, growing=True)
    assert model.score(X, y) > 0.9


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("m", [1, 4])
def test_perceptrons_that_come_later_are_those_declared_from_the_start(m, shuffle):
    rng = np.random.default_rng(0)
    rows, labels = rng.integers(-4, 5, (60, 3)), rng.integers(0, 5, 60)  # exact sums
    labels[:20] = labels[:20] % 3
    labels[:3] = [2, 0, 1]
    chunks = [slice(0, 20), slice(20, 35), slice(35, 60)]
    grown, declared = (
        PerceptronClassifier(batch_size=m, shuffle=shuffle, random_state=0) for _ in range(2)
    )
    for at in chunks:
        grown.partial_fit(rows[at], labels[at], growing=True)
        declared.partial_fit(rows[at], labels[at], classes=range(5))
    assert np.array_equal(grown.coef_, declared.coef_)
    assert np.array_equal(grown.intercept_, declared.intercept_)


def test_momentum_goes_on_for_the_neurons_that_are_there():
    network = SigmoidMLPClassifier((4,), momentum=0.9, random_state=0)
    model = learnt(network, 0, 2)
    after = met(model, 1)
    V, W = model._training.memory.velocity.weights[-1], after._training.memory.velocity
    np.testing.assert_array_equal(W.weights[-1], np.hstack([-V, 0 * V, V]))
    assert after.partial_fit(X, y).coefs_[-1].shape == (4, 3)


def test_float32_stays_float32():
    model = met(learnt(clone(NETWORK).set_params(batch_size=4), 0, 2, dtype=np.float32), 1)
    assert {W.dtype for W in model.coefs_ + model.intercepts_} == {np.dtype(np.float32)}


def test_balanced_counts_go_on():
    model = learnt(clone(PERCEPTRON).set_params(batch_size=4, class_weight="balanced"), 0, 2)
    model.partial_fit(X[y == 1], y[y == 1], growing=True)
    assert model._class_totals.tolist() == [250.0, 50.0, 250.0]


def test_classes_can_be_declared_wider_than_before(estimator):
    model = learnt(estimator, 0, 1).partial_fit(X[:3], y[:3], classes=[0, 1, 9], growing=True)
    assert model.classes_.tolist() == [0, 1, 9]


def test_one_row_of_a_new_class_after_rows_on_the_fast_path(estimator):
    model = learnt(clone(estimator).set_params(batch_size=1), 0, 1)
    model.partial_fit(X[:1], y[:1], growing=True).partial_fit(X[-1:], y[-1:], growing=True)
    assert model.classes_.tolist() == [0, 1, 2]
    assert model.partial_fit(X[-1:], y[-1:]).predict(X).shape == (150,)


@pytest.mark.parametrize(
    ("labels", "options", "match"),
    [
        ([2], {}, "classes not in"),
        (["two"], {"growing": True}, "Mix of label input types"),
        (["two"], {}, "classes not in|Mix|ufunc"),
        ([0.5], {"growing": True}, "Unknown label type"),
        ([0], {"growing": True, "classes": ["a"]}, "Mix of label input types"),
    ],
)
def test_what_cannot_be_a_new_class_changes_nothing(estimator, labels, options, match):
    model = learnt(estimator, 0, 1)
    before = pickle.dumps(model)
    with pytest.raises((ValueError, TypeError), match=match):
        model.partial_fit(X[:1], labels, **options)
    assert pickle.dumps(model) == before


def test_a_matrix_of_labels_cannot_grow():
    with pytest.raises(ValueError, match="growing=True is for one label a sample"):
        clone(NETWORK).partial_fit(X[:2], [[0, 1], [1, 0]], growing=True)
