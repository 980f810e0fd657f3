"""Descent does what the formulas say, ends for the reason it gives, and owns its mistakes."""

import math
import re

import numpy as np
import pytest
from numpy.polynomial import Polynomial
from scipy.optimize import OptimizeResult

from sknn_basic.gradient_descent import minimize, taylor_polynomial

seeds = pytest.mark.parametrize("seed", range(5))
UNENDING = {"gtol": None, "ftol": None}


class Bowl:
    """C = C0 + (v − v*)ᵀ H (v − v*) / 2 with eigenvalues of H from 0.5 to 2."""

    def __init__(self, seed, n=3, floor=0.0):
        rng = np.random.default_rng(seed)
        turn = np.linalg.qr(rng.normal(size=(n, n)))[0]
        self.H = turn @ np.diag(np.linspace(0.5, 2.0, n)) @ turn.T
        self.lowest, self.start, self.floor = *rng.normal(size=(2, n)), floor

    def cost(self, v):
        return self.floor + (v - self.lowest) @ self.H @ (v - self.lowest) / 2

    def gradient(self, v):
        return self.H @ (v - self.lowest)


def wavy(v):
    return np.sum(np.sin(v)) + 0.1 * np.sum(v**2)


def slope_of_wavy(v):
    return np.cos(v) + 0.2 * v


def textbook(cost, gradient, v, eta, steps, only_down=False):
    """The lecture's loop, in plain Python numbers."""
    path = [list(map(float, v))]
    for _ in range(steps):
        g = gradient(np.array(path[-1])).tolist()
        new = [v_i - eta * g_i for v_i, g_i in zip(path[-1], g, strict=True)]
        if only_down and not cost(np.array(new)) < cost(np.array(path[-1])):
            break
        path.append(new)
    return path


# --- properties ------------------------------------------------------------------------


