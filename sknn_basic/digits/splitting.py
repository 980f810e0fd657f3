"""From a picture to one image a digit, in reading order."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sknn_basic._classifiers.runtime import SINGLE_THREAD
from sknn_basic._types import Floats
from sknn_basic.digits.cuts import separated
from sknn_basic.digits.lattice import Prices, lattice
from sknn_basic.digits.paper.frames import without_lines
from sknn_basic.digits.paper.ink import EVERY_SIDE, Ink, find_ink
from sknn_basic.digits.paper.picture import as_grey
from sknn_basic.digits.pieces import Piece, find_pieces
from sknn_basic.digits.prepare import as_counts, as_mnist
from sknn_basic.digits.rows import in_rows

Preparation: TypeAlias = Callable[[Floats], Floats]
Rows: TypeAlias = list[list[Piece]]
Choice: TypeAlias = Callable[[Rows, Ink, Preparation], tuple[Rows, Floats]]
Judge: TypeAlias = Callable[[Floats], Floats]

PREPARATIONS: dict[tuple[int, ...], Preparation] = {(28, 28): as_mnist, (8, 8): as_counts}


class Digits(NamedTuple):
    """The digits of a picture in reading order.

    Parameters
    ----------
    images : ndarray of shape (n, 28, 28) or (n, 8, 8)
        Bright on dark: from 0 to 1, or counts from 0 to 16.
    boxes : ndarray of int of shape (n, 4)
        Top, left, bottom and right of each digit's ink in pixels of the picture; bottom
        and right are one beyond.
    lines : ndarray of int of shape (n,)
        The row of writing in which each digit stands, from 0.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_basic.digits import split_digits
    >>> paper = np.full((60, 90), 255, dtype=np.uint8)
    >>> paper[10:50, 20:24] = paper[10:50, 60:64] = 0
    >>> images, boxes, lines = split_digits(paper, shape=(8, 8))
    >>> images.shape, lines
    ((2, 8, 8), array([0, 0]))
    """

    images: Floats
    boxes: npt.NDArray[np.int_]
    lines: npt.NDArray[np.int_]


def split_digits(image: npt.ArrayLike, *, shape: tuple[int, int] = (28, 28)) -> Digits:
    """Cut the picture of a handwritten number into one image a digit.

    Dark ink on light paper or light on dark, in any light; specks, noise and frames are
    left out, broken digits joined, and digits that touch are cut where little ink is.

    Parameters
    ----------
    image : array-like of shape (height, width) or (height, width, 1, 3 or 4)
        Grey, RGB or RGBA; integers, floats or bools. It is not changed. Digits should be at
        least 12 pixels tall; a picture of more than 1500 × 1500 pixels is shrunk first.
    shape : {(28, 28), (8, 8)}, default=(28, 28)
        (28, 28): prepared like MNIST, from 0 to 1. (8, 8): like
        `sklearn.datasets.load_digits`, from 0 to 16.

    Returns
    -------
    digits : Digits
        Named tuple of `images`, `boxes` and `lines`.

    Raises
    ------
    TypeError
        If the image does not hold numbers.
    ValueError
        For an image of another shape, with NaN or infinity, or in which there is no ink; for
        another `shape`.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_basic.digits import split_digits
    >>> paper = np.full((60, 90), 255, dtype=np.uint8)
    >>> paper[10:50, 20:24] = paper[10:50, 60:64] = 0
    >>> digits = split_digits(paper)
    >>> digits.images.shape
    (2, 28, 28)
    >>> digits.boxes
    array([[10, 20, 50, 24],
           [10, 60, 50, 64]])
    """
    return split(image, shape, separate)


def split(image: npt.ArrayLike, shape: tuple[int, int], choose: Choice) -> Digits:
    """`split_digits` with any way to choose the cuts, the same whatever BLAS's threads are."""
    return SINGLE_THREAD.run(_split, image, shape, choose)


def _split(image: npt.ArrayLike, shape: tuple[int, int], choose: Choice) -> Digits:
    prepare = _preparation(shape)
    grey, factor = as_grey(image)
    ink, again = find_ink(grey)
    factor *= again
    pieces = find_pieces(without_lines(ink), ink.stroke)
    if not pieces:
        raise ValueError("image must show digits, but there are only specks and lines in it.")
    found, images = choose(in_rows(pieces), ink, prepare)
    boxes = [np.multiply(piece.box, factor) for row in found for piece in row]
    size = np.shape(image)[:2]
    return Digits(
        images,
        np.minimum(boxes, size * 2),
        np.repeat(np.arange(len(found)), [len(row) for row in found]),
    )


def separate(rows: Rows, ink: Ink, prepare: Preparation) -> tuple[Rows, Floats]:
    """Digits cut where little ink is, and their images."""
    rows = [separated(row, ink.stroke) for row in rows]
    pieces = [piece for row in rows for piece in row]
    return rows, np.stack([prepare(image) for image in _own_ink(ink, pieces)])


def by_judgement(judge: Judge, prices: Prices) -> Choice:
    """The choice of cuts that a classifier judges, given its −log P of images' best digits."""

    def choose(rows: Rows, ink: Ink, prepare: Preparation) -> tuple[Rows, Floats]:
        taken = np.zeros(ink.mask.shape, dtype=bool)
        for row in rows:
            for piece in row:
                taken[tuple(piece.pixels.T)] = True
        lattices = [lattice(row, ink, taken) for row in rows]
        images = np.stack([prepare(edge.digit) for one in lattices for edge in one.edges])
        ends = np.cumsum([len(one.edges) for one in lattices])
        doubts = np.split(judge(images), ends[:-1])
        chosen = [one.best(doubt, prices) for one, doubt in zip(lattices, doubts, strict=True)]
        found = [
            [Piece(one.edges[k].pixels) for k in edges]
            for one, edges in zip(lattices, chosen, strict=True)
        ]
        firsts = ends - [len(one.edges) for one in lattices]
        which = np.concatenate([k + np.array(e) for k, e in zip(firsts, chosen, strict=True)])
        return found, images[which]

    return choose


def _preparation(shape: Any) -> Any:
    try:
        return PREPARATIONS[tuple(shape)]
    except (KeyError, TypeError):
        raise ValueError(f"shape must be (28, 28) or (8, 8), got {shape!r}.") from None


def _own_ink(ink: Ink, pieces: list[Piece]) -> list[Floats]:
    """The ink of each piece with its grey edge and without its neighbours', cropped."""
    owners = np.zeros(ink.mask.shape, dtype=np.intp)
    for k, piece in enumerate(pieces, start=1):
        owners[tuple(piece.pixels.T)] = k
    return [_cropped(ink, owners, k, piece) for k, piece in enumerate(pieces, start=1)]


def _cropped(ink: Ink, owners: npt.NDArray[np.intp], number: int, piece: Piece) -> Floats:
    around = np.s_[
        max(piece.top - 2, 0) : piece.bottom + 2, max(piece.left - 2, 0) : piece.right + 2
    ]
    own = owners[around] == number
    edge = ndimage.binary_dilation(own, EVERY_SIDE) & (owners[around] == 0)
    digit = np.where(own | edge, ink.strength[around], 0.0)
    seen = own | (digit > 0.2)
    rows, columns = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
    return digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
