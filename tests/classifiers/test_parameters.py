"""Parameters: each has an effect, and each is checked at every call."""

import pytest
from iris_models import NETWORK, PERCEPTRON, X, assert_unchanged, fitted, numbers, same, y
from sklearn.base import clone


@pytest.mark.parametrize(
    ("estimator", "name", "value"),
    [
        (NETWORK, "hidden_layer_sizes", (6,)),
        (NETWORK, "cost", "quadratic"),
        (NETWORK, "init", "normal"),
        (NETWORK, "momentum", 0.5),
        (NETWORK, "learning_rate", "invscaling"),
        *[
            (estimator, name, value)
            for estimator in (NETWORK, PERCEPTRON)
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
    """Seen in mlxtend: dropout is ignored, l1 changes only the printed cost."""
    plain = clone(estimator).set_params(batch_size=1)
    changed = clone(plain).set_params(**{name: value}).fit(X, y)
    plain.fit(X, y)
    shapes = [[array.shape for array in numbers(model)] for model in (plain, changed)]
    assert shapes[0] != shapes[1] or not same(plain, changed)


def test_parameters_are_checked_at_every_call(estimator):
    """Seen in MLPClassifier: eta = −1 trains backwards from the second call on."""
    model = clone(estimator).partial_fit(X, y, classes=[0, 1, 2]).partial_fit(X[:1], y[:1])
    model.set_params(eta=-1)
    for rows in (slice(0, 1), slice(0, 150)):
        with pytest.raises(ValueError, match=r"The 'eta' parameter of .* Got -1 instead"):
            model.partial_fit(X[rows], y[rows])


def test_other_hidden_layers_are_named_as_the_reason():
    """Seen in MLPClassifier: an internal AttributeError."""
    model = fitted(NETWORK).set_params(hidden_layer_sizes=(9,))
    with pytest.raises(ValueError, match=r"hidden_layer_sizes=\(9,\) differs"):
        model.partial_fit(X, y)


def test_hidden_layers_cannot_change_while_the_network_goes_on():
    model = fitted(NETWORK).set_params(hidden_layer_sizes=(6,))
    match = "hidden_layer_sizes=.* differs from the fitted network's"
    assert_unchanged(model, lambda: model.partial_fit(X, y), ValueError, match)
    model.set_params(warm_start=True)
    assert_unchanged(model, lambda: model.fit(X, y), ValueError, match)
    model.set_params(warm_start=False)
    model.fit(X, y)
    assert model.coefs_[0].shape == (4, 6)
