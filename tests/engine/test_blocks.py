"""Proves that looking ahead is exact: the size of a block, dense or sparse, changes nothing."""

from itertools import product

import numpy as np
import pytest
from scipy import sparse

from sknn_basic.engine import layers, sgd
from sknn_basic.engine.blocks import look_ahead
from sknn_basic.engine.network import Memory, Network, Rule, random_parameters
from sknn_basic.engine.neurons import COSTS, MISTAKES, signed_sigmoid, signed_step
from sknn_basic.engine.rows import Samples
from sknn_basic.engine.sgd import run_epoch

SIZES = (40, 6, 3)
SMOOTH = Network(signed_sigmoid, COSTS["cross_entropy"])
STEPS = Network(signed_step, MISTAKES, only_mistakes=True)


def epoch(network, X, rule, *, average=False, weights=None, sizes=SIZES, passes=2):
    """Parameters, velocity and sum after some passes, as one flat array."""
    rng = np.random.default_rng(1)
    y = rng.integers(0, sizes[-1], X.shape[0])
    samples = Samples(X, y, np.eye(sizes[-1]), weights)
    parameters = random_parameters(rng, sizes, np.float64, "scaled")
    memory = Memory(
        velocity=parameters.zeros_like() if rule.momentum else None,
        total=parameters.zeros_like() if average else None,
    )
    for _ in range(passes):
        costs = run_epoch(network, parameters, memory, samples, None, rule)
    records = [parameters, memory.velocity, memory.total]
    arrays = [a.ravel() for record in records if record for a in record.arrays()]
    return np.concatenate([*arrays, costs])


def some_rows(n=100, density=0.3):
    rng = np.random.default_rng(0)
    return rng.standard_normal((n, SIZES[0])) * (rng.random((n, SIZES[0])) < density) * 0.5


RULES = [
    Rule(0.1, m, momentum=mu, alpha=alpha, power_t=power_t, learn_bias=learn_bias)
    for m, mu, alpha, power_t, learn_bias in product(
        (1, 3, 7), (0.0, 0.8), (0.0, 0.05), (0.0, 0.5), (True, False)
    )
]
rules = pytest.mark.parametrize(
    "rules", [RULES[::7], pytest.param(RULES, marks=pytest.mark.slow)], ids=["some", "all"]
)
"""Every seventh has each of the values, and most pairs of them."""


@rules
@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize(
    ("network", "sizes"),
    [(SMOOTH, SIZES), (SMOOTH, (40, 3)), (SMOOTH, (40, 5, 4, 3)), (STEPS, (40, 3))],
)
def test_the_number_of_batches_in_a_block_changes_nothing(
    monkeypatch, network, sizes, average, rules
):
    X = some_rows()
    w = np.random.default_rng(2).random(len(X))
    for rule in rules:
        results = []
        for q in (1, 2, 5, 16, 64):
            monkeypatch.setattr(sgd, "look_ahead", lambda *shape, q=q: q)
            results.append(epoch(network, X, rule, average=average, weights=w, sizes=sizes))
        for result in results[1:]:
            np.testing.assert_allclose(result, results[0], rtol=1e-9, atol=1e-12)


@rules
@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("wait", [3, 1024])
@pytest.mark.parametrize("container", [sparse.csr_array, sparse.csr_matrix])
def test_sparse_rows_are_dense_rows(monkeypatch, container, wait, average, rules):
    layers.lazy_decay.cache_clear()
    monkeypatch.setattr(layers, "LONGEST_WAIT", wait)
    monkeypatch.setattr(layers, "COLUMNS_AT_ONCE", 7)
    X = some_rows(density=0.05)
    for rule in rules:
        if wait == 3:
            monkeypatch.setattr(sgd, "look_ahead", lambda *shape: 2)
        dense = epoch(SMOOTH, X, rule, average=average)
        np.testing.assert_allclose(
            epoch(SMOOTH, container(X), rule, average=average), dense, rtol=1e-9, atol=1e-12
        )
    layers.lazy_decay.cache_clear()


def test_columns_may_stay_away_for_a_very_long_time():
    X = some_rows(3_000, density=0.002)
    rule = Rule(0.05, 1, momentum=0.9, alpha=0.001)
    dense, lazily = (epoch(SMOOTH, kind(X), rule) for kind in (np.asarray, sparse.csr_array))
    np.testing.assert_allclose(lazily, dense, rtol=1e-8, atol=1e-11)


def test_perceptrons_on_whole_numbers_do_not_round(monkeypatch):
    X = np.random.default_rng(0).integers(-4, 5, (100, SIZES[0])).astype(float)
    results = []
    for q in (1, 4, 32):
        monkeypatch.setattr(sgd, "look_ahead", lambda *shape, q=q: q)
        results.append(epoch(STEPS, X, Rule(0.5, 1), sizes=(40, 3)))
        results.append(epoch(STEPS, sparse.csr_array(X), Rule(0.5, 1), sizes=(40, 3)))
    whole = 40 * 3 + 3
    for result in results[1:]:
        assert np.array_equal(result[whole:], results[0][whole:])
    # random first weights round; what is learnt on top of them does not
    zero = [np.round(result[:whole] - results[0][:whole], 9) for result in results]
    assert not np.any(zero)


@pytest.mark.parametrize(
    ("m", "n_features", "width", "q"),
    [
        (1, 784, 30, 32),
        (1, 784, 100, 64),
        (1, 784, 10, 16),
        (1, 64, 30, 64),
        (1, 4, 5, 64),
        (10, 784, 30, 4),
        (10, 784, 100, 4),
        (10, 64, 30, 4),
        (32, 784, 30, 1),
        (128, 784, 100, 1),
        (1000, 4, 5, 1),
    ],
)
def test_how_far_to_look_ahead(m, n_features, width, q):
    assert look_ahead(m, n_features, width) == q


@pytest.mark.parametrize("eta", [1e-3, 0.1, 1.0, 10.0, 1e3])
@pytest.mark.parametrize("sizes", [SIZES, (40, 3), (40, 5, 4, 3)])
def test_one_block_from_the_same_weights_agrees_at_any_rate(monkeypatch, sizes, eta):
    X = some_rows(16, density=1.0)
    results = []
    for q in (1, 16):
        monkeypatch.setattr(sgd, "look_ahead", lambda *shape, q=q: q)
        results.append(epoch(SMOOTH, X, Rule(eta, 1), sizes=sizes, passes=1))
    scale = np.abs(results[0]).max()
    np.testing.assert_allclose(results[1], results[0], rtol=0, atol=1e-13 * scale)
