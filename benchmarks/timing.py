"""How it is timed: A B C … A B C …, and the median of each.

The machine's speed drifts, so all runs of a row take turns. A pause before each run lets
the thread pools of the one before fall asleep. The first round only warms up.
"""

import gc
import time
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Run:
    """Something to time.

    Parameters
    ----------
    call : callable
        Does all the steps of one repetition.
    steps : int
        How many they are.
    weights : callable or None
        Gives the weights and biases as they are now, as (list, list).
    """

    call: Any
    steps: int
    weights: Any = None


@contextmanager
def no_garbage_collection():
    """Collect now, then not until the end."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def seconds(call, clock=time.perf_counter):
    """How long one call takes."""
    start = clock()
    call()
    return clock() - start


def alternate(runs, repeat, clock=time.perf_counter, pause=PAUSE):
    """Seconds a step of each run in each repetition.

    Parameters
    ----------
    runs : dict of name -> Run
    repeat : int
    clock : callable
    pause : float
        Seconds before each run.

    Returns
    -------
    times : dict of name -> list of float
    """
    times = {name: [] for name in runs}
    with no_garbage_collection():
        for turn in range(-1, repeat):
            for name, run in runs.items():
                time.sleep(pause)
                taken = seconds(run.call, clock) / run.steps
                if turn >= 0:
                    times[name].append(taken)
    return times


def medians(times):
    """The median of each list."""
    return {name: median(values) for name, values in times.items()}


def ratio(times, peer, ours="ours"):
    """The peer's median time over ours; above 1 we are faster."""
    return median(times[peer]) / median(times[ours])


def ratio_range(times, peer, ours="ours"):
    """The least and the greatest ratio within one repetition."""
    pairs = [p / o for p, o in zip(times[peer], times[ours], strict=True)]
    return min(pairs), max(pairs)
