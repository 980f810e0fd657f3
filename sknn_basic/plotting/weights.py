"""What each neuron of the first layer looks for: its weights as an image."""

from collections.abc import Sequence
from math import ceil, isqrt
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from sknn_basic._types import Floats
from sknn_basic.plotting import _paper as paper
from sknn_basic.plotting._anatomy import anatomy_of

SIDE = 0.9
"""Inches: the longer side of an image."""

CHARACTER = 0.09
"""Inches: more than most characters need."""


class WeightsDisplay:
    """Images of weights, all in one colour scale that is symmetric about 0.

    The constructor stores what `plot` draws; use `from_estimator` to make one.

    Parameters
    ----------
    weights : ndarray of shape (n_neurons, n_inputs)
        A row for each neuron.
    shape : (int, int)
        Height and width of an image; height × width = n_inputs.
    names : sequence of str
        What is written above the images.

    Attributes
    ----------
    ax_ : matplotlib Axes
        All images are on the same axes.
    figure_ : matplotlib Figure
    images_ : list of matplotlib AxesImage
    colorbar_ : matplotlib Colorbar

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sknn_basic import SigmoidMLPClassifier
    >>> from sknn_basic.plotting import WeightsDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> network = SigmoidMLPClassifier((12,), max_iter=5, tol=None, random_state=0)
    >>> display = WeightsDisplay.from_estimator(network.fit(X / 16, y))
    >>> len(display.images_), display.images_[0].get_array().shape
    (12, (8, 8))
    """

    ax_: Any
    figure_: Any

    def __init__(self, weights: Floats, shape: tuple[int, int], names: Sequence[str]) -> None:
        self.weights = weights
        self.shape = shape
        self.names = names

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        *,
        shape: tuple[int, int] | None = None,
        neurons: npt.ArrayLike | slice | None = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> Self:
        """Draw the first layer of a fitted classifier.

        Parameters
        ----------
        estimator : SigmoidMLPClassifier, PerceptronClassifier or PerceptronNetwork
            Fitted.
        shape : (int, int), default=None
            Height and width of the images that the classifier was trained on. None: square.
        neurons : int, sequence of int or slice, default=None
            Which neurons of the first layer, counted from 0; None: all.
        ax : matplotlib Axes, default=None
            Where to draw; None: in a new figure.
        **kwargs
            For `plot`.

        Returns
        -------
        display : WeightsDisplay

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the classifier is not fitted.
        ValueError
            If the inputs do not make an image of this shape, or there is no such neuron.
        """
        anatomy = anatomy_of(estimator)
        W = anatomy.weights[0]
        shape = _image_shape(shape, len(W))
        chosen = _chosen(neurons, W.shape[1])
        last = len(anatomy.weights) == 1
        names = anatomy.output_names if last else [str(k) for k in range(W.shape[1])]
        display = cls(W.T[chosen], shape, [names[k] for k in chosen])
        return display.plot(ax, **kwargs)

    def plot(
        self,
        ax: Any = None,
        *,
        n_columns: int = 8,
        limit: float | None = None,
        text_kw: dict[str, Any] | None = None,
        colorbar_kw: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Self:
        """Draw the images side by side.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None: in a new figure.
        n_columns : int, default=8
            Images side by side.
        limit : float, default=None
            The size of a weight that gets the full colour; None: that of the largest.
        text_kw : dict, default=None
            For matplotlib's `Axes.text`, which writes the names above the images.
        colorbar_kw : dict, default=None
            For matplotlib's `Figure.colorbar`.
        **kwargs
            For matplotlib's `Axes.imshow`.

        Returns
        -------
        self : WeightsDisplay
            With what was drawn in its attributes.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            For a bad parameter.
        """
        if not (isinstance(n_columns, int | np.integer) and n_columns >= 1):
            raise ValueError(f"n_columns must be an int of at least 1, got {n_columns!r}.")
        if limit is not None and not 0.0 < limit < np.inf:
            raise ValueError(f"limit must be a finite number above 0, got {limit!r}.")
        columns = min(int(n_columns), len(self.weights))
        rows = ceil(len(self.weights) / columns)
        tile = _tile(self.shape, max(map(len, self.names)))
        size = (columns * tile.across + 1.1, max(1.7, rows * tile.down + 0.2))
        ax = paper.axes_for(self, ax, size)
        largest = float(np.abs(self.weights).max()) or 1.0
        end = largest if limit is None else float(limit)
        look = {"cmap": paper.SIGNED, "vmin": -end, "vmax": end} | kwargs
        writing = {"ha": "center", "va": "bottom", "fontsize": paper.SMALL} | (text_kw or {})
        self.images_ = []
        for k, (w, name) in enumerate(zip(self.weights, self.names, strict=True)):
            row, column = divmod(k, columns)
            left, top = column * tile.across, row * tile.down
            box = (left, left + tile.wide, top + tile.high, top)
            self.images_.append(ax.imshow(w.reshape(self.shape), extent=box, **look))
            middle = left + tile.wide / 2
            ax.text(middle, top, name, **writing)
        ax.set(xlim=(-0.05, columns * tile.across), ylim=(rows * tile.down - 0.25, -0.3))
        ax.axis("off")
        beyond = "both" if end < largest else "neither"
        bar = {"extend": beyond} | (colorbar_kw or {})
        self.colorbar_ = _colorbar(self.figure_, ax, self.images_[0], bar)
        return self


class _Tile(NamedTuple):
    """An image in inches, and the ways to the next one on the right and below."""

    wide: float
    high: float
    across: float
    down: float


def _tile(shape: tuple[int, int], longest: int) -> _Tile:
    """Room for an image and for a name of `longest` characters above it."""
    high, wide = (SIDE * side / max(shape) for side in shape)
    return _Tile(wide, high, max(wide, longest * CHARACTER) + 0.12, high + 0.3)


def _colorbar(figure: Any, ax: Any, image: Any, look: dict[str, Any]) -> Any:
    """As wide as on any other picture, however large this one is."""
    width, height = figure.get_size_inches()
    place = {"fraction": min(0.3, 0.2 / width), "pad": min(0.05, 0.15 / width), "aspect": 15}
    bar = figure.colorbar(image, ax=ax, **(place | {"shrink": min(1.0, 4.0 / height)} | look))
    bar.set_label("weight", size=paper.SMALL + 1)
    return bar


def _image_shape(shape: tuple[int, int] | None, n_inputs: int) -> tuple[int, int]:
    """Height and width, checked, or those of a square."""
    if shape is None:
        side = isqrt(n_inputs)
        if side * side != n_inputs:
            raise ValueError(
                f"shape must be given: {n_inputs} inputs do not make a square image."
            )
        return side, side
    numbers = tuple(shape) if isinstance(shape, Sequence | np.ndarray) else ()
    whole = all(isinstance(n, int | np.integer) and n >= 1 for n in numbers)
    if len(numbers) != 2 or not whole or numbers[0] * numbers[1] != n_inputs:
        raise ValueError(
            f"shape must be (height, width) with height * width = {n_inputs} inputs, got "
            f"{shape!r}."
        )
    return int(numbers[0]), int(numbers[1])


def _chosen(neurons: npt.ArrayLike | slice | None, n_neurons: int) -> list[int]:
    """The numbers of the neurons to draw."""
    everyone = np.arange(n_neurons)
    if neurons is None:
        return everyone.tolist()
    try:
        which = neurons if isinstance(neurons, slice) else np.atleast_1d(np.asarray(neurons))
        chosen = everyone[which].ravel().tolist()
    except (IndexError, TypeError, ValueError):
        chosen = []
    if not chosen:
        raise ValueError(
            f"neurons must number some of the {n_neurons} neurons of the first layer, from 0 "
            f"to {n_neurons - 1}; got {neurons!r}."
        )
    return chosen
