"""Hostile and awkward input: the plain array's result, or an error that names the fault.

One table; each entry is tried with both classifiers and with every method it applies to.
Whatever comes of it, the caller's objects stay as they were, and after an error so does the
estimator: fitted to the last bit, or not fitted at all.
"""

import pickle
import re
import tempfile
from collections import Counter, deque
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import DataConversionWarning, NotFittedError
from sklearn.utils.validation import validate_data

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.engine.neurons import COSTS

ESTIMATORS = {
    "mlp": SigmoidMLPClassifier((3,), batch_size=4, max_iter=2, tol=None, random_state=0),
    "perceptron": PerceptronClassifier(batch_size=4, max_iter=2, tol=None, random_state=0),
}
LATER = {"states": ("fitted",), "methods": ("partial_fit", "predict")}
STREAM = {"states": ("fitted",), "methods": ("partial_fit",)}
WARM = {"states": ("fitted",), "methods": ("fit",), "parameters": {"warm_start": True}}
EVERYWHERE = ("fit", "partial_fit", "predict")
TRAINING = ("fit", "partial_fit")
ANSWERS = ("predict", "decision_function", "predict_proba", "predict_log_proba")


class Plain(NamedTuple):
    """What nobody could object to."""

    X: Any
    y: Any
    weight: Any = None


labels = np.arange(16) % 3
X = np.random.default_rng(0).integers(0, 5, (16, 4)) + 3.0 * labels[:, None]  # exact sums
N = len(X)
NAMES = np.array(["ant", "bee", "cat"])[labels]
BASE = Plain(X, labels)
TEXT = BASE._replace(y=NAMES)
TRUTH = BASE._replace(y=labels > 0)
MATRIX = BASE._replace(y=np.eye(3, dtype=int)[labels])
ZERO_ONE = BASE._replace(X=(X > 4).astype(float))
FLOAT32 = BASE._replace(X=X.astype(np.float32))
GAPS = BASE._replace(X=np.where((X < 4) | (np.arange(N) == 5)[:, None], 0.0, X))
FRAME = BASE._replace(X=pd.DataFrame(X, columns=list("abcd")))
POLARS = BASE._replace(X=pl.DataFrame(X, schema=list("abcd")))
ONES = np.ones(N)


def same(thing):
    return thing


@dataclass(frozen=True)
class Entry:
    """One awkward input, made from `train`, and what must come of it.

    `plain` is what it means: the result must be the same. `train` is what a fitted model has
    been fitted on; it differs from `plain` where only the new data are awkward.
    """

    name: str
    X: Callable = same
    y: Callable = same
    weight: Callable = lambda: None
    options: Callable = dict
    parameters: dict = field(default_factory=dict)
    plain: Plain = BASE
    plain_options: Callable = dict
    plain_parameters: dict = field(default_factory=dict)
    train: Plain | None = None
    error: Any = None
    match: str = ""
    warns: Any = None
    only: str = ""
    methods: tuple = EVERYWHERE
    states: tuple = ("new", "fitted")
    compared: bool = True
    rtol: float = 1e-9


def bad(name, X=same, *, match, error=ValueError, **more):
    return Entry(name, X, match=match, error=error, **more)


def target(name, y, plain=BASE, **more):
    """Labels that mean those of `plain`."""
    return Entry(name, y=y, plain=plain, methods=more.pop("methods", TRAINING), **more)


def bad_target(name, y, match, *, error=ValueError, **more):
    return target(name, y, match=match, error=error, **more)


def weighted(name, weight, plain=None, **more):
    """Sample weights that mean `plain`; default: themselves."""
    plain = BASE._replace(weight=weight() if plain is None else plain)
    methods = more.pop("methods", TRAINING)
    return Entry(name, weight=weight, plain=plain, train=BASE, methods=methods, **more)


def bad_weight(name, weight, match, *, error=ValueError, methods=TRAINING, **more):
    return Entry(name, weight=weight, match=match, error=error, methods=methods, **more)


def parameter(parameter, value, like, **more):
    """A parameter of another type that means `like`."""
    name, methods = _shown(parameter, value), more.pop("methods", TRAINING)
    values = {"parameters": {parameter: value}, "plain_parameters": {parameter: like}}
    return Entry(name, methods=methods, **values, **more)


def bad_parameter(parameter, value, **more):
    match = rf"The '{parameter}' parameter of ESTIMATOR must be .* Got {re.escape(repr(value))}"
    more = {"match": match, "error": ValueError, "methods": TRAINING} | more
    return Entry(_shown(parameter, value), parameters={parameter: value}, **more)


def _shown(parameter, value):
    origin = "np." if type(value).__module__ == "numpy" else ""
    text = re.sub(r"\s+|0x\w+", " ", f"{origin}{type(value).__name__} {value}")
    return f"{parameter} = {text[:40]}"


mlp_parameter = partial(parameter, only="mlp")
bad_mlp_parameter = partial(bad_parameter, only="mlp")


# --- how the inputs are made ------------------------------------------------------------


def cell(value, dtype=float):
    """One entry of X replaced."""

    def make(X):
        X = np.array(X, dtype=dtype)
        X[3, 1] = value
        return X

    return make


def one(value, dtype=None):
    """One entry of a vector replaced."""

    def make(y):
        y = np.array(y, dtype=dtype)
        y[3] = value
        return y

    return make


def filled(value, dtype=float):
    return BASE._replace(X=np.full(X.shape, value, dtype))


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def unaligned(array):
    raw = np.frombuffer(b"x" + array.tobytes(), np.uint8)[1:]
    return raw.view(array.dtype).reshape(array.shape)


def memory_mapped(array, mode="c"):
    with tempfile.TemporaryFile() as file:
        file.write(array.tobytes())
        file.flush()
        return np.memmap(file, array.dtype, mode, shape=array.shape)


def masked(array):
    return np.ma.array(array, mask=np.zeros(array.shape, bool))


def as_records(X):
    return np.ascontiguousarray(X).view([(name, float) for name in "abcd"])


class Subclass(np.ndarray):
    pass


class ArrayLike:
    """Nothing but `__array__`."""

    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return np.array(self.array, dtype=dtype)

    def __repr__(self):
        return repr(frozen(self.array))


class HalfACost:
    def value(self, A, Y):
        return ((A - Y) ** 2).sum(axis=1)


def wide_indices(X):
    matrix = sparse.csr_matrix(X)
    matrix.indices, matrix.indptr = (
        array.astype(np.int64) for array in (matrix.indices, matrix.indptr)
    )
    return matrix


def unsorted_indices(X):
    matrix = sparse.csr_array(X)
    for start, stop in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True):
        for array in (matrix.indices, matrix.data):
            array[start:stop] = array[start:stop][::-1].copy()
    matrix.has_sorted_indices = False
    return matrix


def duplicate_entries(X):
    matrix = sparse.csr_array(X)
    halves = np.repeat(matrix.data / 2, 2), np.repeat(matrix.indices, 2), matrix.indptr * 2
    return sparse.csr_array(halves, shape=X.shape)


def duplicate_coordinates(X):
    matrix = sparse.coo_matrix(X)
    places = np.tile(matrix.row, 2), np.tile(matrix.col, 2)
    return sparse.coo_matrix((np.tile(matrix.data / 2, 2), places), shape=X.shape)


def explicit_zeros(X):
    matrix = sparse.csr_array(X + 1)
    matrix.data -= 1
    return matrix


def stored(value, dtype=float):
    def make(X):
        matrix = sparse.csr_array(np.asarray(X, dtype))
        matrix.data[2] = value
        return matrix

    return make


def read_only_sparse(X):
    matrix = sparse.csr_matrix(X)
    for array in (matrix.data, matrix.indices, matrix.indptr):
        array.flags.writeable = False
    return matrix


def data_as(dtype):
    """CSR whose data have a dtype that SciPy itself would not choose."""

    def make(X):
        matrix = sparse.csr_array(X)
        matrix.data = matrix.data.astype(dtype)
        return matrix

    return make


def missing(dtype, value=pd.NA):
    """One missing value in a frame or a series of a nullable dtype."""

    def make(data):
        if isinstance(data, pd.DataFrame):
            data = data.astype(dtype)
            data.iloc[3, 1] = value
            return data
        data = pd.Series(data, dtype=dtype)
        data[3] = value
        return data

    return make


def column(values):
    return lambda frame: frame.assign(b=values)


def named(names):
    names = pd.Index(names, tupleize_cols=False) if isinstance(names, list) else names
    return Plain(FRAME.X.set_axis(names, axis=1), labels)


def polars_null(frame):
    value = pl.when(pl.col("a") > 3).then(None).otherwise(pl.col("a"))
    return frame.with_columns(value.alias("a"))


def validation(X_val, y_val):
    return lambda: {"X_val": X_val, "y_val": y_val}


VALIDATION = validation(X[:6], labels[:6])


def raised_by(call):
    """What scikit-learn itself makes of it, which depends on its version."""
    try:
        call()
    except Exception as error:
        return type(error)
    return None


def names_kept(frame):
    estimator = BaseEstimator()
    validate_data(estimator, frame)
    return hasattr(estimator, "feature_names_in_")


