"""Networks that read the digits of a picture, and the commands read, train and page.

The answer goes to standard output; everything else that is told goes to standard error.
"""

import sys
import warnings
from io import BytesIO
from pathlib import Path
from time import perf_counter

import joblib
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning

from sknn_basic import SigmoidMLPClassifier
from sknn_basic._cli.own_data import own_images
from sknn_basic._cli.parser import OWN, PROGRAM, SETTINGS
from sknn_basic._cli.progress import epochs_shown
from sknn_basic._files import check_writable, write_at_once
from sknn_basic.datasets import load_mnist
from sknn_basic.digits import load_reader, open_image, read_number
from sknn_basic.digits.inputs import side_of
from sknn_basic.digits.prepare import as_counts, enlarged
from sknn_basic.export import load, perceptron_page, save, to_html
from sknn_basic.plotting import _paper as paper

DARKEST = 16.0
"""The largest pixel value of `load_digits`."""

SMALL = 64
"""Pixels of one of those digits."""

EDGES = (0.3, 0.5)
"""What counts as ink in a picture depends on its light."""

WITHOUT_CODE = (".json", ".npz")
"""Endings of the files of `sknn_basic.export`."""


def tell(line):
    """Say something that is not the answer."""
    print(line, file=sys.stderr)


# --- the commands ------------------------------------------------------------------------


def read(options):
    """Print the number in a picture, and then draw what was read where."""
    if options.show is not None:
        _check_picture(options.show)
    image, network = _image(options.image), _network(options)
    _check_reads(network, options.model)
    reading = read_number(image, network)
    print(_marked(reading) if options.mark_unsure else reading.text, flush=True)
    _tell_doubts(reading)
    if options.show is not None:
        draw(image, reading, options.show)
        tell(f"The boxes and answers are in {options.show}.")
    return 0


def _marked(reading):
    """The text with ? for each digit that may be wrong."""
    unsure = iter(reading.unsure)
    return "".join(
        character if character == "\n" or not next(unsure) else "?"
        for character in reading.text
    )


MOST_DOUBTS = 10
"""More doubtful digits than these are counted."""


def _tell_doubts(reading):
    """Say in which direction a picture was read, and which of its digits may be wrong."""
    if reading.turned:
        tell(f"The picture was turned by {reading.turned}° anticlockwise: so it is read best.")
    digits = reading.text.replace("\n", "")
    doubtful = [
        f"{digit} (digit {k} of {len(digits)}, {p:.0%} sure)"
        for k, (digit, p) in enumerate(zip(digits, reading.confidence, strict=True), start=1)
        if reading.unsure[k - 1]
    ]
    more = len(doubtful) - MOST_DOUBTS
    if more > 0:
        doubtful[MOST_DOUBTS:] = [f"and {more} more (--mark-unsure marks them)"]
    if doubtful:
        tell(f"Look again at {', '.join(doubtful)}.")


def train(options):
    """Train a network and store it, if it got to its end."""
    _check_place("--out", options.out)
    settings = {"hidden_layer_sizes": options.hidden, "eta": options.eta}
    settings |= {"max_iter": options.epochs}
    given = {name: value for name, value in settings.items() if value is not None}
    place = {"folder": options.folder, "seed": options.seed}
    network = trained(options.data, **place, verbose=1, **given)
    store(network.set_params(verbose=0), options.out)
    tell(f"The network is in {options.out}.")
    return 0


def page(options):
    """Make a page for the browser."""
    _check_place("--out", options.out)
    if options.perceptron:
        path = perceptron_page(options.out)
    else:
        path = to_html(_network(options, no_digit=False), options.out)
    tell(f"The page is {path}; open it in a browser.")
    return 0


def _image(path):
    """The picture in a file.

    Raises
    ------
    OSError, ValueError
        If there is none; the message says what to do.
    """
    if not Path(path).exists():
        raise FileNotFoundError(
            f"No such file: {path} (in the folder {Path.cwd()}). Name a picture that is there: "
            f"{PROGRAM} read FOLDER/PICTURE.png"
        )
    if Path(path).is_dir():
        raise IsADirectoryError(f"{path} is a folder. Name one picture in it.")
    return open_image(path)


