"""A fitted classifier as a dict of plain values, and back.

The document says what the classifier is: its parameters, labels, feature names, weights and
biases. It does not say where training stood (momentum, schedule, random state, curves): for
that there are pickles.

Every document says of which version of the format it is, and old ones stay readable for ever.
Whoever adds a parameter to an estimator, or changes a key or what a value means, raises the
version, in four steps:

1. `VERSION` goes up by one.
2. `UPGRADES` gets a function that makes a document of the new version from one of the last,
   in place: it sets a new parameter to the value that means what was done before.
3. ``python tests/helpers/frozen_classifiers.py`` stores classifiers of the new version under
   tests/export/frozen; add one that shows what is new. The files of old versions stay as they
   are, and the tests read them all.
4. CHANGELOG says which sknn_basic reads the new version: older ones refuse it.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from reprlib import repr as shortened
from typing import Any, TypeAlias

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic._classifiers import validation as by_hand
from sknn_basic._compat import check_parameters
from sknn_basic.export.fitted import (
    FittedValues,
    accepts_multilabel,
    check_architecture,
    fitted_values,
    set_values,
)
from sknn_basic.export.plain_values import (
    floats_from,
    labels_from,
    parameters_from,
    plain_floats,
    plain_labels,
    plain_parameters,
)

Classifier: TypeAlias = PerceptronClassifier | SigmoidMLPClassifier

CLASSIFIERS: dict[str, type[Classifier]] = {
    "PerceptronClassifier": PerceptronClassifier,
    "SigmoidMLPClassifier": SigmoidMLPClassifier,
}
"""Which classes a document can name."""

FORMAT = "sknn_basic classifier"

VERSION = 2
"""Goes up with every change of the keys or of an estimator's parameters; see above."""


def _without_scoring(document: dict[str, Any]) -> None:
    """From version 1 to 2: validation data were judged by accuracy."""
    document["parameters"]["scoring"] = None


UPGRADES: dict[int, Callable[[dict[str, Any]], None]] = {1: _without_scoring}
"""By the version from which it leads to the next: what makes a document newer, in place."""

KEYS = (
    "format",
    "version",
    "classifier",
    "parameters",
    "classes",
    "multilabel",
    "feature_names",
    "dtype",
    "layers",
)


def to_dict(classifier: Classifier) -> dict[str, Any]:
    """Describe a fitted classifier by a dict that JSON can hold.

    Parameters
    ----------
    classifier : PerceptronClassifier or SigmoidMLPClassifier
        Fitted.

    Returns
    -------
    document : dict
        ``format`` and ``version`` of the document; ``classifier``, the name of the class;
        ``parameters`` by name; ``classes``, their dtype and values; ``multilabel``;
        ``feature_names`` or None; ``dtype`` of the weights; ``layers``, for each a dict of
        ``weights`` of shape (n_in, n_out) and ``biases`` of shape (n_out,) as lists.

    Raises
    ------
    TypeError
        For anything but the two classifiers: a pipeline, say, or a class of your own.
    NotFittedError
        For one that is not fitted.
    ValueError
        If a parameter is an object (a cost of your own, a RandomState), if labels are of a
        type that JSON does not know, if weights are not finite, and if parameters set after
        `fit` do not go with the weights.

    Examples
    --------
    >>> from sknn_basic import PerceptronClassifier
    >>> from sknn_basic.export import to_dict
    >>> visit = PerceptronClassifier.from_weights([6, 2, 2], threshold=5, classes=["no", "go"])
    >>> document = to_dict(visit)
    >>> document["classes"]
    {'dtype': 'U2', 'values': ['no', 'go']}
    >>> document["layers"]
    [{'weights': [[6.0], [2.0], [2.0]], 'biases': [-5.0]}]
    """
    values = exportable(classifier)
    return description(classifier, values) | {
        "layers": [
            {"weights": plain_floats(W), "biases": plain_floats(b)}
            for W, b in zip(values.weights, values.biases, strict=True)
        ]
    }


def from_dict(document: Mapping[str, Any]) -> Classifier:
    """Make the classifier that a document of `to_dict` describes.

    Parameters
    ----------
    document : dict
        As `to_dict` returns it.

    Returns
    -------
    classifier : PerceptronClassifier or SigmoidMLPClassifier
        Fitted. It predicts what the original does, and `partial_fit` goes on from its weights
        as after `from_weights`: momentum starts from 0, and steps and epochs are counted anew.

    Raises
    ------
    ValueError
        For a newer version of the format, and for anything that `to_dict` does not write.

    Examples
    --------
    >>> from sknn_basic import PerceptronClassifier
    >>> from sknn_basic.export import from_dict, to_dict
    >>> visit = PerceptronClassifier.from_weights([6, 2, 2], threshold=5, classes=["no", "go"])
    >>> from_dict(to_dict(visit)).predict([[1, 0, 0], [0, 1, 1]])
    array(['go', 'no'], dtype='<U2')
    """
    _check_header(document)
    document = _upgraded(document)
    _check_keys(document, KEYS, "The document")
    try:
        return _classifier(document)
    except (TypeError, OverflowError) as error:
        raise ValueError(f"The document makes no classifier: {error}") from error


