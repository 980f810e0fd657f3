"""Where the ink is, and how strong: the picture against an estimate of its empty paper.

Paper is what remains when everything narrower than a few strokes is taken away, so shadows
and gradients belong to it. Ink is what lies on the other side of it than the noise does, on
the side of the heavier tail: dark on light or light on dark. It is measured in units of the
ink around it, which a shadow darkens as it does the paper.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sknn_basic._types import Floats
from sknn_basic.digits.prepare import resized

Mask = npt.NDArray[np.bool_]

NOISE_KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]]) / 6.0
"""Blind to planes and edges along the axes; σ of white noise remains (Immerkær 1996)."""


@dataclass(frozen=True)
class Ink:
    """The ink of a picture.

    Parameters
    ----------
    strength : ndarray of shape (height, width)
        From 0, paper, to 1, ink.
    mask : ndarray of bool of shape (height, width)
        Where it is above a half.
    stroke : float
        Typical width of a stroke in pixels.
    """

    strength: Floats
    mask: Mask
    stroke: float


def find_ink(grey: Floats) -> Ink:
    """Separate ink from paper.

    Parameters
    ----------
    grey : ndarray of shape (height, width), from 0 to 1

    Raises
    ------
    ValueError
        If nothing stands out from the noise.
    """
    smooth = ndimage.gaussian_filter(grey, _smoothing(grey))
    above = smooth - _rough_paper(smooth)
    side = 1.0 if np.mean(above**3) > 0 else -1.0
    above, bright = side * above, side * smooth
    stroke = stroke_width(above > otsu(above))
    above = bright - _paper(bright, stroke)
    above -= np.median(above)
    mask = above > otsu(above)
    _check_contrast(above, mask)
    strength = above / _ink_level(above, mask, 10 * stroke)
    mask = strength > 0.5
    return Ink(np.clip(strength, 0.0, 1.0), mask, stroke_width(mask))


def otsu(values: Floats) -> float:
    """The threshold that leaves the least variance within the two classes (Otsu 1979)."""
    counts, edges = np.histogram(values, 256)
    middles = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)[:-1]
    total, sums = below[-1] + counts[-1], np.cumsum(counts * middles)
    rest = np.maximum(total - below, 1)
    gap = sums[:-1] / np.maximum(below, 1) - (sums[-1] - sums[:-1]) / rest
    return float(edges[1:-1][np.argmax(below * rest * gap**2)])


def stroke_width(mask: Mask) -> float:
    """The typical width of the strokes in a mask, in pixels; at least 1.

    Across a stroke of w pixels the distance to the nearest paper is (w + 1)² / 4w on average.
    """
    if not mask.any():
        return 1.0
    d = float(ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1][mask].mean())
    return 2 * d - 1 + 2 * float(np.sqrt(d * d - d))


def _smoothing(grey: Floats) -> float:
    """σ in pixels of the blur that the noise of a picture asks for."""
    noise = np.median(np.abs(ndimage.convolve(grey, NOISE_KERNEL))) / 0.6745
    return float(np.clip(12 * noise, 0.4, 1.2))


def _rough_paper(smooth: Floats) -> Floats:
    """The median of each pixel's wide surroundings, from a coarse copy of the picture."""
    factor = max(1, min(smooth.shape) // 24)
    coarse = smooth[factor // 2 :: factor, factor // 2 :: factor]
    window = min(25, max(3, round(0.7 * min(coarse.shape))))
    coarse = ndimage.median_filter(coarse, window, mode="nearest")
    return resized(coarse, list(smooth.shape))


def _paper(bright: Floats, stroke: float) -> Floats:
    """What is left of a picture with bright ink where all that is narrow is taken away."""
    size = 2 * int(np.ceil(stroke)) + 3
    opened = ndimage.grey_opening(bright, (size, size), mode="nearest")
    return ndimage.gaussian_filter(opened, size / 4, mode="nearest")


def _ink_level(above: Floats, mask: Mask, reach: float) -> Floats:
    """How much the ink around each pixel stands out; far from all ink its overall median."""
    typical = float(np.median(above[mask]))
    weight = _wide_mean(mask.astype(np.float64), reach)
    level = _wide_mean(np.where(mask, above, 0.0), reach)
    return np.maximum((level + 0.02 * typical) / (weight + 0.02), 0.4 * typical)


def _wide_mean(values: Floats, reach: float) -> Floats:
    """A gaussian mean, computed on a coarse copy: it has no details."""
    step = max(1, int(reach / 4))
    coarse = ndimage.uniform_filter(values, step)[step // 2 :: step, step // 2 :: step]
    return resized(ndimage.gaussian_filter(coarse, reach / step), list(values.shape))


def _check_contrast(above: Floats, mask: Mask) -> None:
    """Raise unless the masked pixels stand out from the others' noise."""
    level = np.median(above[mask])
    noise = 1.4826 * np.median(np.abs(above[~mask]))
    if level < 3.0 * noise or level < 0.05:
        raise ValueError(
            "image must show ink that stands out from its background, but no pixels stand "
            "out from the noise."
        )
