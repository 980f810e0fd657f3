"""Boxes that were printed to write into: one for each digit, or the cells of a form.

A box encloses paper whose sides are straight. In it may be ink that does not meet the box, or
a digit that does and goes beyond the straight side. What is inside its four sides was written;
the rest of the ink that makes the box was not. The loop of a digit encloses paper too, but it
is round.
"""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sknn_basic._types import Floats
from sknn_basic.digits.paper.ink import EVERY_SIDE, Mask, tall

SMALLEST = 12
"""Sides of a box in pixels, at least."""

STRAIGHT = 0.85
"""In how many of its rows, or columns, a side of a box is where a straight line is."""

FILLED = 0.3
"""How tall the ink in a box must be, in heights of the box, for it to be a digit."""

Labels: TypeAlias = npt.NDArray[np.int_]
Place: TypeAlias = tuple[slice, slice]


class Box(NamedTuple):
    """What is inside a box: where, and which pixels; the label of the ink around it; its sides.

    `straight` is the share of rows and columns in which the sides are straight.
    """

    place: Place
    room: Mask
    frame: int
    straight: float

    def holds(self, mask: Mask) -> bool:
        """Whether a digit may be inside."""
        parts, _ = ndimage.label(mask[self.place] & self.room, EVERY_SIDE)
        heights = [rows.stop - rows.start for rows, _ in ndimage.find_objects(parts)]
        return max(heights, default=0) > FILLED * len(self.room)


def without_boxes(mask: Mask, faint: Mask) -> Mask:
    """A mask without the boxes in it, which may be fainter than the writing in them."""
    return _emptied(_emptied(mask, mask), mask | faint)


def _emptied(mask: Mask, solid: Mask) -> Mask:
    """A mask without the boxes that are seen in `solid`."""
    frames, _ = ndimage.label(solid, EVERY_SIDE)
    holes = list(_holes(solid, frames))
    surely = [box for box in holes if box.straight > STRAIGHT]
    cells = {box.frame for box in surely if sum(box.frame == o.frame for o in surely) > 1}
    surely += [box for box in _outlines(frames) if box.frame not in cells]
    full = [box for box in surely if box.holds(mask)]
    boxes = [b for b in surely + holes if any(b is o or _alike(b, o) for o in full)]
    if not boxes:
        return mask
    inside, around = np.zeros_like(mask), np.zeros(int(frames.max()) + 1, dtype=bool)
    for box in boxes:
        inside[box.place] |= box.room
        around[box.frame] = True
    left = mask & (inside | ~around[frames])
    return left if tall(left) > FILLED * min(len(box.room) for box in full) else mask


def _alike(box: Box, other: Box) -> bool:
    """Whether two boxes are of one size."""
    sizes = np.divide(box.room.shape, other.room.shape)
    return bool(np.all((sizes > 0.8) & (sizes < 1.25)))


def _holes(solid: Mask, frames: Labels) -> Iterator[Box]:
    """Paper with straight sides that ink encloses."""
    papers, _ = ndimage.label(~solid)
    outside = {0, *papers[0], *papers[-1], *papers[:, 0], *papers[:, -1]}
    for k, place in enumerate(ndimage.find_objects(papers), start=1):
        if k in outside or not _is_large(place):
            continue
        hole = ndimage.binary_fill_holes(papers[place] == k)
        room, straight = _between_sides(hole)
        if straight > 0.5:
            wider = tuple(slice(axis.start - 1, axis.stop + 1) for axis in place)
            rim = np.pad(hole, 1)
            rim = ndimage.binary_dilation(rim) & ~rim
            frame = int(np.bincount(frames[wider][rim]).argmax())
            yield Box(place, room, frame, straight)


def _outlines(frames: Labels) -> Iterator[Box]:
    """Ink that is a hollow rectangle, seen from outside; a digit inside may meet it."""
    for k, place in enumerate(ndimage.find_objects(frames), start=1):
        if not _is_large(place):
            continue
        own = frames[place] == k
        filled = ndimage.binary_fill_holes(own)
        room, straight = _between_sides(filled)
        if straight < STRAIGHT or own.sum() > 0.6 * room.sum():
            continue
        thick = [_thickness(view) for view in (own, own[:, ::-1], own.T, own.T[:, ::-1])]
        if 4 * max(thick) > min(own.shape):
            continue
        for axis, (near, far) in enumerate([thick[2:], thick[:2]]):
            before = np.roll(room, near, axis=axis)
            room &= before & np.roll(room, -far, axis=axis)
        yield Box(place, _hollow(room, thick), k, straight)


def _hollow(room: Mask, thick: list[int]) -> Mask:
    """A room without the frame at its four sides."""
    left, right, top, bottom = thick
    inner = np.zeros_like(room)
    inner[top : len(room) - bottom, left : room.shape[1] - right] = True
    return room & inner


def _thickness(own: Mask) -> int:
    """The pixels of ink from the left side on, in most rows; and one that is grey."""
    first = own.argmax(axis=1)
    columns = np.arange(own.shape[1])
    paper = ~own & (columns > first[:, None])
    run = np.where(paper.any(axis=1), paper.argmax(axis=1), own.shape[1]) - first
    return int(np.median(run)) + 1


def _is_large(place: Place) -> bool:
    return min(axis.stop - axis.start for axis in place) >= SMALLEST


def _between_sides(hole: Mask) -> tuple[Mask, float]:
    """What is between the four sides of a hole, and in how much of them they are straight."""
    (across, one), (down, other) = _between(hole), _between(hole.T)
    return across & down.T, min(one, other)


def _between(hole: Mask) -> tuple[Mask, float]:
    """The pixels between the left and the right side, and how straight these are."""
    width = hole.shape[1]
    first, last = hole.argmax(axis=1), width - 1 - hole[:, ::-1].argmax(axis=1)
    lines = [_line(places.astype(np.float64)) for places in (first, last)]
    near = [
        float(np.mean(np.abs(places - line) <= 1.0 + 0.02 * width))
        for places, line in zip((first, last), lines, strict=True)
    ]
    columns, (left, right) = np.arange(width), (line[:, None] for line in lines)
    return (columns >= left - 0.5) & (columns <= right + 0.5), min(near)


def _line(places: Floats) -> Floats:
    """The straight line through most of these places, one a row (Theil 1950)."""
    rows = np.arange(len(places))
    half = len(places) // 2
    slope = float(np.median((places[half : 2 * half] - places[:half]) / half))
    return slope * rows + float(np.median(places - slope * rows))
