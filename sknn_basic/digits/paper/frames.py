"""Lines that were not written: a frame round a number, an underline, the lines of a form.

A line is long. What survives an opening by a horizontal element of a few strokes' length are
the flat parts of digits, which are short, and ruled lines, which are not, even if they rise or
wobble a little. A frame's upright sides run from one such line to the next. Where a stroke
crosses a line, ink on both sides of the line says so, and the stroke is kept.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sknn_basic._types import Floats
from sknn_basic.digits.paper.boxes import without_boxes
from sknn_basic.digits.paper.ink import EVERY_SIDE, Ink, Mask, tall

FAINT = 0.35
"""The strength of ink from which on it can be a line's."""


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


def without_lines(ink: Ink) -> Mask:
    """The mask of some ink without its ruled lines; these may be fainter than the writing."""
    faint, stroke = ink.strength > FAINT, ink.stroke
    mask = without_boxes(ink.mask, faint)
    faint &= mask | ~ink.mask
    size = _extent_of_ink(mask)
    lines = _lines(faint, stroke, 0.5 * size[1])
    ruled = [line for line in lines if _is_ruled(faint, line)]
    pairs = [
        pair
        for pair in combinations(lines, 2)
        if _apart(*pair) > 0.5 * size[0] and _is_frame(mask, faint, pair, ruled)
    ]
    if not pairs:
        return _erased(mask, [line for line in ruled if _is_alone(mask, faint, line, size)])
    level = [line for pair in pairs for line in pair]
    least = 0.8 * min(len(line.middle) for line in level)
    level += [line for line in ruled if len(line.middle) > least]
    left = _erased(mask, level)
    apart = min(_apart(*pair) for pair in pairs)
    sides = [side for side in _lines(faint.T, stroke, 0.97 * apart) if _is_ruled(faint.T, side)]
    left = _erased(left.T, sides + [side for pair in pairs for side in _ends(faint, *pair)]).T
    return left if tall(left) > 0.25 * apart else mask


def _is_frame(mask: Mask, faint: Mask, pair: tuple[Line, Line], ruled: list[Line]) -> bool:
    """Whether two lines enclose the writing: long ones, or such that both sides are seen."""
    shared = min(line.right for line in pair) - max(line.left for line in pair)
    longer, apart = max(len(line.middle) for line in pair), _apart(*pair)
    if shared < 0.8 * longer or longer < 0.7 * apart or _share_outside(mask, *pair) > 0.1:
        return False
    if max(line.thickness for line in pair) > 0.15 * apart:
        return False
    long = shared > 1.6 * apart
    if long and pair[0] in ruled and pair[1] in ruled:
        return True
    seen = [_share_of_ink(faint.T, side) for side in _ends(faint, *pair)]
    return len(seen) == 2 and (long or min(seen) > 0.9)


def _share_outside(mask: Mask, one: Line, other: Line) -> float:
    """How much of the ink is not between the two lines or on them."""
    room = max(one.thickness, other.thickness) / 2 + 2
    middles = np.concatenate([one.middle, other.middle])
    rows = np.nonzero(mask)[0]
    return float(np.mean((rows < middles.min() - room) | (rows > middles.max() + room)))


def _is_alone(mask: Mask, faint: Mask, line: Line, size: tuple[float, float]) -> bool:
    """Whether a line without a second one is surely none of a digit's strokes."""
    high = tall(_erased(mask, [line]))
    long = len(line.middle) > max(1.5 * size[0], 0.9 * size[1], 2.5 * high)
    return high > 0 and long and _share_of_ink(faint, line) > 0.95


def _ends(mask: Mask, one: Line, other: Line) -> list[Line]:
    """The sides of a rectangle of which two others are given, where there is ink for them."""
    top, bottom = sorted((one, other), key=lambda line: float(np.median(line.middle)))
    thickness, found = max(top.thickness, bottom.thickness), []
    for start, stop, k in [(top.left, bottom.left, 0), (top.right - 1, bottom.right - 1, -1)]:
        first, last = round(float(top.middle[k])), round(float(bottom.middle[k]))
        middle = np.linspace(start, stop, last - first + 1)
        columns = np.arange(first, last + 1)
        ink = [np.mean(mask.T[_rows(middle + away, mask.T), columns]) for away in range(-8, 9)]
        ink = ndimage.uniform_filter1d(np.array(ink), 2 * int(thickness / 2) + 1)
        side = Line(first, middle + int(np.argmax(ink)) - 8, thickness)
        found += [side] if _share_of_ink(mask.T, side) > 0.5 else []
    return found


