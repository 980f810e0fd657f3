"""One run of a search: scikit-learn's own, with fits that are done in groups.

scikit-learn's `fit` of a search clones the estimator once for each candidate and fold, gives
the clone its parameters, fits and scores it. Here it is run with a stand-in for the estimator,
whose clones find their fits done: when such a clone is told to fit, it becomes the fitted
estimator, with its class and all. So everything else (scoring, errors, printing, results, the
refit) is scikit-learn's own. A stand-in for `cv` tells which rows the folds are of. Candidates
that stand alone are plain clones, and are fitted where scikit-learn fits them.
"""

from collections import defaultdict
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from sklearn.base import clone, is_classifier
from sklearn.model_selection import check_cv
from sklearn.utils import get_tags
from sklearn.utils.parallel import Parallel, delayed

from sknn_basic.model_selection.members import (
    Fitted,
    Member,
    chunks,
    fit_group,
    fit_in_memory,
    group_of,
)

BEFORE, EVALUATING, AFTER = "before", "evaluating", "after"
"""Where a run is: what a clone of the stand-in has to be."""


class Run:
    """What is known while a search runs.

    Parameters
    ----------
    search : FusedGridSearchCV or FusedRandomizedSearchCV
        As the user has it.
    """

    def __init__(self, search: Any) -> None:
        self.search = search
        self.base = clone(search.estimator)
        self.fit_params: dict[str, Any] = {}
        self.seconds: list[float] = []
        self.stage = BEFORE
        self.candidates: list[dict[str, Any]] = []
        self.plan: Plan | None = None

    # --- what scikit-learn asks in turn ---------------------------------------------------

    def begin(self, candidates: list[dict[str, Any]]) -> None:
        """From now on, clones are of these candidates, each once for every fold."""
        self.candidates, self.plan, self.given = candidates, None, 0
        self.stage = EVALUATING

    def split(self, X: Any, y: Any, folds: list[Any]) -> None:
        """Note the data and the folds of the candidates begun."""
        if self.stage == EVALUATING:
            self.plan = Plan(self, X, y, folds)

    def end(self) -> None:
        """From now on, clones are plain ones again."""
        if self.plan is not None:
            self.seconds += self.plan.seconds
        self.plan, self.stage = None, AFTER

    def seconds_so_far(self) -> list[float]:
        """Each fit's share in its group's time, in the order of scikit-learn's results."""
        return self.seconds + ([] if self.plan is None else self.plan.seconds)

    def next_clone(self) -> Any:
        """The estimator for the next pair of candidate and fold."""
        if self.plan is None:
            return clone(self.base)
        number, self.given = self.given, self.given + 1
        fitted = self.plan.take(number)
        return clone(self.base) if fitted is None else Ready(clone(self.base), fitted)


class Plan:
    """The fits of some candidates on some folds, and what came of those done in groups."""

    def __init__(self, run: Run, X: Any, y: Any, folds: list[Any]) -> None:
        self.run, self.X, self.y = run, X, y
        self.seconds = [0.0] * (len(run.candidates) * len(folds))
        self.done: dict[int, Fitted] = {}
        groups: dict[str, dict[int, Member]] = defaultdict(dict)
        for c, parameters in enumerate(run.candidates):
            estimator = candidate(run.base, parameters)
            key = None if estimator is None else group_of(estimator, run.fit_params)
            if key is None:
                continue
            for fold, (train, _) in enumerate(folds):
                own = clone(estimator)  # each draws from a generator of its own
                member = Member(own, fold, np.asarray(train), key.rpartition(" ")[2])
                groups[key][c * len(folds) + fold] = member
        self.jobs = effective_n_jobs(run.search.n_jobs)
        self.folds: Any = {} if self.jobs == 1 and fit_in_memory(X, folds) else None
        self.parts: dict[int, dict[int, Member]] = {}
        for members in groups.values():
            for numbers in chunks(members, X, y, self.jobs):
                part = {number: members[number] for number in numbers}
                self.parts |= dict.fromkeys(numbers, part)

    def take(self, number: int) -> Fitted | None:
        """What came of a fit, or None where it is not done yet and stands alone."""
        if number in self.parts:
            due = [self.parts[number]]
            if self.jobs > 1:
                due = list({id(part): part for part in self.parts.values()}.values())
            self._fit(due)
        return self.done.pop(number, None)

    def _fit(self, due: list[dict[int, Member]]) -> None:
        parallel = Parallel(n_jobs=self.run.search.n_jobs if self.jobs > 1 else 1)
        outcomes = parallel(
            delayed(fit_group)(
                self.X, self.y, self.run.fit_params, list(part.values()), self.folds
            )
            for part in due
        )
        for part, fitted in zip(due, outcomes, strict=True):
            for number, each in zip(part, fitted, strict=True):
                del self.parts[number]
                self.done[number] = each
                self.seconds[number] = each.seconds


def candidate(base: Any, parameters: dict[str, Any]) -> Any:
    """The candidate with these parameters, not fitted; None where they are not to be had."""
    try:
        return clone(base).set_params(**clone(parameters, safe=False))
    except Exception:
        return None  # scikit-learn meets the same error, and says so


# --- the stand-ins ------------------------------------------------------------------------


class Waiting:
    """Stands for the estimator of the search."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def __sklearn_clone__(self) -> Any:
        return self if self.run.stage == BEFORE else self.run.next_clone()

    def __sklearn_tags__(self) -> Any:
        return get_tags(self.run.base)

    def __reduce__(self) -> Any:
        return clone, (self.run.base,)

    def fit(self, X: Any, y: Any = None) -> Any:
        """Never called; its being here says that this is an estimator."""
        raise NotImplementedError


class Ready:
    """Stands for a candidate whose fit is done; told to fit, it becomes what was fitted."""

    def __init__(self, estimator: Any, fitted: Fitted) -> None:
        self.estimator, self.fitted = estimator, fitted

    def __sklearn_tags__(self) -> Any:
        return get_tags(self.estimator)

    def set_params(self, **parameters: Any) -> Any:
        """Give the candidate its parameters."""
        self.estimator.set_params(**parameters)
        return self

    def fit(self, X: Any, y: Any = None, **fit_params: Any) -> Any:
        """Become the estimator fitted, or raise what the fit has raised."""
        estimator, fitted = self.estimator, self.fitted
        fitted.give(estimator)
        kept = {name: self.__dict__[name] for name in KEPT & self.__dict__.keys()}
        self.__class__ = type(estimator)
        self.__dict__ = {**vars(estimator), **kept}
        return self


KEPT = {"_parent_callback_ctx"}
"""What scikit-learn's callbacks set on a clone before its fit, and delete after it."""


class Folds:
    """Stands for `cv`, and tells the run what it is asked for.

    Parameters
    ----------
    run : Run
    checked : splitter or None
        None: that of the search.
    """

    def __init__(self, run: Run, checked: Any = None) -> None:
        self.run, self.checked = run, checked

    def __reduce__(self) -> Any:
        return check_cv, (self.run.search.cv,)

    def get_n_splits(self, X: Any = None, y: Any = None, **more: Any) -> int:
        """As the splitter says."""
        search = self.run.search
        if self.checked is None:
            kind = is_classifier(search.estimator)
            self.checked = check_cv(search.cv, y, classifier=kind)
        return self.checked.get_n_splits(X, y, **more)

    def split(self, X: Any, y: Any = None, **more: Any) -> list[Any]:
        """The folds of the splitter, in a list."""
        folds = list(self.checked.split(X, y, **more))
        self.run.split(X, y, folds)
        return folds
