"""Where displays draw: the caller's axes or new ones; colours that print well."""

from typing import Any

BLUE, ORANGE = "#0072B2", "#D55E00"
INKS = (BLUE, ORANGE, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colours that colour-blind eyes tell apart (M. Okabe and K. Ito, 2008)."""

MARKERS = "osD^vPX"

SIGNED, UNSIGNED = "PuOr", "cividis"
"""Scales for numbers with a sign, and for those without: low orange, high purple."""

SMALL = 9
"""Points: the size of what is written beside neurons, images and curves."""


def axes_for(display: Any, ax: Any, figsize: tuple[float, float] | None = None) -> Any:
    """Set the axes and the figure of `display`: those given, or new ones.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    TypeError
        If `ax` is something else than axes.
    """
    name = type(display).__name__
    try:
        import matplotlib.pyplot as plt
        from matplotlib.axes import Axes
    except ImportError as error:
        raise ImportError(
            f"{name} needs matplotlib, which is not installed: python -m pip install matplotlib"
        ) from error
    if ax is None:
        _, ax = plt.subplots(figsize=figsize, layout="constrained")
    elif not isinstance(ax, Axes):
        raise TypeError(f"ax must be matplotlib axes or None, got {ax!r}.")
    display.ax_, display.figure_ = ax, ax.figure
    return ax
