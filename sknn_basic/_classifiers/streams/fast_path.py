"""The fast path of online learning: input that needs no conversion, checked in microseconds.

The checks of scikit-learn cost ten times what it takes to learn from one row. They are
skipped only where they could find nothing: the parameters are those of the last complete
check, and X is a finite matrix of the fitted width. Whatever is not so is left to the
complete checks, which alone raise errors, so both ways give the same results.
"""

import math
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from operator import is_, itemgetter
from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from sknn_basic._classifiers import data
from sknn_basic._classifiers.data import FLOATS, may_be_large
from sknn_basic._classifiers.progress import Outcome
from sknn_basic._classifiers.sample_weights import balanced_factors, class_factors
from sknn_basic.engine.network import Memory, Rule
from sknn_basic.engine.rows import Samples
from sknn_basic.engine.sgd import Kernel
from sknn_basic.engine.training import Best

MOST_ROWS = 256
"""More rows than these pay for the complete checks themselves."""

NOTHING = None, 0.0
"""Rows that the fast path does not take."""

PLAIN_KINDS = "biufUO"
"""Of arrays of labels: bool, int, unsigned, float, text and Python objects."""

CONTAINERS = (dict, list, tuple, np.ndarray)
"""Parameters that may change in place: they are compared with copies."""

PLAIN_TYPES = (int, float, str, bool, type(None), np.generic)
"""What such containers may hold for a comparison to be plain."""


class Checked(NamedTuple):
    """What the last complete checks have found; never pickled.

    Parameters
    ----------
    read : itemgetter
        Reads the parameters out of the estimator's attributes.
    parameters : tuple
        What it read at the checks.
    copies : tuple of (int, object)
        Copies of those that may change in place, by their position.
    kernel, step_rule, code
        What they and the classes mean to the engine.
    factors : ndarray of shape (n_classes,), or None
        The weights of a `class_weight` dict.
    lookup : dict
        Class number of each label with its type; see `_lookup`.
    labels : list
        The classes as a list.
    names : pandas.Index or None
        The columns that a data frame must have; None: none has been seen.
    loss : callable
        What is told of the cost of a pass; see `progress.Report`.
    grows : bool
        Whether new classes may come.
    watched : bool
        Whether rows of unusual size are left to the complete checks, which warn.
    """

    read: itemgetter
    parameters: tuple
    copies: tuple
    kernel: Kernel
    step_rule: Rule
    code: object
    factors: np.ndarray | None
    lookup: dict
    labels: list
    names: object
    loss: Callable
    grows: bool
    watched: bool


def remember(estimator):
    """The `Checked` of a fitted estimator, or None if the fast path is closed to it."""
    outputs = estimator._outputs
    if outputs.multilabel:
        return None
    # of a single name `itemgetter` would make no tuple
    read = itemgetter(*sorted(estimator.get_params(deep=False)), "classes_", "classes_")
    values = read(vars(estimator))
    factors = None
    if isinstance(estimator.class_weight, dict):
        try:
            factors = class_factors(estimator.class_weight, outputs.classes)
        except ValueError:  # it names labels that are still to come
            return None
    if not all(_is_plain(value) for value in values if isinstance(value, CONTAINERS)):
        return None
    copies = tuple(
        (k, deepcopy(value)) for k, value in enumerate(values) if isinstance(value, CONTAINERS)
    )
    method, fitted = estimator._method(), estimator._parameters()
    factor = estimator._training.eta_factor if method.adaptive else 1.0
    labels = outputs.classes.tolist()
    return Checked(
        read,
        values,
        copies,
        Kernel(method.network, fitted),
        method.rule if factor == 1.0 else replace(method.rule, eta=method.rule.eta * factor),
        outputs.code(fitted.biases[0].dtype),
        factors,
        _lookup(labels),
        labels,
        _names(estimator),
        estimator._report().loss,
        outputs.one_hot,
        not (method.network.only_mistakes or vars(estimator).get("_warned_of_size")),
    )


