"""Lines that were not written: a frame round a number, an underline, the lines of a form.

A line is long. What survives an opening by a horizontal element of a few strokes' length are
the flat parts of digits, which are short, and ruled lines, which are not, even if they rise or
wobble a little. A frame's upright sides run from one such line to the next. Where a stroke
crosses a line, ink on both sides of the line says so, and the stroke is kept.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sknn_basic._types import Floats
from sknn_basic.digits.ink import Mask

EVERY_SIDE = np.ones((3, 3))
"""Pixels that touch at a corner belong together."""


@dataclass(frozen=True, eq=False)
class Line:
    """A nearly horizontal ruled line.

    Parameters
    ----------
    left : int
        Its first column.
    middle : ndarray of shape (length,)
        The row of its middle in each of its columns.
    thickness : float
        In pixels.
    """

    left: int
    middle: Floats
    thickness: float

    @property
    def right(self) -> int:
        return self.left + len(self.middle)

    def draw(self, mask: Mask) -> None:
        """Set the pixels of the line in `mask`, with the grey ones at its edges."""
        away = np.abs(np.arange(len(mask))[:, None] - self.middle)
        mask[:, self.left : self.right] |= away <= self.thickness / 2 + 1


def without_lines(mask: Mask, stroke: float) -> Mask:
    """A mask without its ruled lines.

    Parameters
    ----------
    mask : ndarray of bool of shape (height, width)
    stroke : float
        Typical width of a stroke in pixels.
    """
    width = _width_of_ink(mask)
    lines = _lines(mask, stroke, 0.5 * width)
    high = _height_of_writing(_erased(mask, lines))
    pairs = [one for one in lines if any(_pair(one, other, high) for other in lines)]
    lines = pairs or [one for one in lines if len(one.middle) > max(0.75 * width, 2 * high)]
    left = _erased(mask, lines)
    if not pairs:
        return left
    apart = np.ptp([np.median(line.middle) for line in pairs])
    return _erased(left.T, _lines(mask.T, stroke, max(0.85 * apart, high))).T


def _width_of_ink(mask: Mask) -> float:
    """The number of columns that hold nearly all ink."""
    columns = np.nonzero(mask)[1]
    return float(np.subtract(*np.percentile(columns, [98, 2]))) if len(columns) else 0.0


def _erased(mask: Mask, lines: list[Line]) -> Mask:
    """A mask without these lines, but for the strokes that cross them."""
    if not lines:
        return mask
    drawn = np.zeros_like(mask)
    for line in lines:
        line.draw(drawn)
    left = mask & ~drawn
    thick = round(max(line.thickness for line in lines)) + 4
    padded = np.pad(left, ((thick, thick), (0, 0)))
    crossing = ndimage.binary_closing(padded, np.ones((thick, 1)))[thick:-thick]
    return left | (crossing & drawn & mask)


def _lines(mask: Mask, stroke: float, shortest: float) -> list[Line]:
    """Runs that are long enough, thin and nearly without gaps."""
    runs = _runs(mask, stroke)
    labels, _ = ndimage.label(_bridged(runs, 2 * round(stroke) + 3), EVERY_SIDE)
    found = []
    for k, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        if columns.stop - columns.start >= shortest:
            part = (labels[rows, columns] == k) & runs[rows, columns] & mask[rows, columns]
            line = _line(part, rows.start, columns.start, stroke)
            found += [line] if line is not None and _is_ruled(mask, line) else []
    return found


def _runs(mask: Mask, stroke: float) -> Mask:
    """Pixels in nearly horizontal runs of some strokes' length."""
    thick = ndimage.binary_dilation(mask, np.ones((3, 1)))
    whole = _bridged(thick, round(0.5 * stroke) + 2)
    return ndimage.binary_opening(whole, np.ones((1, max(7, round(3.0 * stroke)))))


def _bridged(runs: Mask, gap: int) -> Mask:
    """Runs joined over smaller gaps along the line."""
    padded = np.pad(runs, ((0, 0), (gap, gap)))
    return ndimage.binary_closing(padded, np.ones((1, gap)))[:, gap:-gap]


def _line(part: Mask, top: int, left: int, stroke: float) -> Line | None:
    """The line through the pixels of `part`, or none if it has gaps, is thick or bent.

    Its middle is smoothed by a median over half of its length: digits that touch it do not
    draw it aside.
    """
    height, length = part.shape
    count = part.sum(axis=0)
    inked = count > 0
    if np.mean(inked) < 0.75 or height > 0.08 * length + 4 * stroke:
        return None
    sums = np.arange(height) @ part
    middle = np.interp(np.arange(length), np.flatnonzero(inked), sums[inked] / count[inked])
    middle = ndimage.median_filter(middle, 2 * (length // 4) + 1, mode="nearest")
    thickness = float(np.median(count[inked]))
    if thickness > 1.5 * stroke + 1 or _bend(middle) > 0.02 * length + 1:
        return None
    return Line(left, top + middle, thickness)


def _bend(middle: Floats) -> float:
    """How far the curve is from the straight line through its ends' neighbourhoods."""
    x = np.arange(len(middle))
    return float(np.abs(middle - np.polyval(np.polyfit(x, middle, 1), x)).max())


def _is_ruled(mask: Mask, line: Line) -> bool:
    """Whether there is ink all along the line, and paper along both of its edges."""
    columns = np.arange(line.left, line.right)
    ink, beside = np.zeros(len(columns), dtype=bool), np.zeros(len(columns))
    for away in (-1, 0, 1):
        ink |= mask[_rows(line.middle + away, mask), columns]
    for away in (-1, 1):
        rows = _rows(line.middle + away * (line.thickness / 2 + 2.5), mask)
        beside += 0.5 * ~mask[rows, columns]
    return bool(np.mean(ink) * np.mean(beside) > 0.6)


def _rows(rows: Floats, mask: Mask) -> npt.NDArray[np.int_]:
    """Rounded to whole rows of the mask."""
    return np.clip(np.round(rows).astype(int), 0, len(mask) - 1)


def _pair(line: Line, other: Line, high: float) -> bool:
    """Whether both run along the same columns, with room for some writing between them."""
    shared = min(line.right, other.right) - max(line.left, other.left)
    longer = max(len(line.middle), len(other.middle))
    apart = abs(float(np.median(line.middle) - np.median(other.middle)))
    return longer > 0.7 * high and shared > 0.8 * longer and apart > 0.8 * high


def _height_of_writing(mask: Mask) -> float:
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
