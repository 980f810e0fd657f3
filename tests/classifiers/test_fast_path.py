"""The fast path of one-row calls gives what complete checks give: results, errors, warnings."""

import pickle
import warnings
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic._classifiers.streams.fast_path import still_checked

RNG = np.random.default_rng(0)
X, y = RNG.standard_normal((40, 5)), RNG.integers(0, 3, 40)
NAMES = np.array(["ant", "bee", "cat"])

ESTIMATORS = {
    "mlp": SigmoidMLPClassifier((4,), random_state=0),
    "mlp-online": SigmoidMLPClassifier((4, 3), batch_size=1, eta=0.3, random_state=0),
    "mlp-momentum": SigmoidMLPClassifier((4,), momentum=0.5, alpha=0.01, random_state=0),
    "mlp-quadratic": SigmoidMLPClassifier((), cost="quadratic", shuffle=False),
    "mlp-schedule": SigmoidMLPClassifier((4,), learning_rate="invscaling", random_state=0),
    "perceptron": PerceptronClassifier(batch_size=1),
    "perceptron-bias": PerceptronClassifier(fit_intercept=False, alpha=0.1, shuffle=False),
}


def fitted(name, dtype, text):
    labels = NAMES[y] if text else y
    model = pickle.loads(pickle.dumps(ESTIMATORS[name]))
    return model.partial_fit(X.astype(dtype), labels, classes=np.unique(labels))


def by_complete_checks(model):
    """The same model with the fast path closed for good."""
    other = pickle.loads(pickle.dumps(model))
    other.__dict__["_checked"] = None
    return other


def outcome(call):
    """What a call gives or raises, with its warnings, in a form that can be compared."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = call()
        except Exception as error:
            result = type(error), str(error)
    return result, [(w.category, str(w.message)) for w in caught]


BAD_ROWS = st.sampled_from(
    [
        [[np.nan] * 5],
        [[np.inf, 1, 2, 3, 4]],
        [[-np.inf, np.inf, 0, 0, 0]],
        [[1.0] * 4],
        [[1.0] * 6],
        [1.0] * 5,
        [],
        [["a"] * 5],
        [[1j] * 5],
    ]
)
ROWS = st.integers(1, 4).flatmap(
    lambda n: st.lists(
        st.lists(st.sampled_from([0.0, -1.5, 2.0, 1e-300, 1e30, 3e38]), min_size=5, max_size=5),
        min_size=n,
        max_size=n,
    )
)
INPUTS = st.tuples(
    st.one_of(ROWS, BAD_ROWS),
    st.sampled_from([np.float64, np.float32, np.int64, object, list, "F", "view", "readonly"]),
)


def as_input(rows, kind):
    if kind is list:
        return rows
    try:
        if not isinstance(kind, str):
            return np.array(rows, dtype=kind)
        array = np.array(rows, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return rows
    if kind == "F":
        return np.asfortranarray(array)
    if kind == "view":
        return np.repeat(array, 2, axis=0)[::2]
    array.flags.writeable = False
    return array


LABELS = st.sampled_from([0, 1, 2, 1.0, True, 3, -1, 0.5, None, "ant", "bee", "dog", np.nan])


@given(
    st.sampled_from(sorted(ESTIMATORS)),
    st.sampled_from([np.float64, np.float32]),
    st.booleans(),
    st.lists(
        st.tuples(INPUTS, st.lists(LABELS, min_size=1, max_size=4), st.booleans()),
        min_size=1,
        max_size=4,
    ),
)
def both_roads(name, dtype, text, calls):
    """Give the same calls to both and compare."""
    short = fitted(name, dtype, text)
    full = by_complete_checks(short)
    for (rows, kind), labels, as_array in calls:
        data = as_input(rows, kind)
        targets = np.array(labels) if as_array else labels
        before = pickle.dumps(data)
        for method, more in (
            ("partial_fit", [targets]),
            ("predict", []),
            ("decision_function", []),
        ):
            full.__dict__["_checked"] = None
            one, one_warned = outcome(partial(getattr(short, method), data, *more))
            two, two_warned = outcome(partial(getattr(full, method), data, *more))
            assert one_warned == two_warned
            if one is short:
                assert two is full
            elif isinstance(one, tuple):
                assert one == two
            else:
                np.testing.assert_array_equal(one, two)
        assert pickle.dumps(data) == before
        assert_same_numbers(short, full)


def assert_same_numbers(one, other):
    for a, b in zip(one._parameters().arrays(), other._parameters().arrays(), strict=True):
        np.testing.assert_array_equal(a, b)
    for name in ("t_", "n_iter_", "loss_"):
        assert getattr(one, name, None) == getattr(other, name, None)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("n", [80, pytest.param(300, marks=pytest.mark.slow)])
def test_both_ways_agree_on_everything(n):
    settings(max_examples=n, deadline=None, derandomize=True, database=None)(both_roads)()


def test_the_fast_path_is_open_after_a_call_and_after_a_pickle():
    model = fitted("mlp", np.float64, False)
    assert still_checked(model) is not None
    assert still_checked(pickle.loads(pickle.dumps(model))) is not None


@pytest.mark.parametrize(("name", "value"), [("eta", -1.0), ("batch_size", 0), ("eta", 0.25)])
def test_a_changed_parameter_closes_it(name, value):
    model = fitted("mlp", np.float64, False)
    model.set_params(**{name: value})
    assert still_checked(model) is None
    if value in (-1.0, 0):
        with pytest.raises(ValueError, match=name):
            model.partial_fit(X[:1], y[:1])


def test_a_one_row_step_can_not_be_torn():
    """Whatever fails before the step is accepted has changed nothing."""

    class FailsError(Exception):
        pass

    class Cost:
        armed = False

        def value(self, A, Y):
            if Cost.armed:
                raise FailsError
            return ((A - Y) ** 2).sum(axis=1)

        def output_error(self, A, Y):
            return A - Y

    model = SigmoidMLPClassifier((4,), cost=Cost(), random_state=0)
    model.partial_fit(X, y, classes=[0, 1, 2])
    before = pickle.dumps(model._parameters())
    Cost.armed = True
    with pytest.raises(FailsError):
        model.partial_fit(X[:1], y[:1])
    assert pickle.dumps(model._parameters()) == before
    Cost.armed = False
    model.partial_fit(X[:1], y[:1])
    assert pickle.dumps(model._parameters()) != before
