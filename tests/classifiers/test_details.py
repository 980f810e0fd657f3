"""Details of which no other test would notice that they are wrong."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic._classifiers.data import split

X, y = load_iris(return_X_y=True)
both = pytest.mark.parametrize(
    "estimator",
    [
        SigmoidMLPClassifier((4,), max_iter=3, tol=None, random_state=0),
        PerceptronClassifier(max_iter=3, tol=None, random_state=0),
    ],
    ids=["mlp", "perceptron"],
)


def test_a_perceptron_takes_one_label_a_sample():
    with pytest.raises(ValueError, match="y should be a 1d array"):
        PerceptronClassifier().fit(X, np.eye(3, dtype=int)[y])


@pytest.mark.parametrize("seed", range(5))
def test_a_validation_set_has_every_class_in_proportion(seed):
    labels = np.repeat([0, 1, 2], [120, 20, 10])
    kept, held = split(labels, np.arange(150), 0.1, seed, stratified=True)
    assert np.bincount(labels[held]).tolist() == [12, 2, 1]
    assert np.bincount(labels[kept]).tolist() == [108, 18, 9]


@pytest.mark.parametrize(
    ("labels", "fraction"),
    [
        ([0] * 149 + [1], 0.1),  # a single sample cannot be in both parts
        (np.arange(150) // 2, 0.1),  # nor can 75 classes be in 15 samples,
        (np.arange(150) // 2, 0.9),  # whichever part these are
    ],
)
def test_a_validation_set_of_too_few_rows_for_every_class(labels, fraction):
    model = SigmoidMLPClassifier((), early_stopping=True, max_iter=1, tol=None)
    model.set_params(validation_fraction=fraction).fit(X, labels)
    assert model.t_ == 150 - round(150 * fraction)


def test_a_label_whose_score_is_exactly_zero_is_not_given():
    model = SigmoidMLPClassifier((), max_iter=1, tol=None, random_state=0)
    model.fit(X, np.eye(3, dtype=int)[y])
    model.coefs_[0][:], model.intercepts_[0][:] = 0.0, 0.0
    assert not model.decision_function(X).any()
    assert not model.predict(X).any()


def test_a_row_of_weight_zero_is_absent_where_it_has_several_labels():
    Y = np.column_stack([y == 0, y > 0, X[:, 0] > 5.8]).astype(int)
    absent = np.arange(150) % 5 == 0
    model = SigmoidMLPClassifier((4,), max_iter=3, tol=None, shuffle=False, random_state=0)
    weighted = clone(model).fit(X, Y, sample_weight=np.where(absent, 0.0, 1.0))
    removed = clone(model).fit(X[~absent], Y[~absent])
    assert np.array_equal(weighted.decision_function(X), removed.decision_function(X))


@both
def test_a_class_of_weight_zero_is_absent_but_known(estimator):
    model = clone(estimator).set_params(class_weight={0: 1.0, 1: 1.0, 2: 0.0}).fit(X, y)
    assert model.classes_.tolist() == [0, 1, 2]
    assert model.t_ == 100 * model.n_iter_
