"""Proves that answers before lessons are those of a loop that predicts, then learns.

The loop is a user's: `predict` and `partial_fit`, a mini-batch at a time. The state afterwards
is that of `partial_fit`, to the last bit.
"""

import pickle
import sys
from itertools import count, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning, NotFittedError

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic._classifiers import progress

TEXT = np.array(["ant", "bee", "caterpillar", "dog"])
FORMS = {"dense": np.asarray, "csr": sparse.csr_array, "list": lambda X: X.tolist()}
NETWORK = SigmoidMLPClassifier((4,), eta=0.3, random_state=0, init="normal")
CLASSIFIERS = {
    "perceptron": PerceptronClassifier(eta=0.5, random_state=0),
    "network": NETWORK,
    "quadratic": clone(NETWORK).set_params(cost="quadratic", hidden_layer_sizes=(3, 4)),
    "momentum": clone(NETWORK).set_params(momentum=0.7, alpha=0.01),
    "schedule": clone(NETWORK).set_params(learning_rate="invscaling", hidden_layer_sizes=()),
    "code": clone(NETWORK).set_params(output_code="binary"),
    "balanced": clone(NETWORK).set_params(class_weight="balanced"),
    "by class": clone(NETWORK).set_params(class_weight={"ant": 0.0, "bee": 3.0}),
}


def rows(seed, n, n_classes, form="dense", labels=TEXT):
    """Rows without ties: the classes are clouds of normal numbers."""
    rng = np.random.default_rng(seed)
    numbers = rng.integers(0, n_classes, n)
    X = rng.standard_normal((n, 5)) + 0.7 * rng.standard_normal((n_classes, 5))[numbers]
    if form == "csr":
        X[rng.random(X.shape) < 0.5] = 0.0
    return FORMS[form](X), labels[numbers]


def classifier_of(name, m):
    """One with mini-batches of m; a perceptron's η/m is 1, so that ties stay ties."""
    eta = {"eta": float(m)} if name == "perceptron" else {}
    return clone(CLASSIFIERS[name]).set_params(batch_size=m, **eta)


def part(X, at):
    return X[at.start : at.stop]


def state_of(estimator):
    """Everything that is kept, but for the parameter by which the two calls differ."""
    return plain({**estimator.__getstate__(), "shuffle": None})


