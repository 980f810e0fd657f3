"""The network that comes with the package."""

import zipfile

import numpy as np
import pytest
from handwriting import HANDS, strokes_of
from PIL import Image, ImageDraw
from sklearn.base import clone

from benchmarks.data import Source
from benchmarks.reader import pieces, trained
from sknn_basic import SigmoidMLPClassifier
from sknn_basic.datasets import load_mnist
from sknn_basic.digits import load_reader, read_number
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


def written(number, hand, pen, width):
    """A picture of digits that a hand writes by a round pen, dark on light."""
    image = Image.new("L", (40 + 110 * len(number), 130), 235)
    draw = ImageDraw.Draw(image)
    for k, digit in enumerate(number):
        for stroke in strokes_of(digit, hand, width=width, left=25 + 110 * k, top=25):
            draw.line([tuple(point) for point in stroke], fill=30, width=pen, joint="curve")
            for x, y in stroke:
                draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=30)
    return np.asarray(image)


@pytest.mark.parametrize("pen", [4, 9, 14])
@pytest.mark.parametrize("hand", HANDS)
def test_three_hands_are_read(hand, pen):
    for number in ("50419", "38672"):
        pictures = (written(number, HANDS[hand], pen, width) for width in (0.6, 0.9))
        texts = [read_number(picture, load_reader()).text for picture in pictures]
        wrong = [text for text in texts if text != number]
        assert len(wrong) <= (pen > 9 and number == "50419"), texts


@pytest.mark.parametrize("pen", [8, 14, 20])
@pytest.mark.parametrize("base", [0.5, 0.8, 1.2])
def test_a_one_with_serif_and_base_is_a_one(base, pen):
    """However wide the base is, in the middle of which the stem stands."""
    for serif in ([(25, 30), (50, 2)], [(10, 40), (50, 2)]):
        for tilt in (-3, 0, 3):
            foot = [(50 - 50 * base, 97 + tilt), (50 + 50 * base, 97 - tilt)]
            hand = {"1": [[serif, [(50, 2), (48, 95)]], [foot]]}
            assert read_number(written("1", hand, pen, 0.8), load_reader()).text == "1"


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
