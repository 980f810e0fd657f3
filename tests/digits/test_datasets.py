"""MNIST from files of any sort, and what is said when it cannot be had."""

import gzip
import struct
import tracemalloc
import zlib
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.data import Source
from sknn_basic import datasets
from sknn_basic.datasets import FILES, load_mnist, read_idx

FOLDER = Source().folder
needs_mnist = pytest.mark.skipif(FOLDER is None, reason="the files of MNIST are not there")


def idx(array):
    """The bytes of an IDX file."""
    lengths = np.array(array.shape, ">i4").tobytes()
    return bytes([0, 0, 8, array.ndim]) + lengths + array.tobytes()


# --- the real one ------------------------------------------------------------------------


@pytest.mark.slow
@needs_mnist
def test_the_70000_digits():
    mnist = load_mnist(FOLDER)
    assert mnist.X_train.shape == (60_000, 784)
    assert mnist.X_test.shape == (10_000, 784)
    assert mnist.X_train.dtype == np.float32
    assert (mnist.X_train.min(), mnist.X_train.max()) == (0.0, 1.0)
    assert mnist.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.y_test[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(mnist.y_train).tolist()[:3] == [5923, 6742, 5958]


@pytest.mark.slow
@needs_mnist
def test_the_books_split(monkeypatch):
    monkeypatch.setenv(datasets.VARIABLE, str(FOLDER))
    mnist = load_mnist(book_split=True, dtype=np.float64)
    whole = load_mnist(FOLDER, dtype=np.float64)
    assert (len(mnist.X_train), len(mnist.X_val), len(mnist.X_test)) == (50_000, 10_000, 10_000)
    assert np.array_equal(np.vstack([mnist.X_train, mnist.X_val]), whole.X_train)
    assert np.array_equal(np.hstack([mnist.y_train, mnist.y_val]), whole.y_train)
    assert mnist.X_train.dtype == np.float64


@pytest.mark.slow
@needs_mnist
def test_plain_files_do_as_well(tmp_path):
    for name in FILES:
        raw = gzip.decompress((FOLDER / f"{name}.gz").read_bytes())
        (tmp_path / name).write_bytes(raw)
    assert np.array_equal(load_mnist(tmp_path).X_test, load_mnist(FOLDER).X_test)


# --- without it --------------------------------------------------------------------------


def test_a_folder_without_the_files(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match="neither train-images-idx3-ubyte nor"):
        load_mnist(tmp_path)
    monkeypatch.setenv(datasets.VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="nowhere has neither"):
        load_mnist()


def test_offline_both_ways_are_named(monkeypatch):
    def unreachable(*_, **__):
        raise ConnectionError("no route")

    monkeypatch.delenv(datasets.VARIABLE, raising=False)
    monkeypatch.setattr(datasets, "fetch_openml", unreachable)
    with pytest.raises(OSError, match=r"data_home .*SKNN_BASIC_MNIST.*fetch_openml.*no route"):
        load_mnist()


def test_what_is_fetched_is_used(monkeypatch):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (70_000, 4)).astype(float)  # 784 would only be slower
    digits = rng.integers(0, 10, 70_000)
    fetched = SimpleNamespace(data=images, target=digits.astype(str).astype(object))
    monkeypatch.delenv(datasets.VARIABLE, raising=False)
    monkeypatch.setattr(datasets, "fetch_openml", lambda *_, **__: fetched)
    mnist = load_mnist()
    np.testing.assert_allclose(mnist.X_test, images[60_000:] / 255, rtol=1e-6)
    assert np.array_equal(mnist.y_train, digits[:60_000])


@pytest.mark.parametrize("kind", [int, np.float16, str])
def test_images_are_floats(kind):
    with pytest.raises(ValueError, match="dtype must be float32 or float64"):
        load_mnist("anywhere", dtype=kind)


# --- files -------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 3, 4), (0, 3)])
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_an_idx_file_is_the_array_in_it(tmp_path, shape, ending):
    array = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    path = tmp_path / f"file{ending}"
    path.write_bytes(gzip.compress(idx(array)) if ending else idx(array))
    assert np.array_equal(read_idx(path), array)
    assert read_idx(path).shape == shape


GOOD = idx(np.zeros((2, 3), np.uint8))


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("a", b"", "no IDX file"),
        ("a", b"\0\0\x08", "no IDX file"),
        ("a", b"\0\0\x08\x02\0", "no IDX file"),
        ("a", b"\0\0\x0d" + GOOD[3:], "no IDX file of unsigned bytes"),
        ("a", b"GIF89a" + GOOD, "no IDX file"),
        ("a", GOOD[:-1], r"should hold an array of shape \(2, 3\)"),
        ("a", GOOD + b"\0", r"should hold an array of shape \(2, 3\)"),
        ("a.gz", GOOD, "no whole gzip file"),
        ("a.gz", gzip.compress(GOOD)[:-9], "no whole gzip file"),
    ],
)
def test_what_is_no_idx_file(tmp_path, name, content, match):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=match):
        read_idx(tmp_path / name)


def test_another_file_is_noticed(tmp_path):
    for name in FILES:
        (tmp_path / name).write_bytes(GOOD)
    with pytest.raises(ValueError, match="not the file of MNIST: its md5 should be 6bbc9ace"):
        load_mnist(tmp_path)


def bomb(shape, n_zeros):
    """A .gz that unpacks to an IDX header and many zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    header = bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}i", *shape)
    parts = [packer.compress(header)]
    parts += [packer.compress(bytes(2**20)) for _ in range(n_zeros // 2**20)]
    return b"".join([*parts, packer.flush()])


@pytest.mark.parametrize(
    ("shape", "match"),
    [
        ((2, 3), r"should hold an array of shape \(2, 3\)"),
        ((60_000, 28, 28), r"should hold an array of shape \(60000, 28, 28\)"),
        ((2**31 - 1, 2**31 - 1), r"should hold an array of shape"),
        ((-1, -1), r"should hold an array of shape \(-1, -1\)"),
        ((1,) * 255, r"should hold an array of shape"),
        ((), "no IDX file"),
    ],
)
def test_a_file_that_unpacks_to_very_much_is_not_unpacked(shape, match, tmp_path):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(bomb(shape, 2**28))
    assert path.stat().st_size < 300_000
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=match):
            read_idx(path)
        assert tracemalloc.get_traced_memory()[1] < 2**26
    finally:
        tracemalloc.stop()


def test_another_file_by_the_name_of_mnists_is_not_unpacked(tmp_path):
    """Not even one that is what its header says."""
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(bomb((2**8, 2**10, 2**10), 2**28))
    for name in list(FILES)[1:]:
        (tmp_path / name).write_bytes(GOOD)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="not the file of MNIST: its md5 should be 6bbc"):
            load_mnist(tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 2**22
    finally:
        tracemalloc.stop()


def test_damage_in_the_middle_of_a_gz_is_told(tmp_path):
    rng, path = np.random.default_rng(0), tmp_path / "a.gz"
    whole = gzip.compress(idx(rng.integers(0, 256, (50, 60), dtype=np.uint8)))
    for place in range(10, len(whole) - 1, 97):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"no whole gzip file|should hold|no IDX file"):
            read_idx(path)
