"""Sample and class weights, made into one weight a sample.

A sample counts with its own weight times that of its class. A row of weight 0 is a row that is
not there, its label included, whether its own weight or that of its class is 0.

Scaling happens in one place: where `fit` is given sample weights, only their proportions
matter, and the products are scaled to mean 1, so that eta means the same with and without
them. `partial_fit` cannot know what is still to come and uses weights as they are, and so
does `fit` with the weights of a `class_weight` dict alone. Those of "balanced" have mean 1 by
themselves.
"""

import numbers

import numpy as np
from sklearn.utils import check_array


def check_sample_weight(sample_weight, X):
    """One weight a row of X as float64, or None.

    Raises
    ------
    ValueError
        If it is not of shape (n_samples,), not finite or negative.
    """
    if sample_weight is None:
        return None
    if isinstance(sample_weight, numbers.Real):
        sample_weight = np.full(X.shape[0], sample_weight)
    w = check_array(
        sample_weight, ensure_2d=False, dtype=np.float64, input_name="sample_weight"
    )
    if w.ndim != 1:
        raise ValueError(f"sample_weight must be 1D, got shape {w.shape}.")
    if len(w) != X.shape[0]:
        raise ValueError(
            f"sample_weight.shape == {w.shape}, expected ({X.shape[0]},): one weight a sample."
        )
    if w.min() < 0:
        raise ValueError(f"sample_weight must not be negative, got {w.min()}.")
    return w


def class_factors(class_weight, classes, more_to_come=False):
    """The weight of each class by a dict, 1 where it names none; None where there is no dict.

    A dict may name more labels than there are if it names all of these: then a fold of the
    data may lack a class. With `more_to_come`, others may always come.

    Raises
    ------
    ValueError
        If a key is no label while a label has no key, or a weight is not finite or negative.
    """
    if class_weight is None or isinstance(class_weight, str):
        return None
    labels = list(classes) if classes.dtype.kind in "mM" else classes.tolist()
    numbers = {label: k for k, label in enumerate(labels)}
    keys = {key: numbers.get(_as_label(key, classes.dtype)) for key in class_weight}
    strange = [key for key, number in keys.items() if number is None]
    if strange and len(keys) - len(strange) < len(labels) and not more_to_come:
        raise ValueError(
            "The 'class_weight' parameter must have labels as its keys. Got the key "
            f"{strange[0]!r}, which is not among the classes {classes}."
        )
    factors = np.ones(len(labels))
    for key, number in keys.items():
        if number is not None:
            factors[number] = class_weight[key]
    if not (np.isfinite(factors).all() and factors.min() >= 0):
        raise ValueError(
            "The 'class_weight' parameter must hold finite weights that are not negative. "
            f"Got {class_weight!r} instead."
        )
    return factors


def _as_label(key, dtype):
    """The key as the classes' own labels are compared: no text becomes a number."""
    if dtype.kind in "mM" and not isinstance(key, int | float | str):
        try:
            return np.array(key, dtype)[()]
        except (TypeError, ValueError):
            return key
    return key.item() if isinstance(key, np.generic) else key


def times(w, factors, y):
    """The product of sample weights and class weights; either may be None.

    Raises
    ------
    ValueError
        If it is too large for float64.
    """
    if factors is None:
        return w
    if w is None:
        return factors[y]
    with np.errstate(over="ignore"):
        product = w * factors[y]
    if not np.isfinite(product).all():
        raise ValueError("sample_weight times class_weight must be finite, got infinity.")
    return product


def rows_with_weight(w, name):
    """The rows of positive weight.

    Raises
    ------
    ValueError
        If there are none.
    """
    rows = np.flatnonzero(w)
    if len(rows) == 0:
        raise ValueError(f"{name} must leave a positive weight, got all zero weights.")
    return rows


def as_floats(w, dtype):
    """The weights in this dtype.

    Raises
    ------
    ValueError
        If one is too large for it.
    """
    with np.errstate(over="ignore"):
        converted = w.astype(dtype)
    if not np.isfinite(converted).all():
        raise ValueError(f"sample_weight has a value too large for dtype {np.dtype(dtype)}.")
    return converted


def class_totals(w, y, n_classes, rows=None):
    """Σ w of each class over `rows` (default: all); exact counts without weights."""
    part = slice(None) if rows is None else rows
    totals = np.bincount(y[part], None if w is None else w[part], minlength=n_classes)
    return totals.astype(np.float64)


def balanced_factors(totals):
    """Weights n / (K · n_k) for the K classes seen: every class weighs alike, the mean stays 1.

    The formula of scikit-learn's ``class_weight="balanced"`` (King and Zeng, 2001).
    """
    seen = totals > 0
    factors = np.zeros_like(totals)
    np.divide(totals.sum(), totals * seen.sum(), out=factors, where=seen)
    return factors


def mean_one(w, rows=None):
    """`w` scaled to mean 1 over `rows` (default: all), where all are positive."""
    part = w if rows is None else w[rows]
    w = w / part.max()
    return w * (len(part) / (w if rows is None else w[rows]).sum())
