"""A picture as it comes: from a file, in colour or grey, of any type; checked and made grey."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sknn_basic._types import Floats

SIDE = 1500
"""A picture with more than SIDE² pixels is shrunk by block means first."""

LUMINANCE = (0.299, 0.587, 0.114)
"""How bright red, green and blue look (ITU-R BT.601)."""


def open_image(path: str | Path) -> npt.NDArray[np.uint8]:
    """Open an image file, turned as its EXIF orientation says.

    Parameters
    ----------
    path : str or path-like
        Any format that Pillow reads. Of several frames the first is taken that is not blank.

    Returns
    -------
    image : ndarray of shape (height, width) or (height, width, 3 or 4)
        8-bit grey, RGB or RGBA.

    Raises
    ------
    ImportError
        If Pillow is not installed: ``python -m pip install pillow``.
    OSError
        If there is no such file, or it cannot be read.
    ValueError
        If the file is no image, is damaged, or is so large that it may be a decompression
        bomb.

    Examples
    --------
    >>> from sknn_basic.digits import open_image
    >>> open_image("a number.png")  # doctest: +SKIP
    """
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError as error:
        raise ImportError(
            "Opening an image file needs Pillow, which is not installed: "
            "python -m pip install pillow"
        ) from error
    most = 2 * (Image.MAX_IMAGE_PIXELS or 2**27)
    bad = (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError)
    with open(path, "rb") as file:
        try:
            with Image.open(file) as image:
                if image.width * image.height > most // 2:
                    raise ValueError(f"more than {most // 2} pixels")
                return _as_bytes(ImageOps.exif_transpose(_first_with_ink(image)))
        except bad as error:
            unknown = isinstance(error, UnidentifiedImageError)
            why = "it is in none of the formats that Pillow knows" if unknown else error
            raise ValueError(
                f"{str(path)!r} is no image that can be read: {why}. Save it as PNG or JPEG."
            ) from error
        except OSError as error:  # Pillow's word for a file that ends too early
            raise OSError(f"{str(path)!r} is a damaged image: {error}") from error


def _first_with_ink(image: Any) -> Any:
    """A Pillow image, at the first of its frames that is not of one colour."""
    for k in range(getattr(image, "n_frames", 1)):
        image.seek(k)
        if any(low < high for low, high in _extrema(image)):
            return image
    image.seek(0)
    return image


def _extrema(image: Any) -> Any:
    """The least and the greatest value of each band."""
    image = image.convert("RGB") if image.mode == "P" else image
    extrema = image.getextrema()
    return extrema if isinstance(extrema[0], tuple) else [extrema]


def _as_bytes(image: Any) -> npt.NDArray[np.uint8]:
    """The pixels of a Pillow image as 8-bit grey, RGB or RGBA."""
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits and more
        values = np.asarray(image, dtype=float)
        if not np.isfinite(values).all():
            raise ValueError("image must hold finite numbers only, got NaN or infinity.")
        low, span = values.min(), np.ptp(values)
        return np.round((values - low) * (255 / (span or 1))).astype(np.uint8)
    if image.mode not in ("L", "RGB", "RGBA"):
        clear = "A" in image.getbands() or "transparency" in image.info
        grey = image.mode == "1"
        image = image.convert("RGBA" if clear else "L" if grey else "RGB")
    return np.asarray(image)


def as_grey(image: Any) -> tuple[Floats, int]:
    """A checked picture in grey, and by which factor it was shrunk.

    Parameters
    ----------
    image : array-like of shape (height, width) or (height, width, 1, 3 or 4)

    Returns
    -------
    grey : ndarray of shape (ceil(height / factor), ceil(width / factor))
        From 0 to 1, which the darkest and the brightest pixel have.
    factor : int

    Raises
    ------
    TypeError
        If it does not hold numbers.
    ValueError
        If it has another shape or holds NaN or infinity, and if all pixels are alike.
    """
    pixels = _checked(image)
    factor = max(1, int(np.ceil(np.sqrt(pixels.shape[0] * pixels.shape[1]) / SIDE)))
    most = _full(pixels)
    layers = [shrunk(pixels[..., k], factor) / most for k in range(pixels.shape[2])]
    grey = layers[0]
    if len(layers) >= 3:
        grey = sum(share * layer for share, layer in zip(LUMINANCE, layers[:3], strict=True))
    if len(layers) == 4:
        grey = _on_paper(grey, np.clip(layers[3], 0.0, 1.0))
    low, span = grey.min(), np.ptp(grey)
    if span <= 1e-6 * max(1.0, np.abs(grey).max()):
        raise ValueError("image must show ink on a background, but all its pixels are alike.")
    return (grey - low) / span, factor


def _checked(image: Any) -> npt.NDArray[Any]:
    """`image` as a three-dimensional array of real numbers; not a copy if it is an array."""
    pixels = np.asarray(image)
    if pixels.dtype.kind not in "buif":
        raise TypeError(f"image must be an array of real numbers, got dtype {pixels.dtype}.")
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3, 4):
        raise ValueError(
            "image must have shape (height, width) or (height, width, channels) with 1, 3 or "
            f"4 channels, got {np.shape(image)}."
        )
    if pixels.size == 0:
        raise ValueError(f"image must have pixels, got shape {np.shape(image)}.")
    if pixels.dtype.kind == "f" and not all(np.isfinite(row).all() for row in pixels):
        raise ValueError("image must hold finite numbers only, got NaN or infinity.")
    return pixels


def _full(pixels: npt.NDArray[Any]) -> float:
    """What counts as 1: the largest byte or 16-bit word, else the largest number or 1."""
    if pixels.dtype in (np.uint8, np.uint16):
        return float(np.iinfo(pixels.dtype).max)
    return max(1.0, float(pixels.max()), -float(pixels.min()))


def shrunk(layer: npt.NDArray[Any], factor: int) -> Any:
    """Means of blocks of factor × factor pixels; those at the far edges may be smaller."""
    if factor == 1:
        return layer.astype(np.float64)
    for _ in range(2):  # the rows, then what were the columns
        sums = np.zeros((-(-len(layer) // factor), layer.shape[1]))
        sizes = np.zeros((len(sums), 1))
        for k in range(factor):
            rows = layer[k::factor]
            sums[: len(rows)] += rows
            sizes[: len(rows)] += 1.0
        layer = (sums / sizes).T
    return np.ascontiguousarray(layer)


def _on_paper(grey: Any, alpha: Any) -> Any:
    """`grey` where it is opaque, laid on what sets it off where it is transparent."""
    if alpha.min() == 1.0 or alpha.max() == 0.0:
        return grey * alpha
    typical = np.median(grey[alpha > 0.5]) if np.any(alpha > 0.5) else grey.mean()
    paper = typical if np.mean(alpha) > 0.5 else float(typical < 0.5)
    return alpha * grey + (1 - alpha) * paper
