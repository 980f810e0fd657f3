"""What a drawing wants to know of a network: its layers, names and activations."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.utils.validation import check_is_fitted

from sknn_basic._classifiers import validation as by_hand
from sknn_basic._types import Floats
from sknn_basic.logic.network import PerceptronNetwork


class Anatomy(NamedTuple):
    """A network taken apart.

    Parameters
    ----------
    weights : list of ndarray of shape (n_in, n_out)
        Of each layer, which reads the one before.
    biases : list of ndarray of shape (n_out,)
    fire : callable
        From weighted inputs to activations.
    input_names, output_names : list of str
    """

    weights: list[Floats]
    biases: list[Floats]
    fire: Callable[[Floats], Floats]
    input_names: list[str]
    output_names: list[str]

    def activations(self, x: npt.ArrayLike) -> list[Floats]:
        """Tell how strongly every neuron fires for one sample, the inputs first.

        Raises
        ------
        ValueError
            If `x` is not one sample for this network.
        """
        n_inputs = len(self.weights[0])
        row = by_hand.numbers(x, "x", (1, 2)).astype(np.float64)
        if row.shape not in ((n_inputs,), (1, n_inputs)):
            raise ValueError(
                f"x must be one sample of {n_inputs} numbers, got shape {row.shape}."
            )
        A = [row.ravel()]
        for W, b in zip(self.weights, self.biases, strict=True):
            with np.errstate(over="ignore"):
                A.append(self.fire(A[-1] @ W.astype(np.float64) + b))
        return A


def _step(Z: Floats) -> Floats:
    """1 above 0, else 0: a score of exactly 0 does not fire."""
    return (Z > 0.0).astype(np.float64)


def anatomy_of(estimator: Any) -> Anatomy:
    """Take a fitted classifier, or a network set by hand, apart.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If the classifier is not fitted.
    TypeError
        If it is none of this package's networks.
    """
    if isinstance(estimator, PerceptronNetwork):
        weights, biases = map(list, zip(*estimator.layers, strict=True))
        outputs = [f"output {k}" for k in range(len(biases[-1]))]
        return Anatomy(weights, biases, _step, _numbered(len(weights[0])), outputs)
    if not hasattr(estimator, "_parameters"):
        raise TypeError(
            "estimator must be a SigmoidMLPClassifier, a PerceptronClassifier or a "
            f"PerceptronNetwork, got {estimator!r}."
        )
    check_is_fitted(estimator)
    parameters = estimator._parameters()
    names = getattr(estimator, "feature_names_in_", _numbered(estimator.n_features_in_))
    fire = expit if hasattr(estimator, "coefs_") else _step
    outputs = _output_names(estimator, len(parameters.biases[-1]))
    return Anatomy(
        list(parameters.weights), list(parameters.biases), fire, list(names), outputs
    )


def _numbered(n: int) -> list[str]:
    """Names as scikit-learn gives them to columns without names."""
    return [f"x{k}" for k in range(n)]


def _output_names(estimator: Any, n_outputs: int) -> list[str]:
    """What it means that an output neuron fires."""
    classes = [str(label) for label in estimator.classes_]
    if estimator._outputs.multilabel:
        return [f"label {label}" for label in classes]
    if estimator._outputs.one_hot or (n_outputs == 1 and estimator.output_code == "binary"):
        return classes[1:] if n_outputs == 1 and len(classes) == 2 else classes
    if isinstance(estimator.output_code, str):
        return [f"bit {k}" for k in reversed(range(n_outputs))]
    return [f"output {k}" for k in range(n_outputs)]
