"""The network that comes with the package: which digit an image shows, or none.

Ten sigmoid outputs, of which one fires for a digit and none for what is no digit. The file is
an .npz of plain arrays: half-precision weights, and a JSON text that says how it was trained.
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from sknn_basic._classifiers.sigmoid_mlp import SigmoidMLPClassifier

FILE = Path(__file__).with_name("reader.npz")

NO_DIGIT = -1
"""The label of what is no digit, in training; its target is that no output neuron fires."""

CODE = np.vstack([np.zeros(10), np.eye(10)])
"""Targets of the classes −1, no digit, and 0 to 9."""


def load_reader(*, no_digit: bool = True) -> SigmoidMLPClassifier:
    """The network that comes with the package, fitted to read handwritten digits.

    It was trained on distorted copies of MNIST's training images (LeCun, Cortes and Burges),
    and to let no output neuron fire for what is no digit. Nothing is trained or fetched.

    Parameters
    ----------
    no_digit : bool, default=True
        Whether it may answer −1: no digit, no output neuron fires. False: it always names
        one of the digits 0 to 9, by the same weights.

    Returns
    -------
    reader : SigmoidMLPClassifier
        For images of 28 × 28 pixels as MNIST has them, from 0 to 1, one a row. It is the
        caller's own and may be trained on.

    See Also
    --------
    about_reader : How it was trained, and its accuracy.
    read_number : Reads a picture by it.

    Examples
    --------
    >>> from sknn_basic.digits import load_reader
    >>> reader = load_reader()
    >>> reader.n_features_in_, reader.classes_
    (784, array([-1,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9]))
    >>> reader.predict([[1.0] * 784])  # full of ink
    array([-1])
    """
    with np.load(FILE, allow_pickle=False) as arrays:
        coefs, intercepts = (
            [arrays[f"{part}_{k}"].astype(np.float32) for k in range(2)]
            for part in ("weights", "biases")
        )
    first, code = (NO_DIGIT, CODE) if no_digit else (0, "one_hot")
    return SigmoidMLPClassifier.from_weights(
        coefs, intercepts, range(first, 10), output_code=code, batch_size=10, eta=0.01
    )


def about_reader() -> dict[str, Any]:
    """How the network of `load_reader` was trained.

    Returns
    -------
    about : dict
        What its file says: settings, seed, accuracy on MNIST's test images, on which it was
        not trained, and the version that made it.

    Examples
    --------
    >>> from sknn_basic.digits.reader import about_reader
    >>> about_reader()["test accuracy"] > 0.98
    True
    """
    with np.load(FILE, allow_pickle=False) as arrays:
        return json.loads(arrays["about"].item())


def store_reader(network: SigmoidMLPClassifier, path: Any, about: dict[str, Any]) -> None:
    """Write a fitted network of one hidden layer as `load_reader` reads it."""
    arrays: dict[str, Any] = {"about": np.array(json.dumps(about).encode("ascii"))}
    for k, (W, b) in enumerate(zip(network.coefs_, network.intercepts_, strict=True)):
        arrays[f"weights_{k}"], arrays[f"biases_{k}"] = W.astype(np.float16), b
    part = Path(f"{os.fspath(path)}.part.npz")
    np.savez(part, **arrays)
    part.replace(path)