DUPLICATE = named(list("aabb"))
DUPLICATES_REFUSED = raised_by(lambda: validate_data(BaseEstimator(), DUPLICATE.X))
POLARS_NAMES = ValueError if names_kept(POLARS.X) else None
A_NAN = "Input X contains NaN"
INFINITE = r"Input X contains infinity or a value too large for dtype\('float64'\)"
INFINITE_32 = r"Input X contains infinity or a value too large for dtype\('float32'\)"
TOO_LARGE = "diverged in epoch [13] with eta=.*inputs scaled to unit variance"
NOT_A_NUMBER = r"float\(\) argument must be a string or a real number, not "
NOT_2D = "Expected 2D array, got (1D|scalar) array instead"
NO_LABELS = "Unknown label type"
UNKNOWN = r"`y` has classes not in `self.classes_`"
NO_SHARING = "as in the first call, got shape"
ONE_DIMENSION = "y should be a 1d array"
BOTH_ERRORS = (TypeError, ValueError)
OTHER_CLASSES = re.escape("`classes=") + ".*not the same as on last call to partial_fit"
LONG = np.array(["a" * 5000, "b" * 5000, "a" * 4999 + "c"])[labels]
FOREIGN = np.array(["é", "日本", "🐙\u0301"])[labels]
DATES = np.array(["2020-01-01", "2021-01-01", "2022-01-01"], "M8[D]")[labels]
EYE = np.eye(3, dtype=int)

# fmt: off
DTYPES = [
    Entry("bool", lambda X: X > 0, plain=ZERO_ONE),
    *(
        Entry(dtype, lambda X, dtype=dtype: X.astype(dtype))
        for dtype in (
            *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
            *("float16", "longdouble", "object", ">f8", ">f4", ">i4", ">u2"),
        )
    ),
    Entry("float32", lambda X: X.astype(np.float32), rtol=1e-3),
    Entry("strings of digits", lambda X: X.astype(int).astype("U8")),
    Entry("bytes of digits", lambda X: X.astype(int).astype("S8")),
    Entry("object of Python ints", lambda X: np.array(X.astype(int).tolist(), object)),
    Entry("object of fractions", np.vectorize(Fraction, otypes=[object])),
    Entry("object of decimals", np.vectorize(Decimal, otypes=[object])),
    bad("seconds as timedelta64", lambda X: X.astype("m8[s]"), match="X .*got dates or dur",
        error=TypeError),
    bad("seconds as datetime64", lambda X: X.astype("M8[s]"), match="X .*got dates",
        error=TypeError),
    bad("complex128", lambda X: X.astype(complex), match="Complex data not supported"),
    bad("complex64", lambda X: X.astype("c8"), match="Complex data not supported"),
    bad("text", lambda X: np.full(X.shape, "a"), match="convert string to float: .*'a'"),
    bad("object of text", lambda X: np.full(X.shape, "a", object), match="to float: 'a'"),
    bad("bytes of text", lambda X: np.full(X.shape, b"a"), match="to float: .*b'a'"),
    bad("empty text", lambda X: np.full(X.shape, ""), match="string to float: .*''"),
    bad("object with None", cell(None, object), match=A_NAN),
    bad("object with NaN", cell(np.nan, object), match=A_NAN),
    bad("object with NA", cell(pd.NA, object), error=TypeError, match=NOT_A_NUMBER + "'NAT"),
    bad("object with a dict", cell({}, object), error=TypeError, match=NOT_A_NUMBER + "'dict"),
    bad("object with a list", cell([1, 2], object), match="array element with a sequence"),
    bad("object with 1j", cell(1j, object), error=TypeError, match=NOT_A_NUMBER + "'complex"),
    bad("object with 10^400", cell(10**400, object), error=OverflowError, match="too large"),
    bad("structured", as_records, error=TypeError, match=r"Cannot cast .*\('a', '<f8'\)"),
    bad("void", lambda X: X.view("V8"), match="array element with a sequence"),
]

LAYOUTS = [
    Entry("Fortran order", np.asfortranarray),
    Entry("negative strides", lambda X: X[::-1, ::-1].copy()[::-1, ::-1]),
    Entry("every third row", lambda X: np.repeat(X, 3, axis=0)[::3]),
    Entry("every third column", lambda X: np.repeat(X, 3, axis=1)[:, ::3]),
    Entry("one row broadcast", lambda X: np.broadcast_to(X[0], X.shape), plain=filled(7.0)),
    Entry("read-only", read_only),
    Entry("unaligned", unaligned),
    Entry("memory-mapped", memory_mapped),
    Entry("memory-mapped, read-only", partial(memory_mapped, mode="r")),
    Entry("a subclass of ndarray", lambda X: X.view(Subclass)),
    Entry("a masked array without a mask", masked),
    Entry("lists", np.ndarray.tolist),
    Entry("tuples", lambda X: tuple(map(tuple, X.tolist()))),
    Entry("a list of arrays", list),
    Entry("a deque of lists", lambda X: deque(X.tolist())),
    Entry("a list of ranges", lambda _: [range(4)] * N,
        plain=BASE._replace(X=np.tile(np.arange(4.0), (N, 1)))),
    Entry("lists of text digits", lambda X: X.astype(str).tolist()),
    Entry("a memoryview", memoryview),
    Entry("only __array__", ArrayLike),
    bad("zero dimensions", lambda X: np.array(3.0), match=NOT_2D),
    bad("one dimension", lambda X: X[:, 0], match=NOT_2D),
    bad("three dimensions", lambda X: X[:, :, None], match="Found array with dim 3"),
    bad("lists of lists of lists", lambda X: X[:, :, None].tolist(), match="with dim 3"),
    bad("np.matrix", lambda X: X.view(np.matrix), error=TypeError, match="np.matrix is not"),
    bad("lists of unequal length", lambda X: [[1, 2], [1]] * 8, match="inhomogeneous shape"),
    bad("a range", lambda X: range(N), match=NOT_2D),
    bad("a number", lambda X: 5, match=NOT_2D),
    bad("None", lambda X: None, match=NOT_2D),
    bad("an empty list", lambda X: [], match=NOT_2D),
    bad("a list of an empty list", lambda X: [[]], match=r"0 feature\(s\)"),
    bad("a string", lambda X: "abc", match="convert string to float: 'abc'"),
    bad("a generator", iter, error=TypeError, match=NOT_A_NUMBER + "'iterator|list_it"),
    bad("a map", partial(map, list), error=TypeError, match=NOT_A_NUMBER + "'map'"),
    bad("a dict", lambda X: {"a": [1] * N}, error=TypeError, match=NOT_A_NUMBER + "'dict'"),
    bad("a set", lambda X: {1, 2}, error=TypeError, match=NOT_A_NUMBER + "'set'"),
    bad("a list of dicts", lambda X: [{"a": 1}] * N, error=TypeError, match="not 'dict'"),
    bad("a function", lambda X: len, error=TypeError, match=NOT_A_NUMBER + "'builtin"),
]
# fmt: on

ONE_ROW = Plain(X[:1], labels[:1])
# fmt: off
SIZES = [
    Entry("one row, one class", plain=ONE_ROW),
    Entry("one row as a list", lambda X: X.tolist(), plain=ONE_ROW),
    Entry("one row of a trained model", lambda X: X[:1], y=lambda y: y[:1], plain=ONE_ROW,
        train=BASE, states=("fitted",), methods=("predict",)),
    Entry("one column", np.asfortranarray, plain=Plain(X[:, :1], labels)),
    Entry("one column of one row", plain=Plain(X[:1, :1], labels[:1])),
    Entry("one class", plain=BASE._replace(y=np.zeros(N, int))),
    Entry("more columns than rows", plain=Plain(np.tile(X[:3], 40), labels[:3])),
    Entry("300 rows", list, plain=Plain(np.tile(X, (20, 1)), np.tile(labels, 20))),
    parameter("batch_size", 10**6, N, methods=EVERYWHERE),
    parameter("batch_size", 10**30, N),
    bad("no rows", lambda X: X[:0], y=lambda y: y[:0], match=r"0 sample\(s\)"),
    bad("no columns", lambda X: X[:, :0], match=r"0 feature\(s\)"),
    bad("no rows, no columns", lambda X: np.empty((0, 0)), match=r"0 sample\(s\)"),
    bad("fewer rows than labels", lambda X: X[:-1], methods=TRAINING,
        match="numbers of samples: .15, 16"),
    bad("a column too few", lambda X: X[:, :3], match="X has 3 features, but .* expecting 4",
        **LATER),
    bad("a column too many", lambda X: np.hstack([X, X[:, :1]]),
        match="X has 5 features, but .* expecting 4", **LATER),
    bad("one row in one dimension", lambda X: X[0], y=lambda y: y[:1], match=NOT_2D),
]
# fmt: on

