"""A few lines that Ctrl-C cannot cut in two."""

import signal

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
