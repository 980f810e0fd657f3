"""Proves what deliberate faults in the engine could change before any other test noticed."""

from dataclasses import replace

import numpy as np
import pytest

from sknn_basic.engine.network import Memory, Network, Rule, random_parameters
from sknn_basic.engine.neurons import COSTS, signed_sigmoid
from sknn_basic.engine.rows import Samples
from sknn_basic.engine.sgd import Kernel, run_epoch
from sknn_basic.engine.training import Measures, Plan, Training, state_of, train

NETWORK = Network(signed_sigmoid, COSTS["cross_entropy"])


def some_samples(n=6):
    rng = np.random.default_rng(0)
    return Samples(rng.uniform(-1, 1, (n, 3)), rng.integers(0, 2, n), np.array([[0.0], [1.0]]))


def fresh_training():
    rng = np.random.default_rng(1)
    return Training(random_parameters(rng, (3, 2, 1), np.float64, "scaled"), state_of(rng))


def run(plan, training):
    """`train` on a few samples; the validation score is always the same."""
    measures = Measures(lambda parameters: 0.0, lambda parameters: (0.5, 0.0))
    return train(NETWORK, some_samples(), training, plan, measures, lambda training: False)


@pytest.mark.parametrize("watch", [False, True])
def test_patience_goes_on_where_it_stopped(watch):
    plan = Plan(
        Rule(0.1, 2), 99, patient=True, watch_validation=watch, tol=9.0, n_iter_no_change=4
    )
    whole, reason = run(plan, fresh_training())
    assert (whole.epochs, reason) == (6, "patience")
    part, reason = run(replace(plan, max_epochs=3), fresh_training())
    assert (part.epochs, part.patience.stale, reason) == (3, 2, "max_epochs")
    part, reason = run(plan, part)
    assert (part.epochs, reason) == (6, "patience")


def test_biases_that_are_not_learnt_gather_no_velocity():
    training = fresh_training()
    memory = Memory(velocity=training.parameters.zeros_like())
    rule = Rule(0.5, 1, momentum=0.5, learn_bias=False)
    run_epoch(NETWORK, training.parameters, memory, some_samples(), None, rule)
    assert all(V.any() for V in memory.velocity.weights)
    assert not any(V_b.any() for V_b in memory.velocity.biases)


@pytest.mark.parametrize(("size", "harmless"), [(1.0, True), (1e150, True), (1e160, False)])
def test_a_step_is_taken_in_place_where_it_cannot_overflow(size, harmless):
    parameters, samples = fresh_training().parameters, some_samples(1)
    samples = replace(samples, X=samples.X * size)
    kernel, rule = Kernel(NETWORK, parameters), Rule(0.5, 1)
    with np.errstate(over="ignore"):
        proposal = kernel.propose(parameters, Memory(), samples, rule)
    assert proposal.is_harmless() == harmless
    if harmless:
        after = parameters.copy()
        run_epoch(NETWORK, after, Memory(), samples, None, rule)
        proposal.accept()
        for array, expected in zip(parameters.arrays(), after.arrays(), strict=True):
            np.testing.assert_allclose(array, expected, rtol=1e-14)
