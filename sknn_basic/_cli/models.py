"""A network that reads the digits of a picture: trained once, kept in the user's cache folder.

With MNIST at hand it is 784-100-10, else 64-60-10 on the digits that scikit-learn carries.
"""

import os
import sys
from io import BytesIO
from pathlib import Path
from time import perf_counter

import joblib
import numpy as np
from sklearn.datasets import load_digits
from sklearn.utils.validation import check_is_fitted

from sknn_basic._classifiers.sigmoid_mlp import SigmoidMLPClassifier
from sknn_basic._cli.demo import BLUE, DARKEST
from sknn_basic._files import write_at_once
from sknn_basic.datasets import VARIABLE, load_mnist
from sknn_basic.digits.prepare import as_counts, enlarged

DATA = ("digits", "mnist")

SETTINGS = {
    "digits": {"hidden_layer_sizes": (60,), "eta": 0.5, "max_iter": 40},
    "mnist": {"hidden_layer_sizes": (100,), "eta": 0.2, "alpha": 2e-5, "max_iter": 15},
}
"""What `trained` uses for what it is not told."""

EDGES = (0.3, 0.5)
"""What counts as ink in a picture depends on its light."""


def at_hand():
    """Which data can be had without a network connection."""
    return "mnist" if os.environ.get(VARIABLE) else "digits"


def trained(data, *, folder=None, seed=0, verbose=0, **settings):
    """Train a network on all images of a data set, with their pixels as they come.

    The small digits are also shown as they look once they have been cut out of a picture.

    Parameters
    ----------
    data : {"digits", "mnist"}
    folder : path, default=None
        Of MNIST's files; see `load_mnist`.
    seed : int, default=0
    verbose : int, default=0
    **settings
        Parameters of the network.

    Returns
    -------
    network : SigmoidMLPClassifier
        For pixels from 0 to 1 ("mnist") or from 0 to 16 ("digits").
    """
    options = {"batch_size": 10, "tol": None, "random_state": seed, "verbose": verbose}
    network = SigmoidMLPClassifier(**(options | SETTINGS[data] | settings))
    if data == "mnist":
        mnist = load_mnist(folder)
        X, y = np.vstack([mnist.X_train, mnist.X_test]), np.r_[mnist.y_train, mnist.y_test]
        return network.fit(X, y)
    X, y = load_digits(return_X_y=True)
    seen = [X, *(_as_in_a_picture(X, edge) for edge in EDGES)]
    network.fit(np.vstack(seen) / DARKEST, np.tile(y, len(seen)))
    coefs = [network.coefs_[0] / DARKEST, *network.coefs_[1:]]
    params = network.get_params()
    return type(network).from_weights(coefs, network.intercepts_, network.classes_, **params)


def _as_in_a_picture(X, edge):
    """The 8 × 8 digits enlarged, cropped to what is darker than `edge`, and prepared again."""
    images = []
    for digit in X.reshape(-1, 8, 8) / DARKEST:
        ink = (enlarged(digit, edge) - edge) / (1.0 - edge)
        images.append(as_counts(np.clip(0.5 + 0.5 * ink, 0.0, 1.0)).ravel())
    return np.array(images)


def cache_folder():
    """Where this system's users keep what can be made again."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "sknn_basic"


def default_reader(data, version, say):
    """The network in the cache folder, trained now if there is none.

    Parameters
    ----------
    data : {"digits", "mnist"}
    version : str
        Of this package: another one trains anew.
    say : callable
        Takes a line of text.
    """
    path = cache_folder() / f"{data}-{version}.joblib"
    if path.exists():
        try:
            network = joblib.load(path)
            check_is_fitted(network)
        except Exception as error:
            say(f"{path} cannot be used ({type(error).__name__}): training anew.")
        else:
            say(f"The network is the one in {path}.")
            return network
    start = perf_counter()
    network = trained(data)
    say(f"A network was trained on {data} in {perf_counter() - start:.1f} s.")
    try:
        store(network, path)
    except OSError as error:
        say(f"It could not be kept in {path}: {error}.")
    else:
        say(f"It is kept in {path}.")
    return network


def store(network, path):
    """Write a model file; whoever reads it meanwhile sees the old one or the new one."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = BytesIO()
    joblib.dump(network, file)
    write_at_once(path, file.getvalue())


def draw(image, reading, path):
    """Draw the picture with a box and the answer for each digit into a file.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    """
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
        axes.plot(x, y, color=BLUE)
        label = digit if np.isnan(p) else f"{digit}  {100 * p:.0f} %"
        box = {"facecolor": "white", "edgecolor": BLUE, "pad": 1.5}
        axes.text(left, top, label, va="bottom", fontsize=9, color="black", bbox=box)
    axes.axis("off")
    figure.savefig(path, dpi=120)
