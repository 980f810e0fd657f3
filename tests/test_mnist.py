"""Real handwritten digits: the chapter's network, 784-30-10, on MNIST."""

import numpy as np
import pytest

from benchmarks.data import Source, read_idx
from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def mnist():
    """The book's 50,000 training images and the 10,000 test images."""
    folder = Source().folder
    if folder is None:
        pytest.skip("the IDX files of MNIST are not there")
    names = ("train-images", "train-labels", "t10k-images", "t10k-labels")
    X, y, X_test, y_test = (
        read_idx(folder / f"{name}-idx{3 if 'images' in name else 1}-ubyte.gz")
        for name in names
    )
    flat = [images.reshape(len(images), 784) / np.float32(255) for images in (X, X_test)]
    return flat[0][:50_000], y[:50_000], flat[1], y_test


def test_the_books_network_learns_to_read_in_five_epochs(mnist):
    X, y, X_test, y_test = mnist
    network = SigmoidMLPClassifier((30,), batch_size=10, max_iter=5, tol=None, random_state=0)
    assert network.fit(X, y).score(X_test, y_test) > 0.95


def test_online_learning_reads_after_one_look_at_each_digit(mnist):
    X, y, X_test, y_test = mnist
    network = SigmoidMLPClassifier((30,), batch_size=1, eta=0.1, random_state=0)
    network.partial_fit(X, y, classes=range(10))
    assert network.score(X_test, y_test) > 0.93


def test_ten_perceptrons_read_most_digits(mnist):
    X, y, X_test, y_test = mnist
    perceptron = PerceptronClassifier(keep="average", max_iter=5, tol=None, random_state=0)
    assert perceptron.fit(X, y).score(X_test, y_test) > 0.88
