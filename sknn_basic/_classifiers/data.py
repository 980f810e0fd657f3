"""What comes in: rows and labels are checked, and become `engine.Samples`."""

import datetime as dt
import math
from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.model_selection import train_test_split
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import column_or_1d, validate_data

from sknn_basic._classifiers.outputs import (
    Outputs,
    all_classes,
    classes_of,
    declared_classes,
    is_one_hot,
    kind_of,
    same_classes,
)
from sknn_basic._classifiers.sample_weights import (
    as_floats,
    balanced_factors,
    check_sample_weight,
    class_factors,
    class_totals,
    mean_one,
    rows_with_weight,
    times,
)
from sknn_basic.engine.rows import Samples

FLOATS = (np.float64, np.float32)

LABEL_TYPES = {str: "text", bytes: "text", bool: "bool", int: "number", float: "number"}
"""What labels in an array of Python objects may be; all of one kind."""

ROWS_LOOKED_AT = 256
"""The size of the inputs is judged by so many rows, drawn by chance."""

LARGE = 10.0
"""The root mean square of a row above which inputs are not of ordinary size.

With first weights of N(0, 1/n_in), a weighted input of the first layer has about the size of
a row's root mean square: at 10, hardly a neuron has a slope left.
"""

LONG_STEP = 100.0
"""η times the mean square of a column above which steps along its weights are too long."""


# --- checks ---------------------------------------------------------------------------


def checked(estimator, *data, dtype, **how):
    """X, or X and y, by scikit-learn's checks, which may set attributes of the estimator.

    Nothing warns where sums of huge numbers overflow.
    """
    refuse_dates(data[0])
    if len(data) == 2:
        data = data[0], typed_labels(data[1])
    with np.errstate(over="ignore", invalid="ignore"):
        return validate_data(estimator, *data, dtype=dtype, accept_sparse="csr", **how)


def is_surely_finite(X, dtypes):
    """Whether one fast pass shows that X, of one of these dtypes, is a finite array.

    False: it must be looked at.
    """
    return (
        type(X) is np.ndarray
        and X.dtype in dtypes
        and (X.flags.c_contiguous or X.flags.f_contiguous)
        and math.isfinite(np.vdot(*[X.ravel(order="K")] * 2))
    )


def refuse_dates(X):
    """Raise TypeError for dates and durations, which NumPy would turn into huge numbers."""
    dtypes = getattr(X, "dtypes", None)  # of a data frame
    if dtypes is None or not hasattr(dtypes, "__iter__"):
        dtypes = [getattr(X, "dtype", None)]
    kinds = {getattr(dtype, "kind", None) for dtype in dtypes}
    first = X[0] if isinstance(X, list | tuple) and len(X) else ()
    dates = (np.datetime64, np.timedelta64, dt.date, dt.timedelta)
    if kinds == {"O"} and isinstance(X, np.ndarray) and X.size:
        first = [X.flat[0]]
    if isinstance(first, np.ndarray):
        kinds.add(first.dtype.kind)
    listed = isinstance(first, list | tuple) and any(isinstance(v, dates) for v in first)
    if kinds & {"m", "M"} or listed:
        raise TypeError(
            "X must hold numbers, got dates or durations. Turn them into numbers that mean "
            "something first: the year, the day of the week, the days since a day."
        )


def typed_labels(y):
    """`y` with the labels of an array of objects, or of NumPy's strings, as what they are.

    Raises
    ------
    ValueError
        If a label is missing, or labels are of several types.
    """
    if sparse.issparse(y) or y is None:
        return y
    values = np.asarray(y)
    if values.dtype.kind in "mM" and np.isnat(values).any():
        raise ValueError("y must hold a label for every sample, got NaT: Input y contains NaT.")
    if values.dtype.kind not in "OT" or values.ndim == 0 or values.size == 0:
        return y
    flat = values.astype(object).ravel()
    for row, label in enumerate(flat):
        if _is_missing(label):
            raise ValueError(
                f"y must hold a label for every sample, got {label!r} in row {row}: Input y "
                "contains NaN or None. Leave such rows out, or give them a label of their own."
            )
    kinds = {LABEL_TYPES.get(_type_of(label)) for label in flat}
    if len(kinds) > 1:
        names = sorted({type(label).__name__ for label in flat})
        raise ValueError(
            f"y must hold labels of one type, got {' and '.join(names)} (Unknown label type: "
            "mixed). Turn them all into text or all into numbers."
        )
    if values.dtype.kind == "O" and kinds <= {"text", None}:
        return y
    return np.array(flat.tolist()).reshape(values.shape)


