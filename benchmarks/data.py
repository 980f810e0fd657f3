"""On which numbers: MNIST, the digits, iris, random sparse rows.

Data sets are tiled where a case needs more rows than they have. What a case needs comes
as one `Problem`, the same for every peer.
"""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.datasets import load_digits, load_iris

from benchmarks.cases import Case
from sknn_basic.datasets import read_idx

MNIST_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "mnist"
DATA_SETS = {784: "mnist", 64: "digits", 4: "iris"}
"""By number of inputs; any other number gets uniform random rows."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A case with its numbers.

    Parameters
    ----------
    case : Case
    X : array or CSR matrix of shape (n, n_in)
    y : class numbers of shape (n,)
    Y : targets of shape (n, n_out), dtype of X
    """

    case: Case
    X: object
    y: np.ndarray
    Y: np.ndarray

    def head(self, case):
        """The first rows, as many as this shorter case has."""
        at = slice(case.rows)
        return replace(self, case=case, X=self.X[at], y=self.y[at], Y=self.Y[at])


class Source:
    """Where the rows come from; every data set is read once.

    Parameters
    ----------
    mnist : path or None
        Folder of the IDX files; None or a folder without them: synthetic rows.
    """

    def __init__(self, mnist=None):
        folder = Path(mnist) if mnist else MNIST_BESIDE
        self.folder = folder if (folder / "train-images-idx3-ubyte.gz").exists() else None
        self._read = cache(self._read_once)

    def describe(self):
        if self.folder is None:
            return "MNIST was not found: SYNTHETIC rows of the same shape and sparsity"
        return "MNIST, 60,000 training images, pixels / 255"

    def problem(self, case):
        """The numbers of a case."""
        rng = np.random.default_rng(0)
        X, labels = (_sparse_rows if case.density < 1 else self._dense_rows)(case, rng)
        y = labels % case.n_classes if case.sizes[-1] > 1 else _upper_half(labels)
        return Problem(case, X, y, _targets(y, case))

    def _dense_rows(self, case, rng):
        name = DATA_SETS.get(case.sizes[0])
        if name is None:
            X = rng.random((case.rows, case.sizes[0]), case.dtype)
            return X, rng.integers(0, 10, case.rows)
        X, labels = self._read(name)
        rows = np.arange(case.rows) % len(labels)
        X = X[rows].astype(case.dtype)
        if name == "mnist":
            X *= X.dtype.type(1 / 255)
        return X, labels[rows].astype(int)

    def _read_once(self, name):
        if name == "digits":
            X, y = load_digits(return_X_y=True)
            return X / 16, y
        if name == "iris":
            X, y = load_iris(return_X_y=True)
            order = np.random.default_rng(0).permutation(len(y))
            return ((X - X.mean(axis=0)) / X.std(axis=0))[order], y[order]
        return _synthetic_images() if self.folder is None else _mnist(self.folder)


def _mnist(folder):
    images = read_idx(folder / "train-images-idx3-ubyte.gz")
    return images.reshape(len(images), -1), read_idx(folder / "train-labels-idx1-ubyte.gz")


def _synthetic_images(n=60_000):
    """Bytes with MNIST's share of pixels that are not 0 (19 %) and labels that X decides."""
    rng = np.random.default_rng(0)
    X = rng.integers(1, 256, (n, 784), dtype=np.uint8)
    X *= rng.random((n, 784), dtype=np.float32) < 0.19
    directions = rng.standard_normal((784, 10), dtype=np.float32)
    scores = X.astype(np.float32) @ (directions - directions.mean(axis=0))
    return X, scores.argmax(axis=1)


def _sparse_rows(case, rng):
    """CSR rows with the case's share of stored entries, columns and labels at random."""
    n, n_features = case.rows, case.sizes[0]
    stored = max(1, round(n_features * case.density))
    columns = rng.integers(0, n_features, n * stored, dtype=np.int32)
    starts = np.arange(0, n * stored + 1, stored, dtype=np.int32)
    X = sparse.csr_matrix(
        (rng.random(n * stored, case.dtype), columns, starts), (n, n_features)
    )
    X.sum_duplicates()
    return X, rng.integers(0, 10, n)


def _upper_half(labels):
    return (labels > labels.max() / 2).astype(int)


def _targets(y, case):
    if case.sizes[-1] == 1:
        return y[:, None].astype(case.dtype)
    return np.eye(case.n_classes, dtype=case.dtype)[y]
