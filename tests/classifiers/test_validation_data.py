"""`X_val, y_val`: a validation set of one's own, measured after every epoch."""

import pickle

import numpy as np
import pytest
from scipy import sparse
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

NAMES = np.array(["setosa", "versicolor", "virginica"])
X_all, y_all = load_iris(return_X_y=True)
X, X_val, y, y_val = train_test_split(X_all, NAMES[y_all], random_state=0, stratify=y_all)
MLP = SigmoidMLPClassifier((5,), max_iter=12, tol=None, random_state=0)
PERCEPTRON = PerceptronClassifier(max_iter=12, tol=None, random_state=0)
both = pytest.mark.parametrize("estimator", [MLP, PERCEPTRON], ids=["mlp", "perceptron"])


def fitted(estimator, X_val=X_val, **parameters):
    return clone(estimator).set_params(**parameters).fit(X, y, X_val=X_val, y_val=y_val)


@both
def test_score_and_cost_are_those_of_each_epochs_weights(estimator):
    model = fitted(estimator, keep="last")
    assert len(model.validation_scores_) == len(model.validation_loss_curve_) == 12
    stream = clone(estimator)
    for score, cost in zip(model.validation_scores_, model.validation_loss_curve_, strict=True):
        stream.partial_fit(X, y, classes=NAMES)
        assert score == pytest.approx(stream.score(X_val, y_val), abs=1e-12)
        if estimator is MLP:
            assert cost == pytest.approx(stream.total_cost(X_val, y_val), rel=1e-12)
    assert model.best_validation_score_ == max(model.validation_scores_)


@both
def test_measuring_changes_nothing_by_itself(estimator):
    watched, alone = fitted(estimator, keep="last"), clone(estimator).set_params(keep="last")
    assert np.array_equal(watched.decision_function(X), alone.fit(X, y).decision_function(X))


@both
def test_keep_best_goes_by_the_validation_score(estimator):
    model = fitted(estimator, keep="best")
    assert model.score(X_val, y_val) == pytest.approx(model.best_validation_score_)


@both
def test_early_stopping_goes_by_it_and_sets_nothing_aside(estimator):
    options = {"tol": 0.0, "n_iter_no_change": 3, "max_iter": 500, "keep": "last"}
    model = fitted(estimator, early_stopping=True, **options)
    assert model.n_iter_ < 500
    last = model.validation_scores_[-4:]
    assert max(last) <= max(model.validation_scores_[:-4])
    same = fitted(estimator, keep="last", max_iter=model.n_iter_)
    assert np.array_equal(model.decision_function(X), same.decision_function(X))


@both
@pytest.mark.parametrize("container", [sparse.csr_matrix, sparse.csc_array, np.asfortranarray])
def test_validation_data_may_come_in_another_form(estimator, container):
    model = fitted(estimator, X_val=container(X_val))
    assert model.validation_scores_ == fitted(estimator).validation_scores_


@both
def test_wide_sparse_rows_are_validated_with_all_their_columns(estimator):
    wide = sparse.random(40, 900, density=0.01, random_state=0, format="csr")
    labels = np.arange(40) % 3
    parts = wide[:30], labels[:30]
    stream = clone(estimator).set_params(keep="last", max_iter=1)
    model = clone(stream).fit(*parts, X_val=wide[30:], y_val=labels[30:])
    stream.partial_fit(*parts, classes=model.classes_)
    assert model.validation_scores_ == [stream.score(wide[30:], labels[30:])]


@both
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


def test_several_labels_a_sample():
    Y, Y_val = (np.column_stack([t == name for name in NAMES]).astype(int) for t in (y, y_val))
    model = clone(MLP).fit(X, Y, X_val=X_val, y_val=Y_val)
    assert model.validation_scores_[-1] == pytest.approx(model.score(X_val, Y_val))


@both
def test_a_warm_start_goes_on_with_the_curves(estimator):
    whole = fitted(estimator)
    halves = clone(estimator).set_params(max_iter=6, warm_start=True)
    halves.fit(X, y, X_val=X_val, y_val=y_val).fit(X, y, X_val=X_val, y_val=y_val)
    assert halves.validation_scores_ == whole.validation_scores_
    assert np.array_equal(halves.decision_function(X), whole.decision_function(X))


@both
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


@both
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
    for model in (clone(estimator), fitted(estimator)):
        before = pickle.dumps(vars(model))
        with pytest.raises(ValueError, match=match):
            model.fit(X, y, X_val=bad[0], y_val=bad[1])
        assert pickle.dumps(vars(model)) == before
