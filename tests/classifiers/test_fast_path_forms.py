"""One-row calls in the forms that people write: fast, and as the complete checks have it.

What is fast is counted, not timed: calls of Python functions within one call, of which the
complete checks need thousands.
"""

import pickle
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

RNG = np.random.default_rng(0)
X, y = RNG.standard_normal((40, 20)), np.arange(40) % 3
TEXT = np.array(["ant", "bee", "cat"])[y]
NAMES = [f"column {k}" for k in range(20)]
MLP = SigmoidMLPClassifier((5,), batch_size=1, random_state=0)

FEW = 300
"""Python calls: three times what a step from an array needs, a tenth of the complete checks."""

OF_OTHERS = {"pandas", "scipy", "abc", "importlib"}
"""Packages that hand out the values of a data frame or a sparse matrix, and what they use."""


def python_calls(function):
    """How many Python functions run while this one does, those of pandas and SciPy aside."""
    count = 0

    def watch(frame, event, _):
        nonlocal count
        module = frame.f_globals.get("__name__", "").partition(".")[0]
        count += event == "call" and module not in OF_OTHERS

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


def copy_of(model):
    return pickle.loads(pickle.dumps(model))


def outcome(call):
    """What a call raises and warns, in a form that can be compared."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            call()
            raised = None
        except Exception as error:
            raised = type(error), str(error)
    return raised, [(w.category, str(w.message)) for w in caught]


def numbers(model):
    """All that a model has learnt."""
    arrays = getattr(model, "coefs_", None) or [model.coef_]
    arrays = [*arrays, *(getattr(model, "intercepts_", None) or [model.intercept_])]
    told = [getattr(model, name, None) for name in ("loss_", "n_iter_", "t_", "converged_")]
    return [(a.dtype.str, a.shape, a.tobytes()) for a in arrays], told


def begun(estimator, data=X, labels=y):
    """A model that has seen some rows and one alone."""
    model = clone(estimator)
    model.partial_fit(data, labels, classes=np.unique(labels))
    return model.partial_fit(data[:1], labels[:1])


def check_form(model, rows, labels, plain_rows, plain_labels, **more):
    """The form is fast, and gives what a plain array gives by way of the complete checks.

    A weight of 1 for the row changes no bit and needs the complete checks.
    """
    twin = copy_of(model)
    model.partial_fit(rows(0), labels(0), **more)
    twin.partial_fit(plain_rows(0), plain_labels(0), sample_weight=np.ones(1))
    assert numbers(model) == numbers(twin)
    data, target = rows(1), labels(1)
    assert python_calls(lambda: model.partial_fit(data, target, **more)) < FEW
    twin.partial_fit(plain_rows(1), plain_labels(1), sample_weight=np.ones(1))
    assert numbers(model) == numbers(twin)


def array_rows(i):
    return X[i + 3 : i + 4]


def array_labels(i):
    return y[i + 3 : i + 4]


ROWS = {
    "array": array_rows,
    "list of an array": lambda i: [X[i + 3]],
    "list of a list": lambda i: [X[i + 3].tolist()],
    "Fortran": lambda i: np.asfortranarray(X[i + 3 : i + 4]),
    "column step": lambda i: np.repeat(X[i + 3 : i + 4], 2, axis=1)[:, ::2],
    "CSR matrix": lambda i: sparse.csr_matrix(X[i + 3 : i + 4]),
    "CSR array": lambda i: sparse.csr_array(X[i + 3 : i + 4]),
}
LABELS = {
    "array": array_labels,
    "list of Python": lambda i: [int(y[i + 3])],
    "list of NumPy": lambda i: [y[i + 3]],
    "tuple of Python": lambda i: (int(y[i + 3]),),
    "tuple of NumPy": lambda i: (y[i + 3],),
}
FAST_ROWS = set(ROWS) - {"list of a list"}


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("rows", sorted(FAST_ROWS))
@pytest.mark.parametrize(
    "estimator", [MLP, PerceptronClassifier(batch_size=1)], ids=["mlp", "perceptron"]
)
def test_every_form_of_one_row_and_its_label(estimator, rows, labels):
    plain = ROWS[rows] if rows.startswith("CSR") else array_rows  # sums in another order
    check_form(begun(estimator), ROWS[rows], LABELS[labels], plain, array_labels)


@pytest.mark.parametrize("form", ["array", "list of Python", "list of NumPy", "tuple"])
def test_labels_that_are_text(form):
    forms = {
        "array": lambda i: TEXT[i : i + 1],
        "list of Python": lambda i: [str(TEXT[i])],
        "list of NumPy": lambda i: [TEXT[i]],
        "tuple": lambda i: (TEXT[i],),
    }
    model = begun(MLP, labels=TEXT)
    check_form(model, array_rows, forms[form], array_rows, forms["array"])


def test_the_loop_of_the_readme():
    model, twin = begun(MLP), begun(MLP)
    for x, digit in zip(X, y, strict=True):
        model.partial_fit([x], [digit])
        assert python_calls(lambda x=x, d=digit: model.partial_fit([x], [d])) < FEW
        for _ in range(2):
            twin.partial_fit(x[None], np.array([digit]), sample_weight=[1.0])
    assert numbers(model) == numbers(twin)
    assert python_calls(lambda: model.predict([X[0]])) < FEW


def test_rows_of_float32_for_a_model_of_float64():
    def narrow(i):
        return X[i : i + 1].astype(np.float32)

    def widened(i):
        return narrow(i).astype(np.float64)

    check_form(begun(MLP), narrow, array_labels, widened, array_labels)
    check_form(begun(MLP), lambda i: [narrow(i)[0]], array_labels, widened, array_labels)


def test_rows_of_float64_for_a_model_of_float32_become_float32():
    model = begun(MLP, X.astype(np.float32))
    model.partial_fit(X[:1], y[:1])
    twin = begun(MLP, X.astype(np.float32))
    twin.partial_fit(X[:1].astype(np.float32), y[:1])
    assert numbers(model) == numbers(twin)


PARAMETERS = {
    "class_weight dict": {"class_weight": {0: 2.0, 1: 0.5, 2: 1.0}},
    "class_weight balanced": {"class_weight": "balanced"},
    "hidden list": {"hidden_layer_sizes": [5]},
    "hidden array": {"hidden_layer_sizes": np.array([5])},
    "RandomState": {"random_state": np.random.RandomState(0)},
    "constant": {"learning_rate": "constant"},
    "invscaling": {"learning_rate": "invscaling"},
    "adaptive": {"learning_rate": "adaptive"},
    "momentum": {"momentum": 0.5},
}
NOT_DEMANDED = {"class_weight balanced", "hidden array", "momentum"}


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter(name):
    model = begun(clone(MLP).set_params(**PARAMETERS[name]))
    twin = copy_of(model)
    for i in range(6):
        model.partial_fit([X[i]], [y[i]])
        twin.partial_fit(X[i : i + 1], y[i : i + 1], sample_weight=[1.0])
        assert numbers(model) == numbers(twin)
    if name not in NOT_DEMANDED:
        assert python_calls(lambda: model.partial_fit([X[0]], [y[0]])) < FEW
        assert python_calls(lambda: model.partial_fit(X[:1], y[:1])) < FEW


@pytest.mark.parametrize(
    "classes", [[0, 1, 2], (0, 1, 2), np.arange(3), range(3), [2, 0, 1]], ids=repr
)
def test_classes_that_are_told_at_every_call(classes):
    model = begun(MLP)
    model.partial_fit(X[:1], y[:1], classes=classes)
    if not isinstance(classes, range | tuple):
        check_form(model, array_rows, array_labels, array_rows, array_labels, classes=classes)
        rows, labels = ROWS["list of an array"], LABELS["list of Python"]
        check_form(model, rows, labels, array_rows, array_labels, classes=classes)


@pytest.mark.parametrize(
    "classes", [[0, 1], [0, 1, 2, 3], [0, 1, 5], ["0", "1", "2"], [], np.array([0, 1, 7])]
)
def test_other_classes_are_the_same_error_in_every_form(classes):
    model = begun(MLP)
    twin = copy_of(model)
    model.partial_fit(X[:1], y[:1], classes=[0, 1, 2])
    before = numbers(model)
    raised, warned = outcome(lambda: model.partial_fit([X[0]], [0], classes=classes))
    assert raised is not None
    assert (raised, warned) == outcome(
        lambda: twin.partial_fit(X[:1], [0], classes=classes, sample_weight=[1.0])
    )
    assert numbers(model) == before


def test_classes_that_are_changed_in_place_are_seen():
    model, classes = begun(MLP), np.arange(3)
    model.partial_fit(X[:1], y[:1], classes=classes)
    model.partial_fit(X[:1], y[:1], classes=classes)
    classes[2] = 9
    with pytest.raises(ValueError, match="classes"):
        model.partial_fit(X[:1], y[:1], classes=classes)
    listed = [0, 1, 2]
    model.partial_fit(X[:1], y[:1], classes=listed)
    listed.append(3)
    with pytest.raises(ValueError, match="classes"):
        model.partial_fit(X[:1], y[:1], classes=listed)


def test_parameters_that_are_changed_in_place_are_seen():
    sizes = [5]
    model = MLP.__class__(sizes, batch_size=1, random_state=0)
    model.partial_fit(X, y, classes=[0, 1, 2]).partial_fit(X[:1], y[:1])
    sizes[0] = 6
    with pytest.raises(ValueError, match="hidden_layer_sizes"):
        model.partial_fit(X[:1], y[:1])

    weights = {0: 1.0, 1: 1.0, 2: 1.0}
    model = MLP.__class__((5,), batch_size=1, random_state=0, class_weight=weights)
    model.partial_fit(X, y, classes=[0, 1, 2]).partial_fit(X[:1], y[:1])
    twin = copy_of(model)
    weights[0] = 3.0
    model.partial_fit(X[:1], [0])
    twin.set_params(class_weight=None).partial_fit(X[:1], [0], sample_weight=[3.0])
    assert numbers(model) == numbers(twin)
    weights[0] = -3.0
    with pytest.raises(ValueError, match="class_weight"):
        model.partial_fit(X[:1], [0])


def test_a_data_frame_of_one_row():
    frame = pd.DataFrame(X, columns=NAMES)
    model = begun(MLP, frame)
    check_form(
        model,
        lambda i: frame.iloc[i : i + 1],
        array_labels,
        lambda i: frame.iloc[i : i + 1],
        array_labels,
    )
    row = frame.iloc[:1]
    assert python_calls(lambda: model.partial_fit(row, [1])) < FEW
    assert python_calls(lambda: model.predict(row)) < FEW
    narrow = frame.astype(np.float32)
    twin = copy_of(model)
    model.partial_fit(narrow.iloc[:1], [1])
    twin.partial_fit(narrow.iloc[:1].astype(np.float64), [1], sample_weight=[1.0])
    assert numbers(model) == numbers(twin)


def changed(position, value):
    row = X[0].copy()
    row[position] = value
    return row


FRAME = pd.DataFrame(X[:1], columns=NAMES)
BAD_ROWS = {
    "NaN": [changed(3, np.nan)],
    "infinity": [changed(3, np.inf)],
    "minus infinity, float32": [changed(3, -np.inf).astype(np.float32)],
    "a column too few": [X[0][1:]],
    "a column too many": [np.append(X[0], 1.0)],
    "one dimension": X[0],
    "three dimensions": [X[:1]],
    "no row": [],
    "text": [np.array(["a"] * 20)],
    "complex": [X[0] * 1j],
    "object": [X[0].astype(object)],
    "None": [None],
    "two rows, one label": [X[0], X[1]],
    "rows of two lengths": [X[0], X[1][1:]],
    "CSR with NaN": sparse.csr_matrix([changed(3, np.nan)]),
    "CSR too narrow": sparse.csr_matrix(X[:1, 1:]),
    "CSR of complex": sparse.csr_matrix(X[:1] * 1j),
    "COO": sparse.coo_matrix(X[:1]),
    "frame with NaN": FRAME.mask(FRAME.eq(X[0, 3])),
    "frame too narrow": FRAME.iloc[:, 1:],
    "frame in another order": FRAME[NAMES[::-1]],
    "frame of text": FRAME.astype(str).replace(str(X[0, 3]), "a"),
    "frame of integers": (FRAME * 10).astype(int),
    "frame of other names": FRAME.set_axis(range(20), axis=1),
}
BAD_LABELS = {
    "unknown": [7],
    "unknown array": np.array([7]),
    "unknown tuple": (7,),
    "text": ["ant"],
    "float": [1.0],
    "fraction": [0.5],
    "bool": [True],
    "None": [None],
    "NaN": [np.nan],
    "none": [],
    "two": [0, 1],
    "nested": [[1]],
    "scalar": 1,
    "NumPy of another type": [np.int8(1)],
    "array of another type": np.array([1], np.uint8),
    "object": np.array([1], dtype=object),
    "array of one element": [np.array([1])],
}


@pytest.mark.parametrize("named", [False, True], ids=["array", "frame"])
@pytest.mark.parametrize("rows", BAD_ROWS)
def test_bad_rows_are_the_same_error_and_warning_in_every_form(rows, named):
    model = begun(MLP, pd.DataFrame(X, columns=NAMES) if named else X)
    check_bad(model, BAD_ROWS[rows], [1])


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("labels", BAD_LABELS)
def test_bad_labels_are_the_same_error_and_warning_in_every_form(rows, labels):
    check_bad(begun(MLP), ROWS[rows](0), BAD_LABELS[labels])


def check_bad(model, rows, labels):
    """What comes of a call is what comes of the complete checks."""
    twin = copy_of(model)
    n = 1 if not hasattr(labels, "__len__") else max(len(labels), 1)
    result = outcome(lambda: model.partial_fit(rows, labels))
    expected = outcome(lambda: twin.partial_fit(rows, labels, sample_weight=np.ones(n)))
    assert result == expected
    assert numbers(model) == numbers(twin)


def test_a_changed_parameter_is_checked():
    for rows, labels in (([X[0]], [0]), (X[:1], y[:1]), (sparse.csr_matrix(X[:1]), (0,))):
        model = begun(MLP)
        model.set_params(eta=-1.0)
        with pytest.raises(ValueError, match=r"eta.*-1\.0"):
            model.partial_fit(rows, labels)
        slow = begun(MLP).set_params(eta=0.125)
        twin = copy_of(slow)
        slow.partial_fit(rows, labels)
        twin.partial_fit(rows, labels, sample_weight=[1.0])
        assert numbers(slow) == numbers(twin)


# --- what must be left to the complete checks ----------------------------------------------


def test_an_own_code_of_arrays_is_compared_by_its_numbers():
    code = [np.array([1, 0, 0]), np.array([0, 1, 0]), np.array([0, 0, 1])]
    model = clone(MLP).set_params(output_code=code).partial_fit(X, y, classes=[0, 1, 2])
    assert model.partial_fit(X[:1], y[:1]).n_iter_ == 2


def test_a_code_changed_in_place_is_seen():
    code = ([1, 0], [0, 1], [0, 0])
    model = begun(clone(MLP).set_params(output_code=code))
    model.output_code[0][0] = 7
    with pytest.raises(ValueError, match="output_code"):
        model.partial_fit([X[0]], [y[0]])


@pytest.mark.parametrize(
    ("parameters", "first", "later", "match"),
    [
        ({"output_code": "binary"}, {"classes": [0, 1, 2]}, {"growing": True}, "one_hot"),
        ({"class_weight": {0: 1, 7: 2}}, {"growing": True}, {}, "key 7"),
    ],
)
def test_what_only_one_kind_of_call_allows(parameters, first, later, match):
    model = clone(MLP).set_params(**parameters).partial_fit(X, y, **first)
    for rows, labels in ((X[:1], y[:1]), ([X[0]], [y[0]])):
        with pytest.raises(ValueError, match=match):
            model.partial_fit(rows, labels, **later)


@pytest.mark.parametrize("labels", [y, TEXT], ids=["numbers", "text"])
def test_labels_from_a_data_frame_are_fast(labels):
    model = begun(MLP, X, labels)
    column = pd.Series(labels)
    assert python_calls(lambda: model.partial_fit([X[1]], column[1:2])) < FEW
    assert python_calls(lambda: model.partial_fit((X[1],), np.array(column[1:2], object))) < FEW


@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize("numbers_", [X[1], np.arange(20) % 2, np.arange(20) % 2 == 0])
def test_rows_as_lists_of_numbers_are_fast_and_the_same(kind, numbers_):
    """What adapters of other packages hand over, with `classes` each time."""
    model, classes = begun(MLP), [0, 1, 2]
    twin, row = copy_of(model), kind(numbers_.tolist())
    assert python_calls(lambda: model.partial_fit([row], [1], classes=classes)) < FEW
    assert python_calls(lambda: model.predict([row])) < FEW
    twin.partial_fit(np.array([numbers_], float), [1], sample_weight=[1.0])
    assert numbers(model) == numbers(twin)


def river_calls(estimator, rows, labels, classes):
    """The calls that `river.compat` makes of an estimator, from rows that are dicts."""
    for row, label in zip(rows, labels, strict=True):
        one = [list(row.values())]
        yield lambda one=one, label=label: estimator.partial_fit(
            X=one, y=[label], classes=classes
        )
        yield lambda one=one: estimator.predict(X=one)
        if hasattr(estimator, "predict_proba"):
            yield lambda one=one: estimator.predict_proba(one)


@pytest.mark.parametrize("of", [float, np.float64, "mixed"], ids=str)
@pytest.mark.parametrize(
    ("classes", "told"),
    [
        ([False, True], int),  # as in the example of river's documentation
        ([False, True], bool),
        ([0, 1], bool),
        ([0, 1], int),
        (["ant", "bee"], ["ant", "bee"].__getitem__),
    ],
    ids=repr,
)
@pytest.mark.parametrize(
    "estimator",
    [MLP, clone(MLP).set_params(class_weight="balanced"), PerceptronClassifier(batch_size=1)],
    ids=["mlp", "balanced", "perceptron"],
)
def test_the_calls_of_rivers_adapter_are_fast(estimator, classes, told, of):
    model, labels = clone(estimator), [told(k % 2) for k in range(8)]
    kinds = [float, int, np.float64, bool, np.float32] if of == "mixed" else [of]
    rows = [
        {name: kinds[k % len(kinds)](x[k]) for k, name in enumerate(NAMES)} for x in 3 * X[:8]
    ]
    twin = clone(estimator)
    for k, call in enumerate(river_calls(model, rows, labels, classes)):
        count = python_calls(call)
        assert k < 3 or count < FEW, k
    for row, label in zip(rows, labels, strict=True):
        values = np.array([list(row.values())], float)
        twin.partial_fit(values, [label], classes=classes, sample_weight=[1.0])
    assert numbers(model) == numbers(twin)


@pytest.mark.parametrize(
    "rows", [[["1"] * 20], [[1.0] * 19], [[1.0] * 20, [2.0]], [[None] * 20]]
)
def test_other_lists_are_left_to_the_complete_checks(rows):
    check_bad(begun(MLP), rows, [1] * len(rows))
