"""Work shared among processes by dask: the same numbers as in one, also when a process dies."""

import copy
import os
import signal
import time
from pathlib import Path

import joblib
import numpy as np
import pytest
from optional_packages import needs
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score
from sklearn.model_selection import (
    GridSearchCV,
    ParameterGrid,
    StratifiedKFold,
    cross_val_score,
)

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

distributed = needs("distributed")
dask = needs("dask")
da = needs("dask.array")
psutil = needs("psutil")  # comes with distributed

pytestmark = pytest.mark.slow

PIXELS, y = load_digits(return_X_y=True)
X = PIXELS / 16.0
CLASSES = np.unique(y)
ROWS = 250
"""Rows of a block of the stream; the last block is shorter."""

MLP = SigmoidMLPClassifier((12,), batch_size=8, max_iter=4, tol=None, random_state=0)
PERCEPTRON = PerceptronClassifier(batch_size=8, max_iter=4, tol=None, random_state=0)
GRIDS = {
    "mlp": (MLP, {"eta": [0.1, 1.0], "batch_size": [1, 10]}),
    "mlp-momentum": (clone(MLP).set_params(momentum=0.9), {"eta": [0.1], "batch_size": [8, 9]}),
    "perceptron": (PERCEPTRON, {"keep": ["best", "average"], "batch_size": [1, 10]}),
}


@pytest.fixture(params=[MLP, PERCEPTRON], ids=["mlp", "perceptron"])
def estimator(request):
    return request.param


@pytest.fixture
def two_workers(dask_client):
    """Two workers at the start of a test that kills one, and again at its end."""
    before = dask_client.run(os.getpid)
    assert len(before) == 2
    yield dask_client
    assert any(map(is_dead, before.values())), "no worker died: the test has shown nothing"
    while len(now := set(dask_client.ncores())) != 2 or now == set(before):  # a new one comes
        time.sleep(0.05)


def is_dead(process):
    try:
        return psutil.Process(process).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


class DiesOnce:
    """Kills the process that is the first to call it, unless that is the test's own."""

    def __init__(self, folder):
        self.marker, self.spared = Path(folder) / "dead", os.getpid()

    def __call__(self):
        if os.getpid() == self.spared:
            return
        try:
            self.marker.touch(exist_ok=False)
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


class DeadlyAccuracy(DiesOnce):
    """A scorer that kills the worker after its first fit, before the result is handed back."""

    def __call__(self, estimator, X, y):
        super().__call__()
        return accuracy_score(y, estimator.predict(X))


class DeadlyCost(DiesOnce):
    """The quadratic cost; it kills the worker in the middle of an epoch."""

    def __init__(self, folder, calls):
        super().__init__(folder)
        self.calls = calls

    def value(self, A, Y):
        return ((A - Y) ** 2).sum(axis=1) / 2

    def output_error(self, A, Y):
        self.calls -= 1
        if self.calls == 0:
            self()
        return (A - Y) * A * (1 - A)


def numbers(model):
    if isinstance(model, PerceptronClassifier):
        return [model.coef_, model.intercept_]
    return [*model.coefs_, *model.intercepts_]


def assert_same_model(one, other):
    for a, b in zip(numbers(one), numbers(other), strict=True):
        assert a.dtype == b.dtype
        assert np.array_equal(a, b)
    assert one.t_ == other.t_


def assert_same_search(one, other):
    assert one.cv_results_["params"] == other.cv_results_["params"]
    scores = [key for key in one.cv_results_ if "_test_" in key]
    assert len(scores) == 3 + 3  # three folds, their mean, deviation and rank
    for key in scores:
        assert np.array_equal(one.cv_results_[key], other.cv_results_[key])
    assert one.best_params_ == other.best_params_
    assert_same_model(one.best_estimator_, other.best_estimator_)


def blocks():
    """The rows of X and y in blocks, as NumPy arrays."""
    return [(X[k : k + ROWS], y[k : k + ROWS]) for k in range(0, len(X), ROWS)]


def dask_blocks(dtype=np.float64):
    """The same blocks as tasks; the division by 16 is left to the workers."""
    data = da.from_array(PIXELS.astype(dtype), chunks=(ROWS, -1)) / dtype(16)
    labels = da.from_array(y, chunks=ROWS)
    return list(zip(data.to_delayed().ravel(), labels.to_delayed(), strict=True))


