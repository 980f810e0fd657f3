"""Grid searches on one process, on loky and on dask: ``python -m benchmarks.machines``.

The figures of docs/guide/many_machines.md. The ways take turns, so that what else the machine
does hits them alike; compare the ratios. It needs dask and distributed.
"""

import argparse
import os
import sys
import time
from statistics import median

import joblib
import numpy as np
from distributed import Client, LocalCluster
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV

from sknn_basic import SigmoidMLPClassifier

GRID = {"eta": [0.03, 0.1, 0.3, 1.0], "batch_size": [1, 10]}
WAYS = {
    "one process": {"n_jobs": 1},
    "loky, 2": {"backend": "loky", "n_jobs": 2},
    "dask, 2": {"backend": "dask", "n_jobs": 2},
}


def seconds(call, *arguments):
    """How long a call takes."""
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


def searches():
    """Name, network and data of a larger search and of a small one, 24 fits each."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 10, 6000)
    X = rng.random((10, 784))[y] + rng.standard_normal((6000, 784))
    options = {"tol": None, "random_state": 0}
    large = SigmoidMLPClassifier((30,), max_iter=10, **options)
    yield "784-30-10, 4,000 rows, 10 epochs", large, X, y
    X, y = load_digits(return_X_y=True)
    small = clone(large).set_params(hidden_layer_sizes=(10,), max_iter=2)
    yield "64-10-10, 1,198 rows, 2 epochs", small, X / 16, y


def search(way, network, X, y):
    """Search the grid in one of the `WAYS`."""
    with joblib.parallel_config(**WAYS[way]):
        GridSearchCV(network, GRID, cv=3, refit=False).fit(X, y)


def speed_ups(rounds, way):
    """How many times as fast as one process a way was, in each round."""
    return [times["one process"] / times[way] for times in rounds]


def measure(name, network, X, y, repeat):
    """Print the times of one search."""
    for way in WAYS:
        search(way, network, X[:200], y[:200])  # workers import what they need
    rounds = [{way: seconds(search, way, network, X, y) for way in WAYS} for _ in range(repeat)]
    print(f"\n24 fits of {name}: median seconds; times as fast, median (least - most)")
    for way in WAYS:
        ratios = speed_ups(rounds, way)
        print(
            f"  {way:12} {median(times[way] for times in rounds):7.3f}  "
            f"{median(ratios):.2f} ({min(ratios):.2f} - {max(ratios):.2f})"
        )


def measure_tasks(client):
    """Print what a task costs that does nothing."""
    one = median(seconds(lambda k=k: client.submit(abs, k).result()) for k in range(-100, 0))
    many = seconds(lambda: client.gather(client.map(abs, range(1000))))
    print(
        f"\na task that does nothing: {many:.1f} ms of 1,000 at once, {one * 1e3:.1f} ms alone"
    )


def measure_answers():
    """Print how many rows a network answers in a second."""
    X = np.random.default_rng(0).random((6000, 784))
    network = SigmoidMLPClassifier((100,), max_iter=1, tol=None, random_state=0)
    network.fit(X, np.arange(6000) % 10)
    took = median(seconds(network.predict, X) for _ in range(15))
    print(f"784-100-10 answers {len(X) / took:,.0f} rows a second on one core")


def main(arguments=None):
    """Run all of it; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.machines", description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="rounds (default: 5)")
    repeat = parser.parse_args(arguments).repeat
    print(f"load before the start: {os.getloadavg()[0]:.2f}")
    start = time.perf_counter()
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        print(f"a cluster of two workers starts in {time.perf_counter() - start:.1f} s")
        both = joblib.Parallel(n_jobs=2)
        print(f"two processes of loky in {seconds(both, [joblib.delayed(abs)(1)] * 2):.1f} s")
        for task in searches():
            measure(*task, repeat)
        measure_tasks(client)
    measure_answers()
    return 0


if __name__ == "__main__":
    sys.exit(main())
