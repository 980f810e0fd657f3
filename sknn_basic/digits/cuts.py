"""Digits that touch: a wide piece is cut along the paths from top to bottom with least ink.

For every column there is a cheapest path near it, found row by row as a shortest path,

    C[y, x] = ink[y, x] + min(C[y − 1, x − 1], C[y − 1, x], C[y − 1, x + 1]).

Which of the paths are cut is a shortest path again: over all ways to choose some, the least
sum of their ink, in strokes, and of how odd the pieces are that they leave.
"""

from typing import Any

import numpy as np
from scipy import ndimage

from sknn_basic._types import Floats
from sknn_basic.digits.paper.ink import Mask
from sknn_basic.digits.pieces import Piece, Pixels

EACH_CUT, PER_STROKE, PER_HOLE = 0.4, 0.67, 4.0
"""What a cut costs; for the squared strokes that it goes through; for a loop, by height."""

ONE_SAYS, TWO_SAY, FIRST_CUT = 1.3, 1.1, 5.0
"""That digits touch is said by one piece so wide, in heights, or two; else a cut costs this."""

REACH = 0.22
"""How far a path may go to either side, in heights."""

FINE = 60
"""Digits of twice as many pixels or more are looked at in steps of several pixels."""

WIDEST, NARROWEST, SHORTEST = (0.78, 0.153), (0.22, 0.06), (0.85, 0.096)
"""Width or height in heights of a digit from which a piece is odd, and how fast that grows.

All of these numbers were fitted to pictures composed from MNIST's training images.
"""


def separated(row: list[Piece], stroke: float) -> list[Piece]:
    """A row of pieces in which those that hold several digits are cut.

    Parameters
    ----------
    row : list of Piece
        From left to right.
    stroke : float
        Typical width of a stroke in pixels.
    """
    tall, slant = float(np.median([p.height for p in row])), slant_of(row)
    upright = [_upright(piece, slant) for piece in row]
    wide = np.array([u.width / max(tall, u.height) for u in upright])
    joined = [w > ONE_SAYS or np.sum(wide > TWO_SAY) >= 2 for w in wide]
    return [
        part
        for piece, turned, cheap in zip(row, upright, joined, strict=True)
        for part in _cut(piece, turned, tall, stroke, EACH_CUT if cheap else FIRST_CUT)
    ]


def slant_of(row: list[Piece]) -> float:
    """How many columns the writing leans to the left for each row down, by its moments."""
    centered = [piece.pixels - piece.pixels.mean(axis=0) for piece in row]
    spread = sum(float(np.sum(p[:, 0] ** 2)) for p in centered)
    lean = sum(float(np.sum(p[:, 0] * p[:, 1])) for p in centered)
    return float(np.clip(-lean / max(spread, 1.0), -0.8, 0.8))


def _upright(piece: Piece, slant: float) -> Piece:
    """The piece sheared to where the writing stands upright, its pixels in the same order."""
    rows, columns = (piece.pixels - (piece.top, piece.left)).T
    columns = columns + np.round(slant * (rows - piece.height / 2)).astype(int)
    return Piece(np.column_stack([rows, columns - columns.min()]))


def _cut(piece: Piece, turned: Piece, tall: float, stroke: float, each: float) -> list[Piece]:
    """The digits of one piece, given also upright, where a cut costs at least `each`."""
    height = min(max(tall, 0.85 * piece.height), piece.height)
    if turned.width < 0.6 * height:
        return [piece]
    step = max(1, int(height / FINE))
    rows, columns = turned.pixels.T // step
    mask = Piece(np.column_stack([rows, columns])).mask()
    height, stroke = height / step, max(1.0, stroke / step)
    paths, costs = _different(*paths_of_reach(mask, [round(REACH * height)], stroke))
    price = each + PER_STROKE * costs**2
    price += PER_HOLE * height_of_loops(mask, paths, stroke) / height
    chosen = paths[_best_cuts(mask, paths, price, height)]
    owner = np.sum(columns > chosen[:, rows], axis=0)
    parts = [piece.pixels[owner == k] for k in range(len(chosen) + 1)]
    return [Piece(pixels) for pixels in parts if len(pixels)]


