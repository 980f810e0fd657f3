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

SMALL, LARGE, DIGITS = "784-30-10", "784-100-10", "64-30-10"


@dataclass(frozen=True, slots=True)
class Requirement:
    """The peer's time over ours must be at least `floor` in each of these rows."""

    group: str
    shapes: tuple[str, ...]
    m: tuple[int, ...]
    peer: str
    floor: float
    aim: float | None = None
    dtypes: tuple[str, ...] = DTYPES

    def matches(self, case):
        return (
            case.group == self.group
            and case.shape in self.shapes
            and case.m in self.m
            and case.dtype in self.dtypes
        )

    @property
    def label(self):
        m = "" if self.group in (ONE_ROW_FIT, ONE_ROW_PREDICT) else f", m={_join(self.m)}"
        group = "" if self.group == DENSE else f"{self.group} "
        dtype = "" if self.dtypes == DTYPES else f", {_join(self.dtypes)}"
        return f"{group}{_join(self.shapes)}{m}{dtype}"


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
    Requirement(DENSE, (SMALL, LARGE), (1,), "scikit-learn", 15),
    Requirement(DENSE, (SMALL, LARGE), (1,), "PyTorch", 20),
    Requirement(DENSE, (SMALL, LARGE), (1,), "JAX", 0.8, 1.2),
    Requirement(DENSE, (SMALL, LARGE), (1,), "bare products", 1.0, dtypes=("float64",)),
    Requirement(DENSE, (SMALL,), (10,), "scikit-learn", 5),
    Requirement(DENSE, (SMALL,), (10,), "PyTorch", 8),
    Requirement(DENSE, (SMALL,), (10,), "JAX", 1.1),
    Requirement(DENSE, (SMALL, LARGE), (10,), "bare products", 0.55, 0.75),
    Requirement(DENSE, (LARGE,), (128,), "scikit-learn", 1.6),
    Requirement(DENSE, (LARGE,), (128,), "PyTorch", 1.6),
    Requirement(DENSE, (LARGE,), (128,), "bare products", 0.85),
    Requirement(DENSE, (DIGITS,), (1,), "scikit-learn", 15),
    Requirement(SPARSE, ("50000-30-10",), (1,), "scikit-learn", 60),
    Requirement(SPARSE, ("50000-30-10",), (32,), "scikit-learn", 20),
    Requirement(PERCEPTRON, ("784-10",), (1,), "scikit-learn", 2, 4),
    Requirement(PERCEPTRON, ("784-1",), (1,), "scikit-learn", 0.8, 1.5),
    Requirement(ONE_ROW_FIT, (SMALL,), (1,), "scikit-learn", 20),
    Requirement(ONE_ROW_FIT, ("784-10",), (1,), "scikit-learn", 50),
    Requirement(ONE_ROW_PREDICT, (SMALL, "784-10"), (1,), "scikit-learn", 3),
    Requirement(GRID, (DIGITS,), (10,), "scikit-learn", 4),
)


def verdict(requirement, results):
    """Judge a requirement by its worst row.

    Parameters
    ----------
    requirement : Requirement
    results : list of (Case, dict of peer -> list of seconds)
    """
    rows = [
        (ratio(times, requirement.peer), case, times)
        for case, times in results
        if requirement.matches(case) and requirement.peer in times
    ]
    if not rows:
        return Verdict(requirement)
    value, case, times = min(rows, key=lambda row: row[0])
    return Verdict(requirement, case, value, ratio_range(times, requirement.peer))


def verdicts(results):
    """A `Verdict` for each requirement that concerns one of these rows."""
    concerned = [r for r in REQUIREMENTS if any(r.matches(case) for case, _ in results)]
    return [verdict(requirement, results) for requirement in concerned]


def _join(values):
    return " and ".join(map(str, values))
