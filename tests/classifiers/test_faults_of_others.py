"""One test for each fault that users have met in other packages: it does not happen here.

In brackets the package in which it was seen, and the number of the issue at scikit-learn where
there is one.
"""

import pickle
import signal
import warnings

import joblib
import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.metrics import balanced_accuracy_score

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

X, y = load_iris(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
MLP = SigmoidMLPClassifier((5,), max_iter=6, tol=None, random_state=0)
PERCEPTRON = PerceptronClassifier(max_iter=6, tol=None, random_state=0)
both = pytest.mark.parametrize("estimator", [MLP, PERCEPTRON], ids=["mlp", "perceptron"])
GATE_INPUTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


def numbers(model):
    """The model's weights and biases, as one list of arrays."""
    if isinstance(model, SigmoidMLPClassifier):
        return model.coefs_ + model.intercepts_
    return [model.coef_, model.intercept_]


def same(one, other):
    return all(map(np.array_equal, numbers(one), numbers(other)))


def fitted(estimator, X=X, y=y, w=None, **parameters):
    return clone(estimator).set_params(**parameters).fit(X, y, w)


# --- Perceptron of scikit-learn ----------------------------------------------------------


@pytest.mark.parametrize("gate", ["0001", "0111", "1110", "1000"])
def test_a_separable_gate_is_solved_by_default_for_every_seed(gate):
    """[Perceptron: 7 of 20 seeds fail NAND without a warning]."""
    labels = np.array(list(gate), int)
    for seed in range(100):
        model = PerceptronClassifier(random_state=seed).fit(GATE_INPUTS, labels)
        assert model.converged_
        assert np.array_equal(model.predict(GATE_INPUTS), labels)


def test_a_gate_that_is_not_separable_is_told():
    """[Perceptron: no warning]."""
    with pytest.warns(ConvergenceWarning, match="hyperplane"):
        model = PerceptronClassifier(random_state=0).fit(GATE_INPUTS, [0, 1, 1, 0])
    assert not model.converged_


@both
def test_the_label_of_a_row_of_weight_0_does_not_matter(estimator):
    """[Perceptron: such labels change when it stops, and so the model]."""
    w, wrong = np.ones(150), y.copy()
    w[::5], wrong[::5] = 0.0, 2
    options = {"tol": 1e-4, "max_iter": 300, "eta": 0.1}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        models = [fitted(estimator, y=labels, w=w, **options) for labels in (y, wrong)]
        models.append(fitted(estimator, X[w > 0], y[w > 0], **options))
    assert same(models[0], models[1])
    assert same(models[0], models[2])


@both
@pytest.mark.parametrize("m", [1, 10, 150])
def test_sparse_and_dense_rows_give_the_same_model(estimator, m):
    """[Perceptron: different models]."""
    whole = np.round(X * 2)  # every sum of a perceptron is exact, in whatever order
    dense = fitted(estimator, whole, batch_size=m, eta=m / 16)
    thin = fitted(estimator, sparse.csr_matrix(whole), batch_size=m, eta=m / 16)
    for one, other in zip(numbers(dense), numbers(thin), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


@both
def test_a_memory_mapped_model_goes_on_learning(estimator, tmp_path):
    """[Perceptron: partial_fit crashes the interpreter]."""
    joblib.dump(fitted(estimator), tmp_path / "model")
    mapped = joblib.load(tmp_path / "model", mmap_mode="r")
    before = [array.copy() for array in numbers(mapped)]
    here = fitted(estimator)
    for rows in (slice(0, 1), slice(0, 150)):
        mapped.partial_fit(X[rows], y[rows])
        here.partial_fit(X[rows], y[rows])
    assert same(mapped, here)
    unchanged = joblib.load(tmp_path / "model")
    assert all(map(np.array_equal, numbers(unchanged), before))


# --- MLPClassifier of scikit-learn -------------------------------------------------------


@both
def test_sample_weights_do_not_cancel_at_batch_size_1(estimator):
    """[MLPClassifier: weights are normalised inside each batch; 30155]."""
    w = np.where(y == 2, 9.0, 1.0)
    online = {"batch_size": 1, "shuffle": False}
    assert not same(fitted(estimator, w=w, **online), fitted(estimator, **online))
    one = clone(estimator).set_params(**online)
    rates = {"eta": 9 * estimator.eta}
    weighted = clone(one).partial_fit(X[:1], y[:1], classes=[0, 1, 2], sample_weight=[9.0])
    faster = clone(one).set_params(**rates).partial_fit(X[:1], y[:1], classes=[0, 1, 2])
    for a, b in zip(numbers(weighted), numbers(faster), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


@both
def test_a_batch_of_weight_0_changes_nothing(estimator):
    """[MLPClassifier: ZeroDivisionError; 30155]."""
    model = fitted(estimator)
    before = [array.copy() for array in numbers(model)]
    model.partial_fit(X[:10], y[:10], sample_weight=np.zeros(10))
    assert all(map(np.array_equal, numbers(model), before))


def test_l2_means_the_same_whatever_the_batch_size():
    """[MLPClassifier: alpha is divided by the batch size; 6780]."""
    options = {"alpha": 0.3, "eta": 0.01, "max_iter": 1, "hidden_layer_sizes": ()}
    norms = []
    for m in (1, 15, 150):
        same_path = {**options, "batch_size": m, "max_iter": 4 * m}
        norms.append(np.linalg.norm(fitted(MLP, **same_path).coefs_[0]))
    np.testing.assert_allclose(norms, norms[0], rtol=0.02)


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
    """[MLPClassifier, SGDClassifier: an int seed replays one order; 12505]."""
    cost = OrderSeen()
    model = clone(MLP).set_params(batch_size=1)
    model.cost = cost
    for _ in range(5):
        model.partial_fit(X, y, classes=[0, 1, 2])
    orders = {tuple(cost.order[k : k + 150]) for k in range(0, 750, 150)}
    assert len(cost.order) == 750
    assert len(orders) == 5


@both
def test_fit_is_as_many_passes_of_partial_fit_and_a_pickle_keeps_the_place(estimator):
    """[MLPClassifier, SGDClassifier: fit(5) is not 5 times partial_fit; 12505, 16812]."""
    online = clone(estimator).set_params(batch_size=1, max_iter=5, keep="last")
    stream = clone(online)
    for _ in range(5):
        stream.partial_fit(X, y, classes=[0, 1, 2])
        stream = pickle.loads(pickle.dumps(stream))
    assert same(stream, online.fit(X, y))


def test_a_warm_start_keeps_its_momentum():
    """[MLPClassifier: 3 + 3 epochs are not 6; 6091]."""
    moving = clone(MLP).set_params(momentum=0.9, max_iter=6)
    halves = clone(moving).set_params(max_iter=3, warm_start=True).fit(X, y).fit(X, y)
    assert same(halves, moving.fit(X, y))


def test_the_true_cost_can_be_asked_for():
    """[MLPClassifier: loss_curve_ ends at 0.679 where the cost is 0.503]."""
    model = fitted(MLP, batch_size=1, eta=1.0, alpha=0.01)
    stuck = fitted(model, max_iter=1, warm_start=False)
    assert model.total_cost(X, y) != pytest.approx(model.loss_, rel=1e-3)
    frozen = pickle.loads(pickle.dumps(model)).set_params(eta=1e-300, warm_start=True)
    frozen.set_params(max_iter=1).fit(X, y)  # an epoch in which nothing moves
    assert model.total_cost(X, y) == pytest.approx(frozen.loss_, rel=1e-9)
    assert stuck.total_cost(X, y) > model.total_cost(X, y)


@both
def test_the_best_weights_are_returned_where_they_are_asked_for(estimator):
    """[MLPClassifier: best loss 2.51, returned 3.97]."""
    options = {"eta": 60.0, "batch_size": 3, "max_iter": 25, "random_state": 1}
    best = fitted(estimator, keep="best", **options)
    every = clone(estimator).set_params(**options)
    values = []
    for _ in range(25):
        every.partial_fit(X, y, classes=[0, 1, 2])
        values.append(every.total_cost(X, y) if estimator is MLP else 1 - every.score(X, y))
    kept = best.total_cost(X, y) if estimator is MLP else 1 - best.score(X, y)
    assert kept == pytest.approx(min(values), rel=1e-9)
    assert min(values) < values[-1]


@both
@pytest.mark.parametrize("fits_before", [0, 1])
def test_divergence_is_noticed_in_its_epoch(estimator, fits_before):
    """[MLPClassifier: runs on to epoch 2000, or returns weights of 7e13; 29504]."""
    model = clone(estimator).set_params(keep="last", alpha=1e4, max_iter=500, eta=10.0)
    with pytest.warns(ConvergenceWarning) as caught:
        model.fit(X, y)
    epoch = model.n_iter_ + 1
    text = str(caught[0].message)
    assert f"diverged in epoch {epoch} with eta=10.0" in text
    assert "smaller eta" in text
    assert all(np.isfinite(array).all() for array in numbers(model))
    last = clone(model).set_params(max_iter=model.n_iter_).fit(X, y)
    assert same(last, model)
    if estimator is MLP:
        assert np.isfinite(model.predict_proba(X)).all()


@both
@pytest.mark.parametrize("m", [1, 32])
def test_a_pickle_does_not_grow_with_a_stream_and_small_chunks_do_not_warn(estimator, m):
    """[MLPClassifier: 19 bytes with each row, and a warning; 19959]."""
    model = clone(estimator).set_params(batch_size=m).partial_fit(X, y, classes=[0, 1, 2])

    def size_after(n):
        for i in range(n):
            model.partial_fit(X[i : i + 1], y[i : i + 1])
        return len(pickle.dumps(model))

    size_after(3)
    assert abs(size_after(100) - size_after(100)) <= 4  # counters need more digits


@both
def test_a_validation_set_of_ones_own(estimator):
    """[MLPClassifier: none, and only accuracy; 18748, 24411, 18507]."""
    model = clone(estimator).fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2])
    assert len(model.validation_scores_) == len(model.validation_loss_curve_) == 6
    early = clone(estimator).set_params(early_stopping=True)
    early.partial_fit(X, y, classes=[0, 1, 2]).partial_fit(X, y)
    assert early.n_iter_ == 2


@both
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("weights", ["balanced", {0: 20.0, 1: 1.0}])
def test_classes_have_weights_in_fit_and_in_a_stream(estimator, method, weights):
    """[MLPClassifier: none; SGDClassifier: no "balanced" in partial_fit; 9113]."""
    rng = np.random.default_rng(0)
    rare = np.r_[np.zeros(20, int), np.ones(980, int)]
    rows = rng.standard_normal((1000, 2)) + 1.5 * rare[:, None]
    scores = []
    for chosen in (None, weights):
        model = clone(estimator).set_params(class_weight=chosen, batch_size=1, eta=0.05)
        model.set_params(keep="average")
        if method == "fit":
            model.fit(rows, rare)
        for _ in range(6 * (method == "partial_fit")):
            for chunk in np.array_split(np.random.default_rng(1).permutation(1000), 20):
                model.partial_fit(rows[chunk], rare[chunk], classes=[0, 1])
        scores.append(balanced_accuracy_score(rare, model.predict(rows)))
    assert scores[1] > scores[0] + 0.05 or min(scores) > 0.85


@both
def test_a_failed_call_leaves_what_was_there(estimator):
    """[MLPClassifier, Perceptron: the old model is destroyed, or half a new one left]."""
    bad = X.copy()
    bad[-1, -1] = np.nan
    model = fitted(estimator).set_params(eta=1e300)
    before = pickle.dumps(vars(model))
    for call in (model.fit, model.partial_fit):
        with pytest.raises(ValueError, match="NaN"):
            call(bad, y)
        with pytest.raises(ValueError, match="diverged"):
            call(X * 1e200, y)  # times eta
        assert pickle.dumps(vars(model)) == before


@both
def test_a_failed_first_call_leaves_an_unfitted_model(estimator):
    """[MLPClassifier: AttributeError in predict; the classes stay fixed for good]."""
    model = clone(estimator)
    with pytest.raises(ValueError, match="NaN"):
        model.partial_fit(X * np.nan, y, classes=[0, 1, 2])
    with pytest.raises(ValueError, match="NaN"):
        model.fit(X * np.nan, y)
    with pytest.raises(NotFittedError):
        model.predict(X)
    names = np.array(["ant", "bee", "cat"])
    assert model.partial_fit(X, names[y], classes=names).classes_.tolist() == list(names)


@both
@pytest.mark.parametrize("after", [0.003, 0.01, 0.03, 0.1])
def test_an_interrupted_fit_keeps_its_epochs_or_the_model_of_before(estimator, after):
    """[MLPClassifier: Ctrl-C at some lines leaves a broken model]."""
    model = fitted(estimator)
    before = pickle.loads(pickle.dumps(model))
    model.set_params(max_iter=10**6, batch_size=1, keep="last")

    def interrupt(*_):
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, after)
        with pytest.warns(UserWarning, match="interrupted"):
            model.fit(X, y)
        kept = True
    except KeyboardInterrupt:
        kept = False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    if kept:
        before = clone(model).set_params(max_iter=model.n_iter_).fit(X, y)
    assert same(model, before)
    assert model.predict(X).shape == (150,)


