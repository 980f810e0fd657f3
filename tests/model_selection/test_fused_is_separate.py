"""Networks that are trained together are those trained one by one.

The oracle is `fit` of each classifier alone. Rates are such that SGD is stable: elsewhere the
last bit of a product decides where training goes.
"""

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic._classifiers import together
from sknn_basic._classifiers.together import Fit, fit_together, give, share
from sknn_basic.model_selection import FusedGridSearchCV

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Problem:
    """A few rows, a classifier and what each of its copies has for itself, all drawn."""

    def __init__(self, seed):
        self.rng = rng = np.random.default_rng(seed)
        self.dtype = rng.choice([np.float64, np.float64, np.float32])
        n, features = int(rng.integers(30, 90)), int(rng.integers(2, 9))
        self.kind = str(rng.choice(["labels", "labels", "two", "multilabel"]))
        X = rng.standard_normal((n, features)).astype(self.dtype)
        self.y = self.labels(n)
        self.sparse = rng.random() < 0.2
        self.X = sparse.csr_array(X * (rng.random(X.shape) < 0.5)) if self.sparse else X
        self.alphas = [[0.0], [0.0], [0.001], [0.0, 0.001, 0.01]][rng.integers(4)]
        self.momenta = [[0.0], [0.0], [0.5], [0.0, 0.5, 0.8]][rng.integers(4)]
        self.w = rng.integers(0, 3, n).astype(float) if rng.random() < 0.3 else None

    def labels(self, n):
        if self.kind == "multilabel":
            return self.rng.integers(0, 2, (n, 3))
        return self.rng.integers(0, 2 if self.kind == "two" else 4, n)

    def common(self):
        """What all have in common."""
        rng = self.rng
        common = {
            "batch_size": int(rng.choice([1, 1, 3, 10, 40, 200])),
            "shuffle": bool(rng.random() < 0.8),
            "early_stopping": bool(rng.random() < 0.3),
            "validation_fraction": 0.2,
            "random_state": int(rng.integers(100)),
        }
        if self.kind != "multilabel" and rng.random() < 0.2:
            common["class_weight"] = "balanced"
        return common

    def own(self):
        rng = self.rng
        return {
            "eta": float(10.0 ** rng.uniform(-3, -0.7)),
            "max_iter": int(rng.integers(1, 7)),
            "tol": [None, 1e-4, 0.05][rng.integers(3)],
            "n_iter_no_change": int(rng.integers(1, 3)),
            "keep": str(rng.choice(["last", "last", "best", "average"])),
            "alpha": float(rng.choice(self.alphas)),
        }

    def networks(self):
        rng = self.rng
        common = self.common() | {
            "hidden_layer_sizes": [(), (5,), (5,), (4, 3)][rng.integers(4)],
            "cost": str(rng.choice(["quadratic", "cross_entropy"])),
        }
        if self.kind == "labels" and rng.random() < 0.3:
            common["output_code"] = "binary"
        schedules = ["constant", "constant", "invscaling", "adaptive"]
        return [
            SigmoidMLPClassifier(
                **common,
                **self.own(),
                learning_rate=str(rng.choice(schedules)),
                power_t=float(rng.uniform(0.1, 0.5)),
                init=str(rng.choice(["scaled", "normal"])),
                momentum=float(rng.choice(self.momenta)),
            )
            for _ in range(rng.integers(2, 6))
        ]

    def perceptrons(self):
        common = self.common()
        return [
            PerceptronClassifier(**common, **self.own()) for _ in range(self.rng.integers(2, 5))
        ]

    def fits(self):
        """The classifiers on one to three parts of the rows."""
        rng, n = self.rng, self.X.shape[0]
        multilabel = self.kind == "multilabel"
        few = rng.random() < 0.2 and not multilabel
        classifiers = self.perceptrons() if few else self.networks()
        fits = []
        for part in range(rng.integers(1, 4)):
            rows = np.setdiff1d(np.arange(n), np.arange(part, n, 4))
            w = None if self.w is None else self.w[rows]
            data = self.X[rows], self.y[rows], w
            fits += [Fit(clone(classifier), *data) for classifier in classifiers]
        return fits


def numbers(model):
    if isinstance(model, PerceptronClassifier):
        return [model.coef_, model.intercept_]
    return [*model.coefs_, *model.intercepts_]


def assert_same(one, other, rtol):
    for a, b in zip(numbers(one), numbers(other), strict=True):
        assert a.dtype == b.dtype
        assert np.abs(a - b).max() <= rtol * max(1.0, np.abs(b).max())
    assert (one.n_iter_, one.t_) == (other.n_iter_, other.t_)
    curve = "mistakes_" if isinstance(one, PerceptronClassifier) else "loss_curve_"
    np.testing.assert_allclose(getattr(one, curve), getattr(other, curve), rtol=rtol, atol=rtol)
    assert vars(one).keys() == vars(other).keys()


def given(fit, outcome):
    model = clone(fit.classifier)
    give(model, outcome)
    return model


TENS = [*range(4), *(pytest.param(tens, marks=pytest.mark.slow) for tens in range(4, 24))]


