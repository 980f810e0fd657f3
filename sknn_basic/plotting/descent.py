"""The way downhill of gradient descent, on a map of the cost or on its curve."""

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np

from sknn_basic._types import Floats
from sknn_basic.gradient_descent import one_number
from sknn_basic.plotting import _paper as paper

LEVELS = 16


class DescentDisplay:
    """The path of `minimize` over the cost of one or two variables.

    The constructor stores what `plot` draws; use `from_result` to make one.

    Parameters
    ----------
    path : ndarray of shape (n, 1 or 2)
        The points, in order.
    costs : ndarray of shape (n,)
        Their costs.
    grid : sequence of 1 or 2 ndarray
        Places along each variable.
    heights : ndarray of shape (n_x,) or (n_y, n_x)
        The cost there.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    line_ : matplotlib Line2D
        The path.
    contours_ : matplotlib QuadContourSet or None
        Two variables; None if the cost is the same everywhere.
    curve_ : matplotlib Line2D or None
        One variable.

    Examples
    --------
    >>> from sknn_basic.gradient_descent import minimize
    >>> from sknn_basic.plotting import DescentDisplay
    >>> def cost(v):
    ...     return v[0] ** 2 + 3 * v[1] ** 2
    >>> display = DescentDisplay.from_result(minimize(cost, start=[3.0, 2.0]), cost)
    >>> display.line_.get_xydata()[0].tolist()
    [3.0, 2.0]
    """

    ax_: Any
    figure_: Any

    def __init__(
        self, path: Floats, costs: Floats, grid: Sequence[Floats], heights: Floats
    ) -> None:
        self.path = path
        self.costs = costs
        self.grid = grid
        self.heights = heights

    @classmethod
    def from_result(
        cls,
        result: Any,
        cost: Callable[[Any], Any],
        *,
        xlim: tuple[float, float] | None = None,
        ylim: tuple[float, float] | None = None,
        grid_resolution: int = 100,
        ax: Any = None,
        **kwargs: Any,
    ) -> Self:
        """Draw what `sknn_basic.gradient_descent.minimize` returned.

        Parameters
        ----------
        result : scipy.optimize.OptimizeResult
            With a `path` of shape (n, 1 or 2) and `costs`.
        cost : callable
            The same that was minimised. It is called for one point after the other.
        xlim, ylim : (float, float), default=None
            What part of the first and the second variable is shown; None: the path, with a
            margin.
        grid_resolution : int, default=100
            Places along each variable at which the cost is evaluated.
        ax : matplotlib Axes, default=None
            Where to draw; None: in a new figure.
        **kwargs
            For `plot`.

        Returns
        -------
        display : DescentDisplay

        Raises
        ------
        ValueError
            For another number of variables, and bad parameters.
        """
        path, costs = _checked(result)
        whole = isinstance(grid_resolution, int | np.integer)
        if not (whole and grid_resolution >= 2):
            raise ValueError(
                f"grid_resolution must be an int of at least 2, got {grid_resolution!r}."
            )
        limits = zip(("xlim", "ylim"), (xlim, ylim), path.T, strict=False)
        grid = [np.linspace(*_limits(*given), int(grid_resolution)) for given in limits]
        is_number = np.ndim(getattr(result, "start", path[0])) == 0
        heights = _heights(cost, grid, is_number)
        return cls(path, costs, grid, heights).plot(ax, **kwargs)

    def plot(
        self,
        ax: Any = None,
        *,
        levels: Any = None,
        cost_kw: dict[str, Any] | None = None,
        ends_kw: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Self:
        """Draw the path on contours, or on the curve.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None: in a new figure.
        levels : array-like, default=None
            Costs of the contours, rising. None: 16 levels at the same distance from each
            other on a quadratic bowl.
        cost_kw : dict, default=None
            For matplotlib's `Axes.contourf` of the cost, or `Axes.plot` of its curve.
        ends_kw : dict, default=None
            For matplotlib's `Axes.plot` of the two marks at the start and the end.
        **kwargs
            For matplotlib's `Axes.plot` of the path.

        Returns
        -------
        self : DescentDisplay
            With what was drawn in its attributes.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        ax = paper.axes_for(self, ax, (6.4, 4.8))
        self.contours_ = self.curve_ = None
        if len(self.grid) == 1:
            points = np.column_stack([self.path[:, 0], self.costs])
            look = {"color": "0.5", "label": "cost"} | (cost_kw or {})
            (self.curve_,) = ax.plot(self.grid[0], self.heights, **look)
            ax.set(xlabel="v", ylabel="cost C(v)", xlim=self.grid[0][[0, -1]])
        else:
            points = self.path
            self._draw_map(ax, levels, cost_kw or {})
        self._draw_path(ax, points, kwargs, ends_kw or {})
        ax.legend()
        return self

    def _draw_map(self, ax: Any, levels: Any, more: dict[str, Any]) -> None:
        from matplotlib.colors import BoundaryNorm

        heights = np.ma.masked_invalid(self.heights)
        if levels is None:
            rise = np.linspace(0.0, 1.0, LEVELS) ** 2
            levels = heights.min() + (heights.max() - heights.min()) * rise
        if heights.max() > heights.min():
            norm = BoundaryNorm(levels, 256)
            look = {"levels": levels, "norm": norm, "cmap": paper.UNSIGNED}
            self.contours_ = ax.contourf(*self.grid, heights, **(look | more))
            bar = self.figure_.colorbar(self.contours_, ax=ax, label="cost C(v)")
            bar.set_ticks(levels[::3], labels=_rounded(levels[::3]))
        ax.set(xlabel="v₁", ylabel="v₂")
        ax.set(xlim=self.grid[0][[0, -1]], ylim=self.grid[1][[0, -1]])

    def _draw_path(self, ax: Any, points: Floats, more: Any, at_ends: Any) -> None:
        """White on black: seen on every colour of the map and on paper."""
        from matplotlib.patheffects import Normal, Stroke

        edge = {"markeredgecolor": "black", "color": "white", "zorder": 4}
        look = {"marker": "o", "markersize": 4, "linewidth": 1.3, "label": "steps"}
        look["markevery"] = 0.015  # of the axes' diagonal: long steps all, short ones thinned
        (self.line_,) = ax.plot(*points.T, **(edge | look | {"zorder": 3} | more))
        self.line_.set_path_effects([Stroke(linewidth=3, foreground="black"), Normal()])
        ends = (("start", "s", 0), ("end", "*", -1))
        for name, marker, k in ends:
            mark = {"marker": marker, "markersize": 9 if marker == "s" else 15}
            ax.plot(*points[k], **({"label": name, "linestyle": ""} | edge | mark | at_ends))


def _checked(result: Any) -> tuple[Floats, Floats]:
    path, costs = (np.asarray(getattr(result, name, None)) for name in ("path", "costs"))
    if path.ndim != 2 or costs.shape != path.shape[:1]:
        raise ValueError(
            "result must be what sknn_basic.gradient_descent.minimize returns, with path and "
            f"costs; got {type(result).__name__}."
        )
    if path.shape[1] not in (1, 2):
        raise ValueError(
            f"result must be of one or two variables to be drawn, got {path.shape[1]}."
        )
    return path, costs


def _rounded(levels: Any) -> list[str]:
    """The levels in figures that are worth telling, as the highest and the lowest differ."""
    size = int(np.floor(np.log10(levels[-1] - levels[0])))
    if not -4 < size < 6:
        return [f"{level:.1e}" for level in levels]
    return [f"{level:.{max(0, 2 - size)}f}" for level in levels]


def _limits(name: str, given: Any, along: Floats) -> tuple[float, float]:
    """The limits given, checked, or those of the path with a margin of a fifth."""
    if given is None:
        low, high = float(along.min()), float(along.max())
        margin = 0.2 * (high - low) or 0.5 * max(1.0, abs(low))
        return low - margin, high + margin
    pair = np.asarray(given)
    numbers = pair.shape == (2,) and pair.dtype.kind in "iuf" and np.isfinite(pair).all()
    if not numbers or not pair[0] < pair[1]:
        raise ValueError(
            f"{name} must be two finite numbers, the first smaller; got {given!r}."
        )
    return float(pair[0]), float(pair[1])


def _heights(cost: Callable[[Any], Any], grid: Sequence[Floats], is_number: bool) -> Floats:
    """The cost at every point of the grid, asked one by one; NaN where it overflows."""
    places = np.stack(np.meshgrid(*grid), axis=-1)
    heights = np.empty(places.shape[:-1])
    with np.errstate(all="ignore"):
        for at in np.ndindex(heights.shape):
            try:
                value = cost(places[at][0] if is_number else places[at].copy())
                heights[at] = one_number(value, "cost")
            except OverflowError:
                heights[at] = np.nan
    if not np.isfinite(heights).any():
        raise ValueError("cost must be finite somewhere between xlim and ylim, and it is not.")
    return heights