def _lookup(labels):
    """Class number of each label with its type; 0 and 1 are False and True, as in NumPy."""
    numbers = {}
    for k, label in enumerate(labels):
        numbers[type(label), label] = k
        if type(label) in (bool, int) and label in (0, 1):
            numbers |= {(bool, bool(label)): k, (int, int(label)): k}
    return numbers


def _names(estimator):
    pandas = sys.modules.get("pandas")
    names = getattr(estimator, "feature_names_in_", None)
    return None if names is None or pandas is None else pandas.Index(names)


def still_checked(estimator):
    """The `Checked` of an estimator if no parameter has changed since, else None."""
    checked = estimator.__dict__.get("_checked")
    if checked is None:
        return None
    values = checked.read(estimator.__dict__)
    if not all(map(is_, values, checked.parameters)):
        return None
    if checked.copies and not all(_same(values[k], copy) for k, copy in checked.copies):
        return None
    return checked


def _same(value, copy):
    return np.array_equal(value, copy) if isinstance(copy, np.ndarray) else value == copy


def _is_plain(value):
    """Whether a container holds plain values, or containers of such, alone."""
    if isinstance(value, np.ndarray):
        return value.dtype != object
    parts = value.items() if isinstance(value, dict) else value
    return all(
        _is_plain(part) if isinstance(part, list | tuple) else isinstance(part, PLAIN_TYPES)
        for part in parts
    )


def samples(estimator, X, y, classes, growing):
    """(samples, checked, totals) of a pass over these rows, or None: to the complete checks."""
    checked = still_checked(estimator)
    if checked is None or not (growing is False or (growing is True and checked.grows)):
        return None
    if classes is not None and not _are(classes, checked.labels):
        return None
    X, square = plain_rows(estimator, X, checked)
    if X is None or (checked.watched and may_be_large(X, square, estimator.eta)):
        return None
    numbers = class_numbers(y, X.shape[0], checked.lookup)
    if numbers is None:
        return None
    factors, totals = checked.factors, None
    if estimator.class_weight == "balanced":
        seen = np.bincount(numbers, minlength=len(checked.labels))
        totals = seen + estimator.__dict__.get("_class_totals", 0.0)
        factors = balanced_factors(totals)
    weights = None
    if factors is not None:
        weights = factors[numbers].astype(X.dtype)
        if not weights.all() or not np.isfinite(weights).all():
            return None
    return Samples(X, numbers, checked.code, weights), checked, totals


def _are(classes, labels):
    """Whether `classes`, an array or a sequence, are these labels, in whatever order."""
    if type(classes) is np.ndarray:
        if classes.ndim != 1 or classes.dtype.kind not in PLAIN_KINDS:
            return False
        classes = classes.tolist()
    elif type(classes) not in (list, tuple, range):
        return False
    if len(classes) != len(labels):
        return False
    try:
        return list(classes) == labels or set(classes) == set(labels)
    except (TypeError, ValueError):  # something that cannot be compared so
        return False


def learn(estimator, samples, checked, totals, answers=None):
    """The `Outcome` of `partial_fit` on rows that `samples` has let through.

    `answers`, if they are wanted, are told of each row's Z before its step.
    """
    try:
        outcome = _single_step(estimator, samples, checked, answers)
        if outcome is None:
            training = estimator._beginning(estimator._training, estimator._method())
            outcome = estimator._pass(training, samples, checked.kernel, answers)
            outcome = outcome._replace(checked=checked)
    except KeyboardInterrupt:
        estimator._checked = None  # the kernel's buffers may be half written
        raise
    if totals is not None:
        outcome.news["_class_totals"] = totals
    return outcome


def _single_step(estimator, samples, checked, answers):
    """The `Outcome` of a single plain step, or None where it takes more than that."""
    if sparse.issparse(samples.X):
        return None
    training = estimator._training
    with np.errstate(over="ignore", invalid="ignore"):
        proposal = checked.kernel.propose(
            estimator._parameters(), training.memory, samples, checked.step_rule
        )
        if proposal is None or not proposal.bounded:
            return None
    training = training._replace(
        parameters=proposal.parameters,
        memory=Memory(training.memory.steps + 1),
        epochs=training.epochs + 1,
        samples=training.samples + len(samples),
        best=Best(),
    )
    if answers is not None:
        answers(slice(None), proposal.Z)
    costs = proposal.costs.tolist()
    alone = len(costs) == 1 and samples.w is None
    news = checked.loss(costs[0] if alone else samples.mean(proposal.costs, None))
    news |= estimator._noted(training.samples, costs)
    return Outcome(training, training.parameters, news, checked=checked)


