"""Gradient descent on any cost C(v), and the Taylor polynomials that explain it.

Near v a smooth cost is almost linear, ΔC ≈ ∇C·Δv. The step

    Δv = −η ∇C    then gives    ΔC ≈ −η ‖∇C‖² ≤ 0,

so the cost falls as long as η is small enough for "almost" to hold (Nielsen, chapter 1,
equations 7 to 10). `minimize` takes such steps and keeps the way that it went.
"""

import numbers
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.polynomial import Polynomial
from scipy.interpolate import KroghInterpolator
from scipy.optimize import OptimizeResult, approx_fprime
from scipy.special import factorial

from sknn_basic._classifiers import validation as by_hand
from sknn_basic._compat import Interval, StrOptions, validate_parameter_constraints
from sknn_basic._types import Accept, Floats

__all__ = ["minimize", "taylor_polynomial"]

CONSTRAINTS: dict[str, list[Any]] = {
    "cost": [callable],
    "gradient": [callable, None],
    "eta": [Interval(numbers.Real, 0, None, closed="neither")],
    "accept": [StrOptions({"always", "decrease"})],
    "max_iter": [Interval(numbers.Integral, 1, None, closed="left")],
    "gtol": [Interval(numbers.Real, 0, None, closed="left"), None],
    "ftol": [Interval(numbers.Real, 0, None, closed="left"), None],
}

HIGHEST_ORDER = 29
"""SciPy's Krogh interpolation loses its digits beyond about thirty points."""

MOST_DOUBT = 1e-4
"""How far two estimates of a Taylor polynomial may lie apart, relative to the function."""


def minimize(
    cost: Callable[[Any], Any],
    gradient: Callable[[Any], Any] | None = None,
    *,
    start: npt.ArrayLike,
    eta: float = 0.1,
    accept: Accept = "always",
    max_iter: int = 1000,
    gtol: float | None = 1e-6,
    ftol: float | None = None,
) -> OptimizeResult:
    """Walk downhill from `start` by steps v ← v − η∇C(v).

    It ends where the slope is almost 0, which need not be the lowest point there is.

    Parameters
    ----------
    cost : callable
        C. It is given v, an array of shape (n_dim,), or a float if `start` is a number, and
        returns a number. It must be smooth for the walk to make sense.
    gradient : callable, default=None
        ∇C, given v too. It returns n_dim numbers. None: central differences of the cost,
        2 n_dim + 2 calls of it a step.
    start : float or array-like of shape (n_dim,)
        The first v.
    eta : float, default=0.1
        Learning rate η.
    accept : {"always", "decrease"}, default="always"
        "decrease": a step is taken only if the cost falls; the first one that would not
        lower it is not taken and ends the walk.
    max_iter : int, default=1000
        Steps at most.
    gtol : float or None, default=1e-6
        End where ‖∇C‖ ≤ gtol. None: do not look at it.
    ftol : float or None, default=None
        End after a step that has lowered the cost by at most ftol. None: do not look at it.

    Returns
    -------
    result : scipy.optimize.OptimizeResult
        With ``x`` of shape (n_dim,), the last point; ``fun``, its cost; ``jac``, its
        gradient; ``nit``, the steps taken; ``nfev`` and ``njev``, the calls of cost and of
        gradient (differences count as calls of the cost); ``path`` of shape
        (nit + 1, n_dim), all points from the start to x; ``costs`` of shape (nit + 1,),
        theirs; ``start``, as it was given; ``success``, ``status`` and ``message``, why the
        walk ended:

        ====== ======= =============================================================
        status success
        ====== ======= =============================================================
        0      True    ‖∇C‖ ≤ gtol
        1      True    the step lowered the cost by at most ftol
        2      False   the step would not have lowered the cost ("decrease"). True if
                       what it could gain, η‖∇C‖², is lost in the rounding of the cost
        3      False   max_iter steps were taken
        4      False   the next cost, point or gradient is infinite or NaN: η is too
                       large. x is the last finite point
        ====== ======= =============================================================

        Success is no promise of the lowest point: ∇C ≈ 0 holds at a minimum that is not the
        lowest, at a saddle, and at a maximum where the walk starts there. Several starts tell
        more than one. All numbers are float64.

    Raises
    ------
    ValueError
        For a bad parameter; if cost or gradient do not return numbers of the right shape;
        if they are not finite at the start.

    Examples
    --------
    >>> from sknn_basic.gradient_descent import minimize
    >>> bowl = minimize(lambda v: v[0] ** 2 + v[1] ** 2, start=[3.0, 4.0], eta=0.25)
    >>> bowl.success, bowl.x.round(5)
    (True, array([0., 0.]))
    >>> bowl.costs[:4].round(4)
    array([25.    ,  6.25  ,  1.5625,  0.3906])

    Two starts, two minima, and only one of them is the lowest:

    >>> def hills(v):
    ...     return v**4 - 3 * v**2 + v
    >>> [round(minimize(hills, start=v, eta=0.05).fun, 2) for v in (1.0, -1.0)]
    [-1.07, -3.51]

    With a learning rate that is too large each step overshoots the valley by more:

    >>> bad = minimize(lambda v: v**2, lambda v: 2 * v, start=1.0, eta=1.5, accept="decrease")
    >>> bad.nit, bad.message
    (0, 'The step with eta=1.5 would not have lowered the cost, and was not taken.')
    """
    given = {"cost": cost, "gradient": gradient, "eta": eta, "accept": accept}
    limits = {"max_iter": max_iter, "gtol": gtol, "ftol": ftol}
    validate_parameter_constraints(CONSTRAINTS, given | limits, caller_name="minimize")
    first = by_hand.numbers(start, "start", (0, 1)).astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        walk = _Walk(_Hill(cost, gradient, first.ndim), first, float(eta))
        end = None
        while end is None:
            end = walk.arrived(gtol, ftol) or _out_of_steps(walk, max_iter)
            end = end or walk.step(only_down=accept == "decrease")
    return walk.result(end, first)


