"""Proves that products in strips and products of the active columns alone are the products."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from sknn_basic.engine import blocks, rows
from sknn_basic.engine.blocks import gather_below
from sknn_basic.engine.network import Memory, Network, Rule, random_parameters
from sknn_basic.engine.neurons import COSTS, signed_sigmoid
from sknn_basic.engine.rows import DenseRows, Samples, lower_gram, product
from sknn_basic.engine.sgd import run_epoch

NETWORK = Network(signed_sigmoid, COSTS["cross_entropy"])
DTYPES = np.float64, np.float32


# --- strips -----------------------------------------------------------------------------


@given(
    m=st.integers(1, 40),
    n=st.integers(1, 40),
    h=st.integers(1, 12),
    small=st.integers(1, 4000),
    transposed=st.booleans(),
    dtype=st.sampled_from(DTYPES),
)
def test_a_product_in_strips_is_the_product(m, n, h, small, transposed, dtype):
    rng = np.random.default_rng(0)
    A = rng.integers(-9, 10, (n, m) if transposed else (m, n)).astype(dtype)
    A = A.T if transposed else A
    B, out = rng.integers(-9, 10, (n, h)).astype(dtype), np.full((m, h), np.nan, dtype)
    before, rows.SMALL = rows.SMALL, small
    try:
        assert product(A, B, out) is out
    finally:
        rows.SMALL = before
    assert np.array_equal(out, A @ B)  # whole numbers do not round


def test_what_is_small_is_not_cut(monkeypatch):
    A, B = np.ones((128, 784)), np.ones((784, 30))
    calls = []
    monkeypatch.setattr(np, "matmul", lambda A, B, out: calls.append(A.shape))
    product(A[:40], B, np.empty((40, 30)))
    assert not calls
    product(A, B, np.empty((128, 30)))
    assert calls == [(3, 40, 784), (8, 784)]


@given(
    n=st.integers(1, 70),
    n_features=st.sampled_from([3, 199, 200, 230]),
    m=st.sampled_from([1, 2, 3, 7, 8, 9, 20]),
    dtype=st.sampled_from(DTYPES),
)
def test_a_gram_matrix_is_right_wherever_a_step_looks(n, n_features, m, dtype):
    X = np.random.default_rng(n).integers(-9, 10, (n, n_features)).astype(dtype)
    G = lower_gram(X, np.zeros((n, n), dtype), m)
    batch = np.arange(n) // m
    earlier = batch[:, None] > batch
    assert np.array_equal(G[earlier], (X @ X.T)[earlier])


# --- active columns -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n_features", "width", "dtype", "columns"),
    [
        (784, 30, np.float64, 588),
        (784, 29, np.float64, 0),
        (784, 30, np.float32, 0),
        (784, 60, np.float32, 588),
        (784, 59, np.float32, 0),
        (784, 100, np.float64, 588),
        (784, 100, np.float32, 588),
        (784, 10, np.float64, 0),
        (100, 64, np.float64, 75),
    ],
)
def test_below_how_many_columns_they_are_gathered(n_features, width, dtype, columns):
    assert gather_below(np.empty((n_features, width), dtype)) == columns


def some_rows(dtype, n=90, n_features=40, density=0.02):
    rng = np.random.default_rng(0)
    shape = n, n_features
    return (rng.standard_normal(shape) * (rng.random(shape) < density)).astype(dtype)


def weights_after(X, rule, sizes, gather, monkeypatch):
    """Parameters and costs after two passes; columns are left out from `gather` bytes on."""
    monkeypatch.setattr(blocks, "BYTES_TO_GATHER", gather)
    rng = np.random.default_rng(1)
    samples = Samples(X, rng.integers(0, sizes[-1], X.shape[0]), sizes[-1])
    parameters = random_parameters(rng, sizes, X.dtype, "scaled")
    memory = Memory(velocity=parameters.zeros_like() if rule.momentum else None)
    order = rng.permutation(X.shape[0])
    costs = [run_epoch(NETWORK, parameters, memory, samples, order, rule) for _ in range(2)]
    return [*parameters.arrays(), np.array(costs)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("sizes", [(40, 3), (40, 6, 3), (40, 6, 5, 3)])
@pytest.mark.parametrize("m", [1, 4, 30, 90])
@pytest.mark.parametrize("more", [{}, {"alpha": 0.1}, {"momentum": 0.5}])
def test_leaving_columns_out_changes_nothing(monkeypatch, dtype, sizes, m, more):
    X, rule = some_rows(dtype), Rule(0.3, m, **more)
    never = weights_after(X, rule, sizes, 10**9, monkeypatch)
    always = weights_after(X, rule, sizes, 0, monkeypatch)
    tolerance = 1e-12 if dtype is np.float64 else 1e-5
    for array, expected in zip(always, never, strict=True):
        np.testing.assert_allclose(array, expected, rtol=0, atol=tolerance)


def test_weights_of_columns_that_are_left_out_keep_their_bits(monkeypatch):
    X, sizes, rule = some_rows(np.float64), (40, 6, 3), Rule(0.3, 4)
    X[:, ::3] = 0.0
    first = weights_after(X, replace(rule, eta=0.0), sizes, 0, monkeypatch)[0]
    W = weights_after(X, rule, sizes, 0, monkeypatch)[0]
    assert np.array_equal(W[::3], first[::3])
    assert not np.any(W[X.any(axis=0)] == first[X.any(axis=0)])


def test_the_first_block_without_many_zeros_ends_the_search():
    X = np.ones((8, 10))
    X[4:, 2:] = 0.0
    reader = DenseRows()
    reader.open(X, 8, gather_below=7)
    reader.load(slice(0, 8))
    reader.select(slice(4, 8))
    assert reader.columns.tolist() == [0, 1]
    reader.select(slice(0, 4))
    assert reader.columns is None
    reader.select(slice(4, 8))
    assert reader.columns is None


def test_gathered_rows_are_sparse_rows(monkeypatch):
    X, sizes, rule = some_rows(np.float64), (40, 6, 3), Rule(0.3, 4)
    dense = weights_after(X, rule, sizes, 0, monkeypatch)
    of_sparse = weights_after(sparse.csr_array(X), rule, sizes, 0, monkeypatch)
    for array, expected in zip(of_sparse, dense, strict=True):
        np.testing.assert_allclose(array, expected, rtol=0, atol=1e-12)
