"""Class weights go by the labels as they are, and a row of weight 0 is not there."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

X, y = make_classification(60, n_informative=5, n_classes=3, random_state=0)
both = pytest.mark.parametrize(
    "estimator",
    [
        SigmoidMLPClassifier((4,), max_iter=3, tol=None, shuffle=False, random_state=0),
        PerceptronClassifier(max_iter=3, tol=None, shuffle=False, keep="last"),
    ],
    ids=["mlp", "perceptron"],
)


def numbers(model):
    if hasattr(model, "coefs_"):
        return [*model.coefs_, *model.intercepts_]
    return [model.coef_, model.intercept_]


def assert_same(one, other):
    assert all(map(np.array_equal, numbers(one), numbers(other)))


def assert_close(one, other):
    for a, b in zip(numbers(one), numbers(other), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def trained(estimator, method, labels, class_weight, data=X):
    """Fitted, or taken once through `partial_fit`, with these weights of classes."""
    model = clone(estimator).set_params(class_weight=class_weight)
    if method == "fit":
        return model.fit(data, labels)
    return model.partial_fit(data, labels, classes=np.unique(labels))


methods = pytest.mark.parametrize("method", ["fit", "partial_fit"])

# --- keys are labels ---------------------------------------------------------------------

SORTED_LABELS = {
    "digits": ["1", "2", "3"],
    "leading zeros": ["01", "02", "03"],
    "plus signs": ["+1", "+2", "+3"],
    "underscores": ["1_0", "2_0", "3_0"],
    "leading spaces": [" 1", " 2", " 3"],
    "one number": ["01", "1", "1.0"],
    "floats in text": ["1.0", "1e0", "inf"],
    "words": ["ant", "bee", "cat"],
    "objects": np.array(["1", "2", "3"], dtype=object),
    "days": np.array(["2020-01-01", "2021-01-01", "2022-01-01"], "datetime64[D]"),
    "integers": [3, 5, 8],
    "negative": [-2, -1, 0],
    "bytes": np.array([1, 2, 3], np.uint8),
    "floats": [1.0, 2.0, 3.0],
}


@both
@methods
@pytest.mark.parametrize("kind", SORTED_LABELS)
def test_a_key_is_the_label_as_it_is(estimator, method, kind):
    labels = np.asarray(SORTED_LABELS[kind])
    if labels.dtype.kind == "M":
        refused_or_right(estimator, method, labels)
        return
    weights = dict(zip(labels.tolist(), [1.0, 3.0, 0.5], strict=True))
    model = trained(estimator, method, labels[y], weights)
    assert_same(model, trained(estimator, method, y, {0: 1.0, 1: 3.0, 2: 0.5}))
    if kind in ("integers", "floats", "bytes"):
        as_numpy = dict(zip(labels, [1.0, 3.0, 0.5], strict=True))
        assert_same(model, trained(estimator, method, labels[y], as_numpy))


def refused_or_right(estimator, method, labels):
    """Labels that are days: either the keys are met, or an error names what is refused."""
    weights = dict(zip(labels, [1.0, 3.0, 0.5], strict=True))
    try:
        model = trained(estimator, method, labels[y], weights)
    except (ValueError, TypeError) as error:
        assert "datetime64" in str(error)  # noqa: PT017
        assert "int()" not in str(error)  # noqa: PT017
    else:
        assert_same(model, trained(estimator, method, y, {0: 1.0, 1: 3.0, 2: 0.5}))


@both
@methods
def test_two_classes_of_text_that_looks_like_numbers(estimator, method):
    two = (y > 0).astype(int)
    named = trained(estimator, method, np.array(["1", "2"])[two], {"1": 1, "2": 3})
    assert_same(named, trained(estimator, method, two, {0: 1, 1: 3}))


@both
@methods
@pytest.mark.parametrize(
    ("labels", "weights", "named"),
    [
        (["0", "1", "2"], {0: 1, 1: 3, 2: 1}, r"\b0\b"),
        (["0", "1", "2"], {"0": 1, 1: 3}, r"\b1\b"),
        ([0, 1, 2], {"0": 1, "1": 3, "2": 1}, "'0'"),
        ([0, 1, 2], {0: 1, 7: 3}, r"\b7\b"),
        ([0, 1, 2], {0: 1, 0.5: 3}, r"0\.5"),
        (["ant", "bee", "cat"], {"ant": 1, "dog": 3}, "dog"),
        (["ant", "bee", "cat"], {"Ant": 3}, "Ant"),
        (["1", "2", "3"], {"01": 3}, "01"),
        ([0, 1, 2], {None: 3}, "None"),
        ([0, 1, 2], {(0, 1): 3}, r"\(0, 1\)"),
    ],
)
def test_a_key_that_is_no_label_is_named(estimator, method, labels, weights, named):
    with pytest.raises(ValueError, match="class_weight") as error:
        trained(estimator, method, np.array(labels)[y], weights)
    error.match(named)


@both
@methods
@pytest.mark.parametrize("names", [[0, 1, 2], ["0", "1", "2"], ["ant", "bee", "cat"]])
def test_a_label_without_a_key_weighs_1(estimator, method, names):
    labels = np.array(names)[y]
    part = trained(estimator, method, labels, {names[1]: 3.0})
    full = trained(estimator, method, labels, {names[0]: 1.0, names[1]: 3.0, names[2]: 1.0})
    assert_same(part, full)
    empty = trained(estimator, method, labels, {})
    assert_close(empty, trained(estimator, method, labels, None))


# --- fit and partial_fit say the same ------------------------------------------------------


@both
@pytest.mark.parametrize("m", [1, 10, 100])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize(
    "weights",
    [
        {0: 10, 1: 10, 2: 10},
        {0: 10, 1: 10},
        {0: 1.0, 1: 3.0, 2: 0.5},
        {1: 0.1},
        {0: 0.25, 1: 0.25, 2: 0.25},
        {},
    ],
    ids=repr,
)
def test_k_passes_are_a_fit_of_k_epochs(estimator, weights, m, shuffle):
    model = clone(estimator).set_params(
        class_weight=weights, batch_size=m, shuffle=shuffle, random_state=0, eta=0.1
    )
    at_once = clone(model).fit(X, y)
    by_passes = clone(model)
    for _ in range(3):
        by_passes.partial_fit(X, y, classes=[0, 1, 2])
    assert_same(at_once, by_passes)
    assert at_once.n_iter_ == by_passes.n_iter_ == 3
    assert at_once.t_ == by_passes.t_


@both
def test_ten_for_every_class_is_ten_times_the_step(estimator):
    two = (y > 0).astype(int)
    for method in ("fit", "partial_fit"):
        heavy = trained(estimator.set_params(eta=0.03), method, two, {0: 10, 1: 10})
        fast = trained(clone(estimator).set_params(eta=0.3), method, two, None)
        assert_close(heavy, fast)


@both
def test_sample_weights_of_fit_times_class_weights_have_mean_1(estimator):
    w, factors = np.linspace(0.5, 2.0, 60), {0: 1.0, 1: 3.0, 2: 0.5}
    model = clone(estimator).set_params(class_weight=factors)
    one, other = (clone(model).fit(X, y, sample_weight=k * w) for k in (1.0, 1e6))
    assert_close(one, other)
    stream, products = clone(model), w * [factors[label] for label in y]
    for _ in range(3):
        stream.partial_fit(X, y, classes=[0, 1, 2], sample_weight=w / products.mean())
    assert_close(one, stream)


# --- weight 0 is absence -------------------------------------------------------------------

ABSENT = (np.arange(60) % 4 == 1) | (np.arange(60) // 10 == 2)


def check_absence(model, weighted, removed):
    """Two models that went on by different calls are the same, in counts and in what comes."""
    for one, other in zip(numbers(weighted), numbers(removed), strict=True):
        np.testing.assert_array_equal(one, other)
    for name in ("t_", "n_iter_"):
        assert getattr(weighted, name, None) == getattr(removed, name, None)
    if hasattr(weighted, "loss_"):  # a weighted mean may round otherwise
        assert weighted.loss_ == pytest.approx(removed.loss_, rel=1e-12)
    weighted.partial_fit(X[:7], y[:7])
    removed.partial_fit(X[:7], y[:7])
    assert_same(weighted, removed)


@both
@pytest.mark.parametrize("m", [1, 10, 100])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize(
    "more", [{}, {"alpha": 0.01}, {"momentum": 0.5, "learning_rate": "invscaling"}], ids=repr
)
def test_rows_of_weight_0_in_a_stream_are_not_there(estimator, m, shuffle, more):
    if not set(more) <= set(estimator.get_params()):
        return
    model = clone(estimator).set_params(
        batch_size=m, shuffle=shuffle, random_state=0, eta=0.1, **more
    )
    model.partial_fit(X, y, classes=[0, 1, 2])
    weighted, removed = model, pickle.loads(pickle.dumps(model))
    weighted.partial_fit(X, y, sample_weight=np.where(ABSENT, 0.0, 1.0))
    removed.partial_fit(X[~ABSENT], y[~ABSENT])
    check_absence(model, weighted, removed)


@both
def test_other_weights_stay_with_their_rows(estimator):
    w = np.where(ABSENT, 0.0, np.linspace(0.5, 2.0, 60))
    weighted, removed = (
        clone(estimator).set_params(batch_size=10).partial_fit(X, y, classes=[0, 1, 2])
        for _ in range(2)
    )
    weighted.partial_fit(X, y, sample_weight=w)
    removed.partial_fit(X[~ABSENT], y[~ABSENT], sample_weight=w[~ABSENT])
    check_absence(estimator, weighted, removed)


@both
@pytest.mark.parametrize("growing", [False, True])
def test_the_label_of_a_row_of_weight_0_may_be_unknown(estimator, growing):
    labels = np.where(ABSENT, 9, y)
    weighted, removed = (
        clone(estimator).set_params(batch_size=10).partial_fit(X, y, classes=[0, 1, 2])
        for _ in range(2)
    )
    w = np.where(ABSENT, 0.0, 1.0)
    weighted.partial_fit(X, labels, sample_weight=w, growing=growing)
    removed.partial_fit(X[~ABSENT], y[~ABSENT], growing=growing)
    assert weighted.classes_.tolist() == [0, 1, 2]
    check_absence(estimator, weighted, removed)


@both
def test_weight_0_in_a_first_call(estimator):
    labels, w = np.where(ABSENT, 9, y), np.where(ABSENT, 0.0, 1.0)
    for options in ({"classes": [0, 1, 2]}, {"growing": True}):
        weighted = clone(estimator).set_params(batch_size=10)
        removed = clone(weighted).partial_fit(X[~ABSENT], y[~ABSENT], **options)
        weighted.partial_fit(X, labels, sample_weight=w, **options)
        check_absence(estimator, weighted, removed)


@both
def test_a_call_in_which_no_row_has_weight_changes_no_weights_and_no_count_of_samples(
    estimator,
):
    model = clone(estimator).partial_fit(X, y, classes=[0, 1, 2])
    before, t = [a.copy() for a in numbers(model)], model.t_
    model.partial_fit(X[:5], [9] * 5, sample_weight=np.zeros(5))
    model.partial_fit(X[:1], y[:1], sample_weight=[0.0])
    assert all(map(np.array_equal, numbers(model), before))
    assert model.t_ == t


@both
@pytest.mark.parametrize("m", [1, 10])
def test_a_class_of_weight_0_in_a_stream_is_not_there(estimator, m):
    weighted = clone(estimator).set_params(batch_size=m, class_weight={1: 0.0})
    removed = clone(estimator).set_params(batch_size=m)
    for rows in (slice(0, 30), slice(30, 60)):
        there = y[rows] != 1
        weighted.partial_fit(X[rows], y[rows], classes=[0, 1, 2])
        removed.partial_fit(X[rows][there], y[rows][there], classes=[0, 1, 2])
    for one, other in zip(numbers(weighted), numbers(removed), strict=True):
        np.testing.assert_array_equal(one, other)
    assert weighted.t_ == removed.t_
    one_row = np.flatnonzero(y == 1)[:1]
    t = weighted.t_
    weighted.partial_fit(X[one_row], y[one_row])
    assert_same(weighted, removed)
    assert weighted.t_ == t


@both
def test_fit_and_a_stream_agree_about_a_class_of_weight_0(estimator):
    model = clone(estimator).set_params(class_weight={1: 0.0, 2: 2.0}, batch_size=10)
    at_once, by_passes = clone(model).fit(X, y), clone(model)
    for _ in range(3):
        by_passes.partial_fit(X, y, classes=[0, 1, 2])
    assert_same(at_once, by_passes)
    assert at_once.t_ == by_passes.t_


@both
def test_absent_rows_do_not_count_for_balanced_weights(estimator):
    model = clone(estimator).set_params(class_weight="balanced", batch_size=10)
    weighted = clone(model)
    removed = clone(model)
    for rows in (slice(0, 30), slice(30, 60)):
        absent = ABSENT[rows]
        labels = np.where(absent, 9, y[rows])
        w = np.where(absent, 0.0, 1.0)
        weighted.partial_fit(X[rows], labels, classes=[0, 1, 2], sample_weight=w)
        removed.partial_fit(X[rows][~absent], y[rows][~absent], classes=[0, 1, 2])
    assert_close(weighted, removed)
    assert weighted.t_ == removed.t_


def test_rows_of_weight_0_of_a_matrix_of_labels():
    Y = np.column_stack([y == 0, y == 1]).astype(int)
    network = SigmoidMLPClassifier((4,), batch_size=10, shuffle=False, random_state=0)
    weighted, removed = (clone(network).partial_fit(X, Y) for _ in range(2))
    weighted.partial_fit(X, Y, sample_weight=np.where(ABSENT, 0.0, 1.0))
    removed.partial_fit(X[~ABSENT], Y[~ABSENT])
    assert_same(weighted, removed)
    assert weighted.t_ == removed.t_
