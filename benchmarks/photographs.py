"""Photographs of sheets of paper on which a number was written, rendered.

The digits are MNIST's, written by a pen of some width. The sheet has grain, lies in uneven
light, perhaps in the shadow of a hand or on a dark table, and is seen in perspective.
"""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

SHEET = (900, 1200)
GREY_LEVELS = 255


class Photograph(NamedTuple):
    """A picture, the number on it, and the box of each digit: top, left, bottom, right."""

    image: np.ndarray
    text: str
    boxes: np.ndarray


def photograph(images, labels, seed):
    """Render one photograph of digits drawn from `images`, (n, 28, 28)."""
    draw = np.random.default_rng(seed)
    ink, text, places = _written(images, labels, draw)
    light = _light(draw)
    pen, paper = draw.uniform(0.1, 0.45), draw.uniform(0.65, 0.95)
    sheet = paper * (1 + draw.uniform(0.005, 0.02) * _grain(draw))
    seen = light * (sheet + (pen - sheet) * ink)
    table = draw.uniform(0.05, 0.3)
    seen, owners = _seen_aslant(seen, places, table, draw)
    seen = ndimage.gaussian_filter(seen, draw.uniform(0.4, 1.6))
    seen = seen + draw.normal(0, draw.uniform(0.003, 0.03), seen.shape)
    boxes = [
        [rows.start, columns.start, rows.stop, columns.stop]
        for rows, columns in ndimage.find_objects(owners)
    ]
    image = np.round(GREY_LEVELS * np.clip(seen, 0, 1)).astype(np.uint8)
    return Photograph(image, text, np.array(boxes))


def _written(images, labels, draw):
    """Ink on a sheet, 0 to 1; the text; and whose ink it is, 1 for the first digit."""
    chosen = draw.integers(0, len(images), draw.integers(4, 8))
    height = draw.uniform(55, 110)
    ink, owners = np.zeros(SHEET), np.zeros(SHEET, dtype=int)
    pen = draw.uniform(-0.25, 0.25)  # where the digits' blurred edges are cut: thin or thick
    width = len(chosen) * 1.1 * height
    top = draw.uniform(0.15, 0.7) * SHEET[0]
    left = draw.uniform(60, max(70, SHEET[1] - width - 100))
    slope = draw.normal(0, 0.03)
    for k, index in enumerate(chosen, start=1):
        digit = ndimage.zoom(images[index] / 255.0, height / 20, order=3)
        digit = np.clip(0.5 + (digit - 0.5 + pen) * 3, 0, 1)
        inside = ndimage.find_objects((digit > 0.5).astype(int))[0]
        digit = digit[inside]
        at = round(top + slope * left + draw.normal(0, 0.05) * height - len(digit) / 2)
        place = np.s_[at : at + len(digit), round(left) : round(left) + digit.shape[1]]
        ink[place] = np.maximum(ink[place], digit)
        owners[place][digit > 0.5] = k
        left += digit.shape[1] + draw.uniform(0.2, 0.6) * height
    pressure = ndimage.gaussian_filter(draw.normal(size=SHEET), 0.2 * height)
    ink = ink * np.clip(1 - draw.uniform(0, 0.2) * (1 + pressure / pressure.std()), 0.3, 1)
    return ink, "".join(str(labels[k]) for k in chosen), owners


def _grain(draw):
    """Paper's grain, of standard deviation 1."""
    fine, coarse = draw.normal(size=SHEET), ndimage.gaussian_filter(draw.normal(size=SHEET), 3)
    return (fine + coarse / coarse.std()) / np.sqrt(2)


def _light(draw):
    """A lamp at one side, corners that are darker, and perhaps a shadow from one edge."""
    rows, columns = (np.indices(SHEET) / np.array(SHEET)[:, None, None]) - 0.5
    turn = draw.uniform(0, 2 * np.pi)
    light = 1 - draw.uniform(0, 0.4) * (0.5 + rows * np.cos(turn) + columns * np.sin(turn))
    light *= 1 - draw.uniform(0, 0.8) * (rows**2 + columns**2)
    if draw.random() < 0.5:
        turn, edge = draw.uniform(0, 2 * np.pi), draw.uniform(0.2, 0.45)
        along = rows * np.cos(turn) + columns * np.sin(turn)
        soft = draw.uniform(0.003, 0.05)
        light *= 1 - draw.uniform(0.2, 0.7) / (1 + np.exp((edge - along) / soft))
    return light


def _seen_aslant(sheet, owners, table, draw):
    """The sheet, and whose ink it is, as a camera sees them that does not look from above."""
    corners = np.array([[0, 0], [0, 1], [1, 1], [1, 0]]) * np.subtract(SHEET, 1)
    moved = corners + draw.normal(0, 0.03, (4, 2)) * np.array(SHEET)
    rows = []
    for (y, x), (v, u) in zip(corners, moved, strict=True):  # where each pixel comes from
        rows += [[y, x, 1, 0, 0, 0, -v * y, -v * x], [0, 0, 0, y, x, 1, -u * y, -u * x]]
    h = np.append(np.linalg.solve(np.array(rows, dtype=float), moved.ravel()), 1).reshape(3, 3)
    y, x = np.indices(SHEET)
    v, u, w = np.tensordot(h, np.stack([y, x, np.ones(SHEET)]), axes=1)
    places = [v / w, u / w]
    seen = ndimage.map_coordinates(sheet, places, order=1, cval=table)
    return seen, ndimage.map_coordinates(owners, places, order=0)
