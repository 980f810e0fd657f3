"""Fork while another thread fits; each child learns and predicts.

Run as a program: ``python forks_beside_a_fit.py FORKS`` prints a JSON object.
"""

import json
import os
import signal
import sys
import threading
import time
import warnings

import numpy as np
from threadpoolctl import ThreadpoolController

from sknn_basic import SigmoidMLPClassifier

PATIENCE = 120
"""Seconds in which all children together must have ended: a hundred times what they need."""

RNG = np.random.default_rng(0)
X, y = RNG.random((400, 30)), RNG.integers(0, 3, 400)
MODEL = SigmoidMLPClassifier((20,), max_iter=3, tol=None, random_state=0)


def numbers():
    """The number of threads of each BLAS."""
    return [library["num_threads"] for library in BLAS.info()]


def child(model, answer):
    """Learn, predict, tell the numbers of threads, and end."""
    try:
        first = numbers()
        model.partial_fit(X[:1], y[:1]).partial_fit(X, y)
        model.predict(X[:1])
        os.write(answer, json.dumps([first, numbers()]).encode() + b"\n")
        os._exit(0)
    except BaseException:
        os._exit(1)


def wait_for(children):
    """How many of them hung, and how many failed."""
    failed, until = 0, time.monotonic() + PATIENCE
    while children and time.monotonic() < until:
        for pid in list(children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                children.remove(pid)
                failed += status != 0
        time.sleep(0.01)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return len(children), failed


def main(forks):
    warnings.simplefilter(
        "ignore", DeprecationWarning
    )  # forks beside threads: that is the test
    model = MODEL.fit(X, y)
    configured = numbers()
    stop = threading.Event()

    def work():
        other = SigmoidMLPClassifier((20,), max_iter=3, tol=None, random_state=1)
        while not stop.is_set():
            other.fit(X, y)
            other.partial_fit(X[:1], y[:1])

    worker = threading.Thread(target=work)
    worker.start()
    told, answer = os.pipe()
    children = []
    for _ in range(forks):
        time.sleep(0.002 * RNG.random())
        pid = os.fork()
        if pid == 0:
            child(model, answer)
        children.append(pid)
    stop.set()
    worker.join()
    hung, failed = wait_for(children)
    os.close(answer)
    with os.fdopen(told) as lines:
        seen = sorted({tuple(pair) for line in lines for pair in json.loads(line)})
    report = {
        "forks": forks,
        "hung": hung,
        "failed": failed,
        "configured": configured,
        "threads_in_children": seen,
        "threads_after": numbers(),
    }
    sys.stdout.write(json.dumps(report))


BLAS = ThreadpoolController().select(user_api="blas")

if __name__ == "__main__":
    main(int(sys.argv[1]))
