"""What must hold: for each line of the table of floors, which rows, whom, how fast."""

import math
from dataclasses import dataclass

from benchmarks.cases import (
    DENSE,
    DTYPES,
    GRID,
    ONE_ROW_FIT,
    ONE_ROW_PREDICT,
    PERCEPTRON,
    SPARSE,
)
from benchmarks.timing import ratio, ratio_range

SMALL, LARGE, DEEP, DIGITS = "784-30-10", "784-100-10", "784-100-100-10", "64-30-10"


@dataclass(frozen=True, slots=True)
class Requirement:
    """The peer's time over ours must be at least `floor` in each of these rows.

    Some speak only of a run with shuffling, some only of one with the default threads.
    """

    group: str
    shapes: tuple[str, ...]
    m: tuple[int, ...]
    peer: str
    floor: float
    aim: float | None = None
    dtypes: tuple[str, ...] = DTYPES
    shuffled: bool = False
    default_threads: bool = False

    def matches(self, case):
        return (
            case.group == self.group
            and case.shape in self.shapes
            and case.m in self.m
            and case.dtype in self.dtypes
        )

    def speaks_of(self, case, default_threads):
        """Whether it judges this row in a run with or without the default threads."""
        return (
            self.matches(case)
            and (case.shuffle or not self.shuffled)
            and (default_threads or not self.default_threads)
        )

    @property
    def label(self):
        m = "" if self.group in (ONE_ROW_FIT, ONE_ROW_PREDICT) else f", m={_join(self.m)}"
        group = "" if self.group == DENSE else f"{self.group} "
        dtype = "" if self.dtypes == DTYPES else f", {_join(self.dtypes)}"
        run = ", shuffled" if self.shuffled else ""
        run += ", default threads" if self.default_threads else ""
        return f"{group}{_join(self.shapes)}{m}{dtype}{run}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was measured for a requirement; `worst` is its worst row, None if none was."""

    requirement: Requirement
    worst: object = None
    value: float = math.nan
    range: tuple[float, float] = (math.nan, math.nan)

    @property
    def checked(self):
        return self.worst is not None

    @property
    def holds(self):
        return self.checked and self.value >= self.requirement.floor


REQUIREMENTS = (
    Requirement(DENSE, (SMALL,), (1,), "JAX", 0.82, 1.0),
    Requirement(DENSE, (SMALL,), (1,), "bare products", 1.2),
    Requirement(DENSE, (LARGE,), (1,), "JAX", 0.88, 1.1),
    Requirement(DENSE, (LARGE,), (1,), "bare products", 1.6),
    Requirement(DENSE, (SMALL,), (10,), "JAX", 1.0, 1.15),
    Requirement(DENSE, (SMALL,), (10,), "bare products", 0.58),
    Requirement(DENSE, (LARGE,), (10,), "JAX", 1.0, 1.25),
    Requirement(DENSE, (LARGE,), (10,), "bare products", 0.72),
    Requirement(DENSE, (DEEP,), (10,), "JAX", 1.0),
    Requirement(DENSE, (DEEP,), (10,), "bare products", 0.75),
    Requirement(DENSE, (SMALL,), (128,), "JAX", 0.95),
    Requirement(DENSE, (SMALL,), (128,), "bare products", 0.85),
    Requirement(DENSE, (LARGE,), (128,), "JAX", 0.75, default_threads=True),
    Requirement(DENSE, (LARGE,), (128,), "scikit-learn", 1.15, 1.35, default_threads=True),
    Requirement(SPARSE, ("50000-30-10",), (1,), "scikit-learn", 60),
    Requirement(SPARSE, ("50000-30-10",), (32,), "scikit-learn", 20),
    Requirement(PERCEPTRON, ("784-10",), (1,), "scikit-learn", 2, shuffled=True),
    Requirement(PERCEPTRON, ("784-1",), (1,), "scikit-learn", 0.45, shuffled=True),
    Requirement(ONE_ROW_FIT, (SMALL, "784-10"), (1,), "scikit-learn", 18),
    Requirement(ONE_ROW_PREDICT, (SMALL, "784-10"), (1,), "scikit-learn", 7),
    Requirement(GRID, (DIGITS,), (10,), "scikit-learn", 4),
)
"""Ratios of times that took turns: a figure in microseconds would judge the machine."""


def verdict(requirement, results, default_threads):
    """Judge a requirement by its worst row, if this run is one that it speaks of.

    Parameters
    ----------
    requirement : Requirement
    results : list of (Case, dict of peer -> list of seconds)
    default_threads : bool
        Whether nothing limited the threads.
    """
    rows = [
        (ratio(times, requirement.peer), case, times)
        for case, times in results
        if requirement.speaks_of(case, default_threads) and requirement.peer in times
    ]
    if not rows:
        return Verdict(requirement)
    value, case, times = min(rows, key=lambda row: row[0])
    return Verdict(requirement, case, value, ratio_range(times, requirement.peer))


def verdicts(results, default_threads):
    """A `Verdict` for each requirement that concerns one of these rows."""
    concerned = [r for r in REQUIREMENTS if any(r.matches(case) for case, _ in results)]
    return [verdict(requirement, results, default_threads) for requirement in concerned]


def _join(values):
    return " and ".join(map(str, values))
