"""A bar in a terminal where rich is installed, plain lines everywhere else."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from sknn_basic import SigmoidMLPClassifier
from sknn_basic.__main__ import main
from sknn_basic._cli import progress


@pytest.fixture
def train(tmp_path):
    """Words that train a small network in four epochs."""
    data = tmp_path / "two.csv"
    data.write_text("1" + ",0,1" * 32 + "\n2" + ",1,0" * 32 + "\n")
    words = ["train", "--data", data, "--hidden", "3", "--epochs", "4"]
    return [str(word) for word in [*words, "--out", tmp_path / "a.json"]]


@pytest.fixture
def terminal(monkeypatch, capsys):
    """Somebody watches: pytest's outputs count as a terminal."""
    monkeypatch.setattr(progress, "somebody_watches", lambda: True)
    return capsys


def lines(text):
    return re.findall(r"^Epoch +\d+/4 .*$", text, re.MULTILINE)


def test_lines_go_into_files_and_pipes(train, capsys):
    assert main(train) == 0
    assert len(lines(capsys.readouterr().out)) == 4


@pytest.mark.usefixtures("terminal")
def test_without_rich_there_are_lines(train, capsys, monkeypatch):
    for name in ("rich", "rich.progress", "rich.console"):
        monkeypatch.setitem(sys.modules, name, None)
    assert main(train) == 0
    assert len(lines(capsys.readouterr().out)) == 4


def test_the_bar_stands_for_the_lines_and_changes_nothing(terminal):
    pytest.importorskip("rich")
    X, y = np.eye(4), [0, 1, 0, 1]
    settings = {"max_iter": 30, "tol": None, "random_state": 0, "verbose": 7}
    plain = SigmoidMLPClassifier((3,), **settings).set_params(verbose=0).fit(X, y)
    watched = SigmoidMLPClassifier((3,), **settings)
    with progress.epochs_shown(watched):
        watched.fit(X, y)
    printed, told = terminal.readouterr()
    assert printed == ""
    assert re.search(r"Training .*30/30.*cost 0\.\d+", told.splitlines()[-1])
    assert watched.verbose == 7
    assert all(map(np.array_equal, watched.coefs_, plain.coefs_))


def test_what_is_told_meanwhile_stands_above_the_bar(terminal, tmp_path):
    pytest.importorskip("rich")
    for label in "12":
        (tmp_path / label).mkdir()
        Image.new("L", (50, 50), 255).save(tmp_path / label / "empty.png")
    assert main(["train", "--data", str(tmp_path), "--out", str(tmp_path / "a.json")]) == 1
    told = terminal.readouterr().err
    assert "Reading pictures" in told
    assert "2/2" in told
    assert told.count("is left out") == 2


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="POSIX terminals")
@pytest.mark.parametrize("stop", [False, True], ids=["to the end", "Ctrl-C"])
def test_in_a_real_terminal(stop, tmp_path):
    """The cursor comes back, whatever ends the work."""
    pytest.importorskip("rich")
    pytest.importorskip("pty")
    words = ["train", "--hidden", "3", "--epochs", "100000" if stop else "4", "--out", "a.npz"]
    path = os.pathsep.join(map(os.path.abspath, filter(None, sys.path)))
    env = os.environ | {"PYTHONPATH": path, "TERM": "xterm", "COLUMNS": "120"}
    in_terminal = (
        "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
    )
    command = [sys.executable, "-c", in_terminal, sys.executable, "-m", "sknn_basic", *words]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        shown = b""
        while got := os.read(process.stdout.fileno(), 4096):
            if stop and re.search(rb"cost \d", got) and b"cost" not in shown:
                process.stdin.write(b"\x03")  # the terminal makes a signal of it
                process.stdin.flush()
            shown += got
        assert process.wait(600) == (130 if stop else 0)
    text = shown.decode()
    assert "Training" in text
    assert lines(text) == []
    assert text.rindex("\x1b[?25h") > text.rindex(
        "\x1b[?25l"
    )  # shown again after it was hidden
    assert text.count("Interrupted.") == stop
    assert (tmp_path / "a.npz").exists() != stop