@pytest.mark.parametrize("tens", TENS)
def test_a_group_is_trained_as_its_members_are_alone(tens):
    for seed in range(10 * tens, 10 * tens + 10):
        problem = Problem(seed)
        fits = problem.fits()
        rtol = 1e-10 if problem.dtype == np.float64 else 2e-4
        for fit, outcome in zip(fits, fit_together(fits), strict=True):
            alone = clone(fit.classifier).fit(fit.X, fit.y, fit.sample_weight)
            assert_same(given(fit, outcome), alone, rtol)


def test_the_groups_of_these_tests_are_trained_in_stacks(monkeypatch):
    """Else the tests above would prove nothing."""
    layouts, take_epoch = [], together.take_epoch

    def noted(kernel, stack):
        layouts.append((*kernel.layout, kernel.network.only_mistakes))
        take_epoch(kernel, stack)

    monkeypatch.setattr(together, "take_epoch", noted)
    for seed in range(40):
        fit_together(Problem(seed).fits())
    large = [layout for layout in layouts if layout[:2] != (1, 1)]
    assert len(large) > 0.3 * len(layouts)
    assert max(streams for streams, *_ in large) == 3
    assert max(networks for _, networks, *_ in large) >= 4
    kinds = {(mixed, perceptrons) for *_, mixed, perceptrons in large}
    assert kinds == {(False, False), (False, True), (True, False), (True, True)}


def some_fits():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((60, 6)), rng.integers(0, 3, 60)
    network = SigmoidMLPClassifier((5,), batch_size=7, max_iter=4, tol=None, random_state=3)
    etas = (0.01, 0.05, 0.1, 0.2)
    return [Fit(clone(network).set_params(eta=eta), X, y) for eta in etas]


@pytest.mark.parametrize("order", [[3, 2, 1, 0], [2, 0], [1], [0, 1, 1, 1, 2]])
def test_who_else_is_in_the_group_and_where_changes_nothing(order):
    fits = some_fits()
    whole = fit_together(fits)
    for k, outcome in zip(order, fit_together([fits[k] for k in order]), strict=True):
        assert_same(given(fits[k], outcome), given(fits[k], whole[k]), 1e-12)


def test_one_that_diverges_ends_alone():
    fits = some_fits()
    fits[2].classifier.set_params(eta=1e200, max_iter=3)
    outcomes = fit_together(fits)
    with pytest.raises(ValueError, match="Training diverged in epoch 1 with eta=1e\\+200"):
        give(clone(fits[2].classifier), outcomes[2])
    for k in (0, 1, 3):
        assert_same(
            given(fits[k], outcomes[k]), clone(fits[k].classifier).fit(*fits[k][1:3]), 1e-12
        )


def test_one_that_fails_before_its_first_epoch_fails_alone():
    fits = some_fits()
    fits[0].classifier.set_params(n_iter_no_change=-1)
    outcomes = fit_together(fits)
    with pytest.raises(ValueError, match="'n_iter_no_change' parameter"):
        give(clone(fits[0].classifier), outcomes[0])
    assert given(fits[1], outcomes[1]).n_iter_ == 4


def test_a_fitted_member_goes_on_as_if_trained_alone():
    fits = some_fits()
    for fit, outcome in zip(fits, fit_together(fits), strict=True):
        one, other = given(fit, outcome), clone(fit.classifier).fit(fit.X, fit.y)
        assert_same(one.partial_fit(fit.X, fit.y), other.partial_fit(fit.X, fit.y), 1e-12)


@pytest.mark.parametrize(
    "alone",
    [
        {"random_state": None},
        {"verbose": 1},
        {"warm_start": True},
        {"cost": type("Own", (), {"value": None, "output_error": None})()},
    ],
)
def test_what_stands_alone(alone):
    network = SigmoidMLPClassifier(random_state=0)
    assert share(network) == share(clone(network).set_params(eta=3.0, tol=None))
    assert share(network) != share(clone(network).set_params(batch_size=3))
    assert share(network.set_params(**alone)) is None


# --- grids ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_a_fused_grid_has_the_results_of_a_plain_one(seed):
    """Scores are exact, or at a tie of a decision within a sample; none of these has a tie."""
    problem = Problem(1000 + seed)
    rng, network = problem.rng, problem.networks()[0]
    grid = {
        "eta": list(np.geomspace(0.003, 0.2, rng.integers(2, 5))),
        "batch_size": [1, 10][: rng.integers(1, 3)],
        "keep": ["last", "best"][: rng.integers(1, 3)],
    }
    how = {"cv": int(rng.integers(2, 5)), "return_train_score": bool(rng.random() < 0.5)}
    plain = GridSearchCV(network, grid, **how).fit(problem.X, problem.y)
    fused = FusedGridSearchCV(network, grid, **how).fit(problem.X, problem.y)
    assert list(fused.cv_results_) == list(plain.cv_results_)
    for key, values in plain.cv_results_.items():
        if "time" not in key:
            np.testing.assert_array_equal(fused.cv_results_[key], values)
    assert_same(fused.best_estimator_, plain.best_estimator_, 1e-12)
