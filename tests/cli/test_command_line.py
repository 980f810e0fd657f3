"""What the command line says of itself and of mistakes, before any work; Ctrl-C."""

import os
import re
import signal
import subprocess
import sys

import joblib
import numpy as np
import pytest
from PIL import Image

from sknn_basic import PerceptronClassifier, __version__
from sknn_basic.__main__ import main
from sknn_basic._cli import demo, models
from sknn_basic.digits.reading import Reading

COMMANDS = ("read", "train", "page")


@pytest.fixture
def said(capsys):
    """Run a command; its status, what it printed, and what it told."""

    def run(*arguments):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            status = stop.code
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def no_work(monkeypatch):
    """Fail where a network would be trained or a picture read."""

    def work(*_, **__):
        raise AssertionError("work began")

    for module, name in (
        (models, "trained"),
        (models, "default_reader"),
        (models, "read_number"),
        (models, "load_mnist"),
        (demo, "learn"),
    ):
        monkeypatch.setattr(module, name, work)


before_work = pytest.mark.usefixtures("no_work")


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "picture.png"
    Image.fromarray(np.uint8(255 - 200 * np.pad(np.eye(20), 20))).save(path)
    return path


# --- help ----------------------------------------------------------------------------------


@before_work
def test_version(said):
    assert said("--version") == (0, f"sknn_basic {__version__}\n", "")


@before_work
def test_help_names_the_commands_first_with_an_example_each(said):
    status, told, _ = said("--help")
    assert status == 0
    places = [told.index(f"\n  {name} ") for name in COMMANDS]
    examples = [
        told.index(f"python -m sknn_basic {name} ", place + 10)
        for name, place in zip(COMMANDS, places, strict=True)
    ]
    places = [place for pair in zip(places, examples, strict=True) for place in pair]
    assert places == sorted(places)
    assert places[-1] < told.index("--hidden")
    assert "==SUPPRESS==" not in told


@before_work
@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)], ids=str)
def test_every_help_tells_the_defaults(command, said):
    status, told, _ = said(*command, "--help")
    assert status == 0
    options = re.split(r"\n  (?=-)", told)[1:]
    assert len(options) >= 4
    required = () if command in ((), ("read",)) else ("--out",)
    for text in options:
        name = text.split()[0]
        if name not in ("-h,", "--version", *required):
            assert "(default: " in " ".join(text.split()), name
        assert "None" not in text
    if command:
        assert f"example: python -m sknn_basic {command[0]} " in told


@before_work
def test_defaults_of_train_are_those_that_it_uses(said):
    told = " ".join(said("train", "--help")[1].split())
    for option, default in {
        "--hidden N": "60 for digits, 100 for mnist, 100 for your own",
        "--eta ETA": "0.5 for digits, 0.2 for mnist, 0.2 for your own",
        "--epochs N": "40 for digits, 15 for mnist, 40 for your own",
        "--seed SEED": "0",
    }.items():
        assert re.search(rf"{option} [^(]*\(default: {default}\)", told)


# --- wrong words and numbers ---------------------------------------------------------------


@before_work
@pytest.mark.parametrize(
    ("word", "near"),
    [("reed", "read"), ("Train", "train"), ("pages", "page"), ("photo.jpg", None), ("", None)],
)
def test_an_unknown_word_suggests_the_commands(word, near, said):
    status, printed, told = said(word)
    assert (status, printed) == (2, "")
    assert f"there is no command {word!r}" in told
    assert "The commands are read, train, page" in told
    assert (f"Did you mean {near!r}?" in told) == (near is not None)


OUT = ["--out", "{folder}/m.joblib"]