def _type_of(label):
    return type(label.item()) if isinstance(label, np.generic) else type(label)


def _is_missing(label):
    if label is None or type(label).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(label, float) and math.isnan(label)


def is_multilabel(y):
    """Whether `y` is a 0/1 matrix; anything but labels or such a matrix is an error.

    Raises
    ------
    ValueError
        For a continuous target and for several columns of labels.
    """
    check_classification_targets(y)
    kind = type_of_target(y, input_name="y")
    if kind == "multiclass-multioutput":
        raise ValueError(
            "Unknown label type: y must hold one label a sample, or a 0/1 matrix of shape "
            "(n_samples, n_labels); got several columns with more than two values. "
            "sklearn.multioutput.MultiOutputClassifier fits one classifier a column."
        )
    return kind == "multilabel-indicator"


def as_column(y):
    """`y` with one label a sample in one dimension; a 0/1 matrix stays, made dense.

    Raises
    ------
    TypeError
        If a sparse `y` is no matrix of labels.
    """
    if sparse.issparse(y):
        if y.ndim != 2 or y.shape[1] == 1:
            raise TypeError(
                "Sparse data was passed for y, but dense data is required. Use '.toarray()' to "
                "convert to a dense numpy array."
            )
        return y.toarray()
    if y.ndim == 2 and y.shape[1] == 1:
        return column_or_1d(y, warn=True)
    return y


def rows_and_labels(estimator, X, y, first):
    """X and y of `fit` and `partial_fit`; X keeps the dtype of the first call."""
    dtypes = FLOATS if first else (estimator._parameters().weights[0].dtype,)
    X, y = checked(
        estimator,
        X,
        y,
        reset=first,
        dtype=dtypes,
        multi_output=estimator._accepts_multilabel,
        ensure_all_finite=not is_surely_finite(X, dtypes),
    )
    return X, as_column(y)


def met(twin, X, y, sample_weight, known, output_code):
    """X and weights checked, what `labels_met` tells of y, and the attributes that are due."""
    X, y = rows_and_labels(twin, X, y, first=known is None)
    w = check_sample_weight(sample_weight, X)
    labels = labels_met(y, w, known, output_code)
    return X, w, labels, seen(twin, labels[0])


def evaluated(estimator, outputs, X, y, dtype):
    """Rows and targets that nothing is learnt from."""
    multi_output = estimator._accepts_multilabel
    X, y = checked(estimator, X, y, reset=False, dtype=dtype, multi_output=multi_output)
    y = as_column(y)
    is_multilabel(y)  # or no classification target at all
    return X, outputs.encode(y)


def labels_met(y, w, known, output_code):
    """The outputs, targets and rows of `fit`, by the labels of the rows with weight.

    `known` are the outputs of the classifier that goes on learning, or None.
    """
    multilabel = is_multilabel(y)
    rows = None if w is None or w.min() > 0 else rows_with_weight(w, "sample_weight")
    present = y if rows is None else y[rows]
    classes = classes_of(present, multilabel)
    if known is None:
        outputs = Outputs.of(classes, multilabel, output_code)
    elif multilabel != known.multilabel:
        raise ValueError(
            "warm_start can only be used where `y` is of the same kind as in the previous "
            f"call to fit: {kind_of(known.multilabel)}. Now it is {kind_of(multilabel)}."
        )
    elif not same_classes(classes, known.classes):
        raise ValueError(
            "warm_start can only be used where `y` has the same classes as in the "
            f"previous call to fit. Previously got {known.classes}, `y` has {classes}"
        )
    else:
        outputs = known
    targets = outputs.encode(present)
    if rows is None:
        return outputs, targets, None
    everywhere = np.zeros((len(y), *targets.shape[1:]), targets.dtype)
    everywhere[rows] = targets
    return outputs, everywhere, rows