@seeds
@pytest.mark.parametrize("eta", [0.05, 0.5, 0.9])
def test_on_a_bowl_the_path_is_a_power_of_a_matrix(seed, eta):
    """v_k − v* = (I − ηH)ᵏ (v_0 − v*)."""
    bowl = Bowl(seed)
    result = minimize(
        bowl.cost, bowl.gradient, start=bowl.start, eta=eta, max_iter=30, **UNENDING
    )
    shrink = np.eye(3) - eta * bowl.H
    expected = [
        bowl.lowest + np.linalg.matrix_power(shrink, k) @ (bowl.start - bowl.lowest)
        for k in range(31)
    ]
    np.testing.assert_allclose(result.path, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(result.costs, [bowl.cost(v) for v in expected], atol=1e-12)


@seeds
def test_the_fall_of_the_cost_is_eta_times_the_squared_gradient(seed):
    """ΔC = −η‖∇C‖² + O(η²): ten times less η, ten times less relative error."""
    start = np.random.default_rng(seed).normal(size=4)
    steepness = slope_of_wavy(start) @ slope_of_wavy(start)
    errors = []
    for eta in (1e-2, 1e-3, 1e-4):
        costs = minimize(wavy, slope_of_wavy, start=start, eta=eta, max_iter=1).costs
        errors.append(abs((costs[1] - costs[0]) / (-eta * steepness) - 1))
    assert errors[0] < 0.05
    assert errors[1] < errors[0] / 5
    assert errors[2] < errors[1] / 5


@seeds
@pytest.mark.parametrize("eta", [0.01, 0.7, 1.4, 30.0])
def test_decrease_never_raises_the_cost(seed, eta):
    start = np.random.default_rng(seed).normal(size=2)
    result = minimize(wavy, slope_of_wavy, start=start, eta=eta, accept="decrease")
    assert np.all(np.diff(result.costs) < 0)


@seeds
@pytest.mark.parametrize("accept", ["always", "decrease"])
@pytest.mark.parametrize("eta", [0.1, 1.5])
def test_it_is_the_textbooks_loop(seed, accept, eta):
    start = np.random.default_rng(seed).normal(size=2)
    result = minimize(
        wavy, slope_of_wavy, start=start, eta=eta, accept=accept, max_iter=40, **UNENDING
    )
    path = textbook(wavy, slope_of_wavy, start, eta, 40, only_down=accept == "decrease")
    assert result.path.tolist() == path
    assert result.costs.tolist() == [wavy(np.array(v)) for v in path]


@seeds
def test_differences_stand_in_for_the_gradient(seed):
    bowl = Bowl(seed)
    own = minimize(bowl.cost, bowl.gradient, start=bowl.start, eta=0.5)
    found = minimize(bowl.cost, start=bowl.start, eta=0.5)
    assert own.success
    assert found.success
    np.testing.assert_allclose(found.path[:20], own.path[:20], atol=1e-8)
    start = np.array([30.0, -1e-4, 0.0])
    jac = minimize(wavy, start=start, eta=1e-9, max_iter=1).jac
    np.testing.assert_allclose(jac, slope_of_wavy(start), rtol=1e-6, atol=1e-6)


# --- the result ------------------------------------------------------------------------


def test_the_result_is_scipys_and_its_parts_fit():
    bowl = Bowl(0)
    calls = {"cost": 0, "gradient": 0}

    def cost(v):
        calls["cost"] += 1
        return bowl.cost(v)

    def gradient(v):
        calls["gradient"] += 1
        return bowl.gradient(v)

    result = minimize(cost, gradient, start=bowl.start.tolist(), eta=0.4)
    assert isinstance(result, OptimizeResult)
    assert result.path.shape == (result.nit + 1, 3)
    assert result.costs.shape == (result.nit + 1,)
    assert np.array_equal(result.path[0], bowl.start)
    assert np.array_equal(result.path[-1], result.x)
    assert np.array_equal(result.start, bowl.start)
    assert result.costs[-1] == result.fun == bowl.cost(result.x)
    assert np.array_equal(result.jac, bowl.gradient(result.x))
    assert (result.nfev, result.njev) == (calls["cost"], calls["gradient"])
    assert result.nfev == result.njev == result.nit + 1


def test_calls_for_differences_are_counted():
    calls = []

    def cost(v):
        calls.append(v)
        return wavy(v)

    result = minimize(cost, start=[1.0, 2.0], max_iter=3)
    assert result.nfev == len(calls) == 4 * (1 + 6)
    assert result.njev == 4


def test_a_number_may_be_the_variable():
    seen = []

    def cost(v):
        seen.append(v)
        return (v - 1.0) ** 4 + v

    result = minimize(cost, lambda v: 4 * (v - 1.0) ** 3 + 1, start=2, eta=0.05)
    assert all(isinstance(v, float) for v in seen)
    assert result.x.shape == result.jac.shape == (1,)
    assert result.path.shape == (result.nit + 1, 1)
    assert result.start.shape == ()
    assert result.x[0] == pytest.approx(1 - 4 ** (-1 / 3), abs=1e-6)
    again = minimize(cost, start=2, eta=0.05)
    np.testing.assert_allclose(again.x, result.x, atol=1e-6)


def test_results_in_arrays_of_one_number_will_do():
    result = minimize(lambda v: v**2, lambda v: [2 * v[0]], start=[1.0], eta=0.25)
    assert result.success
    assert result.path[:3].ravel().tolist() == [1.0, 0.5, 0.25]
    again = minimize(lambda v: v[0] ** 2, lambda v: 2 * v[0], start=[1.0], eta=0.25)
    assert again.path.tolist() == result.path.tolist()


def test_no_array_is_shared():
    """Neither with the caller nor between points: C = ½‖v‖² has ∇C = v itself."""
    start, kept = np.array([1.0, 2.0]), []

    def spoiling_cost(v):
        C = v @ v / 2
        v[:] = np.nan
        return C

    def gradient(v):
        kept.append(v)
        return v

    result = minimize(spoiling_cost, gradient, start=start, eta=0.5, max_iter=5)
    assert start.tolist() == [1.0, 2.0]
    assert result.path.tolist() == [[2.0**-k, 2.0 ** (1 - k)] for k in range(6)]
    kept[-1][:] = 7.0
    assert result.x.tolist() == result.jac.tolist() == [2.0**-5, 2.0**-4]


def test_integers_and_float32_are_computed_as_float64():
    for start in ([3, 4], np.array([3, 4], np.float32)):
        result = minimize(lambda v: v @ v, start=start, eta=0.25, max_iter=2)
        assert result.path.dtype == result.x.dtype == np.float64
        np.testing.assert_allclose(result.path[1], [1.5, 2.0])


# --- why it ends -----------------------------------------------------------------------


def test_it_ends_where_the_gradient_is_small():
    bowl = Bowl(1)
    result = minimize(bowl.cost, bowl.gradient, start=bowl.start, eta=0.5, gtol=1e-3)
    assert (result.success, result.status) == (True, 0)
    assert "gtol=0.001" in result.message
    slopes = [np.linalg.norm(bowl.gradient(v)) for v in result.path]
    assert slopes[-1] <= 1e-3 < min(slopes[:-1])


def test_at_the_bottom_no_step_is_taken():
    result = minimize(lambda v: v @ v, lambda v: 2 * v, start=[0.0, 0.0], gtol=0.0)
    assert (result.nit, result.status, result.nfev, result.njev) == (0, 0, 1, 1)


def test_it_ends_where_the_cost_hardly_falls():
    bowl = Bowl(2, floor=5.0)
    settings = {"eta": 0.3, "gtol": None, "ftol": 1e-4}
    result = minimize(bowl.cost, bowl.gradient, start=bowl.start, **settings)
    assert (result.success, result.status) == (True, 1)
    assert "ftol=0.0001" in result.message
    falls = -np.diff(result.costs)
    assert falls[-1] <= 1e-4 < min(falls[:-1])


def test_a_rise_is_no_small_fall():
    result = minimize(
        lambda v: v**2, lambda v: 2 * v, start=1e-3, eta=1.2, gtol=None, ftol=1.0, max_iter=5
    )
    assert result.status == 3
    assert np.all(np.diff(result.costs) > 0)


def test_it_ends_after_max_iter_steps():
    result = minimize(lambda v: v**2, lambda v: 2 * v, start=1.0, eta=0.01, max_iter=7)
    assert (result.success, result.status, result.nit) == (False, 3, 7)
    assert "max_iter=7" in result.message


def test_reasons_to_end_come_before_max_iter():
    result = minimize(lambda v: v**2, lambda v: 2 * v, start=1.0, eta=0.5, max_iter=1)
    assert (result.success, result.status, result.nit) == (True, 0, 1)


def test_a_refused_step_is_not_taken():
    result = minimize(lambda v: v**2, lambda v: 2 * v, start=1.0, eta=1.5, accept="decrease")
    assert (result.success, result.status, result.nit) == (False, 2, 0)
    assert "eta=1.5 would not have lowered the cost, and was not taken" in result.message
    assert result.x.tolist() == [1.0]
    assert (result.nfev, result.njev) == (2, 1)


def test_a_step_that_keeps_the_cost_is_refused_too():
    result = minimize(abs, np.sign, start=0.5, eta=1.0, accept="decrease")
    assert (result.status, result.nit) == (2, 0)
    assert minimize(abs, np.sign, start=0.5, eta=1.0, max_iter=9).costs.tolist() == [0.5] * 10


def test_a_cost_flat_to_rounding_is_a_success():
    bowl = Bowl(3, floor=1e8)
    result = minimize(bowl.cost, bowl.gradient, start=bowl.start, eta=0.4, accept="decrease")
    assert (result.success, result.status) == (True, 2)
    assert "its rounding" in result.message
    np.testing.assert_allclose(result.x, bowl.lowest, atol=1e-3)


@pytest.mark.parametrize("accept", ["always", "decrease"])
@pytest.mark.parametrize(
    ("cost", "gradient", "eta", "what"),
    [
        (lambda v: -(v**2), lambda v: -2 * v, 1e30, "cost"),
        (lambda v: -(v**2), lambda v: -2 * v, 1e308, "point"),
        (lambda v: -math.exp(v), lambda v: -math.exp(v), 1.0, "cost"),
        (np.log, lambda v: 1 / v, 5.0, "cost"),
        (lambda v: -v, lambda v: -1.0 if v < 3 else np.nan, 1.0, "gradient"),
        (lambda v: -v, lambda v: -math.exp(v * v), 1.0, "gradient"),
    ],
)
def test_divergence_keeps_the_last_finite_point(cost, gradient, eta, what, accept):
    result = minimize(cost, gradient, start=1.5, eta=eta, accept=accept, **UNENDING)
    assert (result.success, result.status) == (False, 4)
    assert result.message.startswith(f"Descent diverged in step {result.nit + 1} with eta=")
    assert f"the {what} became infinite" in result.message
    assert f"eta={eta!r}" in result.message
    for value in (result.path, result.costs, result.jac, result.fun):
        assert np.isfinite(value).all()
    assert len(result.path) == len(result.costs) == result.nit + 1


def test_overshooting_a_bowl_diverges_after_a_while():
    result = minimize(lambda v: v @ v, start=[1.0, 1.0], eta=1.5)
    assert result.status == 4
    assert result.nit > 100
    assert np.all(np.diff(result.costs) > 0)


# --- hostile input ---------------------------------------------------------------------

GOOD = {"cost": lambda v: v @ v, "gradient": lambda v: 2 * v, "start": [1.0, 2.0]}


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        ({"cost": 3}, "The 'cost' parameter of minimize must be a callable"),
        ({"gradient": [1.0]}, "The 'gradient' parameter of minimize must be a callable"),
        ({"eta": 0.0}, "The 'eta' parameter of minimize must be a float in the range"),
        ({"eta": -1}, "The 'eta' parameter"),
        ({"eta": np.nan}, "The 'eta' parameter"),
        ({"eta": np.inf}, "The 'eta' parameter"),
        ({"eta": "big"}, "The 'eta' parameter"),
        ({"accept": "never"}, "The 'accept' parameter of minimize must be a str among"),
        ({"max_iter": 0}, "The 'max_iter' parameter"),
        ({"max_iter": 2.0}, "The 'max_iter' parameter"),
        ({"gtol": -1e-9}, "The 'gtol' parameter"),
        ({"ftol": -1e-9}, "The 'ftol' parameter"),
        ({"start": [[1.0]]}, "start must be a 0D or 1D array, got shape (1, 1)"),
        ({"start": []}, "start must be a 0D or 1D array, got shape (0,)"),
        ({"start": [1.0, np.nan]}, "Input start contains NaN"),
        ({"start": ["a", "b"]}, "could not convert string to float"),
        ({"cost": lambda v: v}, "cost must return one real number, got array([1., 2.])"),
        ({"cost": lambda v: None}, "cost must return one real number, got None"),
        ({"cost": lambda v: 1j}, "cost must return one real number, got 1j"),
        ({"cost": lambda v: "1"}, "cost must return one real number, got '1'"),
        ({"cost": lambda v: np.nan}, "cost must be finite at start=array([1., 2.]), got nan"),
        ({"gradient": lambda v: v[:1]}, "gradient must return 2 real numbers"),
        ({"gradient": lambda v: v[:, None]}, "gradient must return 2 real numbers"),
        ({"gradient": lambda v: 2.0}, "gradient must return 2 real numbers"),
        ({"gradient": lambda v: None}, "gradient must return 2 real numbers"),
        ({"gradient": lambda v: 1j * v}, "gradient must return 2 real numbers"),
        ({"gradient": lambda v: v / 0.0}, "gradient must be finite at start"),
    ],
)
def test_bad_input_is_named(bad, match):
    with pytest.raises(ValueError, match=re.escape(match)):
        minimize(**(GOOD | bad))


