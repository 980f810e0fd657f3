"""Proves that scikit-learn's meta-estimators, routing and tools do with both classifiers what
would be done by hand: they are fitted, weighted, copied and asked as any other classifier.
"""

import copy
import gc
import pickle
import re
from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from scipy import sparse
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits, load_iris, load_wine, make_classification
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - switches it on
from sklearn.feature_selection import RFE, SelectFromModel
from sklearn.frozen import FrozenEstimator
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    HalvingGridSearchCV,
    PredefinedSplit,
    RandomizedSearchCV,
    StratifiedKFold,
    cross_validate,
    learning_curve,
    validation_curve,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.utils import estimator_html_repr, get_tags

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

X, y = load_iris(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
NAMES = np.array(["setosa", "versicolor", "virginica"])
DIGITS, DIGIT_LABELS = (part[:300] for part in load_digits(return_X_y=True))
WINE, WINES = load_wine(return_X_y=True)
WINE = (WINE - WINE.mean(axis=0)) / WINE.std(axis=0)
CV = StratifiedKFold(3, shuffle=True, random_state=0)
WEIGHT = np.random.default_rng(0).choice([0.0, 0.5, 1.0, 4.0], 150)

MLP = SigmoidMLPClassifier((5,), batch_size=8, max_iter=20, tol=None, random_state=0)
PERCEPTRON = PerceptronClassifier(batch_size=8, max_iter=20, tol=None, random_state=0)


@pytest.fixture
def estimator(estimator):
    return estimator.set_params(batch_size=8, max_iter=20)


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def layers_of(model):
    """Weights and biases as a flat list of arrays."""
    if isinstance(model, PerceptronClassifier):
        return [model.coef_, model.intercept_]
    return [*model.coefs_, *model.intercepts_]


def assert_same_model(one, other):
    assert np.array_equal(one.classes_, other.classes_)
    for a, b in zip(layers_of(one), layers_of(other), strict=True):
        np.testing.assert_array_equal(a, b)


# --- ensembles ---------------------------------------------------------------------------


def test_adaboost_weighs_the_samples_as_by_hand(estimator):
    weak = clone(estimator).set_params(max_iter=3)
    boosted = AdaBoostClassifier(weak, n_estimators=10, random_state=0).fit(X, y)
    w = np.full(150, 1 / 150)
    for member, its_weight in zip(
        boosted.estimators_, boosted.estimator_weights_, strict=False
    ):
        assert_same_model(clone(member).fit(X, y, sample_weight=w), member)
        w = np.exp(np.log(w) + its_weight * (member.predict(X) != y))
        w /= w.sum()
    assert len(boosted.estimators_) > 1
    assert boosted.score(X, y) >= clone(weak).fit(X, y).score(X, y)
    assert boosted.score(X, y) > 0.9


def test_bagging_fits_each_member_with_its_draws_as_weights(estimator):
    bag = BaggingClassifier(estimator, n_estimators=5, max_features=3, random_state=0)
    bag.fit(X, y)
    members = zip(
        bag.estimators_, bag.estimators_samples_, bag.estimators_features_, strict=True
    )
    for member, drawn, features in members:
        times = np.bincount(drawn, minlength=150)
        again = clone(member).fit(X[:, features], y, sample_weight=times)
        assert_same_model(again, member)
    assert bag.score(X, y) > 0.9


def test_bagging_averages_the_probabilities():
    bag = BaggingClassifier(MLP, n_estimators=4, random_state=0).fit(X, NAMES[y])
    mean = np.mean([member.predict_proba(X) for member in bag.estimators_], axis=0)
    np.testing.assert_allclose(bag.predict_proba(X), mean, rtol=1e-12)


def test_a_vote_is_the_majority_of_its_voters(estimator):
    voters = [
        (str(k), clone(estimator).set_params(random_state=k, eta=0.1 + k)) for k in range(3)
    ]
    vote = VotingClassifier(voters).fit(X, NAMES[y])
    answers = np.array([model.fit(X, NAMES[y]).predict(X) for _, model in voters])
    counts = np.array([(answers == name).sum(axis=0) for name in NAMES])
    assert np.array_equal(vote.predict(X), NAMES[counts.argmax(axis=0)])
    assert vote.score(X, NAMES[y]) > 0.9


def test_a_soft_vote_is_the_mean_probability_and_passes_weights():
    voters = [("a", MLP), ("b", clone(MLP).set_params(cost="quadratic"))]
    vote = VotingClassifier(voters, voting="soft", weights=[1, 3])
    vote.fit(X, y, sample_weight=WEIGHT)
    each = [clone(m).fit(X, y, sample_weight=WEIGHT).predict_proba(X) for _, m in voters]
    np.testing.assert_allclose(vote.predict_proba(X), (each[0] + 3 * each[1]) / 4, rtol=1e-12)


def test_a_stack_learns_from_what_its_members_say(estimator):
    other = clone(estimator).set_params(batch_size=50)
    stack = StackingClassifier([("a", estimator), ("b", other)], LogisticRegression(), cv=CV)
    stack.fit(X, y)
    method = (
        "predict_proba" if isinstance(estimator, SigmoidMLPClassifier) else "decision_function"
    )
    said = [getattr(clone(m).fit(X, y), method)(X) for m in (estimator, other)]
    np.testing.assert_array_equal(stack.transform(X), np.hstack(said))
    assert stack.score(X, y) > 0.93


@pytest.mark.parametrize("ensemble", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_calibration_makes_probabilities_of_scores(estimator, ensemble):
    model = CalibratedClassifierCV(estimator, cv=CV, ensemble=ensemble).fit(X, NAMES[y])
    P = model.predict_proba(X)
    np.testing.assert_allclose(P.sum(axis=1), 1.0, rtol=1e-12)
    assert log_loss(NAMES[y], P) < 0.45
    assert model.score(X, NAMES[y]) > 0.9


def test_calibration_passes_weights_on(estimator):
    model = CalibratedClassifierCV(estimator, cv=CV).fit(X, y, sample_weight=WEIGHT)
    for (train, _), part in zip(CV.split(X, y), model.calibrated_classifiers_, strict=True):
        by_hand = clone(estimator).fit(X[train], y[train], sample_weight=WEIGHT[train])
        assert_same_model(part.estimator, by_hand)


def test_calibration_leaves_a_frozen_model_alone(estimator):
    model = clone(estimator).fit(X, y)
    before = pickle.dumps(model)
    calibrated = CalibratedClassifierCV(FrozenEstimator(model), cv=CV).fit(X, y)
    assert pickle.dumps(model) == before
    assert calibrated.score(X, y) > 0.9


def test_a_fixed_threshold_is_applied_to_the_score():
    for estimator, method, threshold in [
        (MLP, "predict_proba", 0.2),
        (PERCEPTRON, "decision_function", 1.5),
    ]:
        model = FixedThresholdClassifier(estimator, threshold=threshold, response_method=method)
        model.fit(X, y == 2)
        scores = getattr(clone(estimator).fit(X, y == 2), method)(X)
        scores = scores[:, 1] if method == "predict_proba" else scores
        assert np.array_equal(model.predict(X), scores >= threshold)


# --- one classifier for each class, pair or column ---------------------------------------


def test_one_perceptron_a_class_is_one_versus_the_rest():
    side_by_side = clone(PERCEPTRON).set_params(keep="last", max_iter=3)
    apart = OneVsRestClassifier(side_by_side).fit(DIGITS, DIGIT_LABELS)
    together = clone(side_by_side).fit(DIGITS, DIGIT_LABELS)
    for k, single in enumerate(apart.estimators_):
        assert np.array_equal(single.coef_[0], together.coef_[k])  # integers: exact sums
    np.testing.assert_array_equal(
        apart.decision_function(DIGITS), together.decision_function(DIGITS)
    )


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_one_versus_the_rest(estimator, container):
    model = OneVsRestClassifier(estimator).fit(container(X), NAMES[y])
    for k, single in enumerate(model.estimators_):
        by_hand = clone(estimator).fit(container(X), (y == k).astype(int))
        assert_same_model(single, by_hand)
    assert model.score(container(X), NAMES[y]) > 0.85


def test_one_versus_one(estimator):
    model = OneVsOneClassifier(estimator).fit(X, y)
    pairs = [(0, 1), (0, 2), (1, 2)]
    for (i, j), single in zip(pairs, model.estimators_, strict=True):
        rows = (y == i) | (y == j)
        assert_same_model(single, clone(estimator).fit(X[rows], (y[rows] == j).astype(int)))
    assert model.score(X, y) > 0.93


@pytest.mark.parametrize("meta", [OneVsRestClassifier, OneVsOneClassifier])
def test_a_stream_reaches_every_one_of_them(estimator, meta):
    parts = np.array_split(np.random.default_rng(0).permutation(178), 5)
    stream = meta(estimator)
    for part in parts * 4:
        stream.partial_fit(WINE[part], WINES[part], classes=[0, 1, 2])
    assert stream.score(WINE, WINES) > 0.95
    assert {single.n_iter_ for single in stream.estimators_} == {20}


COLUMNS = np.column_stack([NAMES[y], np.where(X[:, 0] > 0, "long", "short")])


def test_several_columns_of_labels(estimator):
    model = MultiOutputClassifier(estimator).fit(X, COLUMNS, sample_weight=WEIGHT)
    for k, single in enumerate(model.estimators_):
        by_hand = clone(estimator).fit(X, COLUMNS[:, k], sample_weight=WEIGHT)
        assert_same_model(single, by_hand)
    assert (model.predict(X) == COLUMNS).mean() > 0.85
    stream = MultiOutputClassifier(estimator)
    for _ in range(2):
        stream.partial_fit(X, COLUMNS, classes=[np.unique(c) for c in COLUMNS.T])
    twice = clone(estimator).partial_fit(X, COLUMNS[:, 1], classes=["long", "short"])
    assert_same_model(stream.estimators_[1], twice.partial_fit(X, COLUMNS[:, 1]))


def test_a_chain_sees_the_labels_before(estimator):
    Y = np.column_stack([y == 2, X[:, 0] > 0, y == 0]).astype(int)
    chain = ClassifierChain(estimator, order=[2, 0, 1]).fit(X, Y)
    by_hand = clone(estimator).fit(np.column_stack([X, Y[:, 2], Y[:, 0]]), Y[:, 1])
    assert_same_model(chain.estimators_[2], by_hand)
    assert (chain.predict(X) == Y).mean() > 0.9


# --- few labels, many features -----------------------------------------------------------


@pytest.mark.parametrize(
    "estimator", [MLP, CalibratedClassifierCV(PERCEPTRON, cv=2)], ids=["mlp", "perceptron"]
)
def test_self_training_labels_the_rest(estimator):
    some = np.where(np.arange(178) % 8 == 0, WINES, -1)
    model = SelfTrainingClassifier(estimator, threshold=0.6).fit(WINE, some)
    given = some >= 0
    assert np.array_equal(model.transduction_[given], WINES[given])
    assert (model.labeled_iter_ > 0).sum() > 80
    assert model.score(WINE, WINES) > 0.9


def test_self_training_needs_probabilities():
    with pytest.raises((AttributeError, ValueError), match="predict_proba"):
        SelfTrainingClassifier(PERCEPTRON).fit(X, np.where(np.arange(150) % 2, y, -1))


def few_of_many():
    """Ten features, of which the first three tell the class."""
    return make_classification(
        200,
        10,
        n_informative=3,
        n_redundant=0,
        n_clusters_per_class=1,
        class_sep=3.0,
        shuffle=False,
        random_state=1,
    )


@pytest.mark.parametrize("classes", [2, 3])
def test_features_are_selected_by_the_perceptrons_weights(classes):
    rows, labels = few_of_many() if classes == 2 else (X, y)
    averaged = clone(PERCEPTRON).set_params(keep="average")
    weights = np.linalg.norm(averaged.fit(rows, labels).coef_, axis=0, ord=1)
    chosen = SelectFromModel(averaged, threshold=-np.inf, max_features=2).fit(rows, labels)
    assert set(np.flatnonzero(chosen.get_support())) == set(np.argsort(weights)[-2:])


def test_recursive_elimination_finds_the_features_that_matter():
    rows, labels = few_of_many()
    averaged = clone(PERCEPTRON).set_params(keep="average")
    chosen = RFE(averaged, n_features_to_select=2).fit(rows, labels)
    assert set(np.flatnonzero(chosen.support_)) <= {0, 1, 2}
    assert chosen.score(rows, labels) > 0.95


def test_a_network_names_its_first_weights_as_importance():
    rows, labels = few_of_many()
    with pytest.raises((ValueError, AttributeError), match="coef_"):
        RFE(MLP).fit(rows, labels)
    by = {"importance_getter": lambda model: np.abs(model.coefs_[0]).sum(axis=1)}
    chosen = RFE(clone(MLP).set_params(alpha=0.01), n_features_to_select=3, **by)
    assert chosen.fit(rows, labels).score(rows, labels) > 0.9


def test_permutation_importance_tells_signal_from_noise(estimator):
    rows, labels = few_of_many()
    model = clone(estimator).fit(rows, labels)
    found = permutation_importance(model, rows, labels, n_repeats=3, random_state=0)
    assert found.importances_mean[:3].max() > 0.1
    assert np.abs(found.importances_mean[3:]).max() < 0.05


# --- measuring and searching -------------------------------------------------------------


def test_cross_validation_is_a_loop_over_the_splits(estimator):
    found = cross_validate(estimator, X, y, cv=CV, return_estimator=True)
    for k, (train, test) in enumerate(CV.split(X, y)):
        by_hand = clone(estimator).fit(X[train], y[train])
        assert_same_model(found["estimator"][k], by_hand)
        assert found["test_score"][k] == by_hand.score(X[test], y[test])
    assert found["test_score"].mean() > 0.85


def test_an_incremental_learning_curve_is_a_stream(estimator):
    sizes, _, scores = learning_curve(
        estimator, X, y, cv=CV, train_sizes=[20, 60, 100], exploit_incremental_learning=True
    )
    for fold, (train, test) in enumerate(CV.split(X, y)):
        model = clone(estimator)
        for k, part in enumerate(np.split(train, sizes)[:-1]):
            model.partial_fit(X[part], y[part], classes=np.unique(y))
            assert scores[k, fold] == model.score(X[test], y[test])


def test_a_learning_curve_rises(estimator):
    how = {"cv": CV, "train_sizes": [10, 100], "shuffle": True, "random_state": 0}
    _, _, scores = learning_curve(estimator, X, y, **how)
    assert scores[1].mean() > max(0.85, scores[0].mean() - 0.02)


def test_a_validation_curve_over_eta(estimator):
    rates = [1e-4, 0.5]
    _, scores = validation_curve(estimator, X, y, param_name="eta", param_range=rates, cv=CV)
    for eta, row in zip(rates, scores, strict=True):
        again = cross_validate(clone(estimator).set_params(eta=eta), X, y, cv=CV)
        assert np.array_equal(row, again["test_score"])
    if isinstance(estimator, SigmoidMLPClassifier):  # η only scales a perceptron
        assert scores[0].mean() < 0.7 < scores[1].mean()
    else:
        assert np.array_equal(scores[0], scores[1])


def test_a_random_search_keeps_the_best(estimator):
    choices = {"eta": [1e-4, 0.3, 1.0], "batch_size": [1, 8, 100], "keep": ["last", "average"]}
    search = RandomizedSearchCV(estimator, choices, n_iter=6, cv=CV, random_state=0).fit(X, y)
    assert search.best_score_ == search.cv_results_["mean_test_score"].max() > 0.9
    best = clone(estimator).set_params(**search.best_params_).fit(X, y)
    assert_same_model(search.best_estimator_, best)


def test_halving_may_spend_epochs(estimator):
    search = HalvingGridSearchCV(
        estimator,
        {"eta": [1e-4, 0.1, 0.5, 1.0]},
        resource="max_iter",
        min_resources=2,
        max_resources=18,
        cv=CV,
        random_state=0,
    ).fit(X, y)
    assert search.n_resources_ == [2, 6]
    assert search.best_estimator_.n_iter_ == search.best_params_["max_iter"]
    assert search.best_score_ > 0.8


def test_threads_find_what_one_finds(estimator):
    search = GridSearchCV(estimator, {"eta": [0.1, 1.0], "alpha": [0.0, 0.01]}, cv=CV)
    one = clone(search).fit(X, y)
    with joblib.parallel_config(backend="threading", n_jobs=4):
        many = clone(search).fit(X, y)
    assert_same_model(one.best_estimator_, many.best_estimator_)
    key = "split0_test_score"
    assert np.array_equal(one.cv_results_[key], many.cv_results_[key])


# --- metadata routing --------------------------------------------------------------------


@pytest.mark.usefixtures("routing")
def test_weights_pass_through_a_pipeline(estimator):
    scaler = StandardScaler().set_fit_request(sample_weight=False)
    asks = clone(estimator).set_fit_request(sample_weight=True)
    model = make_pipeline(scaler, asks).fit(X, y, sample_weight=WEIGHT)
    scaled = StandardScaler().fit_transform(X)
    assert_same_model(model[-1], clone(estimator).fit(scaled, y, sample_weight=WEIGHT))
    with pytest.raises(UnsetMetadataPassedError, match="sample_weight"):
        make_pipeline(scaler, clone(estimator)).fit(X, y, sample_weight=WEIGHT)


@pytest.mark.usefixtures("routing")
def test_validation_data_pass_through_a_pipeline_transformed(estimator):
    train, held = np.arange(150) % 3 > 0, np.arange(150) % 3 == 0
    asks = clone(estimator).set_params(keep="best").set_fit_request(X_val=True, y_val=True)
    model = Pipeline([("s", StandardScaler()), ("n", asks)], transform_input=["X_val"])
    model.fit(X[train], y[train], X_val=X[held], y_val=y[held])
    scaler = StandardScaler().fit(X[train])
    parts = scaler.transform(X[train]), scaler.transform(X[held])
    by_hand = clone(asks).fit(parts[0], y[train], X_val=parts[1], y_val=y[held])
    assert_same_model(model[-1], by_hand)
    assert model[-1].validation_scores_ == by_hand.validation_scores_


@pytest.mark.usefixtures("routing")
def test_weights_pass_through_a_search_to_fit_and_score(estimator):
    asks = clone(estimator).set_fit_request(sample_weight=True)
    asks.set_score_request(sample_weight=True)
    fold = np.arange(150) % 2
    search = GridSearchCV(asks, {"eta": [0.01, 0.5]}, cv=PredefinedSplit(fold))
    search.fit(X, y, sample_weight=WEIGHT)
    for k, eta in enumerate([0.01, 0.5]):
        for split in (0, 1):
            train, test = fold != split, fold == split
            model = clone(estimator).set_params(eta=eta)
            model.fit(X[train], y[train], sample_weight=WEIGHT[train])
            score = accuracy_score(y[test], model.predict(X[test]), sample_weight=WEIGHT[test])
            assert search.cv_results_[f"split{split}_test_score"][k] == score


@pytest.mark.usefixtures("routing")
def test_partial_fit_asks_for_weights_and_classes(estimator):
    asks = clone(estimator).set_partial_fit_request(sample_weight=True)
    columns = np.column_stack([y, y == 1])
    model = MultiOutputClassifier(asks)
    model.partial_fit(X, columns, classes=[[0, 1, 2], [0, 1]], sample_weight=WEIGHT)
    by_hand = clone(estimator).partial_fit(X, y, classes=[0, 1, 2], sample_weight=WEIGHT)
    assert_same_model(model.estimators_[0], by_hand)
    asks.set_partial_fit_request(classes=True, sample_weight="w", growing=False)
    requests = asks.get_metadata_routing().partial_fit.requests
    assert requests == {"classes": True, "sample_weight": "w", "growing": False}


# --- frames and names --------------------------------------------------------------------

FEATURES = ["sepal length", "sepal width", "petal length", "petal width"]


def frame_of(library, names=FEATURES):
    columns = dict(zip(names, X.T, strict=True))
    frame = pytest.importorskip(library).DataFrame(columns)
    if not hasattr(StandardScaler().fit(frame), "feature_names_in_"):
        pytest.skip(f"this scikit-learn cannot read the names of this {library}")
    return frame


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_with_names_go_through_a_pipeline(estimator, library):
    frame = frame_of(library)
    model = make_pipeline(StandardScaler(), clone(estimator)).set_output(transform=library)
    model.fit(frame, NAMES[y])
    assert list(model[-1].feature_names_in_) == FEATURES
    assert list(model.feature_names_in_) == FEATURES
    plain = make_pipeline(StandardScaler(), clone(estimator)).fit(X, NAMES[y])
    for a, b in zip(layers_of(model[-1]), layers_of(plain[-1]), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9)  # columns lie in another order in memory
    assert np.array_equal(model.predict(frame), plain.predict(X))
    assert not hasattr(plain[-1], "feature_names_in_")


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("names", [[*FEATURES[:3], "other"], FEATURES[::-1]])
def test_other_names_or_another_order_are_an_error(estimator, library, names):
    model = clone(estimator).fit(frame_of(library), y)
    before = pickle.dumps(model)
    for call in (
        model.predict,
        model.decision_function,
        lambda data: model.partial_fit(data, y),
        lambda data: model.set_params(warm_start=True).fit(data, y),
    ):
        with pytest.raises(ValueError, match="feature names"):
            call(frame_of(library, names))
    assert pickle.dumps(model.set_params(warm_start=False)) == before


def test_rows_without_names_are_warned_of_also_one_by_one(estimator):
    model = clone(estimator).fit(frame_of("pandas"), y)
    for call in (model.predict, model.decision_function):
        with pytest.warns(UserWarning, match="does not have valid feature names"):
            call(X[:1])
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        model.partial_fit(X[:1], y[:1])
    model = clone(estimator).partial_fit(X, y, classes=[0, 1, 2])
    with pytest.warns(UserWarning, match="fitted without feature names"):
        model.predict(frame_of("pandas"))


def test_a_later_fit_may_have_other_names_or_none(estimator):
    model = clone(estimator).fit(frame_of("pandas"), y)
    renamed = frame_of("pandas", FEATURES[::-1])
    assert list(model.fit(renamed, y).feature_names_in_) == FEATURES[::-1]
    assert not hasattr(model.fit(X, y), "feature_names_in_")
    assert model.n_features_in_ == 4


def test_labels_may_be_a_column_of_a_frame(estimator):
    expected = clone(estimator).fit(X, NAMES[y])
    for labels in (pd.Series(NAMES[y]), pd.Series(NAMES[y], dtype="category")):
        assert_same_model(clone(estimator).fit(X, labels), expected)
    polars = pytest.importorskip("polars")
    assert_same_model(clone(estimator).fit(X, polars.Series(NAMES[y])), expected)


# --- copies and files --------------------------------------------------------------------


def goes_on_like(model, other):
    """Train both further, by single rows and by many, and compare all that is learnt."""
    for twin in (model, other):
        for k in (0, 60, 140):
            twin.partial_fit(X[k : k + 1], NAMES[y[k : k + 1]])
        twin.partial_fit(X, NAMES[y])
        twin.partial_fit(X[70:71], NAMES[y[70:71]])
    assert_same_model(model, other)
    assert (model.t_, model.n_iter_) == (other.t_, other.n_iter_)


@pytest.mark.parametrize("mode", ["r", "c", None])
def test_a_model_loaded_memory_mapped_learns_and_leaves_the_file(estimator, mode, tmp_path):
    model, path = clone(estimator).fit(X, NAMES[y]), tmp_path / "model.joblib"
    joblib.dump(model, path)
    before = path.read_bytes()
    loaded = joblib.load(path, mmap_mode=mode)
    assert np.array_equal(loaded.predict(X), model.predict(X))
    assert np.array_equal(loaded.predict(X[:1]), model.predict(X[:1]))
    goes_on_like(loaded, model)
    assert path.read_bytes() == before


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_copy_learns_alone(estimator, copied):
    model = clone(estimator).fit(X, NAMES[y])
    before = pickle.dumps(model)
    twin = copied(model)
    goes_on_like(twin, copied(model))
    assert pickle.dumps(model) == before
    assert not any(np.shares_memory(a, b) for a in layers_of(twin) for b in layers_of(model))


@pytest.mark.parametrize("more", [{}, {"class_weight": "balanced"}, {"keep": "average"}])
def test_a_skops_file_needs_its_class_only(estimator, more, tmp_path):
    skops = pytest.importorskip("skops.io")
    model, path = clone(estimator).set_params(**more).fit(X, NAMES[y]), tmp_path / "m.skops"
    skops.dump(model, path)
    trusted = skops.get_untrusted_types(file=path)
    assert trusted == [f"{type(model).__module__}.{type(model).__name__}"]
    loaded = skops.load(path, trusted=trusted)
    assert np.array_equal(loaded.decision_function(X), model.decision_function(X))
    goes_on_like(loaded, model)


def test_a_skops_file_of_a_pipeline_needs_no_more(estimator):
    skops = pytest.importorskip("skops.io")
    pipeline = make_pipeline(StandardScaler(), clone(estimator)).fit(X, y)
    stored = skops.dumps(pipeline)
    (name,) = skops.get_untrusted_types(data=stored)
    assert name.startswith("sknn_basic.")
    loaded = skops.loads(stored, trusted=[name])
    assert np.array_equal(loaded.predict(X), pipeline.predict(X))


# --- threads -----------------------------------------------------------------------------


def test_four_threads_may_ask_one_model(estimator):
    model = clone(estimator).fit(DIGITS, DIGIT_LABELS)
    questions = [DIGITS[k : k + 1 + k % 40] for k in range(0, 240, 3)] * 4
    expected = [model.decision_function(rows) for rows in questions]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(model.decision_function, questions))
        labels = list(pool.map(model.predict, questions))
    for rows, z, z_expected, label in zip(questions, answers, expected, labels, strict=True):
        assert np.array_equal(z, z_expected)
        assert np.array_equal(label, model.predict(rows))


def trained(estimator):
    """A copy that has learnt by `fit`, by rows and by chunks."""
    model = clone(estimator).fit(DIGITS, DIGIT_LABELS)
    for k in range(40):
        model.partial_fit(DIGITS[k : k + 1], DIGIT_LABELS[k : k + 1])
    return model.partial_fit(sparse.csr_array(DIGITS[:90]), DIGIT_LABELS[:90])


def test_models_may_learn_side_by_side():
    jobs = [
        clone(estimator).set_params(batch_size=m, random_state=m, max_iter=4, **more)
        for estimator, more in [
            (MLP, {"eta": 0.02}),
            (MLP, {"eta": 0.02, "momentum": 0.5, "alpha": 0.01}),
            (PERCEPTRON, {}),
            (PERCEPTRON, {"keep": "average"}),
        ]
        for m in (1, 8, 64)
    ]
    expected = [trained(job) for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        for model, alone in zip(pool.map(trained, jobs), expected, strict=True):
            assert_same_model(model, alone)


# --- what belongs to the caller ----------------------------------------------------------


def arrays_in(thing):
    """Every array that can be reached from the attributes of a model."""
    found, seen, waiting = [], set(), [vars(thing)]
    while waiting:
        item = waiting.pop()
        if id(item) in seen or isinstance(item, type) or type(item).__name__ == "module":
            continue
        seen.add(id(item))
        if isinstance(item, np.ndarray):
            found.append(item)
        elif not callable(item) or hasattr(item, "__self__"):
            waiting += gc.get_referents(item)
    return found


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_nothing_that_the_caller_owns_is_kept_or_changed(estimator, order, dtype):
    given = [X.astype(dtype, order=order), y.copy(), WEIGHT.copy(), np.array([0, 1, 2])]
    before = pickle.dumps(given)
    data, labels, weight, classes = given
    model = clone(estimator).fit(data, labels, weight, X_val=data, y_val=labels)
    streamed = clone(estimator).partial_fit(data, labels, classes, weight)
    for k in range(5):
        streamed.partial_fit(data[k : k + 2], labels[k : k + 2])
    for held in (model, streamed):
        held.partial_fit(data, labels, growing=True)
        kept = arrays_in(held)
        assert len(kept) > 3
        assert not any(np.shares_memory(a, b) for a in kept for b in given)
    assert pickle.dumps(given) == before


def test_read_only_and_memory_mapped_data_will_do(estimator, tmp_path):
    expected = clone(estimator).fit(X, y, WEIGHT).partial_fit(X[:3], y[:3])
    for name, array in {"X": X, "y": y, "w": WEIGHT}.items():
        np.save(tmp_path / f"{name}.npy", array)
    data, labels, weight = (np.load(tmp_path / f"{n}.npy", mmap_mode="r") for n in "Xyw")
    model = clone(estimator).fit(data, labels, weight).partial_fit(data[:3], labels[:3])
    assert_same_model(model, expected)
    assert np.array_equal(model.predict(data), expected.predict(X))


def test_objects_given_as_parameters_stay_as_they_are(estimator):
    weights, rng = {0: 1.0, 1: 2.0, 2: 0.5}, np.random.RandomState(0)
    sizes = (
        {"hidden_layer_sizes": [4, 3]} if isinstance(estimator, SigmoidMLPClassifier) else {}
    )
    model = clone(estimator).set_params(class_weight=weights, random_state=rng, **sizes)
    model.fit(X, y).partial_fit(X, y).predict(X)
    assert model.class_weight is weights
    assert weights == {0: 1.0, 1: 2.0, 2: 0.5}
    assert model.random_state is rng
    assert model.get_params().get("hidden_layer_sizes", [4, 3]) == [4, 3]
    assert clone(model).get_params()["class_weight"] == weights


# --- how they introduce themselves -------------------------------------------------------

BOOK = "http://neuralnetworksanddeeplearning.com/chap1.html"


def test_the_html_view_leads_to_the_book(estimator):
    for model in (estimator, clone(estimator).fit(X, y), make_pipeline(estimator)):
        assert f'href="{BOOK}"' in estimator_html_repr(model)
    assert f'href="{BOOK}"' in estimator._repr_html_()


def test_the_links_of_parameters_have_one_anchor(estimator):
    links = re.findall(rf'"({BOOK}[^"]*:~:text=[^"]*)"', estimator_html_repr(estimator))
    if not links:
        pytest.skip("this scikit-learn links no parameters")
    assert {link.count("#") for link in links} == {1}


def test_the_tags_tell_what_can_be_learnt(estimator):
    tags = get_tags(estimator)
    assert tags.estimator_type == "classifier"
    assert tags.input_tags.sparse
    assert not tags.input_tags.allow_nan
    assert tags.classifier_tags.multi_class
    assert tags.classifier_tags.multi_label == (isinstance(estimator, SigmoidMLPClassifier))
    assert tags.target_tags.required
    bits = np.column_stack([y == 0, y == 2]).astype(int)
    if isinstance(estimator, SigmoidMLPClassifier):
        assert clone(estimator).fit(X, bits).score(X, bits) > 0.9
    else:
        with pytest.raises(ValueError, match="y should be a 1d array"):
            clone(estimator).fit(X, bits)