def streamed(model, pairs):
    for rows, labels in pairs:
        model.partial_fit(rows, labels, classes=CLASSES)
    return model


# --- a search ----------------------------------------------------------------------------


@pytest.mark.parametrize(("estimator", "grid"), GRIDS.values(), ids=GRIDS.keys())
def test_a_grid_search_on_workers_is_the_one_of_a_single_process(dask_client, estimator, grid):
    alone = GridSearchCV(estimator, grid, cv=3).fit(X, y)
    with joblib.parallel_config(backend="dask"):
        shared = GridSearchCV(estimator, grid, cv=3).fit(X, y)
    assert_same_search(shared, alone)


def test_a_random_state_object_serves_a_grid_search_as_an_int_does(dask_client):
    """`clone` copies the object, so that each fit starts from the same state."""
    estimator = clone(MLP).set_params(random_state=np.random.RandomState(5))
    alone = GridSearchCV(estimator, {"eta": [0.1, 1.0]}, cv=3).fit(X, y)
    with joblib.parallel_config(backend="dask"):
        shared = GridSearchCV(estimator, {"eta": [0.1, 1.0]}, cv=3).fit(X, y)
    assert_same_search(shared, alone)
    assert estimator.random_state.randint(1000) == np.random.RandomState(5).randint(1000)


# --- a stream ----------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_stream_of_dask_blocks_teaches_what_numpy_blocks_teach(dask_client, estimator, dtype):
    pairs = [(rows.astype(dtype), labels) for rows, labels in blocks()]
    computed = (dask.compute(*pair) for pair in dask_blocks(dtype))
    model = streamed(clone(estimator), computed)
    assert_same_model(model, streamed(clone(estimator), pairs))
    assert numbers(model)[0].dtype == dtype


# --- prediction --------------------------------------------------------------------------


def test_labels_of_blocks_are_the_labels_of_the_whole(dask_client, estimator):
    model = clone(estimator).fit(X, y)
    data = da.from_array(X, chunks=(ROWS, -1))
    labels = data.map_blocks(model.predict, drop_axis=1, dtype=y.dtype).compute()
    assert np.array_equal(labels, model.predict(X))


@pytest.mark.parametrize("rows", [1, 7, ROWS])
def test_probabilities_of_blocks_are_those_of_the_same_blocks_here(dask_client, rows):
    """And those of the whole to rounding: BLAS sums otherwise where there are few rows."""
    model, part = clone(MLP).fit(X, y), X[:300]
    data = da.from_array(part, chunks=(rows, -1))
    found = data.map_blocks(model.predict_proba, dtype=float, chunks=(data.chunks[0], 10))
    here = [model.predict_proba(part[k : k + rows]) for k in range(0, len(part), rows)]
    found = found.compute()
    assert np.array_equal(found, np.vstack(here))
    np.testing.assert_allclose(found, model.predict_proba(part), rtol=1e-12, atol=1e-14)


# --- models that travel ------------------------------------------------------------------


def test_a_model_trained_on_a_worker_comes_back_as_if_trained_here(dask_client, estimator):
    here = clone(estimator).fit(X, y)
    future = dask_client.submit(clone(estimator).fit, X, y, pure=False)
    back = future.result()
    assert_same_model(back, here)
    assert_same_model(dask.delayed(clone(estimator)).fit(X, y).compute(), here)
    (rows, labels), *_ = blocks()
    assert_same_model(back.partial_fit(rows, labels), here.partial_fit(rows, labels))


def test_a_model_goes_from_worker_to_worker_in_the_middle_of_a_stream(dask_client, estimator):
    future = clone(estimator)
    workers = [*dask_client.scheduler_info()["workers"]]
    for k, (rows, labels) in enumerate(blocks()):
        where = workers[k % len(workers)]
        future = dask_client.submit(
            after_a_block, future, rows, labels, workers=where, pure=False
        )
    assert_same_model(future.result(), streamed(clone(estimator), blocks()))


