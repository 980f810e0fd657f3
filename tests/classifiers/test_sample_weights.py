"""Weights: 0 is absence, 2 is the same row twice, "balanced" weighs classes alike."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

X, y = make_classification(40, n_informative=5, n_classes=3, random_state=0)
both = pytest.mark.parametrize(
    "estimator",
    [
        SigmoidMLPClassifier((4,), max_iter=3, tol=None, shuffle=False, random_state=0),
        PerceptronClassifier(max_iter=3, tol=None, shuffle=False, keep="last"),
    ],
    ids=["mlp", "perceptron"],
)


def scores(model):
    return model.decision_function(X)


@both
def test_weight_zero_is_absence_even_of_the_label(estimator):
    absent = (y == 2) | (np.arange(40) % 5 == 0)
    weighted = clone(estimator).fit(X, y, sample_weight=np.where(absent, 0.0, 1.0))
    removed = clone(estimator).fit(X[~absent], y[~absent])
    assert np.array_equal(weighted.classes_, [0, 1])
    assert np.array_equal(scores(weighted), scores(removed))


@both
def test_weight_two_is_the_row_twice_at_full_batch(estimator):
    w = np.arange(40) % 3 + 1
    estimator = clone(estimator).set_params(batch_size=1000)
    weighted = clone(estimator).fit(X, y, sample_weight=w)
    repeated = clone(estimator).fit(X.repeat(w, axis=0), y.repeat(w))
    np.testing.assert_allclose(scores(weighted), scores(repeated), rtol=1e-9)


@both
def test_only_the_proportions_of_weights_matter_in_fit(estimator):
    w = np.linspace(0.5, 2.0, 40)
    one, other = (clone(estimator).fit(X, y, sample_weight=k * w) for k in (1.0, 1e6))
    np.testing.assert_allclose(scores(one), scores(other), rtol=1e-9)


@both
def test_partial_fit_uses_weights_as_they_are_at_every_batch_size(estimator):
    for m in (1, 7):
        online = clone(estimator).set_params(batch_size=m, eta=0.2)
        slow = clone(online).set_params(eta=0.1)
        slow.partial_fit(X, y, classes=[0, 1, 2], sample_weight=np.full(40, 2.0))
        online.partial_fit(X, y, classes=[0, 1, 2])
        np.testing.assert_allclose(scores(slow), scores(online), rtol=1e-9)


@both
def test_a_batch_without_weight_changes_nothing(estimator):
    model = clone(estimator).set_params(alpha=0.1, batch_size=10).fit(X, y)
    before = scores(model)
    model.partial_fit(X[:20], y[:20], sample_weight=np.zeros(20))
    assert np.array_equal(scores(model), before)
    w = np.ones(30)
    w[10:20] = 0
    skipped = clone(model).set_params(warm_start=False).fit(X, y)
    whole = clone(model).fit(X, y)
    skipped.partial_fit(X[:30], y[:30], sample_weight=w)
    whole.partial_fit(X[:10], y[:10]).partial_fit(X[20:30], y[20:30])
    np.testing.assert_allclose(scores(skipped), scores(whole), rtol=1e-9)


@both
def test_a_class_weight_is_a_weight_of_its_samples(estimator):
    factors = {0: 1.0, 1: 3.0, 2: 0.5}
    by_class = clone(estimator).set_params(class_weight=factors).fit(X, y)
    by_sample = clone(estimator).fit(X, y, sample_weight=[factors[k] for k in y])
    np.testing.assert_allclose(scores(by_class), scores(by_sample), rtol=1e-9)


@both
def test_balanced_is_by_the_counts_of_the_training_set(estimator):
    factors = 40 / (3 * np.bincount(y))
    balanced = clone(estimator).set_params(class_weight="balanced").fit(X, y)
    by_sample = clone(estimator).fit(X, y, sample_weight=factors[y])
    np.testing.assert_allclose(scores(balanced), scores(by_sample), rtol=1e-9)


@both
def test_balanced_in_a_stream_is_by_running_counts(estimator):
    balanced = clone(estimator).set_params(class_weight="balanced")
    by_hand = clone(estimator)
    seen = np.zeros(3)
    for start in range(0, 40, 10):
        part = slice(start, start + 10)
        seen += np.bincount(y[part], minlength=3)
        factors = seen.sum() / (np.count_nonzero(seen) * np.maximum(seen, 1))
        balanced.partial_fit(X[part], y[part], classes=[0, 1, 2])
        by_hand.partial_fit(X[part], y[part], classes=[0, 1, 2], sample_weight=factors[y[part]])
    np.testing.assert_allclose(scores(balanced), scores(by_hand), rtol=1e-9)


def test_class_weight_for_a_matrix_of_labels_is_refused():
    Y = np.column_stack([y == 0, y == 1]).astype(int)
    with pytest.raises(ValueError, match="'class_weight' parameter is for one label a sample"):
        SigmoidMLPClassifier(class_weight="balanced").fit(X, Y)