HUGE = BASE._replace(X=cell(1e308)(X))
HUGE_MIX = BASE._replace(X=np.where((np.arange(N) % 2 == 0)[:, None], 1e308, 0 * X - 1e308))
HUGE_COLUMNS = filled([1e308, -1e308, 1e308, -1e308])
LARGEST_32 = BASE._replace(X=cell(np.finfo(np.float32).max, np.float32)(X))
# fmt: off
VALUES = [
    bad("NaN", cell(np.nan), match=A_NAN),
    bad("infinity", cell(np.inf), match=INFINITE),
    bad("minus infinity", cell(-np.inf), match=INFINITE),
    bad("infinities that cancel", lambda X: np.tile([np.inf, -np.inf, 0, 1], (N, 1)),
        match=INFINITE),
    bad("infinity and NaN", lambda X: np.tile([np.inf, -np.inf, np.nan, 1], (N, 1)),
        match=A_NAN),
    bad("nothing but NaN", lambda X: X * np.nan, match=A_NAN),
    bad("float16 infinity", cell(np.inf, np.float16), match=INFINITE),
    bad("float32 NaN", cell(np.nan, np.float32), match=A_NAN, train=FLOAT32),
    bad("float32 infinity", cell(np.inf, np.float32), match=INFINITE_32, train=FLOAT32),
    bad("longdouble beyond float64", cell(np.longdouble("1e4000"), np.longdouble),
        match=INFINITE),
    *(
        bad(f"{name} in training", lambda _, X=plain.X: X, only="mlp", methods=TRAINING,
            match=TOO_LARGE)
        for name, plain in (
            ("1e308", HUGE),
            ("mixed 1e308 rows", HUGE_MIX),
            ("mixed 1e308 columns", HUGE_COLUMNS),
        )
    ),
    *(
        Entry(f"{name} in training", plain=plain, only="perceptron")
        for name, plain in (
            ("1e308", HUGE),
            ("mixed 1e308 rows", HUGE_MIX),
            ("1e200", filled(1e200)),
        )
    ),
    *(
        Entry(f"{name} in prediction", lambda _, X=plain.X: X, plain=plain, train=BASE,
            methods=("predict",), compared=False)
        for name, plain in (
            ("1e308", HUGE),
            ("mixed 1e308 rows", HUGE_MIX),
            ("mixed 1e308 columns", HUGE_COLUMNS),
            ("all 1e308", filled(1e308)),
            ("all -1e308", filled(-1e308)),
        )
    ),
    Entry("largest float32 in prediction", lambda _: LARGEST_32.X, train=FLOAT32,
        plain=LARGEST_32, methods=("predict",), compared=False),
    Entry("largest float32 in training", plain=LARGEST_32, only="perceptron", rtol=1e-3),
    bad("largest float32 in training", lambda _: LARGEST_32.X, train=FLOAT32, only="mlp",
        methods=TRAINING, match=TOO_LARGE),
    bad("float64 beyond float32 in prediction", cell(1e39), train=FLOAT32, methods=("predict",),
        match=INFINITE_32),
    bad("float64 beyond float32 in a float32 model", cell(1e39), train=FLOAT32,
        match=INFINITE_32,
        **STREAM),
    bad("float64 beyond float32, warm start", cell(1e39), train=FLOAT32, match=INFINITE_32,
        **WARM),
    bad("float64 far beyond float32", cell(-1e308), train=FLOAT32, match=INFINITE_32, **LATER),
    Entry("float64 below float32 in a float32 model", cell(1e-300), train=FLOAT32,
        plain=BASE._replace(X=cell(0.0)(X)), rtol=1e-3, **LATER),
    *(
        Entry(f"all {value}", list, plain=filled(value))
        for value in (0.0, 7.0, -0.0, 5e-324, 1e-310, 1e-30, 1e30)
    ),
    Entry("a denormal", list, plain=BASE._replace(X=cell(5e-324)(X))),
    Entry("a constant column", list,
        plain=BASE._replace(X=np.where(np.arange(4) == 1, 3.0, X))),
    Entry("largest uint64", cell(2**64 - 1, np.uint64), train=BASE,
        plain=BASE._replace(X=cell(2.0**64)(X))),
    Entry("least int64", cell(-(2**63), np.int64), train=BASE,
        plain=BASE._replace(X=cell(-(2.0**63))(X))),
    Entry("10^30 as a Python int", cell(10**30, object), train=BASE,
        plain=BASE._replace(X=cell(1e30)(X))),
]
# fmt: on

STORED = GAPS._replace(X=stored(0.0)(GAPS.X).toarray())
# fmt: off
SPARSE = [
    *(
        Entry(f"{kind}_{sort}", getattr(sparse, f"{kind}_{sort}"), plain=GAPS)
        for kind in ("csr", "csc", "coo", "lil", "dok", "dia", "bsr")
        for sort in ("matrix", "array")
    ),
    Entry("64-bit indices", wide_indices, plain=GAPS),
    Entry("indices not sorted", unsorted_indices, plain=GAPS),
    Entry("duplicate entries", duplicate_entries, plain=GAPS),
    Entry("duplicate coordinates", duplicate_coordinates, plain=GAPS),
    Entry("explicit zeros", explicit_zeros, plain=GAPS),
    Entry("sparse and read-only", read_only_sparse, plain=GAPS),
    Entry("sparse of one row", sparse.csr_array, plain=ONE_ROW),
    Entry("a slice of a sparse array", lambda X: sparse.csr_array(np.vstack([X, X]))[:N],
        plain=GAPS),
    Entry("nothing stored", sparse.csr_array, plain=filled(0.0)),
    Entry("nothing stored in 1000 columns", sparse.csr_array,
        plain=Plain(np.zeros((N, 1000)), labels)),
    Entry("sparse for a dense model", sparse.csc_matrix, train=GAPS, plain=GAPS, **LATER),
    Entry("dense for a sparse model", lambda X: X.toarray(),
        train=GAPS._replace(X=sparse.csr_array(GAPS.X)), plain=GAPS, **LATER),
    Entry("a stored denormal", stored(5e-324), plain=STORED, train=GAPS),
    *(
        Entry(f"sparse {dtype}", lambda X, dtype=dtype: sparse.csr_array(X.astype(dtype)),
            plain=GAPS)
        for dtype in ("int8", "int64", "uint8", "longdouble")
    ),
    *(
        Entry(f"sparse {dtype}", data_as(dtype), plain=GAPS)
        for dtype in ("object", ">f8", "float16")
    ),
    Entry("sparse bool", lambda X: sparse.csr_array(X > 0), plain=ZERO_ONE),
    Entry("sparse float32", lambda X: sparse.csr_array(X, dtype=np.float32), plain=GAPS,
        rtol=1e-3),
    bad("a stored NaN", stored(np.nan), match=A_NAN),
    bad("a stored infinity", stored(-np.inf), match=INFINITE),
    bad("a stored 1e308", stored(1e308), only="mlp", methods=TRAINING, match=TOO_LARGE),
    bad("a stored 1e39 in a float32 model", stored(1e39), train=FLOAT32, match=INFINITE_32,
        **LATER),
    bad("sparse complex", lambda X: sparse.csr_array(X * 1j),
        match="Complex data not supported"),
    bad("sparse, a column too few", lambda X: sparse.csr_array(X[:, 1:]),
        match="X has 3 features, but .* expecting 4", **LATER),
    bad("sparse without rows", lambda X: sparse.csr_array(X[:0]), match=r"0 sample\(s\)"),
    bad("sparse without columns", lambda X: sparse.csr_array((N, 0)), match=r"0 feature\(s\)"),
    bad("sparse, one dimension", lambda X: sparse.coo_array(X[:, 0]),
        match=r"Expected 2D input|numbers of samples: .1, 16|X has 16 features"),
    bad("a list of sparse rows", lambda X: [sparse.csr_array(X[i : i + 1]) for i in range(N)],
        match="array element with a sequence"),
]
# fmt: on


def frame(name, X, **more):
    """A form of the frame on which a fitted model was fitted."""
    return Entry(name, X, **({"train": FRAME} | more))


def bad_frame(name, X, match, **more):
    return frame(name, X, match=match, **({"error": ValueError} | more))


