"""Labels: whatever they are, they come back as they were given."""

import numpy as np
import pytest
from iris_models import X
from sklearn.base import clone


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
def test_labels_may_be_anything(estimator, labels, n):
    """Seen in skorch: 0 … K − 1 only."""
    t = np.array(labels)[np.arange(150) % n]
    model = clone(estimator).fit(X, t)
    assert np.array_equal(model.classes_, np.unique(t))
    assert set(model.predict(X)) <= set(t)


def test_one_class_is_predicted(estimator):
    model = clone(estimator).fit(X, np.full(150, "only"))
    assert set(model.predict(X)) == {"only"}
    assert model.decision_function(X).shape == (150,)
