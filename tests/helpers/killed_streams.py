"""Kill a stream again and again (SIGKILL), let it go on, and look at what was lost.

Run as a program: ``python killed_streams.py CODE KILLS`` executes a file that defines
``learn(path, X, y, every)`` and ``keep(path, *models)``, and prints a JSON object. Each attempt
is a process that is forked here and ends itself in the middle of its work, at a moment that is
counted in calls of functions, so it is the same every time: every other one is inside `keep`.
"""

import json
import mmap
import os
import pickle
import random
import signal
import struct
import sys
import tempfile
from pathlib import Path

import numpy as np

EVERY = 10
"""Rows from one checkpoint to the next."""

X, y = np.random.default_rng(0).standard_normal((200, 5)), np.arange(200) % 2

ASKED = mmap.mmap(-1, 8)
"""The last row that a stream was asked for, plus 1; it outlives the process that writes it."""


class Stream:
    """The first `length` rows, which note in `ASKED` how far they have been read."""

    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length

    def __getitem__(self, rows):
        ASKED[:] = struct.pack("q", rows.stop)
        return X[rows]


class Clock:
    """Counts calls and returns of functions, and kills its process at one of them.

    Parameters
    ----------
    end : int
        How many there may be.
    only : code object or None
        Count those within calls of this function alone.
    """

    def __init__(self, end, only=None):
        self.count, self.end, self.only = 0, end, only
        self.within = only is None

    def __call__(self, frame, event, _):
        if frame.f_code is self.only:
            self.within = event in ("call", "c_call", "c_return")
        self.count += self.within
        if self.count > self.end:
            os.kill(os.getpid(), signal.SIGKILL)


def attempt(learn, path, clock):
    """Learn in another process, from the last checkpoint on; tell whether it was killed."""
    child = os.fork()
    if child == 0:
        sys.setprofile(clock)
        learn(path, Stream(len(X)), y, EVERY)
        sys.setprofile(None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status not in (0, signal.SIGKILL):
        raise RuntimeError(f"the stream ended with status {status}")
    return status != 0


def calls(learn, path, only):
    """How many calls and returns there are up to the second checkpoint."""
    clock = Clock(sys.maxsize, only)
    sys.setprofile(clock)
    learn(path, Stream(2 * EVERY), y, EVERY)
    sys.setprofile(None)
    return clock.count


def numbers(models):
    """What the models have learnt, and what they make of more rows, bit by bit."""
    scaler, network = pickle.loads(pickle.dumps(models))
    network.partial_fit(X[:50], y[:50])
    found = [scaler.mean_, scaler.var_, *network.coefs_, *network.intercepts_]
    return [array.tobytes().hex() for array in found], network.t_, network.loss_


def rows_kept(path):
    """How many rows the models of a checkpoint have learnt."""
    return pickle.loads(path.read_bytes())[1].t_ if path.exists() else 0


def main(code, kills):
    """Let streams be killed so many times, and report on each."""
    names = {"np": np}
    exec(compile(Path(code).read_text(encoding="utf-8"), code, "exec"), names)
    learn, keep = names["learn"], names["keep"].__code__
    folder = Path(tempfile.mkdtemp(dir=os.getcwd()))
    path, draw = folder / "stream", random.Random(0)
    undisturbed = numbers(learn(folder / "undisturbed", X, y, EVERY))
    report = {"kills": 0, "repeated": [], "finished": 0, "wrong": []}
    spans = [calls(learn, folder / f"counted {k}", only) for k, only in enumerate((None, keep))]
    while report["kills"] < kills or path.exists():
        inside = report["kills"] % 2
        before, end = rows_kept(path), draw.randrange(spans[inside])
        if report["kills"] >= kills:
            end = sys.maxsize
        if attempt(learn, path, Clock(end, keep if inside else None)):
            report["kills"] += 1
            asked, kept = struct.unpack("q", ASKED[:])[0], rows_kept(path)
            report["repeated"].append(asked - max(kept, before))
            if kept < before or kept % EVERY:
                report["wrong"].append(f"a checkpoint of {kept} rows after one of {before}")
            continue
        report["finished"] += 1
        if numbers(pickle.loads(path.read_bytes())) != undisturbed:
            report["wrong"].append(f"the model of stream {report['finished']}")
        path.unlink()
    report["files"] = sorted(file.name for file in folder.iterdir() if "stream" in file.name)
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