# fmt: off
FRAMES = [
    frame("a frame", pd.DataFrame.copy),
    frame("int and float columns", lambda F: F.astype({"a": int, "b": "f4", "c": "u1"})),
    *(
        frame(f"a frame of {dtype}", lambda F, dtype=dtype: F.astype(int).astype(dtype))
        for dtype in ("Int64", "UInt8", "Float64", "object", "category", "string", "str")
    ),
    frame("a frame of Float32", lambda F: F.astype("Float32"), rtol=1e-3),
    frame("a frame of boolean", lambda X: pd.DataFrame(X > 0).astype("boolean"), train=None,
        plain=ZERO_ONE),
    frame("a frame of bool", lambda X: pd.DataFrame(X > 0), train=None, plain=ZERO_ONE),
    frame("a sparse frame", lambda F: F.astype(pd.SparseDtype(float, 0.0))),
    frame("a frame over a read-only array",
        lambda F: pd.DataFrame(read_only(F.to_numpy()), columns=F.columns, copy=False)),
    frame("a categorical column of numbers", lambda F: F.assign(b=pd.Categorical(F.b))),
    frame("a column of text digits", lambda F: F.assign(b=F.b.astype(int).astype(str))),
    frame("another index", lambda F: F.set_axis(range(N, 0, -1))),
    frame("an index of duplicates", lambda F: F.set_axis([0] * N)),
    frame("columns named by numbers", pd.DataFrame.copy, train=named(range(4))),
    frame("columns named by tuples", pd.DataFrame.copy, train=named([(k, 1) for k in "abcd"])),
    frame("columns named by dates", pd.DataFrame.copy,
        train=named(pd.date_range("2020", periods=4))),
    frame("two levels of columns", pd.DataFrame.copy,
        train=named(pd.MultiIndex.from_product([["a", "b"], [1, 2]]))),
    frame("duplicate names", lambda _: DUPLICATE.X, train=None, states=("new",),
        methods=TRAINING, error=DUPLICATES_REFUSED,
        match="'a' 2 times" if DUPLICATES_REFUSED else ""),
    frame("a frame for a model without names", lambda _: FRAME.X, train=BASE, warns=UserWarning,
        match="X has feature names, but", **LATER),
    frame("an array for a model with names", lambda _: X, warns=UserWarning,
        match="X does not have valid feature names", **LATER),
    bad_frame("Int64 with NA", missing("Int64"), A_NAN),
    bad_frame("Float64 with NA", missing("Float64"), A_NAN),
    bad_frame("objects with NA", missing(object), NOT_A_NUMBER + "'NAType'", error=TypeError),
    bad_frame("objects with None", missing(object, None), A_NAN),
    bad_frame("boolean with NA", lambda F: missing("boolean")(F > 0), A_NAN),
    bad_frame("a frame with NaN", lambda F: F.mask(F > 7), A_NAN),
    bad_frame("a categorical column of text", column(pd.Categorical(["u", "v"] * 8)),
        "to float: 'u'"),
    bad_frame("a column of text", column(["u", "v"] * 8), "to float: 'u'"),
    bad_frame("a column of dates", column(pd.date_range("2020", periods=N)), "X .*got dates",
        error=TypeError),
    bad_frame("a column of dates with a zone",
        column(pd.date_range("2020", periods=N, tz="UTC")), "X .*got dates", error=TypeError),
    bad_frame("a column of periods", column(pd.period_range("2020", periods=N, freq="D")),
        NOT_A_NUMBER + "'Period'", error=TypeError),
    bad_frame("a complex column", column(1j), "Complex data not supported"),
    bad_frame("renamed columns", lambda F: F.rename(columns={"b": "z"}),
        "unseen at fit time:\n- z", **LATER),
    bad_frame("reordered columns", lambda F: F[list("badc")], "must be in the same order",
        **LATER),
    bad_frame("an extra column", lambda F: F.assign(z=1.0), "unseen at fit time:\n- z",
        **LATER),
    bad_frame("a missing column", lambda F: F[list("abd")], "now missing:\n- c", **LATER),
    bad_frame("names of two types", lambda _: named(["a", 1, "b", 2]).X,
        "only supported if all input features have string names", error=TypeError),
    bad_frame("a name that is NaN", lambda _: named(["a", np.nan, "b", "c"]).X,
        "only supported if all input features have string names", error=TypeError),
    bad_frame("a frame without rows", lambda F: F.iloc[:0], r"0 sample\(s\)"),
    bad_frame("a frame without columns", lambda X: FRAME.X[[]], "at least one array or dtype",
        train=BASE),
    bad_frame("an empty frame", lambda X: pd.DataFrame(), "at least one array or dtype",
        train=BASE),
    bad_frame("a Series", lambda X: pd.Series(X[:, 0]), "Expected a 2-dimensional container",
        train=BASE),
    frame("a polars frame", pl.DataFrame.clone, train=POLARS),
    frame("a polars frame of ints", lambda F: F.cast(pl.Int64), train=POLARS),
    frame("polars columns of two types", lambda F: F.with_columns(pl.col("a").cast(pl.Int8)),
        train=POLARS),
    frame("a polars frame of decimals", lambda F: F.cast(pl.Decimal(10, 2)), train=POLARS),
    frame("a polars frame of float32", lambda F: F.cast(pl.Float32), train=POLARS, rtol=1e-3),
    frame("a polars frame of bools", lambda X: pl.DataFrame(X > 0), train=None, plain=ZERO_ONE,
        states=("new",), methods=TRAINING),
    bad_frame("a polars null", polars_null, A_NAN, train=POLARS),
    bad_frame("a polars null among ints", lambda F: polars_null(F.cast(pl.Int64)), A_NAN,
        train=POLARS),
    bad_frame("a polars column of text", lambda F: F.with_columns(b=pl.lit("x")),
        "to float: 'x'", train=POLARS),
    bad_frame("a polars frame without rows", lambda F: F.head(0), r"0 sample\(s\)",
        train=POLARS),
    bad_frame("renamed polars columns", lambda F: F.rename({"b": "z"}),
        "unseen at fit time:\n- z" if POLARS_NAMES else "", train=POLARS, error=POLARS_NAMES,
        **LATER),
]
# fmt: on

DIGITS = BASE._replace(y=labels.astype(str))
BIG = BASE._replace(y=labels + 2**53)
# fmt: off
LABELS = [
    *(
        target(f"y of {dtype}", lambda y, dtype=dtype: y.astype(dtype))
        for dtype in ("int8", "uint8", ">i4", "float64", "float32", "float16", "longdouble")
    ),
    target("y as a list", np.ndarray.tolist),
    target("y as a tuple", lambda y: tuple(y.tolist())),
    target("y as a range", lambda y: range(N), BASE._replace(y=np.arange(N))),
    target("y read-only", read_only),
    target("y with a stride", lambda y: np.repeat(y, 3)[::3]),
    target("y backwards", lambda y: y[::-1].copy()[::-1]),
    target("y masked, without a mask", masked),
    target("negative labels", np.ndarray.tolist, BASE._replace(y=labels - 7)),
    target("labels beyond 2^53", same, BIG),
    target("labels of 64 bits", lambda y: y.astype(np.uint64) + np.uint64(2**63),
        states=("new",), methods=("fit",), compared=False),
    target("bools", np.ndarray.tolist, TRUTH),
    target("objects that are bools in a Series", lambda y: pd.Series(y, dtype="boolean"),
        TRUTH),
    target("text labels", np.ndarray.tolist, TEXT),
    target("text as objects", lambda y: y.astype(object), TEXT),
    target("text in wider cells", lambda y: y.astype("U60"), TEXT),
    target("text of digits", same, DIGITS),
    target("very long labels", np.ndarray.tolist, BASE._replace(y=LONG)),
    target("labels of any script", lambda y: y.astype(object), BASE._replace(y=FOREIGN)),
    target("empty text and blanks", np.ndarray.tolist,
        BASE._replace(y=np.array(["", "a", " "])[labels])),
    target("a list of text and numbers", lambda y: [0, "a"] * 8,
        BASE._replace(y=np.array(["0", "a"] * 8)), states=("new",), methods=("fit",)),
    target("labels in a Series", pd.Series),
    target("a Series of text", pd.Series, TEXT),
    target("a Series with another index", lambda y: pd.Series(y, range(N, 0, -1))),
    target("a categorical Series", lambda y: pd.Series(y, dtype="category"), TEXT),
    target("a Categorical with one unused",
        lambda y: pd.Categorical(y, ["dog", "cat", "bee", "ant"]), TEXT),
    target("a Series of Int64", lambda y: pd.Series(y, dtype="Int64")),
    target("a Series of string", lambda y: pd.Series(y, dtype="string"), TEXT),
    target("an Index", pd.Index),
    target("a polars Series", pl.Series),
    target("a polars Series of text", lambda y: pl.Series(y.tolist()), TEXT),
    target("polars categories", lambda y: pl.Series(y.tolist(), dtype=pl.Categorical), TEXT),
    target("one class of text", np.ndarray.tolist, BASE._replace(y=np.full(N, "only"))),
    target("a class a sample", lambda y: y.astype(float), BASE._replace(y=np.arange(N))),
    target("a column", lambda y: y[:, None], warns=DataConversionWarning,
        match="column-vector y"),
    target("a list of lists of one", lambda y: y[:, None].tolist(), TEXT,
        warns=DataConversionWarning, match="column-vector y"),
    target("a frame of one column", lambda y: pd.DataFrame({"y": y}),
        warns=DataConversionWarning, match="column-vector y"),
    target("durations", same, BASE._replace(y=labels.astype("m8[s]")), methods=("fit",)),
    target("dates", same, BASE._replace(y=DATES), methods=("fit",)),
    *(
        target(f"0/1 matrix, {name}", make, MATRIX, only="mlp")
        for name, make in {
            "bool": lambda Y: Y.astype(bool),
            "float": lambda Y: Y.astype(float),
            "lists": np.ndarray.tolist,
            "a frame": pd.DataFrame,
            "a polars frame": pl.DataFrame,
            "csr_matrix": sparse.csr_matrix,
            "csc_array": sparse.csc_array,
            "lil_array": sparse.lil_array,
            "dok_matrix": sparse.dok_matrix,
            "bool in coo_array": lambda Y: sparse.coo_array(Y.astype(bool)),
        }.items()
    ),
    target("0/1 matrix of zeros", sparse.csr_array, BASE._replace(y=np.zeros((N, 3), int)),
        only="mlp"),
    target("0/1 matrix of ones", np.ndarray.tolist, BASE._replace(y=np.ones((N, 3), int)),
        only="mlp"),
    bad_target("0/1 matrix for perceptrons", lambda y: EYE[y], ONE_DIMENSION,
        only="perceptron"),
    bad_target("sparse 0/1 matrix for perceptrons", lambda y: sparse.csr_array(EYE[y]),
        "Sparse data was passed for y", only="perceptron", error=TypeError),
    *(
        bad_target(f"{name} matrix", make, "must hold 0 and 1 only", plain=MATRIX, only="mlp")
        for name, make in {
            "-1/1": lambda Y: 2 * Y - 1,
            "0/2": lambda Y: 2 * Y,
            "0/256": lambda Y: 256 * Y,
            "sparse 1/3": lambda Y: sparse.csr_array(1 + 2 * Y),
        }.items()
    ),
    bad_target("0/0.5 matrix", lambda y: EYE[y] / 2, NO_LABELS + "|" + ONE_DIMENSION),
    bad_target("matrix of text", lambda y: np.where(EYE[y], "a", "b"),
        NO_LABELS + "|" + ONE_DIMENSION),
    bad_target("matrix with NaN", lambda y: np.where(EYE[y], np.nan, 0), "Input y contains NaN",
        only="mlp"),
    bad_target("two columns", lambda y: np.column_stack([y, y]),
        "one label a sample|" + ONE_DIMENSION),
    bad_target("sparse column", lambda y: sparse.csr_array(y[:, None]),
        "Sparse data was passed for y", only="perceptron", error=TypeError),
    bad_target("sparse column", lambda y: sparse.csr_array(y[:, None]),
        "Sparse data was passed for y|" + ONE_DIMENSION, only="mlp", error=BOTH_ERRORS),
    bad_target("a 0/1 matrix after labels", lambda y: EYE[y], NO_SHARING, only="mlp", **STREAM),
    bad_target("labels after a 0/1 matrix", lambda Y: labels, NO_SHARING, plain=MATRIX,
        only="mlp", **STREAM),
    bad_target("a 0/1 matrix after labels, warm start", lambda y: EYE[y], "0/1 matrix",
        only="mlp", **WARM),
    bad_target("a narrower 0/1 matrix", lambda Y: Y[:, :2],
        "y has 2 label columns, but .* with 3", plain=MATRIX, only="mlp", **STREAM),
    bad_target("continuous", lambda y: y + 0.5, NO_LABELS),
    bad_target("half continuous", lambda y: np.where(y == 1, 1.5, y), NO_LABELS),
    bad_target("NaN in y", one(np.nan, float), "Input y contains NaN"),
    bad_target("infinity in y", one(np.inf, float), "Input y contains infinity"),
    bad_target("NaN among object labels", one(np.nan, object), "contains NaN"),
    bad_target("NaN among text", one(np.nan, object), "contains NaN", plain=TEXT),
    bad_target("None among numbers", one(None, object), "a label for every sample, got None"),
    bad_target("None among text", one(None, object), "a label for every sample, got None",
        plain=TEXT),
    bad_target("a number among text", one(1, object), "labels of one type, got int and str",
        plain=TEXT),
    bad_target("text among numbers", one("a", object), NO_LABELS),
    bad_target("NA in a Series of Int64", missing("Int64"), "Input y contains NaN"),
    bad_target("NA in a Series of boolean", missing("boolean"), "Input y contains NaN",
        plain=TRUTH),
    bad_target("NaN in a categorical Series", missing("category", np.nan), "contains NaN",
        plain=TEXT),
    bad_target("null in a polars Series", lambda y: pl.Series([0, None] * 8),
        "Input y contains NaN"),
    bad_target("bytes", lambda y: y.astype("S3"), "labels represented as bytes", plain=TEXT,
        error=(TypeError, FutureWarning)),
    bad_target("complex y", lambda y: y + 0j, "Complex data not supported", states=("new",)),
    bad_target("complex y in a stream", lambda y: y + 0j, "Complex data not supported",
        **STREAM),
    target("object numbers", lambda y: y.astype(object)),
    bad_target("decimals in a stream", lambda y: [Decimal(k) for k in y.tolist()], NO_LABELS,
        **STREAM),
    bad_target("labels in tuples", lambda y: [(0, 1), (1,)] * 8, "inhomogeneous shape"),
    bad_target("y of zero dimensions", lambda y: np.array(1),
        "at least 1 dimension|" + ONE_DIMENSION, error=BOTH_ERRORS),
    bad_target("y a number", lambda y: 1, "at least 1 dimension|" + ONE_DIMENSION,
        error=BOTH_ERRORS),
    bad_target("y a string", lambda y: "abc", "at least 1 dimension|" + ONE_DIMENSION,
        error=BOTH_ERRORS),
    bad_target("y a generator", iter, "at least 1 dimension|" + ONE_DIMENSION,
        error=BOTH_ERRORS),
    bad_target("y a dict", lambda y: {0: 1}, "at least 1 dimension|" + ONE_DIMENSION,
        error=BOTH_ERRORS),
    bad_target("y of three dimensions", lambda y: y[:, None, None], "Found array with dim 3"),
    bad_target("y a np.matrix", lambda y: y[:, None].view(np.matrix), "np.matrix is not",
        error=TypeError),
    bad_target("y a row", lambda y: y[None, :], "numbers of samples: .16, 1|" + ONE_DIMENSION),
    bad_target("no y", lambda y: None, "requires y to be passed"),
    bad_target("an empty y", lambda y: [], r"0 sample\(s\)|numbers of samples: .16, 0"),
    bad_target("a label too few", lambda y: y[:-1], "numbers of samples: .16, 15"),
    bad_target("a label too many", lambda y: np.append(y, 0), "numbers of samples: .16, 17"),
]
# fmt: on


