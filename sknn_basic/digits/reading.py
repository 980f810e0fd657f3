"""From a picture to the number: each digit's image goes to a fitted classifier."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sknn_basic._types import Floats
from sknn_basic.digits.inputs import FULL_INK, full_ink, side_of
from sknn_basic.digits.splitting import split_digits


class Reading(NamedTuple):
    """What a picture says.

    Parameters
    ----------
    text : str
        The digits; a line of text for each row of writing.
    confidence : ndarray of shape (n,)
        The classifier's probability of each digit's label, NaN if it has no
        `predict_proba`.
    boxes : ndarray of int of shape (n, 4)
        Top, left, bottom and right of each digit in the picture.
    lines : ndarray of int of shape (n,)
        The row of writing of each digit, from 0.
    images : ndarray of shape (n, 28, 28) or (n, 8, 8)
        What the classifier was shown.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sknn_basic.digits import read_number
    >>> X, y = load_digits(return_X_y=True)
    >>> paper = np.kron(np.pad(np.hstack(X[:2].reshape(2, 8, 8)), 4), np.ones((5, 5)))
    >>> reading = read_number(paper, KNeighborsClassifier(1).fit(X, y))
    >>> reading.text, reading.confidence, reading.images.shape
    ('01', array([1., 1.]), (2, 8, 8))
    """

    text: str
    confidence: Floats
    boxes: npt.NDArray[np.int_]
    lines: npt.NDArray[np.int_]
    images: Floats


def read_number(
    image: npt.ArrayLike, classifier: Any, *, scale: float | None = None
) -> Reading:
    """Read the picture of a handwritten number.

    Parameters
    ----------
    image : array-like of shape (height, width) or (height, width, 1, 3 or 4)
        See `split_digits`.
    classifier : estimator
        A fitted classifier or pipeline that was trained on digits' images, one a row: 784
        features as MNIST has them, or 64 as `sklearn.datasets.load_digits`.
    scale : float, default=None
        Which value full ink had in training. None: 1.0 for 784 features, 16.0 for 64.

    Returns
    -------
    reading : Reading
        Named tuple of `text`, `confidence`, `boxes`, `lines` and `images`.

    Raises
    ------
    NotFittedError
        If the classifier is not fitted.
    TypeError
        If the classifier has no `predict`, or the image does not hold numbers.
    ValueError
        If the classifier has another number of features, `scale` is not positive, or the
        image shows nothing to read (see `split_digits`).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from sknn_basic import SigmoidMLPClassifier
    >>> from sknn_basic.digits import read_number
    >>> X, y = load_digits(return_X_y=True)
    >>> network = SigmoidMLPClassifier((30,), max_iter=30, tol=None, random_state=0)
    >>> network = network.fit(X / 16, y)
    >>> page = np.hstack([X[k].reshape(8, 8) for k in (15, 10, 14)]).repeat(5, 0).repeat(5, 1)
    >>> read_number(np.pad(page, 20), network, scale=1.0).text
    '504'
    """
    side = side_of(classifier)
    scale = full_ink(side, scale)
    digits = split_digits(image, shape=(side, side))
    images = digits.images * (scale / FULL_INK[side])
    labels, confidence = _classified(classifier, images.reshape(len(images), -1))
    rows = [
        "".join(str(label) for label in labels[digits.lines == line])
        for line in range(digits.lines[-1] + 1)
    ]
    return Reading("\n".join(rows), confidence, digits.boxes, digits.lines, images)


def _classified(classifier: Any, X: Floats) -> tuple[npt.NDArray[Any], Floats]:
    """The label of each row, and its probability or NaN."""
    labels = np.asarray(classifier.predict(X))
    if not hasattr(classifier, "predict_proba"):
        return labels, np.full(len(X), np.nan)
    return labels, np.max(classifier.predict_proba(X), axis=1)
