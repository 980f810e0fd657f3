"""Which cuts to make, judged by a classifier.

A row of writing is cut in many more places than needed, along paths from top to bottom with
little ink. The nodes of the lattice are these cuts and the gaps between pieces; an edge is
the ink between two of them, on which the classifier has an opinion. The digits are the edges
of the cheapest way from the left to the right end:

    Σ over edges of  w · (−log P(best digit)) + how odd its size is
    + Σ over cuts of  what they cost,

w the edge's width in heights, so that three digits do not count more than the two as which
they could be read. An edge may also join what is broken: the ink on both sides of a gap.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sknn_basic._types import Floats
from sknn_basic.digits.cuts import FINE, height_of_loops, oddness, paths_of_reach, slant_of
from sknn_basic.digits.paper.ink import EVERY_SIDE, Ink, Mask
from sknn_basic.digits.pieces import Piece, Pixels

REACHES = (0.1, 0.22, 0.45)
"""How far a path may go to either side, in heights."""

MOST_INK = 3.0
"""Through how many strokes a cut may go."""

ALIKE = 0.05
"""Paths with less of a digit's ink than this between them are one."""

NARROW, WIDEST, LOWEST, FARTHEST = 0.6, 1.35, 0.5, 0.3
"""What is narrower is not cut; what is wider or lower is no digit unless it is a whole piece;
parts farther apart are not of one digit. In heights."""


ONE_DIGIT = 0.95
"""A piece that is wider, in heights, looks like more than one digit."""


@dataclass(frozen=True)
class Prices:
    """What the search weighs against each other, fitted to numbers of training images.

    Not so `narrow`: a digit of an unusual hand, which these numbers lack, is to stay whole.

    Parameters
    ----------
    cut, narrow, stroke, loop : float
        Of a cut; of one in a piece that is no wider than a digit may be; of the squared
        strokes of ink on it; of a loop that it opens, by height.
    join, gap : float
        Of joining two pieces; of the gap between them, by height.
    doubt : float
        Of −log P.
    odd : float
        Of odd sizes.
    """

    cut: float = 0.1
    narrow: float = 12.0
    stroke: float = 0.1
    loop: float = 0.4
    join: float = 2.0
    gap: float = 2.1
    doubt: float = 4.5
    odd: float = 0.35


PRICES = Prices()
"""For a classifier that knows what is no digit."""

CAREFUL = Prices(cut=0.4, loop=0.4, stroke=0.6, join=3.0, doubt=4.0, odd=0.6)
"""For one that only tells digits from each other, and so is sure of many a wrong piece."""


@dataclass(frozen=True, eq=False)
class Edge:
    """Some ink that may be one digit.

    Parameters
    ----------
    start, stop : int
        The nodes that it lies between.
    pixels : ndarray of int of shape (n, 2)
        Of its ink.
    digit : ndarray of shape (height, width)
        The strength of its ink with the grey edges, cropped.
    size : (float, float)
        Width and height as written upright, in heights of the row's digits.
    joins, gap : float
        How many gaps are inside, and how wide they are together, in heights.
    """

    start: int
    stop: int
    pixels: Pixels
    digit: Floats
    size: tuple[float, float]
    joins: int
    gap: float


@dataclass(frozen=True, eq=False)
class Cuts:
    """The ways to cut one piece.

    Parameters
    ----------
    rows, columns : ndarray of int of shape (n,)
        Of the piece's pixels, the grey ones at its edges too.
    values : ndarray of shape (n,)
        The ink there.
    inked, seen : ndarray of bool of shape (n,)
        Which of the pixels are ink; which are that or a good part of it.
    upright : ndarray of int of shape (n,)
        Columns of the pixels where the writing stands upright.
    beyond : ndarray of bool of shape (k + 2, n)
        Which pixels are right of each cut; all are of the first, none of the last.
    ink : ndarray of shape (k,)
        The strokes that each cut goes through.
    loops : ndarray of shape (k,)
        The part of the height in which it is in a loop.
    """

    rows: npt.NDArray[np.int_]
    columns: npt.NDArray[np.int_]
    values: Floats
    inked: Mask
    seen: Mask
    upright: npt.NDArray[np.int_]
    beyond: Mask
    ink: Floats
    loops: Floats


