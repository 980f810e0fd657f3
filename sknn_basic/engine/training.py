"""The one training loop: epochs, their order, when to stop, which weights to keep.

It knows no labels. What has to be measured on them (a validation score, say) comes in as
a function of the parameters. Each epoch makes a new `Training` record out of the last one,
so whatever interrupts an epoch leaves the last complete one whole.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from sknn_basic.engine._types import Array, Indices
from sknn_basic.engine.network import Memory, Network, Parameters, Rule, l2_penalty
from sknn_basic.engine.rows import Samples
from sknn_basic.engine.sgd import Kernel, Pass, Watch

ROUNDING = 1e-12
"""Two judgements closer than this are a tie; the later weights win it."""

SMALLEST_RATE = 1e-6
"""The adaptive schedule ends training where it would divide an η that is not above this."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a call of `train` is asked to do."""

    rule: Rule  # how each step is taken
    max_epochs: int  # epochs at most
    shuffle: bool = True  # draw a new order for every epoch
    # {"last", "best", "average"}: which parameters `published` returns in the end
    keep: str = "last"
    stop_when_perfect: bool = False  # end with the first epoch that costs nothing
    # patient, n_iter_no_change: end when more than `n_iter_no_change` epochs in a row have
    # failed to improve
    patient: bool = False
    # what has to improve: the validation score, or else the training cost
    watch_validation: bool = False
    tol: float = 0.0  # an epoch improves if it lowers the watched value by more than this
    n_iter_no_change: int = 10
    # when patience is lost, divide η by 5 and go on, as long as η > 1e-6
    adaptive: bool = False


class Patience(NamedTuple):
    """How long training has failed to improve."""

    watched: float = np.inf  # the least cost so far, or the best validation score, negated
    watches_validation: bool = False  # whether it is the score
    stale: int = 0  # epochs in a row without improvement

    def after(self, value: float, tol: float) -> "Patience":
        """Patience after an epoch that ended with this value."""
        stale = self.stale + 1 if value >= self.watched - tol else 0
        return self._replace(watched=min(value, self.watched), stale=stale)


class Best(NamedTuple):
    """The best parameters so far, for ``keep="best"``."""

    parameters: Parameters | None = None  # None: nothing was judged yet
    value: float = np.inf  # how they were judged; less is better

    def or_better(self, parameters: Parameters, value: float) -> "Best":
        """The better of the two; the later one in a tie."""
        return self if value > self.value + ROUNDING else Best(parameters, value)


