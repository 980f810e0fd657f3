"""How the cost, or the number of mistakes, went from epoch to epoch."""

from collections.abc import Sequence
from typing import Any, Self

from sklearn.utils.validation import check_is_fitted

from sknn_basic._types import Curve
from sknn_basic.plotting import _paper as paper

BESIDE = "sknn_basic: validation"
"""The label by which the axes on the right are found again."""


class LossCurveDisplay:
    """Curves over the epochs of training.

    The constructor stores what `plot` draws; use `from_estimator` to make one.

    Parameters
    ----------
    training : sequence of float
        A number for each epoch.
    validation : sequence of float, default=None
        The same of the validation data.
    training_name : str, default="mean cost of a sample"
        What the numbers are: the name of the y axis.
    validation_name : str, default=None
        The same of `validation`, if it is something else: then it is drawn on axes of its own
        on the right.

    Attributes
    ----------
    ax_ : matplotlib Axes
    validation_ax_ : matplotlib Axes
        Where the validation curve is: `ax_`, or the axes on the right.
    figure_ : matplotlib Figure
    lines_ : list of matplotlib Line2D
        Training, and validation if there is one.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sknn_basic import SigmoidMLPClassifier
    >>> from sknn_basic.plotting import LossCurveDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> network = SigmoidMLPClassifier((5,), max_iter=20, tol=None, random_state=0).fit(X, y)
    >>> display = LossCurveDisplay.from_estimator(network)
    >>> display.ax_.get_xlabel(), display.lines_[0].get_xdata()[[0, -1]].tolist()
    ('epoch', [1, 20])
    """

    ax_: Any
    figure_: Any

    def __init__(
        self,
        training: Sequence[float],
        validation: Sequence[float] | None = None,
        *,
        training_name: str = "mean cost of a sample",
        validation_name: str | None = None,
    ) -> None:
        self.training = training
        self.validation = validation
        self.training_name = training_name
        self.validation_name = validation_name

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, validation: Curve | None = "loss", ax: Any = None, **kwargs: Any
    ) -> Self:
        """Draw the curves of a fitted classifier.

        Parameters
        ----------
        estimator : SigmoidMLPClassifier or PerceptronClassifier
            Trained by `fit`: `partial_fit` keeps no curve. Its `loss_curve_` is drawn, or its
            `mistakes_`.
        validation : {"loss", "score"} or None, default="loss"
            What is drawn of the validation data, if the classifier had any: its
            `validation_loss_curve_`, its `validation_scores_`, or nothing.
        ax : matplotlib Axes, default=None
            Where to draw; None: in a new figure.
        **kwargs
            For `plot`.

        Returns
        -------
        display : LossCurveDisplay

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the classifier is not fitted.
        ValueError
            If it kept no curve, and for a bad parameter.
        """
        if validation not in ("loss", "score", None):
            raise ValueError(f"validation must be 'loss', 'score' or None, got {validation!r}.")
        check_is_fitted(estimator)
        counts = hasattr(estimator, "mistakes_")
        training = estimator.mistakes_ if counts else getattr(estimator, "loss_curve_", [])
        if not training:
            raise ValueError(
                "estimator must have been trained by fit to have a curve: partial_fit and "
                "from_weights keep none."
            )
        names = {"training_name": "mistakes in an epoch"} if counts else {}
        curve, name = _validation_curve(estimator, validation, counts)
        display = cls(training, curve, validation_name=name, **names)
        return display.plot(ax, **kwargs)

    def plot(
        self,
        ax: Any = None,
        *,
        label: str | None = None,
        validation_kw: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Self:
        """Draw the curves; on axes that have curves already, in other colours.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None: in a new figure.
        label : str, default=None
            Name of the classifier for the legend.
        validation_kw : dict, default=None
            For matplotlib's `Axes.plot` of the validation curve.
        **kwargs
            For matplotlib's `Axes.plot` of the training curve.

        Returns
        -------
        self : LossCurveDisplay
            With what was drawn in its attributes.

        Raises
        ------
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> from sknn_basic.plotting import LossCurveDisplay
        >>> display = LossCurveDisplay([0.9, 0.5, 0.3], [0.9, 0.6, 0.5])
        >>> display = display.plot(color="black", validation_kw={"color": "red"})
        >>> [line.get_color() for line in display.lines_]
        ['black', 'red']
        """
        ax = paper.axes_for(self, ax, (6.4, 4.2))
        name = "training" if label is None else label
        self.lines_ = [_curve(ax, ax, self.training, name, "-", kwargs)]
        self.validation_ax_ = ax
        ax.set(xlabel="epoch", ylabel=self.training_name)
        if self.validation is not None:
            if self.validation_name is not None:
                self.validation_ax_ = _axes_on_the_right(ax, self.validation_name)
            name = "validation" if label is None else f"{label}, validation"
            line = _curve(
                ax, self.validation_ax_, self.validation, name, "--", validation_kw or {}
            )
            self.lines_.append(line)
        _finish(ax)
        return self


def _validation_curve(
    estimator: Any, wanted: str | None, counts: bool
) -> tuple[Sequence[float] | None, str | None]:
    """The curve that is wanted, if there is one, and its name if it needs its own axes."""
    if wanted == "score":
        return getattr(estimator, "validation_scores_", None), "validation accuracy"
    if wanted is None:
        return None, None
    name = "wrong outputs for a validation sample" if counts else None
    return getattr(estimator, "validation_loss_curve_", None), name


def _curve(
    ax: Any, on: Any, values: Sequence[float], label: str, style: str, more: dict[str, Any]
) -> Any:
    """Draw a curve in the first colour and marker that `ax` and those beside have not used."""
    k = sum(len(axes.lines) for axes in _together(ax)) % len(paper.INKS)
    look = {
        "color": paper.INKS[k],
        "marker": paper.MARKERS[k],
        "markersize": 4,
        "markevery": max(1, len(values) // 20),
        "linestyle": style,
        "label": label,
    }
    (line,) = on.plot(range(1, len(values) + 1), values, **(look | more))
    return line


def _together(ax: Any) -> list[Any]:
    """These axes, and those that a display has put on their right."""
    here = ax.get_position().bounds
    others = ax.get_shared_x_axes().get_siblings(ax)
    beside = [a for a in others if a is not ax and a.get_label() == BESIDE]
    return [ax, *(a for a in beside if a.get_position().bounds == here)]


def _axes_on_the_right(ax: Any, name: str) -> Any:
    for other in _together(ax)[1:]:
        if other.get_ylabel() == name:
            return other
    right = ax.twinx()
    right.set_label(BESIDE)
    right.set_ylabel(name)
    return right


def _finish(ax: Any) -> None:
    """Whole epochs from 1 on, a light grid, and a legend for more than one curve."""
    from matplotlib.ticker import MaxNLocator

    whole = MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1)
    ax.xaxis.set_major_locator(whole)
    ax.set_xlim(0.5, max(1.5, ax.get_xlim()[1]), auto=None)
    ax.grid(alpha=0.3)
    together = _together(ax)
    lines = [line for axes in together for line in axes.lines]
    if len(lines) < 2:
        return
    for axes in together:
        if axes.get_legend() is not None:
            axes.get_legend().remove()
    names = [line.get_label() for line in lines]
    together[-1].legend(lines, names, **({} if len(together) == 1 else _below(ax)))


def _below(ax: Any) -> dict[str, Any]:
    """A place for a legend under the axes: on them it would not see all the curves."""
    from matplotlib.transforms import ScaledTranslation

    lower = ax.transAxes + ScaledTranslation(0, -36 / 72, ax.figure.dpi_scale_trans)
    place = {"bbox_to_anchor": (0.5, 0.0), "bbox_transform": lower}
    return {"loc": "upper center", "ncols": 2, "frameon": False} | place
