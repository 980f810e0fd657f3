"""A fit that fails says so: it exploded, or its inputs are far too large for these steps."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import (
    load_breast_cancer,
    load_digits,
    load_iris,
    load_wine,
    make_circles,
    make_moons,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import minmax_scale, scale

from sknn_basic import SigmoidMLPClassifier

NETWORK = SigmoidMLPClassifier((5,), random_state=0)


def warnings_of(call):
    """The warnings of a call as pairs of category and text; none is left out as repeated."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [(w.category, str(w.message)) for w in caught]


# --- explosion ---------------------------------------------------------------------------

IRIS, IRIS_LABELS = load_iris(return_X_y=True)
STANDARD = scale(IRIS)


@pytest.mark.parametrize("keep", ["last", "best", "average"])
@pytest.mark.parametrize(
    ("eta", "alpha", "m"),
    [(0.5, 4.1, 1), (0.5, 4.1, 32), (0.5, 5.0, 150), (1.0, 2.1, 1), (1.0, 3.0, 32),
     (3.0, 1.0, 32), (5.0, 0.5, 150), (0.1, 21.0, 1)],
)  # fmt: skip
def test_a_cost_that_explodes_is_told_with_eta_and_alpha(eta, alpha, m, keep):
    network = clone(NETWORK).set_params(eta=eta, alpha=alpha, batch_size=m, keep=keep)
    told = warnings_of(lambda: network.fit(STANDARD, IRIS_LABELS))
    assert network.loss_curve_[-1] > network.loss_curve_[0]
    texts = [text for category, text in told if category is ConvergenceWarning]
    assert len(texts) == 1
    assert re.search(rf"\beta={re.escape(repr(eta))}", texts[0])
    assert re.search(rf"\balpha={re.escape(repr(alpha))}", texts[0])


def test_no_fit_ends_above_its_first_cost_in_silence():
    rng = np.random.default_rng(0)
    ended_above = 0
    for _ in range(60):
        network = clone(NETWORK).set_params(
            eta=float(rng.choice([0.1, 1.0, 10.0, 100.0])),
            alpha=float(rng.choice([0.0, 0.1, 1.0, 3.0])),
            momentum=float(rng.choice([0.0, 0.9, 0.99])),
            cost=str(rng.choice(["cross_entropy", "quadratic"])),
            batch_size=int(rng.choice([1, 10, 150])),
            max_iter=40,
        )
        try:
            told = warnings_of(lambda network=network: network.fit(STANDARD, IRIS_LABELS))
        except ValueError as error:
            assert "eta" in str(error)  # noqa: PT017
            continue
        if network.loss_curve_[-1] > network.loss_curve_[0]:
            ended_above += 1
            assert any(category is ConvergenceWarning for category, _ in told), network
    assert ended_above >= 10


@pytest.mark.parametrize("m", [1, 32, 150])
def test_a_fit_that_converges_is_silent(m):
    network = clone(NETWORK).set_params(batch_size=m, max_iter=2000, alpha=1e-3)
    assert warnings_of(lambda: network.fit(STANDARD, IRIS_LABELS)) == []
    assert network.loss_curve_[-1] < network.loss_curve_[0]


# --- inputs that are too large -------------------------------------------------------------

DIGITS, DIGIT_LABELS = load_digits(return_X_y=True)
WINE, WINE_LABELS = load_wine(return_X_y=True)
CANCER, CANCER_LABELS = load_breast_cancer(return_X_y=True)

TOO_LARGE = {
    "wine": (WINE, WINE_LABELS),
    "breast cancer": (CANCER, CANCER_LABELS),
    "raw pixels": (np.round(DIGITS / 16 * 255), DIGIT_LABELS),
    "one large column": (np.c_[STANDARD, 1e4 * STANDARD[:, :1]], IRIS_LABELS),
    "a year": (np.c_[STANDARD, np.arange(1900, 2050)], IRIS_LABELS),
}


def about_size(told):
    return [text for _, text in told if "StandardScaler" in text]