@before_work
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["read"], "IMAGE"),
        (["read", "a.png", "--data", "letters"], "--data: invalid choice: 'letters'"),
        (["read", "a.png", "b.png"], "b.png"),
        (["read", "a.png", "--show"], "--show: expected one argument"),
        (["train"], "--out"),
        (["train", *OUT, "--data", "letters"], "--data: must be digits, mnist, a folder or"),
        (["train", *OUT, "--hidden", "0"], "--hidden: must be a whole number of at least 1"),
        (["train", *OUT, "--hidden", "many"], "--hidden: must be a whole number"),
        (["train", *OUT, "--eta", "-1"], "--eta: must be a number above 0, got '-1'"),
        (["train", *OUT, "--eta", "nan"], "--eta: must be a number above 0, got 'nan'"),
        (["train", *OUT, "--epochs", "0"], "--epochs: must be a whole number of at least 1"),
        (["train", *OUT, "--seed", "-1"], "--seed: must be a whole number from 0 to 42949"),
        (["train", *OUT, "--batch", "3"], "--batch"),
        (["page"], "--out"),
        (["read", ""], "argument IMAGE: must name a file, got ''"),
        (["read", "a.png", "--model", " "], "--model: must name a file, got ' '"),
        (["read", "a.png", "--show", ""], "--show: must name a file, got ''"),
        (["train", "--out", ""], "--out: must name a file, got ''"),
        (["page", "--out", ""], "--out: must name a file, got ''"),
        (["read", "a.png", "--model", "m", "--data", "digits"], "--data: not allowed with"),
        (["page", *OUT, "--model", "m", "--data", "mnist"], "--data: not allowed with"),
        (["page", *OUT, "--perceptron", "--model", "m"], "--model: not allowed with"),
        (["page", *OUT, "--perceptron", "--data", "mnist"], "--data: not allowed with"),
        (["train", *OUT, "--folder", "{folder}"], "--folder: it goes with --data mnist"),
        (["--eta=3", "train", *OUT], "the options of train come after it, got --eta before"),
        (["--seed", "3", "read", "a.png"], "the options of read come after it, got --seed"),
        (["page", *OUT, "--data", "letters"], "--data: invalid choice"),
        (["--colour=red"], "--colour"),
        (["--eta", "3", "reed"], "invalid choice: 'reed'"),
    ],
)
def test_a_wrong_argument_is_named(arguments, named, said, tmp_path):
    filled = [word.format(folder=tmp_path) for word in arguments]
    status, printed, told = said(*filled)
    assert (status, printed) == (2, "")
    assert named in told.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


@before_work
def test_a_command_makes_no_folder_for_the_demos_pictures(said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said("read", "nothere.png")
    assert list(tmp_path.iterdir()) == []


# --- files that are not there, or not what they should be ----------------------------------


@before_work
@pytest.mark.parametrize(
    ("name", "remedy"),
    [("nothere.png", "Name a picture that is there"), ("", "one picture in")],
)
def test_a_picture_that_is_none_says_what_to_do(name, remedy, said, tmp_path):
    status, printed, told = said("read", tmp_path / name)
    assert (status, printed) == (1, "")
    assert str(tmp_path / name) in told
    assert remedy in told
    assert "Errno" not in told
    assert told.count("\n") == 1


@before_work
@pytest.mark.parametrize("command", ["read", "page"])
@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("none", "There is no file"),
        ("text", "text holds no classifier: it is no file of joblib"),
        ("text.json", "text.json holds no classifier: it is no JSON text"),
        ("text.npz", "text.npz holds no classifier: it is no complete .npz file"),
        ("list", "must hold a fitted classifier, got list"),
        ("", "--model must name a file, but"),
    ],
)
def test_a_wrong_model_file_says_what_to_do(command, name, match, said, tmp_path, picture):
    for text in ("text", "text.json", "text.npz"):
        (tmp_path / text).write_text("no model")
    joblib.dump([1], tmp_path / "list")
    words = [picture] if command == "read" else ["--out", tmp_path / "page.html"]
    status, printed, told = said(command, *words, "--model", tmp_path / name)
    assert (status, printed) == (1, "")
    assert match in told
    assert "--model takes what this makes: python -m sknn_basic train --out FILE" in told
    assert not any(word in told for word in ("Errno", "Error:", "Memo"))
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (PerceptronClassifier.from_weights([1, 1], classes=[0, 1]), "n_features_in_ = 2"),
        (PerceptronClassifier(), "not fitted"),
    ],
)
def test_a_model_that_reads_no_digits_is_named(model, why, said, tmp_path, picture):
    joblib.dump(model, tmp_path / "model.joblib")
    status, printed, told = said("read", picture, "--model", tmp_path / "model.joblib")
    assert (status, printed) == (1, "")
    assert told.startswith(f"--model {tmp_path / 'model.joblib'} reads no digits: ")
    assert why in told