def bad_stream(name, y, match, **more):
    """Labels that a model which was fitted already must refuse."""
    return bad_target(name, y, match, **(STREAM | more))


def declared(name, *values, **more):
    """`classes` of `partial_fit` that mean 0, 1, 2."""
    options = {"options": lambda: {"classes": values[0]}, "methods": ("partial_fit",)}
    return Entry(name, **(options | more))


def bad_declared(name, values, match, error=ValueError, **more):
    return declared(name, values, match=match, error=error, **more)


GROWING = dict(options=lambda: {"growing": True})
# fmt: off
STREAMS = [
    declared("classes as a range", range(3)),
    declared("classes as a tuple, twice, not sorted", (2, 0, 0, 1, 2)),
    declared("classes as a Series", pd.Series([0, 1, 2])),
    declared("classes as polars", pl.Series([0, 1, 2])),
    declared("classes as floats", [0.0, 1.0, 2.0]),
    declared("classes as objects", np.array(["ant", "bee", "cat"], object), plain=TEXT,
        train=TEXT),
    bad_declared("no classes", None, "classes must be passed", states=("new",)),
    bad_declared("an empty list of classes", [], "classes", states=("new",)),
    bad_declared("classes a number", 3, "Expected array-like .*, got 3"),
    bad_declared("classes a string", "abc", "Expected array-like .*, got 'abc'"),
    bad_declared("classes a set", {0, 1, 2}, "Expected array-like .*, got {0, 1, 2}"),
    bad_declared("continuous classes", [0.5, 1, 2], NO_LABELS + r".*\[0.5, 1, 2\]"),
    bad_declared("None among the classes", [0, 1, 2, None], NO_LABELS + ".*None"),
    bad_declared("classes of two types", [0, 1, 2, "a"], "Mix of label input types"),
    bad_declared("too few classes", [0, 1], UNKNOWN + r".*'y' has \[2\]", states=("new",)),
    bad_declared("classes of text for numbers", ["0", "1", "2"], UNKNOWN, states=("new",)),
    bad_declared("fewer classes than before", [0, 1], OTHER_CLASSES,
        states=("fitted",)),
    bad_declared("more classes than before", range(9), OTHER_CLASSES,
        states=("fitted",)),
    bad_declared("classes of another type", ["a", "b"], OTHER_CLASSES,
        states=("fitted",)),
    bad_stream("an unknown label", lambda y: y + 1, UNKNOWN + r".*'y' has \[3\]"),
    bad_stream("two unknown labels", lambda y: y + 2, UNKNOWN + r".*'y' has \[3 4\]"),
    bad_stream("an unknown negative label", lambda y: y - 1, UNKNOWN + r".*'y' has \[-1\]"),
    bad_stream("a fraction", one(0.5, float), NO_LABELS),
    bad_stream("text after numbers", lambda y: y.astype(str), UNKNOWN),
    bad_stream("numbers after text", lambda y: labels, UNKNOWN, plain=TEXT),
    bad_stream("bools after text", lambda y: labels > 0, UNKNOWN, plain=TEXT),
    bad_stream("the beginning of a label", lambda y: np.array([name[:2] for name in y]),
        UNKNOWN, plain=TEXT),
    bad_stream("a label that goes on", lambda y: np.char.add(y, "eater"),
        UNKNOWN + ".*anteater", plain=TEXT),
    bad_stream("dates after numbers", lambda y: DATES, UNKNOWN + "|label"),
    bad_stream("a chunk of no rows", lambda y: y[:0], r"0 sample\(s\)", X=lambda X: X[:0]),
    bad_stream("a chunk of empty lists", lambda y: [], NOT_2D, X=lambda X: []),
    bad_stream("one row, two labels", lambda y: [0, 1], "numbers of samples: .1, 2",
        X=lambda X: X[:1]),
    bad_stream("one row, no list", lambda y: 1, "1 dimension|" + ONE_DIMENSION,
        X=lambda X: X[:1], error=BOTH_ERRORS),
    bad_stream("one row, no label", lambda y: [None], "a label for every sample, got None",
        X=lambda X: X[:1]),
    bad_stream("one row, a NaN label", lambda y: [np.nan], "Input y contains NaN",
        X=lambda X: X[:1]),
    target("growing with a column", lambda y: y[:, None], warns=DataConversionWarning,
        match="column-vector y", plain_options=lambda: {"growing": True},
        methods=("partial_fit",), **GROWING),
    bad_target("growing by text", lambda y: y.astype(str), "Mix of label input types",
        **GROWING, **STREAM),
    bad_target("growing by NaN", one(np.nan, float), "Input y contains NaN",
        methods=("partial_fit",), **GROWING),
    bad_target("growing by a 0/1 matrix", lambda y: EYE[y],
        "growing=True is for one label|" + ONE_DIMENSION, methods=("partial_fit",), **GROWING),
    bad_stream("growing by dates", lambda y: DATES, "label", **GROWING),
    bad_stream("growing by durations", lambda y: y.astype("m8[s]"), "label", **GROWING),
    bad_target("other classes, warm start", lambda y: y > 0,
        "warm_start can only be used where", **WARM),
    bad("another width, warm start", lambda X: X[:, :2], match="X has 2 features", **WARM),
]
# fmt: on

