"""The demo: learn scikit-learn's handwritten digits, tell how well, draw pictures.

What is told goes through a function `say`, but for the lines of training itself. Reading
order: the whole demo, the data, learning and the test, the three pictures.
"""

from collections import Counter
from math import ceil, floor
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from sknn_basic import SigmoidMLPClassifier
from sknn_basic._cli.models import DARKEST, fit_to_the_end, write_picture
from sknn_basic._cli.parser import PROGRAM
from sknn_basic._cli.progress import tracked
from sknn_basic.plotting import LossCurveDisplay, WeightsDisplay
from sknn_basic.plotting import _paper as paper

SIDE = 8
"""Width and height of a digit in pixels."""

EVERY = 5
"""Epochs between two lines of training."""

PAIRS = 5
"""Maximum number of confused pairs to print."""

PER_ROW, ROWS = 8, 3
"""The grid of test digits; its first row is for wrong answers."""

TILES = 60
"""How many neurons are drawn at most."""

NEURONS_PER_ROW = 8

SHARE_IN_SCALE = 0.99
"""Share of the weights that the colour scale tells apart."""

NEXT = f"""\
What to try next:
  {PROGRAM} --hidden 100 --eta 1    other neurons and steps: does it learn more?
  {PROGRAM} page --out digits.html  draw digits in the browser and see them read
  {PROGRAM} read PICTURE.png        read a number that you have written"""


def run(options):
    """Run the demo with the options of the command line."""
    options.out.mkdir(parents=True, exist_ok=True)
    classifier = SigmoidMLPClassifier(
        options.hidden,
        eta=options.eta,
        batch_size=options.batch_size,
        max_iter=options.epochs,
        cost=options.cost,
        tol=None,
        random_state=options.seed,
        verbose=min(EVERY, options.epochs),
    )
    split = load(options.seed)
    learn(classifier, split, say=say)
    examine(classifier, split, say=say)
    save_pictures(classifier, split, options.out, say=say)
    say(NEXT)
    return 0


def say(line):
    """Print a line at once, also where the output goes into a file or a pipe."""
    print(line, flush=True)


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
    fit_to_the_end(classifier, split.X_train, split.y_train)
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
        for _ in tracked(range(classifier.n_iter_), "Testing after each epoch")
    ]


# --- the pictures ----------------------------------------------------------------------


def draw_learning(costs, accuracies):
    """Training cost and test accuracy over the epochs, side by side."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    LossCurveDisplay(costs, training_name="mean cost of a digit").plot(left)
    left.set(title=f"Training cost: {costs[-1]:.2g} in epoch {len(costs)}", ylim=(0, None))
    display = LossCurveDisplay(accuracies, training_name="digits read correctly")
    display.plot(right, color=paper.ORANGE, marker="s")
    lowest = min(0.9, floor(10 * min(accuracies)) / 10)
    title = f"Test accuracy: {accuracies[-1]:.1%} after epoch {len(accuracies)}"
    right.set(title=title, ylim=(lowest, 1.0))
    right.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    return figure


def draw_weights(W):
    """Each neuron's weights, a column of W of shape (64, n), as an 8 x 8 image.

    The few largest weights share the end colours of the scale.
    """
    from matplotlib.figure import Figure

    n, shown = W.shape[1], min(W.shape[1], TILES)
    columns, rows = min(shown, NEURONS_PER_ROW), ceil(shown / NEURONS_PER_ROW)
    size = (max(6.0, 1.3 + 1.02 * columns), max(2.6, 0.9 + 1.2 * rows))
    figure = Figure(figsize=size, layout="constrained")
    display = WeightsDisplay(W.T[:shown], (SIDE, SIDE), [str(k) for k in range(shown)])
    limit = float(np.quantile(np.abs(display.weights), SHARE_IN_SCALE)) or None
    display.plot(figure.subplots(), n_columns=NEURONS_PER_ROW, limit=limit)
    which = "" if shown == n else f" (the first {shown} of {n} neurons)"
    figure.suptitle(
        f"What each first-layer neuron looks for{which}\n"
        "purple pixels speak for it, orange ones against it",
        fontsize=14,
    )
    return figure


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
        axes.set_title(told, fontsize=12, color=paper.ORANGE if wrong[row] else "black")
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
        spine.set(linewidth=2.5, linestyle="--", color=paper.ORANGE)


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
        say("No pictures, for matplotlib is not installed: python -m pip install matplotlib")
        return
    for name, figure in draw_all(classifier, split):
        write_picture(figure, Path(out) / name)
        say(f"Picture: {Path(out) / name}")
