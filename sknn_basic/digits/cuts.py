"""Digits that touch: a wide piece is cut along the paths from top to bottom with least ink.

For every column there is a cheapest path near it, found row by row as a shortest path,

    C[y, x] = ink[y, x] + min(C[y − 1, x − 1], C[y − 1, x], C[y − 1, x + 1]).

Which of the paths are cut is a shortest path again: over all ways to choose some, the least
sum of their ink, in strokes, and of how odd the pieces are that they leave.
"""

import numpy as np

from sknn_basic._types import Floats
from sknn_basic.digits.ink import Mask
from sknn_basic.digits.pieces import Piece, Pixels

EACH_CUT, PER_STROKE = 1.2, 1.5
"""What a cut costs, and what it costs for every stroke that it goes through."""


def separated(row: list[Piece], stroke: float) -> list[Piece]:
    """A row of pieces in which those that hold several digits are cut."""
    tall = float(np.median([p.height for p in row]))
    return [part for piece in row for part in cut(piece, tall, stroke)]


def cut(piece: Piece, tall: float, stroke: float) -> list[Piece]:
    """The digits of one piece, from left to right.

    Parameters
    ----------
    piece : Piece
    tall : float
        How tall digits are.
    stroke : float
        Typical width of a stroke in pixels.
    """
    height = min(max(tall, 0.7 * piece.height), piece.height)
    if piece.width < 0.7 * height:
        return [piece]
    paths, costs = _paths(piece.mask(), height, stroke)
    chosen = _best_cuts(paths.mean(axis=1), costs, piece.width, height)
    return _parts(piece, paths[chosen])


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


def _best_cuts(middles: Floats, costs: Floats, width: int, height: float) -> list[int]:
    """Which paths to cut along: the least cost of cuts and of pieces together."""
    ends = np.r_[0.0, middles, width]
    price = np.r_[0.0, EACH_CUT + PER_STROKE * costs, 0.0]
    total, before = np.zeros(len(ends)), np.zeros(len(ends), dtype=int)
    for k in range(1, len(ends)):
        ways = total[:k] + _oddness((ends[k] - ends[:k]) / height)
        before[k] = ways.argmin()
        total[k] = ways[before[k]] + price[k]
    chosen, k = [], int(before[-1])
    while k:
        chosen.append(k - 1)
        k = int(before[k])
    return chosen[::-1]


def _oddness(ratio: Floats) -> Floats:
    """How unlike a digit something is that is `ratio` times as wide as digits are tall."""
    wide, narrow = np.maximum(ratio - 0.85, 0.0), np.maximum(0.35 - ratio, 0.0)
    return (wide / 0.2) ** 2 + (narrow / 0.1) ** 2


def _parts(piece: Piece, paths: Pixels) -> list[Piece]:
    """The piece's ink between neighbouring paths."""
    rows, columns = (piece.pixels - (piece.top, piece.left)).T
    owner = np.sum(columns > paths[:, rows], axis=0) if len(paths) else np.zeros(len(rows))
    parts = [piece.pixels[owner == k] for k in range(len(paths) + 1)]
    return [Piece(pixels) for pixels in parts if len(pixels)]
