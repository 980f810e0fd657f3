"""Images to click on, for those who cannot draw and for a first try."""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.datasets import load_digits
from sklearn.utils import check_array

from sknn_basic._types import Floats
from sknn_basic.digits.prepare import as_mnist, enlarged
from sknn_basic.export.page.network import as_text

EACH = 2
"""How many samples there are of each digit."""

LEVELS = 256
"""Shades of grey of an enlarged digit, which float16 holds exactly."""

MOST = 100
"""More than anyone looks at; a page is to stay small."""


def carried(side: int, scale: float) -> tuple[Floats, npt.NDArray[Any]]:
    """Some of the digits that scikit-learn carries, prepared for a network, and their labels.

    Parameters
    ----------
    side : {8, 28}
    scale : float
        The value of full ink.
    """
    X, y = load_digits(return_X_y=True)
    rows = np.sort(np.concatenate([np.flatnonzero(y == digit)[:EACH] for digit in range(10)]))
    images = X[rows] / 16.0 if side == 8 else _as_mnist(X[rows] / 16.0)
    return images * scale, y[rows]


def _as_mnist(X: Floats) -> Floats:
    """8 × 8 digits as MNIST's images, cropped to their ink; they stay as coarse as they are."""
    images = []
    for image in X.reshape(-1, 8, 8):
        ink = enlarged(image, edge=0.3)
        images.append(as_mnist(np.clip(1.5 * ink - 0.3, 0.0, 1.0)).ravel())
    return np.round(np.array(images) * LEVELS) / LEVELS


def samples_of(
    images: npt.ArrayLike | None, labels: npt.ArrayLike | None, side: int, scale: float
) -> list[dict[str, str | None]]:
    """The samples as the page's scripts find them: ``pixels`` in base64, and a ``label``.

    Raises
    ------
    ValueError
        If the images are not as many numbers as the network has inputs, or there are too
        many, or the labels are not as many as the images.
    """
    if images is None and labels is not None:
        raise ValueError("sample_labels are given, but no samples that they could be of.")
    X, shown = carried(side, scale) if images is None else (_checked(images, side), labels)
    names = [None] * len(X) if shown is None else np.asarray(shown).ravel().tolist()
    if len(names) != len(X):
        raise ValueError(
            f"sample_labels must be as many as the samples, {len(X)}, got {len(names)}."
        )
    return [
        {"pixels": as_text(x, "samples"), "label": None if name is None else str(name)}
        for x, name in zip(X, names, strict=True)
    ]


def _checked(images: npt.ArrayLike, side: int) -> Floats:
    """Images, one a row."""
    X = check_array(
        images,
        ensure_2d=False,
        allow_nd=True,
        ensure_min_samples=0,
        dtype=np.float64,
        input_name="samples",
    )
    if len(X) == 0:
        return np.zeros((0, side * side))
    if X.shape[1:] not in [(side * side,), (side, side)] or len(X) > MOST:
        raise ValueError(
            f"samples must be of shape (n, {side * side}) or (n, {side}, {side}) with n up to "
            f"{MOST}, got {X.shape}."
        )
    return X.reshape(len(X), -1)
