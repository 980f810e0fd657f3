"""From the command line: a picture in, the number out, alone on the last line."""

import copy
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from sknn_basic.__main__ import main
from sknn_basic._cli import models

X, y = load_digits(return_X_y=True)
NUMBER = "504192"


def row_of(digits, start=300):
    """A strip of 8 x 8 digits, enlarged to strokes with the edges of a pen."""
    rows = [np.flatnonzero(y[start:] == int(digit))[0] + start for digit in digits]
    tiles = [np.pad(X[row].reshape(8, 8), ((1, 1), (2, 2))) for row in rows]
    return np.clip(3 * ndimage.zoom(np.hstack(tiles), 6, order=1) - 16, 0, 16)


def right_in(text):
    """How many digits of the number are right."""
    return sum(a == b for a, b in zip(text, NUMBER, strict=True))


@pytest.fixture
def picture(tmp_path):
    ink = np.pad(row_of(NUMBER), 20)
    path = tmp_path / "number.png"
    Image.fromarray(np.uint8(250 - 15 * ink)).save(path)
    return str(path)


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """A home in which whatever is written is seen."""
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def network_of_digits():
    """What `models.trained("digits")` gives."""
    return models.trained("digits")


@pytest.fixture
def trained_once(monkeypatch, network_of_digits):
    """Where a command would train the default network of digits, it gets a copy of one."""
    train = models.trained

    def trained(data, **options):
        if data == "digits" and not options:
            return copy.deepcopy(network_of_digits)
        return train(data, **options)

    monkeypatch.setattr(models, "trained", trained)


from_one_network = pytest.mark.usefixtures("trained_once")


@pytest.fixture
def said(capsys):
    """Run a command; its status, what it printed, and what it told."""

    def run(*arguments):
        status = main(list(arguments))
        captured = capsys.readouterr()
        return status, captured.out.splitlines(), captured.err

    return run


def test_a_number_is_read_and_printed_alone(picture, said):
    status, printed, told = said("read", picture)
    assert (status, printed) == (0, [NUMBER])
    assert "trained" not in told


def test_nothing_is_trained_kept_or_read_from_a_home(picture, said, own_home, monkeypatch):
    monkeypatch.setattr(models, "trained", None)
    monkeypatch.setattr(joblib, "load", None)
    assert said("read", picture)[1] == [NUMBER]
    assert not own_home.exists()


@from_one_network
def test_a_network_is_trained_on_the_small_digits_if_asked(picture, said, own_home):
    _, printed, told = said("read", picture, "--data", "digits")
    assert right_in(printed[-1]) >= 5
    assert "A network was trained on digits" in told
    assert not own_home.exists()


def test_doubts_and_turns_are_told_beside_the_answer(picture, said, tmp_path):
    with Image.open(picture) as image:
        image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "lying.png")
        blot = image.copy()
        blot.paste(0, (35, 30, 60, 70))
        blot.save(tmp_path / "blot.png")
    _, printed, told = said("read", str(tmp_path / "lying.png"))
    assert printed == [NUMBER]
    assert "turned by 270° anticlockwise" in told
    _, printed, told = said("read", str(tmp_path / "blot.png"))
    assert len(printed) == 1
    assert "Look again at " in told
    assert "?" not in printed[0]
    _, marked, told_again = said("read", str(tmp_path / "blot.png"), "--mark-unsure")
    assert told_again == told
    digits = zip(marked[0], printed[0], strict=True)
    differing = [k for k, (a, b) in enumerate(digits, start=1) if a != b]
    assert differing
    assert all(marked[0][k - 1] == "?" and f"digit {k} of" in told for k in differing)


def test_rows_of_digits_are_lines(tmp_path, said):
    page = np.vstack([np.pad(row_of("314"), 20), np.pad(row_of("926"), 20)])
    path = tmp_path / "page.png"
    Image.fromarray(np.uint8(15 * page)).save(path)  # light on dark
    assert said("read", str(path))[1] == ["314", "926"]


