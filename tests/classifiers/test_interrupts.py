"""Ctrl-C at any moment, forks at any moment: the model is the old one or the new one.

A KeyboardInterrupt may come between the last line of a call and its return, so what is
promised is "as before, or with the whole call taken"; `fit` may also end with a warning and
the complete epochs.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sknn_basic

HELPERS = Path(__file__).parents[1] / "helpers"
KINDS = (
    "one-row-dense",
    "one-row-perceptron",
    "one-row-wide",
    "fit",
    "warm-fit",
    "warm-fit-wide",
    "predict",
    "growing-answers",
)

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="reads /proc, and forks"
)


def run_program(name, *arguments):
    """Run a program among the helpers, BLAS with two threads; return what it reports."""
    env = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    env["PYTHONPATH"] = str(Path(sknn_basic.__file__).parents[1])
    env["OPENBLAS_NUM_THREADS"] = "2"
    program = [sys.executable, str(HELPERS / name), *map(str, arguments)]
    run = subprocess.run(program, capture_output=True, text=True, check=False, env=env)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def check(report, hits):
    assert report["hits"] >= hits
    assert report["os_threads"] >= 2
    assert report["torn"] == []
    assert report["wrong"] == []
    assert report["threads"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_hundreds_of_interrupts_tear_nothing(kind):
    check(run_program("interrupted_calls.py", kind, 400), 400)


def test_interrupts_tear_nothing():
    check(run_program("interrupted_calls.py", "one-row-dense", 15), 15)


def check_forks(report, forks):
    assert report["forks"] == forks
    assert report["hung"] == 0
    assert report["failed"] == 0
    assert report["threads_in_children"] == [report["configured"]]
    assert report["threads_after"] == report["configured"]


@pytest.mark.slow
def test_a_hundred_forks_beside_a_working_thread_all_work():
    check_forks(run_program("forks_beside_a_fit.py", 100), 100)


def test_forks_beside_a_working_thread_work():
    check_forks(run_program("forks_beside_a_fit.py", 10), 10)
