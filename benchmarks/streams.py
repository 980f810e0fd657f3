"""Answers before lessons, one sample at a time: ``python -m benchmarks.streams``.

The figures of docs/guide/online.md. Each way answers every row before it learns from it, with
m = 1; they take turns, so that what else the machine does hits them alike. river is timed where
it is installed, on fewer rows.
"""

import argparse
import sys
import time
import warnings
from statistics import median

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.datasets import load_mnist

HEADER = ["stream", "classifier", "way", "µs a row", "ways / ours", "right"]
ROWS, ROWS_OF_SLOW_ONES = 5000, 500


def ours(model, X, y, classes):
    """One call."""
    return clone(model).predict_then_learn(X, y, classes=classes)


def loop(model, X, y, classes):
    """`predict` and `partial_fit` for each row, on the fast path of one-row calls."""
    model, told = clone(model), []
    model.partial_fit(X[:1], y[:1], classes=classes, sample_weight=[0.0])
    for k in range(len(y)):
        told.append(model.predict(X[k : k + 1])[0])
        model.partial_fit(X[k : k + 1], y[k : k + 1])
    return np.array(told)


def scikit_learns_loop(model, X, y, classes):
    """The same with MLPClassifier."""
    theirs = MLPClassifier(
        getattr(model, "hidden_layer_sizes", ()),
        solver="sgd",
        activation="logistic",
        momentum=0.0,
        alpha=0.0,
        learning_rate_init=model.eta,
        random_state=0,
    )
    theirs.partial_fit(X[:1], y[:1], classes=classes)
    told = [theirs.predict(X[:1])[0]]
    for k in range(1, len(y)):
        told.append(theirs.predict(X[k : k + 1])[0])
        theirs.partial_fit(X[k : k + 1], y[k : k + 1])
    return np.array(told)


def rivers(model, X, y, classes):
    """River's progressive validation of one logistic regression a class: no hidden layer."""
    from river import linear_model, metrics, multiclass, optim, stream
    from river.evaluate import progressive_val_score

    regression = linear_model.LogisticRegression(optim.SGD(model.eta), intercept_lr=model.eta)
    score = progressive_val_score(
        stream.iter_array(X, y), multiclass.OneVsRestClassifier(regression), metrics.Accuracy()
    )
    return score.get()


WAYS = {"predict_then_learn": ours, "loop of one-row calls": loop}
SLOW_WAYS = {"MLPClassifier, loop": scikit_learns_loop, "river, no hidden layer": rivers}


def streams(mnist):
    """Name, classifier, rows and labels of each stream."""
    network = SigmoidMLPClassifier((30,), eta=0.1, batch_size=1, random_state=0)
    perceptron = PerceptronClassifier(batch_size=1)
    X, y = load_digits(return_X_y=True)
    yield "digits", "64-30-10", network, X / 16, y
    yield "digits", "ten perceptrons", perceptron, X / 16, y
    if mnist is not None:
        data = load_mnist(mnist)
        X, y = data.X_train[:ROWS].astype(np.float64), data.y_train[:ROWS]
        yield "MNIST", "784-30-10", network, X, y
        yield "MNIST", "ten perceptrons", perceptron, X, y


def rows(name, kind, model, X, y, repeat):
    """The rows of the table for one stream: medians of alternating rounds."""
    times, right = {}, {}
    few = slice(ROWS_OF_SLOW_ONES)
    for turn in range(repeat):
        for way, answer in (WAYS | SLOW_WAYS).items():
            part = few if way in SLOW_WAYS else slice(None)
            if (way in SLOW_WAYS and turn > 0) or not _has(way):
                continue  # once is enough: they take long
            start = time.perf_counter()
            told = answer(model, X[part], y[part], np.arange(10))
            times.setdefault(way, []).append((time.perf_counter() - start) / len(y[part]))
            right[way] = told if isinstance(told, float) else np.mean(told == y[part])
    best = median(times["predict_then_learn"])
    for way, taken in times.items():
        share = f"{right[way]:.3f}" + (f" of {ROWS_OF_SLOW_ONES}" if way in SLOW_WAYS else "")
        yield [
            name,
            kind,
            way,
            f"{1e6 * median(taken):.1f}",
            f"{median(taken) / best:.1f}",
            share,
        ]


def _has(way):
    if way not in SLOW_WAYS or "river" not in way:
        return True
    try:
        import river  # noqa: F401
    except ImportError:
        return False
    return True


def main(arguments=None):
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streams", description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="rounds (default: 5)")
    parser.add_argument("--threads", type=int, help="limit of BLAS threads for every way")
    parser.add_argument("--mnist", metavar="DIR", help="folder of the IDX files")
    asked = parser.parse_args(arguments)
    print("| " + " | ".join(HEADER) + " |\n" + "|:--" * len(HEADER) + "|")
    with threadpool_limits(asked.threads), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for stream in streams(asked.mnist):
            for row in rows(*stream, asked.repeat):
                print("| " + " | ".join(row) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
