"""Interrupt a model at moments spread evenly over its work, and look at what is left of it.

Run as a program: ``python interrupted_calls.py KIND HITS`` prints a JSON object. The system's
timer sends one signal a round, which raises KeyboardInterrupt as Ctrl-C does; so its times do
not depend on the interpreter's lock, nor on another process that must be awake. A second thread
is there to which the system may deliver it.
"""

import json
import pickle
import signal
import sys
import threading
import time
import warnings
from hashlib import blake2b

import numpy as np
from scipy import sparse
from sklearn.base import clone
from threadpoolctl import ThreadpoolController

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

LEAD = 1e-4
"""Seconds from the start of a round to that of its call."""

LATE, STEER = 0.8, 1.03
"""Every other signal comes beyond this part of the moments, where the new state is published.
Half of those should come after the return: by this factor the time that a call is said to take
is made longer or shorter until they do.
"""

GOLDEN = 0.5 * (5**0.5 - 1)
"""Multiples of it, modulo 1, leave no gap between them that is more than twice another's."""


def spin_until(moment):
    """Wait without sleeping."""
    while time.perf_counter() < moment:
        pass


def digests(model):
    """A digest of each fitted attribute."""
    found = {}
    for name, value in vars(model).items():
        if name.endswith("_") and not name.startswith("_"):
            arrays = value if isinstance(value, list) else [value]
            text = blake2b(digest_size=16)
            for array in arrays:
                text.update(array.tobytes() if hasattr(array, "tobytes") else b"")
                text.update(repr(getattr(array, "shape", array)).encode())
            found[name] = text.hexdigest()
    return found


class Kind:
    """A call that is interrupted, and the states that it may leave.

    Parameters
    ----------
    start : estimator or list of estimator
        Where each round starts from, in turn.
    call : callable
        What is interrupted, given the model.
    epochs : int or None
        How many complete epochs the call may keep; None: all or nothing.
    next_call : callable
        What must still give the same result afterwards.
    """

    def __init__(self, starts, call, next_call, epochs=None):
        self.starts = [pickle.dumps(start) for start in starts]
        self.call, self.next_call = call, next_call
        parts = [None] if epochs is None else range(1, epochs + 1)
        self.legal = [
            [self.reached(start, part) for part in (0, *parts)] for start in self.starts
        ]
        self.durations = [
            np.median([self.seconds(at) for _ in range(9)]) for at in range(len(starts))
        ]

    def seconds(self, at):
        """How long the call takes from one of the starts."""
        model = self.model(at)
        start = time.perf_counter()
        self.call(model)
        return time.perf_counter() - start

    def model(self, at):
        """A model as it was at the start."""
        return pickle.loads(self.starts[at])

    def reached(self, start, part):
        """A legal state, and that after one more call."""
        model = pickle.loads(start)
        if part == 0:
            pass
        elif part is None:
            self.call(model)
        else:
            whole = model.max_iter
            self.call(model.set_params(max_iter=part))
            model.set_params(max_iter=whole)
        state = digests(model)
        self.next_call(model)
        return state, digests(model)


RNG = np.random.default_rng(0)
ONLINE = {"batch_size": 1, "random_state": 0}
EPOCHS = {"batch_size": 16, "max_iter": 4, "tol": None, "random_state": 0}


def sparse_rows(n):
    """Rows of 50,000 columns, 40 of them filled."""
    places = np.repeat(np.arange(n), 40), RNG.integers(0, 50_000, 40 * n)
    return sparse.csr_matrix((RNG.random(40 * n), places), shape=(n, 50_000))


def begun(model, X):
    """The model after all rows and one alone."""
    y = np.arange(X.shape[0]) % 3
    return model.partial_fit(X, y, classes=[0, 1, 2]).partial_fit(X[:1], [1])


def one_row(model, X):
    """`partial_fit` of one row."""

    def step(model):
        model.partial_fit(X[:1], np.array([0]))

    return Kind([begun(model, X)], step, step)


def fits(models, X):
    """`fit` of all rows by each of the models, which start as they are."""
    y = np.arange(X.shape[0]) % 3

    def fit(model):
        model.fit(X, y)

    def more(model):
        model.partial_fit(X[:1], [2], classes=[0, 1, 2])

    return Kind(models, fit, more, epochs=EPOCHS["max_iter"])


def cold_fit(X):
    """A fit of a network and of a perceptron that were fitted, and of one that was not."""
    models = [SigmoidMLPClassifier((20,), **EPOCHS), PerceptronClassifier(**EPOCHS)]
    return fits([begun(model, X) for model in models] + [clone(models[0])], X)


def warm_fit(X):
    """The same with ``warm_start=True``."""
    models = [SigmoidMLPClassifier((20,), **EPOCHS), PerceptronClassifier(**EPOCHS)]
    return fits(
        [begun(model.set_params(warm_start=True, keep="last"), X) for model in models], X
    )


