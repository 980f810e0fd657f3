"""Stochastic gradient descent: one pass over the data in mini-batches of m samples.

One step (Nielsen, chapter 1, equations 20 and 21), with sample weights w, L2 strength α
and momentum μ:

    g = (1/m) Σ wᵢ ∂Cᵢ/∂W + α W        over the m samples of the batch
    V ← μ V − η g,   W ← W + V         (μ = 0: W ← W − η g)

Biases are learnt alike, without α. The last batch may be short; its own size is its m.
A batch whose samples all weigh 0 is absent: it changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sknn_basic.engine._types import Array, Indices
from sknn_basic.engine.network import (
    Network,
    Parameters,
    backward,
    hidden_activations,
    weighted_input,
)
from sknn_basic.engine.samples import Samples


@dataclass(frozen=True, slots=True)
class Rule:
    """How a step is taken.

    Parameters
    ----------
    eta : float
        Learning rate η of the first step.
    batch_size : int
        Samples in a mini-batch, m.
    momentum, alpha : float
        μ and α of the module's first lines.
    power_t : float
        Step number t (from 1) uses η / t^power_t; 0 keeps η constant.
    learn_bias : bool
        False leaves every bias as it is.
    """

    eta: float
    batch_size: int
    momentum: float = 0.0
    alpha: float = 0.0
    power_t: float = 0.0
    learn_bias: bool = True

    def rate(self, steps: int) -> float:
        """η of the step that follows `steps` steps."""
        return float(self.eta * (steps + 1.0) ** -self.power_t)


@dataclass(slots=True)
class Memory:
    """What one step hands to the next, beside the parameters.

    ``total`` is the running sum of the parameters over ``total_steps`` steps (None: no
    average is wanted); ``velocity`` is V (None: no momentum).
    """

    steps: int = 0
    velocity: Parameters | None = None
    total: Parameters | None = None
    total_steps: int = 0

    def copy(self) -> "Memory":
        """The same memory in arrays of its own."""
        return Memory(
            self.steps,
            self.velocity and self.velocity.copy(),
            self.total and self.total.copy(),
            self.total_steps,
        )


def batches(samples: Samples, order: Indices | None, size: int) -> Iterator[tuple[slice, Any]]:
    """Where each mini-batch stands in the order of the epoch, and its rows of X."""
    n = len(samples)
    for start in range(0, n, size):
        at = slice(start, min(start + size, n))
        yield at, (at if order is None else order[at])


def run_epoch(
    network: Network,
    parameters: Parameters,
    memory: Memory,
    samples: Samples,
    order: Indices | None,
    rule: Rule,
) -> npt.NDArray[np.float64]:
    """Change `parameters` and `memory` by one pass over `samples`.

    Returns
    -------
    costs : array of shape (n,)
        Cost of each sample in the order of the pass, before its own step.
    """
    costs = np.zeros(len(samples))
    for at, rows in batches(samples, order, rule.batch_size):
        w = None if samples.w is None else samples.w[rows]
        if w is not None and not w.any():
            continue
        Y = samples.targets(rows)
        A = hidden_activations(parameters, samples.X[rows])
        output = network.output(
            weighted_input(A[-1], parameters.weights[-1], parameters.biases[-1])
        )
        costs[at] = network.cost.value(output, Y)
        delta = network.cost.output_error(output, Y)
        if w is not None:
            delta = delta * w[:, None]
        take_step(parameters, memory, A, backward(parameters, A, delta), rule)
    return costs


def take_step(
    parameters: Parameters, memory: Memory, A: list[Any], deltas: list[Array], rule: Rule
) -> None:
    """Change `parameters` and `memory` by one step along the batch's gradient."""
    eta, m = rule.rate(memory.steps), deltas[0].shape[0]
    velocity = memory.velocity
    for layer, (A_l, delta) in enumerate(zip(A, deltas, strict=True)):
        W, b = parameters.weights[layer], parameters.biases[layer]
        step_W: Array = (A_l.T @ delta) * (-eta / m)
        step_W -= (eta * rule.alpha) * W
        step_b: Array = delta.sum(axis=0) * (-eta / m)
        if velocity is not None:
            step_W = _accelerate(velocity.weights[layer], step_W, rule.momentum)
            step_b = _accelerate(velocity.biases[layer], step_b, rule.momentum)
        W += step_W
        if rule.learn_bias:
            b += step_b
    memory.steps += 1
    if memory.total is not None:
        for total, array in zip(memory.total.arrays(), parameters.arrays(), strict=True):
            np.add(total, array, out=total)
        memory.total_steps += 1


def _accelerate(V: Array, step: Array, mu: float) -> Array:
    """Overwrite the velocity V with μ V + step and return it."""
    V *= mu
    V += step
    return V
