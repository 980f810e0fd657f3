"""What ``python -m sknn_basic`` says to Ctrl-C, also while it is still being imported."""

import sys

INTERRUPTED = 130
"""What a shell says of a program that Ctrl-C has ended."""


def end_interrupted() -> None:
    """Say so in one line, and end the program."""
    sys.stderr.write("Interrupted.\n")
    raise SystemExit(INTERRUPTED) from None


def is_program() -> bool:
    """Whether Python is importing this package in order to run it: then argv begins with -m."""
    return getattr(sys, "argv", [])[:1] == ["-m"]
