"""Files that are written all at once: what a file was it stays, and nothing is left over."""

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from full_disk import no_room_beyond

from sknn_basic import _files
from sknn_basic._files import check_writable, write_at_once

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX files and signals")

OLD, NEW = b"old " * 100, b"new " * 1000


@pytest.fixture(params=["without a name first", "with a name"])
def way(request, monkeypatch):
    """Both ways to make the new file, whatever this system can do."""
    if request.param == "with a name":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    return request.param


@pytest.fixture
def path(tmp_path, way):
    path = tmp_path / "file"
    path.write_bytes(OLD)
    return path


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def only(path):
    """Whether there is nothing beside this file."""
    return list(path.parent.iterdir()) == [path]


def test_a_new_file_has_the_usual_mode(path):
    old = os.umask(0o027)
    try:
        write_at_once(path.with_name("new"), NEW)
    finally:
        os.umask(old)
    assert path.with_name("new").read_bytes() == NEW
    assert mode(path.with_name("new")) == 0o640
    assert len(list(path.parent.iterdir())) == 2


@pytest.mark.parametrize("bits", [0o600, 0o644, 0o664, 0o755, 0o200])
def test_a_file_keeps_its_mode(path, bits):
    path.chmod(bits)
    write_at_once(path, NEW)
    assert mode(path) == bits
    path.chmod(0o600)
    assert path.read_bytes() == NEW
    assert only(path)


