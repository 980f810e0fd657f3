"""Fused searches against plain ones: ``python -m benchmarks.searches``.

The figures of docs/guide/searches.md. The ways take turns, so that what else the machine does
hits them alike; compare the ratios.
"""

import argparse
import os
import sys
import time
import warnings
from statistics import median

import numpy as np
from sklearn.datasets import load_digits, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.datasets import load_mnist
from sknn_basic.model_selection import FusedGridSearchCV

RATES = list(np.geomspace(0.01, 0.3, 12))
HEADER = ["search", "jobs", "plain, s", "plain / fused", "scikit-learn's / fused"]


def network(**params):
    """Ours, for a fixed number of epochs."""
    return SigmoidMLPClassifier(**{"tol": None, "random_state": 0} | params)


def theirs(ours, grid):
    """scikit-learn's network and grid for the same steps."""
    fixed = {"solver": "sgd", "activation": "logistic", "momentum": 0.0, "alpha": 0.0}
    fixed |= {"tol": 0.0, "n_iter_no_change": 10**6, "learning_rate_init": ours.eta}
    names = ("hidden_layer_sizes", "batch_size", "max_iter", "random_state")
    fixed |= {name: getattr(ours, name) for name in names}
    renamed = {"eta": "learning_rate_init"}
    return MLPClassifier(**fixed), {renamed.get(name, name): v for name, v in grid.items()}


def searches(mnist=None):
    """Name, estimator, grid, folds and data of each search."""
    X, y = load_digits(return_X_y=True)
    for m in (1, 10):
        ours = network(batch_size=m, max_iter=10)
        yield f"digits 64-30-10, m = {m}, 12 rates", ours, {"eta": RATES}, 3, X / 16, y
    for m in (1, 10):
        ours = PerceptronClassifier(batch_size=m, max_iter=10, tol=None, random_state=0)
        yield f"digits, perceptrons, m = {m}, 12 rates", ours, {"eta": RATES}, 3, X / 16, y
    ours = network(batch_size=10, max_iter=10, alpha=1e-4)
    yield "digits 64-30-10, L2, m = 10, 12 rates", ours, {"eta": RATES}, 3, X / 16, y
    grid = {"eta": [0.03, 0.1, 0.3, 1.0], "batch_size": [1, 10, 50]}
    yield "digits, 4 rates x m = 1, 10, 50", network(max_iter=20), grid, 5, X / 16, y
    X, y = load_wine(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), network(hidden_layer_sizes=(10,), max_iter=20))
    name = "sigmoidmlpclassifier__"
    grid = {f"{name}eta": [0.1, 0.5, 2.0], f"{name}batch_size": [1, 10]}
    yield "wine, pipeline, 3 rates x m = 1, 10", pipeline, grid, 5, X, y
    if mnist is not None:
        data = load_mnist(mnist)
        X, y = data.X_train[:6000], data.y_train[:6000]
        ours = network(batch_size=10, max_iter=2)
        yield "MNIST 784-30-10, m = 10, 6 rates", ours, {"eta": RATES[::2]}, 2, X, y


def seconds(search, X, y):
    """How long a search takes."""
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        search.fit(X, y)
    return time.perf_counter() - start


def row(case, jobs, repeat):
    """A row of the table: medians of alternating rounds."""
    name, ours, grid, folds, X, y = case
    how = {"cv": folds, "refit": False, "n_jobs": jobs}
    ways = {
        "plain": GridSearchCV(ours, grid, **how),
        "fused": FusedGridSearchCV(ours, grid, **how),
    }
    if isinstance(ours, SigmoidMLPClassifier) and not ours.alpha and jobs == 1:
        ways["theirs"] = GridSearchCV(*theirs(ours, grid), **how)
    times = {way: [] for way in ways}
    for k in range(repeat):
        for way, search in ways.items():
            if way != "theirs" or k == 0:  # once is enough: it takes long
                times[way].append(seconds(search, X, y))
    middle = {way: median(values) for way, values in times.items()}
    ratio = {way: f"{middle[way] / middle['fused']:.1f}" for way in ways}
    return [name, str(jobs), f"{middle['plain']:.2f}", ratio["plain"], ratio.get("theirs", "")]


def main(arguments=None):
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.searches", description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="rounds (default: 5)")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2], help="default: 1 2")
    parser.add_argument("--mnist", metavar="DIR", help="folder of the IDX files")
    asked = parser.parse_args(arguments)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    print("| " + " | ".join(HEADER) + " |\n" + "|:--" * len(HEADER) + "|")
    with threadpool_limits(1):
        for case in searches(asked.mnist):
            for jobs in asked.jobs:
                print("| " + " | ".join(row(case, jobs, asked.repeat)) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
