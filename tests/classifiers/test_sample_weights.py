"""Weights: 0 is absence, 2 is the same row twice, "balanced" weighs classes alike."""

import warnings

import iris_models
import numpy as np
import pytest
from iris_models import fitted, numbers, same
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import balanced_accuracy_score

from sknn_basic import SigmoidMLPClassifier

IRIS, SPECIES = iris_models.X, iris_models.y
X, y = make_classification(40, n_informative=5, n_classes=3, random_state=0)


@pytest.fixture
def unshuffled(estimator):
    return estimator.set_params(max_iter=3, shuffle=False, keep="last")


def scores(model):
    return model.decision_function(X)


def test_weight_zero_is_absence_even_of_the_label(unshuffled):
    absent = (y == 2) | (np.arange(40) % 5 == 0)
    weighted = clone(unshuffled).fit(X, y, sample_weight=np.where(absent, 0.0, 1.0))
    removed = clone(unshuffled).fit(X[~absent], y[~absent])
    assert np.array_equal(weighted.classes_, [0, 1])
    assert np.array_equal(scores(weighted), scores(removed))


def test_weight_two_is_the_row_twice_at_full_batch(unshuffled):
    w = np.arange(40) % 3 + 1
    unshuffled = clone(unshuffled).set_params(batch_size=1000)
    weighted = clone(unshuffled).fit(X, y, sample_weight=w)
    repeated = clone(unshuffled).fit(X.repeat(w, axis=0), y.repeat(w))
    np.testing.assert_allclose(scores(weighted), scores(repeated), rtol=1e-9)


def test_only_the_proportions_of_weights_matter_in_fit(unshuffled):
    w = np.linspace(0.5, 2.0, 40)
    one, other = (clone(unshuffled).fit(X, y, sample_weight=k * w) for k in (1.0, 1e6))
    np.testing.assert_allclose(scores(one), scores(other), rtol=1e-9)


def test_partial_fit_uses_weights_as_they_are_at_every_batch_size(unshuffled):
    for m in (1, 7):
        online = clone(unshuffled).set_params(batch_size=m, eta=0.2)
        slow = clone(online).set_params(eta=0.1)
        slow.partial_fit(X, y, classes=[0, 1, 2], sample_weight=np.full(40, 2.0))
        online.partial_fit(X, y, classes=[0, 1, 2])
        np.testing.assert_allclose(scores(slow), scores(online), rtol=1e-9)


def test_a_batch_without_weight_changes_nothing(unshuffled):
    model = clone(unshuffled).set_params(alpha=0.1, batch_size=10).fit(X, y)
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


def test_a_class_weight_is_a_weight_of_its_samples(unshuffled):
    factors = {0: 1.0, 1: 3.0, 2: 0.5}
    by_class = clone(unshuffled).set_params(class_weight=factors)
    by_class.fit(X, y, sample_weight=np.ones(len(y)))  # then only proportions matter
    by_sample = clone(unshuffled).fit(X, y, sample_weight=[factors[k] for k in y])
    np.testing.assert_allclose(scores(by_class), scores(by_sample), rtol=1e-9)


def test_balanced_is_by_the_counts_of_the_training_set(unshuffled):
    factors = 40 / (3 * np.bincount(y))
    balanced = clone(unshuffled).set_params(class_weight="balanced").fit(X, y)
    by_sample = clone(unshuffled).fit(X, y, sample_weight=factors[y])
    np.testing.assert_allclose(scores(balanced), scores(by_sample), rtol=1e-9)


def test_balanced_in_a_stream_is_by_running_counts(unshuffled):
    balanced = clone(unshuffled).set_params(class_weight="balanced")
    by_hand = clone(unshuffled)
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


def test_the_label_of_a_row_of_weight_0_does_not_matter(estimator):
    """Seen in Perceptron: such labels change when it stops, and so the model."""
    w, wrong = np.ones(150), SPECIES.copy()
    w[::5], wrong[::5] = 0.0, 2
    options = {"tol": 1e-4, "max_iter": 300, "eta": 0.1}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        models = [fitted(estimator, y=labels, w=w, **options) for labels in (SPECIES, wrong)]
        models.append(fitted(estimator, IRIS[w > 0], SPECIES[w > 0], **options))
    assert same(models[0], models[1])
    assert same(models[0], models[2])


def test_sample_weights_do_not_cancel_at_batch_size_1(estimator):
    """Seen in MLPClassifier: weights are normalised inside each batch (#30155)."""
    w = np.where(SPECIES == 2, 9.0, 1.0)
    online = {"batch_size": 1, "shuffle": False}
    assert not same(fitted(estimator, w=w, **online), fitted(estimator, **online))
    one = clone(estimator).set_params(**online)
    rates = {"eta": 9 * estimator.eta}
    weighted = clone(one).partial_fit(
        IRIS[:1], SPECIES[:1], classes=[0, 1, 2], sample_weight=[9.0]
    )
    faster = (
        clone(one).set_params(**rates).partial_fit(IRIS[:1], SPECIES[:1], classes=[0, 1, 2])
    )
    for a, b in zip(numbers(weighted), numbers(faster), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_a_batch_of_weight_0_changes_nothing(estimator):
    """Seen in MLPClassifier: ZeroDivisionError (#30155)."""
    model = fitted(estimator)
    before = [array.copy() for array in numbers(model)]
    model.partial_fit(IRIS[:10], SPECIES[:10], sample_weight=np.zeros(10))
    assert all(map(np.array_equal, numbers(model), before))


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize(
    "weights", ["balanced", pytest.param({0: 20.0, 1: 1.0}, marks=pytest.mark.slow)]
)
def test_classes_have_weights_in_fit_and_in_a_stream(estimator, method, weights):
    """Seen in MLPClassifier: none; SGDClassifier: no "balanced" in partial_fit (#9113)."""
    rng = np.random.default_rng(0)
    rare = np.r_[np.zeros(20, int), np.ones(980, int)]
    rows = rng.standard_normal((1000, 2)) + 1.5 * rare[:, None]
    scores = []
    for chosen in (None, weights):
        model = clone(estimator).set_params(class_weight=chosen, batch_size=1, eta=0.05)
        model.set_params(keep="average")
        if method == "fit":
            model.fit(rows, rare)
        for _ in range(6 * (method == "partial_fit")):
            for chunk in np.array_split(np.random.default_rng(1).permutation(1000), 20):
                model.partial_fit(rows[chunk], rare[chunk], classes=[0, 1])
        scores.append(balanced_accuracy_score(rare, model.predict(rows)))
    assert scores[1] > scores[0] + 0.05 or min(scores) > 0.85


def test_a_row_of_weight_zero_is_absent_where_it_has_several_labels():
    Y = np.column_stack([SPECIES == 0, SPECIES > 0, IRIS[:, 0] > 0]).astype(int)
    absent = np.arange(150) % 5 == 0
    model = SigmoidMLPClassifier((4,), max_iter=3, tol=None, shuffle=False, random_state=0)
    weighted = clone(model).fit(IRIS, Y, sample_weight=np.where(absent, 0.0, 1.0))
    removed = clone(model).fit(IRIS[~absent], Y[~absent])
    assert np.array_equal(weighted.decision_function(IRIS), removed.decision_function(IRIS))


def test_a_class_of_weight_zero_is_absent_but_known(estimator):
    model = (
        clone(estimator).set_params(class_weight={0: 1.0, 1: 1.0, 2: 0.0}).fit(IRIS, SPECIES)
    )
    assert model.classes_.tolist() == [0, 1, 2]
    assert model.t_ == 100 * model.n_iter_