HALF_CLASS = np.where(labels == 1, 1.0, 0.0)
# fmt: off
WEIGHTS = [
    weighted("weight None", lambda: None),
    weighted("a number as weight", lambda: 2, 2 * ONES),
    weighted("a NumPy number as weight", lambda: np.float32(0.5), ONES / 2),
    weighted("True as weight", lambda: True, ONES),
    weighted("weights in a list", lambda: [1] * N, ONES),
    weighted("weights in a range", lambda: range(1, N + 1), np.arange(1.0, N + 1)),
    weighted("weights as ints", lambda: np.arange(N), np.arange(float(N))),
    weighted("weights as bools", lambda: np.arange(N) > 2,
        np.where(np.arange(N) > 2, 1.0, 0.0)),
    weighted("weights as float16", lambda: ONES.astype(np.float16), ONES),
    weighted("weights as text digits", lambda: ["1"] * N, ONES),
    weighted("weights as fractions", lambda: [Fraction(1, 2)] * N, ONES / 2),
    weighted("weights read-only", lambda: read_only(ONES)),
    weighted("weights backwards", lambda: np.arange(1.0, N + 1)[::-1]),
    weighted("weights in a Series", lambda: pd.Series(ONES, range(N, 0, -1)), ONES),
    weighted("weights in polars", lambda: pl.Series(ONES), ONES),
    weighted("one weight zero", lambda: one(0.0)(ONES)),
    weighted("one weight minus zero", lambda: one(-0.0)(ONES), one(0.0)(ONES)),
    weighted("weight for one class alone", lambda: HALF_CLASS),
    weighted("weight for one row alone", lambda: np.arange(N) == 4, 1.0 * (np.arange(N) == 4)),
    weighted("weights 1e300", lambda: 1e300 * ONES, ONES, methods=("fit",)),
    weighted("weights of the largest float", lambda: np.finfo(float).max * ONES, ONES,
        methods=("fit",)),
    weighted("weights 1e-300", lambda: 1e-300 * ONES, ONES, methods=("fit",)),
    weighted("weights 5e-324", lambda: 5e-324 * ONES, ONES, methods=("fit",)),
    weighted("weights 1e-300 in a stream", lambda: 1e-300 * ONES, methods=("partial_fit",)),
    weighted("weights from 1e-300 to 1e300", lambda: np.where(labels == 1, 1e300, 1e-300),
        methods=("fit",)),
    weighted("weights zero in a stream", lambda: 0 * ONES, methods=("partial_fit",)),
    weighted("1e300 in a stream", lambda: 1e300 * ONES, methods=("partial_fit",),
        only="perceptron"),
    bad_weight("1e300 in a stream", lambda: 1e300 * ONES, "diverged", methods=("partial_fit",),
        only="mlp"),
    bad_weight("1e39 in a float32 stream", lambda: 1e39 * ONES, "diverged|sample_weight",
        train=FLOAT32, X=lambda X: X.astype(np.float32), methods=("partial_fit",)),
    bad_weight("weights zero", lambda: 0 * ONES,
        "sample_weight must leave a positive weight, got all zero",
        methods=("fit",)),
    bad_weight("the number 0", lambda: 0, "sample_weight must leave a positive weight",
        methods=("fit",)),
    bad_weight("a negative weight", lambda: one(-1.0)(ONES),
        "sample_weight must not be negative, got -1"),
    bad_weight("a negative number", lambda: -0.5,
        "sample_weight must not be negative, got -0.5"),
    bad_weight("a NaN weight", lambda: one(np.nan)(ONES), "sample_weight contains NaN"),
    bad_weight("the number NaN", lambda: np.nan, "sample_weight contains NaN"),
    bad_weight("an infinite weight", lambda: one(np.inf)(ONES),
        "sample_weight contains infinity"),
    bad_weight("a weight None", lambda: one(None, object)(ONES), "sample_weight contains NaN"),
    bad_weight("a weight NA", lambda: missing("Int64")(np.ones(N, int)),
        "sample_weight contains NaN"),
    bad_weight("a weight too few", lambda: ONES[1:],
        r"sample_weight.shape == \(15,\), expected \(16,\)"),
    bad_weight("a weight too many", lambda: np.ones(N + 1),
        r"sample_weight.shape == \(17,\), expected \(16,\)"),
    bad_weight("no weights", list, r"0 sample\(s\)"),
    bad_weight("weights in a column", lambda: ONES[:, None],
        r"sample_weight must be 1D, got shape \(16, 1\)"),
    bad_weight("weights in a row", lambda: ONES[None],
        r"sample_weight must be 1D, got shape \(1, 16\)"),
    bad_weight("weights in a frame", lambda: pd.DataFrame(ONES), r"sample_weight must be 1D"),
    bad_weight("weights of three dimensions", lambda: ONES[:, None, None],
        "Found array with dim 3"),
    bad_weight("weights of zero dimensions", lambda: np.array(2.0), "at least 1 dimension",
        error=TypeError),
    bad_weight("weight 'balanced'", lambda: "balanced", "to float: 'balanced'"),
    bad_weight("weights of text", lambda: ["a"] * N, "to float: .*'a'"),
    bad_weight("complex weights", lambda: ONES * 1j, "Complex data not supported"),
    bad_weight("sparse weights", lambda: sparse.csr_array(ONES[:, None]),
        "Sparse data was passed for sample_weight", error=TypeError),
    bad_weight("a dict of weights", lambda: {0: 1}, NOT_A_NUMBER + "'dict'", error=TypeError),
]
# fmt: on


def balance(name, value, weight=None, **more):
    """A class weight that means these sample weights."""
    plain = BASE if weight is None else BASE._replace(weight=weight)
    more = {"parameters": {"class_weight": value}, "methods": TRAINING} | more
    more = {"weight": lambda: ONES} | more  # then `fit` scales the class weights, too
    return Entry(name, plain=plain, train=BASE, **more)


def bad_balance(name, value, match, error=ValueError, **more):
    return balance(name, value, match=match, error=error, **more)


NOT_NEGATIVE = "'class_weight' parameter must hold finite weights that are not negative"
NO_CLASS_WEIGHT = "'class_weight' parameter must have labels as its keys. Got the key '?{}'?"
# fmt: off
CLASS_WEIGHTS = [
    balance("class_weight {}", {}),
    balance("class_weight for one class", {1: 4.0}, np.where(labels == 1, 4.0, 1.0)),
    balance("class_weight by NumPy numbers", {np.int64(1): np.float32(4)},
        np.where(labels == 1, 4.0, 1.0)),
    balance("class_weight by floats", {1.0: 4}, np.where(labels == 1, 4.0, 1.0)),
    balance("class_weight for more classes", {0: 1, 1: 4, 2: 1, 9: 7},
        np.where(labels == 1, 4.0, 1.0)),
    balance("class_weight True", {0: True}),
    balance("class_weight 1e300", {0: 1e300, 1: 1e300, 2: 1e300}, methods=("fit",)),
    balance("class_weight 5e-324", {0: 5e-324, 1: 5e-324, 2: 5e-324}, methods=("fit",)),
    balance("class_weight of one class 0", {1: 0}, np.where(labels == 1, 0.0, 1.0),
        methods=("partial_fit",)),
    balance("class_weight 'balanced'", "balanced",
        plain_parameters={"class_weight": "balanced"}),
    Entry("'balanced' and weights 1e308", weight=lambda: 1e308 * ONES,
        parameters={"class_weight": "balanced"}, plain_parameters={"class_weight": "balanced"},
        methods=("fit",)),
    bad_balance("class_weight for another class", {9: 2.0}, NO_CLASS_WEIGHT.format(9)),
    bad_balance("class_weight by text", {"0": 2.0}, NO_CLASS_WEIGHT.format(0)),
    bad_balance("a negative class_weight", {0: -1.0}, NOT_NEGATIVE + ".*-1.0"),
    bad_balance("class_weight NaN", {0: np.nan}, NOT_NEGATIVE + ".*nan"),
    bad_balance("class_weight inf", {0: np.inf}, NOT_NEGATIVE + ".*inf"),
    bad_balance("class_weight of None", {0: None}, NOT_NEGATIVE + ".*None"),
    bad_balance("class_weight of text", {0: "a"}, "to float: 'a'"),
    bad_balance("class_weight of 1j", {0: 1j}, NOT_A_NUMBER + "'complex'", error=TypeError),
    bad_balance("class_weight of lists", {0: [1, 2]}, "array element with a sequence"),
    bad_balance("class_weight all 0", dict.fromkeys(range(3), 0), "class_weight",
        methods=("fit",)),
    bad_weight("class_weight 0 where sample_weight is not", lambda: 1.0 * (labels != 1),
        "class_weight", parameters={"class_weight": {0: 0, 2: 0}}, methods=("fit",)),
    bad_weight("class_weight and sample_weight 1e300", lambda: 1e300 * ONES,
        "class_weight|sample_weight|diverged",
        parameters={"class_weight": {0: 1e300, 1: 1, 2: 1}}),
    bad_target("class_weight and a 0/1 matrix", lambda y: EYE[y],
        "'class_weight' parameter is for one label", parameters={"class_weight": {0: 2}},
        states=("new",), only="mlp"),
    bad_parameter("class_weight", "Balanced"),
    bad_parameter("class_weight", "heavy"),
    bad_parameter("class_weight", [1, 2, 3]),
    bad_parameter("class_weight", 0.5),
    bad_parameter("class_weight", True),
    bad_parameter("class_weight", pd.Series({0: 1.0, 1: 2.0}), states=("new",),
        match="The 'class_weight' parameter"),
    bad_parameter("class_weight", pd.Series({0: 1.0, 1: 2.0}),
        match="The 'class_weight' parameter", **STREAM),
]
# fmt: on

