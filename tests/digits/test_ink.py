"""What is ink in a photograph and what is not: composed pictures of each hindrance."""

import numpy as np
import pytest
from scipy import ndimage
from test_digits import BOXES, found_by, page, strokes

from sknn_basic.digits import split_digits
from sknn_basic.digits.paper.picture import shrunk

LARGE = 3
TRUE = BOXES * LARGE + np.array([60, 80, 60, 80])


def sheet():
    """Ink, 0 to 1, of a seven, a one and a zero on a wide page."""
    ink = strokes().repeat(LARGE, axis=0).repeat(LARGE, axis=1)
    return ndimage.gaussian_filter(np.pad(ink, ((60, 160), (80, 120))), 1.0)


def all_are_found(image, true=TRUE):
    """Whether the digits are found and nothing else."""
    boxes = split_digits(image).boxes
    return [found_by(boxes, box) for box in true] == list(range(len(true))) and len(
        boxes
    ) == len(true)


def noisy(image, sigma, seed=0):
    return image + np.random.default_rng(seed).normal(0, sigma, image.shape)


# --- what is beside the paper, and how it is lit --------------------------------------------


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("dark", [20, 80])
def test_a_shadow_or_a_thing_that_reaches_in_from_the_edge(turn, dark):
    image = np.rot90(page(sheet()).astype(float), turn)
    height = len(image)
    rows, columns = np.indices(image.shape)
    away = np.hypot(np.maximum(rows - height, -90) + 60, np.maximum(200 - columns, 0))
    thing = ndimage.gaussian_filter(((rows > height - 90) & (away < 120)).astype(float), 1.5)
    image = np.rot90(image + thing * (dark - image), -turn)
    assert all_are_found(noisy(image, 3))


@pytest.mark.parametrize("corner", range(4))
def test_a_dark_corner(corner):
    image = page(sheet()).astype(float)
    height, width = image.shape
    rows, columns = np.indices(image.shape)
    rows = rows if corner < 2 else height - 1 - rows
    columns = columns if corner % 2 else width - 1 - columns
    image[rows / 90 + columns / 30 < 1] = 30
    assert all_are_found(noisy(image, 2))


def test_a_digit_that_the_edge_meets_stays():
    image = page(strokes())[18:, 20:]
    assert len(split_digits(image).boxes) == 3


@pytest.mark.parametrize("seed", range(3))
def test_a_dim_noisy_photograph_with_dark_corners(seed):
    ink = sheet()
    rows, columns = ((np.arange(n) - n / 2) / n for n in ink.shape)
    light = 1 - 0.8 * np.add.outer(rows**2, columns**2)
    image = noisy(70 * light * (1 - 0.25 * ink), 5, seed)
    assert all_are_found(np.round(np.clip(image, 0, 255)).astype(np.uint8))


def test_ink_that_is_hardly_darker_than_paper():
    ink = sheet()
    rows, columns = ((np.arange(n) - n / 2) / n for n in ink.shape)
    light = 1 - 0.6 * np.add.outer(rows**2, columns**2)
    image = noisy(200 * light * (1 - 0.05 * ink), 2.0)
    assert all_are_found(np.round(image).astype(np.uint8))


@pytest.mark.parametrize("place", [np.s_[:, 440:560], np.s_[100:160, :], np.s_[180:, :]])
def test_parts_that_are_faint_belong_to_their_digits(place):
    ink = sheet()
    ink[place] *= 0.4
    assert all_are_found(page(ink))
    assert all_are_found(noisy(page(ink), 3))


def test_a_faint_part_is_as_dark_as_the_rest():
    ink = sheet()
    whole = split_digits(page(ink)).images[2]
    ink[150:, 400:] *= 0.45
    image = split_digits(page(ink)).images[2]
    assert image[14:].sum() > 0.75 * whole[14:].sum()


# --- boxes, cells, lines --------------------------------------------------------------------


def boxed(digits="xxx", room=20, thick=3, dark=1.0):
    """A seven, a one and a zero with a box around each, or an empty box; and true boxes."""
    ink, true = np.zeros((40 + 2 * room + 60, 150 * len(digits) + 40)), []
    parts = [strokes()[t:b, x:y] for t, x, b, y in BOXES]
    for k, digit in enumerate(digits):
        left = 20 + 150 * k
        box = np.s_[20 : 20 + 100, left : left + 100]
        frame = ink[box]
        frame[:thick] = frame[-thick:] = frame[:, :thick] = frame[:, -thick:] = dark
        if digit == "x":
            part = parts[k % 3]
            top, at = 20 + (100 - len(part)) // 2, left + (100 - part.shape[1]) // 2
            ink[top : top + len(part), at : at + part.shape[1]] = part
            true.append([top, at, top + len(part), at + part.shape[1]])
    return ink, np.array(true)


