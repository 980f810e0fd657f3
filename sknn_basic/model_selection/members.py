"""The fits of a search: which can be done together, and doing so.

A candidate is a classifier of this package, or a pipeline that ends in one. Members of a group
train on the same kind of rows, so that their networks can share every product: the
transformers before them are the same, and so is all that `together.share` names.
"""

import math
import time
from dataclasses import dataclass
from typing import Any, NamedTuple

import joblib
import numpy as np
from sklearn import get_config
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sknn_basic._classifiers.together import Fit, fit_together, give, n_weights, share
from sknn_basic._compat import method_params_of, split_rows


class Member(NamedTuple):
    """One fit of a search.

    Parameters
    ----------
    estimator : estimator
        The candidate, not fitted; it stays so.
    fold : int
        The number of its fold.
    train : ndarray of int
        The rows that it learns from.
    before : str, default=""
        The same for members whose steps before the classifier are the same.
    """

    estimator: Any
    fold: int
    train: Any
    before: str = ""


def classifier_of(estimator: Any) -> Any:
    """The last step of a pipeline, or the estimator itself."""
    return estimator.steps[-1][1] if type(estimator) is Pipeline else estimator


@dataclass
class Fitted:
    """What came of a member's fit.

    Parameters
    ----------
    steps : list or None
        The fitted steps of the pipeline before the classifier; None: there is no pipeline.
    outcome : Outcome or Exception
        As `fit_together` returns it; or the error of the steps before.
    seconds : float
        The group's time divided by its members.
    """

    steps: list[tuple[str, Any]] | None
    outcome: Any
    seconds: float = 0.0

    def give(self, estimator: Any) -> None:
        """Make the estimator, a copy of the member's, a fitted one, or raise the error."""
        give(classifier_of(estimator), self.outcome)
        if self.steps is not None:
            estimator.steps = [*self.steps, estimator.steps[-1]]


def group_of(estimator: Any, fit_params: dict[str, Any]) -> str | None:
    """A text that is the same for candidates that belong together; None: it stands alone.

    So does one with a fault: then its own fit says what is wrong with it.
    """
    try:
        return _group_of(estimator, fit_params)
    except Exception:
        return None


def _group_of(estimator: Any, fit_params: dict[str, Any]) -> str | None:
    name, before = "", ""
    if type(estimator) is Pipeline:
        if get_config()["enable_metadata_routing"] and fit_params:
            return None
        if estimator.verbose or getattr(estimator, "transform_input", None):
            return None
        names = [name for name, _ in estimator.steps]
        if len({*names}) < len(names):
            return None
        name = names[-1]
        before = joblib.hash((name, estimator.steps[:-1], estimator.memory))
    classifier = classifier_of(estimator)
    n_weights(classifier, 1, 1)  # raises where the sizes are none
    own, _ = _divided(fit_params, name)
    key = share(classifier) if own.keys() <= {"sample_weight"} else None
    return None if key is None else f"{key} {before}"


def fit_group(
    X: Any, y: Any, fit_params: dict[str, Any], members: list[Member], folds: Any = None
) -> list[Fitted]:
    """Fit these members, which belong together; `folds` is a dict of those known already."""
    start = time.perf_counter()
    folds = {} if folds is None else folds
    fitted, due = [], []
    for member in members:
        key = member.before, member.fold
        if key not in folds:
            folds[key] = _fold(X, y, fit_params, member)
        steps, data, error = folds[key]
        fitted.append(Fitted(steps, error))
        if error is None:
            due.append((fitted[-1], Fit(classifier_of(member.estimator), *data)))
    outcomes = fit_together([fit for _, fit in due])
    for (each, _), outcome in zip(due, outcomes, strict=True):
        each.outcome = outcome
    for each in fitted:
        each.seconds = (time.perf_counter() - start) / len(members)
    return fitted


def _fold(X, y, fit_params, member):
    """Fitted steps before the classifier, its (X, y, sample_weight), and an error or None."""
    pipeline = member.estimator if type(member.estimator) is Pipeline else None
    name = "" if pipeline is None else pipeline.steps[-1][0]
    X_train, y_train = split_rows(member.estimator, X, y, member.train)
    if isinstance(X_train, np.ndarray) and X_train.dtype.kind in "biu":
        X_train = X_train.astype(np.float64)  # once for all members
    own, others = _divided(method_params_of(X, fit_params, member.train), name)
    weights = own.get("sample_weight")
    if pipeline is None:
        return None, (X_train, y_train, weights), None
    try:
        before = clone(pipeline)[:-1]
        if len(before):
            X_train = before.fit_transform(X_train, y_train, **others)
    except Exception as error:
        return [], None, error
    return before.steps, (X_train, y_train, weights), None


def _divided(fit_params, name):
    """The parameters of the classifier (in a pipeline, its step `name`), and the others."""
    if not name:
        return fit_params, {}
    own, others = {}, {}
    for key, value in fit_params.items():
        mine = key.startswith(f"{name}__")
        (own if mine else others)[key.removeprefix(f"{name}__")] = value
    return own, others


# --- how many at a time ------------------------------------------------------------------

MOST_BYTES = 64 * 2**20
"""What the networks that are trained at a time may take, and the rows of all folds but one."""

COPIES = 8
"""Arrays of the size of its weights that a network takes while it is trained with others."""


def chunks(members: dict[int, Member], X: Any, y: Any, jobs: int = 1) -> list[list[int]]:
    """The numbers of a group's members in parts that are trained together.

    Members of a fold stay together as far as memory and the number of jobs allow.
    """
    most = -(-len(members) // jobs)
    size = 8.0 * X.shape[1] if len(getattr(X, "shape", ())) == 2 else 8.0
    outputs = _n_outputs(y)
    parts: list[list[int]] = []
    for number in sorted(members, key=lambda number: (members[number].fold, number)):
        if not parts or len(parts[-1]) == most:
            parts.append([])
        parts[-1].append(number)
        together = [members[number] for number in parts[-1]]
        if len(together) > 1 and _bytes(together, size, outputs) > MOST_BYTES:
            parts.append([parts[-1].pop()])
    return parts


def fit_in_memory(X: Any, folds: list[Any]) -> bool:
    """Whether the rows of all these folds may be held until the last group is trained."""
    size = 8.0 * X.shape[1] if len(getattr(X, "shape", ())) == 2 else math.inf
    return size * sum(len(train) for train, _ in folds) <= MOST_BYTES


def _n_outputs(y: Any) -> int:
    """About how many output neurons there will be."""
    try:
        return y.shape[1] if np.ndim(y) == 2 else len(np.unique(y))
    except Exception:
        return 1


def _bytes(members: list[Member], bytes_a_row: float, outputs: int) -> float:
    """About what these members take while they are trained, beside the rows of one fold."""
    folds = {member.fold: len(member.train) for member in members}
    classifier = classifier_of(members[0].estimator)
    network = COPIES * 8 * n_weights(classifier, int(bytes_a_row / 8), outputs)
    more = sum(folds.values()) - max(folds.values())
    return bytes_a_row * more + network * len(members)
