"""Bad input: the error that scikit-learn's users know, and an estimator as it was before."""

import pickle
import re
from functools import partial

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

X, y = load_iris(return_X_y=True)
MLP = SigmoidMLPClassifier((5,), max_iter=3, tol=None, random_state=0)
PERCEPTRON = PerceptronClassifier(max_iter=3, tol=None, random_state=0)
both = pytest.mark.parametrize("estimator", [MLP, PERCEPTRON], ids=["mlp", "perceptron"])


def spoilt(value):
    bad = X.copy()
    bad[3, 1] = value
    return bad


BAD_DATA = {
    "NaN": (spoilt(np.nan), y, "Input X contains NaN"),
    "infinity": (spoilt(np.inf), y, "Input X contains infinity"),
    "sparse NaN": (sparse.csr_array(spoilt(np.nan)), y, "Input X contains NaN"),
    "complex": (X.astype(complex), y, "Complex data not supported"),
    "one dimension": (X[:, 0], y, "Expected 2D array, got 1D array instead"),
    "three dimensions": (X[:, :, None], y, "with dim 3"),
    "no rows": (X[:0], y[:0], r"0 sample\(s\)"),
    "no columns": (X[:, :0], y, r"0 feature\(s\)"),
    "text": (np.full((150, 4), "a"), y, "could not convert string to float"),
    "too few labels": (X, y[:-1], "inconsistent numbers of samples"),
    "continuous y": (X, y + 0.5 * X[:, 0], "Unknown label type"),
    "NaN in y": (X, np.where(y == 1, np.nan, y), "NaN"),
    "several columns": (
        X,
        np.column_stack([y, y]),
        "y should be a 1d array|Unknown label type",
    ),
}

BAD_PARAMETERS = [
    ("eta", 0.0),
    ("eta", -1),
    ("eta", np.nan),
    ("eta", np.inf),
    ("eta", "fast"),
    ("batch_size", 0),
    ("batch_size", 2.5),
    ("batch_size", "auto"),
    ("max_iter", 0),
    ("alpha", -1e-3),
    ("alpha", np.nan),
    ("tol", -1.0),
    ("n_iter_no_change", 0),
    ("validation_fraction", 0.0),
    ("validation_fraction", 1.0),
    ("keep", "first"),
    ("class_weight", "heavy"),
    ("shuffle", "yes"),
    ("random_state", "seed"),
]

BAD_MLP_PARAMETERS = [
    ("hidden_layer_sizes", 0),
    ("hidden_layer_sizes", (3, 0)),
    ("hidden_layer_sizes", (3, 2.5)),
    ("hidden_layer_sizes", (True,)),
    ("hidden_layer_sizes", None),
    ("cost", "hinge"),
    ("cost", object()),
    ("init", "zeros"),
    ("momentum", 1.0),
    ("momentum", -0.1),
    ("learning_rate", "optimal"),
    ("power_t", -1.0),
]


def fitted(estimator):
    return clone(estimator).fit(X, y)


def assert_unchanged(estimator, call, error, match):
    """`call` raises, and the estimator is what it was, to the last bit."""
    before = pickle.dumps(vars(estimator))
    with pytest.raises(error, match=match):
        call()
    assert pickle.dumps(vars(estimator)) == before


@both
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("bad", BAD_DATA.values(), ids=BAD_DATA.keys())
def test_bad_data(estimator, method, bad):
    bad_X, bad_y, match = bad
    more = {"classes": [0, 1, 2]} if method == "partial_fit" else {}
    for model in (clone(estimator), fitted(estimator)):
        call = partial(getattr(model, method), bad_X, bad_y, **more)
        assert_unchanged(model, call, ValueError, match)
    assert np.array_equal(model.predict(X), fitted(estimator).predict(X))


@pytest.mark.parametrize(
    ("estimator", "name", "value"),
    [(MLP, *p) for p in BAD_PARAMETERS + BAD_MLP_PARAMETERS]
    + [(PERCEPTRON, *p) for p in BAD_PARAMETERS],
)
def test_bad_parameters_are_named_with_their_value(estimator, name, value):
    match = rf"The '{name}' parameter of {type(estimator).__name__} must be .* Got "
    match += re.escape(repr(value))
    model = fitted(estimator).set_params(**{name: value})
    assert_unchanged(model, lambda: model.fit(X, y), ValueError, match)
    assert_unchanged(model, lambda: model.partial_fit(X, y), ValueError, match)


