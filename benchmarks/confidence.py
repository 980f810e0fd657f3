"""Fits how surely an answer is right: ``python -m benchmarks.confidence``.

Numbers are composed of MNIST's training images and read; the log-odds that an answer is right
are a straight line in those that the network gives it among all candidates. Its two numbers are
`SLOPE` and `SHIFT` of `sknn_basic.digits.opinion`. Figures of test images come from
``python -m benchmarks.pictures``.
"""

import argparse
from functools import partial

import numpy as np
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from benchmarks.composed_numbers import compose
from benchmarks.data import Source
from benchmarks.photographs import photograph
from benchmarks.pictures import sure_and_right
from sknn_basic.datasets import load_mnist
from sknn_basic.digits import load_reader, read_number
from sknn_basic.digits.opinion import Opinion

MOST = 1.0 - 1e-6
"""What is surer counts as this."""

WEAK = 1e6
"""The inverse of a penalty so small that it does not count."""


def answers(ways, count, seed):
    """Log-odds of every answer to numbers composed in these ways, and whether it is right."""
    reader, found = load_reader(), []
    opinion = Opinion(reader, 1.0)
    for k in range(count):
        picture = ways[k % len(ways)](seed=seed + k)
        try:
            reading = read_number(picture.image, reader)
        except ValueError:
            continue
        right = [hit for _, hit in sure_and_right(picture, reading)]
        p = np.exp(-opinion.doubt(reading.images))
        found += zip(logit(np.minimum(p, MOST)), right, strict=True)
    return np.array(found, dtype=float)


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.confidence", description=__doc__
    )
    parser.add_argument("--data", metavar="FOLDER", help="folder of the IDX files of MNIST")
    parser.add_argument("--numbers", type=int, default=400)
    parser.add_argument("--seed", type=int, default=20_000)
    asked = parser.parse_args(arguments)
    mnist = load_mnist(asked.data or Source().folder)
    images = np.round(255 * mnist.X_train).astype(np.uint8).reshape(-1, 28, 28)
    make = partial(compose, images, mnist.y_train)
    touching = partial(make, touching=True)
    ways = [touching, touching, make, partial(photograph, images, mnist.y_train)]
    found = answers(ways, asked.numbers, asked.seed)
    line = LogisticRegression(C=WEAK).fit(found[:, :1], found[:, 1])
    print(f"{len(found)} answers, {found[:, 1].mean():.3f} right")
    print(f"SLOPE, SHIFT = {line.coef_[0, 0]:.2f}, {line.intercept_[0]:.2f}")


if __name__ == "__main__":
    main()