def test_the_callers_own_errors_pass():
    def cost(v):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        minimize(cost, start=0.0)


# --- Taylor polynomials ----------------------------------------------------------------


def of_sin(k, x0):
    return math.sin(x0 + k * math.pi / 2) / math.factorial(k)


def of_exp(k, x0):
    return math.exp(x0) / math.factorial(k)


def of_log(k, x0):
    return math.log(x0) if k == 0 else -((-1 / x0) ** k) / k


def of_reciprocal(k, x0):
    """1 / (1 − x)."""
    return (1 - x0) ** -(k + 1)


FUNCTIONS = {
    "sin": (math.sin, of_sin, 0.0, [0.5, math.pi, 6.0]),
    "sin, elsewhere": (np.sin, of_sin, -2.5, [1.0, 6.0]),
    "exp": (np.exp, of_exp, 1.0, [0.5, 3.0]),
    "log": (np.log, of_log, 2.0, [0.3, 1.0]),
    "reciprocal": (lambda x: 1 / (1 - x), of_reciprocal, -1.0, [0.3, 1.0]),
}
ACCURACY = {0: 1e-8, 1: 1e-8, 5: 1e-8, 10: 1e-6, 20: 1e-4}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("degree", ACCURACY)
def test_taylor_coefficients_are_as_accurate_as_stated(name, degree):
    f, exact, x0, scales = FUNCTIONS[name]
    for scale in scales:
        p = taylor_polynomial(f, x0, degree, scale=scale)
        wanted = np.array([exact(k, x0) for k in range(degree + 1)])
        largest = max(abs(f(x)) for x in np.linspace(x0 - scale, x0 + scale, 101))
        error = np.abs(p.coef - wanted) @ scale ** np.arange(degree + 1.0)
        assert error < ACCURACY[degree] * largest


