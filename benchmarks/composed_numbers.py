"""Pictures of handwritten numbers, composed from pictures of single digits.

Height, slant, gaps, broken strokes, paper, shadow, noise, specks, frames and polarity are
drawn at random; the text and the box of every digit are known. Contrast and noise go down to
what a bad photograph has: nothing is left out because it would be hard to read.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import ndimage


class Picture(NamedTuple):
    """A composed picture and what it shows.

    image: (height, width) or (height, width, 3) of uint8. text: one line of text per row of
    writing. boxes: (n, 4), top, left, bottom, right of each digit's ink in reading order.
    touches: (n,) of bool, whether the digit's ink meets that of a neighbour. features: what
    was drawn besides the digits.
    """

    image: np.ndarray
    text: str
    boxes: np.ndarray
    touches: np.ndarray
    features: tuple


@dataclass(frozen=True)
class Options:
    """What may happen. Probabilities, and the ranges that are drawn from."""

    touching: bool = False
    n_lines: int = 1
    n_digits: tuple = (3, 8)
    height: tuple = (26, 80)
    frame: float = 0.35
    shadow: float = 0.4
    colour: float = 0.15
    broken: float = 0.05
    noise: float = 0.1


def compose(images, labels, seed, **options):
    """Compose one picture from digits drawn from `images`, (n, 28, 28) or (n, 8, 8)."""
    draw, options = np.random.default_rng(seed), Options(**options)
    height = draw.uniform(*options.height)
    rows = [_row(images, labels, height, draw, options) for _ in range(options.n_lines)]
    ink, boxes = _stack([row[0] for row in rows], [row[1] for row in rows], height, draw)
    features = []
    if draw.random() < options.frame:
        ink = _framed(ink, boxes, height, draw, features)
    image = _photographed(ink, height, draw, options, features)
    text = "\n".join(row[2] for row in rows)
    return Picture(image, text, boxes, np.concatenate([row[3] for row in rows]), features)


# --- the writing -------------------------------------------------------------------------


def _row(images, labels, height, draw, options):
    """Ink of one row of digits, their boxes, the text and which of them touch."""
    chosen = draw.integers(0, len(images), draw.integers(*options.n_digits, endpoint=True))
    slant = draw.uniform(-0.15, 0.25)
    digits = [_written(images[k], height, slant, draw, options) for k in chosen]
    touch = draw.random(len(digits) - 1) < (0.6 if options.touching else 0.0)
    kerned = draw.random() < 0.3
    tops = [draw.normal(0, 0.04) * height + (height - len(ink)) / 2 for ink in digits]
    tops = np.round(tops + draw.normal(0, 0.05) * height * np.arange(len(digits))).astype(int)
    places = [(tops[0], 0)]
    for k, ink in enumerate(digits[1:]):
        drop = tops[k + 1] - tops[k]
        step = _advance(digits[k], ink, drop, (touch[k], kerned), height, draw)
        places.append((tops[k + 1], places[-1][1] + step))
    ink, boxes, meets = _pasted(digits, places)
    return ink, boxes, "".join(str(labels[k]) for k in chosen), meets


def _written(image, height, slant, draw, options):
    """The ink of one digit, 0 to 1, cropped: scaled, slanted, turned, perhaps broken."""
    source = image / image.max()
    source = source[_slices(source > 0.3)]
    source = np.pad(source, 1)
    scale = height * draw.uniform(0.8, 1.2) / (len(source) - 2)
    stretch = draw.uniform(0.85, 1.15)
    shear, turn = slant + draw.normal(0, 0.05), draw.normal(0, 0.04)
    rotate = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    forward = np.diag([scale, scale * stretch]) @ rotate @ np.array([[1, 0], [-shear, 1]])
    size = np.ceil(np.abs(forward) @ source.shape).astype(int) + 4
    back = np.linalg.inv(forward)
    offset = (np.array(source.shape) - 1) / 2 - back @ ((size - 1) / 2)
    smooth = 3 if scale > 1 else 1
    ink = ndimage.affine_transform(source, back, offset, tuple(size), order=smooth)
    if scale > 1.5:  # a pen's edge is sharp, however large the digit was drawn
        ink = (ink - 0.5) * min(scale, 3.0) / 1.5 + 0.5
    ink = np.clip(ink, 0, 1)
    if draw.random() < options.broken:
        ink = _broken(ink, height, draw)
    return ink[_slices(ink > 0.4)]


def _broken(ink, height, draw):
    """`ink` with a gap where a line of random direction crosses it."""
    rows, columns = np.indices(ink.shape)
    angle = draw.uniform(0, np.pi)
    inside = draw.uniform(0.3, 0.7, 2) * ink.shape
    away = np.abs((rows - inside[0]) * np.cos(angle) + (columns - inside[1]) * np.sin(angle))
    gap = draw.uniform(0.02, 0.05) * height
    return ink * np.clip(away - gap / 2 + 0.5, 0, 1)


def _slices(mask):
    return ndimage.find_objects(mask.astype(int))[0]


def _advance(before, after, drop, how, height, draw):
    """How far right of its neighbour's left edge a digit begins that lies `drop` lower."""
    touch, kerned = how
    if not touch and not kerned:
        return before.shape[1] + max(3, round(draw.uniform(0.05, 0.5) * height))
    near = _nearest(before > 0.2, after > 0.2, drop, 0 if touch else 3)
    if touch:
        return near - round(draw.uniform(0.0, 0.1) * height)
    return near + max(3, round(draw.uniform(0.06, 0.25) * height))


