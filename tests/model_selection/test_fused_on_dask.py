"""Groups of a fused search go to dask's workers as the fits of a plain one do."""

import joblib
import numpy as np
import pytest
from optional_packages import needs
from sklearn.datasets import load_digits

from sknn_basic import SigmoidMLPClassifier
from sknn_basic.model_selection import FusedGridSearchCV

needs("distributed")

pytestmark = pytest.mark.slow


@pytest.mark.usefixtures("dask_client")
def test_a_fused_search_on_workers_is_the_one_of_a_single_process():
    X, y = load_digits(return_X_y=True)
    network = SigmoidMLPClassifier((12,), max_iter=3, tol=None, random_state=0)
    grid = {"eta": [0.03, 0.1, 0.3], "batch_size": [8, 10]}
    alone = FusedGridSearchCV(network, grid, cv=3).fit(X / 16, y)
    with joblib.parallel_config(backend="dask"):
        shared = FusedGridSearchCV(network, grid, cv=3).fit(X / 16, y)
    for key, values in alone.cv_results_.items():
        if "time" not in key:
            assert np.array_equal(shared.cv_results_[key], values)
    for W, V in zip(shared.best_estimator_.coefs_, alone.best_estimator_.coefs_, strict=True):
        assert np.array_equal(W, V)
