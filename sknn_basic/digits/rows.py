"""Reading order: which pieces stand in one row of writing, top to bottom, left to right."""

import numpy as np

from sknn_basic.digits.pieces import Piece


def in_rows(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces row by row, each row from left to right.

    From left to right every piece joins the row whose last pieces stand at its height, so a
    row may rise or fall.
    """
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=_middle):
        shared = [_shared_height(row, piece) for row in rows]
        if shared and max(shared) > 0.4:
            rows[int(np.argmax(shared))].append(piece)
        else:
            rows.append([piece])
    return sorted(rows, key=lambda row: float(np.mean([p.top + p.bottom for p in row])))


def _middle(piece: Piece) -> float:
    return piece.left + piece.right


def _shared_height(row: list[Piece], piece: Piece) -> float:
    """The part of the lower of the two, row's end and piece, that is at the same height."""
    top = float(np.mean([p.top for p in row[-2:]]))
    bottom = float(np.mean([p.bottom for p in row[-2:]]))
    shared = min(bottom, piece.bottom) - max(top, piece.top)
    return shared / min(bottom - top, piece.height)
