"""What a moment of training makes of the cost at each of many learning rates."""

import math
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from sknn_basic._types import MatrixLike
from sknn_basic.model_selection import EtaCurve, eta_curve
from sknn_basic.plotting import _paper as paper


class EtaCurveDisplay:
    """Cost over the learning rate η, and the range worth searching.

    The constructor stores what `plot` draws; use `from_estimator` to make one.

    Parameters
    ----------
    curve : EtaCurve
        As `sknn_basic.model_selection.eta_curve` returns it.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    line_ : matplotlib Line2D
        The mean cost.
    range_ : matplotlib Polygon
        The range worth searching.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sknn_basic import SigmoidMLPClassifier
    >>> from sknn_basic.plotting import EtaCurveDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> network = SigmoidMLPClassifier((10,), batch_size=10, random_state=0)
    >>> display = EtaCurveDisplay.from_estimator(network, X / 16, y)
    >>> display.ax_.get_xscale(), len(display.line_.get_xdata())
    ('log', 16)
    """

    ax_: Any
    figure_: Any

    def __init__(self, curve: EtaCurve) -> None:
        self.curve = curve

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: MatrixLike,
        y: npt.ArrayLike,
        *,
        etas: npt.ArrayLike | None = None,
        epochs: int = 1,
        cv: Any = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> Self:
        """Train at each of many learning rates, and draw what came of it.

        Parameters
        ----------
        estimator : SigmoidMLPClassifier or Pipeline
            A network, or a pipeline that ends in one; it is not changed.
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels.
        etas : array-like of shape (n_etas,), default=None
            Learning rates; None: 16 from 1e-3 to 1e2.
        epochs : int, default=1
            Passes over the training rows.
        cv : int, splitter or iterable, default=None
            The folds. None: a quarter of the rows is held out.
        ax : matplotlib Axes, default=None
            Where to draw; None: in a new figure.
        **kwargs
            For `plot`.

        Returns
        -------
        display : EtaCurveDisplay
            What was drawn is in its attributes.
        """
        curve = eta_curve(estimator, X, y, etas=etas, epochs=epochs, cv=cv)
        return cls(curve).plot(ax, **kwargs)

    def plot(self, ax: Any = None, *, label: str | None = None, **kwargs: Any) -> Self:
        """Draw the curve.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None: in a new figure.
        label : str, default=None
            Name of the curve for a legend.
        **kwargs
            For matplotlib's `Axes.plot` of the cost.

        Returns
        -------
        self : EtaCurveDisplay
            With what was drawn in its attributes.

        Raises
        ------
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import numpy as np
        >>> from sknn_basic.model_selection import EtaCurve
        >>> from sknn_basic.plotting import EtaCurveDisplay
        >>> costs = np.array([[0.9], [0.4], [3.0]])
        >>> curve = EtaCurve(np.array([0.1, 1.0, 10.0]), costs, costs, start=1.0)
        >>> EtaCurveDisplay(curve).plot(color="black").line_.get_ydata().tolist()
        [0.9, 0.4, 3.0]
        """
        curve = self.curve
        ax = paper.axes_for(self, ax, (6.4, 4.2))
        k = len(ax.lines) % len(paper.INKS)
        look = {"color": paper.INKS[k], "marker": "o", "markersize": 4, "label": label}
        costs = np.where(np.isfinite(curve.mean_costs), curve.mean_costs, np.nan)
        (self.line_,) = ax.plot(curve.etas, costs, **(look | kwargs))
        color = self.line_.get_color()
        self.range_ = ax.axvspan(curve.low, curve.high, color=color, alpha=0.12, linewidth=0)
        ax.axhline(curve.start, color="0.5", linestyle=":", linewidth=1)
        if math.isfinite(curve.diverges_from):
            ax.axvline(curve.diverges_from, color=color, linestyle="--", linewidth=1)
        top = max(curve.start, float(np.nanmin(costs))) if np.isfinite(costs).any() else 1.0
        ax.set(xscale="log", xlabel="learning rate η", ylabel="mean cost of a sample")
        ax.set_ylim(0.0, max(1.6 * top, ax.get_ylim()[1] if k else 0.0))
        ax.grid(alpha=0.3)
        return self
