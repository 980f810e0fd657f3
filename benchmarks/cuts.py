"""Fits what the search for cuts weighs: ``python -m benchmarks.cuts``.

Numbers are composed of MNIST's training images, their lattices judged once by a network, and
the prices of `sknn_basic.digits.lattice` varied one by one as long as more digits are read.
With ``--plain`` the network is one that was never told what is no digit. The price of cuts in
narrow pieces is left alone: it is for what hands write that are not MNIST's. Figures of test
images come from ``python -m benchmarks.pictures``.
"""

import argparse
from dataclasses import asdict, replace
from typing import NamedTuple

import numpy as np

from benchmarks.composed_numbers import compose
from benchmarks.data import Source
from sknn_basic import SigmoidMLPClassifier
from sknn_basic.datasets import load_mnist
from sknn_basic.digits import load_reader
from sknn_basic.digits.lattice import CAREFUL, PRICES, lattice
from sknn_basic.digits.opinion import Opinion
from sknn_basic.digits.paper.frames import without_lines
from sknn_basic.digits.paper.ink import find_ink
from sknn_basic.digits.paper.picture import as_grey
from sknn_basic.digits.pieces import Piece, find_pieces
from sknn_basic.digits.prepare import as_mnist
from sknn_basic.digits.rows import in_rows

FACTORS = (0.5, 0.7, 0.85, 1.18, 1.4, 2.0)

HELD_OUT = 50_000
"""The training images from here on make the numbers; a plain network learns the others."""


def plain():
    """A network such as the book's, not fitted, which only tells digits from each other."""
    return SigmoidMLPClassifier(
        (100,), eta=0.1, alpha=5e-6, batch_size=10, max_iter=15, tol=None, random_state=0
    )


class Judged(NamedTuple):
    """A picture's lattices, and of every edge the doubt and which true digit it reads."""

    lattices: list
    doubts: list
    found: list
    read: list
    touches: np.ndarray


def overlap(one, other):
    """Area shared by two boxes, by the area of both together."""
    high = min(one[2], other[2]) - max(one[0], other[0])
    wide = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(high, 0) * max(wide, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return shared / (sum(areas) - shared)


def lattices_of(image):
    """All ways to cut each row of a picture."""
    ink, _ = find_ink(as_grey(image)[0])
    rows = in_rows(find_pieces(without_lines(ink), ink.stroke))
    taken = np.zeros(ink.mask.shape, dtype=bool)
    for piece in (piece for row in rows for piece in row):
        taken[tuple(piece.pixels.T)] = True
    return [lattice(row, ink, taken) for row in rows]


def judged(picture, opinion):
    """All that does not depend on the prices."""
    lattices, doubts, found, read = lattices_of(picture.image), [], [], []
    text = picture.text.replace("\n", "")
    for one in lattices:
        images = np.stack([as_mnist(edge.digit) for edge in one.edges])
        labels, _ = opinion.of(images)
        doubts.append(opinion.doubt(images))
        boxes = [Piece(edge.pixels).box for edge in one.edges]
        hits = [[k for k, t in enumerate(picture.boxes) if overlap(b, t) > 0.5] for b in boxes]
        found.append(hits)
        these = zip(hits, labels, strict=True)
        read.append([[k for k in hit if text[k] == str(label)] for hit, label in these])
    return Judged(lattices, doubts, found, read, picture.touches)


def counts(picture, prices, only_touching):
    """How many digits there are, are found, and are read; and if the whole is right."""
    found, read, edges = [], [], 0
    for one, doubt, hits, right in zip(
        picture.lattices, picture.doubts, picture.found, picture.read, strict=True
    ):
        chosen = one.best(doubt, prices)
        found += [k for e in chosen for k in hits[e]]
        read += [k for e in chosen for k in right[e]]
        edges += len(chosen)
    asked = [k for k, t in enumerate(picture.touches) if t or not only_touching]
    whole = edges == len(picture.touches) == len(set(read))
    once = sum(found.count(k) == 1 for k in asked)
    return len(asked), once, sum(k in read for k in asked), whole


def shares(pictures, prices, only_touching):
    """Found, read, whole."""
    n, found, read, whole = np.sum(
        [counts(picture, prices, only_touching) for picture in pictures], axis=0
    )
    return found / n, read / n, whole / len(pictures)


def reachable(pictures):
    """The share of touching digits that some edge finds, and that some edge reads."""
    n = found = read = 0
    for picture in pictures:
        for k in np.flatnonzero(picture.touches):
            n += 1
            found += any(k in hits for one in picture.found for hits in one)
            read += any(k in hits for one in picture.read for hits in one)
    return found / n, read / n


def score(prices, touching, apart):
    """What is to be as large as can be."""
    one, two = shares(touching, prices, True), shares(apart, prices, False)
    return one[0] + one[1] + 0.5 * one[2] + 1.5 * two[0] + 3.0 * two[1] + two[2]


def fitted(prices, touching, apart, rounds=3):
    """Prices from which no single step leads to more."""
    best = score(prices, touching, apart)
    for _ in range(rounds):
        before = best
        for name in sorted(asdict(prices).keys() - {"narrow"}):
            for factor in FACTORS:
                other = replace(prices, **{name: round(getattr(prices, name) * factor, 3)})
                now = score(other, touching, apart)
                if now > best + 1e-9:
                    prices, best = other, now
        print(best, prices, flush=True)
        if best == before:
            break
    return prices


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cuts", description=__doc__)
    parser.add_argument("--data", metavar="FOLDER", help="folder of the IDX files of MNIST")
    parser.add_argument("--numbers", type=int, default=400)
    parser.add_argument("--seed", type=int, default=40_000)
    parser.add_argument("--plain", action="store_true", help="for a network of one's own")
    asked = parser.parse_args(arguments)
    mnist = load_mnist(asked.data or Source().folder)
    images = np.round(255 * mnist.X_train[HELD_OUT:]).astype(np.uint8).reshape(-1, 28, 28)
    labels, first = mnist.y_train[HELD_OUT:], CAREFUL if asked.plain else PRICES
    network = load_reader()
    if asked.plain:
        network = plain().fit(mnist.X_train[:HELD_OUT], mnist.y_train[:HELD_OUT])
    opinion = Opinion(network, 1.0)
    touching, apart = (
        [
            judged(compose(images, labels, asked.seed + k, touching=touch), opinion)
            for k in range(asked.numbers)
        ]
        for touch in (True, False)
    )
    print("reachable: found, read", reachable(touching))
    prices = fitted(first, touching, apart)
    print("touching: found, read, whole", shares(touching, prices, True))
    print("apart: found, read, whole", shares(apart, prices, False))


if __name__ == "__main__":
    main()
