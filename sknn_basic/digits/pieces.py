"""Which ink makes one digit: connected pieces, without the specks, the broken ones joined.

The heights of pieces, weighted by their ink, tell how tall the digits are. Whatever is much
smaller is a part of a digit or dirt: a part if a stroke could have gone on to the next piece.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from scipy.spatial import KDTree

from sknn_basic.digits.paper.ink import EVERY_SIDE, Mask, weighted_median

Pixels = npt.NDArray[np.int_]
"""Shape (n, 2): the rows and columns of the pixels of one piece."""


@dataclass(eq=False)
class Piece:
    """Some ink that belongs together.

    Parameters
    ----------
    pixels : ndarray of int of shape (n, 2)
        Row and column of each pixel.
    """

    pixels: Pixels

    def __post_init__(self) -> None:
        self.top, self.left = (int(k) for k in self.pixels.min(axis=0))
        self.bottom, self.right = (int(k) + 1 for k in self.pixels.max(axis=0))

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def box(self) -> tuple[int, int, int, int]:
        return self.top, self.left, self.bottom, self.right

    def mask(self) -> Mask:
        """The pixels in the piece's own box."""
        mask = np.zeros((self.height, self.width), dtype=bool)
        mask[tuple((self.pixels - (self.top, self.left)).T)] = True
        return mask


def find_pieces(mask: Mask, stroke: float) -> list[Piece]:
    """Pieces of which each is a digit, or several that touch.

    Parameters
    ----------
    mask : ndarray of bool of shape (height, width)
    stroke : float
        Typical width of a stroke in pixels.

    Returns
    -------
    pieces : list of Piece
        In no particular order; empty if there are only specks.
    """
    pieces = _components(mask, least=max(3.0, 0.3 * stroke**2))
    tall = typical_height(pieces)
    pieces = [p for p in pieces if max(p.height, p.width) >= max(3.0, 0.12 * tall)]
    pieces = _joined(pieces, tall)
    return [p for p in pieces if p.height >= max(5.0, 0.4 * tall)]


def typical_height(pieces: list[Piece]) -> float:
    """The median height of the pieces, weighted by their ink; 0 if there are none."""
    if not pieces:
        return 0.0
    heights = np.array([p.height for p in pieces])
    return weighted_median(heights, np.array([len(p.pixels) for p in pieces]))


def _components(mask: Mask, least: float) -> list[Piece]:
    """Connected pieces of at least so many pixels."""
    labels, _ = ndimage.label(mask, EVERY_SIDE)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    large = np.flatnonzero(sizes >= least)
    rows, columns = np.nonzero(np.isin(labels, large))
    owners = labels[rows, columns]
    order = np.argsort(owners, kind="stable")
    pixels = np.column_stack([rows, columns])[order]
    cuts = np.cumsum(sizes[large])[:-1]
    return [Piece(part) for part in np.split(pixels, cuts) if len(part)]


def _joined(pieces: list[Piece], tall: float) -> list[Piece]:
    """Pieces with the parts of broken digits joined, the nearest first."""
    pieces = list(pieces)
    near = sorted(_candidates(pieces, tall), key=lambda found: found[0])
    into = {id(p): p for p in pieces}
    for _, one, other in near:
        a, b = into[id(one)], into[id(other)]
        if a is b or not _could_be_one(a, b, tall):
            continue
        both = Piece(np.vstack([a.pixels, b.pixels]))
        into[id(both)] = both
        for key, piece in into.items():
            if piece is a or piece is b:
                into[key] = both
    return list({id(p): p for p in into.values()}.values())


def _candidates(pieces: list[Piece], tall: float) -> Iterator[tuple[float, Piece, Piece]]:
    """Pairs that could be one digit, with the distance between them."""
    for a, b in combinations(pieces, 2):
        if _could_be_one(a, b, tall):
            small, large = sorted((a, b), key=lambda p: len(p.pixels))
            away = float(KDTree(large.pixels).query(small.pixels)[0].min()) - 1
            if away <= _reach(a, b, tall):
                yield away, a, b


def _reach(a: Piece, b: Piece, tall: float) -> float:
    """How far apart the two parts of one digit may be."""
    shared = min(a.right, b.right) - max(a.left, b.left)
    above = shared >= 0.5 * min(a.width, b.width)
    small = min(a.height, b.height) < 0.45 * tall
    return (0.25 if above or small else 0.15) * tall


def _could_be_one(a: Piece, b: Piece, tall: float) -> bool:
    """Whether both together are no more than one digit, and not each of them is a whole one."""
    height = max(a.bottom, b.bottom) - min(a.top, b.top)
    width = max(a.right, b.right) - min(a.left, b.left)
    if height > 1.5 * tall or width > 1.3 * max(tall, height):
        return False
    beside = min(a.right, b.right) - max(a.left, b.left) < 0.6 * min(a.width, b.width)
    short = min(a.height, b.height) < 0.6 * min(height, tall)
    return short or not beside
