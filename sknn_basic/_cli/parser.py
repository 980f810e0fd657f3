"""What can be said on the command line: the demo's options, and the commands with theirs."""

import argparse
import math
import os
from difflib import get_close_matches
from pathlib import Path

from sknn_basic import __version__

PROGRAM = "python -m sknn_basic"

COMMANDS = {
    "read": ("read the number in a picture", "read photo.jpg"),
    "train": ("train a network to read digits", "train --out network.joblib"),
    "page": ("make a page that reads what you draw", "page --out digits.html"),
}
"""What each command does, and an example."""

DATA = ("digits", "mnist")

OWN = "your own"
"""What `SETTINGS` calls images that are neither."""

SETTINGS = {
    "digits": {"hidden_layer_sizes": (60,), "eta": 0.5, "max_iter": 40},
    "mnist": {"hidden_layer_sizes": (100,), "eta": 0.2, "alpha": 2e-5, "max_iter": 15},
    OWN: {"hidden_layer_sizes": (100,), "eta": 0.2, "alpha": 2e-5, "max_iter": 40},
}
"""How a network is trained on each data set, unless the command line says otherwise."""

DEMO = """\
Without a command, a network of sigmoid neurons learns to read 1,797 small pictures of
handwritten digits. You see the cost fall, then how many digits that it has never seen it
reads correctly. Pictures of what it learned go into a folder."""


