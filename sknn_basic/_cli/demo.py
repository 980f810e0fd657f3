"""The main job: learn scikit-learn's handwritten digits, tell how well, draw pictures.

Everything that is told goes through a function `say`, so that nothing here prints.
Reading order: the data, learning and the test, the three pictures.
"""

from collections import Counter
from math import ceil, floor, sqrt
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SIDE = 8
"""Width and height of a digit in pixels."""

DARKEST = 16.0
"""The largest pixel value of `load_digits`."""

PAIRS = 5
"""How many confused pairs are told at most."""

PER_ROW, ROWS = 8, 3
"""The grid of test digits; its first row is for wrong answers."""

TILES = 60
"""How many neurons are drawn at most."""

HEAD, GAP = 2, 1
"""Pixels above a tile, for its number, and to the right of it."""

SHARE_IN_SCALE = 0.99
"""Share of the weights that the colour scale tells apart."""

BLUE, ORANGE = "#0072B2", "#D55E00"
"""Two colours that colour-blind eyes tell apart (M. Okabe and K. Ito, 2008)."""


class Split(NamedTuple):
    """Training and test digits: X of shape (n, 64) from 0 to 1, y the digits 0 to 9."""

    X_train: np.ndarray
    X_test: np.ndarray
    y_train: np.ndarray
    y_test: np.ndarray


def load(seed):
    """The 1,797 digits, a quarter of them for the test, every digit in proportion."""
    X, y = load_digits(return_X_y=True)
    return Split(*train_test_split(X / DARKEST, y, stratify=y, random_state=seed))


# --- learning and the test -------------------------------------------------------------


def learn(classifier, split, say):
    """Train the classifier and tell how long it took."""
    say(
        f"Learning from {len(split.y_train):,} handwritten digits of {SIDE} x {SIDE} pixels; "
        f"{len(split.y_test)} others are for the test"
    )
    start = perf_counter()
    classifier.fit(split.X_train, split.y_train)
    say(f"Training took {perf_counter() - start:.1f} s")


def examine(classifier, split, say):
    """Tell how many test digits are read correctly and which ones are confused."""
    answers = classifier.predict(split.X_test)
    n, right = len(answers), int((answers == split.y_test).sum())
    say(f"Test accuracy: {right / n:.2%} ({right} of {n} digits)")
    say("Confused most often:" if right < n else "No test digit was confused.")
    for line in worst_confusions(split.y_test, answers):
        say(f"  {line}")


def worst_confusions(truth, answers):
    """Tell the pairs that were confused most often, one line each, the worst first."""
    wrong = truth != answers
    pairs = Counter(zip(truth[wrong].tolist(), answers[wrong].tolist(), strict=True))
    ranked = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return [
        f"{digit} read as {answer}: {times} time{'s' if times > 1 else ''}"
        for (digit, answer), times in ranked[:PAIRS]
    ]


def accuracy_after_each_epoch(classifier, split):
    """Take the epochs of `fit` again, one by one, with a test after each.

    With the same seed `partial_fit` takes exactly the steps that `fit` took.
    """
    again = clone(classifier)
    digits = np.arange(10)
    return [
        again.partial_fit(split.X_train, split.y_train, digits).score(
            split.X_test, split.y_test
        )
        for _ in range(classifier.n_iter_)
    ]


# --- the pictures ----------------------------------------------------------------------


