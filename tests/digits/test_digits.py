"""From a picture of a handwritten number to the number."""

import sys
import time

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_info, threadpool_limits

from benchmarks.composed_numbers import compose
from benchmarks.cuts import overlap
from benchmarks.data import Source, read_idx
from sknn_basic import SigmoidMLPClassifier
from sknn_basic._classifiers.runtime import SINGLE_THREAD
from sknn_basic.digits import open_image, read_number, split_digits, splitting
from sknn_basic.digits.paper.ink import find_ink

slow = pytest.mark.slow


def strokes(shape=(80, 200)):
    """Ink, 0 to 1: a seven, a one and a zero of hand-drawn thickness."""
    ink = np.zeros(shape)
    ink[20:26, 20:46] = 1
    for row in range(26, 60):
        left = 40 - (row - 26) // 2
        ink[row, left : left + 6] = 1
    ink[18:62, 80:86] = 1
    rows, columns = np.indices(shape)
    ring = np.hypot((rows - 40) / 1.4, columns - 130)
    ink[(ring > 10) & (ring < 15)] = 1
    return ink


BOXES = np.array([[20, 20, 60, 46], [18, 80, 62, 86], [20, 116, 61, 145]])


def page(ink, paper=230.0, pen=20.0):
    return np.round(paper + (pen - paper) * ink).astype(np.uint8)


def found_by(boxes, true):
    """The one box with an overlap of more than a half, or None."""
    hits = [k for k, box in enumerate(boxes) if overlap(box, true) > 0.5]
    return hits[0] if len(hits) == 1 else None


# --- what there is to cut ------------------------------------------------------------------


def test_one_blas_thread_is_enough_to_cut(monkeypatch):
    """Its products are too small to share; and two threads would round otherwise."""
    during = []

    def looked_at(grey):
        during.extend(number() for number, _ in SINGLE_THREAD.switches)
        return find_ink(grey)

    monkeypatch.setattr(splitting, "find_ink", looked_at)
    with threadpool_limits(2, user_api="blas"):
        before = [library["num_threads"] for library in threadpool_info()]
        with_two = split_digits(page(strokes()))
        after = [library["num_threads"] for library in threadpool_info()]
    with threadpool_limits(1, user_api="blas"):
        with_one = split_digits(page(strokes()))
    assert set(during) == {1}
    assert after == before
    np.testing.assert_array_equal(with_two.images, with_one.images)


def test_digits_come_from_left_to_right_with_their_boxes():
    digits = split_digits(page(strokes()))
    assert digits.images.shape == (3, 28, 28)
    assert np.abs(digits.boxes - BOXES).max() <= 1
    assert digits.lines.tolist() == [0, 0, 0]
    assert digits.images.min() >= 0.0
    assert digits.images.max() <= 1.0


def test_a_digits_ink_fills_20_pixels_around_its_centre_of_mass():
    for image in split_digits(page(strokes())).images:
        rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
        weight = image / image.sum()
        center = [(weight.sum(axis=axis) * np.arange(28)).sum() for axis in (1, 0)]
        assert np.abs(np.subtract(center, 14)).max() <= 0.5


def test_small_images_are_counts_in_a_box_without_margin():
    images = split_digits(page(strokes()), shape=(8, 8)).images
    assert images.shape == (3, 8, 8)
    assert set(np.unique(images)) <= set(range(17))
    assert images.any(axis=2).all()


SAME = {
    "light on dark": lambda image: 255 - image,
    "float": lambda image: image / 255.0,
    "float32": lambda image: (image / 255.0).astype(np.float32),
    "large float": lambda image: image * 1e300,
    "16 bits": lambda image: image.astype(np.uint16) * 257,
    "signed": lambda image: image.astype(np.int64) - 100,
    "bool": lambda image: image > 128,
    "one channel": lambda image: image[..., None],
    "rgb": lambda image: np.stack([image] * 3, axis=2),
    "blue ink": lambda image: np.stack([image, image, np.full_like(image, 230)], axis=2),
    "rgba": lambda image: np.dstack([image] * 3 + [np.full_like(image, 255)]),
    "black ink on nothing": lambda image: np.dstack([image * 0] * 3 + [250 - image]),
    "white ink on nothing": lambda image: np.dstack([image * 0 + 255] * 3 + [250 - image]),
    "columns first": np.asfortranarray,
    "list": lambda image: image.tolist(),
}