EARLY = {"early_stopping": True}
# fmt: off
PARAMETERS = [
    *(
        parameter("eta", value, 0.5)
        for value in (np.float32(0.5), np.float16(0.5), np.longdouble(0.5))
    ),
    *(parameter("eta", value, 1.0) for value in (1, True, np.int64(1))),
    *(
        bad_parameter("eta", value)
        for value in (
            *(0, -1, np.nan, np.inf, -np.inf, "fast", None, False, 1j, [0.5]),
            *(np.array(0.25), Decimal("0.25")),
        )
    ),
    bad_parameter("eta", 1e308,
        match=r"diverged in epoch [13] with eta=1e\+308.*Try a smaller eta"),
    bad_parameter("eta", 10**400, error=OverflowError,
        match="int too large to convert to float"),
    parameter("eta", 5e-324, 5e-324),
    parameter("batch_size", np.int8(4), 4),
    parameter("batch_size", True, 1),
    *(
        bad_parameter("batch_size", value)
        for value in (0, -3, 2.5, 2.0, None, "auto", np.inf, np.nan, np.array(5))
    ),
    bad_parameter("batch_size", 4.0, states=("new",)),
    bad_parameter("batch_size", 4.0, **STREAM),
    parameter("max_iter", np.uint8(2), 2),
    parameter("max_iter", True, 1),
    *(bad_parameter("max_iter", value) for value in (0, -1, 1.5, None, "10", np.inf)),
    *(bad_parameter("alpha", value) for value in (-1e-3, np.nan, np.inf, "a", None)),
    bad_parameter("alpha", 1e308, match="diverged in epoch [13] .*a smaller alpha"),
    parameter("alpha", True, 1.0),
    parameter("alpha", 5e-324, 0.0),
    *(bad_parameter("tol", value) for value in (-1.0, np.nan, np.inf, "a", np.array(1e-4))),
    parameter("n_iter_no_change", np.int32(3), 3),
    parameter("n_iter_no_change", np.inf, 10**9),
    *(bad_parameter("n_iter_no_change", value) for value in (0, -1, 1.5, None)),
    *(
        bad_parameter("validation_fraction", value)
        for value in (0, 1.0, -0.1, 1.1, np.nan, "a", None, True)
    ),
    Entry("early_stopping, hardly any validation",
        parameters=EARLY | {"validation_fraction": 1e-300},
        plain_parameters=EARLY | {"validation_fraction": 0.01}, methods=("fit",)),
    bad("early_stopping, hardly any training",
        parameters=EARLY | {"validation_fraction": 0.999}, methods=("fit",),
        match=r"validation_fraction=0.999.* needs a training and a validation"),
    bad("early_stopping with one row", lambda X: X[:1], y=lambda y: y[:1], parameters=EARLY,
        methods=("fit",), match="early_stopping=True .*got 1 samples"),
    parameter("random_state", np.int64(3), 3),
    parameter("random_state", True, 1),
    parameter("random_state", 2**32 - 1, 2**32 - 1),
    parameter("random_state", None, None, compared=False),
    parameter("random_state", np.random.RandomState(0), None, compared=False),
    *(
        bad_parameter("random_state", value)
        for value in (-1, 1.5, "seed", 2**32, np.nan, [1], np.array(3))
    ),
    bad_parameter("random_state", np.random.default_rng(0),
        match="The 'random_state' parameter of .* Got Generator"),
    *(parameter("verbose", value, 1) for value in (True, np.int64(1), np.bool_(True))),
    *(bad_parameter("verbose", value) for value in (-1, 1.5, None, "yes")),
    *(bad_parameter("keep", value) for value in ("first", "LAST", None, True, ["last"])),
    *(bad_parameter("shuffle", value) for value in ("yes", "False", None, 0, 2)),
    *(bad_parameter("warm_start", value) for value in ("yes", None, 1)),
    *(bad_parameter("early_stopping", value) for value in ("yes", None, 1)),
    *(bad_parameter("fit_intercept", value, only="perceptron") for value in ("yes", None, 0)),
    parameter("shuffle", np.bool_(False), False),
    parameter("fit_intercept", np.bool_(False), False, only="perceptron"),
]
# fmt: on

# fmt: off
OF_THE_NETWORK = [
    *(
        mlp_parameter("hidden_layer_sizes", value, (3,))
        for value in (
            *(3, np.int64(3), np.uint8(3)),
            *([3], (np.int32(3),), np.array([3]), range(3, 4)),
        )
    ),
    mlp_parameter("hidden_layer_sizes", np.array([3, 2]), (3, 2), states=("new",)),
    mlp_parameter("hidden_layer_sizes", np.array([3, 2]), (3, 2),
        **STREAM),
    mlp_parameter("hidden_layer_sizes", pd.Series([3, 2]), (3, 2), states=("new",)),
    mlp_parameter("hidden_layer_sizes", [], ()),
    mlp_parameter("hidden_layer_sizes", np.array([], int), (), states=("new",)),
    *(
        bad_mlp_parameter("hidden_layer_sizes", value)
        for value in (
            *(0, -1, 2.5, "33", None, True, False, (3, 0), (3, -1), (3, 2.0), (3, 2.5)),
            *((True,), ("3",), (None,), [np.nan], [[3]], ((3,), 2)),
        )
    ),
    bad_mlp_parameter("hidden_layer_sizes", np.array([3.0]), states=("new",)),
    bad_mlp_parameter("hidden_layer_sizes", np.array([3.0]), **STREAM),
    bad_mlp_parameter("hidden_layer_sizes", np.array([[3]]), states=("new",)),
    bad_mlp_parameter("hidden_layer_sizes", np.array(3), states=("new",), error=BOTH_ERRORS,
        match="0-d array|hidden_layer_sizes"),
    bad_mlp_parameter("hidden_layer_sizes", (5,),
        match=r"hidden_layer_sizes=\(5,\) differs from the fitted", **STREAM),
    *(
        bad_mlp_parameter("momentum", value)
        for value in (1.0, True, -0.1, 1.5, np.nan, "a", None)
    ),
    mlp_parameter("momentum", np.float32(0.5), 0.5),
    mlp_parameter("momentum", False, 0.0),
    *(
        bad_mlp_parameter("cost", value)
        for value in ("hinge", None, 0, ["quadratic"], object())
    ),
    bad_mlp_parameter("cost", HalfACost(), match="The 'cost' parameter of .*'output_error'"),
    mlp_parameter("cost", COSTS["quadratic"], "quadratic"),
    *(bad_mlp_parameter("init", value) for value in ("zeros", None, np.zeros)),
    *(bad_mlp_parameter("learning_rate", value) for value in ("optimal", "Constant", None, 0)),
    *(bad_mlp_parameter("power_t", value) for value in (-1.0, np.nan, np.inf, "a", None)),
]
# fmt: on


def validated(name, X_val=X[:6], y_val=labels[:6], plain=VALIDATION, **more):
    """Validation data that mean the first six rows."""
    more = {"methods": ("fit",), "plain_options": plain} | more
    return Entry(name, options=validation(X_val, y_val), **more)


def bad_validation(name, match, X_val=X[:6], y_val=labels[:6], error=ValueError, **more):
    return validated(name, X_val, y_val, match=match, error=error, **more)


IN_VALIDATION = "In X_val, y_val: "
# fmt: off
VALIDATIONS = [
    validated("X_val in lists", X[:6].tolist(), labels[:6].tolist()),
    validated("X_val in tuples", tuple(map(tuple, X[:6])), tuple(labels[:6])),
    validated("X_val sparse", sparse.coo_matrix(X[:6])),
    validated("X_val of ints", np.asfortranarray(X[:6], np.int8), labels[:6].astype(float)),
    validated("X_val read-only", read_only(X[:6]), read_only(labels[:6])),
    validated("X_val of one row", X[:1], [0], plain=validation(X[:1], labels[:1])),
    validated("X_val of 1e308", filled(1e308).X[:6],
        plain=validation(filled(1e308).X[:6], labels[:6])),
    validated("y_val in a column", y_val=labels[:6, None], warns=DataConversionWarning,
        match="column-vector y"),
    validated("X_val a frame", FRAME.X[:6], warns=UserWarning, match="X has feature names"),
    bad_validation("no X_val", "together, got no X_val", X_val=None),
    bad_validation("no y_val", "together, got no y_val", y_val=None),
    bad_validation("X_val too narrow", IN_VALIDATION + "X has 3 features", X[:6, :3]),
    bad_validation("X_val too wide, sparse", IN_VALIDATION + "X has 8 feat",
        sparse.csr_array(np.tile(X[:6], 2))),
    bad_validation("NaN in X_val", IN_VALIDATION + A_NAN, X[:6] * np.nan),
    bad_validation("infinity in X_val", IN_VALIDATION + INFINITE, X[:6] + np.inf),
    bad_validation("X_val beyond float32", IN_VALIDATION + INFINITE_32, X[:6] + 1e39,
        X=lambda X: X.astype(np.float32)),
    bad_validation("text in X_val", IN_VALIDATION + "could not convert", [["a"] * 4] * 6),
    bad_validation("complex X_val", IN_VALIDATION + "Complex", X[:6] * 1j),
    bad_validation("X_val of one dimension", IN_VALIDATION + NOT_2D, X[0], labels[:1]),
    bad_validation("X_val of no rows", IN_VALIDATION + r".*0 sample\(s\)", X[:0], labels[:0]),
    bad_validation("a y_val too few", IN_VALIDATION + ".*samples: .6, 5", y_val=labels[:5]),
    bad_validation("unknown y_val", IN_VALIDATION + UNKNOWN + r".*\[3 4\]",
        y_val=labels[:6] + 2),
    bad_validation("y_val of text", IN_VALIDATION + UNKNOWN, y_val=NAMES[:6]),
    bad_validation("NaN in y_val", IN_VALIDATION + "Input y contains NaN",
        y_val=labels[:6] * np.nan),
    bad_validation("continuous y_val", IN_VALIDATION + NO_LABELS, y_val=labels[:6] + 0.5),
    bad_validation("None in y_val", IN_VALIDATION + "y must hold a label.*got None",
        y_val=[None] * 6),
    bad_validation("y_val a 0/1 matrix", IN_VALIDATION + f".*({NO_SHARING}|{ONE_DIMENSION})",
        y_val=EYE[labels[:6]]),
    bad_validation("renamed X_val", IN_VALIDATION + ".*feature names",
        named(list("abce")).X[:6], X=lambda _: FRAME.X),
    bad_validation("X_val a np.matrix", IN_VALIDATION, X[:6].view(np.matrix),
        error=BOTH_ERRORS),
    bad_validation("X_val of dicts", IN_VALIDATION, [{"a": 1}] * 6, error=BOTH_ERRORS),
    bad_validation("y_val of dates", IN_VALIDATION + UNKNOWN, y_val=DATES[:6]),
    bad_validation("sparse y_val", "y", y_val=sparse.csr_array(labels[:6, None]),
        error=TypeError, only="perceptron"),
    bad_validation("sparse y_val", "Sparse data was passed for y|" + ONE_DIMENSION,
        y_val=sparse.csr_array(labels[:6, None]), error=BOTH_ERRORS, only="mlp"),
]
# fmt: on

