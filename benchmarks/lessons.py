"""How much one lesson teaches, and what it costs: ``python -m benchmarks.lessons``.

The network that comes with the package meets a hand of its own: ones with a long upstroke,
which look like sevens, and sevens with a foot, which look like twos. Thirty digits of it are
shown once, and each that is misread is taught once, m = 1, with one of several η.
Then thirty further ones of that hand are read, and 1,000 of MNIST's test images, as before. All
of this is done for many draws of the hand. At last a wrong lesson is given again and again,
until it is believed: that a 3 of MNIST is an 8. It is what the page of `to_html` does: strokes
become ink as there, and a lesson is one call of `partial_fit`.
"""

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.data import Source
from benchmarks.report import environment
from sknn_basic.datasets import load_mnist
from sknn_basic.digits import load_reader
from sknn_basic.digits.prepare import as_mnist
from sknn_basic.export.page.digits import ETA, PEN

ODD = {
    1: [[(10, 50), (70, 4), (40, 97)]],
    7: [[(16, 8), (80, 8), (40, 97), (80, 92)]],
}
"""The strokes of the two digits, x to the right and y downwards, from 0 to 100."""

SHOWN = 30
"""Digits that are shown once, and as many that are read at the end, half of them ones."""

PERSUADED = 20
"""Images that are taught as something else."""

ETAS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)

LONG_SIDE, SMALLEST = 80, 3
"""Pixels of a digit's ink; a digit is at least so long in units of the pad."""


