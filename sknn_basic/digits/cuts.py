"""Digits that touch: a wide piece is cut along the paths from top to bottom with least ink.

For every column there is a cheapest path near it, found row by row as a shortest path,

    C[y, x] = ink[y, x] + min(C[y − 1, x − 1], C[y − 1, x], C[y − 1, x + 1]).

Which of the paths are cut is a shortest path again: over all ways to choose some, the least
sum of their ink, in strokes, and of how odd the pieces are that they leave.
"""

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sknn_basic._types import Floats
from sknn_basic.digits.ink import Mask
from sknn_basic.digits.pieces import Piece, Pixels

EACH_CUT, PER_STROKE = 0.5, 1.0
"""What a cut costs, and what it costs for the square of the strokes that it goes through."""

WIDEST, NARROWEST, SHORTEST = (0.75, 0.22), (0.15, 0.15), (0.85, 0.14)
"""From which width or height on, in heights of digits, a piece is odd, and how fast that grows.

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
    tall, slant = float(np.median([p.height for p in row])), _slant(row)
    return [part for piece in row for part in _cut(piece, tall, stroke, slant)]


def _slant(row: list[Piece]) -> float:
    """How many columns the writing leans to the left for each row down, by its moments."""
    centered = [piece.pixels - piece.pixels.mean(axis=0) for piece in row]
    spread = sum(float(np.sum(p[:, 0] ** 2)) for p in centered)
    lean = sum(float(np.sum(p[:, 0] * p[:, 1])) for p in centered)
    return float(np.clip(-lean / max(spread, 1.0), -0.8, 0.8))


def _cut(piece: Piece, tall: float, stroke: float, slant: float) -> list[Piece]:
    """The digits of one piece; paths are looked for where the writing stands upright."""
    height = min(max(tall, 0.7 * piece.height), piece.height)
    pixels = piece.pixels - (piece.top, piece.left)
    upright = pixels[:, 1] + np.round(slant * (pixels[:, 0] - piece.height / 2)).astype(int)
    turned = Piece(np.column_stack([pixels[:, 0], upright - upright.min()]))
    if turned.width < 0.6 * height:
        return [piece]
    mask = turned.mask()
    paths, costs = _different(*_paths(mask, height, stroke))
    chosen = paths[_best_cuts(mask, paths, costs, height)]
    owner = np.sum(turned.pixels[:, 1] > chosen[:, turned.pixels[:, 0]], axis=0)
    parts = [piece.pixels[owner == k] for k in range(len(chosen) + 1)]
    return [Piece(pixels) for pixels in parts if len(pixels)]


def _paths(mask: Mask, height: float, stroke: float) -> tuple[Pixels, Floats]:
    """The cheapest path near every second column, and the ink on it in strokes.

    Returns
    -------
    paths : ndarray of int of shape (n, rows)
        The column of each path in each row.
    costs : ndarray of shape (n,)
    """
    rows, width = mask.shape
    reach = max(2, round(0.22 * height))
    starts = np.arange(2, width - 1, 2)
    columns = starts[:, None] + np.arange(-reach, reach + 1)
    ink = np.pad(mask.astype(np.float64), ((0, 0), (reach, reach)), constant_values=1.0)
    away = 0.02 * np.abs(np.arange(-reach, reach + 1)) / reach
    local = ink[:, columns + reach] / stroke + away
    total, steps = local[0], np.zeros((rows, *columns.shape), dtype=int)
    for y in range(1, rows):
        padded = np.pad(total, ((0, 0), (1, 1)), constant_values=np.inf)
        ways = np.stack([padded[:, 1:-1], padded[:, :-2] + 0.01, padded[:, 2:] + 0.01])
        best = ways.argmin(axis=0)
        steps[y] = np.array([0, -1, 1])[best]
        total = local[y] + ways.min(axis=0)
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


def _best_cuts(mask: Mask, paths: Pixels, costs: Floats, height: float) -> list[int]:
    """Which paths to cut along: the least cost of cuts and of pieces together."""
    rows, width = mask.shape
    ends = np.vstack([np.full(rows, -1), paths, np.full(rows, width)])
    price = np.r_[0.0, EACH_CUT + PER_STROKE * costs**2, 0.0]
    total, before = np.zeros(len(ends)), np.zeros(len(ends), dtype=int)
    beyond = np.arange(width) > ends[:, :, None]
    for k in range(1, len(ends)):
        parts = mask & beyond[:k] & ~beyond[k]
        ways = total[:k] + _oddness(parts, height)
        before[k] = ways.argmin()
        total[k] = ways[before[k]] + price[k]
    chosen, k = [], int(before[-1])
    while k:
        chosen.append(k - 1)
        k = int(before[k])
    return chosen[::-1]


def _oddness(parts: npt.NDArray[np.bool_], height: float) -> Floats:
    """How unlike digits these are: masks of shape (n, rows, columns)."""
    wide, tall = (_extent(parts.any(axis=axis)) / height for axis in (1, 2))
    return (
        _excess(wide - WIDEST[0], WIDEST[1])
        + _excess(NARROWEST[0] - wide, NARROWEST[1])
        + _excess(SHORTEST[0] - tall, SHORTEST[1])
    )


def _excess(beyond: Floats, unit: float) -> Floats:
    """The square of what is above 0, in units."""
    return (np.maximum(beyond, 0.0) / unit) ** 2


def _extent(seen: npt.NDArray[np.bool_]) -> Floats:
    """From the first to the last that is true in each row; 0 where none is."""
    first, last = seen.argmax(axis=1), seen.shape[1] - seen[:, ::-1].argmax(axis=1)
    return np.where(seen.any(axis=1), last - first, 0).astype(np.float64)