def exportable(classifier: Classifier) -> FittedValues:
    """What the classifier has learnt, if it is one of the two, fitted, and all goes together.

    Raises
    ------
    TypeError, NotFittedError, ValueError
    """
    if CLASSIFIERS.get(type(classifier).__name__) is not type(classifier):
        raise TypeError(
            "classifier must be a fitted PerceptronClassifier or SigmoidMLPClassifier itself, "
            f"got {type(classifier).__name__}. Of a pipeline that is the last step alone, "
            "pipeline[-1], and of a search the last step of its best_estimator_. To keep a "
            "whole pipeline: joblib.dump, skops.io.dump, or sknn_basic.onnx.to_onnx; "
            'docs/guide/getting_started.md, "Keep it, and use it elsewhere", shows each.'
        )
    check_is_fitted(classifier)
    check_parameters(classifier)
    check_architecture(classifier)
    values = fitted_values(classifier)
    if not all(np.isfinite(array).all() for array in (*values.weights, *values.biases)):
        raise ValueError("classifier must have finite weights and biases.")
    return values


def description(classifier, values):
    """All of the document but the layers.

    Raises
    ------
    ValueError
    """
    return {
        "format": FORMAT,
        "version": VERSION,
        "classifier": type(classifier).__name__,
        "parameters": plain_parameters(classifier),
        "classes": plain_labels(values.classes),
        "multilabel": values.multilabel,
        "feature_names": values.feature_names,
        "dtype": values.dtype.name,
    }


def _check_header(document):
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise ValueError(
            f"The document must be a dict with format={FORMAT!r}, got {shortened(document)}."
        )
    version = document.get("version")
    if type(version) is not int or version < 1:
        raise ValueError(f"The document must have a version number, got {shortened(version)}.")
    if version > VERSION:
        raise ValueError(
            f"The document is of version {shortened(version)}, and this sknn_basic reads "
            f"versions up to {VERSION}: install a newer sknn_basic."
        )


def _upgraded(document):
    """The document as one of today's version; the old one stays as it is."""
    version = document["version"]
    if version == VERSION:
        return document
    document = deepcopy(dict(document))
    try:
        for number in range(version, VERSION):
            UPGRADES[number](document)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"The document is not one of version {version}.") from error
    return document | {"version": VERSION}


def _check_keys(document, keys, name):
    if not isinstance(document, Mapping) or document.keys() != set(keys):
        raise ValueError(f"{name} must have the keys {list(keys)}, got {shortened(document)}.")


def _classifier(document):
    """The classifier of a document with the right keys.

    Raises
    ------
    ValueError, TypeError, OverflowError
    """
    name, multilabel = document["classifier"], document["multilabel"]
    if not isinstance(name, str) or name not in CLASSIFIERS:
        raise ValueError(
            f"classifier must be one of {list(CLASSIFIERS)}, got {shortened(name)}."
        )
    estimator = CLASSIFIERS[name]
    model = estimator(**parameters_from(document["parameters"], estimator))
    check_parameters(model)
    weights, biases = _layers(document)
    labels = by_hand.different(labels_from(document["classes"]))
    _check_multilabel(multilabel, labels, estimator)
    names = _feature_names(document, len(weights[0]))
    set_values(model, FittedValues(weights, biases, labels, multilabel, None, names))
    return model


def _layers(document):
    dtype, layers = document["dtype"], document["layers"]
    if dtype not in ("float32", "float64"):
        raise ValueError(f"dtype must be 'float32' or 'float64', got {shortened(dtype)}.")
    if not isinstance(layers, list):
        raise ValueError(f"layers must be a list, got {shortened(layers)}.")
    for k, layer in enumerate(layers):
        _check_keys(layer, ("weights", "biases"), f"layers[{k}]")

    def arrays(part):
        return [
            floats_from(layer[part], dtype, f"{part} of layers[{k}]")
            for k, layer in enumerate(layers)
        ]

    return by_hand.layers(arrays("weights"), arrays("biases"))


def _feature_names(document, n_features):
    names = document["feature_names"]
    if names is not None and not isinstance(names, list):
        raise ValueError(f"feature_names must be None or a list, got {shortened(names)}.")
    checked = by_hand.names_of(names, n_features)
    return None if checked is None else list(checked)


def _check_multilabel(multilabel, labels, estimator):
    if not isinstance(multilabel, bool) or (multilabel and not accepts_multilabel(estimator)):
        raise ValueError(
            f"multilabel must be False, or for a network True; got {shortened(multilabel)}."
        )
    columns = labels.dtype.kind == "i" and np.array_equal(labels, np.arange(len(labels)))
    if multilabel and not columns:
        raise ValueError(f"classes must be the numbers of the columns, got {labels}.")
