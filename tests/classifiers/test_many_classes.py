"""K classes cost K, in memory and in operations, wherever labels are met."""

import os
import pickle
import subprocess
import sys
import time
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

import sknn_basic
from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

MIB = 2**20
RNG = np.random.default_rng(0)


def network(K, hidden=16, n_features=8, **parameters):
    """A network with random weights for K classes."""
    layers = [RNG.standard_normal((n_features, hidden)), RNG.standard_normal((hidden, K)) / 9]
    biases = [np.zeros(hidden), np.zeros(K)]
    return SigmoidMLPClassifier.from_weights(layers, biases, **parameters)


def perceptron(K, n_features=8):
    return PerceptronClassifier.from_weights(
        RNG.standard_normal((K, n_features)), classes=np.arange(K)
    )


def peak_of(call):
    """Peak of the memory that a call allocates, in MiB."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1] / MIB
    finally:
        tracemalloc.stop()


def seconds(call, repeat=5):
    """Least process time of a call, helper threads included."""
    taken = []
    for _ in range(repeat):
        start = time.process_time()
        call()
        taken.append(time.process_time() - start)
    return min(taken)


def learnt(model, *data, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(*data, **options)


# --- memory ------------------------------------------------------------------------------

K = 6000
SQUARE = K * K * 8 / MIB
"""A table of K × K numbers; every peak below is a small part of it."""

X = RNG.standard_normal((20, 8))
EVERY = np.arange(K)
ROWS = RNG.standard_normal((K, 8))


def weights_of(model):
    arrays = [*model.coefs_, *model.intercepts_] if hasattr(model, "coefs_") else [model.coef_]
    return sum(array.nbytes for array in arrays) / MIB


CALLS = {
    "predict": lambda m: m.predict(X),
    "predict one": lambda m: m.predict(X[:1]),
    "decision_function": lambda m: m.decision_function(X),
    "one row": lambda m: m.partial_fit(X[:1], [1]),
    "two rows": lambda m: m.partial_fit(X[:2], [1, K - 1]),
    "one row of a list": lambda m: m.partial_fit([X[0]], [1]),
    "one row with weight": lambda m: m.partial_fit(X[:1], [1], sample_weight=[2.0]),
    "classes again": lambda m: m.partial_fit(X[:1], [1], classes=EVERY),
    "balanced": lambda m: m.set_params(class_weight="balanced").partial_fit(X[:1], [1]),
    "class_weight": lambda m: m.set_params(class_weight={0: 2.0}).partial_fit(X[:1], [1]),
    "a new class": lambda m: m.partial_fit(X[:1], [K], growing=True),
    "score": lambda m: m.score(X, EVERY[:20]),
}
NETWORK_CALLS = {
    "predict_proba": lambda m: m.predict_proba(X),
    "predict_log_proba": lambda m: m.predict_log_proba(X),
    "total_cost": lambda m: m.total_cost(X, EVERY[:20]),
    "check_gradient": lambda m: m.check_gradient(X, EVERY[:20]),
    "momentum": lambda m: m.set_params(momentum=0.5).partial_fit(X[:1], [1]),
}


@pytest.mark.parametrize("name", [*CALLS, *NETWORK_CALLS])
def test_no_call_of_a_network_makes_a_square_table(name):
    model = network(K, batch_size=1, random_state=0)
    call = (CALLS | NETWORK_CALLS)[name]
    assert peak_of(lambda: call(model)) < 16 * weights_of(model) + 10 * 20 * K * 8 / MIB + 2
    assert 16 * weights_of(model) + 10 * 20 * K * 8 / MIB + 2 < SQUARE / 8


@pytest.mark.parametrize("name", CALLS)
def test_no_call_of_a_perceptron_makes_a_square_table(name):
    model = perceptron(K)
    assert peak_of(lambda: CALLS[name](model)) < SQUARE / 8


@pytest.mark.parametrize("keep", ["last", "best", "average"])
@pytest.mark.parametrize("kind", ["mlp", "perceptron"])
def test_no_fit_makes_a_square_table(kind, keep):
    """K rows, so what is made of all rows at once would be as large as the table."""
    options = {"max_iter": 1, "tol": None, "keep": keep, "random_state": 0}
    model = PerceptronClassifier(**options)
    if kind == "mlp":
        model = SigmoidMLPClassifier((16,), **options)
    assert peak_of(lambda: learnt(model, ROWS, EVERY)) < SQUARE / 2


def test_no_validation_makes_a_square_table():
    model = SigmoidMLPClassifier((16,), max_iter=1, tol=None, random_state=0)
    peak = peak_of(lambda: learnt(model, ROWS, EVERY, X_val=ROWS[:200], y_val=EVERY[:200]))
    assert peak < SQUARE / 2


def test_a_pickle_holds_no_square_table():
    model = network(K)
    assert peak_of(lambda: pickle.loads(pickle.dumps(model))) < SQUARE / 8


LARGE = """
import resource, sys
import numpy as np
from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