def plain(value):
    """Arrays as their bytes, so that == compares to the last bit."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


def loop(estimator, X, y, m, method, **first):
    """Predict, then learn, a mini-batch at a time; the first of them has nobody to answer."""
    told = []
    for start in range(0, len(y), m):
        at = slice(start, min(start + m, len(y)))
        try:
            told.append(getattr(estimator, method)(part(X, at)))
        except NotFittedError:
            told.append(None)
        estimator.partial_fit(part(X, at), y[at], **(first if start == 0 else {}))
    return told


calls = given(
    name=st.sampled_from([*CLASSIFIERS]),
    seed=st.integers(0, 99),
    n=st.integers(1, 40),
    n_classes=st.integers(2, 4),
    m=st.integers(1, 9),
    form=st.sampled_from([*FORMS]),
    shuffle=st.booleans(),
    known=st.booleans(),
)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@calls
def test_answers_are_those_of_the_loop_and_the_state_is_that_of_partial_fit(
    name, seed, n, n_classes, m, form, shuffle, known
):
    classifier = classifier_of(name, m).set_params(shuffle=shuffle)
    classes = TEXT[:n_classes]
    X, y = rows(seed, n, n_classes, form)
    if known:
        classifier.partial_fit(*rows(seed + 1, 7, n_classes, form), classes=classes)
    apart = name in ("balanced", "by class")  # a loop of small calls has other mini-batches
    for method in ("predict", *(["decision_function"] if not apart else [])):
        one, other, looped = (pickle.loads(pickle.dumps(classifier)) for _ in range(3))
        told = one.predict_then_learn(X, y, classes=classes, method=method)
        other.set_params(shuffle=False).partial_fit(X, y, classes=classes)
        assert state_of(one) == state_of(other)
        if apart:
            continue
        looped.set_params(shuffle=False)
        wanted = loop(looped, X, y, m, method, classes=classes)
        behind = m if wanted[0] is None else 0
        wanted = [each for each in wanted if each is not None]
        if wanted:
            compare(told[behind:], np.concatenate(wanted), name)


def compare(told, wanted, name):
    if told.dtype.kind in "US":
        assert np.array_equal(told, wanted)
    else:
        scale = max(1.0, np.abs(wanted).max())
        np.testing.assert_allclose(told, wanted, rtol=1e-12, atol=1e-12 * scale)


@pytest.mark.parametrize("method", ["predict_proba", "predict_log_proba"])
@pytest.mark.parametrize("n_classes", [2, 4])
def test_probabilities_are_those_of_the_loop(method, n_classes):
    X, y = rows(3, 50, n_classes)
    start = clone(NETWORK).set_params(batch_size=1, shuffle=False)
    start.partial_fit(*rows(4, 9, n_classes), classes=TEXT[:n_classes])
    looped = pickle.loads(pickle.dumps(start))
    told = start.predict_then_learn(X, y, method=method)
    assert told.shape == (50, n_classes)
    np.testing.assert_allclose(
        told, np.concatenate(loop(looped, X, y, 1, method)), rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize("method", ["predict", "decision_function", "predict_proba"])
@pytest.mark.parametrize("m", [1, 4])
def test_several_labels_a_row(method, m):
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((30, 5)), rng.integers(0, 2, (30, 3))
    start = clone(NETWORK).set_params(batch_size=m, shuffle=False).partial_fit(X, Y)
    looped = pickle.loads(pickle.dumps(start))
    told = start.predict_then_learn(X, Y, method=method)
    wanted = np.concatenate(loop(looped, X, Y, m, method))
    np.testing.assert_allclose(told, wanted, rtol=1e-12, atol=1e-12)


def test_float32_is_answered_in_float32():
    X, y = rows(0, 30, 3)
    network = clone(NETWORK).set_params(batch_size=1)
    told = network.predict_then_learn(
        X.astype(np.float32), y, classes=TEXT[:3], method="decision_function"
    )
    assert told.dtype == network.coefs_[0].dtype == np.float32


@pytest.mark.parametrize("name", ["network", "perceptron"])
def test_one_row_at_a_time_takes_the_fast_path_and_says_the_same(name):
    X, y = rows(0, 40, 4)
    one = clone(CLASSIFIERS[name]).set_params(batch_size=1, shuffle=False)
    one.partial_fit(X[:5], y[:5], classes=TEXT)
    other, state = pickle.loads(pickle.dumps(one)), one._checked
    told = [one.predict_then_learn(X[k : k + 1], y[k : k + 1])[0] for k in range(5, 40)]
    assert one._checked is state  # what the complete checks have found still holds
    wanted = other.predict_then_learn(X[5:], y[5:])
    assert np.array_equal(told, wanted)


def test_frames_and_strings():
    X, y = rows(0, 30, 3)
    frame = pd.DataFrame(X, columns=list("abcde"))
    told = clone(NETWORK).predict_then_learn(frame, pd.Series(y), classes=TEXT[:3])
    assert np.array_equal(told, clone(NETWORK).predict_then_learn(X, y, classes=TEXT[:3]))


def test_the_first_call_is_answered_by_the_first_weights():
    X, y = rows(0, 10, 3)
    network = clone(NETWORK).set_params(batch_size=10)
    told = network.predict_then_learn(X, y, classes=TEXT[:3], method="decision_function")
    before = clone(NETWORK).partial_fit(X, y, classes=TEXT[:3], sample_weight=np.zeros(10))
    np.testing.assert_allclose(told, before.decision_function(X), rtol=1e-12)


# --- rows that teach nothing -------------------------------------------------------------


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(
    name=st.sampled_from(["perceptron", "network", "momentum", "by class"]),
    seed=st.integers(0, 99),
    m=st.integers(1, 5),
    first=st.booleans(),
)
def test_rows_of_weight_0_are_answered_but_not_learnt_from(name, seed, m, first):
    X, y = rows(seed, 25, 3)
    w = np.random.default_rng(seed).integers(0, 3, 25).astype(float)
    classifier = classifier_of(name, m).set_params(shuffle=False)
    if not first:
        classifier.partial_fit(*rows(seed + 1, 7, 3), classes=TEXT[:3])
    start, other = (pickle.loads(pickle.dumps(classifier)) for _ in range(2))
    told = classifier.predict_then_learn(
        X, y, classes=TEXT[:3], sample_weight=w, method="decision_function"
    )
    other.partial_fit(X, y, classes=TEXT[:3], sample_weight=w)
    assert state_of(classifier) == state_of(other)
    if first:
        start.partial_fit(X, y, classes=TEXT[:3], sample_weight=np.zeros(25))
    weighs = w > 0
    if name == "by class":
        weighs &= y != "ant"
    learnt = np.flatnonzero(weighs)
    for k in range(25):
        batch = np.searchsorted(learnt, k) // m * m
        model = pickle.loads(pickle.dumps(start))
        if batch:
            model.partial_fit(X[learnt[:batch]], y[learnt[:batch]], None, w[learnt[:batch]])
        wanted = model.decision_function(X[k : k + 1])
        np.testing.assert_allclose(told[k : k + 1], wanted, rtol=1e-10, atol=1e-11)


def test_a_label_of_weight_0_does_not_matter():
    X, y = rows(0, 20, 3)
    w = np.ones(20)
    w[[3, 19]] = 0.0
    strange = np.where(w == 0, "zebra", y)
    one, other = clone(NETWORK), clone(NETWORK)
    told = one.predict_then_learn(X, strange, classes=TEXT[:3], sample_weight=w)
    assert np.array_equal(told, other.predict_then_learn(X, y, TEXT[:3], w))


def test_weights_too_small_for_float32():
    X, y = rows(0, 12, 3)
    w = np.ones(12)
    w[4:8] = 1e-60
    network = clone(NETWORK).set_params(batch_size=2)
    X = X.astype(np.float32)
    told = network.predict_then_learn(
        X, y, classes=TEXT[:3], sample_weight=w, method="decision_function"
    )
    assert np.isfinite(told).all()
    other = clone(NETWORK).set_params(batch_size=2, shuffle=False)
    other.partial_fit(X, y, classes=TEXT[:3], sample_weight=w)
    assert all(map(np.array_equal, network.coefs_, other.coefs_))


# --- classes that come -------------------------------------------------------------------


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(
    name=st.sampled_from(["perceptron", "network", "momentum"]),
    seed=st.integers(0, 99),
    m=st.integers(1, 6),
    known=st.integers(0, 2),
    weighted=st.booleans(),
)
@example(name="network", seed=0, m=1, known=0, weighted=False)
def test_classes_grow_with_the_mini_batch_that_brings_them(name, seed, m, known, weighted):
    X, y = rows(seed, 30, 4)
    w = np.random.default_rng(seed).integers(0, 2, 30).astype(float) if weighted else None
    classifier = classifier_of(name, m).set_params(shuffle=False)
    if known:
        classifier.partial_fit(X, TEXT[np.arange(30) % known], growing=True)
    elif weighted:
        w[0] = 1.0
    other = pickle.loads(pickle.dumps(classifier))
    told = classifier.predict_then_learn(X, y, sample_weight=w, growing=True)
    learnt = np.arange(30) if w is None else np.flatnonzero(w)
    for start in range(0, len(learnt), m):
        at = learnt[start : start + m]
        if hasattr(other, "classes_"):
            assert np.array_equal(told[at], other.predict(X[at]))
        other.partial_fit(X[at], y[at], None, None if w is None else w[at], growing=True)
    assert np.array_equal(classifier.classes_, other.classes_)
    for a, b in zip(arrays_of(classifier), arrays_of(other), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def arrays_of(estimator):
    return estimator.coefs_ if hasattr(estimator, "coefs_") else [estimator.coef_]


@pytest.mark.parametrize("m", [1, 2, 3])
def test_rows_of_weight_0_are_answered_alike_with_and_without_growing(m):
    X, y = rows(0, 40, 4)
    w = np.random.default_rng(1).integers(0, 2, 40).astype(float)
    one = clone(NETWORK).set_params(batch_size=m).partial_fit(X, y, classes=TEXT)
    other = pickle.loads(pickle.dumps(one))
    told = one.predict_then_learn(X, y, sample_weight=w, method="predict_proba", growing=True)
    wanted = other.predict_then_learn(X, y, sample_weight=w, method="predict_proba")
    np.testing.assert_allclose(told, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["network", "perceptron"])
def test_growing_is_one_call(name, capsys):
    X, y = rows(0, 40, 4)
    y = np.sort(y)
    growing = clone(CLASSIFIERS[name]).set_params(batch_size=4, verbose=1)
    growing.predict_then_learn(X, y, growing=True)
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert growing.n_iter_ == 1
    assert growing.t_ == 40
    assert growing.verbose == 1
    assert [mark[1] for mark in growing._stream.marks] == sorted(set(y))[1:]
    if name == "network":
        seen, means = growing.stream_curve_
        mean = (means * np.diff(seen, prepend=0)).sum() / 40
        assert growing.loss_ == pytest.approx(mean)
    growing.predict_then_learn(X, y, growing=True)
    assert growing.n_iter_ == 2
    assert "Sample 80" in capsys.readouterr().out


def test_a_column_of_labels_warns_once():
    X, y = rows(0, 20, 4)
    with pytest.warns(DataConversionWarning) as told:
        clone(NETWORK).predict_then_learn(X, np.sort(y)[:, None], growing=True)
    assert len(told) == 1


def test_what_can_be_an_array_but_not_be_indexed():
    class OnlyAnArray:
        def __init__(self, values):
            self.values = values

        def __array__(self, dtype=None, copy=None):
            return np.asarray(self.values, dtype)

    X, y = rows(0, 20, 4)
    told = clone(NETWORK).predict_then_learn(OnlyAnArray(X), OnlyAnArray(y), growing=True)
    assert np.array_equal(told, clone(NETWORK).predict_then_learn(X, y, growing=True))


def test_a_class_has_no_probability_before_it_comes():
    X, y = rows(0, 40, 4)
    y = np.sort(y)[::-1]
    network = clone(NETWORK).set_params(batch_size=1)
    P = network.predict_then_learn(X, y, method="predict_proba", growing=True)
    assert P.shape == (40, 4)
    np.testing.assert_allclose(P.sum(axis=1), 1.0)
    for k, label in enumerate(network.classes_):
        first = np.flatnonzero(y == label)[0]
        assert (P[:first, k] == 0.0).all()
        assert (P[first + 1 :, k] > 0.0).all()
    again = clone(network).predict_then_learn(X, y, method="predict_log_proba", growing=True)
    np.testing.assert_allclose(np.exp(again), P)


# --- nothing is lost ---------------------------------------------------------------------


@pytest.mark.parametrize("growing", [False, True])
@pytest.mark.parametrize("name", ["network", "perceptron"])
def test_a_bad_call_leaves_everything_as_it_was(name, growing):
    X, y = rows(0, 30, 4)
    one = clone(CLASSIFIERS[name]).set_params(batch_size=2)
    one.partial_fit(X, y, classes=TEXT)
    before = state_of(one)
    bad = X.copy()
    bad[-1, 0] = np.nan
    for call, message in [
        (lambda: one.predict_then_learn(bad, y, growing=growing), "NaN"),
        (lambda: one.predict_then_learn(X[:, :3], y, growing=growing), "features"),
        (lambda: one.predict_then_learn(X, y[:5], growing=growing), "inconsistent"),
        (lambda: one.predict_then_learn(X, y, method="guess", growing=growing), "'predict'"),
        (lambda: one.predict_then_learn(X, y, method=["predict"], growing=growing), "method"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()
        assert state_of(one) == before


def test_what_cannot_be_asked_for_is_said():
    X, y = rows(0, 10, 3)
    with pytest.raises(ValueError, match=r"'decision_function'\. Got 'predict_proba"):
        PerceptronClassifier().predict_then_learn(X, y, TEXT, method="predict_proba")
    with pytest.raises(ValueError, match="still to come"):
        clone(NETWORK).predict_then_learn(X, y, method="decision_function", growing=True)


def test_an_error_in_a_later_part_loses_nothing():
    X, y = rows(0, 30, 4)
    y = np.sort(y)
    network = clone(NETWORK).set_params(batch_size=1, eta=1e200)
    network.partial_fit(X[:1], y[:1], growing=True)
    before = state_of(network)
    with pytest.raises(ValueError, match="diverged"):
        network.predict_then_learn(1e200 * X, y, growing=True)
    assert state_of(network) == before


# --- the record of the stream ------------------------------------------------------------


def test_the_record_has_every_cost_in_order():
    X, y = rows(0, 300, 3)
    network = clone(NETWORK).set_params(batch_size=1, shuffle=False)
    P = network.predict_then_learn(X, y, classes=TEXT[:3], method="decision_function")
    A, Y = 1.0 / (1.0 + np.exp(-P)), y[:, None] == TEXT[:3]
    costs = -np.where(Y, np.log(A), np.log1p(-A)).sum(axis=1)
    seen, means = network.stream_curve_
    assert seen[-1] == 300 == network.t_
    for (start, stop), mean in zip(pairwise([0, *seen]), means, strict=True):
        np.testing.assert_allclose(mean, costs[start:stop].mean(), rtol=1e-9)


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(sizes=st.lists(st.integers(1, 400), min_size=1, max_size=30), m=st.integers(1, 40))
def test_the_record_covers_the_stream_in_constant_memory(sizes, m):
    perceptron = PerceptronClassifier(batch_size=m, random_state=0)
    X, y = rows(0, sum(sizes), 2)
    mistakes, start = 0, 0
    for n in sizes:
        at = slice(start, start + n)
        told = perceptron.predict_then_learn(X[at], y[at], classes=TEXT[:2])
        mistakes, start = mistakes + (told != y[at]).sum(), start + n
    seen, means = perceptron.stream_curve_
    assert len(seen) <= 257
    assert seen[-1] == sum(sizes)
    assert (np.diff(seen) > 0).all()
    np.testing.assert_allclose((means * np.diff(seen, prepend=0)).sum(), mistakes)


def test_the_record_goes_on_after_a_pickle_and_ends_with_a_fit():
    X, y = rows(0, 100, 3)
    whole = clone(NETWORK).set_params(batch_size=1, shuffle=False)
    whole.partial_fit(X, y, classes=TEXT[:3])
    half = clone(whole).partial_fit(X[:50], y[:50], classes=TEXT[:3])
    copy = pickle.loads(pickle.dumps(half))
    half.partial_fit(X[:1], y[:1])  # nothing of this is seen by the copy
    copy.partial_fit(X[50:], y[50:])
    for one, other in zip(copy.stream_curve_, whole.stream_curve_, strict=True):
        np.testing.assert_allclose(one, other)
    whole.set_params(max_iter=2, tol=None).fit(X, y)
    with pytest.raises(AttributeError, match="no stream"):
        _ = whole.stream_curve_
    whole.partial_fit(X[:3], y[:3])
    assert whole.stream_curve_[0].tolist() == [201, 202, 203]


def test_a_class_that_weighs_nothing_leaves_no_cost():
    network = clone(NETWORK).set_params(class_weight={"ant": 1.0, "bee": 0.0})
    network.partial_fit([[0.0]], ["ant"], growing=True)
    network.partial_fit([[1.0]], ["bee"], growing=True)
    assert network.stream_curve_[0].tolist() == [1]


def test_the_pickle_of_a_stream_stays_as_long_as_it_is():
    X, y = rows(0, 1000, 2)
    perceptron = PerceptronClassifier(batch_size=1)
    sizes = []
    for _ in range(12):
        perceptron.partial_fit(X, y, classes=TEXT[:2])
        sizes.append(len(pickle.dumps(perceptron)))
    assert max(sizes[1:]) - min(sizes[1:]) <= 8  # counters need more digits


# --- lines -------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["partial_fit", "predict_then_learn"])
def test_a_line_every_few_calls(capsys, call):
    X, y = rows(0, 70, 3)
    perceptron = PerceptronClassifier(batch_size=1, shuffle=False, verbose=3)
    silent = clone(perceptron).set_params(verbose=0)
    costs = []
    for k in range(0, 70, 10):
        at = slice(k, k + 10)
        told = silent.predict_then_learn(
            X[at], y[at], classes=TEXT[:3], method="decision_function"
        )
        costs.append(((told > 0) != (y[at][:, None] == TEXT[:3])).sum() / 10)
        getattr(perceptron, call)(X[at], y[at], classes=TEXT[:3])
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"Sample 30  mistakes {np.mean(costs[:3]):.4g}  ")
    assert second.startswith(f"Sample 60  mistakes {np.mean(costs[3:6]):.4g}  ")
    assert second.endswith(" rows/s")


@pytest.mark.parametrize("between", ["fit", "silent calls"])
def test_a_line_is_about_the_calls_that_were_to_be_told_of(capsys, between):
    X, y = rows(0, 70, 3)
    network = clone(NETWORK).set_params(batch_size=1, shuffle=False, verbose=1)
    network.partial_fit(X, y, classes=TEXT[:3])
    network.set_params(verbose=0, max_iter=3, tol=None)
    _ = network.fit(X, y) if between == "fit" else network.partial_fit(X, y)
    capsys.readouterr()
    network.set_params(verbose=1).partial_fit(X[:10], y[:10])
    name, cost = capsys.readouterr().out.split("  ")[:2]
    assert name == f"Sample {network.t_}"
    assert cost == f"cost {network.loss_:.4g}"


def test_the_clock_of_a_line_runs_during_the_calls(capsys, monkeypatch):
    times = count()
    monkeypatch.setattr(progress, "perf_counter", lambda: float(next(times)))
    X, y = rows(0, 50, 3)
    perceptron = PerceptronClassifier(batch_size=1, verbose=1)
    perceptron.partial_fit(X, y, classes=TEXT[:3])
    assert capsys.readouterr().out.endswith("  50 rows/s\n")


def test_what_cannot_be_told_has_not_happened(monkeypatch):
    X, y = rows(0, 10, 2)
    network = clone(NETWORK).set_params(verbose=1).partial_fit(X, y, classes=TEXT[:2])
    before = state_of(network)

    class Broken:
        def write(self, text):
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Broken())
    for call in (network.partial_fit, network.predict_then_learn):
        with pytest.raises(BrokenPipeError):
            call(X, y)
    monkeypatch.undo()
    assert state_of(network) == before


def test_lines_are_not_stored(capsys):
    X, y = rows(0, 10, 2)
    network = clone(NETWORK).set_params(verbose=1)
    network.partial_fit(X, y, classes=TEXT[:2])
    assert "cost" in capsys.readouterr().out
    assert "_line" not in network.__getstate__()
    network.partial_fit(X, y, sample_weight=np.zeros(10))
    assert capsys.readouterr().out == ""  # nothing new
