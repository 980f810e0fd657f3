"""``python -m sknn_basic``: a network learns to read handwritten digits.

With the commands ``read`` and ``train`` it reads numbers in pictures, with ``page`` it makes a
page to draw them on; see `_cli.commands`.
"""

import argparse
import math
import os
import sys
from pathlib import Path

from sknn_basic import SigmoidMLPClassifier
from sknn_basic._cli import commands, demo


def _whole(least, most=None):
    """Make a reader of whole numbers from `least` to `most`."""
    range_ = f"of at least {least}" if most is None else f"from {least} to {most}"

    def read(text):
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least or (most is not None and number > most):
            raise argparse.ArgumentTypeError(f"must be a whole number {range_}, got {text!r}")
        return number

    return read


def _positive(text):
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0.0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number above 0, got {text!r}")
    return number


def _folder(text):
    """Make the folder for the pictures at once, so that a bad name costs no training."""
    folder = Path(text)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(
            f"must be a folder that can be written to, got {text!r} ({error.strerror})"
        ) from error
    if not os.access(folder, os.W_OK):
        raise argparse.ArgumentTypeError(
            f"must be a folder that can be written to, got {text!r}"
        )
    return folder


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m sknn_basic",
        description="A network of sigmoid neurons learns to read 1,797 small pictures of "
        "handwritten digits. You see the cost fall, then how many digits that it has never "
        "seen it reads correctly. Pictures of what it learned go into a folder.",
        epilog="More commands: python -m sknn_basic read --help, to read the number in a "
        "picture, python -m sknn_basic train --help, and python -m sknn_basic page --help, to "
        "make a page that reads what you draw.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--hidden",
        type=_whole(1),
        nargs="+",
        default="40",
        metavar="N",
        help="neurons in the hidden layer; several numbers make several layers",
    )
    add(
        "--eta",
        type=_positive,
        default=0.5,
        help="learning rate: how far each step goes; too small learns slowly, too large "
        "jumps about",
    )
    add(
        "--batch-size",
        type=_whole(1),
        default=10,
        metavar="M",
        help="digits looked at before each step; 1 is online learning",
    )
    add(
        "--epochs",
        type=_whole(1),
        default=60,
        metavar="N",
        help="how often the network sees all training digits",
    )
    add(
        "--cost",
        choices=["cross_entropy", "quadratic"],
        default="cross_entropy",
        help="what is made small; quadratic needs a larger --eta, for example 3",
    )
    add(
        "--seed",
        type=_whole(0, 2**32 - 1),
        default=0,
        help="number behind all chance: which digits are for the test, the first weights, "
        "the order of the digits; the same seed gives the same result",
    )
    add(
        "--out",
        type=_folder,
        default="./sknn_basic_pictures",
        metavar="FOLDER",
        help="folder for the pictures; it is made if need be",
    )
    return parser


def main(argv=None):
    """Run the main job.

    Parameters
    ----------
    argv : list of str, default=None
        Options; None takes those of the command line.

    Returns
    -------
    status : int
        Exit status: 0, or 1 if training diverged or a file is not what it should be.

    Raises
    ------
    SystemExit
        With status 2 for a bad option, with status 0 after ``--help``.
    """
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] in (["read"], ["train"], ["page"]):
        return commands.main(argv)
    options = _parser().parse_args(argv)
    classifier = SigmoidMLPClassifier(
        options.hidden,
        eta=options.eta,
        batch_size=options.batch_size,
        max_iter=options.epochs,
        cost=options.cost,
        tol=None,
        random_state=options.seed,
        verbose=1,
    )
    split = demo.load(options.seed)
    try:
        demo.learn(classifier, split, say=print)
    except ValueError as error:  # training diverged
        print(error, file=sys.stderr)
        return 1
    demo.examine(classifier, split, say=print)
    demo.save_pictures(classifier, split, options.out, say=print)
    return 0


if __name__ == "__main__":
    sys.exit(main())