def prediction():
    """`predict`, which changes nothing."""
    X = RNG.random((150, 40))
    model = begun(SigmoidMLPClassifier((20,), **ONLINE), X)
    expected = model.predict(X[:1])

    def predict(model):
        for _ in range(20):
            if not np.array_equal(model.predict(X[:1]), expected):
                raise AssertionError("another answer")

    return Kind([model], predict, lambda model: model.partial_fit(X[:1], [2]))


def growing_answers(X):
    """`predict_then_learn` of rows that bring classes: all of its parts, or none."""
    model = SigmoidMLPClassifier((20,), **ONLINE).partial_fit(X[:1], [0], growing=True)
    y = np.arange(X.shape[0]) // 10

    def answer(model):
        model.predict_then_learn(X, y, growing=True)

    return Kind([model], answer, lambda model: model.partial_fit(X[:1], [0]))


KINDS = {
    "one-row-dense": lambda: one_row(
        SigmoidMLPClassifier((300, 100), **ONLINE), RNG.random((20, 784)) / 10
    ),
    "one-row-perceptron": lambda: one_row(
        PerceptronClassifier(**ONLINE), RNG.standard_normal((20, 20_000))
    ),
    "one-row-wide": lambda: one_row(SigmoidMLPClassifier((5,), **ONLINE), sparse_rows(20)),
    "fit": lambda: cold_fit(RNG.random((150, 40))),
    "fit-wide": lambda: cold_fit(sparse_rows(60)),
    "warm-fit": lambda: warm_fit(RNG.random((150, 40))),
    "warm-fit-wide": lambda: warm_fit(sparse_rows(60)),
    "predict": prediction,
    "growing-answers": lambda: growing_answers(sparse_rows(40)),
}


class Interrupter:
    """Makes calls each of which a signal meets, or just misses."""

    def __init__(self):
        self.spread, self.part, self.rounds, self.came = 0.0, 0.0, 0, False
        signal.signal(signal.SIGALRM, self.interrupt)

    def interrupt(self, *_):
        """Note that the signal has come, and do what Ctrl-C does."""
        self.came = True
        raise KeyboardInterrupt

    def meet(self, call, model, durations, at):
        """Make the call; tell how far it came: "before", "raised" or "returned"."""
        reached = self.reached(call, model, durations[at])
        if self.part > LATE:
            durations[at] *= 1 / STEER if reached == "returned" else STEER
        return reached

    def reached(self, call, model, duration):
        """How far a call that should take so long has come when the signal comes."""
        self.spread, self.came, self.rounds = (
            (self.spread + GOLDEN) % 1.0,
            False,
            self.rounds + 1,
        )
        self.part = LATE + (1.0 - LATE) * self.spread if self.rounds % 2 else self.spread
        reached = "before"
        try:
            start = time.perf_counter() + LEAD
            wait = LEAD + duration * (1.2 * self.part - 0.1)
            signal.setitimer(signal.ITIMER_REAL, max(LEAD / 2, wait))
            spin_until(start)
            reached = "raised"
            call(model)
            reached = "returned"
            while not self.came:
                time.sleep(0.001)
        except KeyboardInterrupt:
            pass
        return reached


def main(name, wanted):
    """Interrupt calls of this kind until so many interrupts have met one."""
    interrupter = Interrupter()
    kind = KINDS[name]()
    blas = ThreadpoolController().select(user_api="blas")
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    configured = [library["num_threads"] for library in blas.info()]
    warnings.simplefilter("always")
    report = {"hits": 0, "rounds": 0, "kept": {}, "torn": [], "threads": 0, "wrong": []}
    with open("/proc/self/status") as status:
        report["os_threads"] = int(status.read().split("Threads:")[1].split()[0])
    while report["hits"] < wanted:
        one_round(kind, interrupter, report, lambda: warnings.catch_warnings(record=True))
        if [library["num_threads"] for library in blas.info()] != configured:
            report["threads"] += 1
            for library, number in zip(blas.lib_controllers, configured, strict=True):
                library.set_num_threads(number)
    sys.stdout.write(json.dumps(report))


def one_round(kind, interrupter, report, recorded):
    """One interrupted call, and what is found after it."""
    at = report["rounds"] % len(kind.starts)
    report["rounds"] += 1
    model = kind.model(at)
    with recorded() as warned:
        came = interrupter.meet(kind.call, model, kind.durations, at)
    said = any("interrupted" in str(warning.message) for warning in warned)
    if came == "raised" or said:
        report["hits"] += 1
    state = digests(model)
    reached = [k for k, (legal, _) in enumerate(kind.legal[at]) if legal == state]
    if not reached:
        report["torn"].append(mixture(state, kind.legal[at]))
        return
    part = reached[-1]
    report["kept"][str(part)] = report["kept"].get(str(part), 0) + 1
    if came == "returned" and not said and part < len(kind.legal[at]) - 1:
        report["wrong"].append(f"it returned with part {part} and no word")
    if came == "before":
        return
    kind.next_call(model)
    if digests(model) != kind.legal[at][part][1]:
        report["wrong"].append(f"the call after part {part} gives something else")


def mixture(state, legal):
    """Which attribute is that of which legal state."""
    return {
        name: [k for k, (other, _) in enumerate(legal) if other.get(name) == digest]
        for name, digest in state.items()
    }


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
