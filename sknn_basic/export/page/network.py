"""A fitted classifier as the page's scripts find it: weights as text, classes by name."""

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from sknn_basic.export.document import Classifier, description, exportable
from sknn_basic.output_codes import entropies

EXACT_TO = 2**53
"""Whole numbers of a browser are exact up to this one."""


def network_of(classifier: Classifier) -> dict[str, Any]:
    """Describe a classifier.

    Parameters
    ----------
    classifier : PerceptronClassifier or SigmoidMLPClassifier
        Fitted.

    Returns
    -------
    network : dict
        ``layers``, for each a dict of ``coefs`` and ``intercepts`` as `as_text` packs them;
        ``code``, the code word of each class, or None where each has a neuron of its own;
        ``entropies``, one of each word; ``classes``, their names; ``multilabel``;
        ``probabilities``, whether it has them; ``document``, that of `to_dict` without the
        layers, or None where the page cannot teach it; ``refusal``, why not, or "".

    Raises
    ------
    TypeError, NotFittedError
        For anything but one of the two classifiers, fitted.
    ValueError
        If weights are not finite, or too large for float32.
    """
    values = exportable(classifier)
    document, refusal = _document(classifier, values)
    return {
        "layers": [
            {"coefs": as_text(W, f"layer {k}"), "intercepts": as_text(b, f"layer {k}")}
            for k, (W, b) in enumerate(zip(values.weights, values.biases, strict=True))
        ],
        "code": None if values.code is None else values.code.tolist(),
        "entropies": None if values.code is None else entropies(values.code).tolist(),
        "classes": [str(label) for label in values.classes],
        "multilabel": values.multilabel,
        "probabilities": hasattr(classifier, "predict_proba"),
        "document": document,
        "refusal": refusal,
    }


def as_text(values: npt.ArrayLike, where: str) -> str:
    """Numbers as "h" and float16 where that is exact, else "f" and float32, in base64.

    Raises
    ------
    ValueError
        If one of them is not finite as float32; the message says where.
    """
    with np.errstate(over="ignore"):
        small = np.asarray(values).astype("<f4")
        half = small.astype("<f2")
    if not np.isfinite(small).all():
        raise ValueError(
            f"{where} has numbers beyond float32, in which a page holds them; they must be "
            "finite and less than 3.4e38."
        )
    letter, packed = ("h", half) if np.array_equal(half, small) else ("f", small)
    return letter + base64.b64encode(packed.tobytes()).decode("ascii")


def _document(classifier, values):
    """The document without its layers and "", or None and why the page cannot teach it."""
    try:
        document = description(classifier, values)
    except ValueError as error:
        return None, str(error)
    if values.multilabel and classifier.class_weight is not None:
        return None, "class_weight is for one label a sample."
    held = [document["parameters"], document["classes"]["values"]]
    if any(abs(number) > EXACT_TO for number in _whole_numbers(held)):
        return None, f"A browser's whole numbers are exact up to {EXACT_TO} only."
    return document, ""


def _whole_numbers(value):
    """All of them in nested lists and dicts."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _whole_numbers(item)
    elif isinstance(value, int):
        yield value
