"""Proves when training ends, what it keeps, and that what goes wrong leaves no trace."""

import pickle
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse

from sknn_basic.engine.network import Memory, Network, Parameters, Rule
from sknn_basic.engine.neurons import COSTS, MISTAKES, signed_sigmoid, signed_step
from sknn_basic.engine.rows import Samples
from sknn_basic.engine.sgd import Kernel
from sknn_basic.engine.training import (
    SMALLEST_RATE,
    Measures,
    Plan,
    Training,
    generator_at,
    one_epoch,
    published,
    state_of,
    train,
)

NETWORK = Network(signed_sigmoid, COSTS["quadratic"])
RULE = Rule(eta=1.0, batch_size=2)


class ScriptedCost:
    """A cost that follows a script, one line an epoch, and can do something in the midst.

    Parameters
    ----------
    script : list of float
        The cost of every sample in epochs 0, 1, 2 and so on; the last line is repeated.
    error : float
        The error of every output neuron.
    mishap : callable or None
        ``mishap(epoch, k)`` runs when the k-th error of an epoch (from 1) is asked for.
    """

    def __init__(self, script=(1.0,), error=0.0, mishap=None):
        self.script, self.error, self.mishap = script, error, mishap
        self.epoch = self.calls = 0

    def value(self, A, Y):
        return np.full(len(A), self.script[min(self.epoch, len(self.script) - 1)])

    def output_error(self, A, Y):
        self.calls += 1
        if self.mishap is not None:
            self.mishap(self.epoch, self.calls)
        return np.full(A.shape, self.error)

    def on_epoch(self, training):
        """Go on to the next line; to be called after each epoch."""
        self.epoch, self.calls = self.epoch + 1, 0
        return False

    def network(self):
        return Network(signed_sigmoid, self)


def epoch_of(network, samples, training, rule, shuffle):
    """`one_epoch` with a kernel of its own."""
    return one_epoch(Kernel(network, training.parameters), samples, training, rule, shuffle)


def some_samples(n=6, dtype=np.float64, w=None, inputs=np.asarray):
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (n, 3)).astype(dtype)
    return Samples(inputs(X), rng.integers(0, 2, n), np.array([[0.0], [1.0]], dtype), w)


def fresh_training(dtype=np.float64, hidden=2, **changes):
    rng = np.random.default_rng(1)
    shapes = [(3, hidden), (hidden, 1)] if hidden else [(3, 1)]
    weights = [rng.standard_normal(shape).astype(dtype) for shape in shapes]
    biases = [rng.standard_normal(shape[1]).astype(dtype) for shape in shapes]
    return Training(Parameters(weights, biases), state_of(rng), **changes)


def unmeasured(parameters):
    raise AssertionError("nobody asked for this measurement")


def run(plan, cost=None, samples=None, training=None, measures=None, on_epoch=None):
    """`train` with whatever is not given taken from the helpers above."""
    network = NETWORK if cost is None else cost.network()
    if on_epoch is None:
        on_epoch = (lambda training: False) if cost is None else cost.on_epoch
    return train(
        network,
        samples or some_samples(),
        training or fresh_training(),
        plan,
        measures or Measures(unmeasured),
        on_epoch,
    )


def same_bytes(one, other):
    return all(
        array.tobytes() == array_too.tobytes()
        for array, array_too in zip(one.arrays(), other.arrays(), strict=True)
    )


# --- one epoch ---------------------------------------------------------------------------


def everything_on():
    """A training record with velocity and running sums whose arrays cannot be written to."""
    training = fresh_training()
    velocity, total = training.parameters.copy(), training.parameters.copy()
    for parameters in training.parameters, velocity, total:
        for array in parameters.arrays():
            array.flags.writeable = False
    return training._replace(memory=Memory(7, velocity, total, 7))


