"""A fused search does all that scikit-learn's does; `eta_curve` tells what it should."""

import math
import pickle
from unittest import mock

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.datasets import load_iris, load_wine
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.model_selection import (
    EtaCurve,
    FusedGridSearchCV,
    FusedRandomizedSearchCV,
    eta_curve,
    members,
    run,
)

X, y = load_iris(return_X_y=True)
NETWORK = SigmoidMLPClassifier((4,), batch_size=10, max_iter=3, tol=None, random_state=0)
ETAS = [0.01, 0.03, 0.1]


def assert_same_results(one, other):
    assert list(one.cv_results_) == list(other.cv_results_)
    for key, values in one.cv_results_.items():
        if "time" not in key:
            np.testing.assert_array_equal(other.cv_results_[key], values)


def both(estimator, grid, *data, fit_params=None, **how):
    """A plain search and a fused one."""
    fit_params = fit_params or {}
    plain = GridSearchCV(estimator, grid, **how).fit(*data, **fit_params)
    fused = FusedGridSearchCV(estimator, grid, **how).fit(*data, **fit_params)
    assert_same_results(plain, fused)
    assert {*vars(plain)} == {*vars(fused)}
    return plain, fused


@pytest.fixture
def groups(monkeypatch):
    """The sizes of the groups that are fitted."""
    sizes, fit_group = [], run.fit_group

    def noted(X, y, fit_params, group, folds):
        sizes.append(len(group))
        return fit_group(X, y, fit_params, group, folds)

    monkeypatch.setattr(run, "fit_group", noted)
    return sizes


class Counting(TransformerMixin, BaseEstimator):
    """Multiplies by `factor`, and counts how often it was fitted."""

    fits = 0

    def __init__(self, factor=1.0):
        self.factor = factor

    def fit(self, X, y=None):
        Counting.fits += 1
        self.fitted_ = True
        return self

    def transform(self, X):
        return X * self.factor


# --- groups -----------------------------------------------------------------------------


def test_what_differs_in_more_than_its_rates_is_fitted_in_groups_of_its_own(groups):
    grid = {"eta": ETAS, "batch_size": [5, 10], "hidden_layer_sizes": [(3,), (4,)]}
    both(NETWORK, grid, X, y, cv=3)
    assert groups == [9] * 4


def test_other_estimators_in_the_grid_are_fitted_plainly(groups):
    pipeline = make_pipeline(StandardScaler(), NETWORK)
    name = "sigmoidmlpclassifier"
    grid = [
        {f"{name}__eta": ETAS},
        {name: [SVC(), PerceptronClassifier(max_iter=3, tol=None, random_state=0)]},
    ]
    both(pipeline, grid, X, y, cv=3, scoring="accuracy")
    assert sorted(groups) == [3, 9]


@pytest.mark.parametrize("how", [{"random_state": None}, {"verbose": 1}, {"warm_start": True}])
def test_what_stands_alone_is_fitted_plainly(groups, how, capsys):
    FusedGridSearchCV(clone(NETWORK).set_params(**how), {"eta": ETAS}, cv=2).fit(X, y)
    assert groups == []


def test_transformers_are_fitted_once_a_fold_for_each_of_their_values(groups):
    pipeline = make_pipeline(Counting(), NETWORK)
    grid = {"counting__factor": [0.1, 1.0], "sigmoidmlpclassifier__eta": ETAS}
    Counting.fits = 0
    FusedGridSearchCV(pipeline, grid, cv=3, refit=False).fit(X, y)
    assert Counting.fits == 2 * 3
    assert groups == [9, 9]
    both(pipeline, grid, X, y, cv=3)


@pytest.mark.filterwarnings("ignore:One or more of the test scores:UserWarning")
def test_a_transformer_that_fails_fails_its_candidates_alone():
    pipeline = make_pipeline(MinMaxScaler(), NETWORK)
    grid = {"minmaxscaler__feature_range": [(0, 1), (1, 0)], "sigmoidmlpclassifier__eta": ETAS}
    search = FusedGridSearchCV(pipeline, grid, cv=3)
    with pytest.warns(FitFailedWarning, match="9 fits failed"):
        search.fit(X, y)
    failed = np.isnan(search.cv_results_["mean_test_score"])
    assert failed.tolist() == [False] * 3 + [True] * 3


def test_memory_bounds_how_many_are_trained_at_a_time(groups, monkeypatch):
    monkeypatch.setattr(members, "MOST_BYTES", 16 * 1024)
    both(NETWORK, {"eta": [*ETAS, 0.2, 0.3]}, X, y, cv=3)
    assert sum(groups) == 15
    assert 1 < max(groups) < 15


