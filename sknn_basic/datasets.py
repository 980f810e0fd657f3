"""MNIST, the handwritten digits of the book: from files that are there, or fetched.

Its four files have the IDX format: two zero bytes, the type of the numbers (8: unsigned bytes),
the number of axes, the length of each axis as a big-endian int32, and then the numbers.
"""

import gzip
import hashlib
import math
import os
import struct
import zlib
from io import BufferedIOBase
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.datasets import fetch_openml
from sklearn.utils import Bunch

__all__ = ["load_mnist", "read_idx"]

VARIABLE = "SKNN_BASIC_MNIST"
"""The environment variable that may name the folder of the files."""

FILES = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
"""The names of the files and the md5 of what is in them, after decompression."""

TRAINING, BOOKS_TRAINING, TEST = 60_000, 50_000, 10_000

UNSIGNED_BYTES = 8

SIDE = 28
"""Width and height of a digit in pixels."""

MOST_PACKED = 1032
"""How many bytes one byte of a gzip file can stand for (RFC 1951)."""

MOST_AXES = 32

CHUNK = 2**20
"""Bytes that are unpacked at a time."""


def load_mnist(
    data_home: str | os.PathLike[str] | None = None,
    *,
    book_split: bool = False,
    dtype: npt.DTypeLike = np.float32,
) -> Bunch:
    """Load the 70,000 digits of MNIST.

    They are read from the four IDX files, plain or with the ending .gz, in the folder
    `data_home` or else in the folder that the environment variable ``SKNN_BASIC_MNIST``
    names. With neither, `sklearn.datasets.fetch_openml` fetches "mnist_784" and keeps it
    in scikit-learn's own folder.

    Parameters
    ----------
    data_home : path, default=None
        Folder of the files.
    book_split : bool, default=False
        Whether to split the training set as the book does: 50,000 to train with and
        10,000 to validate with.
    dtype : float32 or float64, default=float32
        Of the images.

    Returns
    -------
    mnist : Bunch
        ``X_train`` and ``X_test``, ndarrays of shape (60,000, 784) and (10,000, 784),
        the brightness of each pixel from 0 to 1; ``y_train`` and ``y_test``, the digits, of
        dtype int64. With `book_split` X_train has 50,000 rows, and ``X_val`` and ``y_val``
        the other 10,000.

    Raises
    ------
    FileNotFoundError
        If a folder is named and the files are not there.
    ValueError
        If a file is not what it should be, or `dtype` is no float.
    OSError
        If there are no files and nothing could be fetched.

    Examples
    --------
    >>> from sknn_basic.datasets import load_mnist
    >>> mnist = load_mnist(book_split=True)  # doctest: +SKIP
    >>> mnist.X_train.shape, mnist.X_val.shape, mnist.X_test.shape  # doctest: +SKIP
    ((50000, 784), (10000, 784), (10000, 784))
    """
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise ValueError(f"dtype must be float32 or float64, got {dtype!r}.")
    folder = data_home if data_home is not None else os.environ.get(VARIABLE)
    images, digits = _fetched() if folder is None else _from_folder(Path(folder))
    X = np.multiply(images, 1 / 255, dtype=dtype)
    y = digits.astype(np.int64)
    stop = BOOKS_TRAINING if book_split else TRAINING
    mnist = Bunch(X_train=X[:stop], y_train=y[:stop], X_test=X[TRAINING:], y_test=y[TRAINING:])
    if book_split:
        mnist.X_val, mnist.y_val = X[stop:TRAINING], y[stop:TRAINING]
    return mnist


