"""One picture in every format and orientation that people have."""

import sys

import numpy as np
import pytest
from test_digits import BOXES, found_by, page, strokes

from sknn_basic.digits import open_image, split_digits

images = pytest.importorskip("PIL.Image")
features = pytest.importorskip("PIL.features")

GREY = page(strokes())
COLOUR = np.dstack([GREY, GREY // 2 + 60, GREY])
CLEAR = np.dstack([COLOUR, 255 - (GREY < 128) * np.uint8(0)])
INK_ON_NOTHING = np.dstack([COLOUR * 0, 250 - GREY])


def saved(pixels, mode=None, **options):
    """How to save the picture, given a path."""

    def save(path):
        image = images.fromarray(pixels)
        (image.convert(mode) if mode else image).save(path, **options)

    return save


def frames(*pictures, **options):
    def save(path):
        first, *rest = (images.fromarray(pixels) for pixels in pictures)
        first.save(path, save_all=True, append_images=rest, **options)

    return save


BLANK = np.full_like(GREY, 230)
FORMATS = {
    "grey.png": saved(GREY),
    "colour.png": saved(COLOUR),
    "alpha.png": saved(CLEAR),
    "ink on nothing.png": saved(INK_ON_NOTHING),
    "grey and alpha.png": saved(np.dstack([GREY, np.full_like(GREY, 255)])),
    "palette.png": saved(COLOUR, "P"),
    "bits.png": saved(GREY > 128),
    "16 bits.png": saved(GREY.astype(np.uint16) * 257),
    "grey.jpg": saved(GREY, quality=85),
    "colour.jpg": saved(COLOUR, quality=85),
    "cmyk.jpg": saved(COLOUR, "CMYK", quality=90),
    "colour.bmp": saved(COLOUR),
    "grey.tiff": saved(GREY),
    "cmyk.tiff": saved(COLOUR, "CMYK"),
    "16 bits.tiff": saved(GREY.astype(np.uint16) * 200),
    "floats.tiff": saved((GREY / 255).astype(np.float32)),
    "pages.tiff": frames(BLANK, GREY),
    "still.gif": saved(GREY),
    "blank first.gif": frames(BLANK, BLANK + 1, GREY, duration=50),
    "colour.webp": saved(COLOUR, quality=90),
    "colour.avif": saved(COLOUR, quality=90),
    "colour.jp2": saved(COLOUR),
    "grey.pgm": saved(GREY),
}
NEEDED = {"webp": "webp", "avif": "avif", "jp2": "jpg_2000"}


@pytest.mark.parametrize("name", FORMATS)
def test_the_digits_are_found_in_every_format(name, tmp_path):
    codec = NEEDED.get(name.rpartition(".")[2])
    if codec and codec not in features.get_supported():
        pytest.skip(f"this Pillow has no {codec}")
    FORMATS[name](tmp_path / name)
    boxes = split_digits(open_image(tmp_path / name)).boxes
    assert [found_by(boxes, box) for box in BOXES] == [0, 1, 2]
    assert len(boxes) == 3


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "tiff"])
def test_every_orientation_is_turned_back(orientation, ending, tmp_path):
    path, image = tmp_path / f"turned.{ending}", images.fromarray(GREY)
    stored = {2: [0], 3: [3], 4: [1], 5: [5], 6: [2], 7: [6], 8: [4]}.get(orientation, [])
    for method in stored:
        image = image.transpose(images.Transpose(method))
    exif = image.getexif()
    exif[0x0112] = orientation
    image.save(path, exif=exif)
    found = open_image(path).astype(float)
    assert found.shape == GREY.shape
    assert np.abs(found - GREY).mean() < 3


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.pdf", b"%PDF-1.7\n"),
        ("a.svg", b"<svg xmlns='x'/>"),
        ("a.heic", b"\0\0\0\x18ftypheic"),
    ],
)
def test_what_is_no_picture_of_pixels_is_refused_with_what_to_do(name, start, tmp_path):
    (tmp_path / name).write_bytes(start + bytes(100))
    with pytest.raises(ValueError, match=rf"{name}' is no image .*Save it as PNG or JPEG"):
        open_image(tmp_path / name)


def test_an_animation_without_any_ink_is_opened_and_says_so(tmp_path):
    frames(BLANK, BLANK - 1, duration=50)(tmp_path / "empty.gif")
    with pytest.raises(ValueError, match="all its pixels are alike"):
        split_digits(open_image(tmp_path / "empty.gif"))


def test_without_pillow_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match="python -m pip install pillow"):
        open_image("number.png")
