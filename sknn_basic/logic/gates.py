"""Logic gates: perceptrons with weights for two or one bits.

A gate fires if w·x + b > 0. NAND with the weights of the book, (−2, −2) and bias 3: only both
inputs together pull it down to −1.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sknn_basic._classifiers.perceptron import PerceptronClassifier
from sknn_basic.logic.tables import as_bits


@dataclass(frozen=True)
class Gate:
    """A perceptron for bits, to be called.

    Parameters
    ----------
    name : str
        What it is called in messages.
    weights : tuple of float
        One for each input.
    bias : float
        The gate fires if w·x + bias > 0.

    Examples
    --------
    >>> from sknn_basic.logic import NAND
    >>> NAND(1, 1)
    0
    >>> NAND([0, 0, 1, 1], [0, 1, 0, 1])
    array([1, 1, 1, 0])
    """

    name: str
    weights: tuple[float, ...]
    bias: float

    @property
    def n_inputs(self) -> int:
        """How many bits it takes."""
        return len(self.weights)

    def __call__(self, *inputs: Any) -> Any:
        """Tell whether the gate fires.

        Parameters
        ----------
        *inputs : 0, 1, bool or arrays of them
            One for each weight; their shapes are broadcast.

        Returns
        -------
        output : int or ndarray of int; bool where all inputs are bool
            Of the inputs' common shape.

        Raises
        ------
        TypeError
            For another number of inputs.
        ValueError
            For anything but 0, 1 and bool.
        """
        if len(inputs) != self.n_inputs:
            raise TypeError(f"{self.name} has {self.n_inputs} inputs, got {len(inputs)}.")
        bits = [as_bits(values, f"an input of {self.name}") for values in inputs]
        z = sum((w * x for w, x in zip(self.weights, bits, strict=True)), start=self.bias)
        logical = all(np.asarray(values).dtype == bool for values in inputs)
        fires = np.asarray(z > 0).astype(bool if logical else int)
        return fires.item() if fires.ndim == 0 else fires

    def to_classifier(self) -> PerceptronClassifier:
        """Give the same perceptron as a classifier of rows of bits.

        Returns
        -------
        classifier : PerceptronClassifier
            With the classes 0 and 1.
        """
        return PerceptronClassifier.from_weights(self.weights, self.bias)


AND = Gate("AND", (2.0, 2.0), -3.0)
OR = Gate("OR", (2.0, 2.0), -1.0)
NAND = Gate("NAND", (-2.0, -2.0), 3.0)
NOR = Gate("NOR", (-2.0, -2.0), 1.0)
NOT = Gate("NOT", (-2.0,), 1.0)
