"""What a fitted classifier has learnt: the one place that looks inside it."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sknn_basic._types import Floats
from sknn_basic.engine.network import Parameters


class FittedValues(NamedTuple):
    """A fitted classifier taken apart.

    Parameters
    ----------
    weights : list of ndarray of shape (n_in, n_out)
        Of each layer.
    biases : list of ndarray of shape (n_out,)
    classes : ndarray of shape (n_classes,)
    multilabel : bool
        Whether each output neuron answers for itself.
    code : ndarray of float64 of shape (n_classes, n_out), or None
        The output neurons for each class. None where each class, or label, has a neuron of
        its own: the weighted inputs of the output neurons are then the scores.
    feature_names : list of str, or None
    """

    weights: list[Floats]
    biases: list[Floats]
    classes: npt.NDArray[Any]
    multilabel: bool
    code: Floats | None
    feature_names: list[str] | None

    @property
    def dtype(self):
        """Of the weights."""
        return self.weights[0].dtype


def fitted_values(classifier):
    """Take a fitted classifier of this package apart; the arrays are its own."""
    parameters, names = classifier._parameters(), getattr(classifier, "feature_names_in_", None)
    outputs = classifier._outputs
    return FittedValues(
        weights=list(parameters.weights),
        biases=list(parameters.biases),
        classes=classifier.classes_,
        multilabel=bool(outputs.multilabel),
        code=outputs.table,
        feature_names=None if names is None else [str(name) for name in names],
    )


def check_architecture(classifier):
    """Check that the parameters still go with the fitted weights.

    Raises
    ------
    ValueError
        If one was set to another value since.
    """
    classifier._known_outputs()


def accepts_multilabel(estimator):
    """Whether a sample may have several labels for this class of classifiers."""
    return bool(estimator._accepts_multilabel)


def set_values(model, values):
    """Make an unfitted `model` a fitted one; it then owns the arrays.

    Raises
    ------
    ValueError
        If the parameters, the classes and the layers do not go together.
    """
    *_, last = values.weights
    model._set_by_hand(
        Parameters(values.weights, values.biases),
        values.classes,
        multilabel=values.multilabel,
        feature_names=values.feature_names and np.array(values.feature_names, dtype=object),
    )
    check_architecture(model)
    made = fitted_values(model)
    outputs = len(made.classes) if made.code is None else made.code.shape[1]
    if outputs != last.shape[1]:
        raise ValueError(
            f"{len(made.classes)} classes do not go with {last.shape[1]} output neurons."
        )
    if len(made.weights) != len(values.weights):
        raise ValueError(f"PerceptronClassifier has one layer, got {len(values.weights)}.")