def parsed(argv):
    """The options of a command line; its ``command`` is None for the demo.

    Raises
    ------
    SystemExit
        With status 2 for a bad option, with status 0 after ``--help`` and ``--version``.
    """
    parser = _parser()
    if argv and not argv[0].startswith("-") and argv[0] not in COMMANDS:
        near = get_close_matches(argv[0], COMMANDS, 1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        parser.error(
            f"there is no command {argv[0]!r}. {hint}The commands are {', '.join(COMMANDS)}; "
            f"for the demo leave it out. See {PROGRAM} --help"
        )
    options = parser.parse_args(argv)
    _check_together(options, argv, parser)
    return options


def _check_together(options, argv, parser):
    """End with an error where options are given of which one would have no effect."""
    if options.command is not None and argv[0] != options.command:
        before = argv[0].partition("=")[0]
        parser.error(f"the options of {options.command} come after it, got {before} before it")
    if options.command == "train" and options.folder and options.data != "mnist":
        parser.error("argument --folder: it goes with --data mnist, not with other data")


def _parser():
    lines = [
        f"  {name:7}{what}\n           {PROGRAM} {example}"
        for name, (what, example) in COMMANDS.items()
    ]
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        usage=f"{PROGRAM} [OPTIONS]\n       {PROGRAM} {{{','.join(COMMANDS)}}} ...",
        description="\n".join(["commands, each with its own --help:", *lines, "", DEMO]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"sknn_basic {__version__}")
    _add_demo(parser.add_argument)
    commands = parser.add_subparsers(dest="command", prog=PROGRAM, help=argparse.SUPPRESS)
    for name, fill in {"read": _read, "train": _train, "page": _page}.items():
        fill(commands.add_parser(name, epilog=f"example: {PROGRAM} {COMMANDS[name][1]}"))
    return parser


def _add_demo(add):
    add(
        "--hidden",
        type=_whole(1),
        nargs="+",
        default=[40],
        metavar="N",
        help="neurons in the hidden layer; several numbers make several layers (default: 40)",
    )
    add(
        "--eta",
        type=_positive,
        default=0.5,
        help="learning rate: how far each step goes; too small learns slowly, too large "
        "jumps about (default: %(default)s)",
    )
    add(
        "--batch-size",
        type=_whole(1),
        default=10,
        metavar="M",
        help="digits looked at before each step; 1 is online learning (default: %(default)s)",
    )
    add(
        "--epochs",
        type=_whole(1),
        default=60,
        metavar="N",
        help="how often the network sees all training digits (default: %(default)s)",
    )
    _add_rest_of_demo(add)


def _add_rest_of_demo(add):
    """The options of the demo that are about more than how far and how often it steps."""
    add(
        "--cost",
        choices=["cross_entropy", "quadratic"],
        default="cross_entropy",
        help="cost function to minimise; quadratic needs a larger --eta, for example 3 "
        "(default: %(default)s)",
    )
    add(
        "--seed",
        type=_seed,
        default=0,
        help="random seed: which digits are for the test, the first weights, the order of "
        "the digits; the same seed gives the same result (default: %(default)s)",
    )
    add(
        "--out",
        type=_folder,
        default=Path("sknn_basic_pictures"),
        metavar="FOLDER",
        help="folder for the pictures; it is made if need be (default: ./%(default)s)",
    )


def _read(parser):
    parser.description = (
        "Reads the handwritten number in a picture and prints it, a line for each row of "
        "digits. The network that reads comes with the package."
    )
    add = parser.add_argument
    add("image", type=_path, metavar="IMAGE", help="picture file: PNG, JPEG and others")
    _add_model(
        parser,
        "a network made by train, or any scikit-learn classifier of digits stored by joblib",
    )
    add(
        "--show",
        type=_path,
        metavar="OUT.png",
        help="draw the boxes and answers there (default: no picture is drawn)",
    )
    add(
        "--mark-unsure",
        action="store_true",
        help="print ? for each digit of which the network is less than 80 %% sure "
        "(default: the best digit)",
    )


def _train(parser):
    parser.epilog += f"; with your own hand: {PROGRAM} train --data FOLDER --out network.npz"
    parser.description = (
        "Trains a network on handwritten digits, also of your own hand, and stores it for "
        "read --model and page --model."
    )
    add = parser.add_argument
    add(
        "--out",
        type=_path,
        metavar="FILE",
        required=True,
        help="where the network goes: a file of joblib, or one without code if it ends in "
        ".json or .npz",
    )
    add(
        "--data",
        type=_data,
        default="digits",
        metavar="DATA",
        help="digits, those that scikit-learn carries; mnist, from files or fetched; a folder "
        "with a folder of pictures, one digit each, for each label (FOLDER/3/a.png); or a CSV "
        "file with a row for each image: its label, then 64 or 784 numbers, 0 for paper "
        "(default: %(default)s)",
    )
    _add_training(add)


def _add_training(add):
    """The options of `train` about how it trains."""
    add(
        "--folder",
        type=_path,
        metavar="DIR",
        help="folder of MNIST's files (default: the one that the environment variable "
        "SKNN_BASIC_MNIST names, else they are fetched)",
    )
    add(
        "--hidden",
        type=_whole(1),
        metavar="N",
        help=f"neurons in the hidden layer ({_defaults('hidden_layer_sizes')})",
    )
    add("--eta", type=_positive, help=f"learning rate ({_defaults('eta')})")
    add(
        "--epochs",
        type=_whole(1),
        metavar="N",
        help=f"how often all digits are seen ({_defaults('max_iter')})",
    )
    add("--seed", type=_seed, default=0, help="random seed (default: %(default)s)")


def _page(parser):
    parser.description = (
        "Makes a page, one HTML file that any browser opens without a network connection, on "
        "which one draws digits and sees how the network reads them."
    )
    parser.add_argument(
        "--out", type=_path, metavar="FILE.html", required=True, help="where the page goes"
    )
    _add_model(parser, "a network made by train").add_argument(
        "--perceptron",
        action="store_true",
        help="make the page of a single perceptron instead: sliders for two weights and a "
        "bias, and the line that they draw (default: %(default)s)",
    )


def _add_model(parser, what):
    """The options that say which network reads, of which one may be given; their group."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--model",
        type=_path,
        metavar="FILE",
        help=f"{what}; only open files that you trust (default: the network that comes with "
        "the package)",
    )
    group.add_argument(
        "--data",
        choices=DATA,
        help="instead of --model: train a network on these first (default: the network that "
        "comes with the package)",
    )
    return group


def _defaults(name):
    """What the settings are, in words."""
    values = {data: settings[name] for data, settings in SETTINGS.items()}
    shown = {
        data: value[0] if isinstance(value, tuple) else value for data, value in values.items()
    }
    return "default: " + ", ".join(f"{value} for {data}" for data, value in shown.items())


# --- what a value must be ----------------------------------------------------------------


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


_seed = _whole(0, 2**32 - 1)


def _path(text):
    """A path that names something."""
    if not text.strip():
        raise argparse.ArgumentTypeError(f"must name a file, got {text!r}")
    return text


def _data(text):
    """The name of a data set, or a path to images of one's own."""
    if text not in DATA and not Path(text).exists():
        raise argparse.ArgumentTypeError(
            f"must be {', '.join(DATA)}, a folder or a CSV file that is there, got {text!r}"
        )
    return text


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
