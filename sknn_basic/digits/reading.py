"""From a picture to the number: each digit's image goes to a fitted classifier."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sknn_basic._types import Floats
from sknn_basic.digits.inputs import FULL_INK, full_ink, side_of
from sknn_basic.digits.opinion import Opinion
from sknn_basic.digits.paper.picture import as_grey, shrunk
from sknn_basic.digits.splitting import Choice, separate, split

TURN_BELOW, MARGIN = 0.65, 0.1
"""The mean confidence below which a picture is turned, and how much surer that must be."""

TURNED_SIZE = 48
"""Pixels of a digit that are enough to see which way is up."""

UNSURE = 0.8
"""A confidence below it is worth a second look."""


class Reading(NamedTuple):
    """What a picture says.

    Parameters
    ----------
    text : str
        The digits; a line of text for each row of writing.
    confidence : ndarray of shape (n,)
        The classifier's probability of each digit's label, NaN if it has no
        `predict_proba`. Of one that knows what is no digit: how often such an answer was
        right in numbers composed of training images, the cuts included.
    boxes : ndarray of int of shape (n, 4)
        Top, left, bottom and right of each digit in the picture.
    lines : ndarray of int of shape (n,)
        The row of writing of each digit, from 0.
    images : ndarray of shape (n, 28, 28) or (n, 8, 8)
        What the classifier was shown.
    turned : {0, 90, 270}
        By how many degrees the picture was turned anticlockwise to be read.

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
    turned: int = 0

    @property
    def unsure(self) -> npt.NDArray[np.bool_]:
        """Which digits are read with a confidence below 0.8, shape (n,)."""
        return self.confidence < UNSURE


def read_number(
    image: npt.ArrayLike, classifier: Any, *, scale: float | None = None
) -> Reading:
    """Read the picture of a handwritten number.

    A classifier with `predict_proba` also judges where digits that touch are cut and what is
    joined, as the book suggests; without, cuts are made where little ink is. If one that knows
    what is no digit is unsure, the picture is also turned by 90° either way, and read in the
    direction in which it is surest.

    Parameters
    ----------
    image : array-like of shape (height, width) or (height, width, 1, 3 or 4)
        See `split_digits`.
    classifier : estimator
        A fitted classifier or pipeline that was trained on digits' images, one a row: 784
        features as MNIST has them, or 64 as `sklearn.datasets.load_digits`. A class −1 is
        for what is no digit. `load_reader` gives one.
    scale : float, default=None
        Which value full ink had in training. None: 1.0 for 784 features, 16.0 for 64.

    Returns
    -------
    reading : Reading
        Named tuple of `text`, `confidence`, `boxes`, `lines`, `images` and `turned`.

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
    >>> from sknn_basic.digits import load_reader, read_number
    >>> X, y = load_digits(return_X_y=True)
    >>> page = np.hstack([X[k].reshape(8, 8) for k in (15, 10, 14)]).repeat(5, 0).repeat(5, 1)
    >>> read_number(np.pad(page, 20), load_reader()).text
    '504'
    """
    side = side_of(classifier)
    opinion = Opinion(classifier, full_ink(side, scale) / FULL_INK[side])
    reading = _in_best_direction(np.asarray(image), side, opinion)
    return reading._replace(confidence=opinion.chance(reading.confidence))


def _in_best_direction(image: npt.NDArray[Any], side: int, opinion: Opinion) -> Reading:
    """What the picture says as it is or turned, with the probabilities among the candidates."""
    reading = _read(image, side, opinion, opinion.choice())
    if not opinion.knows_none() or _sureness(reading) > TURN_BELOW:
        return reading
    quarters = _direction(_smaller(image, reading.boxes), side, opinion)
    if not quarters:
        return reading
    turned = _read(np.rot90(image, quarters), side, opinion, opinion.choice())
    return turned._replace(
        boxes=_turned_back(turned.boxes, quarters, image.shape), turned=90 * quarters
    )


def _read(image: npt.NDArray[Any], side: int, opinion: Opinion, choice: Choice) -> Reading:
    """What the picture says, as it is."""
    digits = split(image, (side, side), choice)
    labels, confidence = opinion.of(digits.images)
    rows = [
        "".join(str(label) for label in labels[digits.lines == line])
        for line in range(digits.lines[-1] + 1)
    ]
    images = digits.images * opinion.scale
    return Reading("\n".join(rows), confidence, digits.boxes, digits.lines, images)


def _smaller(image: npt.NDArray[Any], boxes: npt.NDArray[np.int_]) -> Floats:
    """The picture in grey, its digits no larger than need be to see which way is up."""
    grey, factor = as_grey(image)
    size = float(np.median(np.max(boxes[:, 2:] - boxes[:, :2], axis=1))) / factor
    return np.asarray(shrunk(grey, max(1, int(size / TURNED_SIZE))))


def _direction(image: npt.NDArray[Any], side: int, opinion: Opinion) -> int:
    """By how many quarters to turn a picture anticlockwise: 0, 1 or 3.

    For this it is enough to cut digits where little ink is, which takes less time.
    """
    sureness = {}
    for quarters in (0, 1, 3):
        try:
            reading = _read(np.rot90(image, quarters), side, opinion, separate)
        except ValueError:  # in this direction it shows nothing to read
            sureness[quarters] = 0.0
        else:
            sureness[quarters] = _sureness(reading)
    surest = max(sureness, key=lambda quarters: sureness[quarters])
    return surest if sureness[surest] > sureness[0] + MARGIN else 0


def _turned_back(
    boxes: npt.NDArray[np.int_], quarters: int, shape: tuple[int, ...]
) -> npt.NDArray[np.int_]:
    """Where the boxes of a turned picture are in the picture, of this shape."""
    top, left, bottom, right = boxes.T
    height, width = shape[:2]
    if quarters == 1:
        return np.stack([left, width - bottom, right, width - top], axis=1)
    return np.stack([height - right, top, height - left, bottom], axis=1)


def _sureness(reading: Reading) -> float:
    """The mean confidence, each digit as much as it is large."""
    top, left, bottom, right = reading.boxes.T
    return float(np.average(reading.confidence, weights=(bottom - top) * (right - left)))
