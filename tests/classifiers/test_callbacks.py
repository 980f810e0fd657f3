"""scikit-learn's callbacks around every epoch of `fit` (they came with scikit-learn 1.9)."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

callback = pytest.importorskip("sklearn.callback", reason="scikit-learn 1.9 brought callbacks")

X_array, numbers = load_iris(return_X_y=True)
X = pd.DataFrame(X_array, columns=["a", "b", "c", "d"])
y = pd.Series(np.array(["ant", "bee", "cat"])[numbers])


@pytest.fixture
def estimator(estimator):
    return estimator.set_params(max_iter=4)


class Recorder:
    """Writes down what happens, and can stop the training or fail."""

    def __init__(self, stop_after=None, fail_after=None):
        self.stop_after, self.fail_after = stop_after, fail_after
        self.events, self.fitted, self.given = [], [], []

    def setup(self, estimator, context):
        self.events.append("setup")

    def teardown(self, estimator, context):
        self.events.append("teardown")

    def on_fit_task_begin(self, estimator, context, *, X=None, y=None, metadata=None):
        self.events.append(f"begin {context.task_name}")

    def on_fit_task_end(
        self, estimator, context, *, X=None, y=None, metadata=None, fitted_estimator=None
    ):
        self.events.append(f"end {context.task_name}")
        self.fitted.append(fitted_estimator)
        self.given.append((X, y, metadata))
        done = self.events.count("end epoch") + self.events.count("end partial_fit")
        if done == self.fail_after:
            raise RuntimeError("out of paper")
        return done == self.stop_after


def test_every_epoch_begins_and_ends(estimator):
    recorder = Recorder()
    clone(estimator).set_callbacks(recorder).fit(X, y)
    epochs = ["begin epoch", "end epoch"] * 4
    assert recorder.events == ["setup", "begin fit", *epochs, "end fit", "teardown"]


def test_a_callback_sees_what_fit_was_given(estimator):
    recorder, w = Recorder(), np.arange(150.0)
    clone(estimator).set_callbacks(recorder).fit(X, y, w)
    for seen_X, seen_y, metadata in recorder.given:
        assert seen_X is X
        assert seen_y is y
        assert metadata["sample_weight"] is w


@pytest.mark.parametrize("keep", ["last", "best", "average"])
def test_the_fitted_estimator_is_that_of_as_many_epochs(estimator, keep):
    recorder = Recorder()
    model = clone(estimator).set_params(keep=keep).set_callbacks(recorder)
    model.fit(X, y)
    for epochs, seen in enumerate(recorder.fitted[:-1], start=1):
        alone = clone(estimator).set_params(keep=keep, max_iter=epochs).fit(X, y)
        assert np.array_equal(seen.decision_function(X), alone.decision_function(X))
        assert seen.n_iter_ == epochs
    last = recorder.fitted[-1]
    before = last.decision_function(X)
    for i in range(9):
        model.partial_fit(X[i : i + 1], y[i : i + 1])
    assert np.array_equal(last.decision_function(X), before)


def test_callbacks_do_not_change_the_result(estimator):
    watched = clone(estimator).set_callbacks(Recorder()).fit(X, y)
    alone = clone(estimator).fit(X, y)
    assert np.array_equal(watched.decision_function(X), alone.decision_function(X))


def test_a_callbacks_wish_to_stop_is_honoured(estimator):
    model = clone(estimator).set_params(tol=1e-4).set_callbacks(Recorder(stop_after=2))
    assert model.fit(X, y).n_iter_ == 2


def test_an_exception_in_a_callback_leaves_the_model_of_before(estimator):
    for fails_after in (1, 3):
        recorder = Recorder(fail_after=fails_after)
        model = clone(estimator).fit(X[:100], y[:100])
        before = pickle.dumps(vars(model))
        model.set_callbacks(recorder)
        with pytest.raises(RuntimeError, match="out of paper"):
            model.fit(X, y)
        assert recorder.events[-1] == "teardown"
        assert pickle.dumps(vars(model.set_callbacks())) == before


@pytest.mark.parametrize("call", ["partial_fit", "predict_then_learn"])
def test_each_call_of_a_stream_is_a_task_of_its_own(estimator, call):
    recorder = Recorder()
    watched = clone(estimator).set_callbacks(recorder)
    alone = clone(estimator)
    for at in (slice(0, 40), slice(40, 41), slice(41, 150)):
        classes = ["ant", "bee", "cat"]
        getattr(watched, call)(X[at], y[at], classes=classes)
        getattr(alone, call)(X[at], y[at], classes=classes)
        seen = recorder.fitted[-1]
        assert np.array_equal(seen.decision_function(X), alone.decision_function(X))
        assert seen.t_ == alone.t_ == watched.t_
    assert recorder.events == 3 * ["setup", "begin partial_fit", "end partial_fit", "teardown"]


def test_an_exception_in_a_callback_of_a_stream_loses_nothing(estimator):
    model = clone(estimator).fit(X, y)
    before = model.decision_function(X)
    with pytest.raises(RuntimeError):
        model.set_callbacks(Recorder(fail_after=1)).partial_fit(X, y)
    assert np.array_equal(model.decision_function(X), before)
    assert not hasattr(model, "stream_curve_")


def test_the_progress_bar(estimator, capsys):
    clone(estimator).set_callbacks(callback.ProgressBar()).fit(X, y)
    shown = capsys.readouterr().out
    assert type(estimator).__name__ in shown
    assert "100%" in shown


def test_the_scoring_monitor_has_the_score_of_every_epoch(estimator):
    monitor = callback.ScoringMonitor(scoring="accuracy")
    model = clone(estimator).set_params(keep="last").set_callbacks(monitor)
    make_pipeline(StandardScaler(), model).fit(X, y)
    rows = [row for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    scaled = StandardScaler().fit_transform(X)
    stream, scores = clone(estimator).set_callbacks(), []
    for _ in rows:
        stream.partial_fit(scaled, y, classes=["ant", "bee", "cat"])
        scores.append(stream.score(scaled, y))
    assert [row["accuracy"] for row in rows] == scores
    assert len(scores) == 4


@pytest.mark.slow
def test_callbacks_in_a_grid_search_of_two_jobs(estimator):
    monitor = callback.ScoringMonitor(scoring="accuracy")
    model = clone(estimator).set_callbacks(monitor)
    pipe = make_pipeline(StandardScaler(), model)
    name = f"{type(estimator).__name__.lower()}__eta"
    search = GridSearchCV(pipe, {name: [0.1, 1.0]}, cv=3, n_jobs=2).fit(X, y)
    plain = GridSearchCV(make_pipeline(StandardScaler(), clone(estimator)), {name: [0.1, 1.0]})
    plain.set_params(cv=3).fit(X, y)
    scores = [s.cv_results_["mean_test_score"].tolist() for s in (search, plain)]
    assert scores[0] == scores[1]
    rows = [row for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    assert len(rows) == (2 * 3 + 1) * 4  # candidates, folds, and the refit; epochs each
