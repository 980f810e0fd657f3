"""Proves that validation data are judged by the metric that `scoring` names."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.metrics import balanced_accuracy_score, f1_score, get_scorer, make_scorer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.model_selection import FusedGridSearchCV

IRIS = load_iris()
X, y = IRIS.data, IRIS.target_names[IRIS.target]
TRAIN, HELD_OUT = np.arange(0, 150, 2), np.arange(1, 150, 2)
NETWORK = SigmoidMLPClassifier((4,), eta=0.1, max_iter=8, tol=None, random_state=0)
PERCEPTRON = PerceptronClassifier(max_iter=8, tol=None, random_state=0)

both = pytest.mark.parametrize(
    "estimator", [NETWORK, PERCEPTRON], ids=["network", "perceptron"]
)


def validated(estimator, **parameters):
    """Trained on one half of the iris, and validated on the other."""
    model = clone(estimator).set_params(**parameters)
    return model.fit(X[TRAIN], y[TRAIN], X_val=X[HELD_OUT], y_val=y[HELD_OUT])


def after_epochs(estimator, **parameters):
    """The model after 1, 2, … epochs."""
    return [
        clone(estimator).set_params(max_iter=k, keep="last", **parameters)
        for k in range(1, estimator.max_iter + 1)
    ]


@both
def test_by_default_it_is_the_accuracy(estimator):
    default, named = validated(estimator), validated(estimator, scoring="accuracy")
    assert default.validation_scores_ == pytest.approx(named.validation_scores_)


@both
def test_the_loss_is_the_cost_negated(estimator):
    model = validated(estimator, scoring="loss", keep="best")
    scores = model.validation_scores_
    assert scores == [-cost for cost in model.validation_loss_curve_]
    assert model.best_validation_score_ == max(scores)


@pytest.mark.parametrize(
    ("estimator", "metric"),
    [
        (NETWORK, "neg_log_loss"),
        (NETWORK, "roc_auc_ovr"),
        (NETWORK, "f1_macro"),
        (PERCEPTRON, "balanced_accuracy"),
    ],
)
def test_the_score_is_that_of_the_model_after_each_epoch(estimator, metric):
    told, scorer = validated(estimator, scoring=metric).validation_scores_, get_scorer(metric)
    for score, model in zip(told, after_epochs(estimator), strict=True):
        model.fit(X[TRAIN], y[TRAIN])
        assert score == pytest.approx(scorer(model, X[HELD_OUT], y[HELD_OUT]))


@both
def test_a_callable_gets_the_rows_and_labels_that_were_given(estimator):
    seen = []

    def spy(model, X_val, y_val):
        seen.append((X_val, y_val, model.predict(X_val), model))
        return len(seen) / 10

    model = validated(estimator, scoring=spy, keep="best")
    assert model.validation_scores_ == [k / 10 for k in range(1, 9)]
    for (X_val, y_val, told, fitted), alone in zip(seen, after_epochs(estimator), strict=True):
        assert np.array_equal(X_val, X[HELD_OUT])
        assert np.array_equal(y_val, y[HELD_OUT])
        assert np.array_equal(told, alone.fit(X[TRAIN], y[TRAIN]).predict(X[HELD_OUT]))
        assert np.array_equal(fitted.classes_, model.classes_)
        assert type(fitted) is type(model)


@both
def test_the_best_weights_are_the_best_by_the_metric(estimator):
    wished = [0.1, 0.2, 0.7, 0.3, 0.6, 0.1, 0.1, 0.1]
    scores = iter(wished)
    model = validated(estimator, scoring=lambda *_: next(scores), keep="best")
    third = clone(estimator).set_params(max_iter=3, keep="last").fit(X[TRAIN], y[TRAIN])
    assert np.array_equal(model.decision_function(X), third.decision_function(X))


@both
def test_early_stopping_goes_by_the_metric(estimator):
    scores = iter([0.1, 0.5, 0.5, 0.4, 0.5, 0.9])
    model = clone(estimator).set_params(
        early_stopping=True, tol=1e-4, n_iter_no_change=2, scoring=lambda *_: next(scores)
    )
    assert model.fit(X, y).n_iter_ == 5


def test_sample_weights_reach_the_scorer_and_those_of_classes_do_not():
    seen = []

    def spy(model, X_val, y_val, sample_weight=None):
        seen.append(sample_weight)
        return 0.0

    w = np.linspace(1.0, 2.0, 150)
    weights = dict.fromkeys(IRIS.target_names, 7.0)
    model = clone(NETWORK).set_params(early_stopping=True, scoring=spy, max_iter=1)
    model.fit(X, y, sample_weight=w)
    model.set_params(class_weight=weights).fit(X, y, sample_weight=w)
    assert len(seen[0]) == 15
    assert np.isin(seen[0], w).all()
    assert np.array_equal(seen[0], seen[1])
    model.fit(X, y)
    assert seen[2] is None


def test_scorers_of_scikit_learn_get_the_weights():
    w = np.where(y == "setosa", 5.0, 1.0)
    model = clone(NETWORK).set_params(early_stopping=True, scoring="f1_macro", max_iter=1)
    plain = clone(model).fit(X, y).validation_scores_
    assert model.fit(X, y, sample_weight=w).validation_scores_ != plain


def test_several_labels_a_row():
    rng = np.random.default_rng(0)
    data, labels = rng.standard_normal((60, 3)), rng.integers(0, 2, (60, 2))
    model = clone(NETWORK).set_params(scoring=make_scorer(f1_score, average="macro"))
    model.fit(data, labels, X_val=data, y_val=labels)
    wanted = f1_score(labels, model.predict(data), average="macro")
    assert model.validation_scores_[-1] == pytest.approx(wanted)


def test_frames_and_sparse_rows():
    frame = pd.DataFrame(X, columns=IRIS.feature_names)
    one = clone(NETWORK).set_params(scoring="balanced_accuracy", early_stopping=True)
    other = clone(one).fit(sparse.csr_array(X), y)
    assert one.fit(frame, y).validation_scores_ == pytest.approx(other.validation_scores_)


# --- what cannot be ----------------------------------------------------------------------


@both
@pytest.mark.parametrize(
    ("scoring", "message"),
    [
        ("acuracy", "acuracy"),
        (7, "'scoring' parameter of .* must be"),
        (lambda *_: np.nan, "'scoring' parameter of .* finite number .* gave nan"),
        (lambda *_: "good", "finite number .* gave 'good'"),
        (lambda *_: {"f1": 1.0}, "finite number"),
    ],
    ids=["unknown", "number", "nan", "text", "several"],
)
def test_a_bad_metric_is_named_and_nothing_is_lost(estimator, scoring, message):
    model = clone(estimator).fit(X, y)
    before = model.decision_function(X)
    model.set_params(scoring=scoring)
    with pytest.raises(ValueError, match=message):
        model.fit(X, y, X_val=X, y_val=y)
    assert np.array_equal(model.decision_function(X), before)


def test_without_validation_data_nobody_is_asked():
    def never(*_):
        raise AssertionError

    clone(NETWORK).set_params(scoring=never, keep="best").fit(X, y)


@both
def test_a_changed_metric_judges_anew(estimator):
    model = clone(estimator).set_params(warm_start=True, keep="best", early_stopping=True)
    model.set_params(scoring="accuracy").fit(X, y)
    model.set_params(scoring="loss").fit(X, y)
    assert len(model.validation_scores_) == 8
    assert model.best_validation_score_ == max(model.validation_scores_) <= 0.0
    again = len(model.set_params(scoring="loss").fit(X, y).validation_scores_)
    assert again == 16  # the same metric goes on


def test_a_scorer_may_change_what_it_is_given():
    def vandal(model, X_val, y_val):
        for array in (*model.coefs_, *model.intercepts_):
            array.fill(0.0)
        return 0.0

    spoilt, alone = validated(NETWORK, scoring=vandal), validated(NETWORK)
    assert np.array_equal(spoilt.decision_function(X), alone.decision_function(X))


@pytest.mark.parametrize("scoring", [lambda *_: 0.5, "adjusted_rand_score"])
def test_what_takes_no_weights_gets_none(scoring):
    model = clone(NETWORK).set_params(early_stopping=True, scoring=scoring)
    model.fit(X, IRIS.target, sample_weight=np.linspace(1, 2, 150))
    assert len(model.validation_scores_) == 8


def test_accuracy_and_cost_weigh_classes_and_named_metrics_do_not():
    weights = {"setosa": 1.0, "versicolor": 5.0, "virginica": 1.0}
    weighted = validated(NETWORK, class_weight=weights)
    named = validated(NETWORK, class_weight=weights, scoring="accuracy")
    answers = weighted.predict(X[HELD_OUT]) == y[HELD_OUT]
    counts = np.vectorize(weights.get)(y[HELD_OUT])
    assert weighted.validation_scores_[-1] == pytest.approx(np.average(answers, weights=counts))
    assert named.validation_scores_[-1] == pytest.approx(answers.mean())


@both
def test_a_misspelt_name_is_told_without_validation_too(estimator):
    match = rf"'scoring' parameter of {type(estimator).__name__} must be .* Got 'acuracy'"
    with pytest.raises(ValueError, match=match):
        clone(estimator).set_params(scoring="acuracy").fit(X, y)


# --- in searches -------------------------------------------------------------------------


@pytest.mark.parametrize("scoring", ["balanced_accuracy", "loss"])
def test_in_searches(scoring):
    network = clone(NETWORK).set_params(early_stopping=True, keep="best", scoring=scoring)
    pipe = make_pipeline(StandardScaler(), network)
    grid = {"sigmoidmlpclassifier__eta": [0.1, 1.0, 3.0]}
    plain = GridSearchCV(pipe, grid, cv=2).fit(X, y)
    fused = FusedGridSearchCV(pipe, grid, cv=2).fit(X, y)
    name = "mean_test_score"
    assert np.array_equal(plain.cv_results_[name], fused.cv_results_[name])


def test_imbalance_is_what_it_is_for():
    rng = np.random.default_rng(0)
    labels = (rng.random(400) < 0.1).astype(int)
    data = rng.standard_normal((400, 2)) + labels[:, None]
    model = clone(NETWORK).set_params(
        keep="best", scoring="balanced_accuracy", max_iter=30, class_weight="balanced"
    )
    model.fit(data[:200], labels[:200], X_val=data[200:], y_val=labels[200:])
    reached = balanced_accuracy_score(labels[200:], model.predict(data[200:]))
    assert model.best_validation_score_ == pytest.approx(reached)