@pytest.mark.parametrize("digits", ["xxx", "x", "x x x", "xxxxxx", " x  x"])
@pytest.mark.parametrize("thick", [1, 3, 6])
def test_a_box_around_each_digit(digits, thick):
    ink, true = boxed(digits, thick=thick)
    assert all_are_found(page(ink), true)


@pytest.mark.parametrize("dark", [0.4, 0.7])
def test_boxes_may_be_lighter_than_the_digits(dark):
    ink, true = boxed(dark=dark)
    assert all_are_found(page(ink), true)


def test_a_digit_may_meet_its_box():
    ink, true = boxed("xxx")
    ink[118 - 47 : 118, 20 + 150 + 47 : 20 + 150 + 53] = 1  # the one stands on its box
    boxes = split_digits(page(ink)).boxes
    assert len(boxes) == 3
    assert [found_by(boxes, box) for box in true[[0, 2]]] == [0, 2]


@pytest.mark.parametrize("turn", [-3, 3])
def test_boxes_may_be_turned_a_little(turn):
    ink, _ = boxed("xx x", thick=3)
    turned = ndimage.rotate(np.pad(ink, 30), turn, order=1, reshape=False)
    assert len(split_digits(page(np.clip(turned, 0, 1))).boxes) == 3


@pytest.mark.parametrize("cells", ["xxx", "x x", " xx "])
def test_the_cells_of_a_form(cells):
    ink = np.zeros((140, 100 * len(cells) + 43))
    ink[20:23, 20:-20] = ink[117:120, 20:-20] = 1
    true, parts = [], [strokes()[t:b, x:y] for t, x, b, y in BOXES]
    for k in range(len(cells) + 1):
        ink[20:120, 20 + 100 * k : 23 + 100 * k] = 1
    for k, cell in enumerate(cells):
        if cell == "x":
            part, left = parts[k % 3], 20 + 100 * k + 35
            ink[50 : 50 + len(part), left : left + part.shape[1]] = part
            true.append([50, left, 50 + len(part), left + part.shape[1]])
    assert all_are_found(page(ink), true)


def test_a_digit_may_meet_the_lines_of_its_cell():
    ink = np.zeros((140, 443))
    ink[20:23, 20:-20] = ink[117:120, 20:-20] = 1
    for k in range(5):
        ink[20:120, 20 + 100 * k : 23 + 100 * k] = 1
    for k in range(4):
        ink[45:95, 65 + 100 * k : 71 + 100 * k] = 1
    ink[45:120, 165:171] = 1
    boxes = split_digits(page(ink)).boxes
    assert np.abs(boxes[:, 1] - [65, 165, 265, 365]).max() <= 1


def test_a_loop_is_no_box():
    ink = np.zeros((120, 220))
    rows, columns = np.indices(ink.shape)
    for k, (a, b) in enumerate([(40, 25), (40, 15), (40, 35)]):
        away = np.hypot((rows - 60) / a, (columns - 40 - 70 * k) / b)
        ink[(away < 1) & (away > 0.75)] = 1
    assert len(split_digits(page(ink)).boxes) == 3


@pytest.mark.parametrize("grey", [140, 180, 215])
@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize("thick", [1, 2])
def test_ruled_and_squared_paper(grey, squared, thick):
    image = page(sheet(), paper=240).astype(float)
    lined = np.full(image.shape, 240.0)
    for k in range(thick):
        lined[20 + k :: 45] = grey
        if squared:
            lined[:, 30 + k :: 45] = grey
    assert all_are_found(noisy(np.minimum(image, lined), 2))


def test_digits_one_below_the_other():
    ink = strokes()
    parts = [np.pad(ink[t:b, x:y], ((0, 0), (10, 60 - (y - x)))) for t, x, b, y in BOXES] * 2
    column = np.vstack([np.pad(part, ((12, 12), (0, 0))) for part in parts])
    digits = split_digits(page(np.pad(column, 20)))
    assert len(digits.boxes) == 6
    assert digits.lines.tolist() == list(range(6))
    assert np.all(np.diff(digits.boxes[:, 0]) > 0)


@pytest.mark.parametrize("factor", [1, 2, 3, 5])
@pytest.mark.parametrize("kind", [np.uint8, np.float64, np.bool_])
def test_a_shrunk_picture_has_the_mean_of_every_block(factor, kind):
    """Those at the far edges are smaller where the factor does not divide the sides."""
    layer = (np.random.default_rng(factor).random((13, 20)) * 255).astype(kind)
    small = shrunk(layer, factor)
    assert small.dtype == np.float64
    assert small.shape == (-(-13 // factor), -(-20 // factor))
    for y, x in np.ndindex(small.shape):
        block = layer[y * factor : (y + 1) * factor, x * factor : (x + 1) * factor]
        np.testing.assert_allclose(small[y, x], block.mean(), rtol=1e-12)
