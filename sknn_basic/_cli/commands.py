"""``python -m sknn_basic read``, ``train`` and ``page``: numbers in pictures, read by networks.

The answer goes to standard output; everything else that is told goes to standard error.
"""

import argparse
import sys
from pathlib import Path

import joblib

from sknn_basic import __version__
from sknn_basic._cli import models
from sknn_basic.digits import open_image, read_number
from sknn_basic.export import perceptron_page, to_html

ERRORS = (OSError, ValueError, TypeError, ImportError)
"""What a wrong file or folder leads to; the message says enough."""


def _tell(line):
    print(line, file=sys.stderr)


def _parser():
    parser = argparse.ArgumentParser(prog="python -m sknn_basic")
    commands = parser.add_subparsers(dest="command", required=True)
    read = commands.add_parser(
        "read",
        help="read the number in a picture",
        description="Reads the handwritten number in a picture and prints it, a line for each "
        "row of digits. The first time, a network is trained in a few seconds and kept for "
        "later.",
    )
    add = read.add_argument
    add("image", metavar="IMAGE", help="picture file: PNG, JPEG and others")
    add(
        "--model",
        metavar="FILE",
        help="a network made by train, or any scikit-learn classifier of digits stored by "
        "joblib; only open files that you trust",
    )
    _add_data(add)
    add("--show", metavar="OUT.png", help="draw the boxes and answers there")
    train = commands.add_parser(
        "train",
        help="train a network to read digits",
        description="Trains a network on handwritten digits and stores it for read --model.",
    )
    add = train.add_argument
    add("--out", metavar="FILE", required=True, help="where the network goes")
    add(
        "--data",
        choices=models.DATA,
        default="digits",
        help="digits, those that scikit-learn carries (the default), or mnist, from files or "
        "fetched",
    )
    add("--folder", metavar="DIR", help="folder of MNIST's files")
    add("--hidden", type=int, metavar="N", help="neurons in the hidden layer")
    add("--eta", type=float, help="learning rate")
    add("--epochs", type=int, metavar="N", help="how often all digits are seen")
    add("--seed", type=int, default=0, help="number behind all chance (default: 0)")
    _add_page(commands)
    return parser


def _add_data(add):
    """The option that says on what a network is trained if none is given."""
    add(
        "--data",
        choices=models.DATA,
        help="without --model: what the network is trained on (default: mnist where the "
        "environment variable SKNN_BASIC_MNIST names the folder of its files, else digits)",
    )


def _add_page(commands):
    """The command that makes a page for the browser."""
    page = commands.add_parser(
        "page",
        help="make a page that reads what one draws",
        description="Makes a page, one HTML file that any browser opens without a network "
        "connection, on which one draws digits and sees how the network reads them.",
    )
    add = page.add_argument
    add("--out", metavar="FILE.html", required=True, help="where the page goes")
    add(
        "--model",
        metavar="FILE",
        help="a network made by train; only open files that you trust",
    )
    _add_data(add)
    add(
        "--perceptron",
        action="store_true",
        help="make the page of a single perceptron instead: sliders for two weights and a "
        "bias, and the line that they draw",
    )


def main(argv):
    """Run a command.

    Parameters
    ----------
    argv : list of str
        The command and its options.

    Returns
    -------
    status : int
        0, or 1 if a file or its content is not what it should be.
    """
    options = _parser().parse_args(argv)
    try:
        return {"read": _read, "train": _train, "page": _page}[options.command](options)
    except ERRORS as error:
        _tell(str(error))
        return 1


def _read(options):
    image = open_image(options.image)
    reading = read_number(image, _network(options))
    if options.show:
        models.draw(image, reading, options.show)
        _tell(f"The boxes and answers are in {options.show}.")
    print(reading.text)
    return 0


def _network(options):
    """The network of --model, or one trained on --data."""
    if options.model is not None:
        return _model(options.model)
    return models.default_reader(options.data or models.at_hand(), __version__, _tell)


def _model(path):
    """The classifier in a joblib file."""
    if not Path(path).is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    try:
        return joblib.load(path)
    except Exception as error:
        raise ValueError(f"{path} is no classifier stored by joblib: {error}") from error


def _train(options):
    settings = {"hidden_layer_sizes": options.hidden, "eta": options.eta}
    settings |= {"max_iter": options.epochs}
    given = {name: value for name, value in settings.items() if value is not None}
    place = {"folder": options.folder, "seed": options.seed}
    network = models.trained(options.data, **place, verbose=1, **given)
    models.store(network, options.out)
    _tell(f"The network is in {options.out}.")
    return 0


def _page(options):
    if options.perceptron:
        path = perceptron_page(options.out)
    else:
        path = to_html(_network(options), options.out)
    _tell(f"The page is {path}; open it in a browser.")
    return 0
