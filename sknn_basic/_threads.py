"""One BLAS thread while the engine works.

The products of online learning are too small to share, and a result must not depend on how
many threads there are: matrix products cut in two round differently.
"""

import threading
from contextlib import contextmanager

from threadpoolctl import ThreadpoolController


class SingleThread:
    """Counts who works, so that the last one to leave gives the threads back."""

    def __init__(self):
        self.lock = threading.Lock()
        self.workers = 0
        self.controller = None
        self.libraries = []

    def enter(self):
        with self.lock:
            if self.controller is None:
                self.controller = ThreadpoolController().select(user_api="blas")
            self.workers += 1
            if self.workers > 1:
                return
            self.libraries = [
                (library, library.get_num_threads())
                for library in self.controller.lib_controllers
            ]
            for library, threads in self.libraries:
                if threads != 1:
                    library.set_num_threads(1)

    def leave(self):
        with self.lock:
            self.workers -= 1
            if self.workers:
                return
            for library, threads in self.libraries:
                if threads != 1:
                    library.set_num_threads(threads)


_SINGLE = SingleThread()


@contextmanager
def single_thread():
    """Keep BLAS to one thread inside the with block, whatever the environment says."""
    _SINGLE.enter()
    try:
        yield
    finally:
        _SINGLE.leave()
