"""Proves that the engine's own memory is bounded, whatever comes in and however often."""

import tracemalloc

import numpy as np
import pytest

from sknn_basic.engine.gradient import total_cost
from sknn_basic.engine.network import Memory, Network, Rule, random_parameters
from sknn_basic.engine.neurons import COSTS, signed_sigmoid
from sknn_basic.engine.rows import Samples
from sknn_basic.engine.sgd import Kernel

MIB = 2**20


def measured(call):
    """The bytes that are held after a call, and the most that were held during it."""
    tracemalloc.start()
    try:
        kept = call()
        held, peak = tracemalloc.get_traced_memory()
        del kept
        return held, peak
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("way", ["run", "propose"])
def test_a_kernel_that_has_met_every_length_of_chunk_is_as_small_as_one_that_met_one(way):
    network = Network(signed_sigmoid, COSTS["cross_entropy"])
    parameters = random_parameters(np.random.default_rng(0), (50, 30, 10), float, "scaled")
    X, y, rule = np.zeros((256, 50)), np.zeros(256, int), Rule(0.1, 256)

    def feed(lengths):
        kernel = Kernel(network, parameters)
        for n in lengths:
            samples = Samples(X[:n], y[:n], 10)
            if way == "run":
                kernel.run(parameters, Memory(), samples, None, rule)
            else:
                kernel.propose(parameters, Memory(), samples, rule)
        return kernel

    feed(range(1, 257))  # fills what is shared by all kernels: `blocks.couple` has a cache
    one, peak_of_one = measured(lambda: feed([256]))
    all_of_them, peak = measured(lambda: feed([*range(1, 257), 256]))
    assert all_of_them < 5 * one
    assert peak < 5 * peak_of_one


@pytest.mark.parametrize("m", [1, 32])
@pytest.mark.parametrize("cost", COSTS)
def test_a_hundred_thousand_classes_need_their_weights_and_little_more(cost, m):
    n_classes, rng = 100_000, np.random.default_rng(0)
    parameters = random_parameters(rng, (8, 16, n_classes), float, "scaled")
    weights = sum(array.nbytes for array in parameters.arrays())
    samples = Samples(rng.random((m + 8, 8)), rng.integers(0, n_classes, m + 8), n_classes)
    network = Network(signed_sigmoid, COSTS[cost])

    def learn():
        Kernel(network, parameters).run(parameters, Memory(), samples, None, Rule(0.1, m))

    _, peak = measured(learn)
    assert peak < weights + 256 * MIB - 2 * weights  # room for a copy and for what is kept
    _, peak = measured(lambda: total_cost(network, parameters, samples, 0.0))
    assert peak < 64 * MIB