def paths_of_reach(mask: Mask, reaches: list[int], stroke: float) -> tuple[Pixels, Floats]:
    """The cheapest path near every second column, for each reach to either side.

    Returns
    -------
    paths : ndarray of int of shape (n, rows)
        The column of each path in each row; for one reach after the other.
    costs : ndarray of shape (n,)
        The ink on each, in strokes.
    """
    rows, width = mask.shape
    near = np.maximum(2, reaches)
    reach = int(near.max())
    starts = np.tile(np.arange(2, width - 1, 2), len(near))
    near = np.repeat(near, len(starts) // len(near))[:, None]
    columns = starts[:, None] + np.arange(-reach, reach + 1)
    ink = np.pad(mask.astype(np.float64), ((0, 0), (reach, reach)), constant_values=1.0)
    away = np.abs(np.arange(-reach, reach + 1)) / near
    away = np.where(away > 1, np.inf, 0.02 * away)
    local = ink[:, columns + reach] / stroke + away
    total, steps = local[0], np.zeros((rows, *columns.shape), dtype=np.int8)
    padded = np.full((len(total), 2 * reach + 3), np.inf)
    for y in range(1, rows):
        padded[:, 1:-1] = total
        aside = np.minimum(padded[:, :-2], padded[:, 2:]) + 0.01
        steps[y] = np.where(padded[:, :-2] <= padded[:, 2:], -1, 1) * (aside < total)
        total = local[y] + np.minimum(total, aside)
    k = total.argmin(axis=1)
    costs = total[np.arange(len(k)), k]
    paths = np.empty((len(starts), rows), dtype=int)
    for y in range(rows - 1, -1, -1):
        paths[:, y] = columns[np.arange(len(k)), k]
        k = k + steps[y, np.arange(len(k)), k]
    return paths, costs


def _different(paths: Pixels, costs: Floats) -> tuple[Pixels, Floats]:
    """The paths of which no neighbour is cheaper, from left to right, and their costs."""
    least = ndimage.minimum_filter1d(costs, 5, mode="nearest")
    chosen = np.flatnonzero(costs <= least)
    ways, first = np.unique(paths[chosen], axis=0, return_index=True)
    order = np.argsort(ways.mean(axis=1), kind="stable")
    return ways[order], costs[chosen[first]][order]


def _best_cuts(mask: Mask, paths: Pixels, price: Floats, height: float) -> list[int]:
    """Which paths to cut along: the least cost of cuts and of pieces together."""
    rows, width = mask.shape
    ends = np.vstack([np.full(rows, -1), paths, np.full(rows, width)])
    price = np.r_[0.0, price, 0.0]
    total, before = np.zeros(len(ends)), np.zeros(len(ends), dtype=int)
    beyond = np.arange(width) > ends[:, :, None]
    for k in range(1, len(ends)):
        parts = mask & beyond[:k] & ~beyond[k]
        wide, tall = (_extent(np.any(parts, axis=axis)) / height for axis in (1, 2))
        ways = total[:k] + oddness(wide, tall)
        before[k] = ways.argmin()
        total[k] = ways[before[k]] + price[k]
    chosen, k = [], int(before[-1])
    while k:
        chosen.append(k - 1)
        k = int(before[k])
    return chosen[::-1]


def height_of_loops(mask: Mask, paths: Pixels, stroke: float) -> Pixels:
    """In how many rows each path is within a loop of ink, which may be a little open."""
    size = max(3, round(0.7 * stroke))
    padded = np.pad(mask, size)
    closed = ndimage.binary_closing(padded, np.ones((size, size)))
    loops = (ndimage.binary_fill_holes(closed) & ~padded)[size:-size, size:-size]
    return np.sum(loops[np.arange(len(mask)), np.clip(paths, 0, mask.shape[1] - 1)], axis=1)


def oddness(wide: Floats, tall: Floats) -> Floats:
    """How unlike digits' their widths and heights are, in heights of a digit."""
    return (
        _excess(wide - WIDEST[0], WIDEST[1], square_up_to=1.5)
        + _excess(NARROWEST[0] - wide, NARROWEST[1])
        + _excess(SHORTEST[0] - tall, SHORTEST[1])
    )


def _excess(beyond: Floats, unit: float, square_up_to: float = np.inf) -> Floats:
    """The square of what is above 0, in units; linear from some point on (Huber 1964)."""
    units = np.maximum(beyond, 0.0) / unit
    square = np.minimum(units, square_up_to)
    return square * (2 * units - square)


def _extent(seen: Any) -> Floats:
    """From the first to the last that is true in each row; 0 where none is."""
    first, last = seen.argmax(axis=1), seen.shape[1] - seen[:, ::-1].argmax(axis=1)
    return np.where(seen.any(axis=1), last - first, 0).astype(np.float64)
