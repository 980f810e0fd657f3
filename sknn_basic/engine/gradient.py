"""Is the gradient right? What a step does, against how the cost really changes.

The gradient g is read off one step of the kernel over all samples with η = 1, so what learns
is what is checked. Along a random direction u of length 1 it claims the slope g·u; the cost
alone gives the same slope by central differences of fourth order, whose own error is
O(h⁴):

    ∂C/∂u ≈ [8 (C(h) − C(−h)) − (C(2h) − C(−2h))] / 12 h
"""

import numpy as np
import numpy.typing as npt

from sknn_basic.engine._types import Array
from sknn_basic.engine.network import (
    Memory,
    Network,
    Parameters,
    Rule,
    l2_penalty,
    output_weighted_inputs,
    sample_costs,
)
from sknn_basic.engine.rows import Samples
from sknn_basic.engine.sgd import run_epoch

STEP = 2e-3
"""h: for float64 and costs of ordinary size, rounding and truncation are both about 1e-11."""

DIRECTIONS = 10
"""Random directions along which slopes are compared."""


def total_cost(
    network: Network, parameters: Parameters, samples: Samples, alpha: float
) -> float:
    """Σ wC / Σ w + α/2 Σ‖W‖² on these samples."""
    costs = np.empty(len(samples))
    with np.errstate(over="ignore", invalid="ignore"):
        for at, rows in samples.chunks(parameters.widest()):
            Z = output_weighted_inputs(parameters, samples.X[rows])
            costs[at] = sample_costs(network, Z, samples.targets(rows))
        return samples.mean(costs, samples.rows) + l2_penalty(parameters, alpha)


def gradient(
    network: Network, parameters: Parameters, samples: Samples, alpha: float
) -> Parameters:
    """∂C/∂W and ∂C/∂b of each layer, of (1/n) Σ wC + α/2 Σ‖W‖².

    It is what the step leaves behind as its velocity: the difference of the weights would
    lose the digits of a small gradient.
    """
    velocity = parameters.zeros_like()
    rule = Rule(1.0, len(samples), momentum=0.5, alpha=alpha)
    memory = Memory(velocity=velocity)
    run_epoch(network, parameters.copy(), memory, samples, None, rule)
    return velocity.mapped(np.negative)


def slopes(
    network: Network, parameters: Parameters, samples: Samples, alpha: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The slopes along random directions: as the gradient claims, and as the cost has them."""
    rng = np.random.default_rng(0)
    G = gradient(network, parameters, samples, alpha)

    def cost_at(u: list[Array], h: float) -> float:
        return total_cost(network, _moved(parameters, u, h), samples, alpha)

    claimed, measured = np.empty((2, DIRECTIONS))
    for k in range(DIRECTIONS):
        u = _direction(rng, parameters)
        near = cost_at(u, STEP) - cost_at(u, -STEP)
        far = cost_at(u, 2 * STEP) - cost_at(u, -2 * STEP)
        claimed[k] = sum(float(np.vdot(g, v)) for g, v in zip(G.arrays(), u, strict=True))
        measured[k] = (8.0 * near - far) / (12.0 * STEP)
    return claimed, measured


def _direction(rng: np.random.Generator, parameters: Parameters) -> list[Array]:
    arrays: list[Array] = [rng.standard_normal(array.shape) for array in parameters.arrays()]
    length = np.sqrt(sum(float(np.vdot(array, array)) for array in arrays))
    return [array / length for array in arrays]


def _moved(parameters: Parameters, u: list[Array], h: float) -> Parameters:
    arrays = [a + h * v for a, v in zip(parameters.arrays(), u, strict=True)]
    n = len(parameters.weights)
    return Parameters(arrays[:n], arrays[n:])