def check_names_the_largest(text, X, names=None):
    """The message names a largest column, by its maximum or its mean square, and its size."""
    largest, size = np.abs(X).max(axis=0), np.sqrt((X**2).mean(axis=0))
    columns = {*np.flatnonzero(largest == largest.max()).tolist(), int(size.argmax())}
    named = [c for c in columns if re.search(rf"\b{names[c] if names else c}\b", text)]
    assert named, text
    numbers = map(float, re.findall(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?", text.replace(",", "")))
    low, high = min(np.abs(X[:, named]).mean(), size[named].min()), largest.max()
    assert any(0.9 * low <= number <= 1.1 * high for number in numbers), text
    assert re.search(r"\beta\b", text)


@pytest.mark.parametrize("name", TOO_LARGE)
@pytest.mark.parametrize("form", ["array", "float32", "list", "Fortran", "CSR"])
def test_inputs_that_are_too_large_are_told_once(name, form):
    X, y = TOO_LARGE[name]
    forms = {
        "array": lambda X: X,
        "float32": lambda X: X.astype(np.float32),
        "list": lambda X: X.tolist(),
        "Fortran": np.asfortranarray,
        "CSR": sparse.csr_matrix,
    }
    network = SigmoidMLPClassifier(random_state=0, max_iter=3, tol=None)
    told = warnings_of(lambda: network.fit(forms[form](X), y))
    (text,) = about_size(told)
    assert {category for category, said in told if said != text} <= {ConvergenceWarning}
    check_names_the_largest(text, X)


def test_the_default_fit_of_wine_is_told_once():
    network = SigmoidMLPClassifier(random_state=0)
    assert len(about_size(warnings_of(lambda: network.fit(WINE, WINE_LABELS)))) == 1


def test_a_column_with_a_name_is_named():
    frame, y = load_wine(return_X_y=True, as_frame=True)
    network = clone(NETWORK).set_params(max_iter=2, tol=None)
    (text,) = about_size(warnings_of(lambda: network.fit(frame, y)))
    assert "proline" in text
    check_names_the_largest(text, frame.to_numpy(), list(frame.columns))
    cancer = load_breast_cancer(as_frame=True)
    (text,) = about_size(warnings_of(lambda: network.fit(cancer.data, cancer.target)))
    assert "worst area" in text


def test_every_fit_tells_it_anew():
    network = clone(NETWORK).set_params(max_iter=2, tol=None)
    for _ in range(2):
        assert len(about_size(warnings_of(lambda: network.fit(WINE, WINE_LABELS)))) == 1


@pytest.mark.parametrize("rows", [1, 7, 178])
def test_a_stream_tells_it_once(rows):
    network = clone(NETWORK).set_params(batch_size=1)

    def stream():
        for start in range(0, 178, rows):
            part = slice(start, start + rows)
            network.partial_fit(WINE[part], WINE_LABELS[part], classes=[0, 1, 2])
        for start in range(0, 178, rows):
            part = slice(start, start + rows)
            network.partial_fit(WINE[part], WINE_LABELS[part])

    texts = about_size(warnings_of(stream))
    assert len(texts) == 1
    assert re.search(r"\b12\b", texts[0])


def test_a_stream_of_named_columns_tells_the_name_once():
    frame, y = load_wine(return_X_y=True, as_frame=True)
    network = clone(NETWORK).set_params(batch_size=1)

    def stream():
        for i in range(30):
            network.partial_fit(frame.iloc[i : i + 1], y[i : i + 1], classes=[0, 1, 2])

    (text,) = about_size(warnings_of(stream))
    assert "proline" in text


# --- inputs of ordinary size -----------------------------------------------------------------


def ordinary():
    """Inputs as they should be, each with its labels."""
    rng = np.random.default_rng(0)
    words = ["ant", "bee", "cow", "dog", "elk", "fox", "gnu", "hen"]
    texts = [" ".join(rng.choice(words, 12)) for _ in range(60)]
    three = np.arange(60) % 3
    return {
        "iris": (IRIS, IRIS_LABELS),
        "iris, standardised": (STANDARD, IRIS_LABELS),
        "wine, standardised": (scale(WINE), WINE_LABELS),
        "breast cancer, standardised": (scale(CANCER), CANCER_LABELS),
        "digits, standardised": (scale(DIGITS), DIGIT_LABELS),
        "wine, 0 to 1": (minmax_scale(WINE), WINE_LABELS),
        "breast cancer, 0 to 1": (minmax_scale(CANCER), CANCER_LABELS),
        "digits, 0 to 1": (DIGITS / 16, DIGIT_LABELS),
        "digits, 0 to 1, float32": ((DIGITS / 16).astype(np.float32), DIGIT_LABELS),
        "tf-idf": (TfidfVectorizer().fit_transform(texts), three),
        "one-hot": (np.eye(60), three),
        "one-hot, sparse": (sparse.csr_matrix(np.eye(60)), three),
        "moons": make_moons(60, random_state=0),
        "circles": make_circles(60, random_state=0),
        "gate": (np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), [0, 1, 1, 1]),
        "bipolar gate": (np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]), [0, 1, 1, 1]),
        "784 columns, 0 to 1": (rng.random((60, 784)), three),
        "784 columns, standardised": (rng.standard_normal((60, 784)), three),
        "very small": (1e-9 * rng.standard_normal((60, 4)), three),
        "zeros": (np.zeros((60, 4)), three),
    }


ORDINARY = ordinary()


@pytest.mark.parametrize("name", ORDINARY)
def test_inputs_of_ordinary_size_are_learnt_in_silence(name):
    X, y = ORDINARY[name]
    network = SigmoidMLPClassifier(random_state=0, max_iter=3, tol=None)
    assert warnings_of(lambda: network.fit(X, y)) == []
    online = clone(network).set_params(batch_size=1)
    rows = sparse.csr_matrix(X) if sparse.issparse(X) else X
    classes = np.unique(y)

    def stream():
        for i in range(len(y[:60])):
            online.partial_fit(rows[i : i + 1], y[i : i + 1], classes=classes)

    assert warnings_of(stream) == []


def test_the_settings_of_the_book_are_silent():
    network = SigmoidMLPClassifier(
        (30,), eta=3.0, batch_size=10, cost="quadratic", init="normal", max_iter=2, tol=None,
        random_state=0,
    )  # fmt: skip
    assert warnings_of(lambda: network.fit(DIGITS / 16, DIGIT_LABELS)) == []


def test_the_docstring_says_that_inputs_are_to_be_scaled():
    said = SigmoidMLPClassifier.__doc__.partition("Examples\n")[0]
    assert "StandardScaler" in said


def test_the_remedy_of_the_message_works():
    frame = pd.DataFrame(scale(WINE)).rename(columns=str)
    network = SigmoidMLPClassifier(random_state=0, max_iter=60, tol=None)
    assert warnings_of(lambda: network.fit(frame, WINE_LABELS)) == []
    assert network.score(frame, WINE_LABELS) > 0.95