def taylor_polynomial(
    f: Callable[[float], Any], x0: float, degree: int, *, scale: float = 1.0
) -> Polynomial:
    """Give the Taylor polynomial of f about x0, Σ f⁽ᵏ⁾(x0)/k! (x − x0)ᵏ.

    f is only evaluated, from x0 − scale to x0 + scale, and interpolated there by SciPy's
    `KroghInterpolator`, with the number of points at which one point more
    changes least.

    Parameters
    ----------
    f : callable
        From a number to a number; smooth.
    x0 : float
        The point about which f is expanded.
    degree : int
        Of the polynomial; 0 to 20.
    scale : float, default=1.0
        How far to both sides f is looked at. About as far as the polynomial is to be drawn
        is good, but not much more than half the way to the next point where f is not smooth.

    Returns
    -------
    p : numpy.polynomial.Polynomial
        ``p(x)`` is its value at x, and ``p.coef[k]`` is f⁽ᵏ⁾(x0)/k!.

        Up to a distance of `scale` from x0 its values are right to about 1e-8 of f's
        largest value there for degrees up to 5, to 1e-6 up to 10 and 1e-4 up to 20, and
        better the smaller `scale` is.

    Raises
    ------
    ValueError
        For a bad parameter, and if f is not finite, or not smooth enough to tell, within
        `scale` of x0.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_basic.gradient_descent import taylor_polynomial
    >>> p = taylor_polynomial(np.sin, 0.0, 5, scale=2.0)
    >>> (1 / p.coef[[1, 3, 5]]).round(6)
    array([  1.,  -6., 120.])
    >>> round(float(p(1.0)), 6), round(1 - 1 / 6 + 1 / 120, 6)
    (0.841667, 0.841667)
    """
    given = {"f": f, "x0": x0, "degree": degree, "scale": scale}
    kinds = {
        "f": [callable],
        "x0": [Interval(numbers.Real, None, None, closed="neither")],
        "degree": [Interval(numbers.Integral, 0, 20, closed="both")],
        "scale": [Interval(numbers.Real, 0, None, closed="neither")],
    }
    validate_parameter_constraints(kinds, given, caller_name="taylor_polynomial")
    orders = range(degree + 1, HIGHEST_ORDER + 1)
    with np.errstate(all="ignore"):
        size = np.abs(_values(f, x0 + np.linspace(-scale, scale, 9), x0, scale)).max()
        estimates = np.array([_scaled_coefs(f, x0, degree, scale, n) for n in orders])
    doubts = np.abs(np.diff(estimates, axis=0)).max(axis=1)
    best = int(doubts.argmin())
    if doubts[best] > MOST_DOUBT * size:
        raise ValueError(
            f"f must be smooth within scale={scale!r} of x0={x0!r}; its derivatives cannot be "
            "told there. Try a smaller scale or a smaller degree."
        )
    powers = float(scale) ** np.arange(degree + 1)
    return Polynomial(estimates[best] / powers, [x0 - 1.0, x0 + 1.0], [-1.0, 1.0])


# --- the walk --------------------------------------------------------------------------


class _End(NamedTuple):
    """Why a walk ended."""

    status: int
    success: bool
    message: str


class _Hill:
    """Cost and gradient with checks of what they return; every call is counted."""

    def __init__(self, cost, gradient, ndim):
        self.cost, self.gradient, self.ndim = cost, gradient, ndim
        self.nfev = self.njev = 0

    def _seen(self, v):
        """`v` as the caller's functions get it: their own copy."""
        return v.copy() if self.ndim else np.float64(v[0])

    def height(self, v: Floats) -> float:
        """C(v); infinite where Python's own numbers overflow."""
        self.nfev += 1
        try:
            return one_number(self.cost(self._seen(v)), "cost")
        except OverflowError:
            return float("inf")

    def slope(self, v: Floats) -> Floats:
        """∇C(v) in an array of its own."""
        self.njev += 1
        if self.gradient is None:
            return _central_differences(self.height, v)
        try:
            found = np.array(self.gradient(self._seen(v)))
        except OverflowError:
            return np.full(v.shape, np.inf)
        fits = found.shape == v.shape or (found.size == 1 and v.size == 1)
        if not fits or found.dtype.kind not in "buif":
            raise ValueError(
                f"gradient must return {len(v)} real numbers, one for each variable, got "
                f"{found!r}."
            )
        return found.astype(np.float64).reshape(v.shape)


