"""Lines that were not written: a frame round a number, an underline, the lines of a form.

A line is long. What survives an opening by a horizontal element of a few strokes' length are
the flat parts of digits, which are short, and ruled lines, which are not, even if they rise or
wobble a little. A frame's upright sides run from one such line to the next. Where a stroke
crosses a line, ink on both sides of the line says so, and the stroke is kept.
"""

from typing import Any

import numpy as np
from scipy import ndimage

from sknn_basic.digits.ink import Mask

EVERY_SIDE = np.ones((3, 3))
"""Pixels that touch at a corner belong together."""


def without_lines(mask: Mask, stroke: float) -> Mask:
    """A mask without its ruled lines.

    Parameters
    ----------
    mask : ndarray of bool of shape (height, width)
    stroke : float
        Typical width of a stroke in pixels.
    """
    across = _long_runs(mask, stroke)
    across = _accepted(mask, across, stroke)
    if not across.any():
        return mask
    upright = _sides(mask, across, stroke)
    left = mask & ~_grown(across | upright)
    left |= _crossing(left, across, stroke) & mask
    return left | (_crossing(left.T, upright.T, stroke).T & mask)


def _grown(lines: Mask) -> Mask:
    """Lines with the grey pixels of their edges."""
    return ndimage.binary_dilation(lines, EVERY_SIDE)


def _long_runs(mask: Mask, stroke: float) -> Mask:
    """Pixels in nearly horizontal runs, where these join to a third of the width of all ink."""
    columns = np.flatnonzero(mask.any(axis=0))
    length = max(7, round(3.0 * stroke))
    runs = ndimage.binary_opening(mask, np.ones((1, length)))
    labels, _ = ndimage.label(_closed(runs, stroke), EVERY_SIDE)
    keep = np.zeros(labels.max() + 1, dtype=bool)
    for k, (rows, span) in enumerate(ndimage.find_objects(labels), start=1):
        width, height = span.stop - span.start, rows.stop - rows.start
        flat = height <= 0.06 * width + 3.0 * stroke
        keep[k] = flat and width >= max(0.33 * np.ptp(columns), 4 * length)
    return keep[labels] & runs


def _closed(runs: Mask, stroke: float) -> Mask:
    """Runs joined over small gaps along the line."""
    gap = np.ones((1, 2 * round(stroke) + 3))
    return ndimage.binary_closing(np.pad(runs, len(gap[0])), gap)[
        len(gap[0]) : -len(gap[0]), len(gap[0]) : -len(gap[0])
    ]


def _accepted(mask: Mask, runs: Mask, stroke: float) -> Mask:
    """Those runs that are much longer than the rest is high, or two sides of a rectangle."""
    labels, count = ndimage.label(ndimage.binary_dilation(runs, EVERY_SIDE), EVERY_SIDE)
    if not count:
        return runs
    spans = [found[1] for found in ndimage.find_objects(labels)]
    high = _height_of_writing(mask & (labels == 0))
    keep = np.zeros(count + 1, dtype=bool)
    for k, span in enumerate(spans, start=1):
        length = span.stop - span.start
        pair = any(_overlap(span, other) > 0.8 * length for other in spans if other is not span)
        keep[k] = length > 2.0 * high or (pair and length > 0.7 * high)
    return keep[labels] & runs


def _height_of_writing(mask: Mask) -> float:
    """The height below which half of the ink's pixels are, component by component."""
    labels, count = ndimage.label(mask, EVERY_SIDE)
    if not count:
        return 0.0
    areas = np.bincount(labels.ravel())[1:]
    tall = np.array([s[0].stop - s[0].start for s in ndimage.find_objects(labels)])
    order = np.argsort(tall)
    return float(tall[order][np.searchsorted(np.cumsum(areas[order]), areas.sum() / 2)])


def _overlap(one: slice, other: slice) -> int:
    return min(one.stop, other.stop) - max(one.start, other.start)


def _sides(mask: Mask, across: Mask, stroke: float) -> Mask:
    """Nearly vertical runs that reach from one accepted line to another, or nearly so."""
    rows = np.flatnonzero(across.any(axis=1))
    length = max(7, round(3.0 * stroke))
    runs = ndimage.binary_opening(mask, np.ones((length, 1)))
    labels, _ = ndimage.label(_closed(runs.T, stroke).T, EVERY_SIDE)
    keep = np.zeros(labels.max() + 1, dtype=bool)
    for k, (span, columns) in enumerate(ndimage.find_objects(labels), start=1):
        width, height = columns.stop - columns.start, span.stop - span.start
        straight = width <= 0.06 * height + 3.0 * stroke
        keep[k] = straight and height >= 0.85 * (np.ptp(rows) + 1)
    return keep[labels] & runs


def _crossing(left: Mask, across: Mask, stroke: float) -> Any:
    """Pixels of removed lines that have ink directly above and below."""
    thick = 2 * round(stroke) + 5
    near = np.ones((thick, 1))
    return ndimage.binary_closing(left, near) & _grown(across)
