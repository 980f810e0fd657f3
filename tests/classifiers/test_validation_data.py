"""Validation sets, one's own or a part of the training data, measured after every epoch."""

import pickle

import numpy as np
import pytest
from iris_models import NETWORK
from scipy import sparse
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from sknn_basic import SigmoidMLPClassifier
from sknn_basic._classifiers.data import split

NAMES = np.array(["setosa", "versicolor", "virginica"])
X_all, y_all = load_iris(return_X_y=True)
X, X_val, y, y_val = train_test_split(X_all, NAMES[y_all], random_state=0, stratify=y_all)


@pytest.fixture
def estimator(estimator):
    return estimator.set_params(max_iter=12)


def validated(estimator, X_val=X_val, **parameters):
    return clone(estimator).set_params(**parameters).fit(X, y, X_val=X_val, y_val=y_val)


def test_score_and_cost_are_those_of_each_epochs_weights(estimator):
    model = validated(estimator, keep="last")
    assert len(model.validation_scores_) == len(model.validation_loss_curve_) == 12
    stream = clone(estimator)
    for score, cost in zip(model.validation_scores_, model.validation_loss_curve_, strict=True):
        stream.partial_fit(X, y, classes=NAMES)
        assert score == pytest.approx(stream.score(X_val, y_val), abs=1e-12)
        if isinstance(estimator, SigmoidMLPClassifier):
            assert cost == pytest.approx(stream.total_cost(X_val, y_val), rel=1e-12)
    assert model.best_validation_score_ == max(model.validation_scores_)


def test_measuring_changes_nothing_by_itself(estimator):
    watched, alone = validated(estimator, keep="last"), clone(estimator).set_params(keep="last")
    assert np.array_equal(watched.decision_function(X), alone.fit(X, y).decision_function(X))


def test_keep_best_goes_by_the_validation_score(estimator):
    model = validated(estimator, keep="best")
    assert model.score(X_val, y_val) == pytest.approx(model.best_validation_score_)


def test_early_stopping_goes_by_it_and_sets_nothing_aside(estimator):
    options = {"tol": 0.0, "n_iter_no_change": 3, "max_iter": 500, "keep": "last"}
    model = validated(estimator, early_stopping=True, **options)
    assert model.n_iter_ < 500
    last = model.validation_scores_[-4:]
    assert max(last) <= max(model.validation_scores_[:-4])
    same = validated(estimator, keep="last", max_iter=model.n_iter_)
    assert np.array_equal(model.decision_function(X), same.decision_function(X))


@pytest.mark.parametrize("container", [sparse.csr_matrix, sparse.csc_array, np.asfortranarray])
def test_validation_data_may_come_in_another_form(estimator, container):
    model = validated(estimator, X_val=container(X_val))
    assert model.validation_scores_ == validated(estimator).validation_scores_


def test_wide_sparse_rows_are_validated_with_all_their_columns(estimator):
    wide = sparse.random(40, 900, density=0.01, random_state=0, format="csr")
    labels = np.arange(40) % 3
    parts = wide[:30], labels[:30]
    stream = clone(estimator).set_params(keep="last", max_iter=1)
    model = clone(stream).fit(*parts, X_val=wide[30:], y_val=labels[30:])
    stream.partial_fit(*parts, classes=model.classes_)
    assert model.validation_scores_ == [stream.score(wide[30:], labels[30:])]


@pytest.mark.parametrize("weight", [{"setosa": 3.0, "virginica": 0.5}, "balanced"])
def test_class_weights_weigh_the_validation_set_too(estimator, weight):
    rows = np.r_[np.flatnonzero(y != "setosa"), np.flatnonzero(y == "setosa")[:10]]
    model = clone(estimator).set_params(class_weight=weight, keep="last")
    model.fit(X[rows], y[rows], X_val=X_val, y_val=y_val)
    if weight == "balanced":
        counts = {name: np.sum(y[rows] == name) for name in NAMES}
        weight = {name: len(rows) / (3 * count) for name, count in counts.items()}
    w = [weight.get(name, 1.0) for name in y_val]
    assert model.validation_scores_[-1] == pytest.approx(model.score(X_val, y_val, w))