def test_the_time_of_a_fit_is_its_share_of_the_groups():
    with mock.patch.object(members.time, "perf_counter", side_effect=[0.0, *[90.0] * 9]):
        search = FusedGridSearchCV(NETWORK, {"eta": ETAS}, cv=3, refit=False).fit(X, y)
    assert (search.cv_results_["mean_fit_time"] >= 10.0).all()
    assert (search.cv_results_["mean_fit_time"] < 11.0).all()


# --- as scikit-learn does -------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [2, 3])
def test_jobs_change_nothing(jobs):
    both(NETWORK, {"eta": ETAS, "batch_size": [10, 150]}, X, y, cv=3, n_jobs=jobs)


def test_scores_of_several_metrics_and_of_the_training_rows():
    how = {"scoring": ["accuracy", "f1_macro"], "refit": "f1_macro", "return_train_score": True}
    plain, fused = both(NETWORK, {"eta": ETAS}, X, y, cv=3, **how)
    assert fused.best_params_ == plain.best_params_
    assert fused.scorer_.keys() == plain.scorer_.keys()


def test_a_scorer_is_given_the_fitted_estimator_itself():
    def told(estimator, X, y):
        assert type(estimator) is SigmoidMLPClassifier
        return estimator.n_iter_

    search = FusedGridSearchCV(NETWORK, {"eta": ETAS}, scoring=told, refit=False).fit(X, y)
    assert (search.cv_results_["mean_test_score"] == 3).all()


def test_weights_go_to_the_fits_and_the_scorer():
    w = np.random.default_rng(0).integers(0, 3, len(y)).astype(float)
    both(NETWORK, {"eta": ETAS}, X, y, cv=3, fit_params={"sample_weight": w})
    pipeline = make_pipeline(StandardScaler(), NETWORK)
    params = {"sigmoidmlpclassifier__sample_weight": w}
    both(pipeline, {"sigmoidmlpclassifier__eta": ETAS}, X, y, cv=3, fit_params=params)


def test_metadata_are_routed(groups):
    w = np.random.default_rng(0).integers(1, 3, len(y)).astype(float)
    with config_context(enable_metadata_routing=True):
        network = clone(NETWORK).set_fit_request(sample_weight=True)
        network.set_score_request(sample_weight=True)
        both(network, {"eta": ETAS}, X, y, cv=3, fit_params={"sample_weight": w})
        assert groups == [9]
        with pytest.raises(ValueError, match="not explicitly set as requested"):
            FusedGridSearchCV(NETWORK, {"eta": ETAS}).fit(X, y, sample_weight=w)


def test_frames_keep_their_names():
    frame = load_wine(as_frame=True)
    pipeline = make_pipeline(StandardScaler().set_output(transform="pandas"), NETWORK)
    for estimator, grid in (
        (pipeline, {"sigmoidmlpclassifier__eta": ETAS}),
        (clone(NETWORK), {"eta": [0.001, 0.01]}),
    ):
        data = frame.data / frame.data.max(), frame.target
        _, fused = both(estimator, grid, *data, cv=3)
        assert list(fused.feature_names_in_) == list(frame.data)


@pytest.mark.filterwarnings("ignore:One or more of the test scores:UserWarning")
@pytest.mark.parametrize("error_score", [np.nan, -1.0])
def test_a_candidate_that_diverges_has_the_error_score(error_score):
    search = FusedGridSearchCV(NETWORK, {"eta": [0.1, 1e200]}, cv=3, error_score=error_score)
    with pytest.warns(FitFailedWarning, match="Training diverged in epoch 1"):
        search.fit(X, y)
    np.testing.assert_equal(search.cv_results_["mean_test_score"][1], error_score)
    with pytest.raises(ValueError, match="Training diverged"):
        search.set_params(error_score="raise").fit(X, y)


def test_a_fold_may_lack_a_class():
    both(NETWORK, {"eta": ETAS}, X, y, cv=KFold(3))


def test_folds_that_are_drawn_anew_are_drawn_once():
    cv = KFold(3, shuffle=True, random_state=np.random.RandomState(0))
    plain = GridSearchCV(NETWORK, {"eta": ETAS}, cv=clone(cv, safe=False)).fit(X, y)
    fused = FusedGridSearchCV(NETWORK, {"eta": ETAS}, cv=cv).fit(X, y)
    assert_same_results(plain, fused)


