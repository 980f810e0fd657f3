"""Can a perceptron tell two sets of points apart? Decided by linear programming, with proof.

Either there are w, b with s (w·x + b) ≥ 1 for every point, s being +1 or −1 by its set: a
perceptron with these weights is right for all. Or the convex hulls of the two sets have a point
in common (Farkas' lemma): some mean of the one set, with weights λ, is a mean of the other,
with weights μ,

    Σ λᵢ xᵢ = Σ μⱼ xⱼ,   λ, μ ≥ 0,   Σ λ = Σ μ = 1,

and w·x + b, which is linear, cannot be above 0 on the one and not above 0 on the other. Either
answer comes with its proof, and the proof is checked.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import OptimizeResult, linprog
from sklearn.utils import check_X_y
from sklearn.utils.multiclass import check_classification_targets

TOLERANCE = 1e-7
"""How far apart, relative to the data, two points may be that are counted as one."""


@dataclass(frozen=True)
class Separability:
    """The answer for two sets, and its proof; true if they can be separated.

    Parameters
    ----------
    separable : bool
        Whether a hyperplane separates the sets.
    weights, bias : ndarray of shape (n_features,) and float, or None
        A perceptron that fires for the second set and not for the first; its w·x + b is 1
        or more there and −1 or less here.
    point : ndarray of shape (n_features,), or None
        A point in the convex hulls of both sets.
    combination : ndarray of shape (n_samples,), or None
        The point as a weighted mean of the rows of either set: not negative, and 1 in sum
        over each set.

    Examples
    --------
    >>> from sknn_basic.logic import linear_separability
    >>> answer = linear_separability([[0], [1], [3]], [0, 0, 1])
    >>> bool(answer), bool(answer.weights @ [3] + answer.bias > 0)
    (True, True)
    """

    separable: bool
    weights: npt.NDArray[np.float64] | None = None
    bias: float | None = None
    point: npt.NDArray[np.float64] | None = None
    combination: npt.NDArray[np.float64] | None = None

    def __bool__(self) -> bool:
        return self.separable


def is_linearly_separable(X: npt.ArrayLike, y: npt.ArrayLike) -> bool:
    """Tell whether perceptrons can be right for every row.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Points.
    y : array-like of shape (n_samples,)
        Labels. With more than two classes each has to be separable from all the others, as
        one perceptron a class needs it.

    Returns
    -------
    separable : bool
        For a single class it is true.

    Examples
    --------
    >>> from sknn_basic.logic import is_linearly_separable
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> is_linearly_separable(X, [0, 0, 0, 1]), is_linearly_separable(X, [0, 1, 1, 0])
    (True, False)
    """
    X, y = _checked(X, y)
    classes = np.unique(y)
    if len(classes) == 1:
        return True
    ones = classes[1:] if len(classes) == 2 else classes
    return all(_separability(X, y == label).separable for label in ones)


def linear_separability(X: npt.ArrayLike, y: npt.ArrayLike) -> Separability:
    """Tell whether a perceptron can be right for every row of two classes, with the proof.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Points.
    y : array-like of shape (n_samples,)
        Labels of two classes.

    Returns
    -------
    answer : Separability
        True if they can be separated, and the proof either way.

    Raises
    ------
    ValueError
        For bad input, and if there are not two classes.

    Examples
    --------
    >>> from sknn_basic.logic import linear_separability
    >>> answer = linear_separability([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    >>> bool(answer), answer.point, answer.combination
    (False, array([0.5, 0.5]), array([0.5, 0.5, 0.5, 0.5]))
    """
    X, y = _checked(X, y)
    classes = np.unique(y)
    if len(classes) != 2:
        raise ValueError(f"y must have two classes, got {len(classes)}: {classes}.")
    return _separability(X, y == classes[1])


def _checked(X: Any, y: Any) -> tuple[Any, Any]:
    X, y = check_X_y(X, y, dtype=np.float64)
    check_classification_targets(y)
    return X, y


def _separability(X: Any, fires: Any) -> Separability:
    """The answer for the rows that `fires` marks and the others."""
    low, high = X.min(axis=0), X.max(axis=0)
    center, size = (low + high) / 2, np.where(high > low, (high - low) / 2, 1.0)
    scaled = (X - center) / size  # into a cube of side 2; hyperplanes remain hyperplanes
    sign = np.where(fires, 1.0, -1.0)
    found = _hyperplane(scaled, sign)
    if found.status == 0:
        weights = found.x[:-1] / size
        bias = float(found.x[-1] - weights @ center)
        if np.all((X @ weights + bias) * sign > 0.0):
            return Separability(True, weights, bias)
    combination = _common_point(scaled, fires)
    if combination is None:
        raise ArithmeticError(
            "The two sets are so close to each other that rounding hides whether a "
            "hyperplane fits between."
        )
    return Separability(False, point=combination[fires] @ X[fires], combination=combination)


def _hyperplane(X: Any, sign: Any) -> OptimizeResult:
    """Any w, b with sign (w·x + b) ≥ 1: status 0 if there are such."""
    rows = -sign[:, None] * np.column_stack([X, np.ones(len(X))])
    nothing = np.zeros(rows.shape[1])
    return linprog(nothing, rows, -np.ones(len(X)), bounds=(None, None), method="highs")


def _common_point(X: Any, fires: Any) -> Any:
    """λ and μ in one array, or None if the hulls have no point in common."""
    side = np.where(fires, 1.0, -1.0)
    equal = np.vstack([X.T * side, fires, ~fires])
    target = np.r_[np.zeros(X.shape[1]), 1.0, 1.0]
    found = linprog(np.zeros(len(X)), A_eq=equal, b_eq=target, method="highs")
    if found.status != 0:
        return None
    combination = np.maximum(found.x, 0.0)
    return combination if np.abs(equal @ combination - target).max() < TOLERANCE else None
