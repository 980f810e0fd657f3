"""A disk that is full, as far as this process can tell."""

import contextlib


@contextlib.contextmanager
def no_room_beyond(n_bytes):
    """Let no file grow beyond this: writing more is an OSError."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