@both
def test_the_first_partial_fit_needs_the_classes(estimator):
    model = clone(estimator)
    assert_unchanged(
        model, lambda: model.partial_fit(X, y), ValueError, "classes must be passed"
    )
    with pytest.raises(NotFittedError):
        model.predict(X)


@both
def test_a_label_that_was_not_declared(estimator):
    model = fitted(estimator)
    assert_unchanged(
        model,
        lambda: model.partial_fit(X, y + 2),
        ValueError,
        r"not in `self.classes_`.*\[3 4\]",
    )
    fresh = clone(estimator)
    assert_unchanged(
        fresh, lambda: fresh.partial_fit(X, y, classes=[0, 1]), ValueError, r"not in .*\[2\]"
    )


@both
def test_other_classes_in_a_later_call(estimator):
    model = fitted(estimator)
    assert_unchanged(
        model,
        lambda: model.partial_fit(X, y, classes=[0, 1]),
        ValueError,
        "is not the same as on last call to partial_fit",
    )


@both
@pytest.mark.parametrize("method", ["predict", "decision_function", "partial_fit"])
def test_a_wrong_width(estimator, method):
    model = fitted(estimator)
    more = [y] if method == "partial_fit" else []
    assert_unchanged(
        model,
        lambda: getattr(model, method)(X[:, :3], *more),
        ValueError,
        "X has 3 features, but .* is expecting 4 features",
    )


@both
@pytest.mark.parametrize("method", ["predict", "decision_function"])
def test_not_fitted_yet(estimator, method):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(clone(estimator), method)(X)


@both
@pytest.mark.parametrize(
    ("weight", "match"),
    [
        (np.zeros(150), "positive weight, got all zero"),
        (-np.ones(150), "must not be negative, got -1.0"),
        (np.full(150, np.nan), "sample_weight contains NaN"),
        (np.ones((150, 1)), r"must be 1D, got shape \(150, 1\)"),
        (np.ones(149), r"sample_weight.shape == \(149,\), expected \(150,\)"),
    ],
)
def test_bad_weights(estimator, weight, match):
    model = fitted(estimator)
    assert_unchanged(model, lambda: model.fit(X, y, sample_weight=weight), ValueError, match)


@both
def test_warm_start_with_other_classes(estimator):
    model = fitted(estimator).set_params(warm_start=True)
    assert_unchanged(
        model, lambda: model.fit(X, y > 0), ValueError, "warm_start can only be used where"
    )


def test_hidden_layers_cannot_change_while_the_network_goes_on():
    model = fitted(MLP).set_params(hidden_layer_sizes=(6,))
    match = "hidden_layer_sizes=.* differs from the fitted network's"
    assert_unchanged(model, lambda: model.partial_fit(X, y), ValueError, match)
    model.set_params(warm_start=True)
    assert_unchanged(model, lambda: model.fit(X, y), ValueError, match)
    model.set_params(warm_start=False)
    model.fit(X, y)
    assert model.coefs_[0].shape == (4, 6)


@both
def test_divergence_is_noticed_and_leaves_the_model_as_it_was(estimator):
    model = fitted(estimator).set_params(eta=1e308, alpha=1.0)
    assert_unchanged(
        model,
        lambda: model.partial_fit(X, y),
        ValueError,
        r"diverged in epoch 4 with eta=1e\+308",
    )
    assert_unchanged(
        model, lambda: model.fit(X, y), ValueError, "diverged in epoch 1 .* Try a smaller eta"
    )


@both
def test_one_class_is_predicted(estimator):
    model = clone(estimator).fit(X, np.full(150, "only"))
    assert set(model.predict(X)) == {"only"}
    assert model.decision_function(X).shape == (150,)


@both
def test_inputs_are_left_as_they_are(estimator):
    data, labels, weight = X.copy(), y.copy(), np.linspace(0, 1, 150)
    for array in (data, labels, weight):
        array.flags.writeable = False
    model = clone(estimator).fit(data, labels, sample_weight=weight)
    model.partial_fit(data, labels, sample_weight=weight)
    assert np.array_equal(data, X)
    assert np.array_equal(weight, np.linspace(0, 1, 150))