@pytest.mark.parametrize("way", SAME)
def test_polarity_type_and_colour_make_no_difference(way):
    image = page(strokes())
    expected = split_digits(image)
    digits = split_digits(SAME[way](image))
    assert np.abs(digits.boxes - expected.boxes).max() <= 1
    assert np.abs(digits.images - expected.images).mean() < 0.02


def test_the_image_is_not_changed():
    image = page(strokes()).astype(float)
    before = image.copy()
    image.flags.writeable = False
    split_digits(image)
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize("polarity", [1, -1])
def test_shadow_noise_and_specks_are_not_ink(polarity):
    draw = np.random.default_rng(0)
    light = np.linspace(1.0, 0.5, 200) - 0.2 * (np.arange(80)[:, None] > 50)
    image = page(strokes()) * light + draw.normal(0, 8, (80, 200))
    image[draw.integers(0, 80, 15), draw.integers(0, 200, 15)] = 0
    digits = split_digits(polarity * image)
    assert [found_by(digits.boxes, box) for box in BOXES] == [0, 1, 2]
    assert len(digits.boxes) == 3


def test_a_small_digit_in_a_wide_page():
    image = np.full((400, 300), 200, dtype=np.uint8)
    image[200:230, 100:104] = 40
    assert split_digits(image).boxes.tolist() == [[200, 100, 230, 104]]


# --- frames --------------------------------------------------------------------------------


def test_a_frame_and_an_underline_are_left_out():
    framed = strokes()
    framed[8:10, 5:160] = framed[70:72, 5:160] = framed[8:72, 5:7] = framed[8:72, 158:160] = 1
    assert np.abs(split_digits(page(framed)).boxes - BOXES).max() <= 2
    underlined = strokes()
    underlined[70:73, 5:160] = 1
    assert np.abs(split_digits(page(underlined)).boxes - BOXES).max() <= 2


def test_a_frame_may_touch_the_digits():
    framed = strokes()
    framed[17:19, 5:160] = framed[70:72, 5:160] = framed[17:72, 5:7] = framed[
        17:72, 146:148
    ] = 1
    digits = split_digits(page(framed))
    assert [found_by(digits.boxes, box) for box in BOXES] == [0, 1, 2]


def test_a_stroke_that_crosses_a_line_stays_whole():
    lined = strokes()
    lined[45:47, :] = 1
    digits = split_digits(page(lined))
    assert [found_by(digits.boxes, box) for box in BOXES] == [0, 1, 2]


# --- pieces --------------------------------------------------------------------------------


def test_a_broken_digit_is_one_digit():
    broken = strokes()
    broken[38:41, 100:] = 0
    digits = split_digits(page(broken))
    assert [found_by(digits.boxes, box) for box in BOXES] == [0, 1, 2]
    assert len(digits.boxes) == 3


def test_digits_that_touch_are_cut():
    ink = strokes()
    both = np.zeros_like(ink)
    both[:, 20:60] = ink[:, 110:150]
    both[:, 48:88] += ink[:, 110:150]
    digits = split_digits(page(np.clip(both, 0, 1)))
    assert len(digits.boxes) == 2
    expected = [[20, 26, 61, 55], [20, 54, 61, 83]]
    assert np.abs(digits.boxes - expected).max() <= 8


def test_rows_of_writing_are_read_from_top_to_bottom():
    ink = np.vstack([strokes(), strokes()[:, ::-1]])
    digits = split_digits(page(ink))
    assert digits.lines.tolist() == [0, 0, 0, 1, 1, 1]
    middles = digits.boxes[:, 1] + digits.boxes[:, 3]
    assert np.all(np.diff(middles[:3]) > 0)
    assert np.all(np.diff(middles[3:]) > 0)
    assert digits.boxes[:3, 2].max() < digits.boxes[3:, 0].min()