def _nearest(before, after, drop, reach):
    """The offset at which the first ink of `after` meets `before`, seen `reach` rows far."""
    first = min(0, drop) - reach
    size = max(len(before), len(after) + drop) + reach - first
    right, left = np.full(size, -np.inf), np.full(size, np.inf)
    for k in np.flatnonzero(before.any(axis=1)):
        right[k - first] = np.flatnonzero(before[k])[-1]
    for k in np.flatnonzero(after.any(axis=1)):
        left[k + drop - first] = np.flatnonzero(after[k])[0]
    right = ndimage.maximum_filter1d(right, 2 * reach + 1)
    return max(int(np.max(right - left)), round(0.3 * before.shape[1]))


def _pasted(digits, places):
    """One array with all digits at their places (top, left), their boxes, and who touches."""
    corners = np.array(places)
    corners -= corners.min(axis=0)
    sizes = np.array([ink.shape for ink in digits])
    boxes = np.hstack([corners, corners + sizes])
    page = np.zeros(boxes[:, 2:].max(axis=0))
    owners = np.zeros(page.shape, dtype=int)
    meets = np.zeros(len(digits), dtype=bool)
    for k, (ink, (top, left, bottom, right)) in enumerate(zip(digits, boxes, strict=True)):
        part = page[top:bottom, left:right]
        np.maximum(part, ink, out=part)
        shape = ndimage.binary_dilation(np.pad(ink > 0.2, ((top, 0), (left, 0))))
        met = np.unique(owners[:bottom, :right][shape])
        meets[[k, *(met[met > 0] - 1)]] |= met.any()
        owners[:bottom, :right][shape] = k + 1
    return page, boxes, meets


def _stack(rows, boxes, height, draw):
    """Rows of writing below each other with a margin, and the boxes on that page."""
    margin = np.round(height * draw.uniform(0.15, 1.0, 4)).astype(int)
    width = max(row.shape[1] for row in rows)
    page, moved, top = [], [], margin[0]
    for row, box in zip(rows, boxes, strict=True):
        left = int(draw.integers(0, width - row.shape[1] + 1))
        moved.append(box + np.array([top, margin[1] + left] * 2))
        gap = round(height * draw.uniform(0.3, 0.8))
        page.append(np.pad(row, ((0, gap), (left, width - row.shape[1] - left))))
        top += len(page[-1])
    page = np.vstack(page)[:-gap]
    return np.pad(page, [margin[[0, 2]], margin[[1, 3]]]), np.vstack(moved)


# --- the paper ---------------------------------------------------------------------------


