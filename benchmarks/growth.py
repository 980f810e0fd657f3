"""How our time grows: against rows, features, hidden units, depth, stored entries.

The exponent is the slope of log(time) against log(size): 1 is linear, 0 is free. "last" is
that of the two greatest sizes, where the fixed cost of a step weighs least.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.cases import DENSE, SPARSE, SPARSE_COLUMNS, Case
from benchmarks.peers import OURS
from benchmarks.timing import alternate, medians

HEADER = ["against", "fixed", "dtype", "sizes", "times", "exponent", "last"]


@dataclass(frozen=True, slots=True)
class Series:
    """One quantity that grows while the others stay.

    Parameters
    ----------
    name, fixed, unit : str
    case : callable
        ``case(size)`` -> Case.
    sizes : tuple of numbers
    whole_epoch : bool
        Show the time of the epoch in ms instead of a step's in µs.
    """

    name: str
    fixed: str
    case: Callable[[Any], Case]
    sizes: tuple
    whole_epoch: bool = False


def _dense(sizes, m, steps=None):
    steps = steps or {1: 3000, 10: 1500}[m]
    return Case(DENSE, sizes, m, "float64", steps)


def _sparse(columns, density):
    return Case(SPARSE, (columns, 30, 10), 1, "float64", 4000, density=density)


def series():
    """Every series, in order."""
    features, hidden, depth = (
        (48, 96, 192, 384, 768, 1536),
        (15, 30, 60, 120, 240),
        (1, 2, 4, 8),
    )
    rows = (2000, 4000, 8000, 16_000, 32_000)
    yield Series("rows", "784-30-10, m=1", lambda n: _dense((784, 30, 10), 1, n), rows, True)
    for m in (1, 10):
        yield Series(
            "features", f"n-30-10, m={m}", lambda n, m=m: _dense((n, 30, 10), m), features
        )
        yield Series(
            "hidden units", f"784-h-10, m={m}", lambda h, m=m: _dense((784, h, 10), m), hidden
        )
        yield Series(
            "hidden layers of 30",
            f"784-30-…-10, m={m}",
            lambda d, m=m: _dense((784, *[30] * d, 10), m),
            depth,
        )
    yield Series(
        "stored entries a row",
        f"{SPARSE_COLUMNS}-30-10, m=1",
        lambda stored: _sparse(SPARSE_COLUMNS, stored / SPARSE_COLUMNS),
        (25, 50, 100, 200, 400, 800),
    )
    yield Series(
        "columns, 100 entries a row",
        "c-30-10, m=1",
        lambda columns: _sparse(columns, 100 / columns),
        (6250, 12_500, 25_000, 50_000, 100_000),
    )


def exponent(sizes, times):
    """The slope of log(times) against log(sizes)."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def table(source, repeat, quick=False):
    """Rows of the table: a line for each series and dtype."""
    return [
        row(one, dtype, source, repeat, quick)
        for one in series()
        for dtype in ("float64", "float32")
    ]


def row(one, dtype, source, repeat, quick=False):
    """Time one series, all its sizes taking turns."""
    sizes = one.sizes[:3] if quick else one.sizes
    cases = {size: replace(one.case(size), dtype=dtype) for size in sizes}
    if quick:
        cases = {size: _fewer(case, one, sizes) for size, case in cases.items()}
    runs = {size: OURS.run(source.problem(case)) for size, case in cases.items()}
    step = medians(alternate(runs, repeat))
    if one.whole_epoch:
        times, unit = [1e3 * step[size] * runs[size].steps for size in sizes], "ms an epoch"
    else:
        times, unit = [1e6 * step[size] for size in sizes], "µs a step"
    return [
        one.name,
        one.fixed,
        dtype,
        ", ".join(map(str, sizes)),
        ", ".join(f"{t:.3g}" for t in times) + f" {unit}",
        f"{exponent(sizes, times):.2f}",
        f"{exponent(sizes[-2:], times[-2:]):.2f}",
    ]


def _fewer(case, one, sizes):
    return case.shorter(case.steps // 8 if one.whole_epoch else 200)