K, n = int(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(0)
X, y = rng.standard_normal((n, 8)), rng.integers(0, K, n)
small = SigmoidMLPClassifier((16,), max_iter=1, tol=None, random_state=0).fit(X, y % 9)
small.predict_proba(X[:2])
PerceptronClassifier(max_iter=1, tol=None).fit(X, y % 9).predict(X)
weights = (8 + 1) * 16 * 8 + (16 + 1) * K * 8
output = n * K * 8
with open("/proc/self/statm") as statm:
    used = int(statm.read().split()[0]) * resource.getpagesize()


def limit(more):
    bytes_ = used + weights + 256 * 2**20 + more
    resource.setrlimit(resource.RLIMIT_AS, (bytes_, resource.RLIM_INFINITY))


limit(0)
network = SigmoidMLPClassifier((16,), max_iter=1, tol=None, batch_size=1, random_state=0)
network.partial_fit(X[:5], y[:5], classes=np.arange(K))
for i in range(5):
    network.partial_fit(X[i : i + 1], y[i : i + 1])
    network.partial_fit([X[i]], [int(y[i])])
assert network.predict(X).shape == (n,)
network.score(X, y)
network.partial_fit(X[:1], [K], growing=True)
assert len(network.classes_) == K + 1
limit(output)
assert network.predict_proba(X).shape == (n, K + 1)
assert network.decision_function(X).shape == (n, K + 1)
print(network.t_)
del network
if len(sys.argv) > 3:
    everything = np.arange(K)
    rows = rng.standard_normal((K, 8), dtype=np.float32)
    limit(0)
    network = SigmoidMLPClassifier((16,), max_iter=1, tol=None, random_state=0)
    network.fit(rows, everything)
    print(network.predict(rows[:n]).shape[0])
"""


def run_large(*arguments):
    if not sys.platform.startswith("linux"):
        pytest.skip("limits of the address space are Linux's")
    root = str(Path(sknn_basic.__file__).parents[1])
    command = [sys.executable, "-c", LARGE, *map(str, arguments)]
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout.split()


def test_25_000_classes_one_row_each_call():
    """Weights of 3 MiB and 256 MiB more: a square table has 5 GB."""
    assert run_large(25_000, 50)[0] == "16"


@pytest.mark.slow
def test_100_000_classes():
    """Learn and predict; a fit on a row of each of 40,000, whose time is K² by nature.

    A square table of those would have 1.6 GB with a byte an entry.
    """
    assert run_large(100_000, 64) == ["16"]
    assert run_large(40_000, 64, "fit") == ["16", "64"]


# --- operations --------------------------------------------------------------------------

GROWTH = 9.0
"""Four times the classes are four times the work, and would be sixteen by K²."""


@pytest.mark.parametrize(
    "name", ["predict", "decision_function", "one row", "classes again", "score"]
)
def test_four_times_the_classes_are_four_times_the_work(name):
    few, many = 1500, 6000
    calls = {
        "predict": lambda m, K: m.predict(X),
        "decision_function": lambda m, K: m.decision_function(X),
        "one row": lambda m, K: m.partial_fit(X[:1], [1]),
        "classes again": lambda m, K: m.partial_fit(X[:1], [1], classes=np.arange(K)),
        "score": lambda m, K: m.score(X, np.arange(20)),
    }
    call = calls[name]
    models = {K: network(K, batch_size=1, random_state=0) for K in (few, many)}
    for K, model in models.items():
        call(model, K)

    def several(K):
        for _ in range(10):
            call(models[K], K)

    assert seconds(lambda: several(many)) < GROWTH * seconds(lambda: several(few))


def test_predict_is_not_much_slower_than_that_of_scikit_learn():
    K, rows = 3000, RNG.standard_normal((500, 8))
    theirs = MLPClassifier((16,), activation="logistic", random_state=0)
    theirs.partial_fit(rows[:2], [0, 1], classes=np.arange(K))
    ours = network(K)
    ours.predict(rows)
    assert seconds(lambda: ours.predict(rows)) < 3 * seconds(lambda: theirs.predict(rows))


@pytest.mark.parametrize("kind", ["mlp", "perceptron"])
def test_keeping_the_best_epoch_costs_no_more_than_an_epoch(kind):
    K = 3000
    options = {"max_iter": 1, "tol": None, "random_state": 0}
    model = PerceptronClassifier(**options)
    if kind == "mlp":
        model = SigmoidMLPClassifier((16,), **options)
    rows, y = RNG.standard_normal((K, 8)), np.arange(K)
    taken = {
        keep: seconds(lambda keep=keep: learnt(model.set_params(keep=keep), rows, y), 3)
        for keep in ("last", "best")
    }
    assert taken["best"] < 4 * taken["last"]


def grow(model, start, stop):
    for label in range(start, stop):
        model.partial_fit(X[:1], [label], growing=True)


@pytest.mark.parametrize("kind", ["mlp", "perceptron"])
def test_a_new_label_costs_the_same_among_many(kind):
    """The cost of a column: labels 4,000 to 4,030 as much as 50 to 80, about.

    Of thirty labels the cheapest counts: others may have met a busy machine.
    """

    def cheapest(start, stop):
        return min(seconds(lambda: grow(model, k, k + 1), 1) for k in range(start, stop))  # noqa: B023

    model = PerceptronClassifier(batch_size=1)
    if kind == "mlp":
        model = SigmoidMLPClassifier((16,), batch_size=1, random_state=0)
    grow(model, 0, 50)
    early = cheapest(50, 80)
    model.partial_fit(X[:1], [0], classes=np.arange(4000), growing=True)
    late = cheapest(4000, 4030)
    assert len(model.classes_) == 4030
    assert late < 6 * early


@pytest.mark.slow
def test_growing_to_1500_labels_one_a_call():
    model = SigmoidMLPClassifier((16,), batch_size=1, random_state=0)
    growing = seconds(lambda: grow(model, 0, 1500), 1)
    assert model.classes_.tolist() == list(range(1500))

    def plain():
        for label in range(1500):
            model.partial_fit(X[:1], [label])

    assert growing < 60 * seconds(plain, 1)
