"""Where the ink is, and how strong: the picture against an estimate of its empty paper.

Paper is what remains when everything narrower than a few strokes is taken away, so shadows
and gradients belong to it. Ink is what lies on the other side of it than the noise does, on
the side of the heavier tail: dark on light or light on dark. It is measured in units of the
ink around it, which a shadow darkens as it does the paper.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sknn_basic._types import Floats
from sknn_basic.digits.paper.picture import shrunk
from sknn_basic.digits.prepare import resized

Mask = npt.NDArray[np.bool_]

NOISE_KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]]) / 6.0
"""Blind to planes and edges along the axes; σ of white noise remains (Immerkær 1996)."""


MOST_BLUR = 1.2
"""The blur of the noisiest pictures: σ in pixels."""

FAINT = 0.17
"""How strong ink must be where a stroke goes on that is otherwise stronger."""

THICK = 2.5
"""What reaches in from the edge and is thicker, in strokes, was not written."""

NEAR_EDGE = 200
"""What is nearer to the edge than this part of a picture's smaller side touches it."""

CLEARLY, JUST = (5.5, 0.02), (3.0, 0.05)
"""How much ink must stand out from paper, in standard deviations of its noise and where the
whole picture's range is 1: looked for first, and if there is none, in all of a picture's sizes.
"""

FACTORS, SMALLEST_SHRUNK = (2, 4), 100
"""By what a noisy picture is shrunk, as long as its sides keep so many pixels."""

EVERY_SIDE = np.ones((3, 3))
"""Pixels that touch at a corner belong together."""


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


def find_ink(grey: Floats) -> tuple[Ink, int]:
    """Separate ink from paper.

    Where nothing clearly stands out from the noise, the picture is shrunk to half its size,
    which halves the noise, and looked at again. What just stands out is a last resort.

    Parameters
    ----------
    grey : ndarray of shape (height, width), from 0 to 1

    Returns
    -------
    ink : Ink
    factor : int
        By which the picture was shrunk.

    Raises
    ------
    ValueError
        If nothing stands out from the noise.
    """
    for enough in (CLEARLY, JUST):
        for size, blur, factor in _sizes(grey):
            ink = _ink_of(size, blur, *enough)
            if ink is not None:
                return ink, factor
    raise ValueError(
        "image must show ink that stands out from its background, but no pixels stand out "
        "from the noise."
    )


def _sizes(grey: Floats) -> Iterator[tuple[Floats, float, int]]:
    """The picture as it is and shrunk, σ of the blur that it asks for, and the factor."""
    yield grey, _smoothing(grey), 1
    for factor in FACTORS:
        if min(grey.shape) >= SMALLEST_SHRUNK * factor:
            yield shrunk(grey, factor), MOST_BLUR, factor


def _ink_of(grey: Floats, blur: float, clear: float, least: float) -> Ink | None:
    """The ink of a picture, or None if it does not stand out so clearly."""
    smooth = _flattened(ndimage.gaussian_filter(grey, blur))
    above = smooth - _rough_paper(smooth)
    side = 1.0 if np.mean(above**3) > 0 else -1.0
    above, bright = side * above, side * smooth
    stroke = stroke_width(without_objects(above > otsu(above)))
    above = bright - _paper(bright, stroke)
    above -= np.median(above)
    found = above > otsu(above)
    mask = without_objects(found)
    objects = found & ~mask
    above[objects] = 0.0
    level = float(np.median(above[mask]))
    noise = 1.4826 * float(np.median(np.abs(above[~mask])))
    if level < max(clear * noise, least):
        return None
    strength = above / _ink_level(above, mask, 10 * stroke)
    strength[_rims(strength > 0.5, objects, mask, stroke)] = 0.0
    strength = np.clip(_evened(strength, strength > 0.5, above > 4 * noise, stroke), 0.0, 1.0)
    found = strength > 0.5
    mask = without_objects(found)
    strength[found & ~mask] = 0.0
    return Ink(strength, mask, stroke_width(mask))


def without_objects(mask: Mask) -> Mask:
    """A mask without what reaches in from the picture's edge: a shadow, a table, a finger.

    What touches the edge is an object if it is much thicker than strokes, or if it runs along
    the edge while the writing keeps away from it.
    """
    labels, count = ndimage.label(mask, EVERY_SIDE)
    edges = _edges(labels)
    at_edge = np.unique(np.concatenate([edge.ravel() for edge in edges]))
    at_edge = at_edge[at_edge > 0]
    inside = mask & ~np.isin(labels, at_edge)
    if len(at_edge) in (0, count) or not inside.any():
        return mask
    stroke = stroke_width(inside)
    far = _far_from_edges(inside, stroke)
    left = mask.copy()
    for k, place in enumerate(ndimage.find_objects(labels), start=1):
        if k not in at_edge:
            continue
        along = [np.sum(np.any(edge == k, axis=0)) > 3 * stroke for edge in edges]
        own = labels[place] == k
        thick = 2 * float(ndimage.distance_transform_edt(np.pad(own, 1)).max())
        if np.any(along & far) or thick > THICK * stroke:
            left[place] &= ~own
    return left


def _rims(mask: Mask, objects: Mask, ink: Mask, stroke: float) -> Mask:
    """What is left of objects at their rims: parts of a mask within a stroke without ink."""
    if not objects.any():
        return objects
    labels, count = ndimage.label(mask, EVERY_SIDE)
    near = ndimage.maximum_filter(objects, 2 * round(stroke) + 1)
    rim = np.zeros(count + 1, dtype=bool)
    rim[labels[near]] = True
    rim[labels[ink]] = False
    rim[0] = False
    return rim[labels]


