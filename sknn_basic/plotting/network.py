"""The network itself: neurons as circles in columns, weights as lines between them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from sknn_basic._types import Floats
from sknn_basic.plotting import _paper as paper
from sknn_basic.plotting._anatomy import anatomy_of

RADIUS = 0.34
"""Of a circle, where the next one is 1 below."""

INCH = 0.40
"""From a neuron to the one below it."""

POSITIVE, NEGATIVE = "#542788", "#E08214"
"""The two halves of the scale "PuOr"."""

DASHES = (0, (5, 1.5))
"""What tells weights below 0 where there is no colour."""

WIDEST, THINNEST = 3.0, 0.15
"""Points: the line of the largest weight, and of the smallest that can be seen."""

LONGEST = 22
"""Characters of a name that are written."""


class Column(NamedTuple):
    """A layer as it is drawn.

    Parameters
    ----------
    neurons : ndarray of int
        Those that are drawn, from above.
    y : ndarray
        Their places.
    gap : float or None
        The place of the ⋮ for all the others.
    """

    neurons: npt.NDArray[np.int_]
    y: Floats
    gap: float | None


class NetworkDisplay:
    """A drawing of a network.

    A line is a weight: purple and solid above 0, orange and dashed below, the wider the
    larger. Of layers with many neurons the first and the last ones are drawn. If there is but
    one neuron, its weights and its bias b are written too.

    The constructor stores what `plot` draws; use `from_estimator` to make one.

    Parameters
    ----------
    weights : list of ndarray of shape (n_in, n_out)
        Of each layer.
    input_names, output_names : sequence of str
        What is written beside the neurons.
    activations : list of ndarray, default=None
        Of the inputs and of each layer, for one sample.
    biases : list of ndarray of shape (n_out,), default=None
        Of each layer; only that of a single neuron is written.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    circles_ : list of list of matplotlib Circle
        The neurons that are drawn, by layer, the inputs first.
    lines_ : list of matplotlib LineCollection
        The weights between each two layers; those that are exactly 0 have no line.
    columns_ : list of Column
        Which neurons are drawn in each layer (``neurons``) and where.
    colorbar_ : matplotlib Colorbar or None
        Of the activations.

    Examples
    --------
    >>> from sknn_basic.logic import PerceptronNetwork
    >>> from sknn_basic.plotting import NetworkDisplay
    >>> xor = PerceptronNetwork([([[2, -2], [2, -2]], [-1, 3]), ([[2], [2]], [-3])])
    >>> display = NetworkDisplay.from_estimator(xor, x=[1, 0])
    >>> [len(circles) for circles in display.circles_]
    [2, 2, 1]
    """

    ax_: Any
    figure_: Any

    def __init__(
        self,
        weights: list[Floats],
        input_names: Sequence[str],
        output_names: Sequence[str],
        activations: list[Floats] | None = None,
        biases: list[Floats] | None = None,
    ) -> None:
        self.weights = weights
        self.input_names = input_names
        self.output_names = output_names
        self.activations = activations
        self.biases = biases

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, x: npt.ArrayLike | None = None, ax: Any = None, **kwargs: Any
    ) -> Self:
        """Draw a fitted classifier.

        Parameters
        ----------
        estimator : SigmoidMLPClassifier, PerceptronClassifier or PerceptronNetwork
            A signal of a `PerceptronNetwork` that a later layer reads is drawn as carried
            through the layers between by neurons of their own, as `to_mlp` does it.
        x : array-like of shape (n_features,) or (1, n_features), default=None
            A sample: the circles are filled with what the neurons make of it.
        ax : matplotlib Axes, default=None
            Where to draw; None: in a new figure of fitting size.
        **kwargs
            For `plot`.

        Returns
        -------
        display : NetworkDisplay

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the classifier is not fitted.
        TypeError
            If it is none of these.
        ValueError
            If x is not one sample, and for other bad parameters.
        """
        anatomy = anatomy_of(estimator)
        activations = None if x is None else anatomy.activations(x)
        names = anatomy.input_names, anatomy.output_names
        return cls(anatomy.weights, *names, activations, anatomy.biases).plot(ax, **kwargs)

    def plot(
        self,
        ax: Any = None,
        *,
        max_neurons: int = 12,
        line_kw: dict[str, Any] | None = None,
        neuron_kw: dict[str, Any] | None = None,
        text_kw: dict[str, Any] | None = None,
    ) -> Self:
        """Draw the network.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None: in a new figure of fitting size.
        max_neurons : int, default=12
            Circles in a column at most; at least 2.
        line_kw : dict, default=None
            For matplotlib's `LineCollection` of the weights between two layers.
        neuron_kw : dict, default=None
            For matplotlib's `Circle` of each neuron.
        text_kw : dict, default=None
            For matplotlib's `Axes.text`, which writes names, numbers and captions.

        Returns
        -------
        self : NetworkDisplay
            With what was drawn in its attributes.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If max_neurons is not an int of at least 2.
        """
        if not (isinstance(max_neurons, int | np.integer) and max_neurons >= 2):
            raise ValueError(f"max_neurons must be an int of at least 2, got {max_neurons!r}.")
        sizes = [len(self.weights[0]), *(W.shape[1] for W in self.weights)]
        self.columns_ = [_column(n, int(max_neurons)) for n in sizes]
        tallest = max(float(np.ptp(column.y)) for column in self.columns_)
        apart = max(4.0, 0.6 * tallest)
        width, height = apart * self._n_layers + 9.0, tallest + 5.0
        ax = paper.axes_for(self, ax, (INCH * width, INCH * height))
        self._x = apart * np.arange(len(sizes))
        ax.set(
            aspect="equal",
            xlim=(-1, self._x[-1] + 1),
            ylim=(-tallest / 2 - 1.6, tallest / 2 + 0.6),
        )
        ax.axis("off")
        self._draw_lines(ax, line_kw or {})
        self._draw_neurons(ax, neuron_kw or {})
        writing = text_kw or {}
        self._write_names(ax, writing)
        self._write_captions(ax, sizes, -tallest / 2 - 0.9, writing)
        if sizes[1:] == [1]:
            self._write_numbers(ax, writing)
        return self

    @property
    def _n_layers(self) -> int:
        return len(self.weights)

    def _draw_lines(self, ax: Any, more: dict[str, Any]) -> None:
        from matplotlib.collections import LineCollection

        between = list(
            zip(pairwise(self.columns_), pairwise(self._x), self.weights, strict=True)
        )
        shown = [W[np.ix_(a.neurons, b.neurons)] for (a, b), _, W in between]
        largest = max(float(np.abs(W).max()) for W in shown) or 1.0
        self.lines_ = []
        for ((a, b), (left, right), _), W in zip(between, shown, strict=True):
            order = np.argsort(np.abs(W), axis=None)  # the large ones above the small ones
            rows, columns = np.unravel_index(order[np.abs(W).ravel()[order] > 0], W.shape)
            w = W[rows, columns]
            ends = [
                ((left, a.y[i]), (right, b.y[j])) for i, j in zip(rows, columns, strict=True)
            ]
            look = {
                "colors": np.where(w > 0, POSITIVE, NEGATIVE).tolist(),
                "linewidths": np.maximum(THINNEST, WIDEST * np.abs(w) / largest),
                "linestyles": ["-" if positive else DASHES for positive in w > 0],
                "zorder": 1,
            }
            self.lines_.append(ax.add_collection(LineCollection(ends, **(look | more))))
        self._legend(ax, largest)

    def _legend(self, ax: Any, largest: float) -> None:
        from matplotlib.lines import Line2D

        looks = ((POSITIVE, "-", "weight above 0"), (NEGATIVE, DASHES, "below 0"))
        keys = [Line2D([], [], color=c, ls=ls, lw=2, label=name) for c, ls, name in looks]
        keys.append(Line2D([], [], color="0.4", lw=WIDEST, label=f"widest: {largest:.2g}"))
        ax.legend(
            handles=keys,
            loc="upper center",
            bbox_to_anchor=(0.5, 0.0),
            ncols=3,
            frameon=False,
            fontsize=paper.SMALL,
        )

    def _draw_neurons(self, ax: Any, more: dict[str, Any]) -> None:
        from matplotlib.patches import Circle

        fills, look = self._fills(), {"edgecolor": "black", "zorder": 2}
        self.circles_ = []
        for column, x, fill in zip(self.columns_, self._x, fills, strict=True):
            circles = [
                Circle((x, y), RADIUS, **(look | {"facecolor": color} | more))
                for y, color in zip(column.y, fill, strict=True)
            ]
            for circle in circles:
                ax.add_patch(circle)
            self.circles_.append(circles)
            if column.gap is not None:
                ax.text(x, column.gap, "⋮", ha="center", va="center", fontsize=14)

    def _fills(self) -> list[Any]:
        """The colours of the neurons that are drawn."""
        self.colorbar_ = None
        if self.activations is None:
            return [["white"] * len(column.neurons) for column in self.columns_]
        from matplotlib import colormaps
        from matplotlib.cm import ScalarMappable
        from matplotlib.colors import Normalize

        x = self.activations[0]
        low, high = min(0.0, float(x.min())), max(1.0, float(x.max()))
        scaled = [(x - low) / (high - low), *self.activations[1:]]
        colors = colormaps[paper.UNSIGNED]
        name = "activation"
        if (low, high) != (0.0, 1.0):
            name += f"\n(inputs: from {low:.3g} to {high:.3g})"
        self.colorbar_ = self.figure_.colorbar(
            ScalarMappable(Normalize(0.0, 1.0), colors), ax=self.ax_, label=name, shrink=0.7
        )
        return [
            colors(A[column.neurons]) for A, column in zip(scaled, self.columns_, strict=True)
        ]

    def _write_names(self, ax: Any, more: dict[str, Any]) -> None:
        look = {"va": "center", "fontsize": paper.SMALL}
        on_the_left, on_the_right = look | {"ha": "right"} | more, look | {"ha": "left"} | more
        first, last = self.columns_[0], self.columns_[-1]
        for k, y in zip(first.neurons, first.y, strict=True):
            name = _short(self.input_names[k])
            ax.text(self._x[0] - RADIUS - 0.2, y, name, **on_the_left)
        for k, y in zip(last.neurons, last.y, strict=True):
            name = _short(self.output_names[k])
            if self.activations is not None:
                name += f"  {self.activations[-1][k]:.2f}"
            ax.text(self._x[-1] + RADIUS + 0.2, y, name, **on_the_right)

    def _write_numbers(self, ax: Any, more: dict[str, Any]) -> None:
        """The weights and the bias of the only neuron."""
        (first, last), (left, right) = self.columns_, self._x
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        look = {"ha": "center", "fontsize": paper.SMALL}
        for k, y in zip(first.neurons, first.y, strict=True):
            at = (0.7 * left + 0.3 * right, 0.7 * y)
            inside = look | {"va": "center", "bbox": box} | more
            ax.text(*at, _number(self.weights[0][k, 0]), **inside)
        if self.biases is not None:
            below = last.y[0] - RADIUS - 0.15
            bias = f"b = {_number(self.biases[0][0])}"
            ax.text(right, below, bias, **(look | {"va": "top"} | more))

    def _write_captions(
        self, ax: Any, sizes: list[int], y: float, more: dict[str, Any]
    ) -> None:
        look = {"ha": "center", "va": "top", "fontsize": paper.SMALL + 1} | more
        kinds = ["input", *["hidden"] * (len(sizes) - 2), "output"]
        for x, n, kind in zip(self._x, sizes, kinds, strict=True):
            plural = "s" if n != 1 and kind != "hidden" else ""
            caption = f"{n:,} {kind}{plural}"
            ax.text(x, y, caption, **look)


def _column(n: int, most: int) -> Column:
    """N neurons around height 0, or the first and the last of them with a gap between."""
    if n <= most:
        return Column(np.arange(n), (n - 1) / 2 - np.arange(n), None)
    above = (most + 1) // 2
    places = most / 2 - np.delete(np.arange(most + 1), above)
    neurons = np.r_[:above, n - most + above : n]
    return Column(neurons, places, most / 2 - above)


def _number(value: float) -> str:
    """Three figures, with a minus sign and not a hyphen."""
    return f"{value:.3g}".replace("-", "−")


def _short(name: str) -> str:
    """A long name without its middle: the ends are more likely to differ."""
    if len(name) <= LONGEST:
        return name
    half = (LONGEST - 1) // 2
    return f"{name[:half]}…{name[-half:]}"
