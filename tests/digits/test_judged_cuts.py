"""Cuts that a classifier judges, with the network that comes along and with others."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC
from test_digits import found_by, page, strokes

from benchmarks.composed_numbers import compose
from benchmarks.cuts import lattices_of
from benchmarks.data import Source
from benchmarks.photographs import photograph
from sknn_basic import SigmoidMLPClassifier
from sknn_basic.datasets import load_mnist
from sknn_basic.digits import load_reader, read_number, split_digits
from sknn_basic.digits import reading as reading_file
from sknn_basic.digits.lattice import LOWEST, WIDEST
from sknn_basic.digits.reading import UNSURE

slow = pytest.mark.slow


@pytest.fixture(scope="module")
def mnist():
    if Source().folder is None:
        pytest.skip("the IDX files of MNIST are not there")
    mnist = load_mnist(Source().folder)
    return np.round(255 * mnist.X_test).astype(np.uint8).reshape(-1, 28, 28), mnist.y_test


def ring(ink, top, left, height=44, width=30, thick=5):
    rows, columns = np.indices(ink.shape)
    away = np.hypot(
        (rows - top - height / 2) / (height / 2), (columns - left - width / 2) / (width / 2)
    )
    ink[(away < 1) & (away > 1 - 2 * thick / width)] = 1


class Judge(ClassifierMixin, BaseEstimator):
    """Knows the sum of ink that one digit has, and nothing else."""

    n_features_in_ = 784
    classes_ = np.array([3])

    def __sklearn_is_fitted__(self):
        return True

    def fit(self, X, y):
        return self

    def predict(self, X):
        return np.full(len(X), 3)

    def predict_proba(self, X):
        self.calls_ = [*getattr(self, "calls_", []), len(X)]
        return np.full((len(X), 1), 0.9)


def test_two_zeros_that_touch_are_read():
    ink = np.zeros((84, 130))
    ring(ink, 20, 20)
    ring(ink, 20, 48)
    reading = read_number(page(ink), load_reader())
    assert reading.text == "00"
    assert np.abs(reading.boxes[:, 1] - [20, 48]).max() <= 4


def test_the_picture_of_the_tests_is_read_and_its_parts_too():
    reading = read_number(page(strokes()), load_reader())
    assert reading.text == "710"
    assert not reading.unsure.any()
    assert reading.turned == 0


@pytest.mark.parametrize("gap", [2, 4, 6])
def test_broken_strokes_are_joined(gap):
    ink = strokes()
    ink[38 : 38 + gap, 100:] = 0
    assert read_number(page(ink), load_reader()).text == "710"
    ink = strokes()
    ink[50 : 50 + gap, :60] = 0
    assert read_number(page(ink), load_reader()).text == "710"


def test_all_candidates_are_judged_at_once():
    judge = Judge()
    read_number(page(strokes()), judge)
    assert len(judge.calls_) == 2  # the candidates; then the confidence of what was chosen
    assert judge.calls_[0] > judge.calls_[1]


def test_where_nothing_touches_boxes_are_those_of_the_rule():
    image = page(strokes())
    np.testing.assert_array_equal(
        read_number(image, load_reader()).boxes, split_digits(image).boxes
    )


def test_a_classifier_without_probabilities_keeps_the_rule(mnist):
    images, labels = mnist
    svm = LinearSVC(random_state=0, max_iter=50, C=0.01, tol=1.0)
    svm.fit(images[:1000].reshape(-1, 784) / 255, labels[:1000])
    picture = compose(images, labels, 7, touching=True)
    reading = read_number(picture.image, svm)
    np.testing.assert_array_equal(reading.boxes, split_digits(picture.image).boxes)
    assert np.isnan(reading.confidence).all()


def test_a_pipeline_reads_as_its_network(mnist):
    images, labels = mnist
    picture = compose(images, labels, 11, touching=True)
    reader = load_reader(no_digit=False)
    pipeline = make_pipeline(FunctionTransformer().fit(np.ones((1, 784))), reader)
    one, other = (read_number(picture.image, model) for model in (reader, pipeline))
    assert one.text == other.text
    np.testing.assert_array_equal(one.boxes, other.boxes)


@pytest.mark.parametrize("quarters", [1, 3])
def test_a_picture_that_lies_is_turned(mnist, quarters):
    images, labels = mnist
    rows = [np.flatnonzero(labels == digit)[0] for digit in (5, 0, 4, 1, 9, 2)]
    ink = np.pad(np.hstack(images[rows] / 255.0), 12).repeat(3, axis=0).repeat(3, axis=1)
    upright = read_number(page(ink), load_reader())
    turned = read_number(np.rot90(page(ink), quarters), load_reader())
    assert turned.text == upright.text
    assert (upright.turned, turned.turned) == (0, 360 - 90 * quarters)
    tall, wide = ink.shape
    for (top, left, bottom, right), box in zip(turned.boxes, upright.boxes, strict=True):
        area = np.rot90(np.zeros((tall, wide)), quarters)
        area[top:bottom, left:right] = 1
        rows_, columns_ = np.nonzero(np.rot90(area, -quarters))
        own = [rows_.min(), columns_.min(), rows_.max() + 1, columns_.max() + 1]
        assert np.abs(np.subtract(own, box)).max() <= 2


def test_which_way_is_up_is_seen_in_a_smaller_picture(monkeypatch):
    """Digits of 290 pixels are shrunk to 48 for that; those of 44 stay as they are."""
    split, sizes = reading_file.split, []

    def counted(image, *arguments):
        sizes.append(np.size(image))
        return split(image, *arguments)

    monkeypatch.setattr(reading_file, "split", counted)
    monkeypatch.setattr(reading_file, "TURN_BELOW", 1.1)
    small = page(strokes())
    for times in (1, 7):
        sizes.clear()
        reading = read_number(small.repeat(times, 0).repeat(times, 1), load_reader())
        assert (reading.text, reading.turned) == ("710", 0)
        assert sizes[0] == times**2 * small.size
        assert len(sizes) == 4
        assert max(sizes[1:]) <= sizes[0] / (1 if times == 1 else 16)


def test_candidates_are_of_a_digits_size_or_whole_pieces():
    """From every gap to the next there is a way, so no picture is left without an answer."""
    for touching in range(2):
        ink = np.zeros((84, 330))
        ring(ink, 20, 20)
        ring(ink, 20, 60 - 14 * touching)
        ink[30:50, 120:220] = 1  # much too wide for a digit, and too low
        ink[20:64, 250:255] = 1
        (one,) = lattices_of(page(ink))
        gaps = np.flatnonzero(~one.cuts)
        whole = set(pairwise(gaps.tolist()))
        assert whole <= {(edge.start, edge.stop) for edge in one.edges}
        for edge in one.edges:
            wide, high = edge.size
            small = wide <= WIDEST and high >= LOWEST
            assert small or (edge.start, edge.stop) in whole
        assert any(edge.size[0] > WIDEST for edge in one.edges)


def test_low_confidence_is_unsure():
    reading = read_number(page(strokes()), load_reader())
    doubtful = reading._replace(confidence=np.array([1.0, UNSURE - 0.01, UNSURE]))
    assert doubtful.unsure.tolist() == [False, True, False]
    unknown = reading._replace(confidence=np.full(3, np.nan))
    assert not unknown.unsure.any()


# --- floors: MNIST's test images, seeds that nothing was fitted to --------------------------


def judged(pictures, network, asked):
    """Shares of the digits that are found and that are read, and of whole numbers."""
    n = found = right = whole = 0
    for picture in pictures:
        reading = read_number(picture.image, network)
        answers, text = (t.replace("\n", "") for t in (reading.text, picture.text))
        whole += reading.text == picture.text
        for k in np.flatnonzero(asked(picture)):
            hit = found_by(reading.boxes, picture.boxes[k])
            n += 1
            found += hit is not None
            right += hit is not None and answers[hit] == text[k]
    return found / n, right / n, whole / len(pictures)


@slow
def test_digits_that_touch_are_found_and_read(mnist):
    pictures = [compose(*mnist, seed, touching=True) for seed in range(5_000_000, 5_000_100)]
    pictures = [picture for picture in pictures if picture.touches.any()]
    found, right, whole = judged(pictures, load_reader(), lambda picture: picture.touches)
    assert found >= 0.80
    assert right >= 0.65
    assert whole >= 0.22


@slow
def test_digits_that_do_not_touch_are_found_and_read(mnist):
    pictures = [compose(*mnist, seed) for seed in range(6_000_000, 6_000_100)]
    found, right, whole = judged(
        pictures, load_reader(), lambda picture: np.ones(len(picture.boxes), dtype=bool)
    )
    assert found >= 0.985
    assert right >= 0.95
    assert whole >= 0.76


@slow
def test_photographs_of_a_sheet_are_read(mnist):
    pictures = [photograph(*mnist, seed) for seed in range(7_000_000, 7_000_025)]
    found, right, _ = judged(
        pictures, load_reader(), lambda picture: np.ones(len(picture.boxes), dtype=bool)
    )
    assert found >= 0.95
    assert right >= 0.92


@slow
def test_a_network_of_ones_own_reads_digits_that_touch(mnist):
    train = load_mnist(Source().folder)
    network = SigmoidMLPClassifier(
        (100,), eta=0.1, alpha=5e-6, batch_size=10, max_iter=15, tol=None, random_state=0
    ).fit(train.X_train, train.y_train)
    pictures = [compose(*mnist, seed, touching=True) for seed in range(5_000_000, 5_000_100)]
    assert judged(pictures, network, lambda picture: picture.touches)[1] >= 0.52


@slow
def test_confidence_is_how_often_it_is_right(mnist):
    sure, right = [], []
    for seed in range(8_000_000, 8_000_150):
        picture = compose(*mnist, seed, touching=seed % 2 == 0)
        reading = read_number(picture.image, load_reader())
        answers = reading.text.replace("\n", "")
        for box, answer, p in zip(reading.boxes, answers, reading.confidence, strict=True):
            hits = [k for k, true in enumerate(picture.boxes) if found_by([box], true) == 0]
            sure.append(p)
            right.append(len(hits) == 1 and picture.text[hits[0]] == answer)
    sure, right = np.array(sure), np.array(right)
    for low, high in [(0.0, 0.5), (0.5, 0.9), (0.9, 0.99), (0.99, 1.01)]:
        inside = (sure >= low) & (sure < high)
        assert abs(sure[inside].mean() - right[inside].mean()) < 0.15
