"""How well numbers are read: ``python -m benchmarks.pictures --markdown FILE``.

All pictures are composed of MNIST's test images, from seeds that nothing was fitted to; none
is left out. A digit is found if exactly one box overlaps its true box by more than half of
the area of both together; to be read it has to be found.
"""

import argparse
import time
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.composed_numbers import compose
from benchmarks.cuts import overlap, plain
from benchmarks.data import Source
from benchmarks.photographs import photograph
from benchmarks.report import Report, environment
from sknn_basic.datasets import load_mnist
from sknn_basic.digits import load_reader, open_image, read_number, split_digits

BINS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 1.0)


def judged(picture, reading, asked):
    """Of the digits that are asked: how many there are, are found, and are read."""
    answers, found, right = reading.text.replace("\n", ""), 0, 0
    text = picture.text.replace("\n", "")
    for k in np.flatnonzero(asked):
        hits = [
            j for j, box in enumerate(reading.boxes) if overlap(box, picture.boxes[k]) > 0.5
        ]
        found += len(hits) == 1
        right += len(hits) == 1 and answers[hits[0]] == text[k]
    return int(np.sum(asked)), found, right


def sure_and_right(picture, reading):
    """The confidence of every answer, and whether it is right."""
    answers, text = reading.text.replace("\n", ""), picture.text.replace("\n", "")
    for box, answer, p in zip(reading.boxes, answers, reading.confidence, strict=True):
        shared = [overlap(box, true) for true in picture.boxes]
        k = int(np.argmax(shared))
        yield p, shared[k] > 0.5 and text[k] == answer


def shares(make, seeds, network, asked, answers):
    """Found, read, whole numbers, and seconds a picture."""
    total, whole, seconds, pictures = np.zeros(3), 0, 0.0, 0
    for seed in seeds:
        picture = make(seed=seed)
        which = asked(picture)
        if not which.any():
            continue
        pictures += 1
        start = time.process_time()
        try:
            reading = read_number(picture.image, network)
        except ValueError:
            total += [which.sum(), 0, 0]
            continue
        finally:
            seconds += time.process_time() - start
        total += judged(picture, reading, which)
        whole += reading.text == picture.text
        answers.extend(sure_and_right(picture, reading))
    n, found, right = total
    return [
        f"{pictures}",
        f"{found / n:.3f}",
        f"{right / n:.3f}",
        f"{whole / pictures:.3f}",
        f"{seconds / pictures:.2f}",
    ]


def touching(picture):
    return picture.touches


def every(picture):
    return np.ones(len(picture.boxes), dtype=bool)


def numbers(mnist, seed):
    """The table of composed numbers, and all answers of the network that comes along."""
    images = np.round(255 * mnist.X_test).astype(np.uint8).reshape(-1, 28, 28)
    make, labels = partial(compose, images, mnist.y_test), mnist.y_test
    reader, network = load_reader(), plain().fit(mnist.X_train, mnist.y_train)
    kinds = [
        ("touch", partial(make, touching=True), 300, touching),
        ("do not touch", make, 100, every),
        ("three rows", partial(make, n_lines=3), 20, every),
        ("photographs of a sheet", partial(photograph, images, labels), 100, every),
    ]
    rows, answers = [], []
    for name, way, count, asked in kinds:
        seeds = range(seed, seed + count)
        rows.append([name, "`load_reader()`", *shares(way, seeds, reader, asked, answers)])
        if name in ("touch", "do not touch"):
            rows.append([name, "plain 784-100-10", *shares(way, seeds, network, asked, [])])
    return rows, np.array(answers, dtype=float)


def reliability(answers):
    """Confidence and share of right answers, from bin to bin."""
    rows = []
    for low, high in pairwise(BINS):
        inside = (answers[:, 0] >= low) & ((answers[:, 0] < high) | (high == 1.0))
        if inside.any():
            mean, right = answers[inside].mean(axis=0)
            rows.append(
                [f"{low:g} to {high:g}", f"{inside.sum()}", f"{mean:.3f}", f"{right:.3f}"]
            )
    return rows


def single(mnist):
    """The test images, one by one."""
    ten, reader = load_reader(no_digit=False), load_reader()
    same = 0
    for image, label in zip(mnist.X_test[:2000], mnist.y_test[:2000], strict=True):
        try:
            found = split_digits(np.pad(image.reshape(28, 28), 6)).images.reshape(-1, 784)
        except ValueError:
            continue
        large = found[np.argmax(found.sum(axis=1))]
        same += ten.predict([large])[0] == label
    none = np.mean(reader.predict(mnist.X_test) == -1)
    return [
        ["MNIST's test images", f"{ten.score(mnist.X_test, mnist.y_test):.4f}"],
        ["of them called no digit", f"{none:.4f}"],
        ["the first 2,000, found by `split_digits`", f"{same / 2000:.4f}"],
    ]


def files(folder):
    """What is read in the pictures of a folder, beside what their names or README say."""
    reader, rows = load_reader(), []
    for path in sorted(Path(folder).glob("*.*g")):
        start = time.process_time()
        try:
            text = read_number(open_image(path), reader).text.replace("\n", " / ")
        except ValueError as error:
            text = str(error)
        rows.append([path.name, text, f"{time.process_time() - start:.2f}"])
    return rows


def large(mnist, seed):
    """Seconds for a photograph of 12 megapixels."""
    images = np.round(255 * mnist.X_test).astype(np.uint8).reshape(-1, 28, 28)
    image = photograph(images, mnist.y_test, seed).image.repeat(4, axis=0).repeat(4, axis=1)
    image, reader = np.dstack([image[:3000, :4000]] * 3), load_reader()
    start = time.process_time()
    read_number(image, reader)
    return time.process_time() - start


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pictures", description=__doc__)
    parser.add_argument("--data", metavar="FOLDER", help="folder of the IDX files of MNIST")
    parser.add_argument("--pictures", metavar="FOLDER", help="also read these pictures")
    parser.add_argument("--seed", type=int, default=9_000_000)
    parser.add_argument("--markdown", metavar="FILE", help="also write the tables here")
    asked = parser.parse_args(arguments)
    mnist, page = load_mnist(asked.data or Source().folder), Report("Numbers in pictures")
    page.say(*environment(), f"Seeds from {asked.seed:,} on.")
    page.table("Single digits", ["what", "share"], single(mnist))
    rows, answers = numbers(mnist, asked.seed)
    header = ["digits", "network", "pictures", "found", "read", "whole numbers", "seconds each"]
    page.table("Numbers", header, rows)
    header = ["confidence", "answers", "mean confidence", "right"]
    page.table("Confidence", header, reliability(answers))
    page.say(f"A photograph of 12 megapixels takes {large(mnist, asked.seed):.1f} s.")
    for folder in filter(None, ["docs/images", asked.pictures]):
        page.table(folder, ["picture", "text", "seconds"], files(folder))
    if asked.markdown:
        page.write(asked.markdown)


if __name__ == "__main__":
    main()