def _framed(ink, boxes, height, draw, features):
    """`ink` with a rectangle around the writing, which often touches it."""
    touching = draw.random() < 0.4
    features.append("touching frame" if touching else "frame")
    room = height * (draw.uniform(-0.04, 0.03, 4) if touching else draw.uniform(0.12, 0.4, 4))
    if touching:
        room[draw.permutation(4)[: draw.integers(0, 4)]] = height * 0.2
    thick = max(1.0, height * draw.uniform(0.02, 0.08))
    least, most = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    grown = np.maximum(0, np.ceil(np.r_[room[:2] - least, room[2:] - (ink.shape - most)]))
    extra = grown.astype(int) + int(np.ceil(thick)) + 3
    page = np.pad(ink, [extra[[0, 2]], extra[[1, 3]]])
    boxes += np.tile(extra[:2], 2)
    least, most = boxes[:, :2].min(axis=0) - room[:2], boxes[:, 2:].max(axis=0) + room[2:]
    rows, columns = np.indices(page.shape).astype(float)
    turn = draw.normal(0, 0.006)
    center = (least + most) / 2
    rows, columns = (
        rows - center[0] + turn * (columns - center[1]),
        columns - center[1] - turn * (rows - center[0]),
    )
    half = (most - least) / 2 + thick / 2
    outside = np.maximum(np.abs(rows) - half[0], np.abs(columns) - half[1])
    return np.maximum(page, np.clip(thick / 2 + 0.5 - np.abs(outside), 0, 1))


def _photographed(ink, height, draw, options, features):
    """A picture of the ink: paper, shadow, noise, specks, polarity, 8 bits."""
    ink = _specked(ink, height, draw, features)
    ink = ndimage.gaussian_filter(
        ink * _pressure(ink.shape, height, draw), draw.uniform(0, 0.8)
    )
    light = _light(ink.shape, draw, options, features)
    paper, pen = draw.uniform(0.7, 1.0), draw.uniform(0.0, 0.3)
    image = light * (paper + (pen - paper) * ink)
    noise = draw.uniform(0, options.noise)
    image = image + draw.normal(0, noise, image.shape)
    if draw.random() < 0.5:
        image = 1 - image
        features.append("light on dark")
    if draw.random() < options.colour:
        tint = draw.uniform(0.8, 1.0, 3)
        image = image[..., None] * tint / tint.max()
    return np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)


def _specked(ink, height, draw, features):
    """`ink` with dots of dirt, none of them larger than a tenth of a digit."""
    ink, count = ink.copy(), int(draw.integers(0, 25) * (draw.random() < 0.5))
    if count:
        features.append("specks")
    for top, left in draw.integers(0, ink.shape, (count, 2)):
        radius = draw.uniform(0.3, 1.0) * max(1.0, 0.04 * height)
        reach = int(np.ceil(radius)) + 1
        part = ink[
            max(top - reach, 0) : top + reach + 1, max(left - reach, 0) : left + reach + 1
        ]
        rows, columns = np.indices(part.shape)
        away = np.hypot(rows - min(top, reach), columns - min(left, reach))
        np.maximum(part, np.clip(radius + 0.5 - away, 0, 1), out=part)
    return ink


def _pressure(shape, height, draw):
    """How dark the pen writes, place by place."""
    field = ndimage.gaussian_filter(draw.normal(size=shape), 0.2 * height)
    return np.clip(1 - draw.uniform(0, 0.15) * (1 + field / field.std()), 0.4, 1)


def _light(shape, draw, options, features):
    """How much light falls, 0 to 1: a gradient, and perhaps a shadow with a soft edge."""
    rows, columns = np.indices(shape) / np.max(shape)
    angle = draw.uniform(0, 2 * np.pi)
    along = rows * np.cos(angle) + columns * np.sin(angle)
    along = (along - along.min()) / np.ptp(along)
    light = 1 - draw.uniform(0, 0.35) * along
    if draw.random() < options.shadow:
        features.append("shadow")
        edge, width = draw.uniform(0.2, 0.8), draw.uniform(0.02, 0.2)
        light *= 1 - draw.uniform(0.1, 0.45) / (1 + np.exp((edge - along) / (0.25 * width)))
    return light
