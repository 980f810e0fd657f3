"""A short road for online learning: input that needs no conversion, checked in microseconds.

The checks of scikit-learn cost ten times what it takes to learn from one row. They are
skipped only where they could find nothing: the parameters are those of the last complete
check, and X is a finite array of the fitted width and dtype. Whatever is not so takes the
full road, which alone raises errors, so both roads give the same results.
"""

import math
from operator import is_, itemgetter
from typing import NamedTuple

import numpy as np

from sknn_basic.engine.sgd import Kernel

MOST_ROWS = 256
"""More rows than these pay for the full road themselves."""

FLOATS = (np.float64, np.float32)

PLAIN_KINDS = "biufU"
"""Of arrays of labels: bool, int, unsigned, float and text."""

UNCHANGEABLE = (int, float, str, type(None), np.integer, np.floating)
"""Types of parameters that stay what they were when they were checked."""


class Checked(NamedTuple):
    """What the last complete check has found; never pickled.

    Parameters
    ----------
    values : callable
        Reads the parameters out of the estimator's attributes.
    parameters : tuple
        What it read at the check.
    kernel, rule, code : what they and the classes mean to the engine
    lookup : dict
        Class number of each label with its type.
    """

    values: itemgetter
    parameters: tuple
    kernel: Kernel
    rule: object
    code: np.ndarray
    lookup: dict


def remember(estimator):
    """The `Checked` record of a fitted estimator, or None if the short road is closed to it."""
    names = sorted(estimator.get_params(deep=False))
    values = itemgetter(*names)
    parameters = values(vars(estimator))
    closed = (
        estimator.class_weight is not None
        or estimator._adaptive()
        or estimator._multilabel
        or hasattr(estimator, "feature_names_in_")
        or not all(_cannot_change(value) for value in parameters)
    )
    if closed:
        return None
    lookup = {(type(label), label): k for k, label in enumerate(estimator.classes_.tolist())}
    fitted = estimator._parameters()
    kernel, code = Kernel(estimator._network(), fitted), estimator._code(fitted.biases[0].dtype)
    return Checked(values, parameters, kernel, estimator._rule(), code, lookup)


def _cannot_change(value):
    if isinstance(value, tuple):
        return all(_cannot_change(item) for item in value)
    return isinstance(value, UNCHANGEABLE)


def still_checked(estimator):
    """The `Checked` record if no parameter has been replaced since, else None."""
    checked = estimator.__dict__.get("_checked")
    if checked is None:
        return None
    parameters = checked.values(estimator.__dict__)
    return checked if all(map(is_, parameters, checked.parameters)) else None


def is_plain(X, W):
    """Whether X can be used as it is with first-layer weights W."""
    return (
        type(X) is np.ndarray
        and X.ndim == 2
        and X.dtype == W.dtype
        and X.shape[1] == W.shape[0]
        and 0 < X.shape[0] <= MOST_ROWS
        and math.isfinite(np.vdot(X, X))  # in BLAS, which does not warn
    )


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


def class_numbers(y, n, lookup):
    """The class number of each of n labels, or None if the full road must look at them.

    Labels of another type than the classes' own may be equal to them and yet be refused.
    """
    if type(y) is np.ndarray:
        if y.ndim != 1 or y.dtype.kind not in PLAIN_KINDS:
            return None
        y = y.tolist()
    elif type(y) is not list:
        return None
    if len(y) != n:
        return None
    try:
        return np.array([lookup[type(label), label] for label in y])
    except (KeyError, TypeError):
        return None
