"""Learning rates at a glance: what a few epochs make of the cost at each of many."""

import math
import warnings
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit, check_cv
from sklearn.utils import (
    _safe_indexing,
    check_array,
    check_random_state,
    check_scalar,
    indexable,
)
from sklearn.utils.multiclass import type_of_target

from sknn_basic import SigmoidMLPClassifier
from sknn_basic._classifiers.together import has_diverged
from sknn_basic._types import MatrixLike
from sknn_basic.model_selection.members import Fitted, Member, chunks, classifier_of, fit_group

HELD_OUT = 0.25
"""The share of the rows that is validated on where no `cv` is given."""


NOTHING = 1e-9
"""At this part of the lowest rate a network learns nothing: its cost is that of its start."""


@dataclass(frozen=True, eq=False)
class EtaCurve:
    """What came of each learning rate.

    Parameters
    ----------
    etas : ndarray of shape (n_etas,)
        The rates η, in ascending order.
    costs : ndarray of shape (n_etas, n_splits)
        The mean cost of the last epoch, every sample's cost taken before its own step.
        Infinite where training diverged.
    scores : ndarray of shape (n_etas, n_splits)
        The score on the rows held out; NaN where training diverged.
    start : float
        The mean cost of the first weights.

    Attributes
    ----------
    diverges_from : float
        The lowest rate from which on the cost ends above `start`, or is infinite, at every
        rate; infinite if there is none.
    low, high : float
        A range worth searching: `high` is half of the largest rate at which the cost still
        falls, as the book advises, and `low` the least rate that brings the cost down at least
        half as far as the best one does; or a tenth of `high`, if that is less.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_basic.model_selection import EtaCurve
    >>> costs = np.array([[0.9], [0.4], [3.0]])
    >>> EtaCurve(np.array([0.1, 1.0, 10.0]), costs, costs, start=1.0).high
    0.5
    """

    etas: npt.NDArray[np.float64]
    costs: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64]
    start: float

    @property
    def mean_costs(self) -> npt.NDArray[np.float64]:
        """The mean over the splits."""
        return self.costs.mean(axis=1)

    @property
    def _falls(self) -> npt.NDArray[np.bool_]:
        return np.less(self.mean_costs, self.start)

    @property
    def diverges_from(self) -> float:
        """The rate from which on training diverges, or the cost no longer falls."""
        falls = np.flatnonzero(self._falls)
        after = falls[-1] + 1 if len(falls) else 0
        return float(self.etas[after]) if after < len(self.etas) else math.inf

    @property
    def high(self) -> float:
        """The upper end of a range worth searching."""
        falls = np.flatnonzero(self._falls)
        return float(self.etas[falls[-1] if len(falls) else 0]) / 2.0

    @property
    def low(self) -> float:
        """Its lower end."""
        best = self.mean_costs.min()
        well = np.flatnonzero(self.mean_costs <= (self.start + best) / 2.0)
        low = float(self.etas[well[0]]) if len(well) and self._falls.any() else math.inf
        return min(low, self.high / 10.0)

    def grid(self, n: int = 5) -> list[float]:
        """Give learning rates for a search.

        Parameters
        ----------
        n : int, default=5
            How many.

        Returns
        -------
        etas : list of float
            From `low` to `high`, even in the logarithm and rounded to two digits.

        Examples
        --------
        >>> import numpy as np
        >>> from sknn_basic.model_selection import EtaCurve
        >>> costs = np.array([[0.9], [0.6], [0.1], [0.7], [3.0]])
        >>> curve = EtaCurve(np.array([0.01, 0.1, 1.0, 10.0, 100.0]), costs, costs, start=1.0)
        >>> curve.diverges_from, curve.grid(3)
        (100.0, [0.5, 1.6, 5.0])
        """
        check_scalar(n, "n", Integral, min_val=1)
        if n == 1:
            return [_rounded(math.sqrt(self.low * self.high))]
        return [_rounded(eta) for eta in np.geomspace(self.low, self.high, n)]


def _rounded(eta: float) -> float:
    return float(f"{eta:.2g}")


