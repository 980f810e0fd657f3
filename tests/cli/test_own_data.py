"""Networks trained on one's own handwriting: pictures by label, or a CSV file."""

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from sklearn.datasets import load_digits

from sknn_basic.__main__ import main
from sknn_basic._cli import models
from sknn_basic._cli.own_data import own_images

X, y = load_digits(return_X_y=True)
CHOSEN = "0417"
ROWS = np.concatenate([np.flatnonzero(y == int(digit))[:30] for digit in CHOSEN])


def picture_of(rows):
    """These digits side by side, dark on light, as on a scan."""
    tiles = [np.pad(X[row].reshape(8, 8), ((2, 2), (3, 3))) for row in rows]
    return np.uint8(250 - 14 * ndimage.zoom(np.hstack(tiles), 6, order=1).clip(0, 16))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Thirty pictures of each digit in a folder by its name, and what does not count."""
    folder = tmp_path_factory.mktemp("hand")
    for row in ROWS:
        (folder / str(y[row])).mkdir(exist_ok=True)
        Image.fromarray(picture_of([row])).save(folder / str(y[row]) / f"{row}.png")
    (folder / ".hidden").mkdir()
    (folder / "0" / ".DS_Store").touch()
    (folder / "read me.txt").touch()
    return folder


def csv(path, rows=X[ROWS], labels=y[ROWS], header=None, form="%g"):
    lines = [
        ",".join([str(label), *(form % x for x in row)])
        for label, row in zip(labels, rows, strict=True)
    ]
    path.write_text("\n".join([*([header] if header else []), *lines]) + "\n")
    return path


def read_back(model, folder, capsys):
    """What `read` says of a number in digits that were not for training."""
    rows = [np.flatnonzero(y == int(digit))[40] for digit in CHOSEN]
    Image.fromarray(picture_of(rows)).save(folder / "number.png")
    assert main(["read", str(folder / "number.png"), "--model", str(model)]) == 0
    return capsys.readouterr().out.strip()


@pytest.mark.slow
def test_pictures_by_label(folder, tmp_path, capsys):
    model = tmp_path / "hand.npz"
    assert main(["train", "--data", str(folder), "--out", str(model)]) == 0
    assert models.stored(model).classes_.tolist() == sorted(CHOSEN)
    assert models.stored(model).n_features_in_ == 784
    capsys.readouterr()
    assert read_back(model, tmp_path, capsys) == CHOSEN


def test_a_csv_file(tmp_path, capsys):
    model, data = tmp_path / "hand.json", csv(tmp_path / "hand.csv")
    assert main(["train", "--data", str(data), "--out", str(model)]) == 0
    network = models.stored(model)
    assert network.score(X[ROWS], y[ROWS].astype(str)) > 0.98  # pixels as they come
    capsys.readouterr()
    assert read_back(model, tmp_path, capsys) == CHOSEN


@pytest.mark.parametrize("ink", [1.0, 16.0, 255.0])
@pytest.mark.parametrize("header", [None, "label," + ",".join(f"p{k}" for k in range(64))])
def test_what_a_csv_file_holds(ink, header, tmp_path):
    scaled = X[ROWS] / 16 * ink
    path = csv(tmp_path / "a.csv", scaled, header=header, form="%.17g")
    images, labels = own_images(path, print)
    np.testing.assert_allclose(images, X[ROWS] / 16)
    assert labels.tolist() == [str(digit) for digit in y[ROWS]]


def test_a_picture_without_just_one_digit_is_left_out(folder, tmp_path):
    for name in ("1", "2"):
        (tmp_path / name).mkdir()
        Image.fromarray(picture_of(ROWS[[0]])).save(tmp_path / name / "good.png")
    Image.fromarray(picture_of(ROWS[[0, 40]])).save(tmp_path / "1" / "two.png")
    Image.new("L", (50, 50), 255).save(tmp_path / "1" / "none.png")
    (tmp_path / "2" / "text.png").write_text("no picture")
    told = []
    images, labels = own_images(tmp_path, told.append)
    assert labels.tolist() == ["1", "2"]
    assert images.shape == (2, 784)
    assert [line.split()[0] for line in told] == [
        str(tmp_path / name) for name in ("1/none.png", "1/two.png", "2/text.png")
    ]
    assert "2 digits are found" in told[1]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "there must be 64 or 784 numbers, not 0"),
        ("label" + ",p" * 64 + "\n", "two labels at least"),
        ("3,1,2\n4,1,2\n", "there must be 64 or 784 numbers, not 2"),
        ("3" + ",0" * 64 + "\n4,1\n", "label first"),
        ("3" + ",0" * 63 + ",x\n" + "3" + ",0" * 63 + ",x\n", "label first"),
        ("3" + ",0" * 63 + ",-1\n", "numbers from 0 to 1, 16 or 255"),
        ("3" + ",0" * 63 + ",256\n", "numbers from 0 to 1, 16 or 255"),
        ("3" + ",0" * 63 + ",nan\n", "numbers from 0 to 1, 16 or 255"),
        ("3" + ",0" * 64 + "\n", "two labels at least"),
    ],
)
def test_a_csv_file_that_is_none(text, match, tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_text(text)
    assert main(["train", "--data", str(path), "--out", str(tmp_path / "m.json")]) == 1
    told = capsys.readouterr().err
    assert match in told
    assert str(path) in told
    assert not (tmp_path / "m.json").exists()


def test_a_picture_is_no_csv_file(folder, tmp_path, capsys):
    path = next((folder / "7").iterdir())
    assert main(["train", "--data", str(path), "--out", str(tmp_path / "m.json")]) == 1
    assert f"{path} is no CSV file of images" in capsys.readouterr().err


def test_a_folder_without_pictures_by_label(tmp_path, capsys):
    assert main(["train", "--data", str(tmp_path), "--out", str(tmp_path / "m.json")]) == 1
    assert "must hold a folder for each label" in capsys.readouterr().err