def test_an_interrupt_ends_the_search_and_leaves_it_usable():
    search = FusedGridSearchCV(NETWORK, {"eta": ETAS})
    with (
        mock.patch.object(run, "fit_group", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        search.fit(X, y)
    assert search.estimator is NETWORK
    assert search.cv is None
    assert not hasattr(search, "best_estimator_")
    assert search.fit(X, y).best_score_ > 0


def test_what_is_printed_is_printed_by_scikit_learn(capsys):
    FusedGridSearchCV(NETWORK, {"eta": ETAS}, cv=3, verbose=3, refit=False).fit(X, y)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Fitting 3 folds for each of 3 candidates, totalling 9 fits"
    assert lines[1].startswith("[CV 1/3] END")
    assert "eta=0.01;, score=" in lines[1]
    assert len(lines) == 10


def test_with_callbacks_every_fit_is_told_of(groups):
    callback = pytest.importorskip("sklearn.callback", reason="callbacks came with 1.9")
    monitor = callback.ScoringMonitor(scoring="accuracy")
    network = clone(NETWORK).set_callbacks(monitor)
    FusedGridSearchCV(network, {"eta": ETAS}, cv=3, refit=False).fit(X, y)
    assert groups == []


def test_a_search_can_be_cloned_pickled_and_searched_by_chance():
    search = FusedGridSearchCV(NETWORK, {"eta": ETAS}, cv=3).fit(X, y)
    again = pickle.loads(pickle.dumps(search))
    assert np.array_equal(again.predict(X), search.predict(X))
    assert_same_results(clone(search).fit(X, y), search)
    assert repr(search).startswith("FusedGridSearchCV(")
    drawn = FusedRandomizedSearchCV(NETWORK, {"eta": ETAS}, n_iter=2, random_state=0).fit(X, y)
    assert len(drawn.cv_results_["params"]) == 2


# --- η at a glance --------------------------------------------------------------------------


def test_the_curve_tells_what_each_rate_leads_to():
    curve = eta_curve(NETWORK, X / 10, y, etas=[1e-4, 0.1, 1.0, 1e200], epochs=3, cv=2)
    assert curve.costs.shape == curve.scores.shape == (4, 2)
    assert np.isinf(curve.costs[3]).all()
    assert np.isnan(curve.scores[3]).all()
    for k, eta in enumerate([1e-4, 0.1, 1.0]):
        network = clone(NETWORK).set_params(eta=eta)
        plain = GridSearchCV(network, {}, cv=2, refit=False).fit(X / 10, y)
        assert curve.scores[k].mean() == plain.cv_results_["mean_test_score"][0]


def test_a_network_starts_with_the_cost_of_its_first_weights():
    curve = eta_curve(NETWORK, X / 10, y, etas=[1e-12])
    assert curve.costs[0, 0] == pytest.approx(curve.start, rel=1e-6)
    assert curve.diverges_from == math.inf or curve.costs[0, 0] >= curve.start


@pytest.mark.parametrize(
    ("costs", "low", "high", "diverges_from"),
    [
        ([0.9, 0.5, 0.3, 0.1, 3.0], 0.1, 5.0, 100.0),
        ([0.9, 0.8, 0.7, 0.6, 0.5], 1.0, 50.0, math.inf),
        ([1.5, 2.0, 3.0, math.inf, math.inf], 0.0005, 0.005, 0.01),
        ([0.1, 0.2, math.inf, math.inf, math.inf], 0.005, 0.05, 1.0),
    ],
)
def test_the_range_worth_searching(costs, low, high, diverges_from):
    etas, costs = np.array([0.01, 0.1, 1.0, 10.0, 100.0]), np.array(costs)[:, None]
    curve = EtaCurve(etas, costs, costs, start=1.0)
    assert (curve.low, curve.high, curve.diverges_from) == (low, high, diverges_from)
    grid = curve.grid(4)
    assert len(grid) == 4
    assert grid[0] == pytest.approx(low, rel=0.05)
    assert grid[-1] == pytest.approx(high, rel=0.05)


def test_a_curve_of_a_pipeline_and_of_several_labels():
    pipeline = make_pipeline(StandardScaler(), clone(NETWORK).set_params(random_state=None))
    assert eta_curve(pipeline, X, y, etas=[0.1, 0.01]).etas.tolist() == [0.01, 0.1]
    Y = np.random.default_rng(0).integers(0, 2, (len(X), 3))
    assert eta_curve(NETWORK, X / 10, Y, etas=[0.1]).costs.shape == (1, 1)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"etas": [0.1, -1.0]}, r"etas must be positive numbers in one dimension, got \[0.1"),
        ({"epochs": 0}, "epochs == 0, must be >= 1"),
        ({"classifier": SVC()}, "classifier must be a SigmoidMLPClassifier or a Pipeline"),
    ],
)
def test_a_bad_parameter_is_named(how, message):
    with pytest.raises(ValueError, match=message):
        eta_curve(**{"classifier": NETWORK, "X": X, "y": y} | how)


def test_the_display_draws_the_curve():
    from sknn_basic.plotting import EtaCurveDisplay

    display = EtaCurveDisplay.from_estimator(NETWORK, X / 10, y, etas=[0.1, 1.0, 1e200])
    costs = display.line_.get_ydata()
    assert np.isfinite(costs).tolist() == [True, True, False]
    assert display.ax_.get_xscale() == "log"
    again = EtaCurveDisplay(display.curve).plot(display.ax_, label="again")
    assert again.ax_ is display.ax_
    assert again.line_.get_color() != display.line_.get_color()


