"""Digits of one's own to train with: a folder of pictures by label, or a CSV file."""

import warnings
from pathlib import Path

import numpy as np

from sknn_basic._cli.progress import tracked
from sknn_basic.digits import open_image, split_digits

INKS = (1.0, 16.0, 255.0)
"""What full ink may be in a CSV file: the smallest that no number exceeds."""

FEATURES = (64, 784)
"""Numbers of an image of 8 × 8 and of 28 × 28 pixels."""


def own_images(path, say):
    """The images in a folder or a file, and their labels.

    Parameters
    ----------
    path : path
        Of a folder with a folder of pictures for each label, or of a CSV file, a row for each
        image: its label, then 64 or 784 numbers, 0 for paper.
    say : callable
        Takes a line of text about pictures that are left out.

    Returns
    -------
    X : ndarray of shape (n, 64) or (n, 784)
        From 0, paper, to 1, ink.
    y : ndarray of str of shape (n,)

    Raises
    ------
    OSError, ValueError
        If there is nothing to learn from; the message says what is wanted.
    """
    path = Path(path)
    X, y = _in_folder(path, say) if path.is_dir() else _in_csv(path)
    if len(np.unique(y)) < 2:
        raise ValueError(f"{path} must hold images of two labels at least.")
    return X, y


def _in_folder(path, say):
    images, labels = [], []
    folders = [folder for folder in sorted(path.iterdir()) if _counts(folder, folder.is_dir())]
    files = [file for folder in folders for file in sorted(folder.iterdir())]
    for file in tracked(files, "Reading pictures"):
        if _counts(file, file.is_file()) and (image := _only_digit(file, say)) is not None:
            images.append(image)
            labels.append(file.parent.name)
    if not images:
        raise ValueError(
            f"{path} must hold a folder for each label, with pictures of one digit each: "
            f"{path / '3' / 'a.png'}, for example."
        )
    return np.array(images), np.array(labels)


def _counts(path, is_right):
    return is_right and not path.name.startswith(".")


def _only_digit(file, say):
    """The digit in a picture as MNIST's are; None if it is not one digit that can be seen."""
    try:
        images = split_digits(open_image(file)).images
        found = f"{len(images)} digits are"
    except ValueError as error:
        images, found = (), f"no digit is ({error})"
    if len(images) == 1:
        return images[0].ravel()
    say(f"{file} is left out, as {found} found in it.")
    return None


def _in_csv(path):
    try:
        labels, rows = _table(path)
    except ValueError as error:
        raise ValueError(f"{path} is no CSV file of images, label first: {error}") from error
    largest = rows.max(initial=0.0)
    if not (np.isfinite(rows).all() and rows.min(initial=0.0) >= 0.0 and largest <= INKS[-1]):
        raise ValueError(f"{path} must hold numbers from 0 to 1, 16 or 255 after the labels.")
    return rows / min(ink for ink in INKS if ink >= largest), labels


def _table(path):
    """Labels and numbers, with or without a line above that names the columns."""
    with path.open(encoding="utf-8-sig") as file:
        _, *numbers = file.readline().strip().split(",")
    if len(numbers) not in FEATURES:
        raise ValueError(
            f"after the label there must be 64 or 784 numbers, not {len(numbers)}."
        )
    form = {"delimiter": ",", "quotechar": '"', "comments": None, "encoding": "utf-8-sig"}
    form["skiprows"] = int(not all(map(_is_number, numbers)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # nothing under the names of columns
        labels = np.loadtxt(path, str, usecols=0, ndmin=1, **form)
        rows = np.loadtxt(path, usecols=range(1, 1 + len(numbers)), ndmin=2, **form)
    return labels, rows


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True
