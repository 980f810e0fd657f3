"""Stored models: mapped from a file they go on learning, and no stream makes them grow."""

import pickle

import joblib
import numpy as np
import pytest
from iris_models import X, fitted, numbers, same, y
from sklearn.base import clone


def test_a_memory_mapped_model_goes_on_learning(estimator, tmp_path):
    """Seen in Perceptron: partial_fit crashes the interpreter."""
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


@pytest.mark.parametrize("m", [1, 32])
def test_a_pickle_does_not_grow_with_a_stream_and_small_chunks_do_not_warn(estimator, m):
    """Seen in MLPClassifier: 19 bytes with each row, and a warning (#19959)."""
    model = clone(estimator).set_params(batch_size=m).partial_fit(X, y, classes=[0, 1, 2])

    def size_after(n):
        for i in range(n):
            model.partial_fit(X[i : i + 1], y[i : i + 1])
        return len(pickle.dumps(model))

    size_after(3)
    assert abs(size_after(100) - size_after(100)) <= 4  # counters need more digits