@dataclass(frozen=True, eq=False)
class Lattice:
    """All ways to cut a row of writing.

    Parameters
    ----------
    edges : list of Edge
        In order of their last node.
    ink, loops : ndarray of shape (n_nodes,)
        What is on the cut at each node; 0 at gaps.
    cuts, narrow : ndarray of bool of shape (n_nodes,)
        Whether the node is a cut through ink, and through a piece as narrow as a digit.
    """

    edges: list[Edge]
    ink: Floats
    loops: Floats
    cuts: Mask
    narrow: Mask

    def best(self, doubt: Floats, prices: Prices = PRICES) -> list[int]:
        """The edges of the cheapest way from left to right, given −log P of each."""
        size = np.array([edge.size for edge in self.edges])
        cost = prices.doubt * size[:, 0] * doubt + prices.odd * oddness(*size.T)
        cost += [prices.join * edge.joins + prices.gap * edge.gap for edge in self.edges]
        price = (
            prices.cut * self.cuts
            + prices.narrow * self.narrow
            + prices.stroke * self.ink**2
            + prices.loop * self.loops
        )
        total, last = np.full(len(price), np.inf), np.full(len(price), -1)
        total[0] = 0.0
        for k, edge in enumerate(self.edges):
            way = total[edge.start] + cost[k] + price[edge.stop]
            if way < total[edge.stop]:
                total[edge.stop], last[edge.stop] = way, k
        chosen, node = [], len(price) - 1
        while node:
            chosen.append(int(last[node]))
            node = self.edges[chosen[-1]].start
        return chosen[::-1]


def lattice(row: list[Piece], ink: Ink, taken: Mask) -> Lattice:
    """All ways to cut a row of pieces.

    Parameters
    ----------
    row : list of Piece
        From left to right.
    ink : Ink
    taken : ndarray of bool
        The pixels of all pieces of the picture.
    """
    tall, slant = float(np.median([p.height for p in row])), slant_of(row)
    parts = [_cuts(piece, ink, taken, tall, slant) for piece in row]
    counts = [len(part.beyond) - 1 for part in parts]
    firsts = np.r_[0, np.cumsum(counts)]
    edges = sorted(_edges(parts, firsts, tall), key=lambda edge: edge.stop)
    along, loops, cuts, narrow = (np.zeros(int(firsts[-1]) + 1) for _ in range(4))
    for part, first in zip(parts, firsts, strict=False):
        at = slice(first + 1, first + 1 + len(part.ink))
        along[at], loops[at], cuts[at] = part.ink, part.loops, 1.0
        height = max(tall, float(np.ptp(part.rows)))
        narrow[at] = np.ptp(part.upright[part.inked]) < ONE_DIGIT * height
    return Lattice(edges, along, loops, cuts > 0, narrow > 0)


def _cuts(piece: Piece, ink: Ink, taken: Mask, tall: float, slant: float) -> Cuts:
    """The ways to cut one piece."""
    rows, columns, inked = _pixels(piece, taken)
    upright = columns + np.round(slant * (rows - piece.top)).astype(int)
    height = min(max(tall, 0.85 * piece.height), piece.height)
    step = max(1, int(height / FINE))
    own = Piece(np.column_stack([rows, upright])[inked] // step)
    paths, costs = _paths(own.mask(), height / step, max(1.0, ink.stroke / step))
    loops = height_of_loops(own.mask(), paths, max(1.0, ink.stroke / step)) * step / height
    at = np.clip(rows // step - own.top, 0, own.height - 1)
    right = upright // step - own.left > paths[:, at]
    ends = np.ones((1, len(rows)), dtype=bool)
    beyond = np.vstack([ends, right, ~ends])
    values = ink.strength[rows, columns]
    seen = inked | (values > 0.2)
    return Cuts(rows, columns, values, inked, seen, upright, beyond, costs, loops)


def _pixels(
    piece: Piece, taken: Mask
) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_], Mask]:
    """Rows and columns of a piece's pixels and of those at its edges, and which are its own."""
    top, left = max(piece.top - 1, 0), max(piece.left - 1, 0)
    around = np.s_[top : piece.bottom + 1, left : piece.right + 1]
    own = np.zeros(taken[around].shape, dtype=bool)
    own[tuple((piece.pixels - (top, left)).T)] = True
    edge = ndimage.binary_dilation(own, EVERY_SIDE) & ~taken[around]
    rows, columns = np.nonzero(own | edge)
    return rows + top, columns + left, own[rows, columns]


