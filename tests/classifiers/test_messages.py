"""Unusual input gives a clear result, or an error that names what, why and the remedy."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

X = np.random.default_rng(0).standard_normal((30, 3))
y = np.arange(30) % 3
TEXT = np.array(["ant", "bee", "cat"])[y]

both = pytest.mark.parametrize(
    "estimator",
    [
        SigmoidMLPClassifier((4,), max_iter=5, tol=None, random_state=0),
        PerceptronClassifier(max_iter=5, tol=None, random_state=0),
    ],
    ids=["mlp", "perceptron"],
)


def methods(estimator, data, labels, classes):
    """Every way to learn from these rows, each with a new estimator."""
    fitted = clone(estimator).fit(X, classes[y])
    return {
        "fit": lambda: clone(estimator).fit(data, labels),
        "partial_fit": lambda: clone(estimator).partial_fit(data, labels, classes=classes),
        "growing": lambda: clone(estimator).partial_fit(data, labels, growing=True),
        "later": lambda: fitted.partial_fit(data, labels),
    }


def same_model(one, other):
    weights = "coefs_" if hasattr(one, "coefs_") else "coef_"
    return all(map(np.array_equal, getattr(one, weights), getattr(other, weights)))


# --- missing labels -----------------------------------------------------------------------

MISSING = {
    "None": None,
    "pd.NA": pd.NA,
    "NaN": np.nan,
    "pd.NaT": pd.NaT,
}


@both
@pytest.mark.parametrize("form", ["list", "object", "Series"])
@pytest.mark.parametrize("names", [["ant", "bee", "cat"], [0, 1, 2]], ids=["text", "numbers"])
@pytest.mark.parametrize("method", ["fit", "partial_fit", "growing", "later"])
@pytest.mark.parametrize("missing", MISSING)
def test_a_missing_label_is_named(estimator, missing, method, names, form):
    if missing == "NaN" and form == "list" and names[0] == "ant":
        return  # NumPy makes it the text "nan" before anybody can look at it
    labels = np.array(names)[y].tolist()
    labels[4] = MISSING[missing]
    made = {"list": list, "object": lambda v: np.array(v, object), "Series": pd.Series}
    if form == "Series" and names[0] == 0:
        labels = pd.array(labels, "Int64") if missing != "pd.NaT" else labels
    call = methods(estimator, X, made[form](labels), np.array(names))[method]
    with pytest.raises((ValueError, TypeError), match=r"\by\b|\blabels?\b") as error:
        call()
    error.match(r"None|NA\b|NaN|nan|NaT|missing")


@both
def test_one_missing_label_alone_is_named(estimator):
    fitted = clone(estimator).fit(X, TEXT)
    for missing in MISSING.values():
        with pytest.raises((ValueError, TypeError), match=r"\by\b|\blabels?\b") as error:
            fitted.partial_fit(X[:1], [missing])
        error.match(r"None|NA\b|NaN|nan|NaT|missing")


# --- kinds of arrays of labels ------------------------------------------------------------


@both
@pytest.mark.parametrize("method", ["fit", "partial_fit", "growing", "later"])
def test_variable_width_text_is_text(estimator, method):
    if not hasattr(np.dtypes, "StringDType"):
        pytest.skip("NumPy 2 has it")
    labels = TEXT.astype(np.dtypes.StringDType())
    call = methods(estimator, X, labels, np.unique(TEXT))[method]
    usual = methods(estimator, X, TEXT, np.unique(TEXT))[method]
    clear_or_same(call, usual, TEXT, r"\by\b.*StringDType")


@both
@pytest.mark.parametrize("method", ["fit", "partial_fit", "growing", "later"])
@pytest.mark.parametrize("kind", [int, bool, float])
def test_objects_that_are_numbers(estimator, method, kind):
    plain = (y % 2).astype(kind) if kind is bool else y.astype(kind)
    classes = np.unique(plain)
    labels = plain.astype(object)
    fitted = clone(estimator).fit(X, plain)
    calls = methods(estimator, X, labels, np.arange(3)) | {
        "partial_fit": lambda: clone(estimator).partial_fit(X, labels, classes=classes),
        "later": lambda: fitted.partial_fit(X, labels),
    }
    other = clone(estimator).fit(X, plain)
    usual = methods(estimator, X, plain, np.arange(3)) | {
        "partial_fit": lambda: clone(estimator).partial_fit(X, plain, classes=classes),
        "later": lambda: other.partial_fit(X, plain),
    }
    clear_or_same(calls[method], usual[method], plain, r"\by\b.*\bobject")


def clear_or_same(call, usual, labels, named):
    """The same model as from the usual form, its answers included, or an error that names."""
    try:
        model = call()
    except (ValueError, TypeError) as error:
        assert re.search(named, str(error), re.S), error  # noqa: PT017
        assert re.search(r"astype|convert|dtype", str(error)), error  # noqa: PT017
        return
    reference = usual()
    assert same_model(model, reference)
    assert model.predict(X).tolist() == reference.predict(X).tolist()
    assert model.score(X, labels) == reference.score(X, labels)


@both
def test_a_one_hot_y_is_spoken_of_in_the_docstring(estimator):
    said = re.split(r"\n\s+sample_weight :", type(estimator).fit.__doc__)[0]
    assert re.search(r"one[- ]hot", said, re.I)


# --- unknown labels -----------------------------------------------------------------------


@both
@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("unknown", [7, "dog"])
def test_an_unknown_label_in_a_stream_is_told_how_it_can_be_learnt(estimator, unknown, rows):
    labels = y if unknown == 7 else TEXT
    model = clone(estimator).partial_fit(X, labels, classes=np.unique(labels))
    strange = np.where(np.arange(30) == 0, unknown, labels)[:rows]
    with pytest.raises(ValueError, match=r"growing=True") as error:
        model.partial_fit(X[:rows], strange)
    error.match(str(unknown))
    error.match(r"\by\b")
    with pytest.raises(ValueError, match=r"growing=True"):
        clone(estimator).partial_fit(X[:rows], strange, classes=np.unique(labels))


def test_where_nothing_can_grow_growing_is_not_proposed():
    """An own code, or a matrix of labels, has no room for a new neuron."""
    network = SigmoidMLPClassifier((4,), output_code="binary", random_state=0)
    network.partial_fit(X, y, classes=[0, 1, 2])
    with pytest.raises(ValueError, match=r"\by\b") as error:
        network.partial_fit(X[:1], [7])
    assert "growing=True" not in str(error.value)


# --- parameters ---------------------------------------------------------------------------


def test_one_layer_given_as_an_array_without_dimensions():
    expected = SigmoidMLPClassifier(5, max_iter=2, tol=None, random_state=0).fit(X, y)
    network = clone(expected).set_params(hidden_layer_sizes=np.array(5))
    for learn in (
        lambda: network.fit(X, y),
        lambda: clone(network).partial_fit(X, y, classes=[0, 1, 2]),
    ):
        try:
            learnt = learn()
        except ValueError as error:
            assert re.search(r"hidden_layer_sizes.*array\(5\)", str(error))  # noqa: PT017
        else:
            assert [W.shape for W in learnt.coefs_] == [(3, 5), (5, 3)]


@pytest.mark.parametrize("size", [np.array(0), np.array(-5), np.array(2.5), np.array("five")])
def test_a_bad_layer_given_as_an_array_is_named(size):
    network = SigmoidMLPClassifier(size)
    with pytest.raises(ValueError, match="hidden_layer_sizes") as error:
        network.fit(X, y)
    error.match(re.escape(repr(size)))


@both
@pytest.mark.parametrize("more", [{}, {"early_stopping": True}])
@pytest.mark.parametrize("endless", [np.inf, float("inf"), np.float32("inf")])
def test_patience_without_end(estimator, endless, more):
    """As in MLPClassifier: `tol` never ends training."""
    with pytest.warns(ConvergenceWarning):
        MLPClassifier((4,), max_iter=20, n_iter_no_change=endless, tol=1e9).fit(X, y)
    options = {"max_iter": 20, "n_iter_no_change": endless, "tol": 1e9} | more
    model = clone(estimator).set_params(**options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, y)
    assert model.n_iter_ == 20 or getattr(model, "converged_", False)
    model.partial_fit(X, y)


def test_patience_without_end_and_an_adaptive_rate():
    network = SigmoidMLPClassifier(
        (4,), learning_rate="adaptive", n_iter_no_change=np.inf, max_iter=20, random_state=0
    )
    twin = clone(network).set_params(n_iter_no_change=10_000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(X, y)
        twin.fit(X, y)
    assert network.n_iter_ == 20
    assert same_model(network, twin)


@both
@pytest.mark.parametrize("value", [-np.inf, np.nan, 2.5, 0, "10", None])
def test_other_patience_is_refused(estimator, value):
    model = clone(estimator).set_params(n_iter_no_change=value)
    with pytest.raises(ValueError, match=r"n_iter_no_change.*" + re.escape(repr(value))):
        model.fit(X, y)


# --- inputs -------------------------------------------------------------------------------

DAYS = np.arange("2020-01-01", "2020-01-31", dtype="datetime64[D]")
TIMES = {
    "array": np.c_[DAYS, DAYS, DAYS],
    "seconds": np.c_[DAYS, DAYS, DAYS].astype("datetime64[s]"),
    "differences": np.c_[DAYS, DAYS, DAYS] - DAYS[0],
    "frame": pd.DataFrame({"a": DAYS, "b": DAYS, "c": DAYS}),
    "frame with one": pd.DataFrame({"a": X[:, 0], "day": DAYS, "c": X[:, 1]}),
    "frame of differences": pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "day": DAYS - DAYS[0]}),
    "time zone": pd.DataFrame(
        {"a": X[:, 0], "day": pd.Series(DAYS).dt.tz_localize("UTC"), "c": X[:, 1]}
    ),
    "objects": np.c_[X[:, :2].astype(object), DAYS.astype(object)],
    "stamps": np.c_[X[:, :2].astype(object), np.array(pd.Series(DAYS).tolist(), object)],
}


@both
@pytest.mark.parametrize("kind", TIMES)
@pytest.mark.parametrize("method", ["fit", "partial_fit", "growing", "later", "predict"])
def test_dates_are_refused_as_inputs(estimator, kind, method):
    data = TIMES[kind]
    calls = methods(estimator, data, y, np.arange(3))
    fitted = clone(estimator).fit(X, y)
    calls["predict"] = lambda: fitted.predict(data)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "X has feature names")
        with pytest.raises((ValueError, TypeError)) as error:
            calls[method]()
    if kind not in ("objects", "stamps"):
        error.match(r"\bX\b")
        error.match(r"date|time|duration")


def test_a_picture_of_floats_with_nan_is_refused(tmp_path):
    image = pytest.importorskip("PIL.Image")
    from sknn_basic import digits

    pixels = np.ones((40, 40), np.float32)
    pixels[10:30, 18:22] = 0.0
    pixels[0, 0] = np.nan
    path = tmp_path / "hole.tif"
    image.fromarray(pixels).save(path)
    with pytest.raises(ValueError, match="NaN") as error:
        digits.open_image(path)
    error.match(r"finite")
    error.match(r"hole\.tif|image")
