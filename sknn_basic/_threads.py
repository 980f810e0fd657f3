"""One BLAS thread while the engine works.

The products of online learning are too small to share, and a result must not depend on how
many threads there are: matrix products cut in two round differently.
"""

import threading

from threadpoolctl import ThreadpoolController


class SingleThread:
    """A context in which BLAS has one thread, whatever the environment says.

    It counts who works in it, so that the last one to leave gives the threads back.
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.workers = 0
        self.libraries = None
        self.before = ()

    def __enter__(self):
        with self.lock:
            if self.libraries is None:
                blas = ThreadpoolController().select(user_api="blas")
                self.libraries = blas.lib_controllers
            if self.workers == 0:
                self.before = [library.get_num_threads() for library in self.libraries]
                self._set([1] * len(self.libraries))
            self.workers += 1

    def __exit__(self, *exception):
        with self.lock:
            self.workers -= 1
            if self.workers == 0:
                self._set(self.before)

    def _set(self, threads):
        for library, before, number in zip(self.libraries, self.before, threads, strict=True):
            if before != 1:
                library.set_num_threads(number)


SINGLE_THREAD = SingleThread()