ENTRIES = [
    *DTYPES,
    *LAYOUTS,
    *SIZES,
    *VALUES,
    *SPARSE,
    *FRAMES,
    *LABELS,
    *STREAMS,
    *WEIGHTS,
    *CLASS_WEIGHTS,
    *PARAMETERS,
    *OF_THE_NETWORK,
    *VALIDATIONS,
]


def cases():
    """Each entry with each estimator; they share most code, so one of the two is slow."""
    for number, entry in enumerate(ENTRIES):
        alone = entry.states if len(entry.states) == 1 else ()
        names = [entry.only] if entry.only else list(ESTIMATORS)
        for name in names:
            words = "-".join([entry.name, name, *alone])
            left_out = len(names) == 2 and name != names[number % 2]
            marks = [pytest.mark.slow] if left_out else []
            yield pytest.param(entry, ESTIMATORS[name], id=words, marks=marks)


# --- what is tried and what is compared -------------------------------------------------


def frozen(thing):
    """All that the caller can see of an object, to find out whether it has changed."""
    if isinstance(thing, np.ndarray):
        flags, bare = str(thing.flags), np.asarray(thing)
        content = repr(bare.tolist()) if bare.dtype.hasobject else bare.tobytes()
        return type(thing), thing.dtype, thing.shape, thing.strides, flags, content
    if sparse.issparse(thing):
        return type(thing), thing.shape, thing.dtype, frozen(parts_of(thing))
    if isinstance(thing, dict | list | tuple):
        items = thing.items() if isinstance(thing, dict) else thing
        return type(thing), [frozen(item) for item in items]
    if isinstance(thing, pd.DataFrame):
        return type(thing), repr(thing.columns), [frozen(part) for _, part in thing.items()]
    if isinstance(thing, pl.DataFrame):
        return type(thing), thing.schema, repr(thing.rows())
    return type(thing), repr(getattr(thing, "dtype", "")), shown(thing)


def shown(thing):
    """The index of a Series and all of its values, and of others what they say."""
    for name in ("tolist", "to_list"):
        if hasattr(thing, name):
            return repr(getattr(thing, "index", "")), repr(getattr(thing, name)())
    return repr(thing)


def parts_of(matrix):
    """The arrays in a sparse container; for DOK its items."""
    if matrix.format == "dok":
        return sorted(matrix.items())
    return [
        value
        for _, value in sorted(vars(matrix).items())
        if isinstance(value, np.ndarray | tuple)
    ]


@dataclass
class Trial:
    """A model, as it stands before a call, and the call."""

    model: Any
    given: Plain
    options: dict
    method: str

    def calls(self):
        """The call; to predict means to ask for everything that can be predicted."""
        X, y, weight = self.given
        if self.method == "predict":
            return questions(self.model, X)
        more = {} if weight is None else {"sample_weight": weight}
        method = getattr(self.model, self.method)
        return {self.method: partial(method, X, y, **self.options, **more)}


def questions(model, X):
    return {name: partial(getattr(model, name), X) for name in ANSWERS if hasattr(model, name)}


def asked(calls):
    return {name: call() for name, call in calls.items()}


def the_trial(entry, estimator, method, state):
    """The awkward call."""
    train = entry.train or entry.plain
    given = Plain(entry.X(train.X), entry.y(train.y), entry.weight())
    model = prepared(estimator, train, state, entry.plain_parameters)
    model.set_params(**entry.parameters)
    return Trial(model, given, with_classes(entry.options(), train.y, method, model), method)


def the_plain_trial(entry, estimator, method, state):
    """What it should come to."""
    plain, train = entry.plain, entry.train
    of_another_kind = train is not None and not hasattr(train.X, "columns")
    fitted_on = train if of_another_kind else plain._replace(weight=None)
    model = prepared(estimator, fitted_on, state, entry.plain_parameters)
    options = with_classes(entry.plain_options(), plain.y, method, model)
    return Trial(model, plain, options, method)


FITTED = {}


def prepared(estimator, train, state, parameters):
    """A model of its own: a new one, or one fitted on `train`, which is done only once."""
    if state == "new":
        return clone(estimator).set_params(**parameters)
    key = type(estimator), id(train.X), id(train.y), repr(parameters)
    if key not in FITTED:
        model = clone(estimator).set_params(**parameters).fit(train.X, train.y)
        FITTED[key] = pickle.dumps(model), train
    return pickle.loads(FITTED[key][0])


def with_classes(options, y, method, model):
    """Declare the classes if it is the first `partial_fit` and nothing else is said."""
    if method != "partial_fit" or hasattr(model, "classes_") or "growing" in options:
        return options
    return {"classes": np.unique(y) if y.ndim == 1 else range(y.shape[1])} | options


def situations(entry):
    """A method and the state of the model; nothing can be predicted by a new one."""
    pairs = product(entry.methods, entry.states)
    return [pair for pair in pairs if pair != ("predict", "new")]


def expect_error(entry, trial, train, parameters):
    """The error, and the model is as it was: good for nothing, or for all that it was."""
    model, before = trial.model, pickle.dumps(vars(trial.model))
    match = "(?s)" + entry.match.replace("ESTIMATOR", type(model).__name__)
    for call in trial.calls().values():
        with pytest.raises(entry.error, match=match):
            call()
    assert pickle.dumps(vars(model)) == before
    if not hasattr(model, "classes_"):
        with pytest.raises(NotFittedError):
            model.predict(X)
        return
    model.set_params(**parameters)
    assert_finite(asked(questions(model, train.X)))
    assert model.partial_fit(train.X, train.y) is model


def expect_result(entry, trial, plain):
    """The result of the plain call."""
    told = partial(pytest.warns, entry.warns, match=entry.match)
    with told() if entry.warns else nullcontext():
        got = asked(trial.calls())
    wanted = asked(plain.calls())
    if trial.method != "predict":
        by_names = entry.warns is UserWarning and not trial.options
        with told() if by_names else nullcontext():
            got = asked(questions(trial.model, trial.given.X))
        wanted = asked(questions(plain.model, plain.given.X))
    assert_finite(got)
    if entry.compared:
        assert_alike(got, wanted, entry.rtol)
        assert np.array_equal(trial.model.classes_, plain.model.classes_)
        assert_scored_alike(trial.model, plain.model, entry.rtol)


def assert_finite(got):
    assert np.isfinite(got["decision_function"]).all()
    if "predict_proba" in got:
        assert np.isfinite(got["predict_proba"]).all()
        assert not np.isnan(got["predict_log_proba"]).any()


def assert_alike(got, wanted, rtol):
    np.testing.assert_array_equal(got["predict"], wanted["predict"])
    for name in set(got) - {"predict"}:
        np.testing.assert_allclose(got[name], wanted[name], rtol=rtol, atol=rtol)


def assert_scored_alike(model, reference, rtol):
    if hasattr(reference, "validation_scores_"):
        for name in ("validation_scores_", "validation_loss_curve_"):
            np.testing.assert_allclose(
                getattr(model, name), getattr(reference, name), rtol=rtol
            )


def test_the_table_is_long_and_no_name_comes_twice():
    assert len(ENTRIES) >= 150
    names = Counter(case.id for case in cases())
    assert {name for name, times in names.items() if times > 1} == set()


@pytest.mark.filterwarnings("ignore:The inputs are large")  # many of them are
@pytest.mark.parametrize(("entry", "estimator"), cases())
def test_hostile_input(entry, estimator):
    for method, state in situations(entry):
        trial = the_trial(entry, estimator, method, state)
        all_of_it = {**trial.given._asdict(), **trial.options, **entry.parameters}
        before = frozen(all_of_it)
        if entry.error:
            parameters = {name: getattr(estimator, name) for name in entry.parameters}
            expect_error(entry, trial, entry.train or entry.plain, parameters)
        else:
            expect_result(entry, trial, the_plain_trial(entry, estimator, method, state))
        assert frozen(all_of_it) == before


@pytest.mark.parametrize("method", ["predict", "decision_function"])
def test_not_fitted_yet(estimator, method):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(clone(estimator), method)(X)


def test_inputs_are_left_as_they_are(estimator):
    data, given, weight = X.copy(), labels.copy(), np.linspace(0, 1, N)
    for array in (data, given, weight):
        array.flags.writeable = False
    model = clone(estimator).fit(data, given, sample_weight=weight)
    model.partial_fit(data, given, sample_weight=weight)
    assert np.array_equal(data, X)
    assert np.array_equal(weight, np.linspace(0, 1, N))