# --- rows -----------------------------------------------------------------------------


def plain_rows(estimator, X, checked):
    """X as the engine takes it and Σ x², or NOTHING where the complete checks must look at it.

    It may be an array of floats, a list of such rows or of lists of numbers, a data frame of
    numbers with the names that were seen, or a CSR matrix.
    """
    if checked is None:
        return NOTHING
    W, named = estimator._parameters().weights[0], "feature_names_in_" in vars(estimator)
    if sparse.issparse(X):
        return NOTHING if named else _plain_sparse(X, W)
    if named or type(X) is not np.ndarray:
        X = _values(X, checked.names) if named else _stacked(X)
    if X is None or X.ndim != 2 or X.shape[1] != W.shape[0] or not 0 < len(X) <= MOST_ROWS:
        return NOTHING
    if X.dtype != W.dtype:
        if X.dtype not in FLOATS and not named:
            return NOTHING
        with np.errstate(over="ignore"):
            X = X.astype(W.dtype)
    square = float(np.vdot(X, X))  # in BLAS, which does not warn
    return (X, square) if math.isfinite(square) else NOTHING


def rows_of(model, X):
    """The rows of X for a fitted estimator, by whatever checks they need."""
    rows, _ = plain_rows(model, X, vars(model).get("_checked"))
    if rows is not None:
        return rows
    check_is_fitted(model)
    return data.checked(model, X, reset=False, dtype=model._parameters().weights[0].dtype)


def _stacked(rows):
    """A list of rows, arrays of floats or lists of numbers, as a matrix, or None."""
    if type(rows) not in (list, tuple) or not 0 < len(rows) <= MOST_ROWS:
        return None
    first, kind = rows[0], type(rows[0])
    if kind is np.ndarray and first.ndim == 1 and first.dtype in FLOATS and len(rows) == 1:
        return first[None]
    if kind not in (list, tuple, np.ndarray) or any(type(row) is not kind for row in rows):
        return None
    try:
        X = np.array(rows)
    except ValueError:  # of several lengths
        return None
    return X.astype(np.float64) if X.dtype.kind in "iub" and kind is not np.ndarray else X


def _values(frame, names):
    """The numbers of a pandas frame with these columns, or None."""
    if names is None or type(frame) is not sys.modules["pandas"].DataFrame:
        return None
    if not frame.columns.equals(names):
        return None
    values = frame.to_numpy()
    return values if values.dtype.kind in "fiu" else None


def _plain_sparse(X, W):
    """A CSR matrix of finite numbers of W's dtype and their Σ x², or NOTHING."""
    plain = (
        X.format == "csr"
        and X.ndim == 2
        and X.dtype == W.dtype
        and X.shape[1] == W.shape[0]
        and 0 < X.shape[0] <= MOST_ROWS
        and math.isfinite(square := float(np.vdot(X.data, X.data)))
    )
    return (X, square) if plain else NOTHING


# --- labels ---------------------------------------------------------------------------


def class_numbers(y, n, lookup):
    """The class number of each of n labels, or None if the complete checks must look at them.

    Labels of another type than the classes' own may be equal to them and yet be refused.
    """
    if type(y).__name__ == "Series" and type(y).__module__.startswith("pandas"):
        y = y.to_numpy()
    if type(y) is np.ndarray:
        if y.ndim != 1 or y.dtype.kind not in PLAIN_KINDS:
            return None
        y = y.tolist()
    elif type(y) in (list, tuple):
        y = [label.item() if isinstance(label, np.generic) else label for label in y]
    else:
        return None
    if len(y) != n:
        return None
    try:
        return np.array([lookup[type(label), label] for label in y])
    except (KeyError, TypeError):
        return None
