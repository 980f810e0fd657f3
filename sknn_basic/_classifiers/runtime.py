"""What the process has to be told: one BLAS thread while the engine works, and whole steps.

The products of online learning are too small to share, and a result must not depend on how
many threads there are: matrix products cut in two round differently.

CPython runs signal handlers, and lets other threads in, between two instructions of Python
code. What is published here is published by one call that is C from end to end, so Ctrl-C
and every reader find the old model or the new one.
"""

import os
import threading
import warnings
from collections import deque
from functools import partial
from operator import call

from threadpoolctl import ThreadpoolController

from sknn_basic._classifiers.streams import fast_path

REPLACED = {"_class_totals", "_warned_of_size", "_stream", "_stream_cost", "_line"}
"""Private attributes that a new `fit` replaces, as it does all that end in an underscore."""


class SingleThread:
    """Runs work while NumPy's BLAS has one thread, whatever the environment says.

    It knows who works, so that the last one to end gives the threads back.
    """

    def __init__(self):
        self.lock = threading.RLock()
        self.workers = {}  # a key for each piece of work -> the thread that does it
        self.switches = None
        self.held = ()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=self._before_fork,
                after_in_parent=self._after_fork,
                after_in_child=self._after_fork_in_child,
            )

    def run(self, work, *arguments):
        """Return ``work(*arguments)``; the threads are given back whatever happens."""
        key = object()
        try:
            try:
                self._begin(key)
                return work(*arguments)
            finally:
                self._end(key)
        except BaseException:
            self._end(key)  # again: an interrupt may have cut the first time short
            raise

    def _begin(self, key):
        with self.lock:
            if self.switches is None:
                self.switches = [_switch(library) for library in _libraries()]
            if not self.workers:
                if self.held:
                    self._give_back()
                self.held = [
                    (set_number, number)
                    for get_number, set_number in self.switches
                    if (number := get_number()) != 1
                ]
                for set_number, _ in self.held:
                    set_number(1)
            self.workers[key] = threading.get_ident()

    def _end(self, key):
        """Do nothing the second time, so that it may be called until it has run through."""
        with self.lock:
            self.workers.pop(key, None)
            if self.held and not self.workers:
                self._give_back()

    def _give_back(self):
        for set_number, number in self.held:
            set_number(number)
        self.held = ()

    def _before_fork(self):
        self.lock.acquire()

    def _after_fork(self):
        self.lock.release()

    def _after_fork_in_child(self):
        """Start with a fresh lock; only the thread that forked lives on, and its work."""
        self.lock = threading.RLock()
        here = threading.get_ident()
        self.workers = {key: who for key, who in self.workers.items() if who == here}
        if not self.workers:
            self._give_back()


def _libraries():
    """The BLAS libraries that NumPy may use: not the one inside SciPy's wheel."""
    loaded = ThreadpoolController().select(user_api="blas").lib_controllers
    return [library for library in loaded if "scipy.libs" not in library.filepath] or loaded


def _switch(library):
    """How the number of a library's threads is read and set.

    OpenBLAS with a pool of its own is asked directly. threadpoolctl (from 3.7 on) lets only
    one thread of the process set the number, so a fit in a second one would round otherwise.
    """
    if library.internal_api == "openblas" and library.threading_layer != "openmp":
        for name in library.check_symbols:
            get_number = getattr(library.dynlib, name, None)
            set_number = getattr(library.dynlib, name.replace("_get_", "_set_"), None)
            if get_number is not None and set_number is not None:
                return get_number, set_number
    return library.get_num_threads, library.set_num_threads


SINGLE_THREAD = SingleThread()


def twin(estimator, attributes):
    """An estimator of the same class with these attributes."""
    other = object.__new__(type(estimator))
    other.__dict__ = attributes
    return other


def snapshot(estimator):
    """A twin with the attributes of this moment; a later `publish` does not reach it."""
    return twin(estimator, vars(estimator))


def draft(estimator):
    """A twin with a copy of the attributes: what is set there is not set here."""
    return twin(estimator, {**vars(estimator)})


def become(estimator, twin):
    """Give an estimator all attributes of its twin."""
    object.__setattr__(estimator, "__dict__", vars(twin))


def publish(estimator, outcome, anew=False, level=3):
    """Warn if that is due, and give the estimator its new attributes; `anew`: only these.

    Sparse rows of few columns change the weights in place, unless somebody is at work and
    may be reading them.
    """
    if outcome.warning is not None:
        message, category = outcome.warning
        warnings.warn(message, category, stacklevel=level)  # where `fit` was called
    if outcome.wide is None:
        return _swap(estimator, outcome, outcome.training, outcome.kept, anew)
    with SINGLE_THREAD.lock:
        in_place = not SINGLE_THREAD.workers
        training, kept, writes = outcome.wide.widened(outcome.training, outcome.kept, in_place)
        return _swap(estimator, outcome, training, kept, anew, writes)


def _swap(estimator, outcome, training, kept, anew, writes=()):
    """Make the new attributes the estimator's, and the writes, in one stroke."""
    news = attributes_after(estimator, training, kept, outcome.news)
    state = {**vars(estimator), **news}
    if anew:
        fitted = {name for name in state if name.endswith("_") or name in REPLACED}
        for name in fitted - news.keys():
            del state[name]
    checked = outcome.checked
    if checked is None:
        checked = fast_path.remember(twin(estimator, state))
    state["_checked"] = checked
    if writes:
        swap = partial(object.__setattr__, estimator, "__dict__", state)
        deque(map(call, (*writes, swap)), maxlen=0)  # one call for all of them
    else:
        object.__setattr__(estimator, "__dict__", state)


def attributes_after(estimator, training, kept, news):
    """All new attributes, public and private."""
    apart = kept is not training.parameters
    if training.best.parameters is not None:
        training = training._replace(best=training.best._replace(parameters=None))
    return {
        **estimator._attributes(kept),
        **news,
        "n_iter_": training.epochs,
        "t_": training.samples,
        "_training": training,
        "_last_parameters": training.parameters if apart else None,
    }


def copied_attributes(estimator, outcome):
    """The attributes if `fit` ended now, in arrays of their own, for a callback."""
    kept = outcome.kept.copy()
    training = outcome.training._replace(parameters=kept)
    return attributes_after(estimator, training, kept, outcome.news) | {"_checked": None}
