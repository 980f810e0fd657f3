"""What the parameters shared by both classifiers may be."""

import math
import numbers

from sknn_basic._compat import Interval, Options, StrOptions

SHARED_CONSTRAINTS = {
    "eta": [Interval(numbers.Real, 0, None, closed="neither")],
    "batch_size": [Interval(numbers.Integral, 1, None, closed="left")],
    "max_iter": [Interval(numbers.Integral, 1, None, closed="left")],
    "alpha": [Interval(numbers.Real, 0, None, closed="left")],
    "shuffle": ["boolean"],
    "tol": [Interval(numbers.Real, 0, None, closed="left"), None],
    "n_iter_no_change": [
        Interval(numbers.Integral, 1, None, closed="left"),
        Options(numbers.Real, {math.inf}),
    ],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(numbers.Real, 0, 1, closed="neither")],
    "keep": [StrOptions({"last", "best", "average"})],
    "class_weight": [StrOptions({"balanced"}), dict, None],
    "warm_start": ["boolean"],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}
