"""How a classifier trains, what comes of it and what it tells: curves, warnings, callbacks.

**Sparse rows of many columns**, few of which are there: work on those alone. A pass over text,
say, has a hundred thousand columns of weights and changes some hundred. Without decay, momentum
and averages the others stay as they are, so training runs on the columns present, on copies,
and only these are written into the whole at the end. A call with one row then costs little more
than what that row holds, whatever the width, and needs no second copy of the weights to be safe
from interruption.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from operator import setitem
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning

from sknn_basic.engine.network import Network, Parameters, Rule
from sknn_basic.engine.rows import Samples
from sknn_basic.engine.training import Measures, Plan, Training

WORTH_IT = 0.5
"""Narrowing pays where less than this share of the columns is present."""


@dataclass(frozen=True, slots=True)
class Wide:
    """The columns present, and the parameters of which they are a part.

    Parameters
    ----------
    X : CSR array of shape (n, n_present)
        The rows without their empty columns; it shares its data with the original.
    columns : ndarray of shape (n_present,)
        Where they stand in the whole.
    whole : Parameters
        Writable; its first weights are changed in place in the end.
    """

    X: sparse.csr_array
    columns: np.ndarray
    whole: Parameters

    @classmethod
    def of(cls, X, training, rule, keep="last"):
        """The `Wide` of a call, or None where nothing is to be had by it."""
        moving = rule.alpha or rule.momentum or training.memory.velocity is not None
        more = moving or keep == "average" or training.best.parameters is not None
        if more or not sparse.issparse(X):
            return None
        present = np.zeros(X.shape[1], bool)
        present[X.indices] = True
        columns = np.flatnonzero(present)
        if len(columns) > WORTH_IT * len(present):
            return None
        place = np.cumsum(present, dtype=X.indices.dtype)
        parts = X.data, place[X.indices] - 1, X.indptr
        narrow = sparse.csr_array(parts, shape=(X.shape[0], len(columns)))
        whole = training.parameters
        W = whole.weights[0]
        if not (W.flags.writeable and W.flags.c_contiguous):
            whole = whole.copy()
        return cls(narrow, columns, whole)

    def narrowed(self, training):
        """The record of training on the columns present."""
        W, *upper = self.whole.weights
        part = Parameters([W[self.columns], *upper], self.whole.biases)
        return training._replace(parameters=part)

    def widened(self, training, kept, in_place):
        """The record on all columns, the parameters to publish, and the writes that are due.

        In place, the published ones hold the whole first weights, which are right once the
        write is made: one call of a function that is C, so it cannot be cut in two.
        """
        W, part = self.whole.weights[0], kept.weights[0]
        public = self._around(W if in_place else self._filled(kept), kept)
        raw = public
        if kept is not training.parameters:
            raw = self._around(self._filled(training.parameters), training.parameters)
        writes = (partial(setitem, W, self.columns, part),) if in_place else ()
        return training._replace(parameters=raw), public, writes

    def _around(self, W, narrow):
        return Parameters([W, *narrow.weights[1:]], narrow.biases)

    def _filled(self, narrow):
        W = self.whole.weights[0].copy()
        W[self.columns] = narrow.weights[0]
        return W


class Method(NamedTuple):
    """How a classifier trains.

    Parameters
    ----------
    network : Network
        The kind of output neurons, and the cost.
    rule : Rule
        How a step is taken.
    judge : callable
        ``judge(score, cost)`` -> what ``keep="best"`` makes small without validation data.
    patient : bool
        Whether `tol` and `n_iter_no_change` also watch the training cost.
    adaptive : bool
        Whether η is divided by 5 when patience is lost.
    """

    network: Network
    rule: Rule
    judge: Callable[[float, float], float]
    patient: bool = True
    adaptive: bool = False


class Report(NamedTuple):
    """What a classifier tells of its training.

    Parameters
    ----------
    curves : callable
        ``curves(training)`` -> fitted attributes, numbers of each epoch.
    figures : callable
        ``figures(training)`` -> what a line of `verbose` tells of the last epoch.
    loss : callable
        ``loss(cost)`` -> fitted attributes after a pass of `partial_fit`.
    name : str
        What the cost of a sample is called.
    """

    curves: Callable[[Training], dict[str, Any]]
    figures: Callable[[Training], dict[str, float]]
    loss: Callable[[float], dict[str, float]]
    name: str


class Due(NamedTuple):
    """A fit before its first epoch.

    Parameters
    ----------
    method : Method
        How the classifier trains.
    course : (Samples, Training, Plan, Measures)
        What `engine.training.train` is given.
    news : dict
        Attributes to publish.
    wide, warning
        See `Outcome`.
    met : tuple
        The data as `data.met` has checked them.
    """

    method: Method
    course: tuple[Samples, Training, Plan, Measures]
    news: dict[str, Any]
    wide: Wide | None
    warning: tuple[str, type[Warning]] | None
    met: tuple[Any, ...]


class Outcome(NamedTuple):
    """What a call has worked out and not yet published.

    Parameters
    ----------
    training : Training
        Where training stands.
    kept : Parameters
        The parameters to publish.
    news : dict
        The other attributes to publish.
    wide : Wide or None
        The columns that `training` and `kept` are about, where not all of them.
    warning : (str, type) or None
        Message and category of a warning that is due.
    checked : fast_path.Checked or None
        What the fast path knows, where it still holds.
    """

    training: Training
    kept: Parameters
    news: dict[str, Any]
    wide: Wide | None = None
    warning: tuple[str, type[Warning]] | None = None
    checked: Any = None


def plan_of(estimator, method):
    """What `engine.training` is asked to do."""
    return Plan(
        rule=method.rule,
        max_epochs=estimator.max_iter,
        shuffle=estimator.shuffle,
        keep=estimator.keep,
        stop_when_perfect=estimator.tol is not None,
        patient=estimator.tol is not None and (estimator.early_stopping or method.patient),
        watch_validation=estimator.early_stopping,
        tol=estimator.tol or 0.0,
        n_iter_no_change=estimator.n_iter_no_change,
        adaptive=method.adaptive,
    )


def validation_curves(training):
    """What was measured on the validation data after each epoch, as fitted attributes."""
    if not training.validation_scores:
        return {}
    return {
        "validation_scores_": list(training.validation_scores),
        "validation_loss_curve_": list(training.validation_losses),
        "best_validation_score_": max(training.validation_scores),
    }


def validation_figures(training):
    """The last of them, for a line of `verbose`."""
    if not training.validation_scores:
        return {}
    return {
        "validation score": training.validation_scores[-1],
        "validation cost": training.validation_losses[-1],
    }


ENOUGH, WORSE, MUCH_WORSE = 5, 1.01, 10.0
"""A last cost of so many times the first one is no chance: after a few epochs, and before."""


# --- warnings -------------------------------------------------------------------------


def warning_at_the_end(estimator, method, reason, start, training):
    """Message and category of the warning that this end of training deserves, or None."""
    if reason == "diverged":
        kept = f" The weights of epoch {training.epochs} are kept."
        return diverged(estimator, training.epochs + 1) + kept, ConvergenceWarning
    if reason == "interrupted":
        done = f"the {training.epochs} complete epochs are kept."
        return f"Training was interrupted; {done}", UserWarning
    first, *_, last = training.losses[len(start.losses) :] * 2
    worse = MUCH_WORSE if len(training.losses) - len(start.losses) < ENOUGH else WORSE
    if last > worse * first and not method.network.only_mistakes:
        message = (
            f"Training has not converged: it ends with a cost of {last:.3g}, and the first "
            f"epoch's was {first:.3g}. The steps are too long with eta={estimator.eta!r} and "
            f"alpha={estimator.alpha!r}. Try a smaller eta, a smaller alpha, or inputs scaled "
            "to unit variance (StandardScaler)."
        )
        return message, ConvergenceWarning
    if reason == "max_epochs" and estimator.tol is not None:
        return estimator._not_converged(training), ConvergenceWarning
    return None


def diverged(estimator, epoch):
    """What is said of an epoch in which numbers became infinite."""
    return (
        f"Training diverged in epoch {epoch} with eta={estimator.eta!r}: the "
        "weights or the cost became infinite or NaN. Try a smaller eta, a smaller alpha, "
        "or inputs scaled to unit variance (StandardScaler)."
    )


# --- lines and callbacks --------------------------------------------------------------


class ProgressLine:
    """Prints a line every `every` epochs; nothing for 0.

    Parameters
    ----------
    every : int
    epochs : int
        Epochs that this call may take.
    """

    def __init__(self, every, epochs):
        self.every = int(every)
        self.epochs = epochs
        self.done = 0
        self.start = perf_counter()

    def __call__(self, measured):
        """Print what the epoch has `measured`, a dict of names and numbers, if it is time."""
        self.done += 1
        if not self.every or self.done % self.every:
            return
        seconds = perf_counter() - self.start
        left = seconds / self.done * (self.epochs - self.done)
        figures = "  ".join(f"{name} {value:.4g}" for name, value in measured.items())
        print(
            f"Epoch {self.done:{len(str(self.epochs))}}/{self.epochs}  {figures}  "
            f"{seconds:.1f} s, at most {left:.1f} s left"
        )


class StreamLine:
    """Prints a line every so many calls: samples seen, mean cost since the last line, speed.

    Parameters
    ----------
    name : str
        What the cost of a sample is called.
    seen, total : int, float
        Samples seen before the first call, and their Σ cost.
    """

    def __init__(self, name, seen, total):
        self.name, self.calls, self.seen = name, 0, seen
        self.last = seen, total, perf_counter()

    def __call__(self, seen, total, every):
        """Tell of the call after which so many samples have cost `total`, if it is time."""
        before, cost, then = self.last
        self.calls, self.seen = self.calls + 1, seen
        if self.calls < every or seen == before:
            return
        now, rows = perf_counter(), seen - before
        mean, pace = (total - cost) / rows, rows / max(now - then, 1e-9)
        self.calls, self.last = 0, (seen, total, now)
        print(f"Sample {seen:,}  {self.name} {mean:.4g}  {pace:,.0f} rows/s")


def has_callbacks(estimator):
    """Whether anybody wants to be called."""
    return "_skl_callbacks" in estimator.__dict__


class Callbacks:
    """The callbacks of one call of `fit`; with none of them nothing happens.

    Parameters
    ----------
    X, y, sample_weight
        As `fit` was given them.
    """

    def __init__(self, X, y, sample_weight):
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        self.given = {"X": X, "y": y, "metadata": metadata}
        self.root = None

    def begin(self, estimator, **task):
        """Tell the callbacks of the estimator, if it has any, that this task begins."""
        if has_callbacks(estimator):
            self.given["estimator"] = estimator
            self.root = estimator._init_callback_context(**task)
            self.root.call_on_fit_task_begin(**self.given)

    def begin_epoch(self):
        """Tell that an epoch begins."""
        if self.root is not None:
            self.epoch = self.root.subcontext(task_name="epoch")
            self.epoch.call_on_fit_task_begin(**self.given)

    def end_epoch(self, fitted):
        """Tell that it has ended, and return whether a callback wants to stop.

        Parameters
        ----------
        fitted : callable
            Makes the attributes of an estimator fitted so far, when a callback asks for it.
        """
        if self.root is None:
            return False
        return bool(
            self.epoch.call_on_fit_task_end(**self.given, reconstruction_attributes=fitted)
        )

    def end(self, fitted):
        """Tell that the estimator is fitted; `fitted` makes its attributes."""
        if self.root is not None:
            self.root.call_on_fit_task_end(**self.given, reconstruction_attributes=fitted)