def outputs_declared(y, multilabel, classes, growing, known, output_code):
    """The outputs of a `partial_fit`, by its `classes`, those known and those that come."""
    if growing:
        _check_growing(growing, multilabel, output_code)
        union = all_classes(None if known is None else known.classes, y, classes)
        if known is not None and len(union) == len(known.classes):
            return known  # by hand, they may stand in another order
        return Outputs.of(union, multilabel, output_code)
    if known is not None:
        declared_classes(classes, known.classes)
        return known
    if multilabel and classes is None:
        classes = classes_of(y, multilabel)
    return Outputs.of(declared_classes(classes, None), multilabel, output_code)


def _check_growing(growing, multilabel, output_code):
    if not isinstance(growing, bool | np.bool_):
        raise ValueError(f"growing must be True or False, got {growing!r}.")
    if multilabel:
        raise ValueError("growing=True is for one label a sample; y is a 0/1 matrix.")
    if not is_one_hot(output_code):
        raise ValueError(
            "growing=True adds an output neuron a class: it needs output_code='one_hot', "
            f"got {output_code!r}."
        )


def seen(twin, outputs):
    """The fitted attributes that tell of X and y, as scikit-learn's checks set them."""
    names = "n_features_in_", "feature_names_in_"
    news = {name: vars(twin)[name] for name in names if name in vars(twin)}
    return news | {"classes_": outputs.classes, "_outputs": outputs}


# --- samples --------------------------------------------------------------------------


def with_weight(weight, *parts):
    """Where the rows of positive weight stand (None: they are all of them), and their parts."""
    if weight is None or weight.all():
        return None, *parts
    here = np.flatnonzero(weight)
    return here, *(None if part is None else part[here] for part in parts)


class HeldOut(NamedTuple):
    """What `fit` validates on.

    Parameters
    ----------
    samples : Samples
        They weigh what samples of their class weigh in training.
    sample_weight : ndarray of shape (n,), or None
        The weights of the rows of X as the user gave them.
    """

    samples: Samples
    sample_weight: np.ndarray | None


