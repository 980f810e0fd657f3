"""First weights. Biases are drawn from N(0, 1) with both, as in the book.

======  ==================  =============================================================
normal  W ~ N(0, 1)         Nielsen, chapter 1 (network.py). A hidden neuron with many
                            inputs starts saturated and learns slowly.
scaled  W ~ N(0, 1 / n_in)  Nielsen, chapter 3; LeCun et al., "Efficient BackProp", 1998.
zeros   W = 0, b = 0        The perceptron's usual start.
======  ==================  =============================================================
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from sknn_basic.engine.network import Parameters

ROWS_AT_ONCE = 10_000
"""Rows of weights that are drawn at a time: bounded memory beside the weights."""

WEIGHT_SCALES: dict[str, Callable[[int], float]] = {
    "scaled": lambda n_in: n_in**-0.5,
    "normal": lambda n_in: 1.0,
}
"""The standard deviation of the first weights, by name, for a number of inputs."""


def random_parameters(
    rng: np.random.Generator, layer_sizes: Sequence[int], dtype: npt.DTypeLike, init: str
) -> Parameters:
    """Draw the weights of a network with these layer sizes, inputs first.

    Parameters
    ----------
    rng : numpy.random.Generator
        What draws them.
    layer_sizes : sequence of int
        Neurons of each layer, inputs first, outputs last.
    dtype : dtype
        Of weights and biases.
    init : {"scaled", "normal"}
        A key of `WEIGHT_SCALES`.

    Returns
    -------
    parameters : Parameters
        Weights and biases of every layer.
    """
    scale = WEIGHT_SCALES[init]
    weights, biases = [], []
    for n_in, n_out in pairwise(layer_sizes):
        W = np.empty((n_in, n_out), dtype)
        for start in range(0, n_in, ROWS_AT_ONCE):
            part = W[start : start + ROWS_AT_ONCE]
            np.multiply(rng.standard_normal(part.shape), scale(n_in), part, casting="same_kind")
        weights.append(W)
        biases.append(rng.standard_normal(n_out).astype(dtype))
    return Parameters(weights, biases)


def zero_parameters(n_in: int, n_out: int, dtype: Any) -> Parameters:
    """One layer of neurons that know nothing yet.

    Parameters
    ----------
    n_in : int
        Inputs.
    n_out : int
        Neurons.
    dtype : dtype
        Of weights and biases.

    Returns
    -------
    parameters : Parameters
        All of them 0.
    """
    return Parameters([np.zeros((n_in, n_out), dtype)], [np.zeros(n_out, dtype)])
