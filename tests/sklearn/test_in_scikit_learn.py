"""The classifiers in scikit-learn's company: searches, pipelines, frames, and good defaults."""

import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
import skops.io
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.linear_model import Perceptron
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknn_basic import SKOPS_TRUSTED, PerceptronClassifier, SigmoidMLPClassifier

X_iris, y_iris = load_iris(return_X_y=True)


@pytest.fixture
def estimator(estimator):
    return estimator.set_params(max_iter=10)


@pytest.mark.slow
def test_a_grid_search_over_eta_and_batch_size():
    X, y = load_digits(return_X_y=True)
    network = SigmoidMLPClassifier(max_iter=30, tol=None, random_state=0)
    search = GridSearchCV(
        make_pipeline(StandardScaler(), network),
        {
            "sigmoidmlpclassifier__eta": [0.03, 0.1, 0.3, 1.0],
            "sigmoidmlpclassifier__batch_size": [1, 10, 100],
        },
        n_jobs=2,
        cv=StratifiedKFold(3, shuffle=True, random_state=0),
    ).fit(X, y)
    assert search.best_score_ >= 0.95
    assert len(search.cv_results_["params"]) == 12


def mean_accuracy(estimator):
    loaders = (load_iris, load_wine, load_breast_cancer, load_digits)
    model = make_pipeline(StandardScaler(), estimator)
    return np.mean(
        [cross_val_score(model, *load(return_X_y=True), cv=5).mean() for load in loaders]
    )


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_defaults_are_good():
    mlp = mean_accuracy(SigmoidMLPClassifier(random_state=0))
    assert mlp >= mean_accuracy(MLPClassifier(random_state=0)) - 0.005
    perceptron = mean_accuracy(PerceptronClassifier(random_state=0))
    assert perceptron > mean_accuracy(Perceptron(random_state=0))


def test_a_data_frame_with_labels_as_text(estimator):
    frame = load_iris(as_frame=True)
    names = frame.target_names[frame.target]
    model = make_pipeline(StandardScaler().set_output(transform="pandas"), estimator)
    model.fit(frame.data, pd.Series(names))
    assert set(model.predict(frame.data)) <= {"setosa", "versicolor", "virginica"}
    assert list(model[-1].feature_names_in_) == list(frame.data.columns)
    with pytest.raises(ValueError, match="feature names"):
        model[-1].predict(frame.data.rename(columns=str.upper))


@pytest.mark.parametrize(
    "container",
    [
        sparse.csr_matrix,
        sparse.csr_array,
        sparse.csc_matrix,
        sparse.csc_array,
        sparse.coo_array,
    ],
)
def test_sparse_input_gives_the_same_model(estimator, container):
    X, y = load_digits(return_X_y=True)
    X = X[:200] / 16
    dense = clone(estimator).fit(X, y[:200])
    model = clone(estimator).fit(container(X), y[:200])
    np.testing.assert_allclose(
        model.decision_function(container(X)), dense.decision_function(X), rtol=1e-9, atol=1e-11
    )


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64, bool, np.float16])
def test_other_numbers_become_float64(estimator, kind):
    X, y = load_digits(return_X_y=True)
    model = clone(estimator).fit(X[:100].astype(kind), y[:100])
    same = clone(estimator).fit(X[:100].astype(kind).astype(float), y[:100])
    assert np.array_equal(model.decision_function(X), same.decision_function(X))


@pytest.mark.parametrize("labels", [y_iris, np.array(["ä", "b", "c"], object)[y_iris]])
@pytest.mark.parametrize("keep", ["last", "best", "average"])
def test_a_skops_file_needs_one_trusted_name_and_goes_on_learning(estimator, labels, keep):
    more = {"momentum": 0.9} if isinstance(estimator, SigmoidMLPClassifier) else {}
    model = clone(estimator).set_params(keep=keep, early_stopping=True, **more)
    stored = skops.io.dumps(model.fit(X_iris, labels))
    assert set(skops.io.get_untrusted_types(data=stored)) < set(SKOPS_TRUSTED)
    loaded = skops.io.loads(stored, trusted=SKOPS_TRUSTED)
    for again in (model, loaded):
        again.set_params(warm_start=True).fit(X_iris, labels).partial_fit(X_iris, labels)
    assert np.array_equal(loaded.decision_function(X_iris), model.decision_function(X_iris))
    assert pickle.dumps(vars(loaded)["_training"]) == pickle.dumps(vars(model)["_training"])


def test_pickle_and_joblib_round_trips(estimator, tmp_path):
    X, y = load_iris(return_X_y=True)
    model = clone(estimator).fit(X, y)
    joblib.dump(model, tmp_path / "model.joblib")
    mapped = joblib.load(tmp_path / "model.joblib", mmap_mode="r")
    for copy in (pickle.loads(pickle.dumps(model)), mapped):
        assert np.array_equal(copy.decision_function(X), model.decision_function(X))
        copy.partial_fit(X, y)
    assert np.array_equal(
        copy.decision_function(X), model.partial_fit(X, y).decision_function(X)
    )


def test_the_number_of_jobs_does_not_matter(estimator):
    X, y = load_iris(return_X_y=True)
    one, two = (
        GridSearchCV(estimator, {"eta": [0.1, 1.0]}, n_jobs=n, cv=2).fit(X, y) for n in (1, 2)
    )
    assert np.array_equal(one.decision_function(X), two.decision_function(X))


def test_the_size_of_a_pickle_does_not_grow_with_a_stream(estimator):
    X, y = load_iris(return_X_y=True)
    model = clone(estimator).fit(X, y)
    sizes = []
    for _ in range(300):
        model.partial_fit(X[:2], y[:2])
        sizes.append(len(pickle.dumps(model)))
    assert max(sizes) - min(sizes) < 40