class Weighing:
    """Sample and class weights made into one weight a sample; see `sample_weights`.

    Parameters
    ----------
    outputs : Outputs
        The classes.
    class_weight : dict, "balanced" or None
        As the classifier was given it.
    totals : ndarray of shape (n_classes,), or None
        Σ w of each class in the stream so far.
    more_to_come : bool
        Whether `class_weight` may name labels that are not known yet.
    """

    def __init__(self, outputs, class_weight, totals=None, more_to_come=False):
        if class_weight is not None and outputs.multilabel:
            raise ValueError(
                "The 'class_weight' parameter is for one label a sample; y is a 0/1 matrix."
            )
        self.outputs, self.totals = outputs, totals
        self.factors = class_factors(class_weight, outputs.classes, more_to_come)
        self.balanced = isinstance(class_weight, str)

    def totals_seen(self):
        """The totals as an attribute, if there are any."""
        return {} if self.totals is None else {"_class_totals": self.totals}

    def training_set(self, X, y, w, rows, share, seed):
        """The samples that `fit` learns from, and the `share` of them that it validates on."""
        weight, held_rows = times(w, self.factors, y), None
        if weight is not None and weight.min() == 0:
            rows = rows_with_weight(weight, "class_weight and sample_weight")
        if share is not None:
            rows = np.arange(X.shape[0]) if rows is None else rows
            rows, held_rows = split(y, rows, share, seed, not self.outputs.multilabel)
        if w is not None:
            weight = mean_one(weight, rows)
        if self.balanced:
            self.totals = class_totals(weight, y, len(self.outputs.classes), rows)
            weight = times(weight, self._factors(), y)
        held_out = None
        if held_rows is not None:
            held_out = HeldOut(self._samples(X, y, weight, held_rows), w)
        return self._samples(X, y, weight, rows), held_out

    def validation_set(self, estimator, X_val, y_val, dtype):
        """The samples that `fit` was given to validate on; they weigh as their classes do."""
        if X_val is None or y_val is None:
            missing = "X_val" if X_val is None else "y_val"
            raise ValueError(f"X_val and y_val must be given together, got no {missing}.")
        try:
            X, y = evaluated(estimator, self.outputs, X_val, y_val, dtype)
        except (ValueError, TypeError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(f"In X_val, y_val: {error}") from error
        return HeldOut(self._samples(X, y, times(None, self._factors(), y)), None)

    def chunk(self, X, y, w):
        """The samples of one `partial_fit` call, and before them where they stand."""
        grows = self.outputs.one_hot and not self.outputs.multilabel
        remedy = "; with growing=True, partial_fit adds such labels" if grows else ""
        y, here = self.outputs.encode(y, remedy), None
        if self.factors is not None:
            weight = times(w, self.factors, y)
            here, X, y, w = with_weight(weight, X, y, weight)
        elif self.balanced:
            before = 0.0 if self.totals is None else self.totals
            self.totals = before + class_totals(w, y, len(self.outputs.classes))
            w = times(w, self._factors(), y)
        return here, self._samples(X, y, w)

    def _factors(self):
        return balanced_factors(self.totals) if self.balanced else self.factors

    def _samples(self, X, y, w, rows=None):
        return samples_of(self.outputs, X, y, w, rows)


def samples_of(outputs, X, y, w=None, rows=None):
    """`engine.Samples` of rows with these targets and weights."""
    w = None if w is None else as_floats(w, X.dtype)
    return Samples(X, y, outputs.code(X.dtype), w, rows)


def split(y, rows, fraction, seed, stratified):
    """Training rows and validation rows in their order, the same at every call.

    Stratified, unless there are too few rows for every class to be in both parts.

    Raises
    ------
    ValueError
        If one of the parts would be empty.
    """
    held = math.ceil(fraction * len(rows))
    if len(rows) < 2 or held == len(rows):
        raise ValueError(
            f"early_stopping=True with validation_fraction={fraction!r} "
            f"needs a training and a validation sample at least; got {len(rows)} samples "
            "with a positive weight."
        )
    stratify = None
    if stratified:
        sizes = np.unique(y[rows], return_counts=True)[1]
        if sizes.min() >= 2 and len(sizes) <= min(held, len(rows) - held):
            stratify = y[rows]
    parts = train_test_split(rows, test_size=held, random_state=seed, stratify=stratify)
    return map(np.sort, parts)


# --- the size of the inputs -----------------------------------------------------------


def oversized_column(X, eta):
    """Number and root mean square of the largest column; None for ordinary inputs."""
    rows = X
    if X.shape[0] > ROWS_LOOKED_AT:
        rows = X[np.random.default_rng(0).integers(0, X.shape[0], ROWS_LOOKED_AT)]
    with np.errstate(over="ignore", invalid="ignore"):
        squares = rows.multiply(rows) if sparse.issparse(rows) else np.square(rows, dtype=float)
        means = np.asarray(squares.mean(axis=0)).ravel()
        row_size, column_size = math.sqrt(means.mean()), math.sqrt(means.max())
    if row_size <= LARGE and column_size <= _column_limit(eta):
        return None
    return int(means.argmax()), column_size


def size_warning(estimator, method, X, news, fresh):
    """Message and category of a warning of inputs that saturate the first layer, or None.

    It comes once a `fit`, and once a stream.
    """
    told = not fresh and vars(estimator).get("_warned_of_size", False)
    news["_warned_of_size"] = told
    if told or method.network.only_mistakes or X.shape[0] == 0:
        return None
    found = oversized_column(X, estimator.eta)
    if found is None:
        return None
    news["_warned_of_size"] = True
    column, size = found
    names = news.get("feature_names_in_")
    name = f"number {column}" if names is None else repr(str(names[column]))
    message = (
        f"The inputs are large: the largest column of X, {name}, has a root mean square of "
        f"{size:.3g}. That saturates the first layer or makes the steps of eta="
        f"{estimator.eta!r} unstable, so the network may do no better than guess. Scale the "
        "columns (StandardScaler in a pipeline), or take a much smaller eta."
    )
    return message, UserWarning


def may_be_large(X, square, eta):
    """Whether a few rows, Σ x² being `square`, need a look at the size of their columns."""
    square, limit = square / X.shape[0], _column_limit(eta)
    if square > LARGE**2 * X.shape[1]:
        return True
    return (
        square > limit**2 and float(np.abs(X.data if sparse.issparse(X) else X).max()) > limit
    )


def _column_limit(eta):
    return max(LARGE, math.sqrt(LONG_STEP / eta))
