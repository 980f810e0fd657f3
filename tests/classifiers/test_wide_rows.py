"""Sparse rows of very many columns: the same model, for the price of the columns present."""

import pickle
import time
import tracemalloc

import joblib
import numpy as np
import pytest
from iris_models import NETWORK, PERCEPTRON, X, fitted
from scipy import sparse
from sklearn.base import clone

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

MIB = 2**20
ESTIMATORS = {
    "mlp": SigmoidMLPClassifier((4,), batch_size=4, max_iter=3, tol=None, random_state=0),
    "mlp-early": SigmoidMLPClassifier(
        (4,), early_stopping=True, keep="best", max_iter=3, tol=None, random_state=0
    ),
    "mlp-average": SigmoidMLPClassifier((4,), keep="average", max_iter=3, tol=None),
    "mlp-momentum": SigmoidMLPClassifier((4,), momentum=0.5, max_iter=3, tol=None),
    "perceptron": PerceptronClassifier(batch_size=1, max_iter=3, tol=None, random_state=0),
    "perceptron-last": PerceptronClassifier(keep="last", max_iter=3, tol=None, random_state=0),
}


def rows(n, width, stored=8, seed=0):
    """A CSR matrix with `stored` entries a row, and labels."""
    rng = np.random.default_rng(seed)
    indptr = np.arange(n + 1) * stored
    X = sparse.csr_matrix(
        (rng.random(n * stored), rng.integers(0, width, n * stored), indptr), (n, width)
    )
    return X, np.arange(n) % 3


@pytest.fixture(params=ESTIMATORS.values(), ids=list(ESTIMATORS))
def estimator(request):
    return clone(request.param).set_params(random_state=0)


def numbers(model):
    return list(model._parameters().arrays())


def assert_same_numbers(one, other):
    for a, b in zip(numbers(one), numbers(other), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def test_empty_columns_change_nothing_of_the_others(estimator):
    X, y = rows(30, 2_000)
    dense = clone(estimator).fit(X.toarray(), y)
    wide = clone(estimator).fit(X, y)
    assert_same_numbers(wide, dense)
    more, labels = rows(12, 2_000, seed=1)
    assert_same_numbers(
        wide.partial_fit(more, labels), dense.partial_fit(more.toarray(), labels)
    )
    assert wide._parameters().weights[0].shape[0] == 2_000


def test_as_many_partial_fits_and_a_warm_start_are_one_fit(estimator):
    if estimator.keep == "best":
        estimator.set_params(keep="last", early_stopping=False)
    X, y = rows(30, 2_000)
    whole = clone(estimator).fit(X, y)
    halves = clone(estimator).set_params(warm_start=True, max_iter=1).fit(X, y)
    halves = pickle.loads(pickle.dumps(halves)).set_params(max_iter=2).fit(X, y)
    for a, b in zip(numbers(whole), numbers(halves), strict=True):
        assert np.array_equal(a, b)
    if estimator.keep == "last":
        stream = clone(estimator)
        for _ in range(3):
            stream.partial_fit(X, y, classes=[0, 1, 2])
        for a, b in zip(numbers(whole), numbers(stream), strict=True):
            assert np.array_equal(a, b)


def test_what_fails_changes_nothing(estimator):
    X, y = rows(30, 2_000)
    model = clone(estimator).fit(X, y)
    before = pickle.dumps(model)
    bad = X.copy()
    bad.data[3] = np.nan
    for call in (model.fit, model.partial_fit):
        with pytest.raises(ValueError, match="NaN"):
            call(bad, y)
    with pytest.raises(ValueError, match=r"not in .self\.classes_."):
        model.partial_fit(X, y + 1)
    assert pickle.dumps(model) == before


def test_the_callers_matrix_stays_as_it_is(estimator):
    X, y = rows(30, 2_000)
    kept = X.copy()
    for part in (X.data, X.indices, X.indptr):
        part.flags.writeable = False
    clone(estimator).fit(X, y).partial_fit(X[:2], y[:2])
    assert (kept != X).nnz == 0
    assert np.array_equal(X.indices, kept.indices)


def test_a_model_mapped_from_a_file_learns_on_a_copy(estimator, tmp_path):
    X, y = rows(30, 2_000)
    model = clone(estimator).fit(X, y)
    joblib.dump(model, tmp_path / "model.joblib")
    mapped = joblib.load(tmp_path / "model.joblib", mmap_mode="r")
    mapped.partial_fit(X[:3], y[:3])
    assert_same_numbers(mapped, model.partial_fit(X[:3], y[:3]))


@pytest.mark.slow
def test_a_million_columns_need_no_second_copy_of_the_weights():
    width = 1_000_000
    X, y = rows(500, width, stored=100)
    network = SigmoidMLPClassifier((30,), batch_size=1, max_iter=2, tol=None, random_state=0)
    perceptron = PerceptronClassifier(batch_size=1, max_iter=2, tol=None)
    for model, neurons in ((network, 30), (perceptron, 3)):
        weights = width * neurons * 8 / MIB
        tracemalloc.start()
        model.fit(X, y)
        fit_peak = tracemalloc.get_traced_memory()[1] / MIB
        tracemalloc.reset_peak()
        model.partial_fit(X, y).predict(X)
        again = tracemalloc.get_traced_memory()[1] / MIB
        tracemalloc.stop()
        assert max(fit_peak, again) < weights + 64


def test_one_row_costs_what_it_holds():
    """Not what the width is: a hundred times as wide is not ten times as slow."""

    def seconds(width):
        X, y = rows(200, width, stored=20)
        model = SigmoidMLPClassifier((10,), batch_size=1, random_state=0)
        model.partial_fit(X, y, classes=[0, 1, 2])
        best = np.inf
        for _ in range(5):
            start = time.process_time()
            for i in range(20):
                model.partial_fit(X[i], y[i : i + 1])
            best = min(best, time.process_time() - start)
        return best

    assert seconds(500_000) < 10 * seconds(5_000)


@pytest.mark.parametrize("estimator", [NETWORK, PERCEPTRON], ids=["mlp", "perceptron"])
@pytest.mark.parametrize("m", [1, 10, 150])
def test_sparse_and_dense_rows_give_the_same_model(estimator, m):
    """Seen in Perceptron: different models."""
    whole = np.round(X * 2)  # every sum of a perceptron is exact, in whatever order
    dense = fitted(estimator, whole, batch_size=m, eta=m / 16)
    thin = fitted(estimator, sparse.csr_matrix(whole), batch_size=m, eta=m / 16)
    assert_same_numbers(dense, thin)