def test_a_jpeg_with_a_shadow_and_noise(tmp_path, said):
    ink = np.pad(row_of(NUMBER), 20)
    rng = np.random.default_rng(0)
    shadow = np.linspace(0, 90, ink.shape[1])
    page = 230 - shadow - 7.0 * ink + rng.normal(0, 4, ink.shape)
    path = tmp_path / "photo.jpg"
    Image.fromarray(np.uint8(page.clip(0, 255))).convert("RGB").save(path, quality=80)
    assert said("read", str(path))[1] == [NUMBER]


@pytest.mark.parametrize("name", ["number.png", "number.jpg", "photo.jpg"])
def test_the_pictures_of_the_guide_are_read(name, said):
    path = Path(__file__).parents[2] / "docs" / "images" / name
    assert said("read", str(path))[1] == [NUMBER]


def test_boxes_and_answers_are_drawn(picture, said, tmp_path):
    out = tmp_path / "shown.png"
    status, printed, told = said("read", picture, "--show", str(out))
    assert (status, printed) == (0, [NUMBER])
    assert str(out) in told
    with Image.open(out) as image:
        assert image.width > image.height > 100
        assert len(image.convert("RGB").getcolors(2**24)) > 100


@pytest.mark.slow
def test_a_network_of_ones_own(picture, said, tmp_path):
    path = tmp_path / "mine.joblib"
    options = ["--hidden", "30", "--epochs", "30", "--eta", "0.4", "--seed", "1"]
    status, printed, told = said("train", "--out", str(path), *options)
    assert status == 0
    assert str(path) in told
    assert len(printed) == 30  # a line for each epoch
    assert joblib.load(path).hidden_layer_sizes == 30
    assert right_in(said("read", picture, "--model", str(path))[1][-1]) >= 4


def test_any_classifier_of_digits_will_do(picture, said, tmp_path):
    path = tmp_path / "model.joblib"
    joblib.dump(KNeighborsClassifier().fit(X, y), path)
    assert right_in(said("read", picture, "--model", str(path))[1][-1]) >= 4


def test_the_network_takes_pixels_as_they_come(network_of_digits):
    assert network_of_digits.score(X, y) > 0.99
    assert network_of_digits.coefs_[0].shape == (64, 60)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["read", "no such file.png"], "No such file"),
        (["read", "{folder}/text.png"], "is no image"),
        (["read", "{folder}/empty.png"], "ink"),
        (
            ["read", "{picture}", "--model", "{folder}/text.png"],
            "text.png holds no classifier",
        ),
        (["read", "{picture}", "--model", "{folder}/none"], "There is no file"),
        (["read", "{picture}", "--model", "{folder}/list"], "classifier"),
        (["read", "{picture}", "--show", "{folder}/no/such/folder.png"], "No such file"),
        (["train", "--out", "{folder}/no/such/folder.npz"], "Make the folder first"),
        (
            ["train", "--out", "{folder}/m", "--data", "mnist", "--folder", "{folder}"],
            "neither",
        ),
    ],
)
def test_what_goes_wrong_is_told_in_a_line(arguments, message, picture, said, tmp_path):
    (tmp_path / "text.png").write_text("this is no picture")
    Image.new("L", (80, 60), 255).save(tmp_path / "empty.png")
    joblib.dump([1, 2, 3], tmp_path / "list")
    filled = [word.format(folder=tmp_path, picture=picture) for word in arguments]
    status, printed, told = said(*filled)
    assert status == 1
    assert printed == []
    assert message in told
    assert "Traceback" not in told


@pytest.mark.parametrize("arguments", [["read"], ["train"], ["read", "a", "--data", "letters"]])
def test_a_wrong_command_line(arguments, said):
    with pytest.raises(SystemExit) as ended:
        said(*arguments)
    assert ended.value.code == 2


@pytest.mark.slow
def test_as_a_command(picture):
    command = [sys.executable, "-m", "sknn_basic", "read", picture]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == NUMBER
