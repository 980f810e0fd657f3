"""What the engine needs beyond X: little memory, no copy of X, one answer for any threads."""

import os
import subprocess
import sys
import tracemalloc
import weakref

import numpy as np
import pytest
from scipy import sparse

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

MIB = 2**20


def peak_of(call):
    """Peak of the memory that a call allocates, in MiB."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1] / MIB
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("m", [1, 10, 128])
def test_fit_copies_nothing_of_a_large_x(shuffle, m):
    rng = np.random.default_rng(0)
    X, y = rng.random((60_000, 784)), rng.integers(0, 10, 60_000)
    network = SigmoidMLPClassifier(
        (30,), batch_size=m, max_iter=1, tol=None, shuffle=shuffle, random_state=0
    )
    assert peak_of(lambda: network.fit(X, y)) < 32
    perceptron = PerceptronClassifier(batch_size=m, max_iter=1, tol=None, shuffle=shuffle)
    assert peak_of(lambda: perceptron.fit(X, y)) < 32


def test_a_batch_of_all_rows_needs_room_for_its_activations_only():
    X, y = np.random.default_rng(0).random((5000, 8)), np.arange(5000) % 3
    for estimator in (SigmoidMLPClassifier((4,)), PerceptronClassifier()):
        estimator.set_params(batch_size=10_000, max_iter=2, tol=None)
        peak = peak_of(lambda model=estimator: model.fit(X, y))
        assert peak < 5  # a number for each pair of rows would need 190


def test_float32_never_becomes_float64():
    rng = np.random.default_rng(0)
    X, y = rng.random((4_000, 784), dtype=np.float32), rng.integers(0, 10, 4_000)
    network = SigmoidMLPClassifier((30,), batch_size=10, max_iter=1, tol=None)
    assert peak_of(lambda: network.fit(X, y)) < 8  # X itself is 12 MiB


def test_sparse_input_is_never_made_dense():
    rng = np.random.default_rng(0)
    at = rng.integers(0, 3_000, 60_000), rng.integers(0, 200_000, 60_000)
    X = sparse.csr_matrix((rng.random(60_000), at), shape=(3_000, 200_000))
    y = np.arange(3_000) % 3
    weights = 200_000 * 5 * 8 / MIB
    for more in ({}, {"momentum": 0.9, "alpha": 1e-5}):
        network = SigmoidMLPClassifier((5,), batch_size=4, max_iter=1, tol=None, **more)
        held = weights * (1 + bool(more))  # the velocity is as large as the weights
        assert peak_of(lambda model=network: model.fit(X, y)) < 3 * held + 64


@pytest.mark.parametrize(
    ("n", "room"), [(25_000, 80), pytest.param(50_000, 150, marks=pytest.mark.slow)]
)
def test_a_file_larger_than_the_memory_can_be_fitted(tmp_path, n, room):
    """A read-only memmap of 150 or 300 MiB where only half as much can be allocated."""
    script = f"""
import resource
import numpy as np
from sknn_basic import SigmoidMLPClassifier
import sklearn.utils.estimator_checks

path = {str(tmp_path / "X.dat")!r}
written = np.memmap(path, np.float64, "w+", shape=({n}, 784))
rng = np.random.default_rng(0)
for start in range(0, {n}, 5_000):
    written[start : start + 5_000] = rng.random((5_000, 784))
written.flush()
del written
X = np.memmap(path, np.float64, "r", shape=({n}, 784))
y = np.arange({n}) % 10
network = SigmoidMLPClassifier((10,), batch_size=10, max_iter=1, tol=None, random_state=0)
network.fit(X[:100], y[:100])
with open("/proc/self/statm") as statm:
    used = int(statm.read().split()[0]) * resource.getpagesize()
