"""A bar for long work where somebody watches a terminal and rich is installed; lines elsewhere.

The bar is drawn on standard error, so that answers stay what standard output holds.
"""

import re
import sys
from contextlib import contextmanager, redirect_stdout
from io import TextIOBase

EPOCH = re.compile(r"Epoch +(\d+)/\d+  (.*?)  \d+\.\d s, ")
"""What `verbose` prints after an epoch: its number and figures."""


def somebody_watches():
    """Whether both outputs are a terminal."""
    return sys.stdout.isatty() and sys.stderr.isatty()


def bar():
    """A bar of rich, not yet shown; None where there can be none."""
    if not somebody_watches():
        return None
    try:
        from rich import progress
        from rich.console import Console
    except ImportError:
        return None
    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(elapsed_when_finished=True),
        progress.TextColumn("{task.fields[figures]}"),
        console=Console(stderr=True),
    )


@contextmanager
def epochs_shown(network):
    """Let a bar stand for the lines that `network` prints while it trains."""
    shown, every = bar(), network.verbose
    if shown is None:
        yield
        return
    task = shown.add_task("Training", total=network.max_iter, figures="")
    network.set_params(verbose=1)
    try:
        with shown, redirect_stdout(_Epochs(shown, task)):
            yield
    finally:
        network.set_params(verbose=every)


class _Epochs(TextIOBase):
    """A standard output whose lines move a bar."""

    def __init__(self, shown, task):
        self.shown, self.task = shown, task

    def write(self, text):
        """Move the bar to the epoch of this line."""
        if match := EPOCH.match(text):
            self.shown.update(self.task, completed=int(match[1]), figures=match[2])
        return len(text)


def tracked(items, what):
    """Yield the items one after the other, with a bar that says what is done with them."""
    items, shown = list(items), bar()
    if shown is None:
        yield from items
        return
    with shown:
        task = shown.add_task(what, total=len(items), figures="")
        for item in items:
            yield item
            shown.advance(task)
