"""Which images a fitted classifier of digits takes: their side, and how dark full ink is."""

import numbers
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

SIDES = {784: 28, 64: 8}
"""Pixels along a side, by the number of features: as MNIST, or as scikit-learn's digits."""

FULL_INK = {28: 1.0, 8: 16.0}
"""The value of full ink that a classifier of images of this side is taken to expect."""


def side_of(classifier: Any) -> int:
    """28 or 8, as the fitted classifier says.

    Raises
    ------
    TypeError
        If it has no `predict`.
    NotFittedError
        If it is not fitted.
    ValueError
        If it has another number of features.
    """
    if not hasattr(classifier, "predict"):
        raise TypeError(f"classifier must be a fitted classifier, got {classifier!r}.")
    check_is_fitted(classifier)
    n_features = getattr(classifier, "n_features_in_", None)
    if n_features not in SIDES:
        raise ValueError(
            "classifier must have been fitted to images of 784 features (28 × 28 pixels) or 64 "
            f"(8 × 8), got one with n_features_in_ = {n_features}."
        )
    return SIDES[n_features]


def full_ink(side: int, scale: Any) -> float:
    """The value of full ink: `scale`, checked, or what goes with the side if it is None.

    Raises
    ------
    ValueError
        If `scale` is not a positive number.
    """
    if scale is None:
        return FULL_INK[side]
    number = isinstance(scale, numbers.Real) and not isinstance(scale, bool | np.bool_)
    if not number or not 0.0 < float(scale) < np.inf:
        raise ValueError(f"scale must be a positive number or None, got {scale!r}.")
    return float(scale)
