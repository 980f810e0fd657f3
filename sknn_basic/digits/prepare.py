"""One digit's ink as the training data have it.

MNIST: scaled to fit 20 × 20 pixels, its proportions kept, and laid into 28 × 28 with the
centre of mass in the middle (LeCun, Cortes and Burges). scikit-learn's digits: set upright and
stretched to 20 × 32 pixels of a 32 × 32 bitmap, of which 4 × 4 blocks are counted, so 0 to 16
(the preparation of NIST's form-handling software, and Alpaydin and Kaynak's counting).
"""

from functools import lru_cache

import numpy as np
from scipy import ndimage

from sknn_basic._types import Floats

UPRIGHT, NARROW = 0.8, 0.4
"""Share of the slant that is taken away; up to which width, in heights, none is stretched."""

ENLARGED = 6
"""How many pixels a side of a coarse image's pixel becomes."""


def as_mnist(ink: Floats) -> Floats:
    """Ink, cropped to its box, in 28 × 28 pixels from 0 to 1."""
    scale = 20 / max(ink.shape)
    small = resized(ink, [max(1, round(side * scale)) for side in ink.shape])
    small /= max(small.max(), 1e-9)
    top, left = (_start(small.sum(axis=axis)) for axis in (1, 0))
    image = np.zeros((28, 28))
    image[top : top + small.shape[0], left : left + small.shape[1]] = small
    return image


def _start(ink: Floats) -> int:
    """Where so much ink, row by row, begins if its middle is to be at 14 of 28 rows."""
    middle = float(np.arange(len(ink)) @ ink) / max(float(ink.sum()), 1e-9)
    return min(max(round(14 - middle), 0), 28 - len(ink))


def as_counts(ink: Floats) -> Floats:
    """Ink, cropped to its box, in 8 × 8 counts from 0 to 16."""
    ink = _upright(ink)
    high, wide = ink.shape
    width = 20 if wide > NARROW * high else max(6, round(32 * wide / high))
    bitmap = np.zeros((32, 32))
    left = (32 - width) // 2
    bitmap[:, left : left + width] = resized(ink, [32, width]) > 0.5
    return bitmap.reshape(8, 4, 8, 4).sum(axis=(1, 3))


def enlarged(image: Floats, edge: float) -> Floats:
    """A coarse image of ink from 0 to 1, made smooth and cropped to what is above `edge`."""
    ink = ndimage.zoom(np.pad(image, 1), ENLARGED, order=1)
    rows, columns = (np.flatnonzero((ink > edge).any(axis=axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _upright(ink: Floats) -> Floats:
    """Ink without most of its slant, cropped to its box."""
    rows, columns = np.nonzero(ink > 0.5)
    rows = rows - rows.mean()
    slant = -UPRIGHT * float(np.sum(rows * columns)) / max(float(np.sum(rows**2)), 1.0)
    room = int(abs(slant) * len(ink)) + 2
    padded = np.pad(ink, ((0, 0), (room, room)))
    shear, offset = [[1.0, 0.0], [-slant, 1.0]], [0.0, slant * (len(ink) - 1) / 2]
    turned = ndimage.affine_transform(padded, shear, offset, order=1)
    return turned[ndimage.find_objects((turned > 0.3).astype(int))[0]]


def resized(ink: Floats, shape: list[int]) -> Floats:
    """`ink` in another shape: linear between pixels, their weighted means where it shrinks."""
    down, across = (_weights(old, new) for old, new in zip(ink.shape, shape, strict=True))
    return down @ ink @ across.T


@lru_cache(maxsize=256)
def _weights(old: int, new: int) -> Floats:
    """Shape (new, old): how much of every old pixel is in each new one."""
    scale = old / new
    centers = (np.arange(new)[:, None] + 0.5) * scale - 0.5
    away = np.abs(np.arange(old) - centers)
    weights = np.clip((1 + max(scale, 1.0)) / 2 - away, 0.0, 1.0)
    weights /= weights.sum(axis=1, keepdims=True)
    weights.flags.writeable = False
    return weights