def test_the_polynomial_is_numpys_and_takes_x():
    p = taylor_polynomial(lambda x: x**3, 2.0, 3)
    assert isinstance(p, Polynomial)
    np.testing.assert_allclose(p.coef, [8, 12, 6, 1], rtol=1e-12)
    x = np.linspace(-3, 5, 9)
    np.testing.assert_allclose(p(x), x**3, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(p.deriv()(x), 3 * x**2, rtol=1e-10, atol=1e-10)


def test_more_degrees_than_the_function_has():
    p = taylor_polynomial(lambda x: 2 * x + 1, 1.0, 6)
    np.testing.assert_allclose(p.coef, [3, 2, 0, 0, 0, 0, 0], atol=1e-11)
    assert taylor_polynomial(lambda x: 0.0, 1.0, 4).coef.tolist() == [0.0] * 5


def test_the_first_order_is_the_lectures_linear_model():
    """ΔC ≈ ∇C Δv."""
    p = taylor_polynomial(lambda v: v**4 - 3 * v, 1.5, 1)
    np.testing.assert_allclose(p.coef, [1.5**4 - 4.5, 4 * 1.5**3 - 3], rtol=1e-11)


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        ({"f": 1}, "The 'f' parameter of taylor_polynomial must be a callable"),
        ({"x0": np.inf}, "The 'x0' parameter"),
        ({"x0": "0"}, "The 'x0' parameter"),
        ({"degree": -1}, "The 'degree' parameter"),
        ({"degree": 21}, "The 'degree' parameter"),
        ({"degree": 2.5}, "The 'degree' parameter"),
        ({"scale": 0.0}, "The 'scale' parameter"),
        ({"f": lambda x: [x, x]}, "f must return one real number"),
        ({"f": np.log, "x0": 0.5}, "f must be finite within scale=1.0 of x0=0.5, got nan"),
        ({"f": abs, "x0": 0.1}, "f must be smooth within scale=1.0 of x0=0.1"),
        ({"f": lambda x: 1 / (x * x + 0.01)}, "Try a smaller scale or a smaller degree"),
    ],
)
def test_what_has_no_taylor_polynomial(bad, match):
    given = {"f": np.sin, "x0": 0.0, "degree": 7} | bad
    with pytest.raises(ValueError, match=re.escape(match)):
        taylor_polynomial(**given)