def _extent_of_ink(mask: Mask) -> tuple[float, float]:
    """The number of rows, and of columns, that hold nearly all ink."""
    rows, columns = (
        float(np.subtract(*np.percentile(places, [98, 2]))) if len(places) else 0.0
        for places in np.nonzero(mask)
    )
    return rows, columns


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
    """Runs that are thin, straight, and long when joined.

    Short runs follow a line that is faint or not level, long ones one that digits touch.
    """
    lengths = {max(7, round(3.0 * stroke)), max(7, round(0.4 * shortest))}
    return [
        line
        for length in sorted(lengths)
        for line in _joined_runs(mask, _runs(mask, stroke, length), stroke, shortest)
    ]


def _joined_runs(mask: Mask, runs: Mask, stroke: float, shortest: float) -> list[Line]:
    """The lines that these runs make."""
    labels, _ = ndimage.label(_bridged(runs, 2 * round(stroke) + 3), EVERY_SIDE)
    found = []
    for k, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        if columns.stop - columns.start >= shortest:
            part = (labels[rows, columns] == k) & runs[rows, columns] & mask[rows, columns]
            line = _line(part, rows.start, columns.start, stroke)
            found += [line] if line is not None else []
    return found


def _runs(mask: Mask, stroke: float, length: int) -> Mask:
    """Pixels in nearly horizontal runs of some length."""
    thick = ndimage.binary_dilation(mask, np.ones((3, 1)))
    whole = _bridged(thick, round(0.5 * stroke) + 2).view(np.uint8)
    length |= 1
    within = ndimage.minimum_filter1d(whole, length, axis=1, mode="constant")
    return ndimage.maximum_filter1d(within, length, axis=1, mode="constant").view(np.bool_)


def _bridged(runs: Mask, gap: int) -> Mask:
    """Runs joined over smaller gaps along the line."""
    gap |= 1
    padded = np.pad(runs.view(np.uint8), ((0, 0), (gap, gap)))
    joined = ndimage.maximum_filter1d(padded, gap, axis=1, mode="constant")
    joined = ndimage.minimum_filter1d(joined, gap, axis=1, mode="constant")
    return np.ascontiguousarray(joined[:, gap:-gap]).view(np.bool_)


def _line(part: Mask, top: int, left: int, stroke: float) -> Line | None:
    """The line through the pixels of `part`, or none if it has gaps, is thick or bent.

    Its middle is smoothed by a median over half of its length: digits that touch it do not
    draw it aside.
    """
    height, length = part.shape
    count = part.sum(axis=0)
    inked = count > 0
    if np.mean(inked) < 0.75 or height > 0.08 * length + 8 * stroke:
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
    columns, beside = np.arange(line.left, line.right), 0.0
    for away in (-1, 1):
        rows = _rows(line.middle + away * (line.thickness / 2 + 2.5), mask)
        beside += 0.5 * float(np.mean(~mask[rows, columns]))
    return _share_of_ink(mask, line) * beside > 0.55


def _share_of_ink(mask: Mask, line: Line) -> float:
    """In how much of the line's length there is ink near its middle."""
    columns = np.arange(line.left, line.right)
    ink = [mask[_rows(line.middle + away, mask), columns] for away in (-1, 0, 1)]
    return float(np.mean(np.any(ink, axis=0)))


def _rows(rows: Floats, mask: Mask) -> npt.NDArray[np.int_]:
    """Rounded to whole rows of the mask."""
    return np.clip(np.round(rows).astype(int), 0, len(mask) - 1)


def _apart(line: Line, other: Line) -> float:
    return abs(float(np.median(line.middle) - np.median(other.middle)))
