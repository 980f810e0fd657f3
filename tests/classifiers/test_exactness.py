"""One epoch, one order: however k epochs are asked for, the same model, bit for bit."""

import pickle

import numpy as np
import pytest
from iris_models import NETWORK, numbers, same
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits, make_multilabel_classification

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

EPOCHS = 4

X, y = load_digits(return_X_y=True)
X, y = X[:150] / 16.0, y[:150]
X_bits, y_bits = make_multilabel_classification(60, random_state=0)

MLP = SigmoidMLPClassifier((7,), batch_size=8, max_iter=EPOCHS, tol=None, random_state=3)
PERCEPTRON = PerceptronClassifier(
    batch_size=8, max_iter=EPOCHS, tol=None, keep="last", random_state=3
)

CASES = {
    "mlp": (MLP, X, y),
    "mlp-online": (clone(MLP).set_params(batch_size=1), X, y),
    "mlp-momentum": (clone(MLP).set_params(momentum=0.9, alpha=1e-3), X, y),
    "mlp-schedule": (clone(MLP).set_params(learning_rate="invscaling", eta=2.0), X, y),
    "mlp-float32": (MLP, X.astype(np.float32), y),
    "mlp-sparse": (MLP, sparse.csr_array(X), y),
    "mlp-strings": (MLP, X, y.astype(str)),
    "mlp-two-classes": (MLP, X, y > 4),
    "mlp-multilabel": (MLP, X_bits, y_bits),
    "mlp-balanced": (clone(MLP).set_params(class_weight="balanced"), X, y),
    "mlp-unshuffled": (clone(MLP).set_params(shuffle=False), X, y),
    "perceptron": (PERCEPTRON, X, y),
    "perceptron-online": (clone(PERCEPTRON).set_params(batch_size=1), X, y),
    "perceptron-two-classes": (PERCEPTRON, X, y > 4),
    "perceptron-l2": (clone(PERCEPTRON).set_params(alpha=1e-3, fit_intercept=False), X, y),
}


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def case(request):
    estimator, X, y = request.param
    return clone(estimator), X, y


def assert_same_model(one, other):
    for a, b in zip(numbers(one), numbers(other), strict=True):
        assert a.dtype == b.dtype
        assert np.array_equal(a, b)
    assert one.t_ == other.t_
    assert one.n_iter_ == other.n_iter_


def partial_fits(estimator, X, y, times):
    classes = np.arange(y.shape[1]) if y.ndim == 2 else np.unique(y)
    for _ in range(times):
        estimator.partial_fit(X, y, classes=classes)
    return estimator


def test_fit_equals_as_many_partial_fits(case):
    estimator, X, y = case
    assert_same_model(clone(estimator).fit(X, y), partial_fits(estimator, X, y, EPOCHS))


def test_a_pickle_in_the_middle_goes_on_as_the_original(case):
    estimator, X, y = case
    half = pickle.loads(pickle.dumps(partial_fits(clone(estimator), X, y, 2)))
    assert_same_model(partial_fits(half, X, y, EPOCHS - 2), clone(estimator).fit(X, y))


def test_warm_start_in_two_halves_equals_one_fit(case):
    estimator, X, y = case
    halves = clone(estimator).set_params(warm_start=True, max_iter=EPOCHS // 2)
    halves.fit(X, y).fit(X, y)
    assert_same_model(halves, clone(estimator).fit(X, y))


def test_fit_then_partial_fit_goes_on(case):
    estimator, X, y = case
    mixed = clone(estimator).set_params(max_iter=EPOCHS - 1).fit(X, y)
    assert_same_model(partial_fits(mixed, X, y, 1), clone(estimator).fit(X, y))


def test_the_same_seed_gives_the_same_model_and_another_seed_another(case):
    estimator, X, y = case
    assert_same_model(clone(estimator).fit(X, y), clone(estimator).fit(X, y))
    if estimator.shuffle:
        other = clone(estimator).set_params(random_state=4).fit(X, y)
        assert not np.array_equal(numbers(other)[0], numbers(estimator.fit(X, y))[0])


@pytest.mark.parametrize("keep", ["best", "average"])
@pytest.mark.parametrize("estimator", [MLP, PERCEPTRON], ids=["mlp", "perceptron"])
def test_warm_start_resumes_what_keep_has_gathered(estimator, keep):
    whole = clone(estimator).set_params(keep=keep).fit(X, y)
    halves = clone(estimator).set_params(keep=keep, warm_start=True, max_iter=EPOCHS // 2)
    halves.fit(X, y)
    halves = pickle.loads(pickle.dumps(halves)).fit(X, y)
    assert_same_model(halves, whole)


@pytest.mark.parametrize("estimator", [MLP, PERCEPTRON], ids=["mlp", "perceptron"])
def test_an_unshuffled_stream_may_be_cut_at_any_batch_boundary(estimator):
    whole = clone(estimator).set_params(shuffle=False)
    pieces = clone(whole)
    classes = np.unique(y)
    whole.partial_fit(X, y, classes=classes)
    for start, stop in [(0, 8), (8, 72), (72, 150)]:
        pieces.partial_fit(X[start:stop], y[start:stop], classes=classes)
    for a, b in zip(numbers(whole), numbers(pieces), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_a_random_state_instance_is_drawn_from_and_not_kept():
    rng = np.random.RandomState(0)
    first, second = clone(MLP).set_params(random_state=rng), clone(MLP)
    second.set_params(random_state=rng)
    first.fit(X, y)
    second.fit(X, y)
    assert not np.array_equal(first.coefs_[0], second.coefs_[0])
    state = rng.get_state()[1].copy()
    first.partial_fit(X, y)
    assert np.array_equal(state, rng.get_state()[1])


# --- orders, pickles and momentum -----------------------------------------------------


class OrderSeen:
    """A cost that writes down the class of each sample when its turn comes."""

    def __init__(self):
        self.order = []

    def value(self, A, Y):
        return 0.5 * ((A - Y) ** 2).sum(axis=1)

    def output_error(self, A, Y):
        self.order.extend(Y.argmax(axis=1))
        return A - Y


def test_every_pass_has_an_order_of_its_own():
    """Seen in MLPClassifier, SGDClassifier: an int seed replays one order (#12505)."""
    cost = OrderSeen()
    model = clone(NETWORK).set_params(batch_size=1)
    model.cost = cost
    for _ in range(5):
        model.partial_fit(X, y, classes=range(10))
    orders = {tuple(cost.order[k : k + 150]) for k in range(0, 750, 150)}
    assert len(cost.order) == 750
    assert len(orders) == 5


def test_a_pickle_after_every_pass_keeps_the_place(estimator):
    """Seen in MLPClassifier, SGDClassifier: fit(5) is not 5 partial_fits (#12505, #16812)."""
    online = clone(estimator).set_params(batch_size=1, max_iter=5, keep="last")
    stream = clone(online)
    for _ in range(5):
        stream.partial_fit(X, y, classes=range(10))
        stream = pickle.loads(pickle.dumps(stream))
    assert same(stream, online.fit(X, y))


def test_a_warm_start_keeps_its_momentum():
    """Seen in MLPClassifier: 3 + 3 epochs are not 6 (#6091)."""
    moving = clone(NETWORK).set_params(momentum=0.9, max_iter=6)
    halves = clone(moving).set_params(max_iter=3, warm_start=True).fit(X, y).fit(X, y)
    assert same(halves, moving.fit(X, y))
