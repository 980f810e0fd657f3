"""How training ends: with which weights, and what is left of a call that diverges or fails."""

import gc
import pickle
import signal
from contextlib import nullcontext

import numpy as np
import pytest
from iris_models import X, assert_unchanged, fitted, numbers, same, y
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from sknn_basic import SigmoidMLPClassifier


def measured(model):
    """What `keep="best"` makes small."""
    if isinstance(model, SigmoidMLPClassifier):
        return model.total_cost(X, y)
    return 1 - model.score(X, y)


def test_the_best_weights_are_returned_where_they_are_asked_for(estimator):
    """Seen in MLPClassifier: best loss 2.51, returned 3.97."""
    options = {"eta": 60.0, "batch_size": 3, "max_iter": 25, "random_state": 1}
    network = isinstance(estimator, SigmoidMLPClassifier)
    with pytest.warns(ConvergenceWarning, match="eta=60.0") if network else nullcontext():
        best = fitted(estimator, keep="best", **options)
    every = clone(estimator).set_params(**options)
    values = []
    for _ in range(25):
        every.partial_fit(X, y, classes=[0, 1, 2])
        values.append(measured(every))
    assert measured(best) == pytest.approx(min(values), rel=1e-9)
    assert min(values) < values[-1]


@pytest.mark.parametrize("fits_before", [0, 1])
def test_divergence_is_noticed_in_its_epoch(estimator, fits_before):
    """Seen in MLPClassifier: goes on, or returns weights of 7e13 (#29504)."""
    model = clone(estimator).set_params(keep="last", alpha=1e4, max_iter=500, eta=10.0)
    with pytest.warns(ConvergenceWarning) as caught:
        model.fit(X, y)
    epoch = model.n_iter_ + 1
    text = str(caught[0].message)
    assert f"diverged in epoch {epoch} with eta=10.0" in text
    assert "smaller eta" in text
    assert all(np.isfinite(array).all() for array in numbers(model))
    last = clone(model).set_params(max_iter=model.n_iter_)
    network = isinstance(estimator, SigmoidMLPClassifier)
    with pytest.warns(ConvergenceWarning, match="alpha=") if network else nullcontext():
        last.fit(X, y)
    assert same(last, model)
    if isinstance(estimator, SigmoidMLPClassifier):
        assert np.isfinite(model.predict_proba(X)).all()


def test_divergence_is_noticed_and_leaves_the_model_as_it_was(estimator):
    model = fitted(estimator, max_iter=3).set_params(eta=1e308, alpha=1.0)
    assert_unchanged(
        model,
        lambda: model.partial_fit(X, y),
        ValueError,
        r"diverged in epoch 4 with eta=1e\+308",
    )
    assert_unchanged(
        model, lambda: model.fit(X, y), ValueError, "diverged in epoch 1 .* Try a smaller eta"
    )


def test_a_failed_call_leaves_what_was_there(estimator):
    """Seen in MLPClassifier, Perceptron: the old model is lost, or half a new one is left."""
    bad = X.copy()
    bad[-1, -1] = np.nan
    model = fitted(estimator).set_params(eta=1e300)
    before = pickle.dumps(vars(model))
    for call in (model.fit, model.partial_fit):
        with pytest.raises(ValueError, match="NaN"):
            call(bad, y)
        with pytest.raises(ValueError, match="diverged"):
            call(X * 1e200, y)  # times eta
        assert pickle.dumps(vars(model)) == before


def test_a_failed_first_call_leaves_an_unfitted_model(estimator):
    """Seen in MLPClassifier: AttributeError in predict, and classes that stay for good."""
    model = clone(estimator)
    with pytest.raises(ValueError, match="NaN"):
        model.partial_fit(X * np.nan, y, classes=[0, 1, 2])
    with pytest.raises(ValueError, match="NaN"):
        model.fit(X * np.nan, y)
    with pytest.raises(NotFittedError):
        model.predict(X)
    names = np.array(["ant", "bee", "cat"])
    assert model.partial_fit(X, names[y], classes=names).classes_.tolist() == list(names)


@pytest.mark.parametrize("after", [0.003, 0.01, 0.03, 0.1])
def test_an_interrupted_fit_keeps_its_epochs_or_the_model_of_before(estimator, after):
    """Seen in MLPClassifier: Ctrl-C at some lines leaves a broken model."""
    model = fitted(estimator)
    before = pickle.loads(pickle.dumps(model))
    model.set_params(max_iter=10**6, batch_size=1, keep="last")

    def interrupt(*_):
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGALRM, interrupt)
    gc.disable()  # what is raised in a callback of the collector is lost
    try:
        signal.setitimer(signal.ITIMER_REAL, after, 2.0)  # again, should it be lost
        with pytest.warns(UserWarning, match="interrupted"):
            model.fit(X, y)
        kept = True
    except KeyboardInterrupt:
        kept = False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
        gc.enable()
    if kept:
        before = clone(model).set_params(max_iter=model.n_iter_).fit(X, y)
    assert same(model, before)
    assert model.predict(X).shape == (150,)