limit = used + {room} * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
network.fit(X, y)
print(network.t_)
"""
    if not sys.platform.startswith("linux"):
        pytest.skip("limits of the address space are Linux's")
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stdout.strip() == str(n), run.stderr


HASH_OF_MODELS = """
import hashlib
import numpy as np
from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
rng = np.random.default_rng(0)
X, y = rng.random((600, 400)), rng.integers(0, 10, 600)
X[:, 250:] = 0.0
digest = hashlib.sha256()
for kind in (np.float64, np.float32):
    for m in (1, 10, 200):
        model = SigmoidMLPClassifier((80,), batch_size=m, max_iter=2, tol=None, random_state=0)
        model.fit(X.astype(kind), y)
        digest.update(model.coefs_[0].tobytes())
        digest.update(model.predict_proba(X.astype(kind)).tobytes())
        model = PerceptronClassifier(batch_size=m, max_iter=2, tol=None, random_state=0)
        digest.update(model.fit(X.astype(kind), y).coef_.tobytes())
print(digest.hexdigest())
"""


def test_the_result_does_not_depend_on_the_threads_of_this_process(capsys):
    from threadpoolctl import threadpool_limits

    for threads in (1, 2, 3):
        with threadpool_limits(threads, user_api="blas"):
            exec(HASH_OF_MODELS, {})
    assert len(set(capsys.readouterr().out.split())) == 1


@pytest.mark.slow
def test_the_result_does_not_depend_on_the_number_of_threads():
    answers = set()
    for threads in ("1", "2", None):
        env = {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        env = {name: value for name, value in env.items() if value}
        run = subprocess.run(
            [sys.executable, "-c", HASH_OF_MODELS],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **env},
        )
        assert run.returncode == 0, run.stderr
        answers.add(run.stdout)
    assert len(answers) == 1


@pytest.mark.slow
def test_every_thread_can_hold_blas_at_one_thread():
    script = """
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from threadpoolctl import threadpool_info
from sknn_basic._classifiers.runtime import SINGLE_THREAD
def threads():
    return [pool["num_threads"] for pool in threadpool_info() if "numpy" in pool["filepath"]]
def inside(_):
    return SINGLE_THREAD.run(threads)
before, here = threads(), inside(0)
assert before and set(here) == {1}
with ThreadPoolExecutor(1) as pool:
    assert all(there == here for there in pool.map(inside, range(3)))
    assert threads() == before
"""
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "2"}
    subprocess.run([sys.executable, "-c", script], check=True, env=env)


@pytest.mark.parametrize("times", [4, pytest.param(10, marks=pytest.mark.slow)])
def test_an_endless_stream_needs_no_more_memory(times):
    rng = np.random.default_rng(0)
    X, y = rng.random((500, 20)), rng.integers(0, 3, 500)
    network = SigmoidMLPClassifier((5,), batch_size=1).partial_fit(X, y, classes=[0, 1, 2])

    def stream():
        for i in range(500):
            network.partial_fit(X[i : i + 1], y[i : i + 1])

    tracemalloc.start()
    try:
        for _ in range(times):  # the interpreter keeps up to 2,000 small objects for later use
            stream()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(times):
            stream()
        assert tracemalloc.get_traced_memory()[0] - before < 4_000
    finally:
        tracemalloc.stop()


def test_threads_are_given_back():
    from threadpoolctl import threadpool_info, threadpool_limits

    def threads():
        return [pool["num_threads"] for pool in threadpool_info()]

    X, y = np.eye(4), [0, 1, 0, 1]
    with threadpool_limits(2, user_api="blas"):
        before = threads()
        assert 2 in before
        network = SigmoidMLPClassifier((3,), max_iter=2, tol=None).fit(X, y)
        network.partial_fit(X[:1], [0]).predict(X)
        with pytest.raises(ValueError, match="NaN"):
            network.fit(X * np.nan, y)
        assert threads() == before


def test_an_estimator_does_not_hold_on_to_its_data():
    X, y = np.random.default_rng(0).random((300, 6)), np.arange(300) % 3
    for data in (X, sparse.csr_matrix(X)):
        network = SigmoidMLPClassifier((4,), max_iter=2, tol=None).fit(data, y)
        for n in (300, 3, 1):
            rows = data[:n].copy()
            watched = weakref.ref(rows)
            network.partial_fit(rows, y[:n]).predict(rows)
            del rows
            assert watched() is None
