"""Files that are written all at once."""

import os
import signal
import stat
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

ENDINGS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if hasattr(signal, name)
]
"""The signals that ask a program to end."""


def check_writable(path: str | os.PathLike[str]) -> os.stat_result | None:
    """What is at `path` now, or None, if `write_at_once` can write there.

    Raises
    ------
    OSError
        If it cannot; the message says why.
    """
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        _check_folder(Path(os.path.realpath(path)).parent, path)
        return None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(f"path must name a file, but {os.fspath(path)} is a folder.")
    if not (found.st_mode & 0o222 and os.access(path, os.W_OK)):
        raise PermissionError(f"{os.fspath(path)} must not be changed: it forbids writing.")
    if _is_replaced(found):
        _check_folder(Path(os.path.realpath(path)).parent, path)
    return found


def _check_folder(folder: Path, path: str | os.PathLike[str]) -> None:
    if not folder.is_dir():
        raise FileNotFoundError(f"path must be in a folder that exists, got {path}.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(f"{folder}, the folder of {path}, forbids writing.")


def write_at_once(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file that then takes the place of `path`.

    Whoever reads meanwhile sees the old file or the new one, and a failure leaves the old one.
    The new file has the mode and the owner of the old one, and a symbolic link stays. A file
    with several names (hard links), or with an owner whom this user cannot give a file, is
    written over instead, so that it stays one file. What is no regular file, a device or a
    pipe, takes the data.

    Signals that ask the program to end wait until the file is complete.

    Raises
    ------
    OSError
        If `path` cannot be written to; a file that forbids writing stays as it is.
    """
    found = check_writable(path)
    if found is not None and not stat.S_ISREG(found.st_mode):
        with open(path, "wb") as file:
            file.write(data)
        return
    with _endings_wait():
        replaced = _is_replaced(found) and _replace(Path(os.path.realpath(path)), data, found)
        if not replaced:
            _write_over(Path(path), data)


def _is_replaced(found: os.stat_result | None) -> bool:
    """Whether another file takes the place of what was found."""
    return found is None or (stat.S_ISREG(found.st_mode) and found.st_nlink == 1)


def _replace(path: Path, data: bytes, found: os.stat_result | None) -> bool:
    """Put a new file in the place of `path`; false, and nothing done, if none can be like it.

    Where the system can do that, the new file has no name until it is complete: then not even
    a process that is killed leaves a part of one.
    """
    part = path.with_name(f".{uuid4().hex}.part")
    try:
        descriptor, has_name = _new_file(part)
        with open(descriptor, "wb") as file:
            if found is not None and not _made_alike(descriptor, found):
                return False
            file.write(data)
            file.flush()
            if not has_name:
                _give_name(descriptor, part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return True


def _new_file(part: Path) -> tuple[int, bool]:
    """Make an empty file, and tell whether it has a name yet."""
    if hasattr(os, "O_TMPFILE") and os.path.isdir("/proc/self/fd"):
        with suppress(OSError):  # some file systems cannot do that
            return os.open(part.parent, os.O_TMPFILE | os.O_WRONLY, 0o666), False
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    return os.open(part, flags, 0o666), True


def _give_name(descriptor: int, path: Path) -> None:
    """Give an open file without a name this one."""
    # src_dir_fd, not used for a whole path, makes Python follow the link
    os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=descriptor, follow_symlinks=True)


def _made_alike(descriptor: int, found: os.stat_result) -> bool:
    """Give an open file the owner and mode of another, if this user may."""
    made = os.fstat(descriptor)
    if hasattr(os, "fchown"):
        try:
            if (made.st_uid, made.st_gid) != (found.st_uid, found.st_gid):
                os.fchown(descriptor, found.st_uid, found.st_gid)
        except OSError:
            return False
        os.fchmod(descriptor, stat.S_IMODE(found.st_mode))
    return True


def _write_over(path: Path, data: bytes) -> None:
    """Write into the file that is there; put back what was in it if that fails."""
    before = path.read_bytes()
    try:
        path.write_bytes(data)
    except BaseException:
        path.write_bytes(before)
        raise


@contextmanager
def _endings_wait() -> Iterator[None]:
    """Let signals that ask the program to end come after this.

    Only the main thread can do that, and only where the handlers are Python's.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    try:
        with ExitStack() as handlers:
            for number in ENDINGS:
                before = signal.getsignal(number)
                if before is not None:
                    handlers.callback(signal.signal, number, before)
                    signal.signal(number, lambda number, _: came.append(number))
            yield
    finally:
        for number in sorted(set(came), key=lambda number: number == signal.SIGINT):
            signal.raise_signal(number)
