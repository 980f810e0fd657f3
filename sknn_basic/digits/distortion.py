"""Digits as another hand could have written them: data that never repeat.

Every image is turned, slanted, stretched and moved a little, bent by a smooth random field
(Simard, Steinkraus and Platt 2003), and written by a thinner or thicker pen:

    new[p] = old[M (p − c) + c + s + u(p)],

with a matrix M and a shift s for each image, the image's centre c, and the field u, white
noise blurred by a Gaussian. Between pixels, `old` is bilinear; outside it is empty.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_array, check_random_state

from sknn_basic._types import Floats

AT_ONCE = 1000
"""Images that are distorted together: what this takes stays in the processor's cache."""

BLUR = 1 / 7
"""σ of the field's Gaussian, in sides of the image: 4 pixels of MNIST's 28."""


def distorted(
    images: npt.ArrayLike,
    *,
    angle: float = 0.2,
    shear: float = 0.15,
    stretch: float = 0.12,
    shift: float = 1.0,
    bend: float = 1.0,
    pen: float = 0.5,
    random_state: Any = None,
) -> Floats:
    """Distort images of digits at random, as the next hand would write them.

    Each call returns other images: a classifier that learns from them by `partial_fit`
    never sees one twice.

    Parameters
    ----------
    images : array-like of shape (n, side²) or (n, side, side)
        Ink is bright, paper 0. They are not changed.
    angle : float, default=0.2
        Turned by at most so many radians, either way. Each of the six strengths is the end
        of a range from which every image draws its own; 0 switches that distortion off.
    shear : float, default=0.15
        Slanted by at most so many columns a row.
    stretch : float, default=0.12
        Height and width are each changed by at most this share.
    shift : float, default=1.0
        Moved by at most so many pixels down or up, and right or left.
    bend : float, default=1.0
        Standard deviation, in pixels, of the smooth field that bends strokes.
    pen : float, default=0.5
        How much of one pixel is put on strokes at each side, or taken off, at most 1.
    random_state : int, RandomState instance or None, default=None
        Decides every draw.

    Returns
    -------
    new : ndarray
        Of the same shape; float32 for images of float32, else float64. But for rounding, no
        value is below the least or above the greatest of its image and 0.

    Raises
    ------
    ValueError
        If `images` has another shape or holds NaN or infinity, or a strength is no finite
        number of at least 0 (`pen`: from 0 to 1).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from sknn_basic.digits import distorted
    >>> X, y = load_digits(return_X_y=True)
    >>> new = distorted(X, shift=0.3, bend=0.2, random_state=0)
    >>> new.shape == X.shape, bool(np.allclose(new.sum(), X.sum(), rtol=0.05))
    (True, True)
    """
    strengths = {"angle": angle, "shear": shear, "stretch": stretch, "shift": shift}
    strengths |= {"bend": bend, "pen": pen}
    _check_strengths(strengths)
    X = check_array(images, dtype=(np.float64, np.float32), allow_nd=True, input_name="images")
    stack = X.reshape(len(X), *_sides(X.shape))
    seeds = check_random_state(random_state).randint(2**31, size=4)
    draw = np.random.default_rng(seeds)
    new = np.empty_like(stack)
    for start in range(0, len(stack), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        new[part] = _bent(_written(stack[part], pen, draw), strengths, draw)
    return new.reshape(X.shape)


def _check_strengths(strengths: dict[str, float]) -> None:
    for name, value in strengths.items():
        most = 1.0 if name == "pen" else np.finfo(float).max
        if not isinstance(value, int | float | np.number) or not 0.0 <= value <= most:
            bound = "from 0 to 1" if name == "pen" else "of at least 0"
            raise ValueError(f"{name} must be a finite number {bound}, got {value!r}.")


def _sides(shape: tuple[int, ...]) -> tuple[int, int]:
    """Height and width of the images in an array of this shape."""
    if len(shape) == 3:
        return shape[1], shape[2]
    side = round(shape[1] ** 0.5)
    if len(shape) != 2 or side * side != shape[1]:
        raise ValueError(
            f"images must have shape (n, side²) or (n, height, width), got {shape}."
        )
    return side, side


def _written(images: Floats, pen: float, draw: np.random.Generator) -> Floats:
    """The images by a thicker pen, or by a thinner one, each by its own amount."""
    if pen == 0.0:
        return images
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    shifts = [padded[:, 1:-1, :-2], padded[:, 1:-1, 2:], padded[:, :-2, 1:-1]]
    shifts += [padded[:, 2:, 1:-1], images]
    thick, thin = np.maximum.reduce(shifts), np.minimum.reduce(shifts)
    by = draw.uniform(-pen, pen, (len(images), 1, 1)).astype(images.dtype)
    return images + np.abs(by) * (np.where(by > 0, thick, thin) - images)


def _bent(images: Floats, strengths: dict[str, float], draw: np.random.Generator) -> Floats:
    """The images read at the places that `_places` says, bilinear between pixels."""
    n, height, width = images.shape
    y, x = (
        np.clip(places, -1, side) + 1
        for places, side in zip(_places(images, strengths, draw), (height, width), strict=True)
    )
    padded = np.pad(images, ((0, 0), (1, 2), (1, 2)))
    top, left = y.astype(np.int32), x.astype(np.int32)
    y -= top
    x -= left
    row = width + 3
    first = top * row + left + (np.arange(n, dtype=np.int32) * padded[0].size)[:, None, None]
    flat = padded.ravel()
    above = flat[first] + x * (flat[first + 1] - flat[first])
    first += row
    below = flat[first] + x * (flat[first + 1] - flat[first])
    return above + y * (below - above)


def _places(
    images: Floats, strengths: dict[str, float], draw: np.random.Generator
) -> tuple[Floats, Floats]:
    """Row and column at which each pixel is read, each of the images' shape."""
    n, height, width = images.shape
    dtype = images.dtype
    turn, slant, tall, wide = (
        draw.uniform(-strengths[name], strengths[name], (n, 1, 1)).astype(dtype)
        for name in ("angle", "shear", "stretch", "stretch")
    )
    rows = np.arange(height, dtype=dtype)[:, None] - (height - 1) / 2
    columns = np.arange(width, dtype=dtype) - (width - 1) / 2
    columns = columns + slant * rows
    y = (1 + tall) * (np.cos(turn) * rows - np.sin(turn) * columns)
    x = (1 + wide) * (np.sin(turn) * rows + np.cos(turn) * columns)
    moves = draw.uniform(-strengths["shift"], strengths["shift"], (2, n, 1, 1)).astype(dtype)
    y += moves[0] + (height - 1) / 2
    x += moves[1] + (width - 1) / 2
    if strengths["bend"] > 0.0:
        y += _field(images.shape, strengths["bend"], draw, dtype)
        x += _field(images.shape, strengths["bend"], draw, dtype)
    return y, x


def _field(
    shape: tuple[int, ...], size: float, draw: np.random.Generator, dtype: Any
) -> Floats:
    """A smooth field for each image, of standard deviation `size`."""
    down, across = (_blurs(side, dtype) for side in shape[1:])
    noise = draw.standard_normal((shape[0], down.shape[1], across.shape[1]), dtype=dtype)
    return (dtype.type(size) * down) @ (noise @ across.T)


def _blurs(side: int, dtype: Any) -> Floats:
    """Shape (side, k): from noise, σ apart, to a smooth line of variance 1."""
    sigma = BLUR * side
    step = max(1.0, sigma)
    places = np.arange(-3 * sigma, side + 3 * sigma, step)
    weights = np.exp(-0.5 * ((np.arange(side)[:, None] - places) / sigma) ** 2)
    return (weights / np.linalg.norm(weights, axis=1, keepdims=True)).astype(dtype)