def after_a_block(model, rows, labels):
    """A copy that has learnt the block: a task may run twice, so it leaves its input alone."""
    return copy.deepcopy(model).partial_fit(rows, labels, classes=CLASSES)


def test_a_random_state_object_is_drawn_from_in_the_workers_copy_alone(dask_client):
    """Two fits here differ, two fits there do not: each is sent the same state."""
    estimator = clone(MLP).set_params(random_state=np.random.RandomState(5))
    one, two = (dask_client.submit(estimator.fit, X, y, pure=False).result() for _ in range(2))
    assert_same_model(one, two)
    assert_same_model(one, estimator.fit(X, y))
    assert not np.array_equal(one.coefs_[0], estimator.fit(X, y).coefs_[0])


# --- workers that die --------------------------------------------------------------------


def test_a_worker_killed_in_a_grid_search_loses_nothing(two_workers, tmp_path):
    """Where both workers hold the data, and dask is kept from dropping one of the copies.

    joblib's backend gives each array, those of the folds included, to one worker; if that
    one dies, the search raises dask's CancelledError.
    """
    estimator, grid = GRIDS["mlp"]
    cv = list(StratifiedKFold(3).split(X, y))
    alone = GridSearchCV(estimator, grid, cv=cv, scoring="accuracy").fit(X, y)
    shared = GridSearchCV(estimator, grid, cv=cv, scoring=DeadlyAccuracy(tmp_path))
    held = [X, y, *(rows for fold in cv for rows in fold)]
    two_workers.amm.stop()
    try:
        with joblib.parallel_config(backend="dask", scatter=held):
            shared.fit(X, y)
    finally:
        two_workers.amm.start()
    assert_same_search(shared, alone)


def test_a_worker_killed_in_a_grid_of_dasks_own_tasks_loses_nothing(two_workers, tmp_path):
    """Data that a task makes are made again: nothing needs to be held twice."""
    estimator, grid = GRIDS["perceptron"]
    digits = dask.delayed(load_digits, nout=2)(return_X_y=True)
    candidates = [clone(estimator).set_params(**p) for p in ParameterGrid(grid)]
    scoring = DeadlyAccuracy(tmp_path)
    tasks = [
        dask.delayed(cross_val_score)(candidate, *digits, cv=3, scoring=scoring)
        for candidate in candidates
    ]
    alone = [cross_val_score(c, *load_digits(return_X_y=True), cv=3) for c in candidates]
    assert np.array_equal(dask.compute(*tasks), alone)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_a_worker_killed_in_the_middle_of_an_epoch_loses_nothing(
    two_workers, tmp_path, momentum
):
    """The chain of tasks starts again where a result is left; the stream is the same."""
    cost = DeadlyCost(tmp_path, calls=150)
    model = clone(MLP).set_params(cost=cost, momentum=momentum)
    state = dask.delayed(model)
    for rows, labels in dask_blocks():
        state = dask.delayed(after_a_block)(state, rows, labels)
    assert_same_model(state.compute(), streamed(clone(model), blocks()))


def test_a_worker_killed_between_two_blocks_loses_nothing(two_workers, estimator):
    data = (da.from_array(PIXELS, chunks=(ROWS, -1)) / 16.0).persist()
    distributed.wait(data)
    process = min(two_workers.run(os.getpid).values())
    model = clone(estimator)
    parts = zip(data.to_delayed().ravel(), blocks(), strict=True)
    for k, (part, (_, labels)) in enumerate(parts):
        if k == 3:
            os.kill(process, signal.SIGKILL)
        model.partial_fit(part.compute(), labels, classes=CLASSES)
    assert_same_model(model, streamed(clone(estimator), blocks()))


# --- the benchmark ------------------------------------------------------------------------


def test_the_benchmark_compares_every_way_with_one_process(monkeypatch, capsys):
    from benchmarks import machines

    name, network, X, y = list(machines.searches())[1]
    monkeypatch.setattr(machines, "searches", lambda: [(name, network, X, y)])
    assert machines.main(["--repeat", "1"]) == 0
    printed = capsys.readouterr().out
    assert all(way in printed for way in machines.WAYS)
    assert machines.speed_ups([{"one process": 3.0, "loky, 2": 2.0}], "loky, 2") == [1.5]
