"""What is measured: one `Case` a row of the table, as data.

A step is one mini-batch (training), one call (one-row groups) or one fit (grid search).
"""

import re
from dataclasses import dataclass, replace
from itertools import product

DENSE, SPARSE, PERCEPTRON = "dense", "sparse", "perceptron"
ONE_ROW_FIT, ONE_ROW_PREDICT, GRID = "one-row partial_fit", "one-row predict", "grid search"

DTYPES = ("float64", "float32")
SPARSE_COLUMNS, SPARSE_DENSITY = 50_000, 0.002
DIGITS_ROWS = 1797


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table.

    Parameters
    ----------
    group : str
        What is done; each peer has one way of doing it, or none.
    sizes : tuple of int
        Neurons of each layer, inputs first; one output means two classes.
    m : int
        Samples a mini-batch.
    dtype : str
        Of X and of the weights.
    steps : int
        Steps in one repetition; in a grid search the epochs of each fit.
    slow_steps : int or None
        Fewer steps for the peers that need milliseconds for each; None: the same.
    density : float
        Share of stored entries in X; 1 is a dense array.
    shuffle : bool
        Whether ours and scikit-learn draw a new order for each epoch, as both do by default.
        Then they do the same work on the same rows, but not in the same order.
    """

    group: str
    sizes: tuple[int, ...]
    m: int
    dtype: str
    steps: int
    slow_steps: int | None = None
    density: float = 1.0
    shuffle: bool = False

    @property
    def shape(self):
        return "-".join(map(str, self.sizes))

    @property
    def label(self):
        group = "" if self.group == DENSE else f"{self.group} "
        return f"{group}{self.shape} m={self.m} {self.dtype}"

    @property
    def rows(self):
        return DIGITS_ROWS if self.group == GRID else self.m * self.steps

    @property
    def n_classes(self):
        return max(2, self.sizes[-1])

    @property
    def is_perceptron(self):
        return len(self.sizes) == 2

    def shorter(self, steps):
        """The same case with at most so many steps."""
        slow = None if self.slow_steps is None else min(self.slow_steps, steps)
        return replace(self, steps=min(self.steps, steps), slow_steps=slow)

    def for_slow_peers(self):
        """The same case with the steps that slow peers take."""
        return replace(self, steps=self.slow_steps or self.steps, slow_steps=None)

    def two_classes(self):
        """The same case with one output neuron."""
        return replace(self, sizes=(*self.sizes[:-1], 1))


def cases():
    """Every row of the table, in order."""
    return [*_dense(), *_sparse(), *_perceptrons(), *_one_row(), *_grid()]


def quick(case):
    """The same row with few steps: shows that everything runs, not how fast it is."""
    if case.group == GRID:
        return replace(case, steps=3)
    few = {1: 400, 10: 100, 32: 30, 128: 12}[case.m]
    few = {SPARSE: 30, PERCEPTRON: 3000, ONE_ROW_FIT: 30, ONE_ROW_PREDICT: 50}.get(
        case.group, few
    )
    case = case.shorter(few)
    return replace(case, slow_steps=min(10, few)) if case.group == SPARSE else case


def select(pattern=None):
    """The cases whose label matches the regular expression."""
    return [case for case in cases() if pattern is None or re.search(pattern, case.label)]


def _dense():
    steps = {1: 4000, 10: 2000, 128: 200}
    rows = [((784, hidden, 10), m) for hidden in (30, 100) for m in steps]
    rows += [((784, 100, 100, 10), 10)]
    rows += [(sizes, m) for sizes in ((64, 30, 10), (4, 5, 3)) for m in (1, 10)]
    for (sizes, m), dtype in product(rows, DTYPES):
        yield Case(DENSE, sizes, m, dtype, steps[m])


def _sparse():
    sizes = (SPARSE_COLUMNS, 30, 10)
    for (m, steps), dtype in product(((1, 8000), (32, 600)), DTYPES):
        yield Case(SPARSE, sizes, m, dtype, steps, slow_steps=60, density=SPARSE_DENSITY)


def _perceptrons():
    for outputs, dtype in product((10, 1), DTYPES):
        yield Case(PERCEPTRON, (784, outputs), 1, dtype, 60_000)


def _one_row():
    for group, sizes, dtype in product(
        (ONE_ROW_FIT, ONE_ROW_PREDICT), ((784, 30, 10), (784, 10)), DTYPES
    ):
        yield Case(group, sizes, 1, dtype, 1000, slow_steps=200)


def _grid():
    yield Case(GRID, (64, 30, 10), 10, "float64", steps=20)
