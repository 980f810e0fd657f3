"""Whether the peers compute the same thing: weights after the same few steps.

scikit-learn's network is compared on two classes, where its output is a sigmoid too. The
perceptrons start from weights that are not 0: at a score of exactly 0 ours does not fire,
while scikit-learn counts a mistake whatever the label.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks import peers
from benchmarks.cases import DENSE, PERCEPTRON, SPARSE
from benchmarks.timing import Run

STEPS = 40
PERCEPTRON_STEPS = 2000
"""More, since a perceptron changes only at mistakes."""
TOLERANCE = {"float64": 1e-9, "float32": 1e-4}


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a peer's weights are from ours, relative to the greatest weight."""

    case: object
    peer: str
    difference: float

    @property
    def holds(self):
        return self.difference <= TOLERANCE[self.case.dtype]


def agreements(case, source, chosen=peers.PEERS):
    """One `Agreement` for each peer that learns in this case."""
    if case.group not in (DENSE, SPARSE, PERCEPTRON):
        return []
    able = [peer for peer in chosen if peer.learns and peer.takes_part(case)]
    return [Agreement(case, peer.name, _difference(case, source, peer)) for peer in able]


def _difference(case, source, peer):
    if case.group == PERCEPTRON:
        ours, theirs = perceptron_pair(source.problem(case.shorter(PERCEPTRON_STEPS)))
    else:
        case = case.shorter(STEPS).for_slow_peers()
        if peer.name == "scikit-learn":
            case = case.two_classes()
        problem = source.problem(case)
        ours, theirs = peers.OURS.run(problem), peer.run(problem)
    ours.call()
    theirs.call()
    return difference(ours.weights(), theirs.weights())


def perceptron_pair(problem):
    """Ours and scikit-learn's, both from ours after the first half of the rows."""
    half = problem.head(problem.case.shorter(problem.case.steps // 2))
    ours = peers.begun(peers.our_perceptron(problem.case), problem)
    ours.partial_fit(half.X, half.y)
    theirs = peers.their_perceptron(problem.case)
    first = {"coef_init": ours.coef_.copy(), "intercept_init": ours.intercept_.copy()}
    calls = {
        ours: partial(ours.partial_fit, problem.X, problem.y),
        theirs: partial(theirs.fit, problem.X, problem.y, **first),
    }
    return [Run(calls[model], problem.case.steps, partial(_weights, model)) for model in calls]


def _weights(perceptron):
    return [perceptron.coef_], [perceptron.intercept_]


def difference(ours, theirs):
    """The greatest difference of two (weights, biases), relative to the greatest number."""
    ours, theirs = (np.concatenate([a.ravel() for a in [*W, *b]]) for W, b in (ours, theirs))
    return float(np.abs(ours - theirs).max() / np.abs(ours).max())