@pytest.mark.parametrize("inputs", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("batch_size", [1, 2, 100])
def test_an_epoch_never_changes_the_record_it_starts_from(shuffle, batch_size, inputs):
    training = everything_on()
    samples = some_samples(w=np.array([1.0, 0.0, 2.0, 1.0, 1.0, 1.0]), inputs=inputs)
    before = pickle.dumps((training, samples))
    rule = Rule(1.0, batch_size, momentum=0.9, alpha=0.1, power_t=0.5)
    after, _, _ = one_epoch(
        Kernel(NETWORK, training.parameters), samples, training, rule, shuffle
    )
    assert pickle.dumps((training, samples)) == before
    assert not same_bytes(after.parameters, training.parameters)
    assert not same_bytes(after.memory.velocity, training.memory.velocity)
    assert not same_bytes(after.memory.total, training.memory.total)


def test_an_epoch_that_fails_in_the_middle_leaves_the_record_alone():
    def fail(epoch, k):
        if k == 2:
            raise ZeroDivisionError

    training = everything_on()
    before = pickle.dumps(training)
    network = ScriptedCost(error=1.0, mishap=fail).network()
    with pytest.raises(ZeroDivisionError):
        epoch_of(network, some_samples(), training, RULE, True)
    assert pickle.dumps(training) == before


def test_an_epoch_counts_itself_its_samples_and_its_steps():
    after, _, _ = one_epoch(
        Kernel(NETWORK, fresh_training().parameters),
        some_samples(5),
        fresh_training(),
        RULE,
        True,
    )
    assert (after.epochs, after.samples, after.memory.steps) == (1, 5, 3)


@pytest.mark.parametrize("momentum", [0.0, 0.5])
@pytest.mark.parametrize("inputs", [np.asarray, sparse.csr_matrix, sparse.csr_array])
@pytest.mark.parametrize("hidden", [0, 2])
def test_single_precision_stays_single(hidden, inputs, momentum):
    w = np.array([1, 2, 0, 1, 1, 0.5], np.float32)
    samples = some_samples(dtype=np.float32, w=w, inputs=inputs)
    rule = Rule(0.3, 2, momentum, alpha=0.1, power_t=0.5)
    plan = Plan(rule, max_epochs=2, keep="average")
    training, _ = run(plan, samples=samples, training=fresh_training(np.float32, hidden))
    parts = [training.parameters, published(training, "average")]
    if momentum:
        parts.append(training.memory.velocity)
    for part in parts:
        assert {array.dtype for array in part.arrays()} == {np.dtype(np.float32)}


def test_the_loss_is_the_weighted_mean_plus_l2_and_the_cost_sum_is_neither():
    w = np.array([1.0, 3.0, 0.0, 0.0, 2.0, 2.0])

    class CostOfTarget(ScriptedCost):
        def value(self, A, Y):
            return Y[:, 0] * 10.0

    samples = Samples(np.ones((6, 3)), np.arange(6.0)[:, None], None, w)
    training = fresh_training(hidden=0)
    rule = Rule(1.0, batch_size=1, alpha=0.5)
    after, loss, cost_sum = one_epoch(
        Kernel(CostOfTarget().network(), training.parameters), samples, training, rule, False
    )
    l2 = 0.25 * (after.parameters.weights[0] ** 2).sum()
    assert loss == pytest.approx((3 * 10 + 2 * 40 + 2 * 50) / 8 + l2, rel=1e-14)
    assert cost_sum == 10 + 40 + 50  # absent samples cost nothing


def test_the_sum_of_huge_costs_is_divergence_without_a_warning():
    training, reason = run(Plan(RULE, 3), ScriptedCost([1.0, 1e308]))
    assert (training.epochs, reason) == (1, "diverged")


def test_an_epoch_of_absent_samples_costs_nothing_and_teaches_nothing():
    training = fresh_training()
    samples = some_samples(w=np.zeros(6))
    after, loss, cost_sum = one_epoch(
        Kernel(NETWORK, training.parameters), samples, training, RULE, True
    )
    assert (loss, cost_sum, after.memory.steps) == (0.0, 0.0, 0)
    assert same_bytes(after.parameters, training.parameters)


# --- order -------------------------------------------------------------------------------


def orders_of(shuffle, epochs=3, n=8, rows=None, seed=1):
    """The rows as they came, a list an epoch; each sample's target is its row number."""
    seen = [[]]

    class Witness(ScriptedCost):
        def output_error(self, A, Y):
            seen[-1].extend(int(number) for number in Y[:, 0])
            return super().output_error(A, Y)

        def on_epoch(self, training):
            seen.append([])
            return False

    samples = Samples(np.ones((n, 3)), np.arange(n)[:, None], None, None, rows)
    training = fresh_training()._replace(rng_state=state_of(np.random.default_rng(seed)))
    plan = Plan(RULE, epochs, shuffle)
    run(plan, Witness(), samples, training)
    return seen[:-1]


def test_without_shuffling_rows_come_as_they_stand():
    assert orders_of(shuffle=False) == [list(range(8))] * 3


def test_every_epoch_takes_every_row_once_in_an_order_of_its_own():
    orders = orders_of(shuffle=True)
    assert [sorted(order) for order in orders] == [list(range(8))] * 3
    assert orders[0] != orders[1] != orders[2] != orders[0]


def test_the_generators_state_decides_the_orders():
    assert orders_of(shuffle=True) == orders_of(shuffle=True)
    assert orders_of(shuffle=True) != orders_of(shuffle=True, seed=2)


@pytest.mark.parametrize("shuffle", [False, True])
def test_only_the_rows_that_take_part_come(shuffle):
    rows = np.array([1, 4, 6])
    for order in orders_of(shuffle, rows=rows):
        assert sorted(order) == [1, 4, 6]


def test_a_single_row_needs_no_draw():
    training = fresh_training()
    after, _, _ = one_epoch(
        Kernel(NETWORK, training.parameters), some_samples(1), training, RULE, True
    )
    assert after.rng_state == training.rng_state


def test_a_generator_goes_on_from_its_state():
    rng = np.random.default_rng(5)
    rng.random(3)
    assert generator_at(state_of(rng)).random() == rng.random()


# --- reasons to end ----------------------------------------------------------------------


def test_training_takes_as_many_epochs_as_it_may():
    training, reason = run(Plan(RULE, max_epochs=4))
    assert (training.epochs, reason) == (4, "max_epochs")
    assert len(training.losses) == len(training.cost_sums) == 4


def test_whoever_watches_the_epochs_can_end_them():
    seen = []

    def on_epoch(training):
        seen.append(training.epochs)
        return training.epochs == 3

    training, reason = run(Plan(RULE, max_epochs=9), on_epoch=on_epoch)
    assert (training.epochs, reason) == (3, "stopped")
    assert seen == [1, 2, 3]


AND = Samples(
    np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
    np.array([0, 0, 0, 1]),
    np.array([[0.0], [1.0]]),
)


@pytest.mark.parametrize("stop", [False, True])
def test_training_can_end_with_the_first_epoch_without_a_mistake(stop):
    zeros = Parameters([np.zeros((2, 1))], [np.zeros(1)])
    training, reason = train(
        Network(signed_step, MISTAKES, only_mistakes=True),
        AND,
        Training(zeros, state_of(np.random.default_rng(0))),
        Plan(Rule(1.0, 1), max_epochs=30, stop_when_perfect=stop),
        Measures(unmeasured),
        lambda training: False,
    )
    perfect = training.cost_sums.index(0.0) + 1
    assert perfect > 2
    assert (training.epochs, reason) == ((perfect, "perfect") if stop else (30, "max_epochs"))


def test_patience_ends_training_after_more_stale_epochs_than_allowed():
    cost = ScriptedCost([5.0, 4.0, 3.0, 3.5, 2.9375, 3.0])
    plan = Plan(RULE, 99, patient=True, tol=0.1, n_iter_no_change=2)
    training, reason = run(plan, cost)
    assert training.losses == (5.0, 4.0, 3.0, 3.5, 2.9375, 3.0)
    assert reason == "patience"
    assert training.patience.stale == 0


def test_an_improvement_restores_patience():
    cost = ScriptedCost([5.0, 5.0, 5.0, 4.0, 4.0, 4.0, 4.0])
    training, reason = run(Plan(RULE, 99, patient=True, tol=0.1, n_iter_no_change=2), cost)
    assert (training.epochs, reason) == (7, "patience")


@pytest.mark.parametrize("watch", [False, True])
def test_patience_goes_on_where_it_stopped(watch):
    plan = Plan(
        Rule(0.1, 2), 99, patient=True, watch_validation=watch, tol=9.0, n_iter_no_change=4
    )
    measures = Measures(unmeasured, lambda parameters: (0.5, 0.0))
    whole, reason = run(plan, measures=measures)
    assert (whole.epochs, reason) == (6, "patience")
    part, reason = run(replace(plan, max_epochs=3), measures=measures)
    assert (part.epochs, part.patience.stale, reason) == (3, 2, "max_epochs")
    part, reason = run(plan, training=part, measures=measures)
    assert (part.epochs, reason) == (6, "patience")


def test_small_improvements_add_up_to_none():
    cost = ScriptedCost([1.0, 0.96, 0.92, 0.88, 0.84, 0.80])
    training, reason = run(Plan(RULE, 99, patient=True, tol=0.05, n_iter_no_change=2), cost)
    assert (training.epochs, reason) == (4, "patience")


def test_a_cost_that_stays_the_same_is_no_improvement():
    plan = Plan(RULE, 99, patient=True, tol=0.0, n_iter_no_change=2)
    training, reason = run(plan, ScriptedCost([1.0]))
    assert (training.epochs, reason) == (4, "patience")


def test_without_patience_every_epoch_runs():
    training, reason = run(Plan(RULE, 25, n_iter_no_change=1), ScriptedCost([3.0]))
    assert (training.epochs, reason) == (25, "max_epochs")


@pytest.mark.parametrize(("watch", "why"), [(True, "patience"), (False, "max_epochs")])
def test_patience_watches_the_score_or_the_cost_as_planned(watch, why):
    scores = iter([0.5, 0.7, 0.6, 0.7, 0.6, 0.5])
    measures = Measures(unmeasured, validate=lambda parameters: (next(scores), 9.0))
    cost = ScriptedCost([5.0, 4.0, 3.0, 2.0, 1.0, 0.5])
    plan = Plan(RULE, 6, patient=True, watch_validation=watch, tol=0.01, n_iter_no_change=2)
    training, reason = run(plan, cost, measures=measures)
    assert reason == why
    assert training.validation_scores == (0.5, 0.7, 0.6, 0.7, 0.6, 0.5)[: training.epochs]
    assert training.validation_losses == (9.0,) * training.epochs


def test_a_plan_with_other_measurements_forgets_what_was_watched():
    plan = Plan(RULE, 2, tol=0.1)
    training, _ = run(plan, ScriptedCost([0.25]))
    assert training.patience.watched == 0.25
    scores = Measures(unmeasured, validate=lambda parameters: (0.9, 1.0))
    watching = replace(plan, watch_validation=True)
    training, _ = run(watching, ScriptedCost([0.25]), training=training, measures=scores)
    assert training.patience.watched == -0.9
    training, _ = run(plan, ScriptedCost([0.5]), training=training)
    assert training.patience.watched == 0.5
    assert training.validation_scores == training.validation_losses == ()


# --- the adaptive learning rate ----------------------------------------------------------


def test_lost_patience_divides_the_adaptive_rate_by_five():
    cost = ScriptedCost([1.0], error=1.0)  # every step moves the bias by −η
    biases = [0.0]

    def on_epoch(training):
        biases.append(training.parameters.biases[-1][0])
        return cost.on_epoch(training)

    start = fresh_training()
    start.parameters.biases[-1][:] = 0.0
    plan = Plan(Rule(0.5, 6), 8, tol=0.1, n_iter_no_change=2, adaptive=True)
    training, reason = run(plan, cost, training=start, on_epoch=on_epoch)
    assert reason == "max_epochs"
    np.testing.assert_allclose(-np.diff(biases), [0.5] * 4 + [0.1] * 3 + [0.02], rtol=1e-12)
    assert training.eta_factor == pytest.approx(0.04)


def test_the_adaptive_rate_ends_training_when_it_has_become_too_small():
    plan = Plan(Rule(0.5, 6), 999, patient=True, tol=0.1, n_iter_no_change=1, adaptive=True)
    training, reason = run(plan, ScriptedCost([1.0]))
    assert reason == "patience"
    divisions = round(-np.log(training.eta_factor) / np.log(5.0))
    assert 0.5 / 5.0**divisions <= SMALLEST_RATE < 0.5 / 5.0 ** (divisions - 1)
    assert training.epochs == 1 + 2 * (divisions + 1)


# --- which parameters are kept -----------------------------------------------------------


def trajectory(epochs):
    """The parameters after each of so many epochs of one step each."""
    seen = []

    def on_epoch(training):
        seen.append(training.parameters)
        return False

    run(Plan(Rule(1.0, 6), epochs, shuffle=False), on_epoch=on_epoch)
    assert not any(same_bytes(*pair) for pair in pairwise(seen))
    return seen


def test_last_keeps_the_last():
    training, _ = run(Plan(Rule(1.0, 6), 4, shuffle=False, keep="last"))
    assert same_bytes(published(training, "last"), trajectory(4)[-1])


@pytest.mark.parametrize(
    ("judgements", "best"),
    [
        ([3.0, 1.0, 2.0, 4.0], 1),
        ([1.0, 2.0, 3.0, 4.0], 0),
        ([4.0, 3.0, 2.0, 1.0], 3),
        ([2.0, 1.0, 1.0, 3.0], 2),  # the later wins a tie
        ([2.0, 1.0, 1.0 + 1e-15, 3.0], 2),  # and what only rounding parts is a tie
        ([2.0, 1.0, 1.0 + 1e-9, 3.0], 1),
    ],
)
def test_best_keeps_the_last_of_the_best_judged(judgements, best):
    remaining = iter(judgements)
    measures = Measures(judge=lambda parameters: next(remaining))
    plan = Plan(Rule(1.0, 6), 4, shuffle=False, keep="best")
    training, _ = run(plan, measures=measures)
    assert same_bytes(published(training, "best"), trajectory(4)[best])


def test_best_is_the_highest_score_where_there_is_validation():
    scores = iter([0.1, 0.9, 0.9, 0.3])
    measures = Measures(unmeasured, validate=lambda parameters: (next(scores), 0.0))
    plan = Plan(Rule(1.0, 6), 4, shuffle=False, keep="best")
    training, _ = run(plan, measures=measures)
    assert same_bytes(published(training, "best"), trajectory(4)[2])
    assert training.best.value == -0.9


def assert_mean(parameters, several):
    for k, array in enumerate(parameters.arrays()):
        mean = np.mean([list(one.arrays())[k] for one in several], axis=0)
        np.testing.assert_allclose(array, mean, rtol=1e-13)


def test_average_keeps_the_mean_over_all_steps():
    training, _ = run(Plan(Rule(1.0, 6), 4, shuffle=False, keep="average"))
    assert_mean(published(training, "average"), trajectory(4))
    assert same_bytes(training.parameters, trajectory(4)[-1])


def test_a_record_taken_apart_and_put_together_is_the_same():
    rule = Rule(0.7, 2, momentum=0.9)
    judged = Measures(judge=lambda parameters: 0.5)
    for keep in ("average", "best"):
        training, _ = run(Plan(rule, 3, keep=keep), measures=judged)
        plain = training.as_plain()
        assert {type(value) for value in plain.values()} <= {dict, int, float, tuple}
        assert plain["parameters"]["weights"][0] is training.parameters.weights[0]
        again = Training.from_plain(pickle.loads(pickle.dumps(plain)))
        assert pickle.dumps(again.as_plain()) == pickle.dumps(plain)
        assert again.patience == training.patience
        assert same_bytes(published(again, keep), published(training, keep))
        more, _ = run(Plan(rule, 2, keep=keep), training=again, measures=judged)
        assert more.losses == run(Plan(rule, 5, keep=keep), measures=judged)[0].losses


def test_an_average_goes_on_where_it_stopped():
    plan = Plan(Rule(1.0, 6), 2, shuffle=False, keep="average")
    training, _ = run(plan)
    training, _ = run(plan, training=training)
    assert_mean(published(training, "average"), trajectory(4))


def test_a_plan_that_keeps_something_else_forgets_averages_and_bests():
    plan = Plan(Rule(1.0, 6), 2, shuffle=False, keep="average")
    training, _ = run(plan)
    training, _ = run(replace(plan, keep="last"), training=training)
    assert training.memory.total is None
    assert training.memory.total_steps == 0
    judged = Measures(judge=lambda parameters: 0.5)
    training, _ = run(replace(plan, keep="best"), training=training, measures=judged)
    assert training.best.parameters is training.parameters
    training, _ = run(plan, training=training)
    assert training.best.parameters is None
    assert training.best.value == np.inf


@pytest.mark.parametrize("keep", ["last", "average"])
def test_training_in_two_parts_is_training_in_one(keep):
    rule = Rule(0.7, 2, momentum=0.9, alpha=0.01, power_t=0.3)
    whole, _ = run(Plan(rule, 5, keep=keep))
    part, _ = run(Plan(rule, 2, keep=keep))
    part = pickle.loads(pickle.dumps(part))
    part, _ = run(Plan(rule, 3, keep=keep), training=part)
    assert part.losses == whole.losses
    assert part.rng_state == whole.rng_state
    assert same_bytes(published(part, keep), published(whole, keep))


# --- mishaps -----------------------------------------------------------------------------


def assert_same_record(one, other):
    assert same_bytes(one.parameters, other.parameters)
    assert one.losses == other.losses
    assert one.rng_state == other.rng_state
    assert (one.epochs, one.samples) == (other.epochs, other.samples)
    assert one.memory.steps == other.memory.steps


def test_divergence_returns_the_last_finite_record():
    plan = Plan(Rule(1.0, 2, alpha=1e30), 50)  # every step multiplies W by about −1e30
    training, reason = run(plan)
    assert reason == "diverged"
    assert 0 < training.epochs < 50
    assert training.parameters.is_finite()
    assert np.isfinite(training.losses).all()
    until, reason = run(replace(plan, max_epochs=training.epochs))
    assert reason == "max_epochs"
    assert_same_record(training, until)


def test_divergence_in_the_first_epoch_returns_where_it_started():
    start = fresh_training()
    plan = Plan(Rule(1.0, 2, alpha=1e200), 5)
    training, reason = run(plan, training=start)
    assert reason == "diverged"
    assert training.epochs == 0
    assert same_bytes(training.parameters, start.parameters)


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_a_cost_that_is_not_finite_is_divergence(bad):
    training, reason = run(Plan(RULE, 9), ScriptedCost([2.0, 1.0, bad]))
    assert reason == "diverged"
    assert training.losses == (2.0, 1.0)


def test_weights_that_are_not_finite_are_divergence_though_the_cost_is():
    def mishap(epoch, k):
        if (epoch, k) == (1, 3):  # the last step of the epoch: its cost has been taken
            cost.error = np.inf

    cost = ScriptedCost([2.0], error=0.5, mishap=mishap)
    training, reason = run(Plan(RULE, 9), cost)
    assert (training.epochs, reason) == (1, "diverged")
    assert training.parameters.is_finite()


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("k", [0, 1, 2, 3])
def test_one_number_is_enough_to_make_parameters_not_finite(k, bad):
    parameters = fresh_training().parameters
    assert parameters.is_finite()
    list(parameters.arrays())[k].flat[-1] = bad
    assert not parameters.is_finite()


def interrupt_in(epoch, at_call):
    def mishap(now, k):
        if (now, k) == (epoch, at_call):
            raise KeyboardInterrupt

    return mishap


@pytest.mark.parametrize("at_call", [1, 2, 3])
def test_an_interrupted_epoch_never_was(at_call):
    script = [3.0, 2.0, 1.0]
    cost = ScriptedCost(script, error=0.5, mishap=interrupt_in(2, at_call))
    training, reason = run(Plan(replace(RULE, momentum=0.5), 9), cost)
    assert reason == "interrupted"
    until, _ = run(Plan(replace(RULE, momentum=0.5), 2), ScriptedCost(script, error=0.5))
    assert_same_record(training, until)
    assert same_bytes(training.memory.velocity, until.memory.velocity)


def test_an_interrupt_before_anything_is_learnt_goes_through():
    with pytest.raises(KeyboardInterrupt):
        run(Plan(RULE, 9), ScriptedCost(mishap=interrupt_in(0, 2)))


def test_an_interrupt_between_epochs_keeps_the_epoch_that_is_complete():
    def on_epoch(training):
        if training.epochs == 2:
            raise KeyboardInterrupt
        return False

    training, reason = run(Plan(RULE, 9), on_epoch=on_epoch)
    assert reason == "interrupted"
    assert_same_record(training, run(Plan(RULE, 2))[0])


def test_any_other_error_goes_through():
    def mishap(epoch, k):
        if epoch == 1:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(Plan(RULE, 9), ScriptedCost(mishap=mishap))
