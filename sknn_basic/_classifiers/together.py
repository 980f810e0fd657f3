"""Several fits at once: which classifiers can share their training, and how they are trained.

What a search needs of the classifiers is here and nowhere else: `share`, `fit_together` and
`give`.
"""

from collections import defaultdict
from itertools import pairwise
from typing import Any, NamedTuple

import joblib
import numpy as np
from scipy import sparse

from sknn_basic._classifiers.base import BaseSGDClassifier
from sknn_basic._classifiers.progress import Due, Outcome, has_callbacks
from sknn_basic._classifiers.runtime import SINGLE_THREAD, publish
from sknn_basic.engine._types import slices
from sknn_basic.engine.blocks import ALONE, Layout
from sknn_basic.engine.network import Network
from sknn_basic.engine.neurons import COSTS, MISTAKES
from sknn_basic.engine.rows import Samples
from sknn_basic.engine.sgd import Kernel
from sknn_basic.engine.training import Course, take_epoch

OWN = {"eta", "alpha", "momentum", "learning_rate", "power_t", "init"}
OWN |= {"max_iter", "tol", "n_iter_no_change", "keep"}
"""Parameters that each of the classifiers trained together may have for itself."""


class Fit(NamedTuple):
    """A call of `fit` that is due.

    Parameters
    ----------
    classifier : PerceptronClassifier or SigmoidMLPClassifier
        It is not changed.
    X, y, sample_weight
        As `fit` takes them.
    """

    classifier: Any
    X: Any
    y: Any
    sample_weight: Any = None


def share(classifier: Any) -> str | None:
    """A text that is the same for classifiers that can be trained together, or None.

    None: there is nothing to share. Somebody wants to be called or to be told of every epoch,
    or each fit draws a seed of its own.
    """
    kind = type(classifier)
    if not issubclass(kind, BaseSGDClassifier) or kind.fit is not BaseSGDClassifier.fit:
        return None
    parameters = classifier.get_params(deep=False)
    apart = parameters["verbose"] or parameters["warm_start"] or has_callbacks(classifier)
    if (
        apart
        or parameters["random_state"] is None
        or not isinstance(parameters.get("cost", ""), str)
    ):
        return None
    fixed = {name: value for name, value in parameters.items() if name not in OWN}
    try:
        return f"{kind.__module__}.{kind.__qualname__} {joblib.hash(fixed)}"
    except Exception:  # a parameter that cannot be pickled
        return None


def n_weights(classifier: Any, n_features: int, n_outputs: int) -> int:
    """How many weights the classifier will have, about."""
    sizes = (
        n_features,
        *np.atleast_1d(getattr(classifier, "hidden_layer_sizes", ())),
        n_outputs,
    )
    return int(sum(before * after for before, after in pairwise(sizes)))


def fit_together(fits: list[Fit]) -> list[Outcome | Exception]:
    """What comes of each fit, or the error that it raises; `give` makes it known.

    The classifiers are of one `share`.
    """
    return SINGLE_THREAD.run(_fit_together, fits)


def _fit_together(fits: list[Fit]) -> list[Outcome | Exception]:
    due, courses = [], []
    samples: dict[tuple[int, ...], list[Samples]] = defaultdict(list)
    met: dict[tuple[int, ...], Any] = {}  # what was checked need not be checked again
    for fit in fits:
        data = fit.X, fit.y, fit.sample_weight
        key = (*map(id, data),)
        try:
            due.append(fit.classifier._prepare(*data, None, met.get(key)))
        except Exception as error:
            due.append(error)
            continue
        met[key] = due[-1].met
        own, *others = due[-1].course
        known = samples[key]
        same = next((other for other in known if _are_same(own, other)), own)
        known.append(same)
        due[-1] = due[-1]._replace(course=(same, *others))
        courses.append(Course(same, *others))
    if courses:
        some = next(each for each in due if not isinstance(each, Exception))
        train_together(some.method.network, courses)
    ended = iter(courses)
    return [
        each if isinstance(each, Exception) else _ended(fit.classifier, each, next(ended))
        for fit, each in zip(fits, due, strict=True)
    ]


def train_together(network: Network, courses: list[Course]) -> None:
    """Run these courses to their ends, in stacks where their epochs can be taken together."""
    kernels: dict[tuple[Any, ...], Kernel] = {}
    while running := [course for course in courses if not course.reason]:
        old, kernels = kernels, {}
        for layout, stack in _stacks(network, running):
            key = (layout, *map(id, stack))
            kernel = old.get(key) or Kernel(network, stack[0].training.parameters, layout)
            kernels[key] = kernel
            take_epoch(kernel, stack)