def test_a_rising_row_of_writing_is_one_row():
    ink = np.zeros((200, 400))
    for k in range(8):
        ink[140 - 15 * k : 180 - 15 * k, 20 + 40 * k : 25 + 40 * k] = 1
    digits = split_digits(page(ink))
    assert digits.lines.tolist() == [0] * 8
    assert np.all(np.diff(digits.boxes[:, 1]) > 0)


# --- bad input -----------------------------------------------------------------------------

BAD = [
    (np.zeros((0, 5)), ValueError, r"must have pixels, got shape \(0, 5\)"),
    (np.zeros((5, 0, 3)), ValueError, "must have pixels"),
    (np.zeros(5), ValueError, r"\(height, width, channels\).*got \(5,\)"),
    (np.zeros((5, 5, 2)), ValueError, r"1, 3 or 4 channels, got \(5, 5, 2\)"),
    (np.zeros((2, 5, 5, 3)), ValueError, "1, 3 or 4 channels"),
    (np.full((20, 20), 7, dtype=np.uint8), ValueError, "all its pixels are alike"),
    (np.ones((20, 20)), ValueError, "all its pixels are alike"),
    (np.where(np.eye(20) > 0, np.nan, 1.0), ValueError, "finite numbers only, got NaN"),
    (np.where(np.eye(20) > 0, np.inf, 1.0), ValueError, "finite numbers only"),
    (np.full((20, 20), "7"), TypeError, "real numbers, got dtype <U1"),
    (np.ones((20, 20), dtype=complex), TypeError, "got dtype complex128"),
    (None, TypeError, "got dtype object"),
]


@pytest.mark.parametrize(("image", "error", "text"), BAD)
def test_what_is_no_picture_is_refused(image, error, text):
    with pytest.raises(error, match=text):
        split_digits(image)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("shape", [(28, 28), (60, 200), (300, 300)])
def test_noise_is_no_writing(seed, shape):
    draw = np.random.default_rng(seed)
    for image in [draw.normal(size=shape), draw.random(shape), draw.random(shape) < 0.02]:
        with pytest.raises(ValueError, match="image must show"):
            split_digits(image)


def test_empty_paper_in_uneven_light_is_no_writing():
    with pytest.raises(ValueError, match="image must show"):
        split_digits(np.add.outer(np.linspace(0, 100, 80), np.linspace(50, 150, 200)))


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 3), (3, 300)])
def test_tiny_pictures_give_an_answer_or_a_clear_error(shape):
    image = np.arange(np.prod(shape)).reshape(shape) % 5
    with pytest.raises(ValueError, match="image must show"):
        split_digits(image)


@pytest.mark.parametrize("shape", [(28, 8), 28, "28", None, (28,), [[28], [28]]])
def test_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"shape must be \(28, 28\) or \(8, 8\), got"):
        split_digits(page(strokes()), shape=shape)


def test_a_huge_picture_takes_little_time_and_has_its_own_coordinates():
    image = page(strokes()).repeat(30, axis=0).repeat(15, axis=1)
    digits = split_digits(image)
    assert np.abs(digits.boxes - BOXES * [30, 15, 30, 15]).max() <= 20


# --- reading -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small():
    """scikit-learn's digits: a network trained on one part, and the images of the other."""
    digits = load_digits()
    images, rest, y, y_rest = train_test_split(
        digits.images, digits.target, test_size=0.4, random_state=0, stratify=digits.target
    )
    network = SigmoidMLPClassifier(
        (60,), eta=0.1, alpha=1e-4, batch_size=10, max_iter=40, tol=None, random_state=0
    )
    return network.fit(images.reshape(-1, 64) / 16, y), images, y, rest, y_rest


def number(images):
    """A clear picture of digits from 8 × 8 images."""
    blocks = [
        np.pad(image / 16, ((1, 1), (1, 1))).repeat(6, 0).repeat(6, 1) for image in images
    ]
    return page(np.pad(np.hstack(blocks), 10))


