"""Classifiers from numbers on a slide: they predict, are stored, and go on learning."""

import pickle
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

X, y = load_iris(return_X_y=True)
ROWS = np.array(list(product([0, 1], repeat=3)))


@pytest.mark.parametrize(
    ("weights", "goes"),
    [
        ([6, 2, 2], {(1, 0, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1)}),  # only the weather counts
        ([3, 2, 2], {(1, 1, 1)}),  # 3 + 2 = 5 is not above 5
    ],
)
def test_the_festival(weights, goes):
    names = ["weather", "friend", "transit"]
    visit = PerceptronClassifier.from_weights(weights, threshold=5, feature_names=names)
    decisions = visit.predict(pd.DataFrame(ROWS, columns=names))
    assert {tuple(row) for row in ROWS[decisions == 1].tolist()} == goes


def test_a_threshold_is_a_bias_with_the_other_sign():
    one = PerceptronClassifier.from_weights([1.0, -2.0], threshold=0.5)
    other = PerceptronClassifier.from_weights([1.0, -2.0], bias=-0.5)
    neither = PerceptronClassifier.from_weights([1.0, -2.0])
    assert np.array_equal(one.intercept_, other.intercept_)
    assert neither.intercept_.tolist() == [0.0]
    assert one.coef_.tolist() == [[1.0, -2.0]]


@pytest.mark.parametrize("classes", [(0, 1), ("stay", "go"), (True, False), (7, -7)])
def test_the_second_class_is_that_of_a_perceptron_that_fires(classes):
    model = PerceptronClassifier.from_weights([1.0], -1.0, classes=classes)
    assert model.predict([[2.0], [1.0], [0.0]]).tolist() == [classes[1], classes[0], classes[0]]
    assert model.score([[2.0], [0.0]], [classes[1], classes[0]]) == 1.0
    for name in ("partial_fit", "fit"):
        learnt = pickle.loads(pickle.dumps(model)).set_params(tol=None, max_iter=1, eta=1e-9)
        learnt.warm_start = True
        getattr(learnt, name)([[2.0], [0.0]], [classes[1], classes[0]])  # no mistake
        assert np.array_equal(learnt.coef_, model.coef_)
        assert learnt.classes_.tolist() == list(classes)


def test_a_perceptron_for_each_class():
    W, b = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]), [0.0, 0.0, 0.5]
    model = PerceptronClassifier.from_weights(W, b, classes=["x", "y", "neither"])
    assert model.predict([[3, 1], [1, 3], [-1, -2]]).tolist() == ["x", "y", "neither"]


def test_a_network_is_what_its_numbers_say():
    rng = np.random.default_rng(0)
    coefs = [rng.standard_normal(shape) for shape in [(4, 5), (5, 2), (2, 3)]]
    biases = [rng.standard_normal(n) for n in (5, 2, 3)]
    model = SigmoidMLPClassifier.from_weights(coefs, biases, ["a", "b", "c"], eta=0.1)
    A = X
    for W, b in zip(coefs, biases, strict=True):
        A = expit(A @ W + b)
    assert model.hidden_layer_sizes == (5, 2)
    assert model.eta == 0.1
    assert np.array_equal(model.predict(X), np.array(["a", "b", "c"])[A.argmax(axis=1)])
    single = SigmoidMLPClassifier.from_weights([coefs[0][:, :1]], [biases[0][:1]])
    np.testing.assert_allclose(
        single.predict_proba(X)[:, 1], expit(X @ coefs[0][:, 0] + biases[0][0])
    )
    matrix = SigmoidMLPClassifier.from_weights(coefs, biases, multilabel=True)
    assert np.array_equal(matrix.predict(X), A > 0.5)


def models():
    rng = np.random.default_rng(1)
    W, b = rng.standard_normal((3, 4)), rng.standard_normal(3)
    yield PerceptronClassifier.from_weights(W, b, classes=[0, 1, 2]).set_params(eta=0.1)
    yield SigmoidMLPClassifier.from_weights([W.T], [b], eta=0.1, momentum=0.5)
    yield SigmoidMLPClassifier.from_weights([np.float32(W.T)], [np.float32(b)], eta=0.1)


@pytest.mark.parametrize("model", models(), ids=["perceptron", "mlp", "float32"])
def test_it_is_a_classifier_like_any_other(model):
    assert 0.0 <= model.score(X, y) <= 1.0
    assert model.n_iter_ == model.t_ == 0
    assert model.n_features_in_ == 4
    before = model.decision_function(X)
    again = pickle.loads(pickle.dumps(model)).set_params(shuffle=False)
    assert np.array_equal(again.decision_function(X), before)
    with pytest.raises(NotFittedError):
        clone(model).predict(X)
    for _ in range(100):
        again.partial_fit(X, y)
    assert again.score(X, y) > 0.6  # a perceptron leaps about: iris is not separable
    assert again.n_iter_ == 100
    assert before.dtype == again.decision_function(X).dtype
    assert np.array_equal(model.decision_function(X), before)