@before_work
def test_a_text_that_is_called_a_picture(said, tmp_path):
    (tmp_path / "text.png").write_text("this is no picture")
    status, printed, told = said("read", tmp_path / "text.png")
    assert (status, printed) == (1, "")
    assert "is no image that can be read: it is in none of the formats" in told
    assert "Save it as PNG or JPEG." in told
    assert "_io" not in told


@before_work
@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
@pytest.mark.parametrize(
    ("command", "place", "match"),
    [
        (command, place, match)
        for place, match in {
            "forbidden.png": "forbids writing",
            "folder": "is a folder",
            "file/in/a.png": "file",
            "no/such/folder.png": "No such file or folder",
        }.items()
        for command in ("train", "page", "perceptron", "read")
    ],
)
def test_what_must_be_written_is_checked_first(command, place, match, said, tmp_path, picture):
    (tmp_path / "forbidden.png").write_text("old")
    (tmp_path / "forbidden.png").chmod(0o444)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    out = tmp_path / place
    words = {
        "train": ["train", "--out", out],
        "page": ["page", "--out", out],
        "perceptron": ["page", "--perceptron", "--out", out],
        "read": ["read", picture, "--show", out],
    }[command]
    status, printed, told = said(*words)
    assert (status, printed) == (1, "")
    assert match in told
    assert "Errno" not in told
    assert told.count("\n") == 1
    assert (tmp_path / "forbidden.png").read_text() == "old"
    assert not (tmp_path / "no").exists()


@before_work
def test_show_must_name_a_picture(said, tmp_path, picture):
    status, printed, told = said("read", picture, "--show", tmp_path / "out.txt")
    assert (status, printed) == (1, "")
    assert "--show must name a picture that ends in ." in told
    assert ", .png," in told


@before_work
def test_show_without_matplotlib_is_told_first(said, tmp_path, picture, monkeypatch):
    names = [name for name in sys.modules if name.split(".")[0] == "matplotlib"]
    for name in {"matplotlib", "matplotlib.backend_bases", *names}:
        monkeypatch.setitem(sys.modules, name, None)
    status, printed, told = said("read", picture, "--show", tmp_path / "out.png")
    assert (status, printed) == (1, "")
    assert "--show needs matplotlib" in told


# --- in which order ------------------------------------------------------------------------


def test_the_number_is_printed_before_the_picture_is_drawn(
    said, tmp_path, picture, monkeypatch, capsys
):
    def full(*_):
        assert capsys.readouterr().out == "17\n"
        raise OSError("no space left")

    reading = Reading(
        "17", np.ones(2), np.zeros((2, 4), int), np.zeros(2, int), np.zeros((2, 1))
    )
    monkeypatch.setattr(models, "default_reader", lambda _: None)
    monkeypatch.setattr(models, "read_number", lambda *_: reading)
    monkeypatch.setattr(models, "write_at_once", full)
    status, _, told = said("read", picture, "--show", tmp_path / "out.png")
    assert status == 1
    assert "no space left" in told


@pytest.mark.parametrize(
    "suffix", [".json", *(pytest.param(s, marks=pytest.mark.slow) for s in (".npz", ".joblib"))]
)
def test_a_network_is_stored_without_code_where_the_ending_says_so(suffix, said, tmp_path):
    path = tmp_path / f"network{suffix}"
    status, printed, _ = said("train", "--out", path, "--hidden", "4", "--epochs", "2")
    assert status == 0
    assert len(printed.splitlines()) == 2
    network = models.stored(path)
    assert network.hidden_layer_sizes in (4, (4,))
    assert network.n_features_in_ == 64
    assert (path.read_bytes()[:2] in (b"{\n", b"PK")) == (suffix != ".joblib")
    page = tmp_path / "page.html"
    assert said("page", "--model", path, "--out", page)[0] == 0
    assert page.stat().st_size > 10_000


