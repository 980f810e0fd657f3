"""A fitted classifier as the page's scripts find it: weights as text, classes by name."""

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from sknn_basic.export.document import Classifier, exportable
from sknn_basic.output_codes import entropies


def network_of(classifier: Classifier) -> dict[str, Any]:
    """Describe a classifier.

    Parameters
    ----------
    classifier : PerceptronClassifier or SigmoidMLPClassifier
        Fitted.

    Returns
    -------
    network : dict
        ``layers``, for each a dict of ``coefs`` and ``intercepts`` in base64; ``code``, the
        code word of each class, or None where each has a neuron of its own; ``entropies``, one
        of each word; ``classes``, their names; ``multilabel``; ``probabilities``, whether it
        has them.

    Raises
    ------
    TypeError, NotFittedError
        For anything but one of the two classifiers, fitted.
    ValueError
        If weights are not finite, or too large for float32.
    """
    values = exportable(classifier)
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
    }


def as_text(values: npt.ArrayLike, where: str) -> str:
    """Numbers as little-endian float32 in base64.

    Raises
    ------
    ValueError
        If one of them is not finite as float32; the message says where.
    """
    with np.errstate(over="ignore"):
        small = np.asarray(values).astype("<f4")
    if not np.isfinite(small).all():
        raise ValueError(
            f"{where} has numbers beyond float32, in which a page holds them; they must be "
            "finite and less than 3.4e38."
        )
    return base64.b64encode(small.tobytes()).decode("ascii")