@both
def test_parameters_are_checked_at_every_call(estimator):
    """[MLPClassifier: eta = −1 trains backwards from the second partial_fit on]."""
    model = clone(estimator).partial_fit(X, y, classes=[0, 1, 2]).partial_fit(X[:1], y[:1])
    model.set_params(eta=-1)
    for rows in (slice(0, 1), slice(0, 150)):
        with pytest.raises(ValueError, match=r"The 'eta' parameter of .* Got -1 instead"):
            model.partial_fit(X[rows], y[rows])


def test_other_hidden_layers_are_named_as_the_reason():
    """[MLPClassifier: an internal AttributeError]."""
    model = fitted(MLP).set_params(hidden_layer_sizes=(9,))
    with pytest.raises(ValueError, match=r"hidden_layer_sizes=\(9,\) differs"):
        model.partial_fit(X, y)


# --- mlxtend and skorch ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("estimator", "name", "value"),
    [
        (MLP, "hidden_layer_sizes", (6,)),
        (MLP, "cost", "quadratic"),
        (MLP, "init", "normal"),
        (MLP, "momentum", 0.5),
        (MLP, "learning_rate", "invscaling"),
        *[
            (estimator, name, value)
            for estimator in (MLP, PERCEPTRON)
            for name, value in [
                ("eta", 0.07),
                ("batch_size", 7),
                ("max_iter", 7),
                ("alpha", 0.1),
                ("shuffle", False),
                ("keep", "average"),
                ("early_stopping", True),
                ("class_weight", {0: 3.0}),
                ("random_state", 1),
            ]
        ],
        (PERCEPTRON, "fit_intercept", False),
    ],
)
def test_a_parameter_that_is_accepted_has_an_effect(estimator, name, value):
    """[mlxtend: dropout is ignored, l1 changes only the printed cost]."""
    plain = clone(estimator).set_params(batch_size=1)
    changed = clone(plain).set_params(**{name: value}).fit(X, y)
    plain.fit(X, y)
    shapes = [[array.shape for array in numbers(model)] for model in (plain, changed)]
    assert shapes[0] != shapes[1] or not same(plain, changed)


@pytest.mark.parametrize(
    ("labels", "n"),
    [
        (["no", "yes"], 2),
        ([-3, 4, 1000], 3),
        ([True, False], 2),
        ([0.0, 1.0, 7.0], 3),
        (["ä", "β", "", "zz"], 4),
    ],
)
@both
def test_labels_may_be_anything(estimator, labels, n):
    """[skorch: 0 … K − 1 only]."""
    t = np.array(labels)[np.arange(150) % n]
    model = clone(estimator).fit(X, t)
    assert np.array_equal(model.classes_, np.unique(t))
    assert set(model.predict(X)) <= set(t)