def _paths(mask: Mask, height: float, stroke: float) -> tuple[Pixels, Floats]:
    """Ways to cut a mask from top to bottom, from left to right, and their ink in strokes."""
    if mask.shape[1] < NARROW * height:
        return np.empty((0, len(mask)), dtype=int), np.empty(0)
    paths, costs = paths_of_reach(mask, [round(reach * height) for reach in REACHES], stroke)
    few = costs <= MOST_INK
    paths, costs = paths[few], costs[few]
    order = np.argsort(costs, kind="stable")
    before = np.pad(np.cumsum(mask, axis=1), ((0, 0), (1, 0)))
    rows = np.arange(len(mask))
    until = before[rows, np.clip(paths + 1, 0, mask.shape[1])]
    least = ALIKE * mask.sum() * min(1.0, 0.7 * height / mask.shape[1])
    whole = before[:, -1]
    kept: list[int] = []
    for k in order:
        others = np.vstack([until[kept], np.zeros((1, len(rows)), dtype=int), whole[None]])
        if np.abs(others - until[k]).sum(axis=1).min() >= least:
            kept.append(int(k))
    chosen = sorted(kept, key=lambda k: float(paths[k].mean()))
    return paths[chosen], costs[chosen]


def _edges(parts: list[Cuts], firsts: Pixels, tall: float) -> Iterator[Edge]:
    """The edges within each part, and those over gaps that are narrow."""
    for p, part in enumerate(parts):
        for i in range(len(part.beyond) - 1):
            for j in range(i + 1, len(part.beyond)):
                inside = part.beyond[i] & ~part.beyond[j]
                nodes = int(firsts[p]) + i, int(firsts[p]) + j
                yield from _edge([(part, inside)], nodes, tall, 0.0)
    for p, (one, other) in enumerate(pairwise(parts)):
        gap = _gap(one, other)
        if gap > FARTHEST * tall:
            continue
        for i in range(len(one.beyond) - 1):
            for j in range(1, len(other.beyond)):
                both = [(one, one.beyond[i]), (other, ~other.beyond[j])]
                nodes = int(firsts[p]) + i, int(firsts[p + 1]) + j
                yield from _edge(both, nodes, tall, max(gap, 0) / tall)


def _gap(one: Cuts, other: Cuts) -> int:
    """The columns without ink between two parts; negative where they overlap."""
    return int(other.upright[other.inked].min() - one.upright[one.inked].max()) - 1


def _edge(
    chosen: list[tuple[Cuts, Mask]], nodes: tuple[int, int], tall: float, gap: float
) -> Iterator[Edge]:
    """The edge of these pixels of some parts, if it may be a digit or is all there is."""
    own = [(part, np.flatnonzero(inside & part.inked)) for part, inside in chosen]
    rows, upright = _of(own, "rows"), _of(own, "upright")
    if not len(rows):
        return
    wide, high = (float(places.max() - places.min()) + 1 for places in (upright, rows))
    unit = max(tall, high)
    whole = len(chosen) == 1 and bool(chosen[0][1].all())
    if not whole and (wide > WIDEST * unit or high < LOWEST * unit):
        return
    pixels = np.column_stack([rows, _of(own, "columns")])
    digit = _digit([(part, np.flatnonzero(inside)) for part, inside in chosen])
    yield Edge(*nodes, pixels, digit, (wide / unit, high / unit), len(chosen) - 1, gap)


def _of(chosen: list[tuple[Cuts, Pixels]], name: str) -> npt.NDArray[Any]:
    """What some pixels of some parts have of this name, one after the other."""
    return np.concatenate([getattr(part, name)[at] for part, at in chosen])


def _digit(chosen: list[tuple[Cuts, Pixels]]) -> Floats:
    """The strength of some pixels of some parts, cropped to what can be seen."""
    rows, columns, values = (_of(chosen, name) for name in ("rows", "columns", "values"))
    top, left = rows.min(), columns.min()
    digit = np.zeros((rows.max() - top + 1, columns.max() - left + 1))
    digit[rows - top, columns - left] = values
    seen = _of(chosen, "seen")
    rows, columns = rows[seen] - top, columns[seen] - left
    return digit[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