def test_a_number_is_read(small):
    network, _, _, images, y = small
    reading = read_number(number(images[:6]), network, scale=1.0)
    assert sum(a == str(b) for a, b in zip(reading.text, y[:6], strict=True)) >= 5
    assert reading.images.shape == (6, 8, 8)
    assert reading.images.max() <= 1.0
    P = network.predict_proba(reading.images.reshape(6, 64))
    np.testing.assert_array_equal(reading.confidence, P.max(axis=1))


def test_two_rows_are_two_lines_of_text(small):
    network, _, _, images, _ = small
    one, two = number(images[:3]), number(images[3:6])
    reading = read_number(np.vstack([one, two]), network, scale=1.0)
    answers = network.predict(reading.images.reshape(6, 64))
    assert reading.lines.tolist() == [0, 0, 0, 1, 1, 1]
    assert reading.text == "\n".join("".join(map(str, row)) for row in answers.reshape(2, 3))


@pytest.mark.slow
def test_any_classifier_of_64_features_will_do_with_its_own_scale(small):
    _, images, y, rest, _ = small
    X = images.reshape(-1, 64)
    pipeline = make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=200)).fit(X, y)
    names = np.array([f"{k}" for k in y])
    svm = LinearSVC(random_state=0, C=0.01, max_iter=5000).fit(X, names)
    image = number(rest[:6])
    by_pipeline, by_svm = (read_number(image, model) for model in (pipeline, svm))
    assert by_pipeline.images.max() == 16.0
    assert len(by_svm.text) == 6
    assert np.isnan(by_svm.confidence).all()
    assert sum(a == b for a, b in zip(by_svm.text, by_pipeline.text, strict=True)) >= 4


def test_what_cannot_read_is_refused(small):
    image = page(strokes())
    with pytest.raises(NotFittedError):
        read_number(image, SigmoidMLPClassifier())
    with pytest.raises(TypeError, match="fitted classifier, got 'network'"):
        read_number(image, "network")
    iris = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(ValueError, match=r"784 features .* or 64 .* n_features_in_ = 1"):
        read_number(image, iris)
    for scale in (0, -1.0, np.nan, np.inf, "1", True, [1.0]):
        with pytest.raises(ValueError, match="scale must be a positive number"):
            read_number(image, small[0], scale=scale)


# --- files ---------------------------------------------------------------------------------


def test_a_file_is_opened_as_its_pixels(tmp_path):
    images = pytest.importorskip("PIL.Image")
    grey = page(strokes())
    colour = np.dstack([grey, grey, grey])
    for name, pixels in [("grey.png", grey), ("colour.png", colour)]:
        images.fromarray(pixels).save(tmp_path / name)
        np.testing.assert_array_equal(open_image(tmp_path / name), pixels)
    images.fromarray(grey).convert("P").save(tmp_path / "palette.png")
    assert open_image(str(tmp_path / "palette.png")).shape == (80, 200, 3)
    images.fromarray(grey > 128).save(tmp_path / "bits.png")
    np.testing.assert_array_equal(open_image(tmp_path / "bits.png") > 0, grey > 128)
    images.fromarray(grey.astype(np.uint16) * 257).save(tmp_path / "deep.png")
    assert len(split_digits(open_image(tmp_path / "deep.png")).boxes) == 3


def test_a_turned_photograph_is_turned_back(tmp_path):
    images = pytest.importorskip("PIL.Image")
    image = images.fromarray(np.rot90(page(strokes())))
    exif = image.getexif()
    exif[0x0112] = 6  # to be turned by a quarter clockwise
    image.save(tmp_path / "turned.png", exif=exif)
    np.testing.assert_array_equal(open_image(tmp_path / "turned.png"), page(strokes()))


def test_what_is_no_image_file_is_refused(tmp_path, monkeypatch):
    images = pytest.importorskip("PIL.Image")
    with pytest.raises(FileNotFoundError, match="missing"):
        open_image(tmp_path / "missing.png")
    (tmp_path / "text.png").write_text("no image")
    with pytest.raises(ValueError, match=r"text\.png' is no image"):
        open_image(tmp_path / "text.png")
    images.fromarray(page(strokes())).save(tmp_path / "whole.png")
    whole = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises((ValueError, OSError), match=r"half\.png"):
        open_image(tmp_path / "half.png")
    monkeypatch.setattr(images, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(ValueError, match=r"whole\.png.* pixels"):
        open_image(tmp_path / "whole.png")


def test_without_pillow_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match="pip install pillow"):
        open_image("number.png")