def read_idx(path: str | os.PathLike[str], md5: str | None = None) -> npt.NDArray[np.uint8]:
    """Read the array in an IDX file of unsigned bytes.

    Parameters
    ----------
    path : path
        Of a plain file, or of one compressed by gzip if it ends in .gz.
    md5 : str, default=None
        What the md5 of the decompressed file must be.

    Returns
    -------
    array : ndarray of uint8
        Of the shape that the file names; not writable.

    Raises
    ------
    ValueError
        If the file is not whole, is another one, or holds no unsigned bytes.

    Examples
    --------
    Three bytes in a row:

    >>> import tempfile
    >>> from pathlib import Path
    >>> from sknn_basic.datasets import read_idx
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "three-bytes")
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]))
    ...     read_idx(path)
    array([5, 0, 4], dtype=uint8)
    """
    return _read(Path(path), md5)


def _read(
    path: Path, md5: str | None, shape: tuple[int, ...] | None = None
) -> npt.NDArray[np.uint8]:
    """The array of an IDX file that must be of this md5 and shape, if they are given.

    No more is unpacked than the shape asks for, and nothing if the file cannot hold that.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            header, found = _header(file, path)
            other = shape is not None and found != shape
            array = np.empty(0, np.uint8) if other else _content(file, path, found)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is no whole gzip file: {error}.") from error
    if md5 is not None:
        digest = hashlib.md5(header, usedforsecurity=False)
        digest.update(array.ravel().data)
        if other or digest.hexdigest() != md5:
            raise ValueError(f"{path} is not the file of MNIST: its md5 should be {md5}.")
    return array


def _header(file: BufferedIOBase, path: Path) -> tuple[bytes, tuple[int, ...]]:
    """The bytes before the numbers, and the shape that they tell."""
    header = file.read(4)
    n_axes = header[3] if len(header) == 4 else 0
    header += file.read(4 * n_axes)
    if header[:3] != bytes([0, 0, UNSIGNED_BYTES]) or len(header) < 4 + 4 * max(n_axes, 1):
        raise ValueError(f"{path} is no IDX file of unsigned bytes.")
    return header, struct.unpack(f">{n_axes}i", header[4:])


def _content(file: BufferedIOBase, path: Path, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """The numbers after the header, to the end of the file."""
    wrong = ValueError(f"{path} should hold an array of shape {shape}.")
    most = path.stat().st_size * (MOST_PACKED if path.suffix == ".gz" else 1)
    size = math.prod(shape)
    if min(shape) < 0 or len(shape) > MOST_AXES or size > most:
        raise wrong
    array, filled = np.empty(size, np.uint8), 0
    while part := file.read(min(CHUNK, size - filled)):
        array[filled : filled + len(part)] = np.frombuffer(part, np.uint8)
        filled += len(part)
    if filled < size or file.read(1):  # reading on also checks the sum at the end of a .gz
        raise wrong
    array.flags.writeable = False
    return array.reshape(shape)


def _from_folder(folder: Path) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Images of shape (70,000, 784) and digits, training set first."""
    arrays = [_read(_path_of(folder, name), md5, _shape(name)) for name, md5 in FILES.items()]
    images = np.vstack([array.reshape(len(array), -1) for array in arrays[::2]])
    return images, np.hstack(arrays[1::2])


def _shape(name: str) -> tuple[int, ...]:
    """The shape of the array in one of the files."""
    n = TRAINING if name.startswith("train") else TEST
    return (n, SIDE, SIDE) if "images" in name else (n,)


def _path_of(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            return path
    raise FileNotFoundError(
        f"{folder} has neither {name} nor {name}.gz. It should hold the four IDX files of "
        f"MNIST: {', '.join(FILES)}, plain or with the ending .gz."
    )


def _fetched() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    try:
        mnist = fetch_openml("mnist_784", version=1, as_frame=False)
    except Exception as error:
        raise OSError(
            "MNIST was not found and could not be fetched. Either put its four IDX files into "
            f"a folder and name it by data_home or by the environment variable {VARIABLE}, "
            "or make sure that sklearn.datasets.fetch_openml('mnist_784') can reach the "
            f"network. It said: {error}"
        ) from error
    return mnist.data.astype(np.uint8), mnist.target.astype(np.uint8)
