"""How near the compiled limit: ``python -m benchmarks.compiled``; it needs Numba.

A loop over the samples, compiled: the same online SGD under the cross-entropy, sample after
sample, with one hidden layer. It skips the inputs that are 0, which matrix products cannot,
and no call costs it anything. Its weights must be ours after the same rows.
"""

import argparse
import math
import sys

import numpy as np

from benchmarks.agreement import TOLERANCE, difference
from benchmarks.cases import DENSE, cases, quick
from benchmarks.data import Source
from benchmarks.peers import ETA, OURS, starting_weights
from benchmarks.report import Report, environment, number
from benchmarks.timing import Run, alternate, medians, ratio, ratio_range

SHAPES = ("784-30-10", "64-30-10")
HEADER = ["row", "dtype", "ours", "compiled", "× compiled", "range", "difference", ""]


# --- the loop, in functions that Numba can compile ----------------------------------------


def find_nonzero(x, at):
    """How many of x are not 0; their indices come first in `at`, which is overwritten."""
    found = 0
    for j in range(len(x)):
        at[found] = j
        found += x[j] != 0
    return found


def add_product(x, at, W, z):
    """Add x W to z in place, over the inputs `at`."""
    for j in at:
        x_j = x[j]
        for k in range(len(z)):
            z[k] += x_j * W[j, k]


def squash(z):
    """Replace z by σ(z), in place."""
    for k in range(len(z)):
        z[k] = 1 / (1 + math.exp(-z[k]))


def output_error(e, y, eta):
    """Replace the activations e by the error times η, η (e − y), in place."""
    for k in range(len(e)):
        e[k] = eta * (e[k] - y[k])


def hidden_error(a, V, e, d):
    """Write (V e) a (1 − a), the error of the hidden neurons, to `d`."""
    for i in range(len(a)):
        total = V[i, 0] * e[0]
        for k in range(1, len(e)):
            total += V[i, k] * e[k]
        d[i] = total * a[i] * (1 - a[i])


def descend(x, at, d, W, b):
    """Take xᵀ d from W, over the inputs `at`, and d from b, in place."""
    for j in at:
        x_j = x[j]
        for k in range(len(d)):
            W[j, k] -= x_j * d[k]
    for k in range(len(d)):
        b[k] -= d[k]


def sample_loop(compiled):
    """A function that learns each row once, in order, changing the weights in place.

    Parameters
    ----------
    compiled : callable
        ``compiled(function)`` is the function to call in its place: `numba.njit`.
    """
    nonzero, product, sigmoid = map(compiled, (find_nonzero, add_product, squash))
    last, inner, step = map(compiled, (output_error, hidden_error, descend))

    def epoch(X, Y, W, b, V, c, eta):
        at, every = np.empty(X.shape[1], np.intp), np.arange(len(b))
        a, d, e = np.empty_like(b), np.empty_like(b), np.empty_like(c)
        for s in range(len(X)):  # faster than a zip of both
            x, y = X[s], Y[s]
            some = at[: nonzero(x, at)]
            a[:] = b
            product(x, some, W, a)
            sigmoid(a)
            e[:] = c
            product(a, every, V, e)
            sigmoid(e)
            last(e, y, eta)
            inner(a, V, e, d)
            step(a, every, e, V, c)
            step(x, some, d, W, b)

    return compiled(epoch)


# --- beside ours --------------------------------------------------------------------------


def run_of(problem, compiled):
    """The loop over all rows, from the weights that every peer starts from."""
    epoch, (Ws, bs) = sample_loop(compiled), starting_weights(problem)
    (W, V), (b, c) = Ws, bs
    rest = (W, b, V, c, problem.X.dtype.type(ETA))
    epoch(problem.X[:0], problem.Y[:0], *rest)  # compiles
    return Run(lambda: epoch(problem.X, problem.Y, *rest), problem.case.steps, lambda: (Ws, bs))


def compare(problem, compiled, repeat):
    """One row of the table, and whether the weights agree."""
    case = problem.case
    runs = {"ours": OURS.run(problem), "compiled": run_of(problem, compiled)}
    for run in runs.values():
        run.call()
    far = difference(*(run.weights() for run in runs.values()))
    holds = far <= TOLERANCE[case.dtype]
    times = alternate(runs, repeat)
    micro = [number(1e6 * value) for value in medians(times).values()]
    low, high = ratio_range(times, "compiled")
    row = [case.shape, case.dtype, *micro, f"{ratio(times, 'compiled'):.2f}"]
    row += [f"{low:.2f} – {high:.2f}", f"{far:.0e}", "agree" if holds else "DIFFER"]
    return row, holds


def measured_cases():
    """The rows of the main table that are measured here."""
    return [c for c in cases() if c.group == DENSE and c.m == 1 and c.shape in SHAPES]


def main(arguments=None):
    """Print the table; the exit code is 1 if weights differ."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compiled", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few steps: does it run?")
    parser.add_argument("--repeat", type=int, default=7, help="repetitions (default: 7)")
    parser.add_argument("--mnist", metavar="DIR", help="folder of the IDX files")
    asked = parser.parse_args(arguments)
    try:
        from numba import njit
    except ImportError:
        print("Numba is not installed: skipped")
        return 0
    page, source = Report("Compiled"), Source(asked.mnist)
    page.say(*environment(), source.describe())
    chosen = [quick(case) if asked.quick else case for case in measured_cases()]
    found = [compare(source.problem(case), njit, asked.repeat) for case in chosen]
    page.table("Microseconds a sample, m=1", HEADER, [row for row, _ in found])
    page.say("× is the loop's time over ours: below 1 the loop is faster.")
    return 0 if all(holds for _, holds in found) else 1


if __name__ == "__main__":
    sys.exit(main())
