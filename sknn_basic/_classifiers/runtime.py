"""One BLAS thread while the engine works.

The products of online learning are too small to share, and a result must not depend on how
many threads there are: matrix products cut in two round differently.
"""

import signal
import threading

from threadpoolctl import ThreadpoolController


class SingleThread:
    """A context in which NumPy's BLAS has one thread, whatever the environment says.

    It counts who works in it, so that the last one to leave gives the threads back.
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.workers = 0
        self.switches = None
        self.held = ()

    def __enter__(self):
        with self.lock:
            if self.switches is None:
                self.switches = [_switch(library) for library in _libraries()]
            if self.workers == 0:
                self.held = [
                    (set_number, number)
                    for get_number, set_number in self.switches
                    if (number := get_number()) != 1
                ]
                for set_number, _ in self.held:
                    set_number(1)
            self.workers += 1

    def __exit__(self, *exception):
        with self.lock:
            self.workers -= 1
            if self.workers == 0:
                for set_number, number in self.held:
                    set_number(number)


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

HELD = {signal.SIGINT, signal.SIGTERM}


class SignalsHeld:
    """A context in which Ctrl-C waits until its end (where the system can do that)."""

    if hasattr(signal, "pthread_sigmask"):

        def __enter__(self):
            self.before = signal.pthread_sigmask(signal.SIG_BLOCK, HELD)

        def __exit__(self, *exception):
            signal.pthread_sigmask(signal.SIG_SETMASK, self.before)

    else:

        def __enter__(self):
            pass

        def __exit__(self, *exception):
            pass
