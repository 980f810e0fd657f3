"""``python -m sknn_basic``: a network learns to read handwritten digits.

With the commands ``read`` and ``train`` it reads numbers in pictures, with ``page`` it makes a
page to draw them on; see `_cli.parser`.
"""

import os
import sys

from sknn_basic._program import INTERRUPTED, end_interrupted

try:
    from sknn_basic._cli import demo, models
    from sknn_basic._cli.parser import parsed
except KeyboardInterrupt:
    if __name__ == "__main__":
        end_interrupted()
    raise

RUNS = {None: demo.run, "read": models.read, "train": models.train, "page": models.page}
"""What each command runs; the demo has no name."""

ERRORS = (OSError, ValueError, TypeError, ImportError)
"""What a wrong file, folder or number leads to; the message says enough."""


def main(argv=None):
    """Run the demo or a command.

    Parameters
    ----------
    argv : list of str, default=None
        The command and its options; None takes those of the command line.

    Returns
    -------
    status : int
        0; 1 if training diverged or a file is not what it should be; 130 after Ctrl-C.

    Raises
    ------
    SystemExit
        With status 2 for a bad option, with status 0 after ``--help`` and ``--version``.
    """
    options = parsed(sys.argv[1:] if argv is None else argv)
    try:
        return RUNS[options.command](options)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # as of head, which has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ERRORS as error:
        print(_in_words(error), file=sys.stderr)
        return 1


def _in_words(error):
    """The message of an error; of one that the system has raised without its number."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}."
    return str(error)


if __name__ == "__main__":
    sys.exit(main())