@pytest.mark.parametrize("bits", [0o444, 0o400, 0o555])
def test_a_file_that_forbids_writing_is_an_error(path, bits):
    path.chmod(bits)
    for call in (lambda: write_at_once(path, NEW), lambda: check_writable(path)):
        with pytest.raises(PermissionError, match="forbids writing") as caught:
            call()
        assert str(path) in str(caught.value)
    assert path.read_bytes() == OLD
    assert mode(path) == bits
    assert only(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root only")
def test_a_file_keeps_its_owner(path):
    os.chown(path, 1234, 2345)
    path.chmod(0o640)
    write_at_once(path, NEW)
    found = path.stat()
    assert (found.st_uid, found.st_gid, mode(path)) == (1234, 2345, 0o640)
    assert path.read_bytes() == NEW


def test_a_file_whose_owner_cannot_be_kept_is_written_over(path, monkeypatch):
    def forbidden(*_):
        raise PermissionError("not the owner")

    found = path.stat()
    other = {"st_mode": found.st_mode, "st_nlink": 1, "st_gid": found.st_gid}
    other = SimpleNamespace(st_uid=found.st_uid + 1, **other)
    monkeypatch.setattr(_files, "check_writable", lambda _: other)
    monkeypatch.setattr(os, "fchown", forbidden)
    write_at_once(path, NEW)
    assert path.read_bytes() == NEW
    assert path.stat().st_ino == found.st_ino
    assert only(path)


def test_hard_links_stay_one_file(path):
    path.with_name("other").hardlink_to(path)
    write_at_once(path, NEW)
    assert path.with_name("other").read_bytes() == NEW
    assert path.samefile(path.with_name("other"))
    with no_room_beyond(1000), pytest.raises(OSError, match="too large"):
        write_at_once(path, b"x" * 5000)
    assert path.stat().st_nlink == 2
    assert len(list(path.parent.iterdir())) == 2


def test_a_failure_puts_back_what_was_in_a_file_with_two_names(path):
    path.with_name("other").hardlink_to(path)
    with no_room_beyond(1000), pytest.raises(OSError, match="too large"):
        write_at_once(path, NEW)
    assert path.read_bytes() == OLD


def test_a_symbolic_link_stays(path):
    for target in ("file", "nothing yet"):
        link = path.with_name(f"link to {target}")
        link.symlink_to(target)
        write_at_once(link, NEW)
        assert link.is_symlink()
        assert path.with_name(target).read_bytes() == NEW


def test_a_failure_leaves_the_old_file(path):
    with no_room_beyond(1000), pytest.raises(OSError, match="too large"):
        write_at_once(path, NEW)
    assert path.read_bytes() == OLD
    assert only(path)


def test_a_device_stays_one(way):
    before = os.stat("/dev/null")
    write_at_once("/dev/null", NEW)
    assert os.stat("/dev/null") == before
    assert stat.S_ISCHR(before.st_mode)


def test_a_pipe_takes_the_data(tmp_path, way):
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    check_writable(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_at_once(pipe, NEW * 50)
    reader.join()
    assert got == [NEW * 50]
    assert pipe.is_fifo()
    assert only(pipe)


def test_what_cannot_be_written_to(path):
    folder = path.parent
    for wrong, kind, match in [
        (folder, IsADirectoryError, "must name a file"),
        (folder / "none" / "file", FileNotFoundError, "in a folder that exists, got .*none"),
        (path / "file", FileNotFoundError, "in a folder that exists"),
    ]:
        for call in (check_writable, lambda p: write_at_once(p, NEW)):
            with pytest.raises(kind, match=match):
                call(wrong)
    assert path.read_bytes() == OLD
    assert only(path)
    assert check_writable(folder / "new") is None
    assert only(path)


# --- signals -------------------------------------------------------------------------------

WRITER = f"""
import importlib.util, os, signal, sys, threading
spec = importlib.util.spec_from_file_location("files", {_files.__file__!r})
files = importlib.util.module_from_spec(spec)
spec.loader.exec_module(files)
path, size = sys.argv[1], int(sys.argv[2])
"""

FOR_EVER = """
print("ready", flush=True)
while True:
    for letter in (b"a", b"b"):
        files.write_at_once(path, letter * size)
"""

WITH_A_NAME = "del os.O_TMPFILE\n" if hasattr(os, "O_TMPFILE") else ""


def start(script, path, size=2_000_000):
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", WRITER + script, str(path), str(size)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def ended_by_signals(script, path, number, delays):
    """Start writers, and end each after a delay; the letters that the files then held."""
    letters = set()
    for delay in delays:
        with start(script + FOR_EVER, path) as writer:
            writer.stdout.readline()
            threading.Event().wait(delay)
            writer.send_signal(number)
            writer.communicate(timeout=600)
        assert writer.returncode == -number
        assert set(path.parent.iterdir()) <= {path}
        if path.exists():
            content = path.read_bytes()
            assert len(content) == 2_000_000
            assert len(set(content)) == 1
            letters.add(content[:1])
    return letters


@pytest.mark.parametrize("script", ["", WITH_A_NAME], ids=["nameless", "named"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_ended_at_any_time_it_leaves_a_whole_file_alone(script, number, tmp_path):
    delays = np.random.default_rng(int(number)).uniform(0, 0.03, 12)
    assert ended_by_signals(script, tmp_path / "file", number, delays)


@pytest.mark.slow
@pytest.mark.parametrize("script", ["", WITH_A_NAME], ids=["nameless", "named"])
def test_ended_three_hundred_times_it_leaves_a_whole_file_alone(script, tmp_path):
    delays = np.random.default_rng(0).uniform(0, 0.05, 300)
    letters = ended_by_signals(script, tmp_path / "file", signal.SIGTERM, delays)
    assert letters == {b"a", b"b"}


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="files without a name")
@pytest.mark.parametrize("thread", [False, True])
def test_a_process_that_is_killed_leaves_no_part(thread, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(OLD)
    killed = "files._give_name = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
    call = "files.write_at_once(path, b'a' * size)\n"
    if thread:
        call = f"threading.Thread(target=lambda: {call.strip()}).start()\n"
    with start(killed + call, path) as writer:
        assert writer.wait(60) == -signal.SIGKILL
    assert path.read_bytes() == OLD
    assert only(path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_comes_when_the_file_is_complete(path, number, monkeypatch):
    came, replace = [], os.replace

    def handler(*_):
        came.append(path.read_bytes())
        raise InterruptedError("ended")

    def interrupted(*paths):
        signal.raise_signal(number)
        assert not came
        replace(*paths)

    before = signal.signal(number, handler)
    try:
        monkeypatch.setattr(os, "replace", interrupted)
        with pytest.raises(InterruptedError):
            write_at_once(path, NEW)
        assert signal.getsignal(number) is handler
    finally:
        signal.signal(number, before)
    assert came == [NEW]
    assert only(path)


def test_ignored_signals_stay_ignored(path, monkeypatch):
    replace = os.replace

    def interrupted(*paths):
        signal.raise_signal(signal.SIGHUP)
        replace(*paths)

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        monkeypatch.setattr(os, "replace", interrupted)
        write_at_once(path, NEW)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert Path(path).read_bytes() == NEW