def _check_place(option, path):
    """Make sure that a file can be written, before there is something to write.

    Raises
    ------
    OSError
    """
    folder = Path(path).parent
    if not folder.is_dir():
        raise FileNotFoundError(
            f"No such file or folder: {folder}, where {option} {path} should go. Make the "
            "folder first, or name another."
        )
    if Path(path).is_dir():
        raise IsADirectoryError(f"{option} must name a file, but {path} is a folder.")
    try:
        check_writable(path)
    except OSError as error:
        raise type(error)(f"{option} {path} cannot be written: {error}") from error


def _check_picture(path):
    """Make sure that a picture can be drawn into this file, before there is something to draw.

    Raises
    ------
    ImportError, OSError, ValueError
    """
    try:
        from matplotlib.backend_bases import FigureCanvasBase
    except ImportError as error:
        raise ImportError(
            "--show needs matplotlib, which is not installed: python -m pip install matplotlib"
        ) from error
    known = FigureCanvasBase.get_supported_filetypes()
    if _format(path) not in known:
        raise ValueError(
            f"--show must name a picture that ends in .{', .'.join(sorted(known))}, got {path}."
        )
    _check_place("--show", path)


def _check_reads(network, model):
    """Make sure that the network of --model takes images of digits.

    Raises
    ------
    ValueError
    """
    try:
        if model is not None:
            side_of(network)
    except (TypeError, ValueError) as error:
        raise ValueError(f"--model {model} reads no digits: {error}") from error


def _format(path):
    return Path(path).suffix.lower().removeprefix(".") or "png"


# --- networks ----------------------------------------------------------------------------


def _network(options, no_digit=True):
    """The network of --model, or one trained on --data, or else the one that comes along."""
    if options.model is not None:
        return stored(options.model)
    if options.data is not None:
        return _trained_now(options.data)
    return default_reader(no_digit)


def default_reader(no_digit=True):
    """The network that reads unless another one is named; it comes with the package.

    Parameters
    ----------
    no_digit : bool, default=True
        Whether it may answer −1: no digit.
    """
    return load_reader(no_digit=no_digit)


def _trained_now(data):
    start = perf_counter()
    network = trained(data)
    tell(f"A network was trained on {data} in {perf_counter() - start:.1f} s.")
    return network


def trained(data, *, folder=None, seed=0, verbose=0, **settings):
    """Train a network on all images of a data set, with their pixels as they come.

    The small digits are also shown as they look once they have been cut out of a picture.

    Parameters
    ----------
    data : {"digits", "mnist"} or path
        A path is that of images of one's own; see `own_images`.
    folder : path, default=None
        Of MNIST's files; see `load_mnist`.
    seed : int, default=0
    verbose : int, default=0
    **settings
        Parameters of the network.

    Returns
    -------
    network : SigmoidMLPClassifier
        For 784 pixels from 0 to 1, or 64 from 0 to 16.
    """
    options = {"batch_size": 10, "tol": None, "random_state": seed, "verbose": verbose}
    network = SigmoidMLPClassifier(**(options | SETTINGS.get(data, SETTINGS[OWN]) | settings))
    fit_to_the_end(network, *_training_images(data, folder))
    if network.n_features_in_ != SMALL:
        return network
    coefs = [network.coefs_[0] / DARKEST, *network.coefs_[1:]]
    params = network.get_params()
    return type(network).from_weights(coefs, network.intercepts_, network.classes_, **params)


def _training_images(data, folder):
    """Images from 0, paper, to 1, ink, and their labels."""
    if data == "mnist":
        mnist = load_mnist(folder)
        return np.vstack([mnist.X_train, mnist.X_test]), np.r_[mnist.y_train, mnist.y_test]
    if data != "digits":
        return own_images(data, tell)
    X, y = load_digits(return_X_y=True)
    seen = [X, *(_as_in_a_picture(X, edge) for edge in EDGES)]
    return np.vstack(seen) / DARKEST, np.tile(y, len(seen))