def eta_curve(
    classifier: Any,
    X: MatrixLike,
    y: npt.ArrayLike,
    *,
    etas: npt.ArrayLike | None = None,
    epochs: int = 1,
    cv: Any = None,
) -> EtaCurve:
    """Train a network at each of many learning rates for a moment, all of them at once.

    How to choose η, by the book (Nielsen, chapter 3): find the order of magnitude at which the
    cost still falls from the start, and take about half of it.

    Parameters
    ----------
    classifier : SigmoidMLPClassifier or Pipeline
        A network, or a pipeline that ends in one. It is not changed; its `eta` and
        `max_iter`, and how it stops, do not matter.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Inputs.
    y : array-like of shape (n_samples,) or (n_samples, n_labels)
        Labels.
    etas : array-like of shape (n_etas,), default=None
        Learning rates; None: 16 from 1e-3 to 1e2, even in the logarithm.
    epochs : int, default=1
        Passes over the training rows.
    cv : int, splitter or iterable, default=None
        As scikit-learn's searches take it. None: a quarter of the rows is held out, stratified.

    Returns
    -------
    curve : EtaCurve
        Rates, costs and scores, and what they say.

    Raises
    ------
    ValueError
        For a bad parameter or bad input.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sknn_basic import SigmoidMLPClassifier
    >>> from sknn_basic.model_selection import eta_curve
    >>> X, y = load_digits(return_X_y=True)
    >>> network = SigmoidMLPClassifier((10,), batch_size=10, random_state=0)
    >>> curve = eta_curve(network, X / 16, y, epochs=2)
    >>> len(curve.etas), curve.low < curve.high < curve.diverges_from
    (16, True)
    """
    check_scalar(epochs, "epochs", Integral, min_val=1)
    rates = _checked_rates(etas)
    X, y = indexable(X, y)
    parts = [[np.asarray(part) for part in fold] for fold in _folds(cv, X, y)]
    folds = [*enumerate(parts)]
    candidates = _candidates(classifier, [NOTHING * rates[0], *rates], epochs)
    members = [
        Member(clone(candidate), fold, train)
        for fold, (train, _) in folds
        for candidate in candidates
    ]
    fitted = iter(
        result
        for numbers in chunks(dict(enumerate(members)), X, y)
        for result in fit_group(X, y, {}, [members[number] for number in numbers])
    )
    due: dict[type[Warning], str] = {}  # one of a kind is enough
    start, costs, scores = [], [], []
    for _, (_, test) in folds:
        part = _safe_indexing(X, test), _safe_indexing(y, test)
        first = _told(next(fitted), candidates[0], part, {})
        others = [_told(next(fitted), candidate, part, due) for candidate in candidates[1:]]
        start.append(first[0])
        costs.append([cost for cost, _ in others])
        scores.append([score for _, score in others])
    for category, message in due.items():
        warnings.warn(message, category, stacklevel=2)
    return EtaCurve(rates, np.transpose(costs), np.transpose(scores), float(np.mean(start)))


def _checked_rates(etas: npt.ArrayLike | None) -> npt.NDArray[np.float64]:
    """The rates in ascending order."""
    if etas is None:
        return np.geomspace(1e-3, 1e2, 16)
    if np.ndim(etas) != 1 or np.size(etas) == 0:
        raise ValueError(f"etas must be positive numbers in one dimension, got {etas!r}.")
    rates = check_array(etas, dtype=np.float64, ensure_2d=False, input_name="etas")
    if rates.min() <= 0.0:
        raise ValueError(f"etas must be positive numbers in one dimension, got {etas!r}.")
    return np.unique(rates)


def _folds(cv: Any, X: Any, y: Any) -> list[Any]:
    if cv is not None:
        return list(check_cv(cv, y, classifier=True).split(X, y))
    one_label = type_of_target(y) in ("binary", "multiclass")
    counts = np.unique(y, return_counts=True)[1] if one_label else np.zeros(1)
    stratified = counts.min() > 1 and HELD_OUT * counts.sum() >= len(counts)
    splitter = StratifiedShuffleSplit if stratified else ShuffleSplit
    return list(splitter(1, test_size=HELD_OUT, random_state=0).split(X, y))


def _candidates(classifier: Any, rates: list[float], epochs: int) -> list[Any]:
    """Copies that will be trained for so many epochs at these rates, from the same weights."""
    network = classifier_of(classifier)
    if not isinstance(network, SigmoidMLPClassifier):
        raise ValueError(
            "classifier must be a SigmoidMLPClassifier or a Pipeline that ends in one, got "
            f"{classifier!r}."
        )
    seed: Any = network.random_state
    if seed is None:
        seed = int(check_random_state(None).randint(2**31 - 1))
    fixed: dict[str, Any] = {
        "max_iter": epochs,
        "tol": None,
        "early_stopping": False,
        "keep": "last",
    }
    fixed |= {"warm_start": False, "verbose": 0, "random_state": seed}
    candidates = []
    for eta in rates:
        candidates.append(clone(classifier))
        classifier_of(candidates[-1]).set_params(eta=float(eta), **fixed)
    return candidates


def _told(
    result: Fitted, candidate: Any, held_out: tuple[Any, Any], due: dict[type[Warning], str]
) -> tuple[float, float]:
    """The last epoch's cost and the score; infinite and NaN where training diverged.

    A warning of a kind that is not yet `due` becomes so. That steps are too long is no news.
    """
    model = clone(candidate)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if not has_diverged(result.outcome):
            result.give(model)
    for warning in caught:
        if not issubclass(warning.category, ConvergenceWarning):
            due.setdefault(warning.category, str(warning.message))
    network = classifier_of(model)
    if getattr(network, "n_iter_", 0) < network.max_iter:
        return math.inf, math.nan
    return network.loss_, model.score(*held_out)