def odd_digits(seed, shown=SHOWN):
    """So many digits of the hand in mixed order, as pairs of a digit and its strokes."""
    draw = np.random.default_rng(seed)
    digits = draw.permutation(np.tile([1, 7], shown // 2)).tolist()
    return [(digit, _written(digit, draw)) for digit in digits]


def _written(digit, draw):
    """Strokes within a pad of 100 × 100, their corners near their places."""
    width, slant, size = draw.uniform(0.6, 0.85), draw.uniform(-0.1, 0.2), draw.uniform(45, 75)
    strokes = []
    for stroke in ODD[digit]:
        x, y = (np.array(stroke) + draw.normal(0, 3.5, (len(stroke), 2))).T / 100
        places = np.column_stack([x * width + slant * (0.5 - y), y])
        strokes.append((np.array([20, 12]) + size * places).clip(1, 99))
    return strokes


def pixels_of(strokes):
    """What the page makes of some strokes: 784 pixels from 0 to 1."""
    points = np.vstack(strokes)
    radius = LONG_SIDE * PEN[28] / 2
    first, extent = points.min(axis=0), np.ptp(points, axis=0)
    scale = (LONG_SIDE - 2 * radius) / max(*extent, SMALLEST)
    columns, rows = np.ceil(extent * scale + 2 * radius).astype(int)
    places = np.moveaxis(np.indices((rows, columns))[::-1] + 0.5, 0, -1)
    ink = np.zeros((rows, columns))
    for stroke in strokes:
        line = (stroke - first) * scale + radius
        for start, stop in pairwise(line):
            away = _distance(places, start, stop)
            np.maximum(ink, np.clip(radius + 0.5 - away, 0, 1), out=ink)
    high, wide = (np.flatnonzero((ink > 0.2).any(axis=axis)) for axis in (1, 0))
    return as_mnist(ink[high[0] : high[-1] + 1, wide[0] : wide[-1] + 1]).ravel()


def _distance(places, start, stop):
    along = stop - start
    share = np.clip((places - start) @ along / max(along @ along, 1e-12), 0, 1)
    return np.linalg.norm(places - start - share[..., None] * along, axis=-1)


def reader(eta):
    """The network that comes along, as the page computes with it: in double precision."""
    small = load_reader(no_digit=False)
    coefs, biases = (
        [array.astype(np.float64) for array in arrays]
        for arrays in (small.coefs_, small.intercepts_)
    )
    options = small.get_params() | {"eta": eta}
    return type(small).from_weights(coefs, biases, small.classes_, **options)


def lessons(network, X, y):
    """Teach each misread row once; how many there were, and how many are read right then."""
    taught = right = 0
    for x, digit in zip(X, y, strict=True):
        if network.predict([x])[0] != digit:
            network.partial_fit([x], [digit])
            taught += 1
            right += network.predict([x])[0] == digit
    return taught, right


def persuaded(eta, X, y, wrong=8, digit=3, most=100):
    """Of each image of a digit: lessons until it is read as the wrong one, and the others then.

    Returned are the mean number of lessons and the share of all images of that digit that are
    then read as the wrong one.
    """
    images, counts, shares = X[y == digit], [], []
    for image in images[:PERSUADED]:
        network, count = reader(eta), 0
        while network.predict([image])[0] != wrong and count < most:
            network.partial_fit([image], [wrong])
            count += 1
        counts.append(count)
        shares.append(np.mean(network.predict(images) == wrong))
    return np.mean(counts), np.mean(shares)


def table(etas, seeds, X_old, y_old):
    """A row for each η: lessons, accuracy on the hand and on the old images, over all seeds."""
    drawn = [odd_digits(seed, 2 * SHOWN) for seed in seeds]
    drawn = [
        (np.array([pixels_of(strokes) for _, strokes in one]), np.array([d for d, _ in one]))
        for one in drawn
    ]
    rows = []
    for eta in etas:
        results = []
        for X, y in drawn:
            network = reader(eta)
            before = network.score(X[SHOWN:], y[SHOWN:]), network.score(X_old, y_old)
            taught, right = lessons(network, X[:SHOWN], y[:SHOWN])
            after = network.score(X[SHOWN:], y[SHOWN:]), network.score(X_old, y_old)
            results.append((*before, *after, taught, right))
        rows.append((eta, np.array(results)))
    return rows


def markdown(rows, wrong):
    """The table of docs/guide/in_class.md; shares and losses in percent."""
    lines = [
        "| η | lessons | read right at once, % | that hand, % | least gain | MNIST, % "
        "| largest loss | lessons until a 3 is an 8 | of all threes, % |",
        "| --: | --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for (eta, results), (count, share) in zip(rows, wrong, strict=True):
        _, _, hand, old, taught, right = results.mean(axis=0)
        gain, loss = results[:, 2] - results[:, 0], results[:, 1] - results[:, 3]
        lines.append(
            f"| {eta:g} | {taught:.1f} | {100 * right / taught:.0f} | {100 * hand:.1f} "
            f"| {100 * gain.min():.0f} | {100 * old:.1f} | {100 * loss.max():.1f} "
            f"| {count:.1f} | {100 * share:.1f} |"
        )
    hand, old = rows[0][1][:, :2].mean(axis=0)
    before = f"Before any lesson: {hand:.1%} of that hand, {old:.1%} of MNIST's images."
    return "\n".join([*lines, "", before])


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lessons", description=__doc__)
    parser.add_argument("--data", metavar="FOLDER", help="folder of the IDX files of MNIST")
    parser.add_argument("--draws", type=int, default=20, help="of the hand")
    parser.add_argument("--markdown", metavar="FILE")
    asked = parser.parse_args(arguments)
    mnist = load_mnist(asked.data or Source().folder)
    X, y = mnist.X_test[::10], mnist.y_test[::10]
    rows = table(ETAS, range(asked.draws), X, y)
    wrong = [persuaded(eta, X, y) for eta in ETAS]
    ending = f"{asked.draws} draws of the hand; the page offers η = {ETA}."
    text = f"{markdown(rows, wrong)}\n{ending}\n"
    print(text)
    if asked.markdown:
        lines = "\n".join(environment())
        Path(asked.markdown).write_text(f"{text}\n{lines}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