# --- what is odd is as scikit-learn has it ----------------------------------------------


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("kind", [NETWORK, PerceptronClassifier(max_iter=3, tol=None)])
def test_each_fit_draws_from_a_generator_of_its_own(kind, n_jobs):
    estimator = clone(kind).set_params(random_state=np.random.RandomState(0))
    both(estimator, {"eta": [0.01, 0.1]}, X, y, cv=3, n_jobs=n_jobs)


@pytest.mark.filterwarnings("ignore:One or more of the test scores")
@pytest.mark.parametrize("sizes", [None, "abc", ("a",), (4, None)])
def test_a_candidate_with_impossible_sizes_fails_alone(sizes):
    grid = {"hidden_layer_sizes": [(4,), sizes], "eta": ETAS}
    with pytest.warns(FitFailedWarning):
        both(NETWORK, grid, X, y, cv=2)


@pytest.mark.filterwarnings("ignore:One or more of the test scores")
def test_steps_that_are_no_pipeline_fail_alone():
    pipeline = make_pipeline(StandardScaler(), clone(NETWORK))
    twice = [("s", StandardScaler()), ("s", clone(NETWORK))]
    with pytest.warns(FitFailedWarning):
        both(pipeline, {"steps": [pipeline.steps, twice]}, X, y, cv=2)


class OnlyEta(SigmoidMLPClassifier):
    def __init__(self, eta=0.5):
        super().__init__((4,), eta=eta, max_iter=3, tol=None, random_state=0)


def test_a_subclass_with_a_constructor_of_its_own_is_fitted_plainly():
    both(OnlyEta(), {"eta": [0.01, 0.1]}, X, y, cv=2)


class Boom(StandardScaler):
    def fit_transform(self, X, y=None):
        raise ValueError("boom")


def test_an_error_that_all_candidates_share_is_told_once():
    etas = np.geomspace(0.01, 1.0, 12)
    pipeline = make_pipeline(Boom(), clone(NETWORK))
    search = FusedGridSearchCV(pipeline, {"sigmoidmlpclassifier__eta": etas}, cv=3)
    with pytest.raises(ValueError, match="All the 36 fits failed") as told:
        search.fit(X, y)
    assert str(told.value).count("ValueError: boom") == 1


def test_whole_numbers_are_converted_once_for_all_members():
    pixels, labels = np.ones((20, 4), np.uint8), np.arange(20) % 2
    member = members.Member(NETWORK, 0, np.arange(9))
    _, (X_train, *_), _ = members._fold(pixels, labels, {}, member)
    assert X_train.dtype == np.float64


def test_folds_may_be_ranges():
    curve = eta_curve(NETWORK, X, y, cv=[(range(0, 150, 2), range(1, 150, 2))])
    assert curve.costs.shape == (16, 1)


@pytest.mark.parametrize("etas", [0.1, [[0.1]], [0.0, 1.0]])
def test_rates_of_another_form_are_refused(etas):
    with pytest.raises(ValueError, match="etas must be positive numbers in one dimension"):
        eta_curve(NETWORK, X, y, etas=etas)


def test_so_few_rows_that_no_class_fits_into_each_part_are_enough():
    assert len(eta_curve(NETWORK, X[:10], [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]).etas) == 16


def test_a_warning_of_many_rates_comes_once():
    with pytest.warns(UserWarning, match="The inputs are large.* eta=0.001") as caught:
        curve = eta_curve(NETWORK, 1000.0 * X, y, cv=3)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert curve.costs.shape == (16, 3)


def test_steps_before_the_classifier_are_fitted_once_a_fold_for_all_groups(groups, monkeypatch):
    pipeline = make_pipeline(Counting(), NETWORK)
    name = "sigmoidmlpclassifier__"
    grid = {f"{name}batch_size": [5, 10, 20], f"{name}eta": ETAS}
    fits = []
    for most in (2**26, 1024):
        monkeypatch.setattr(members, "MOST_BYTES", most)
        Counting.fits = 0
        FusedGridSearchCV(pipeline, grid, cv=3, refit=False).fit(X, y)
        fits.append(Counting.fits)
    assert fits[0] == 3 < fits[1]  # what does not fit into memory is made again
    assert len(groups) > 3
    both(pipeline, grid, X, y, cv=3)


def test_momentum_and_l2_share_a_group(groups):
    grid = {"eta": ETAS, "alpha": [0.0, 1e-3, 1e-2], "momentum": [0.0, 0.3, 0.6]}
    both(NETWORK, grid, X, y, cv=2)
    assert groups == [2 * 27]