class Training(NamedTuple):
    """Where training stands after a whole number of epochs.

    Everything that the next epoch depends on is here, so a pickle of it goes on exactly
    as the original would.
    """

    parameters: Parameters  # weights and biases of every layer
    rng_state: dict[str, Any]  # what the next order is drawn from
    # what the last step has handed on
    memory: Memory = Memory()  # never changed: an epoch works on a copy
    # epochs, samples: epochs taken and samples seen
    epochs: int = 0
    samples: int = 0
    eta_factor: float = 1.0  # by what the adaptive schedule has multiplied η
    patience: Patience = Patience()  # how long training has failed to improve
    best: Best = Best()  # the best parameters so far
    # losses, cost_sums: the loss and Σ C of each epoch
    losses: tuple[float, ...] = ()
    cost_sums: tuple[float, ...] = ()
    # validation_scores, validation_losses: score and cost on the validation data after each
    # epoch
    validation_scores: tuple[float, ...] = ()
    validation_losses: tuple[float, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        """The same in dicts, lists, numbers and arrays, for storing; it shares the arrays."""
        plain: dict[str, Any] = _plain(self)
        return plain

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Training":
        """The record that `as_plain` has taken apart; it shares the arrays."""
        memory, best = plain["memory"], plain["best"]
        arrays = {name: _parameters(memory[name]) for name in ("velocity", "total")}
        records = {
            "parameters": _parameters(plain["parameters"]),
            "memory": Memory(**memory | arrays),
            "patience": Patience(**plain["patience"]),
            "best": Best(_parameters(best["parameters"]), best["value"]),
        }
        return cls(**plain | records)


def _plain(value: Any) -> Any:
    """A record, with the records in it, as a dict by field; anything else as it is."""
    fields = getattr(value, "__match_args__", None)
    return value if fields is None else {name: _plain(getattr(value, name)) for name in fields}


def _parameters(plain: dict[str, list[Array]] | None) -> Parameters | None:
    return None if plain is None else Parameters(**plain)


class Measures(NamedTuple):
    """How parameters are measured after an epoch."""

    # ``judge(parameters)`` -> what ``keep="best"`` makes small without validation data
    judge: Callable[[Parameters], float]
    # ``validate(parameters)`` -> (score, cost) on the validation data, if there are any
    validate: Callable[[Parameters], tuple[float, float]] | None = None


def state_of(rng: np.random.Generator) -> dict[str, Any]:
    """All that decides what the generator will draw."""
    return dict(rng.bit_generator.state)


def generator_at(rng_state: dict[str, Any]) -> np.random.Generator:
    """A generator that goes on from this state."""
    rng = np.random.Generator(np.random.PCG64(0))
    rng.bit_generator.state = rng_state
    return rng


def one_epoch(
    kernel: Kernel,
    samples: Samples,
    training: Training,
    rule: Rule,
    shuffle: bool,
    watch: Watch | None = None,
) -> tuple[Training, float, float]:
    """One pass over the samples, on copies: the record after it, its loss and cost sum.

    The loss is Σ wC / Σ w plus the L2 term, each sample's cost taken before its own step. The
    cost sum is Σ C; for step neurons, the number of wrong outputs.
    """
    one, rng_state = begin(samples, training, rule, shuffle)
    with np.errstate(over="ignore", invalid="ignore"):
        return _end(training, one, rng_state, kernel.run(*one, watch))


def begin(
    samples: Samples, training: Training, rule: Rule, shuffle: bool, drawn: Any = None
) -> tuple[Pass, dict[str, Any]]:
    """A pass on copies, and the generator's next state; `drawn`: the order and that state."""
    parameters, memory = training.parameters.copy(), training.memory.copy()
    if memory.velocity is None and rule.momentum > 0.0:
        memory.velocity = parameters.zeros_like()
    shuffle = shuffle and len(samples) > rule.batch_size  # a single batch has no order
    order, rng_state = drawn or _draw_order(training.rng_state, samples, shuffle)
    if training.eta_factor != 1.0:
        rule = replace(rule, eta=rule.eta * training.eta_factor)
    return Pass(parameters, memory, samples, order, rule), rng_state


def _end(
    training: Training, one: Pass, rng_state: dict[str, Any], costs: Array
) -> tuple[Training, float, float]:
    """The record after a pass of these costs, its loss and cost sum."""
    loss = one.samples.mean(costs, one.order) + l2_penalty(one.parameters, one.rule.alpha)
    after = training._replace(
        parameters=one.parameters,
        memory=one.memory,
        rng_state=rng_state,
        epochs=training.epochs + 1,
        samples=training.samples + len(one.samples),
    )
    return after, loss, float(np.add.reduce(costs))


class Course:
    """One network's way through its epochs, to the reason why it ends; see `train`."""

    def __init__(
        self,
        samples: Samples,
        training: Training,
        plan: Plan,
        measures: Measures,
        on_epoch: Callable[[Training], bool] = lambda training: False,
        before_epoch: Callable[[], None] = lambda: None,
    ) -> None:
        self.samples, self.plan, self.measures = samples, plan, measures
        self.on_epoch, self.before_epoch = on_epoch, before_epoch
        self.training, self.reason = _prepare(training, plan, measures), ""
        self.last = self.training.epochs + plan.max_epochs

    def take(self, after: Training, loss: float, cost_sum: float) -> None:
        """Go on to where an epoch has led, unless numbers became infinite."""
        plan = self.plan
        if not (np.isfinite(loss) and after.parameters.is_finite()):
            self.reason = "diverged"
            return
        after = after._replace(
            losses=(*after.losses, loss), cost_sums=(*after.cost_sums, cost_sum)
        )
        self.training = training = _watch(_measure(after, plan, self.measures), plan)
        wants_to_stop = self.on_epoch(training)
        if reason := _reason_to_stop(training, plan):
            fresh = training.patience._replace(stale=0)
            self.training, self.reason = training._replace(patience=fresh), reason
        elif wants_to_stop:
            self.reason = "stopped"
        elif training.epochs == self.last:
            self.reason = "max_epochs"


def train(
    network: Network,
    samples: Samples,
    training: Training,
    plan: Plan,
    measures: Measures,
    on_epoch: Callable[[Training], bool],
    before_epoch: Callable[[], None] = lambda: None,
) -> tuple[Training, str]:
    """Train for up to ``plan.max_epochs`` epochs.

    `before_epoch` and `on_epoch` are called around every epoch that is completed; `on_epoch`
    ends the training by returning True. Returned are the record after the last complete epoch
    and why training ended: "max_epochs", "perfect", "patience", "stopped", "diverged" or
    "interrupted". A KeyboardInterrupt before the first epoch is complete goes through.
    """
    course = Course(samples, training, plan, measures, on_epoch, before_epoch)
    try:
        kernel = Kernel(network, course.training.parameters)
        while not course.reason:
            take_epoch(kernel, [course])
    except KeyboardInterrupt:
        if course.training.epochs == training.epochs:
            raise
        return course.training, "interrupted"
    return course.training, course.reason


def take_epoch(kernel: Kernel, stack: list[Course]) -> None:
    """Take the next epoch of one course, or of a stack of them, stream after stream."""
    begun: list[tuple[Pass, dict[str, Any]]] = []
    for k, course in enumerate(stack):
        course.before_epoch()
        drawn = (begun[-1][0].order, begun[-1][1]) if k % kernel.layout.networks else None
        plan, samples = course.plan, course.samples
        begun.append(begin(samples, course.training, plan.rule, plan.shuffle, drawn))
    with np.errstate(over="ignore", invalid="ignore"):
        alone = kernel.layout.alone
        costs = [kernel.run(*begun[0][0])] if alone else kernel.run_all([b[0] for b in begun])
        ends = [_end(course.training, *begun[k], costs[k]) for k, course in enumerate(stack)]
    for course, end in zip(stack, ends, strict=True):
        course.take(*end)


def published(training: Training, keep: str) -> Parameters:
    """The parameters to use: the last, the best, or the average over all steps."""
    total, parameters = training.memory.total, training.parameters
    if keep == "best" and training.best.parameters is not None:
        return training.best.parameters
    if keep == "average" and total is not None and training.memory.total_steps:
        n, dtype = training.memory.total_steps, parameters.biases[0].dtype
        return total.mapped(lambda array: (array / n).astype(dtype))
    return parameters


def _prepare(training: Training, plan: Plan, measures: Measures) -> Training:
    """Forget what another plan had watched or summed; make room for what this one sums."""
    patience, best, memory = training.patience, training.best, training.memory
    if (measures.validate is None) == bool(training.validation_scores):
        best = Best(best.parameters)
        training = training._replace(validation_scores=(), validation_losses=())
    if plan.watch_validation != patience.watches_validation:
        patience = Patience(watches_validation=plan.watch_validation)
    if plan.keep != "best":
        best = Best()
    if plan.keep != "average":
        memory = replace(memory, total=None, total_steps=0)
    elif memory.total is None:
        memory = replace(memory, total=training.parameters.zeros_like(np.float64))
    factor = training.eta_factor if plan.adaptive else 1.0
    return training._replace(memory=memory, eta_factor=factor, patience=patience, best=best)


def _draw_order(
    rng_state: dict[str, Any], samples: Samples, shuffle: bool
) -> tuple[Indices | None, dict[str, Any]]:
    """The rows of this epoch in order, and the generator's next state."""
    if not shuffle:
        return samples.order(None), rng_state
    rng = generator_at(rng_state)
    order = samples.order(rng.permutation(len(samples)))
    return order, state_of(rng)


def _measure(training: Training, plan: Plan, measures: Measures) -> Training:
    """Validate and judge what the epoch made, as far as anyone asked."""
    parameters = training.parameters
    if measures.validate is not None:
        score, cost = measures.validate(parameters)
        training = training._replace(
            validation_scores=(*training.validation_scores, score),
            validation_losses=(*training.validation_losses, cost),
        )
    if plan.keep != "best":
        return training
    value = measures.judge(parameters) if measures.validate is None else -score
    return training._replace(best=training.best.or_better(parameters, value))


def _watch(training: Training, plan: Plan) -> Training:
    """Count the epochs in a row without improvement; lower η if the plan adapts it."""
    value = -training.validation_scores[-1] if plan.watch_validation else training.losses[-1]
    patience, factor = training.patience.after(value, plan.tol), training.eta_factor
    lost = patience.stale > plan.n_iter_no_change
    if plan.adaptive and lost and plan.rule.eta * factor > SMALLEST_RATE:
        patience, factor = patience._replace(stale=0), factor / 5.0
    return training._replace(patience=patience, eta_factor=factor)


def _reason_to_stop(training: Training, plan: Plan) -> str:
    """Why training is over, or an empty string."""
    if plan.stop_when_perfect and training.cost_sums[-1] == 0.0:
        return "perfect"
    if plan.patient and training.patience.stale > plan.n_iter_no_change:
        return "patience"
    return ""
