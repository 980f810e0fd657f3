"""Real handwritten digits: the chapter's network, 784-30-10, on MNIST."""

import pytest

from benchmarks.data import Source
from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.datasets import load_mnist

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def mnist():
    """The book's 50,000 training images and the 10,000 test images."""
    folder = Source().folder
    if folder is None:
        pytest.skip("the IDX files of MNIST are not there")
    mnist = load_mnist(folder, book_split=True)
    return mnist.X_train, mnist.y_train, mnist.X_test, mnist.y_test


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