MOST_IN_A_STACK = 2**16
"""Numbers of the widest layer for a batch of each network: more gain nothing by a stack."""


MOST_HELD = 2**15
"""Weights of a first layer with a velocity or a sum: moving more takes longer than it saves."""


def _stacks(network: Network, courses: list[Course]) -> list[tuple[Layout, list[Course]]]:
    """The courses in stacks: each stream reads the same samples in the same order."""
    alike: dict[Any, dict[Any, list[Course]]] = {}
    if len(courses) == 1 or not _takes_any_arrays(network):
        return [(ALONE, [course]) for course in courses]
    for course in courses:
        streams = alike.setdefault(_kind(course), {})
        shuffle = course.plan.shuffle and repr(course.training.rng_state)
        streams.setdefault((id(course.samples), shuffle), []).append(course)
    found = []
    for streams in alike.values():
        by_size: dict[int, list[list[Course]]] = {}
        for stream in streams.values():
            by_size.setdefault(len(stream), []).append(stream)
        for size, parts in by_size.items():
            found += _cut(size, parts)
    return found


def _takes_any_arrays(network: Network) -> bool:
    """Whether the cost is a built-in one: a user's is told that there are two dimensions."""
    cost = network.cost.value, network.cost.output_error
    return cost in (*COSTS.values(), MISTAKES)


def _cut(size: int, streams: list[list[Course]]) -> list[tuple[Layout, list[Course]]]:
    """Streams of so many courses in stacks that are not too large."""
    course = streams[0][0]
    numbers = course.plan.rule.batch_size * course.training.parameters.widest()
    most = max(1, MOST_IN_A_STACK // numbers)
    found = []
    for at in slices(size, most):
        networks = at.stop - at.start
        for together in slices(len(streams), max(1, most // networks)):
            stack = [course for stream in streams[together] for course in stream[at]]
            mixed = len({*map(_decay, stack)}) > 1
            found.append((Layout(together.stop - together.start, networks, mixed), stack))
    return found


def _kind(course: Course) -> Any:
    """What is the same for courses of one stack."""
    samples, (parameters, _, memory, *_) = course.samples, course.training
    held = memory.velocity is not None or memory.total is not None
    if held and parameters.weights[0].size > MOST_HELD:
        return id(course)
    rule, X = course.plan.rule, samples.X
    rows = slice(None) if samples.rows is None else samples.rows
    if samples.w is not None and not samples.w[rows].all():
        return id(course)  # a batch may weigh nothing, and be absent
    return (
        *(len(samples), X.shape[1], X.dtype, type(X), samples.w is None),
        *(W.shape for W in parameters.weights),
        *(rule.batch_size, rule.momentum > 0.0, rule.alpha > 0.0, rule.learn_bias),
        *(memory.velocity is None, memory.total is None),
        sparse.issparse(X) and _decay(course),  # whose columns wait for each other
    )


def _decay(course: Course) -> Any:
    """All that the course's momentum and L2 decay depend on."""
    rule = course.plan.rule
    rate = (rule.eta, rule.power_t, course.training.eta_factor) if rule.alpha else ()
    return rule.momentum, rule.alpha, rate


def _are_same(one: Samples, other: Samples) -> bool:
    """Whether samples of the same X and y are the same; one X may be a copy of the other."""
    parts = zip((one.y, one.w, one.rows), (other.y, other.w, other.rows), strict=True)
    pairs: list[tuple[Any, Any]] = [pair for pair in parts if not pair[0] is pair[1] is None]
    alike = one.X.dtype == other.X.dtype and one.X.shape == other.X.shape
    return alike and all(a is not None and np.array_equal(a, b) for a, b in pairs)


def _ended(classifier: Any, due: Due, course: Course) -> Outcome | Exception:
    try:
        return classifier._outcome(due, course.training, course.reason)
    except ValueError as error:
        return error


def give(classifier: Any, outcome: Outcome | Exception) -> None:
    """End a fit: warn, raise or give the classifier its attributes, as `fit` would."""
    if isinstance(outcome, Exception):
        raise outcome.with_traceback(None)  # it may have been raised before
    publish(classifier, outcome, anew=True)


def has_diverged(outcome: Outcome | Exception) -> bool:
    """Whether a fit ended in its first epoch because numbers became infinite."""
    return isinstance(outcome, ValueError) and str(outcome).startswith("Training diverged")
