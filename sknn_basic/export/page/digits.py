"""The page on which one draws a digit, or a number, and sees how it is read."""

import numbers
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sknn_basic.digits.inputs import full_ink, side_of
from sknn_basic.export.document import VERSION, Classifier
from sknn_basic.export.page.assembly import page_of, written
from sknn_basic.export.page.network import network_of
from sknn_basic.export.page.samples import samples_of

SCRIPTS = (
    "base",
    "packed",
    "network",
    "step",
    "lessons",
    "stored",
    "check",
    "images",
    "prepare",
    "strokes",
    "groups",
    "pad",
    "pictures",
    "one_digit",
    "teaching",
    "files",
    "example",
    "whole_number",
)

PEN = {28: 0.11, 8: 0.16}
"""Width of a stroke by the longer side of a digit, for images of 28 × 28 and of 8 × 8."""

ETA = 0.02
"""Learning rate of a lesson for inputs from 0 to 1; see ``python -m benchmarks.lessons``."""


def to_html(
    classifier: Classifier,
    path: str | os.PathLike[str],
    *,
    samples: npt.ArrayLike | None = None,
    sample_labels: npt.ArrayLike | None = None,
    scale: float | None = None,
    eta: float | None = None,
    title: str = "Handwritten digits",
) -> Path:
    """Write a page that reads the digits that one draws on it.

    One file, which any browser opens without a network connection. What is drawn, with mouse,
    finger or pen, is prepared as the training images were; the page shows the image as the
    network sees it, the hidden activations, the outputs and the answer. One says what it was,
    and the network takes a step of SGD, m = 1, in the browser; what it has learnt can be taken
    back, or downloaded as a file that `load` reads. A second pad takes a whole number.

    Parameters
    ----------
    classifier : PerceptronClassifier or SigmoidMLPClassifier
        Fitted to images of digits, one a row: 784 features as MNIST has them, or 64 as
        `sklearn.datasets.load_digits`. Any depth, output code and labels.
    path : str or path
        Of the page. A file that is there is replaced once the new one is complete.
    samples : array-like of shape (n, n_features) or (n, side, side), default=None
        Up to 100 images to click on, in the units of the training images. None: twenty of
        the digits that scikit-learn carries; ``[]``: none.
    sample_labels : array-like of shape (n,), default=None
        What they show, for those who hear the page.
    scale : float, default=None
        Which value full ink had in training. None: 1.0 for 784 features, 16.0 for 64.
    eta : float, default=None
        Learning rate η that the page offers for lessons; one can set another there. None:
        0.02 / scale² for a network, the classifier's own for perceptrons.
    title : str, default="Handwritten digits"
        Of the page.

    Returns
    -------
    path : Path
        Where the page is.

    Raises
    ------
    NotFittedError
        If the classifier is not fitted.
    TypeError
        If it is none of the two (a pipeline, say), or the title is no text.
    ValueError
        If the classifier has another number of features, or weights beyond float32; if
        `scale` or `eta` is not positive, or the samples do not fit.
    OSError
        If the file cannot be written.

    Notes
    -----
    The weights are stored as float32, 5.4 bytes each in base64, or as float16, 2.7 bytes, if
    that holds them exactly. The page computes with double precision: its probabilities are
    those of `predict_proba` to about 1e-6. It asks for nothing and sends nothing, and its
    content security policy forbids both; labels and title are shown as the text that they are.

    A lesson is the step of `partial_fit` on one row, with the classifier's cost, `alpha`,
    `momentum`, schedule and `class_weight`, for the weights that the page holds. As after
    `load`, momentum starts from 0 and steps are counted from the first lesson. The downloaded
    network has float64 weights and the η that is set. A classifier that `save` cannot store
    (one with a cost of your own) is not taught; the page says so.

    In the browser's console, ``sknnBasic.predict(pixels)`` gives the activations, ``values``
    (probabilities, or a perceptron's scores) and ``text`` for the pixels of one image,
    ``sknnBasic.prepare(ink, columns)`` the pixels for a bitmap of ink from 0 to 1, and
    ``sknnBasic.teach(pixels, k, eta)`` takes a lesson: they show class number k.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn.datasets import load_digits
    >>> from sknn_basic import SigmoidMLPClassifier
    >>> from sknn_basic.export import to_html
    >>> X, y = load_digits(return_X_y=True)
    >>> network = SigmoidMLPClassifier((30,), max_iter=5, tol=None, random_state=0)
    >>> network = network.fit(X / 16, y)
    >>> with TemporaryDirectory() as folder:
    ...     page = to_html(network, Path(folder, "digits.html"), scale=1.0)
    ...     page.name, page.stat().st_size < 100_000
    ('digits.html', True)
    """
    network = network_of(classifier)
    side = side_of(classifier)
    full = full_ink(side, scale)
    data = {
        "network": network,
        "side": side,
        "scale": full,
        "pen": PEN[side],
        "eta": _eta_offered(classifier, eta, full),
        "version": VERSION,
        "samples": samples_of(samples, sample_labels, side, full),
    }
    return written(path, page_of("digits", SCRIPTS, title, data))


def _eta_offered(classifier, eta, full):
    """The η for lessons that stands in the page: `eta`, checked, or what goes with full ink.

    Raises
    ------
    ValueError
        If `eta` is not a positive number.
    """
    if eta is None and not hasattr(classifier, "predict_proba"):
        return float(classifier.eta)
    if eta is None:
        return ETA / full**2
    number = isinstance(eta, numbers.Real) and not isinstance(eta, bool | np.bool_)
    if not number or not 0.0 < float(eta) < np.inf:
        raise ValueError(f"eta must be a positive number or None, got {eta!r}.")
    return float(eta)
