"""The network that comes with the package."""

import zipfile

import numpy as np
import pytest
from sklearn.base import clone

from benchmarks.data import Source
from benchmarks.reader import pieces, trained
from sknn_basic import SigmoidMLPClassifier
from sknn_basic.datasets import load_mnist
from sknn_basic.digits import load_reader
from sknn_basic.digits.reader import FILE, NO_DIGIT, about_reader, store_reader


@pytest.fixture(scope="module")
def test_images():
    if Source().folder is None:
        pytest.skip("the IDX files of MNIST are not there")
    mnist = load_mnist(Source().folder)
    return mnist.X_test, mnist.y_test


def test_it_reads_the_images_that_it_was_not_trained_on(test_images):
    X, y = test_images
    score = load_reader(no_digit=False).score(X, y)
    assert score >= 0.990
    assert abs(score - about_reader()["test accuracy"]) < 5e-4  # half precision


def test_every_call_gives_a_fitted_classifier_of_its_own():
    one, other = load_reader(), load_reader()
    one.set_params(eta=0.5).partial_fit(np.ones((1, 784)), [3])
    assert np.any(one.coefs_[1] != other.coefs_[1])
    np.testing.assert_array_equal(other.coefs_[1], load_reader().coefs_[1])
    clone(one)


def test_what_is_no_digit_lets_no_neuron_fire():
    reader, ten = load_reader(), load_reader(no_digit=False)
    bar, box = np.zeros((28, 28)), np.zeros((28, 28))
    bar[13:16, 4:24] = 1
    box[4:24, 4:24] = 1
    shapes = np.stack([bar, box]).reshape(2, 784)
    assert reader.predict(shapes).tolist() == [NO_DIGIT] * 2
    assert reader.classes_.tolist() == [NO_DIGIT, *range(10)]
    assert ten.classes_.tolist() == list(range(10))
    np.testing.assert_allclose(
        ten.decision_function(shapes), reader.decision_function(shapes)[:, 1:], rtol=1e-6
    )


def test_its_file_is_small_and_holds_no_code():
    assert FILE.stat().st_size < 700_000
    with zipfile.ZipFile(FILE) as archive:
        assert all(name.endswith(".npy") for name in archive.namelist())
    with np.load(FILE, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fS" for name in arrays)
    about = about_reader()
    assert "LeCun, Cortes and Burges" in about["trained on"]
    assert {"seed", "epochs", "test accuracy", "sknn_basic"} <= about.keys()


def test_what_is_stored_is_what_was_trained(tmp_path, monkeypatch):
    reader = load_reader()
    store_reader(reader, tmp_path / "copy.npz", {"seed": 1})
    monkeypatch.setattr("sknn_basic.digits.reader.FILE", tmp_path / "copy.npz")
    np.testing.assert_array_equal(load_reader().coefs_[0], reader.coefs_[0])
    assert about_reader() == {"seed": 1}


def test_it_is_loaded_and_nothing_is_trained(monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("trained")

    for name in ("fit", "partial_fit"):
        monkeypatch.setattr(SigmoidMLPClassifier, name, refuse)
    assert load_reader().coefs_[0].dtype == np.float32


@pytest.mark.slow
def test_the_script_that_made_it_makes_such_a_network_again(test_images):
    X, y = test_images
    mnist, shipped = load_mnist(Source().folder), load_reader()
    network = trained(mnist.X_train[:6000], mnist.y_train[:6000], epochs=12, seed=1, numbers=12)
    scores, known = (model.decision_function(X)[:, 1:] for model in (network, shipped))
    assert np.mean(scores.argmax(axis=1) == y) > 0.90
    assert np.mean(scores.argmax(axis=1) == known.argmax(axis=1)) > 0.90
    none = pieces(X.reshape(-1, 28, 28), y, 1000, np.random.default_rng(5))
    refused = [np.mean(model.predict(none) == NO_DIGIT) for model in (network, shipped)]
    assert abs(refused[0] - refused[1]) < 0.1
    assert np.mean(network.predict(X) == NO_DIGIT) < 0.25 * refused[0]
