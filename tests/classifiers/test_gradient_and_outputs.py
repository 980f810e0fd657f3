"""The gradient of a mini-batch and the outputs' activations, as a network hands them out."""

from copy import deepcopy

import numpy as np
import pytest
from scipy import sparse
from scipy.special import expit
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

from sknn_basic import SigmoidMLPClassifier

X, y = load_iris(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
NETWORK = SigmoidMLPClassifier((6, 4), alpha=0.1, max_iter=5, tol=None, random_state=0)
MODEL = clone(NETWORK).fit(X, y)
TARGETS = {"two": y > 0, "three": y, "matrix": np.eye(3, dtype=int)[y]}


def moved(model, kind, layer, place, h):
    """The same network with one weight or bias changed by h."""
    changed = deepcopy(model)
    getattr(changed, kind)[layer][place] += h
    return changed


@pytest.mark.parametrize("cost", ["quadratic", "cross_entropy"])
@pytest.mark.parametrize("labels", TARGETS)
@pytest.mark.parametrize("hidden", [(), (6, 4)])
def test_each_number_is_the_slope_of_the_cost_by_its_weight(hidden, labels, cost):
    t = TARGETS[labels]
    model = clone(NETWORK).set_params(hidden_layer_sizes=hidden, cost=cost).fit(X, t)
    rng, h = np.random.default_rng(0), 1e-5
    w = np.arange(150) % 3
    G = dict(zip(("coefs_", "intercepts_"), model.gradient(X, t, w), strict=True))
    for kind, arrays in G.items():
        for layer, array in enumerate(arrays):
            assert array.shape == getattr(model, kind)[layer].shape
            place = tuple(rng.integers(0, n) for n in array.shape)
            up, down = (
                moved(model, kind, layer, place, s * h).total_cost(X, t, w) for s in (1, -1)
            )
            assert array[place] == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_step_goes_eta_times_the_gradient_down(dtype, container):
    rows = container(X.astype(dtype))
    model = clone(NETWORK).set_params(eta=0.25, batch_size=20).fit(rows, y)
    batch, labels = rows[30:130:5], y[30:130:5]
    coefs, intercepts = model.gradient(batch, labels)
    before = [*model.coefs_, *model.intercepts_]
    model.partial_fit(batch, labels)
    for now, old, slope in zip(
        [*model.coefs_, *model.intercepts_], before, [*coefs, *intercepts], strict=True
    ):
        assert slope.dtype == np.float64
        tolerance = 1e-13 if dtype == np.float64 else 1e-6
        np.testing.assert_allclose(now, old - 0.25 * slope, rtol=0, atol=tolerance)


def test_a_small_gradient_keeps_its_digits():
    """Read off as a difference of weights it would be lost in their rounding."""
    saturated = SigmoidMLPClassifier.from_weights([[[1e6]], [[1.0]]], [[-1e6], [0.0]])
    (first, second), (b, _) = saturated.gradient([[1.0 + 4e-5]], [1])
    a = expit(1e6 * (1.0 + 4e-5) - 1e6)
    delta = (expit(a) - 1) * a * (1 - a)
    assert first[0, 0] == pytest.approx(delta * (1.0 + 4e-5), rel=1e-8)
    assert b[0] == pytest.approx(delta, rel=1e-8)
    assert second[0, 0] == pytest.approx((expit(a) - 1) * a, rel=1e-8)


@pytest.mark.parametrize("labels", TARGETS)
def test_output_activations_are_those_of_the_last_layer(labels):
    model = clone(NETWORK).fit(X, TARGETS[labels])
    A = X
    for W, b in zip(model.coefs_, model.intercepts_, strict=True):
        A = expit(A @ W + b)
    np.testing.assert_allclose(model.output_activations(X), A, rtol=1e-12)


def test_activations_need_not_add_up_to_one_and_decide_as_predict_does():
    A = MODEL.output_activations(X)
    assert np.abs(A.sum(axis=1) - 1).max() > 0.01
    assert np.array_equal(A.argmax(axis=1), MODEL.predict(X))


def test_looking_changes_nothing():
    model = clone(NETWORK).set_params(momentum=0.9).fit(X, y)
    other = clone(NETWORK).set_params(momentum=0.9).fit(X, y)
    model.gradient(X, y)
    model.output_activations(X)
    for each in (model, other):
        each.partial_fit(X, y)
    assert all(map(np.array_equal, model.coefs_, other.coefs_))


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ((X[:, :2], y), "X has 2 features"),
        ((X, np.full(150, 7)), "classes not in"),
        ((X, y, np.zeros(150)), "sample_weight must leave a positive weight"),
    ],
)
def test_bad_input_is_named(arguments, match):
    with pytest.raises(ValueError, match=match):
        MODEL.gradient(*arguments)


def test_not_fitted_yet():
    with pytest.raises(NotFittedError):
        clone(NETWORK).gradient(X, y)
    with pytest.raises(NotFittedError):
        clone(NETWORK).output_activations(X)
