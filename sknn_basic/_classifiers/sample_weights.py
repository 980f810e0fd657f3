"""Sample and class weights, made into one weight a sample.

`fit` treats weight 0 as absence and scales the others to mean 1, so that a weight of 2 is
the same row twice and eta means the same with and without weights. `partial_fit` cannot
know what is still to come, and uses the weights as they are.
"""

import numbers

import numpy as np
from sklearn.utils import check_array, compute_class_weight


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


def class_factors(class_weight, classes, y):
    """The weight of each class from a dict, as an array; None for None and "balanced"."""
    if class_weight is None or isinstance(class_weight, str):
        return None
    factors = compute_class_weight(class_weight, classes=classes, y=classes[y])
    if not (np.isfinite(factors).all() and factors.min() >= 0):
        raise ValueError(
            "The 'class_weight' parameter must hold finite weights that are not negative. "
            f"Got {class_weight!r} instead."
        )
    return factors


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
