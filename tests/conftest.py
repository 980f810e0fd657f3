"""What the tests share: both classifiers, and scikit-learn's array-API check, not skipped."""

import os

os.environ.setdefault("SCIPY_ARRAY_API", "1")  # before SciPy is imported

import pytest
from iris_models import NETWORK, PERCEPTRON
from sklearn.base import clone


@pytest.fixture(params=[NETWORK, PERCEPTRON], ids=["mlp", "perceptron"])
def estimator(request):
    """Each of the two classifiers; a file that needs other parameters sets them in its own."""
    return clone(request.param)