def test_learning_begins_at_these_weights():
    model = PerceptronClassifier.from_weights([1.0, 2.0], -3.0)
    model.set_params(batch_size=1).partial_fit([[1.0, 1.5]], [0])  # fires, and should not
    assert model.coef_.tolist() == [[0.0, 0.5]]
    assert model.intercept_.tolist() == [-4.0]


def test_the_callers_arrays_are_neither_kept_nor_changed():
    W, b = np.ones((1, 2)), np.ones(1)
    model = PerceptronClassifier.from_weights(W, b)
    layers = [np.ones((2, 1))], [np.ones(1)]
    network = SigmoidMLPClassifier.from_weights(*layers, batch_size=1)
    for fitted in (model, network):
        fitted.partial_fit([[3.0, 4.0]], [0])
    assert W.tolist() == [[1.0, 1.0]]
    assert b.tolist() == [1.0]
    assert layers[0][0].tolist() == [[1.0], [1.0]]
    assert model.coef_.tolist() != [[1.0, 1.0]]


@pytest.mark.parametrize(
    ("arguments", "options", "match"),
    [
        (([1, 2], 0.0), {"threshold": 0.0}, "bias and threshold are two names"),
        (([1, 2], [0.0, 1.0]), {}, "bias must be one number for each of the 1 perceptrons"),
        (([1, 2],), {"threshold": [1, 2]}, "threshold must be one number for each"),
        (([[1, 2]] * 3, 0.0), {"classes": [0, 1, 2]}, "bias must be one number for each of"),
        (([[1, 2]] * 3,), {}, "classes must be 3 different labels"),
        (([1, 2],), {"classes": [0, 0]}, "classes must be different labels"),
        (([1, 2],), {"classes": [0, 1, 2]}, "classes must be 2 different labels"),
        (([[1, 2]] * 2,), {}, "two classes need one output neuron"),
        (([1, np.nan],), {}, "weights contains NaN"),
        (([1, 2], np.inf), {}, "bias contains infinity"),
        (("heavy",), {}, "could not convert"),
        (([],), {}, "weights must be a 1D or 2D array"),
        ((np.zeros((1, 1, 1)),), {}, "weights must be a 1D or 2D array"),
        (([1, 2],), {"feature_names": ["a"]}, "feature_names must be 2 names"),
        (([1, 2],), {"feature_names": [0, 1]}, "feature_names must be 2 names"),
    ],
)
def test_numbers_that_make_no_perceptron(arguments, options, match):
    with pytest.raises(ValueError, match=match):
        PerceptronClassifier.from_weights(*arguments, **options)


W1, W2 = np.ones((2, 3)), np.ones((3, 1))


@pytest.mark.parametrize(
    ("arguments", "options", "match"),
    [
        (([W1, W2], [np.ones(3)]), {}, "one array a layer each, got 2 and 1"),
        (([], []), {}, "one array a layer each, got 0 and 0"),
        (([W1, W2], [np.ones(3), np.ones(2)]), {}, r"intercepts\[1\] must have shape \(1,\)"),
        (([W1, W1], [np.ones(3), np.ones(3)]), {}, r"coefs\[1\] must have 3 rows"),
        (([W1, np.ones(3)], [np.ones(3), [1.0]]), {}, r"coefs\[1\] must be a 2D array"),
        (([W1 * np.inf, W2], [np.ones(3), [1.0]]), {}, r"coefs\[0\] contains infinity"),
        (([W1], [np.ones(3)]), {"classes": ["a", "b"]}, "classes must be 3 different labels"),
        (([W1[:, :2]], [np.ones(2)]), {}, "two classes need one output neuron"),
        (([W1], [np.ones(3)]), {"eta": -1}, "The 'eta' parameter"),
        (([W1, W2], [np.ones(3), [1]]), {"hidden_layer_sizes": (4,)}, "hidden_layer_sizes"),
        (([W1], [np.ones(3)]), {"multilabel": True, "classes": "abc"}, "classes must be left"),
    ],
)
def test_numbers_that_make_no_network(arguments, options, match):
    with pytest.raises(ValueError, match=match):
        SigmoidMLPClassifier.from_weights(*arguments, **options)