# --- floors --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def mnist():
    """Test images and labels of MNIST, and a network trained on its 60,000 images."""
    folder = Source().folder
    if folder is None:
        pytest.skip("the IDX files of MNIST are not there")
    names = ("train-images", "train-labels", "t10k-images", "t10k-labels")
    X, y, images, labels = (
        read_idx(folder / f"{name}-idx{3 if 'images' in name else 1}-ubyte.gz")
        for name in names
    )
    network = SigmoidMLPClassifier(
        (100,), eta=0.1, alpha=5e-6, batch_size=10, max_iter=15, tol=None, random_state=0
    )
    network.fit(X.reshape(len(X), 784) / np.float32(255), y)
    return images, labels, network


def judged(pictures, network, shape=(28, 28), scale=1.0, only_touching=False):
    """Shares of the digits that are found and that are read right.

    A digit is found if exactly one box overlaps its true box by more than a half of the area
    of both together; to be read right it has to be found.
    """
    found = right = total = 0
    for picture in pictures:
        digits = split_digits(picture.image, shape=shape)
        answers = network.predict(digits.images.reshape(len(digits.images), -1) * scale)
        text = picture.text.replace("\n", "")
        for label, box, touches in zip(text, picture.boxes, picture.touches, strict=True):
            if only_touching and not touches:
                continue
            k = found_by(digits.boxes, box)
            total += 1
            found += k is not None
            right += k is not None and str(answers[k]) == label
    return found / total, right / total


@slow
def test_numbers_of_test_digits_are_split_and_read(mnist):
    images, labels, network = mnist
    pictures = (compose(images, labels, seed) for seed in range(300))
    found, right = judged(pictures, network)
    assert found >= 0.99
    assert right >= 0.93


@slow
def test_most_digits_that_touch_are_split(mnist):
    images, labels, network = mnist
    pictures = (compose(images, labels, seed, touching=True) for seed in range(300))
    assert judged(pictures, network, only_touching=True)[0] >= 0.70


@slow
def test_rows_of_numbers_are_split_and_read(mnist):
    images, labels, network = mnist
    pictures = (compose(images, labels, seed, n_lines=3) for seed in range(50))
    found, right = judged(pictures, network)
    assert found >= 0.97
    assert right >= 0.90


@slow
def test_a_small_network_reads_numbers_of_small_images(small):
    network, _, _, images, labels = small
    pictures = (compose(images, labels, seed) for seed in range(100))
    assert judged(pictures, network, shape=(8, 8), scale=1 / 16)[1] >= 0.80


@slow
def test_a_test_image_is_prepared_as_it_was(mnist):
    images, _, network = mnist
    same, away = 0, []
    for image in images[:500]:
        digits = split_digits(np.pad(image, 6))
        large = np.argmax([image.sum() for image in digits.images])
        away.append(np.abs(digits.images[large] - image / 255).mean())
        prepared, own = digits.images[large].reshape(1, 784), image.reshape(1, 784) / 255
        same += (network.predict(prepared) == network.predict(own)).item()
    assert np.mean(away) < 0.03
    assert same / 500 > 0.97


@slow
def test_the_work_grows_no_faster_than_the_pixels(mnist):
    """Sixteen megapixels, of one megapixel: the processor's time, so nothing else counts."""
    images, labels, _ = mnist
    picture = compose(images, labels, 1, n_lines=3).image
    times = -(-4000 // np.array(picture.shape[:2]))
    large = picture.repeat(times[0], axis=0).repeat(times[1], axis=1)[:4000, :4000]
    small = np.ascontiguousarray(large[::4, ::4])

    def seconds(picture):
        start = time.process_time()
        split_digits(picture)
        return time.process_time() - start

    assert min(seconds(large) for _ in range(3)) < 3 * 16 * min(
        seconds(small) for _ in range(3)
    )
