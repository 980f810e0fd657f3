"""Why sigmoid neurons: a small change of a weight changes their output a little.

A perceptron's output stays as it is, or flips. A sigmoid neuron's output follows, and for
small changes in proportion (Nielsen, chapter 1, equation 5):

    Δoutput ≈ ∂output/∂wⱼ Δwⱼ = σ'(z) xⱼ Δwⱼ
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from sknn_basic._classifiers import validation as by_hand
from sknn_basic._types import Floats


class OutputChange(NamedTuple):
    """Changes of the output.

    Parameters
    ----------
    step : ndarray
        Of the step neuron: −1, 0 or 1.
    sigmoid : ndarray
        Of the sigmoid neuron with the same weights.
    """

    step: Floats
    sigmoid: Floats


def change_of_output(
    weights: npt.ArrayLike,
    bias: float,
    x: npt.ArrayLike,
    delta: npt.ArrayLike,
    weight: int = 0,
) -> OutputChange:
    """Measure what a change of one weight does to a neuron's output.

    Parameters
    ----------
    weights : array-like of shape (n_inputs,)
        Of the neuron, before the change.
    bias : float
        Of the neuron; it does not change.
    x : array-like of shape (n_inputs,)
        The input.
    delta : float or array-like
        Changes Δw of the weight.
    weight : int, default=0
        Which weight changes.

    Returns
    -------
    change : OutputChange
        Output with the changed weight minus output without, of the shape of `delta`.

    Raises
    ------
    ValueError
        For numbers that do not fit together.

    Examples
    --------
    >>> from sknn_basic.logic import change_of_output
    >>> change = change_of_output([1.0, 1.0], -1.9, [1, 1], [-0.05, -0.15])
    >>> change.step
    array([ 0., -1.])
    >>> change.sigmoid.round(3)
    array([-0.012, -0.037])
    """
    w, inputs = by_hand.numbers(weights, "weights", (1,)), by_hand.numbers(x, "x", (1,))
    deltas = by_hand.numbers(delta, "delta", (0, 1, 2)).astype(float)
    if inputs.shape != w.shape:
        raise ValueError(
            f"x must have {len(w)} numbers, one for each weight; got {len(inputs)}."
        )
    if not -len(w) <= weight < len(w):
        raise ValueError(f"weight must number one of {len(w)} weights, got {weight!r}.")
    before = float(w @ inputs) + float(bias)
    after = before + deltas * inputs[weight]
    step = np.subtract(after > 0.0, before > 0.0, dtype=float)
    return OutputChange(step, expit(after) - expit(before))