class _Walk:
    """The points met so far, their costs, and the gradient at the last one."""

    def __init__(self, hill: _Hill, start: Floats, eta: float) -> None:
        self.hill, self.eta = hill, eta
        self.path = [np.atleast_1d(start)]
        self.costs = [hill.height(self.path[0])]
        self.slope = hill.slope(self.path[0])
        for name, found in (("cost", self.costs[0]), ("gradient", self.slope)):
            if not np.isfinite(found).all():
                raise ValueError(f"{name} must be finite at start={start!r}, got {found!r}.")

    def arrived(self, gtol: float | None, ftol: float | None) -> _End | None:
        """The end, if it is reached where the walk stands."""
        size = float(np.linalg.norm(self.slope))
        if gtol is not None and size <= gtol:
            return _End(0, True, f"The gradient is as small as gtol={gtol!r}: {size:.3g}.")
        if ftol is None or len(self.costs) == 1:
            return None
        if 0.0 <= self.costs[-2] - self.costs[-1] <= ftol:
            return _End(1, True, f"The last step lowered the cost by ftol={ftol!r} or less.")
        return None

    def step(self, only_down: bool) -> _End | None:
        """Take a step, or tell why not."""
        v = self.path[-1] - self.eta * self.slope
        if not np.isfinite(v).all():
            return self._diverged("point")
        height = self.hill.height(v)
        if not np.isfinite(height):
            return self._diverged("cost")
        if only_down and height >= self.costs[-1]:
            return self._refused()
        slope = self.hill.slope(v)
        if not np.isfinite(slope).all():
            return self._diverged("gradient")
        self.path.append(v)
        self.costs.append(height)
        self.slope = slope
        return None

    def _refused(self) -> _End:
        could_gain = self.eta * float(self.slope @ self.slope)
        flat = could_gain <= 2 * np.spacing(abs(self.costs[-1]))
        why = f"The step with eta={self.eta!r} would not have lowered the cost"
        if flat:
            return _End(2, True, f"{why} by more than its rounding.")
        return _End(2, False, f"{why}, and was not taken.")

    def _diverged(self, what: str) -> _End:
        k = len(self.path)
        return _End(
            4,
            False,
            f"Descent diverged in step {k} with eta={self.eta!r}: the {what} became infinite "
            "or NaN. Try a smaller eta. The last finite point is kept.",
        )

    def result(self, end: _End, start: Floats) -> OptimizeResult:
        return OptimizeResult(
            x=self.path[-1].copy(),
            fun=self.costs[-1],
            jac=self.slope,
            nit=len(self.path) - 1,
            nfev=self.hill.nfev,
            njev=self.hill.njev,
            path=np.array(self.path),
            costs=np.array(self.costs),
            start=start,
            **end._asdict(),
        )


def _out_of_steps(walk: _Walk, max_iter: int) -> _End | None:
    if len(walk.path) <= max_iter:
        return None
    return _End(3, False, f"max_iter={max_iter!r} steps were taken.")


def one_number(value: Any, name: str) -> float:
    """`value` as a float, if it is one real number.

    Raises
    ------
    ValueError
        If it is not; `name` is whose value it was.
    """
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "buif":
        raise ValueError(f"{name} must return one real number, got {value!r}.")
    return float(array.reshape(()))


def _central_differences(f: Callable[[Floats], float], v: Floats) -> Floats:
    """SciPy's differences forwards and backwards; their errors of first order cancel."""
    h = np.cbrt(np.finfo(np.float64).eps) * np.maximum(1.0, np.abs(v))
    return (approx_fprime(v, f, h) + approx_fprime(v, f, -h)) / 2


def _scaled_coefs(
    f: Callable[[float], Any], x0: float, degree: int, scale: float, order: int
) -> Floats:
    """Estimates of f⁽ᵏ⁾(x0)/k! scaleᵏ for k from 0 to degree, from order + 1 points.

    The points lie closer towards the ends, as Chebyshev's do: there polynomials run away.
    """
    t = np.cos(np.linspace(0.0, np.pi, order + 1, endpoint=False))
    near = KroghInterpolator(t, _values(f, x0 + scale * t, x0, scale))
    return near.derivatives(0.0, degree + 1) / factorial(np.arange(degree + 1))


def _values(f: Callable[[float], Any], xs: Floats, x0: float, scale: float) -> Floats:
    """f(x) for each x, finite."""
    found = np.array([one_number(f(x), "f") for x in xs])
    if not np.isfinite(found).all():
        raise ValueError(
            f"f must be finite within scale={scale!r} of x0={x0!r}, got "
            f"{found[~np.isfinite(found)][0]}. Try a smaller scale."
        )
    return found