def draw_learning(costs, accuracies):
    """Training cost and test accuracy over the epochs, side by side."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    epochs = np.arange(1, len(costs) + 1)
    left.plot(epochs, costs, "o-", color=BLUE, markersize=4)
    left.set(
        title=f"Training cost: {costs[-1]:.2g} in epoch {epochs[-1]}",
        ylabel="mean cost of a digit",
        ylim=(0, None),
    )
    right.plot(epochs, accuracies, "s-", color=ORANGE, markersize=4)
    lowest = min(0.9, floor(10 * min(accuracies)) / 10)
    title = f"Test accuracy: {accuracies[-1]:.1%} after epoch {epochs[-1]}"
    right.set(title=title, ylabel="digits read correctly", ylim=(lowest, 1.0))
    right.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    for axes in (left, right):
        axes.xaxis.set_major_locator(
            MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1)
        )
        axes.set_xlabel("epoch")
        axes.grid(alpha=0.3)
    return figure


def draw_weights(W):
    """Each neuron's weights, a column of W of shape (64, n), as an 8 x 8 image.

    One colour scale for all, symmetric about 0. Its lightness only rises, so that the
    sign survives grey printing; the few largest weights share its end colours.
    """
    from matplotlib.figure import Figure

    shown = min(W.shape[1], TILES)
    columns = round(sqrt(1.6 * shown))
    tiles = mosaic(W[:, :shown], columns)
    limit = np.quantile(np.abs(W[:, :shown]), SHARE_IN_SCALE)
    height, width = tiles.shape
    size = (max(6.0, 0.12 * width + 1.5), max(3.2, 0.12 * height + 0.8))
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(tiles, cmap="cividis", vmin=-limit, vmax=limit)
    axes.axis("off")
    for neuron in range(shown):
        row, column = divmod(neuron, columns)
        x, y = column * (SIDE + GAP) + SIDE / 2, row * (SIDE + HEAD) + HEAD - 0.8
        axes.text(x - 0.5, y, str(neuron + 1), ha="center", fontsize=9)
    bar = figure.colorbar(image, shrink=0.8, extend="both")
    bar.set_label("weight", fontsize=12)
    which = "" if shown == W.shape[1] else f" (the first {shown} of {W.shape[1]} neurons)"
    figure.suptitle(
        f"What each first-layer neuron looks for{which}\n"
        "bright pixels speak for it, dark ones against it",
        fontsize=14,
    )
    return figure


def mosaic(W, columns):
    """Lay the columns of W as tiles side by side; NaN between them."""
    n = W.shape[1]
    rows = ceil(n / columns)
    cells = np.full((rows * columns, HEAD + SIDE, SIDE + GAP), np.nan)
    cells[:n, HEAD:, :SIDE] = W.T.reshape(n, SIDE, SIDE)
    grid = cells.reshape(rows, columns, HEAD + SIDE, SIDE + GAP)
    return grid.swapaxes(1, 2).reshape(rows * (HEAD + SIDE), columns * (SIDE + GAP))


def choose_digits(wrong):
    """Rows of the test set to show: the first wrong ones, then the first right ones."""
    first_wrong = np.flatnonzero(wrong)[:PER_ROW]
    first_right = np.flatnonzero(~wrong)[: PER_ROW * ROWS - len(first_wrong)]
    return np.concatenate([first_wrong, first_right])


def percent(p):
    """A probability in whole percent; 100 % is told only where it is exact."""
    return ">99%" if 0.99 < p < 1.0 else f"{p:.0%}"


def draw_digits(X, truth, answers, confidence):
    """Test digits with the answer; wrong ones have a cross, a dashed frame and the truth."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 5.6), layout="constrained")
    grid = figure.subplots(ROWS, PER_ROW)
    for axes in grid.flat:
        axes.axis("off")
    wrong = truth != answers
    for axes, row in zip(grid.flat, choose_digits(wrong), strict=False):
        axes.imshow(X[row].reshape(SIDE, SIDE), cmap="gray_r", vmin=0.0, vmax=1.0)
        told = f"{answers[row]}  ({percent(confidence[row])})"
        if wrong[row]:
            told = f"\N{BALLOT X} {told}\nis a {truth[row]}"
            _frame(axes)
        axes.set_title(told, fontsize=12, color=ORANGE if wrong[row] else "black")
    figure.suptitle(
        f"What the network reads and how sure it is "
        f"(\N{BALLOT X}: wrong, {wrong.sum()} of {len(X)} test digits)",
        fontsize=15,
    )
    return figure


def _frame(axes):
    """Show the frame of these axes again, thick and dashed, without ticks."""
    axes.axis("on")
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(linewidth=2.5, linestyle="--", color=ORANGE)


def draw_all(classifier, split):
    """The pictures one after the other, each with its file name."""
    confidence = classifier.predict_proba(split.X_test).max(axis=1)
    answers = classifier.predict(split.X_test)
    accuracies = accuracy_after_each_epoch(classifier, split)
    yield "loss_curve.png", draw_learning(classifier.loss_curve_, accuracies)
    yield "first_layer_weights.png", draw_weights(classifier.coefs_[0])
    yield "test_digits.png", draw_digits(split.X_test, split.y_test, answers, confidence)


def save_pictures(classifier, split, out, say):
    """Write the pictures into the folder `out`, or tell what is missing for that."""
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError:
        say('No pictures, for matplotlib is not installed: pip install ".[demo]"')
        return
    for name, figure in draw_all(classifier, split):
        figure.savefig(Path(out) / name, dpi=120)
        say(f"Picture: {Path(out) / name}")