@pytest.mark.slow
def test_training_that_diverges_late_is_told_and_nothing_is_stored(said, tmp_path):
    path = tmp_path / "network.joblib"
    status, _, told = said("train", "--out", path, "--eta", "1e308", "--epochs", "3")
    assert status == 1
    assert told.startswith("Training diverged")
    assert told.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


# --- Ctrl-C --------------------------------------------------------------------------------


@pytest.mark.slow
def test_half_a_training_is_not_taken_for_a_whole_one(said, tmp_path, monkeypatch):
    fit, path = models.SigmoidMLPClassifier.fit, tmp_path / "network.joblib"

    def interrupted(self, X, y):
        fit(self.set_params(max_iter=2), X, y)
        return self.set_params(max_iter=40)

    monkeypatch.setattr(models.SigmoidMLPClassifier, "fit", interrupted)
    status, _, told = said("train", "--out", path, "--hidden", "3")
    assert (status, told) == (130, "Interrupted.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_reader_that_has_seen_enough_is_no_error(tmp_path):
    with start("--epochs", "500", "--hidden", "2", cwd=tmp_path) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(120) == 1
        assert process.stderr.read() == ""


def start(*words, cwd):
    """The command line in a process of its own."""
    path = os.pathsep.join(map(os.path.abspath, filter(None, sys.path)))
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "sknn_basic", *words],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("Epoch", ["train", "--epochs", "100000", "--hidden", "4", "--out", "network.json"]),
        pytest.param("Epoch", ["--epochs", "100000", "--hidden", "4"], marks=pytest.mark.slow),
        pytest.param(
            "Test accuracy", ["--epochs", "200", "--hidden", "10"], marks=pytest.mark.slow
        ),
    ],
    ids=["while it trains", "in the demo", "while it draws"],
)
def test_ctrl_c_is_one_line_and_130(moment, words, tmp_path):
    """A real signal to a real process; no half of anything is left."""
    with start(*words, cwd=tmp_path) as process:
        while not process.stdout.readline().startswith(moment):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        printed, told = process.communicate(timeout=600)
    assert (process.returncode, told) == (130, "Interrupted.\n")
    assert "Picture" not in printed
    folder = tmp_path / "sknn_basic_pictures"
    assert [*tmp_path.iterdir()] == ([] if words[0] == "train" else [folder])
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_perceptron_reads_too(said, tmp_path):
    """Any classifier of digits that joblib has stored; no probabilities are needed."""
    path = tmp_path / "model.joblib"
    joblib.dump(PerceptronClassifier.from_weights(np.ones((3, 64)), classes=[1, 2, 3]), path)
    assert said("page", "--model", path, "--out", tmp_path / "page.html")[0] == 0


INTERRUPTS_AN_IMPORT = """
import os, signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["INTERRUPTED_IMPORT"]:
            signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Finder())
"""
"""A sitecustomize.py: Ctrl-C comes in the middle of the imports."""


def interrupted_import(name, *command, folder):
    (folder / "sitecustomize.py").write_text(INTERRUPTS_AN_IMPORT)
    path = os.pathsep.join([str(folder), *map(os.path.abspath, filter(None, sys.path))])
    env = os.environ | {"PYTHONPATH": path, "INTERRUPTED_IMPORT": name}
    done = subprocess.run(
        [sys.executable, *command], env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "name", ["numpy", "sknn_basic._classifiers.base", "sknn_basic._cli.demo"]
)
def test_ctrl_c_while_the_program_is_imported_is_one_line_and_130(name, tmp_path):
    command = ["-m", "sknn_basic", "--version"]
    assert interrupted_import(name, *command, folder=tmp_path) == (130, "Interrupted.\n")


def test_ctrl_c_while_the_package_is_imported_is_a_keyboard_interrupt(tmp_path):
    for code in ("import sknn_basic", "import sknn_basic.__main__"):
        _, told = interrupted_import("scipy.special", "-c", code, folder=tmp_path)
        assert told.endswith("KeyboardInterrupt\n")
        assert "Traceback" in told
