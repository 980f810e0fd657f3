"""Proves that targets and rows are what they were given as."""

import numpy as np
import pytest
from scipy import sparse

from sknn_basic.engine._types import MOST_NUMBERS
from sknn_basic.engine.network import Memory, Network, Rule, random_parameters
from sknn_basic.engine.neurons import COSTS, MISTAKES, signed_sigmoid, signed_step
from sknn_basic.engine.rows import CHUNK, Samples
from sknn_basic.engine.sgd import Kernel, run_epoch

NETWORKS = [
    Network(signed_sigmoid, COSTS["cross_entropy"]),
    Network(signed_sigmoid, COSTS["quadratic"]),
    Network(signed_step, MISTAKES, only_mistakes=True),
]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("n_classes", [1, 3, 5])
@pytest.mark.parametrize("rows", [slice(2, 9), np.array([7, 0, 7]), slice(0, 0)])
def test_a_number_of_classes_is_the_one_hot_table_without_the_table(rows, n_classes, dtype):
    X, y = np.zeros((12, 2), dtype), np.arange(12) % n_classes
    table = np.eye(n_classes, dtype=dtype)
    Y = Samples(X, y, n_classes).targets(rows)
    np.testing.assert_array_equal(Y, Samples(X, y, table).targets(rows))
    assert Y.dtype == dtype


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("m", [1, 4])
@pytest.mark.parametrize("network", NETWORKS)
def test_training_by_a_number_of_classes_is_training_by_the_table(network, m, container):
    rng = np.random.default_rng(0)
    X, y, w = container(rng.random((30, 6))), rng.integers(0, 4, 30), rng.random(30)
    sizes = (6, 4) if network.only_mistakes else (6, 3, 4)
    results = []
    for code in (4, np.eye(4)):
        parameters = random_parameters(np.random.default_rng(1), sizes, float, "scaled")
        samples = Samples(X, y, code, w, np.arange(3, 28))
        costs = run_epoch(network, parameters, Memory(), samples, None, Rule(0.5, m))
        results.append([*parameters.arrays(), costs])
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_step_is_proposed_by_a_number_of_classes_too():
    parameters = random_parameters(np.random.default_rng(1), (6, 3, 4), float, "scaled")
    X, y = np.random.default_rng(0).random((2, 6)), np.array([3, 0])
    kernel = Kernel(NETWORKS[0], parameters)
    one, other = (
        kernel.propose(parameters, Memory(), Samples(X, y, code), Rule(0.5, 2)).costs
        for code in (4, np.eye(4))
    )
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("rows", [None, np.array([4, 2, 3_000, 1])])
@pytest.mark.parametrize("width", [1, 10, 2_000, 100_000, 10**9])
def test_chunks_cover_every_row_once_and_hold_a_bounded_number_of_numbers(width, rows):
    samples = Samples(np.zeros((5_000, 1)), np.zeros(5_000, int), 2, None, rows)
    covered, named = [], []
    for at, chunk in samples.chunks(width):
        size = at.stop - at.start
        assert size == 1 or size * width <= MOST_NUMBERS
        assert size <= CHUNK
        covered.extend(range(at.start, at.stop))
        named.extend(np.arange(5_000)[chunk])
    assert covered == list(range(len(samples)))
    assert named == (covered if rows is None else rows.tolist())