def _as_in_a_picture(X, edge):
    """The 8 × 8 digits enlarged, cropped to what is darker than `edge`, and prepared again."""
    images = []
    for digit in X.reshape(-1, 8, 8) / DARKEST:
        ink = (enlarged(digit, edge) - edge) / (1.0 - edge)
        images.append(as_counts(np.clip(0.5 + 0.5 * ink, 0.0, 1.0)).ravel())
    return np.array(images)


def fit_to_the_end(network, X, y):
    """Take all `max_iter` epochs, with ``tol=None``; warnings are told in a line each.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C came in between, where `fit` itself would keep half the epochs.
    ValueError
        If training diverged.
    """
    with warnings.catch_warnings(record=True) as caught, epochs_shown(network):
        warnings.simplefilter("always", UserWarning)
        network.fit(X, y)
    if network.n_iter_ < network.max_iter:
        diverged = [w for w in caught if issubclass(w.category, ConvergenceWarning)]
        if diverged:
            raise ValueError(str(diverged[0].message))
        raise KeyboardInterrupt
    for warning in caught:
        tell(warning.message)
    return network


# --- files -------------------------------------------------------------------------------


def store(network, path):
    """Write a model file; whoever reads it meanwhile sees the old one or the new one."""
    if Path(path).suffix.lower() in WITHOUT_CODE:
        save(network, path)
        return
    file = BytesIO()
    joblib.dump(network, file)
    write_at_once(path, file.getvalue())


def stored(path):
    """The classifier in a model file.

    Raises
    ------
    OSError, ValueError
        If there is none; the message says what to do.
    """
    remedy = f"--model takes what this makes: {PROGRAM} train --out FILE"
    if Path(path).is_dir():
        raise IsADirectoryError(f"--model must name a file, but {path} is a folder. {remedy}")
    if not Path(path).is_file():
        raise FileNotFoundError(f"There is no file {path}. {remedy}")
    if Path(path).suffix.lower() in WITHOUT_CODE:
        try:
            return load(path)
        except ValueError as error:
            raise ValueError(f"{str(error).rstrip('.')}. {remedy}") from error
    try:
        network = joblib.load(path)
    except Exception as error:  # a pickle may raise anything
        raise ValueError(
            f"{path} holds no classifier: it is no file of joblib, or one of other versions of "
            f"what is in it. {remedy}"
        ) from error
    if not hasattr(network, "predict"):
        raise ValueError(
            f"{path} must hold a fitted classifier, got {type(network).__name__}. {remedy}"
        )
    return network


def draw(image, reading, path):
    """Draw the picture with a box and the answer for each digit into a file."""
    from matplotlib.figure import Figure

    image = np.asarray(image)
    height, width = image.shape[:2]
    inches = 8.0 * min(1.0, 2.0 * width / height)
    figure = Figure((inches, inches * height / width + 0.4), layout="constrained")
    axes = figure.subplots()
    axes.imshow(image, cmap="gray")
    sure = reading.confidence
    digits = reading.text.replace("\n", "")
    for (top, left, bottom, right), digit, p in zip(reading.boxes, digits, sure, strict=True):
        x, y = [left, right, right, left, left], [top, top, bottom, bottom, top]
        axes.plot(x, y, color=paper.BLUE)
        label = digit if np.isnan(p) else f"{digit}  {100 * p:.0f} %"
        box = {"facecolor": "white", "edgecolor": paper.BLUE, "pad": 1.5}
        axes.text(left, top, label, va="bottom", fontsize=9, color="black", bbox=box)
    axes.axis("off")
    write_picture(figure, path)


def write_picture(figure, path):
    """Draw a figure into a file, all at once."""
    file = BytesIO()
    figure.savefig(file, dpi=120, format=_format(path))
    write_at_once(path, file.getvalue())
