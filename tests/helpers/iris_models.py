"""The two classifiers on standardised iris: what most tests of both need."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

X, y = load_iris(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
NETWORK = SigmoidMLPClassifier((5,), max_iter=6, tol=None, random_state=0)
PERCEPTRON = PerceptronClassifier(max_iter=6, tol=None, random_state=0)


def fitted(estimator, X=X, y=y, w=None, **parameters):
    """A clone with these parameters, fitted."""
    return clone(estimator).set_params(**parameters).fit(X, y, w)


def numbers(model):
    """The model's weights and biases, as one list of arrays."""
    if isinstance(model, SigmoidMLPClassifier):
        return [*model.coefs_, *model.intercepts_]
    return [model.coef_, model.intercept_]


def same(one, other):
    """Whether two models have the same weights and biases, bit for bit."""
    return all(map(np.array_equal, numbers(one), numbers(other)))


def assert_unchanged(estimator, call, error, match):
    """`call` raises, and the estimator is what it was, to the last bit."""
    before = pickle.dumps(vars(estimator))
    with pytest.raises(error, match=match):
        call()
    assert pickle.dumps(vars(estimator)) == before
