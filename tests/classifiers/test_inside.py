"""What a network tells of itself: hidden activations, cost, whether its gradient is right."""

import pickle

import numpy as np
import pytest
from iris_models import X, fitted, y
from scipy import sparse
from scipy.special import expit
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from sknn_basic import SigmoidMLPClassifier

NAMES = np.array(["ant", "bee", "cat"])
NETWORK = SigmoidMLPClassifier((6, 4), max_iter=5, tol=None, random_state=0)
MODEL = clone(NETWORK).fit(X, NAMES[y])


def layers_by_hand(model, X):
    activations = []
    for W, b in zip(model.coefs_, model.intercepts_, strict=True):
        X = expit(X @ W + b)
        activations.append(X)
    return activations


# --- hidden activations ------------------------------------------------------------------


@pytest.mark.parametrize("layer", [0, 1, -1, -2])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix])
def test_hidden_activations_are_those_of_the_formula(layer, container):
    A = MODEL.hidden_activations(container(X), layer)
    np.testing.assert_allclose(A, layers_by_hand(MODEL, X)[:-1][layer], rtol=1e-12)


def test_the_last_hidden_layer_is_the_default():
    assert np.array_equal(MODEL.hidden_activations(X), MODEL.hidden_activations(X, 1))


def test_hidden_activations_of_huge_inputs_are_numbers_from_0_to_1():
    A = MODEL.hidden_activations(np.full((2, 4), [[1e308], [-1e308]]))
    assert ((A >= 0.0) & (A <= 1.0)).all()


@pytest.mark.parametrize("layer", [2, -3, 0.0, "last", None, True])
def test_there_is_no_such_layer(layer):
    with pytest.raises(ValueError, match=r"one of the network's 2 hidden layers .*, got "):
        MODEL.hidden_activations(X, layer)


def test_a_network_without_hidden_layers_has_no_hidden_activations():
    model = clone(NETWORK).set_params(hidden_layer_sizes=()).fit(X, y)
    with pytest.raises(ValueError, match="0 hidden layers"):
        model.hidden_activations(X)


# --- the cost ----------------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [0.0, 0.3])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("cost", ["quadratic", "cross_entropy"])
def test_the_cost_is_that_of_the_formula(cost, weighted, alpha):
    model = clone(NETWORK).set_params(cost=cost, alpha=alpha).fit(X, NAMES[y])
    A, Y = layers_by_hand(model, X)[-1], np.eye(3)[y]
    C = {
        "quadratic": 0.5 * ((A - Y) ** 2).sum(axis=1),
        "cross_entropy": -(Y * np.log(A) + (1 - Y) * np.log(1 - A)).sum(axis=1),
    }[cost]
    w = np.arange(150.0) % 4 if weighted else None
    expected = np.average(C, weights=w) + alpha / 2 * sum((W**2).sum() for W in model.coefs_)
    assert model.total_cost(X, NAMES[y], w) == pytest.approx(expected, rel=1e-12)


def test_the_loss_curve_is_gathered_while_the_weights_move_and_the_cost_is_not():
    online = clone(NETWORK).set_params(batch_size=150, shuffle=False, max_iter=2).fit(X, y)
    before = clone(online).set_params(max_iter=1).fit(X, y)
    assert online.loss_curve_[1] == pytest.approx(before.total_cost(X, y), rel=1e-12)


def test_rows_of_weight_0_are_absent():
    w = np.r_[np.zeros(50), np.full(100, 7.0)]
    assert MODEL.total_cost(X, NAMES[y], w) == pytest.approx(
        MODEL.total_cost(X[50:], NAMES[y[50:]]), rel=1e-12
    )


# --- the gradient ------------------------------------------------------------------------


class WrongCost:
    """Half the squared error, with an output error that is too large by a factor."""

    def __init__(self, factor):
        self.factor = factor

    def value(self, A, Y):
        return 0.5 * ((A - Y) ** 2).sum(axis=1)

    def output_error(self, A, Y):
        return self.factor * (A - Y) * A * (1.0 - A)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("labels", ["two", "three", "matrix"])
@pytest.mark.parametrize("hidden", [(), (6,), (6, 4)])
@pytest.mark.parametrize("cost", ["quadratic", "cross_entropy", WrongCost(1.0)])
def test_backpropagation_is_right(cost, hidden, labels, kind):
    t = {"two": y > 0, "three": y, "matrix": np.eye(3, dtype=int)[y]}[labels]
    model = clone(NETWORK).set_params(hidden_layer_sizes=hidden, cost=cost, alpha=0.1)
    model.fit(X.astype(kind), t)
    w = np.arange(150) % 3
    assert model.check_gradient(X.astype(kind), t, w) < 1e-8


@pytest.mark.parametrize("wrong", [1e-3, 1e-5])
def test_a_wrong_gradient_is_measured(wrong):
    model = clone(NETWORK).set_params(cost=WrongCost(1.0 + wrong)).fit(X, y)
    assert model.check_gradient(X, y) == pytest.approx(wrong, rel=0.01)


def test_looking_changes_nothing():
    before = [array.copy() for array in MODEL.coefs_ + MODEL.intercepts_]
    MODEL.hidden_activations(X)
    MODEL.total_cost(X, NAMES[y])
    MODEL.check_gradient(X, NAMES[y])
    after = MODEL.coefs_ + MODEL.intercepts_
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("method", ["total_cost", "check_gradient"])
@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ((X[:, :2], NAMES[y]), "X has 2 features"),
        ((X, NAMES[y[:-1]]), "inconsistent numbers of samples"),
        ((X, np.full(150, "dog")), "classes not in"),
        ((X, NAMES[y], np.zeros(150)), "sample_weight must leave a positive weight"),
        ((X, NAMES[y], -np.ones(150)), "sample_weight must not be negative"),
        ((X * np.nan, NAMES[y]), "Input X contains NaN"),
    ],
)
def test_bad_input_is_named(method, arguments, match):
    with pytest.raises(ValueError, match=match):
        getattr(MODEL, method)(*arguments)


@pytest.mark.parametrize("method", ["total_cost", "check_gradient", "hidden_activations"])
def test_not_fitted_yet(method):
    arguments = (X,) if method == "hidden_activations" else (X, y)
    with pytest.raises(NotFittedError):
        getattr(clone(NETWORK), method)(*arguments)


def test_the_true_cost_can_be_asked_for():
    """Seen in MLPClassifier: loss_curve_ ends at 0.679 where the cost is 0.503."""
    model = fitted(NETWORK, batch_size=1, eta=1.0, alpha=0.01)
    stuck = fitted(model, max_iter=1, warm_start=False)
    assert model.total_cost(X, y) != pytest.approx(model.loss_, rel=1e-3)
    frozen = pickle.loads(pickle.dumps(model)).set_params(eta=1e-300, warm_start=True)
    frozen.set_params(max_iter=1).fit(X, y)  # an epoch in which nothing moves
    assert model.total_cost(X, y) == pytest.approx(frozen.loss_, rel=1e-9)
    assert stuck.total_cost(X, y) > model.total_cost(X, y)