def test_a_validation_set_of_several_labels_per_sample():
    Y, Y_val = (np.column_stack([t == name for name in NAMES]).astype(int) for t in (y, y_val))
    model = clone(NETWORK).fit(X, Y, X_val=X_val, y_val=Y_val)
    assert model.validation_scores_[-1] == pytest.approx(model.score(X_val, Y_val))


def test_a_warm_start_goes_on_with_the_curves(estimator):
    whole = validated(estimator)
    halves = clone(estimator).set_params(max_iter=6, warm_start=True)
    halves.fit(X, y, X_val=X_val, y_val=y_val).fit(X, y, X_val=X_val, y_val=y_val)
    assert halves.validation_scores_ == whole.validation_scores_
    assert np.array_equal(halves.decision_function(X), whole.decision_function(X))


def test_a_pipeline_transforms_it(estimator):
    with config_context(enable_metadata_routing=True):
        last = clone(estimator).set_fit_request(X_val=True, y_val=True)
        steps = [("scale", StandardScaler()), ("classify", last)]
        pipe = Pipeline(steps, transform_input=["X_val"])
        pipe.fit(X, y, X_val=X_val, y_val=y_val)
    scale = StandardScaler().fit(X)
    alone = clone(estimator)
    alone.fit(scale.transform(X), y, X_val=scale.transform(X_val), y_val=y_val)
    assert pipe[-1].validation_scores_ == alone.validation_scores_


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        ((X_val, None), "given together, got no y_val"),
        ((None, y_val), "given together, got no X_val"),
        ((X_val[:, :3], y_val), "X_val, y_val: X has 3 features"),
        ((X_val * np.nan, y_val), "X_val, y_val: Input X contains NaN"),
        ((X_val, y_val[:-1]), "X_val, y_val: Found input variables with inconsistent"),
        ((X_val, np.full(len(X_val), "rosa")), "X_val, y_val: `y` has classes not in"),
        ((X_val[:0], y_val[:0]), "X_val, y_val: Found array with 0 sample"),
    ],
)
def test_bad_validation_data_is_named_and_changes_nothing(estimator, bad, match):
    for model in (clone(estimator), validated(estimator)):
        before = pickle.dumps(vars(model))
        with pytest.raises(ValueError, match=match):
            model.fit(X, y, X_val=bad[0], y_val=bad[1])
        assert pickle.dumps(vars(model)) == before


def test_a_validation_set_of_ones_own(estimator):
    """Seen in MLPClassifier: none, and only accuracy (#18748, #24411, #18507)."""
    model = clone(estimator).fit(X, y, X_val=X_val, y_val=y_val)
    assert len(model.validation_scores_) == len(model.validation_loss_curve_) == 12
    early = clone(estimator).set_params(early_stopping=True)
    early.partial_fit(X, y, classes=NAMES).partial_fit(X, y)
    assert early.n_iter_ == 2


@pytest.mark.parametrize("seed", range(5))
def test_a_validation_set_has_every_class_in_proportion(seed):
    labels = np.repeat([0, 1, 2], [120, 20, 10])
    kept, held = split(labels, np.arange(150), 0.1, seed, stratified=True)
    assert np.bincount(labels[held]).tolist() == [12, 2, 1]
    assert np.bincount(labels[kept]).tolist() == [108, 18, 9]


@pytest.mark.parametrize(
    ("labels", "fraction"),
    [
        ([0] * 149 + [1], 0.1),  # a single sample cannot be in both parts
        (np.arange(150) // 2, 0.1),  # nor can 75 classes be in 15 samples,
        (np.arange(150) // 2, 0.9),  # whichever part these are
    ],
)
def test_a_validation_set_of_too_few_rows_for_every_class(labels, fraction):
    model = SigmoidMLPClassifier((), early_stopping=True, max_iter=1, tol=None)
    model.set_params(validation_fraction=fraction).fit(X_all, labels)
    assert model.t_ == 150 - round(150 * fraction)