def _edges(labels: npt.NDArray[np.int_]) -> list[npt.NDArray[np.int_]]:
    """What is at the top, left, bottom and right of a picture, along the second axis."""
    near = max(1, min(labels.shape) // NEAR_EDGE)
    return [labels[:near], labels[:, :near].T, labels[-near:], labels[:, -near:].T]


def _far_from_edges(mask: Mask, stroke: float) -> Mask:
    """Whether what is larger than specks keeps away from top, left, bottom and right."""
    labels, _ = ndimage.label(mask, EVERY_SIDE)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    large = (sizes >= min(2 * stroke**2, sizes.max()))[labels]
    rows, columns = (np.flatnonzero(large.any(axis=axis)) for axis in (1, 0))
    away = [rows[0], columns[0], len(mask) - 1 - rows[-1], mask.shape[1] - 1 - columns[-1]]
    return np.array(away) > 0.15 * (rows[-1] - rows[0] + 1)


def _evened(strength: Floats, mask: Mask, certain: Mask, stroke: float) -> Floats:
    """Strokes that the pen hardly drew, where they go on from others, made as dark as these."""
    weak = mask | ((strength > FAINT) & certain)
    near = ndimage.binary_dilation(mask, EVERY_SIDE, iterations=max(1, round(0.2 * stroke)))
    length = 3 * int(tall(mask)) | 1
    ruled = _ruled(weak, length) | _ruled(weak.T, length).T
    faint = weak & ~near & ~ruled
    faint = ndimage.binary_opening(faint, np.ones((2, 2)))
    whole, _ = ndimage.label(weak, EVERY_SIDE)
    joined = np.zeros(int(whole.max()) + 1, dtype=bool)
    joined[whole[mask]] = True
    faint &= joined[whole]
    reach = max(1, round(0.5 * stroke))
    around = ndimage.binary_dilation(faint, EVERY_SIDE, iterations=reach) & (strength > FAINT)
    size = 4 * reach + 1
    level = ndimage.maximum_filter(np.where(mask, strength, 0.0), size)
    strength = np.where(mask & ~ruled, strength / np.clip(level, FAINT, 1.0), strength)
    share = ndimage.uniform_filter(faint.astype(np.float64), size)
    level = ndimage.uniform_filter(np.where(faint, strength, 0.0), size)
    level /= np.maximum(share, 1 / size**2)
    return np.where(around & ~mask, strength / np.clip(level, FAINT, 1.0), strength)


def tall(mask: Mask) -> float:
    """The median height of a mask's connected parts, weighted by their pixels."""
    labels, count = ndimage.label(mask, EVERY_SIDE)
    if not count:
        return 0.0
    heights = [rows.stop - rows.start for rows, _ in ndimage.find_objects(labels)]
    return weighted_median(np.array(heights), np.bincount(labels.ravel())[1:])


def weighted_median(values: npt.NDArray[np.int_], weights: npt.NDArray[np.int_]) -> float:
    """The least value that half of the weight does not exceed."""
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def _ruled(weak: Mask, length: int) -> Mask:
    """What is in nearly level lines of at least this length, and at their edges."""
    thick = ndimage.binary_dilation(weak, np.ones((3, 3))).view(np.uint8)
    run = ndimage.minimum_filter1d(thick, length, axis=1, mode="constant")
    run = ndimage.maximum_filter1d(run, length, axis=1, mode="constant")
    return ndimage.binary_dilation(run.view(np.bool_), np.ones((3, 1)))


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
    return float(np.clip(12 * noise, 0.4, MOST_BLUR))


def _flattened(smooth: Floats) -> Floats:
    """A picture without the slow change of light, the quadratic surface through most of it."""
    y, x = (np.linspace(-1, 1, n) for n in smooth.shape)
    step = [max(1, n // 40) for n in smooth.shape]
    coarse = smooth[:: step[0], :: step[1]].ravel()
    rows, columns = (
        places.ravel() for places in np.meshgrid(y[:: step[0]], x[:: step[1]], indexing="ij")
    )
    terms = np.stack([rows**0, rows, columns, rows * columns, rows**2, columns**2], axis=1)
    weights = np.ones(len(coarse))
    for _ in range(10):  # large residuals count little: they are ink (Geman and McClure 1987)
        root = np.sqrt(weights)
        fit = np.linalg.lstsq(terms * root[:, None], coarse * root, rcond=None)[0]
        residual = coarse - terms @ fit
        weights = 1 / (1 + (residual / (2 * np.median(np.abs(residual)) + 1e-9)) ** 2) ** 2
    y = y[:, None]
    return (
        smooth
        - (fit[0] + fit[1] * y + fit[4] * y**2 + fit[2] * x + fit[5] * x**2)
        - (fit[3] * y * x)
    )


def _rough_paper(smooth: Floats) -> Floats:
    """The median of each pixel's wide surroundings, from a coarse copy of the picture."""
    factor = max(1, min(smooth.shape) // 24)
    coarse = smooth[factor // 2 :: factor, factor // 2 :: factor]
    window = min(25, max(3, round(0.4 * min(coarse.shape))))
    coarse = ndimage.median_filter(coarse, window, mode="nearest")
    return resized(coarse, list(smooth.shape))


def _paper(bright: Floats, stroke: float) -> Floats:
    """What is left of a picture with bright ink where all that is narrow is taken away."""
    size = 3 * int(np.ceil(stroke)) + 2 | 1
    opened = ndimage.grey_opening(bright, (size, size), mode="nearest")
    return np.maximum(opened, ndimage.gaussian_filter(opened, size / 4, mode="nearest"))


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
