"""How the cost went along a stream, and where new classes came."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from sknn_basic.plotting import _paper as paper

WINDOWS = 20
"""A window is this part of the stream, unless it is given."""

STREAM = "sknn_basic: stream"
"""How running means on the same axes are known."""

MOST_LABELS = 12
"""More new classes than these are marked without their names."""


class StreamDisplay:
    """The cost of what `partial_fit` has learnt, from its first sample to the last.

    The constructor stores what `plot` draws; use `from_estimator` to make one.

    Parameters
    ----------
    seen : array-like of shape (n_points,)
        Samples seen at the end of each point.
    costs : array-like of shape (n_points,)
        Mean cost of the samples since the point before, each before its own step.
    start : int, default=0
        Samples seen before the first point.
    marks : sequence of (int, label), default=()
        Samples seen when a class came, and its label.
    cost_name : str, default="mean cost of a sample"
        What the costs are: the name of the y axis.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    line_ : matplotlib Line2D
        The running mean.
    points_ : matplotlib Line2D
        The points themselves.
    marks_ : list of matplotlib Line2D
        Where new classes came.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sknn_basic import SigmoidMLPClassifier
    >>> from sknn_basic.plotting import StreamDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> network = SigmoidMLPClassifier((30,), batch_size=1, random_state=0)
    >>> _ = network.partial_fit(X[y < 9] / 16, y[y < 9], growing=True)
    >>> _ = network.partial_fit(X / 16, y, growing=True)
    >>> display = StreamDisplay.from_estimator(network)
    >>> display.ax_.get_xlabel(), display.marks
    ('samples seen', ((1617, 9),))
    """

    ax_: Any
    figure_: Any

    def __init__(
        self,
        seen: npt.ArrayLike,
        costs: npt.ArrayLike,
        *,
        start: int = 0,
        marks: Sequence[tuple[int, Any]] = (),
        cost_name: str = "mean cost of a sample",
    ) -> None:
        self.seen = seen
        self.costs = costs
        self.start = start
        self.marks = marks
        self.cost_name = cost_name

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, window: int | None = None, ax: Any = None, **kwargs: Any
    ) -> Self:
        """Draw the stream of a classifier.

        Parameters
        ----------
        estimator : SigmoidMLPClassifier or PerceptronClassifier
            Trained by `partial_fit` or `predict_then_learn`.
        window : int, default=None
            See `plot`.
        ax : matplotlib Axes, default=None
            Where to draw; None: in a new figure.
        **kwargs
            For `plot`.

        Returns
        -------
        display : StreamDisplay

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the classifier is not fitted.
        ValueError
            If it has learnt from no stream, and for a bad parameter.
        """
        check_is_fitted(estimator)
        record = vars(estimator).get("_stream")
        if record is None or estimator.t_ == record.start:
            raise ValueError(
                "estimator must have been trained by partial_fit or predict_then_learn to have "
                "a stream; fit has loss_curve_ or mistakes_ (LossCurveDisplay)."
            )
        names = {"cost_name": "wrong outputs a sample"} if hasattr(estimator, "coef_") else {}
        display = cls(*estimator.stream_curve_, start=record.start, marks=record.marks, **names)
        return display.plot(ax, window=window, **kwargs)

    def plot(
        self,
        ax: Any = None,
        *,
        window: int | None = None,
        label: str | None = None,
        **kwargs: Any,
    ) -> Self:
        """Draw the running mean, the points, and the marks.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None: in a new figure.
        window : int, default=None
            Samples of the running mean; None: a twentieth of the stream. Within a point
            every sample counts as its mean.
        label : str, default=None
            Name of the curve for a legend.
        **kwargs
            For matplotlib's `Axes.plot` of the running mean.

        Returns
        -------
        self : StreamDisplay
            With what was drawn in its attributes.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If `window` is no positive int, and if the points have no costs, or the other way
            round.

        Examples
        --------
        >>> from sknn_basic.plotting import StreamDisplay
        >>> display = StreamDisplay([1, 2, 4], [1.0, 0.0, 0.5]).plot(window=2)
        >>> display.line_.get_ydata().tolist()
        [1.0, 0.5, 0.5]
        """
        seen, means = self.running_mean(window)
        ax = paper.axes_for(self, ax, (6.4, 4.0))
        others = sum(line.get_gid() == STREAM for line in ax.lines)
        look: dict[str, Any] = {"color": paper.INKS[others % len(paper.INKS)], "label": label}
        (self.line_,) = ax.plot(seen, means, gid=STREAM, **(look | kwargs))
        faint = {"color": self.line_.get_color(), "linewidth": 0, "alpha": 0.35}
        (self.points_,) = ax.plot(seen, self.costs, marker=".", markersize=3, **faint)
        labels: dict[int, list[str]] = {}
        for place, new in self.marks:
            labels.setdefault(place, []).append(str(new))
        dotted = {"color": "0.5", "linestyle": ":", "linewidth": 1}
        self.marks_ = [ax.axvline(place, **dotted) for place in labels]
        if len(self.marks) <= MOST_LABELS:
            where = {"xytext": (2, -10), "textcoords": "offset points", "fontsize": 8}
            for place, new in labels.items():
                at = {"xy": (place, 1.0), "xycoords": ("data", "axes fraction")}
                ax.annotate("new: " + ", ".join(new), **at, **where)
        ax.set(xlabel="samples seen", ylabel=self.cost_name)
        ax.set_ylim(bottom=0.0)
        ax.grid(alpha=0.3)
        return self

    def running_mean(
        self, window: int | None = None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Give the mean cost of the last `window` samples at the end of each point.

        Parameters
        ----------
        window : int, default=None
            See `plot`.

        Returns
        -------
        seen : ndarray of shape (n_points,)
            Samples seen.
        means : ndarray of shape (n_points,)
            Mean cost; of all samples so far where there are fewer than `window`.

        Raises
        ------
        ValueError
            If `window` is no positive int.
        """
        seen, costs = np.asarray(self.seen), np.asarray(self.costs)
        if seen.ndim != 1 or seen.shape != costs.shape or seen.size == 0:
            raise ValueError(
                "seen and costs must be of one dimension and the same length, at least 1; got "
                f"shapes {seen.shape} and {costs.shape}."
            )
        if window is None:
            window = max(1, (int(seen[-1]) - self.start) // WINDOWS)
        if not isinstance(window, Integral) or isinstance(window, bool) or window < 1:
            raise ValueError(f"window must be an int from 1 on, or None; got {window!r}.")
        ends = np.concatenate([[self.start], seen]).astype(float)
        sums = np.concatenate([[0.0], np.cumsum(np.diff(ends) * costs)])
        first = np.maximum(ends[1:] - window, self.start)
        return seen, (sums[1:] - np.interp(first, ends, sums)) / (ends[1:] - first)
