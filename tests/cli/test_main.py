"""The main job, ``python -m sknn_basic``."""

import re
import subprocess
import sys

import numpy as np
import pytest

from sknn_basic import SigmoidMLPClassifier
from sknn_basic.__main__ import main
from sknn_basic._cli import demo

PICTURES = ["first_layer_weights.png", "loss_curve.png", "test_digits.png"]

QUICK = ["--epochs", "2", "--hidden", "5"]


def run_module(*options, before=""):
    """Run the main job in a process of its own, warnings being errors."""
    start = f"{before}\nimport runpy\nrunpy.run_module('sknn_basic', run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", start, *options],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def no_matplotlib(monkeypatch):
    """Make every import of matplotlib fail."""
    names = [name for name in sys.modules if name.split(".")[0] == "matplotlib"]
    for name in {"matplotlib", "matplotlib.figure", *names}:
        monkeypatch.setitem(sys.modules, name, None)


@pytest.fixture(scope="module")
def split():
    return demo.load(seed=0)


def network(**parameters):
    return SigmoidMLPClassifier(5, tol=None, random_state=0, **parameters)


# --- the whole job ---------------------------------------------------------------------


def test_whole_job_as_a_command(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "sknn_basic", "--out", tmp_path / "a" / "b"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "1,347 handwritten digits" in lines[0]
    assert [line[:11] for line in lines[1:13]] == [f"Epoch {i:2}/60" for i in range(5, 61, 5)]
    assert re.fullmatch(r"Training took \d+\.\d s", lines[13])
    accuracy = re.fullmatch(r"Test accuracy: (\d+\.\d\d)% \(\d+ of 450 digits\)", lines[14])
    assert float(accuracy[1]) >= 96.0
    assert re.search(r"^  \d read as \d: \d times?$", done.stdout, flags=re.MULTILINE)
    assert sorted(file.name for file in (tmp_path / "a" / "b").iterdir()) == PICTURES
    for name in PICTURES:
        assert f"Picture: {tmp_path / 'a' / 'b' / name}" in lines
    assert lines[-4] == "What to try next:"
    assert all(line.startswith("  python -m sknn_basic ") for line in lines[-3:])


@pytest.mark.slow
def test_default_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(QUICK) == 0
    assert (
        sorted(file.name for file in (tmp_path / "sknn_basic_pictures").iterdir()) == PICTURES
    )
    assert "sknn_basic_pictures" in capsys.readouterr().out


@pytest.mark.slow
def test_pictures_are_pictures(tmp_path, capsys):
    from matplotlib.image import imread

    assert main([*QUICK, "--out", str(tmp_path)]) == 0
    for name in PICTURES:
        pixels = imread(tmp_path / name)
        height, width = pixels.shape[:2]
        assert min(height, width) >= 300
        levels = np.round(255 * pixels) @ 256.0 ** np.arange(pixels.shape[2])
        assert len(np.unique(levels)) > 20


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3, 4))]
)
def test_defaults_reach_96_percent(seed, no_matplotlib, tmp_path, capsys):
    assert main(["--seed", str(seed), "--out", str(tmp_path)]) == 0
    accuracy = re.search(r"Test accuracy: (\S+)%", capsys.readouterr().out)[1]
    assert float(accuracy) >= 96.0


def test_same_seed_same_result(no_matplotlib, tmp_path, capsys):
    def told(seed):
        assert main([*QUICK, "--seed", seed, "--out", str(tmp_path)]) == 0
        return re.sub(r"\d+\.\d s\b", "", capsys.readouterr().out)

    assert told("7") == told("7") != told("8")


def test_every_option_reaches_the_classifier(no_matplotlib, tmp_path, monkeypatch, capsys):
    seen = []
    monkeypatch.setattr(demo, "learn", lambda classifier, split, say: seen.append(classifier))
    monkeypatch.setattr(demo, "examine", lambda *_, **__: None)
    options = "--hidden 7 6 --eta 3 --batch-size 4 --epochs 9 --cost quadratic --seed 5 --out"
    assert main([*options.split(), str(tmp_path)]) == 0
    expected = SigmoidMLPClassifier(
        [7, 6],
        eta=3.0,
        batch_size=4,
        max_iter=9,
        cost="quadratic",
        tol=None,
        random_state=5,
        verbose=5,
    )
    assert seen[0].get_params() == expected.get_params()


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["--hidden", "1"], marks=pytest.mark.slow),
        pytest.param(["--hidden", "70", "9"], marks=pytest.mark.slow),
        pytest.param(["--batch-size", "5000"], marks=pytest.mark.slow),
        pytest.param(["--eta", "50"], marks=pytest.mark.slow),
    ],
    ids=" ".join,
)
def test_unusual_networks_are_told_and_drawn(options, tmp_path, capsys):
    assert main([*options, "--epochs", "1", "--out", str(tmp_path)]) == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == PICTURES


# --- what can go wrong -----------------------------------------------------------------


def test_without_matplotlib_it_says_what_to_install(no_matplotlib, tmp_path, capsys):
    assert main([*QUICK, "--out", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "python -m pip install matplotlib" in told
    assert "Test accuracy" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_without_matplotlib_as_a_command(tmp_path):
    block = "import sys; sys.modules['matplotlib'] = None"
    done = run_module(*QUICK, "--out", str(tmp_path), before=block)
    assert (done.returncode, done.stderr) == (0, "")
    assert "python -m pip install matplotlib" in done.stdout


@pytest.mark.slow
def test_matplotlib_is_imported_only_to_draw():
    check = (
        "import sys, sknn_basic.__main__, sknn_basic._cli.demo; "
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--eta", "-1"),
        ("--eta", "0"),
        ("--eta", "nan"),
        ("--eta", "inf"),
        ("--eta", "fast"),
        ("--hidden", "0"),
        ("--hidden", "-3"),
        ("--hidden", "2.5"),
        ("--batch-size", "0"),
        ("--epochs", "0"),
        ("--epochs", "many"),
        ("--cost", "cubic"),
        ("--seed", "-1"),
        ("--seed", str(2**32)),
    ],
)
def test_bad_value_is_an_error_that_names_the_option(option, value, capsys):
    with pytest.raises(SystemExit) as stop:
        main([option, value])
    assert stop.value.code == 2
    told = capsys.readouterr().err
    assert f"argument {option}: " in told
    assert repr(value) in told


def test_out_must_not_be_a_file(tmp_path, capsys):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SystemExit) as stop:
        main(["--out", str(file)])
    assert stop.value.code == 2
    assert "argument --out: must be a folder" in capsys.readouterr().err


def test_diverged_training_is_told_in_one_line(tmp_path, capsys):
    assert main(["--eta", "1e308", "--out", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert told.startswith("Training diverged in epoch 1 with eta=1e+308")
    assert told.count("\n") == 1


@pytest.mark.slow
def test_bad_option_as_a_command():
    done = run_module("--eta", "-1")
    assert done.returncode == 2
    assert "argument --eta: must be a number above 0, got '-1'" in done.stderr


def test_help_explains_every_option(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith("usage: python -m sknn_basic")
    for option, default in {
        "--hidden": "40",
        "--eta": "0.5",
        "--batch-size": "10",
        "--epochs": "60",
        "--cost": "cross_entropy",
        "--seed": "0",
        "--out": "./sknn_basic_pictures",
    }.items():
        assert re.search(rf"{option} .*?\(default: {re.escape(default)}\)", told), option


# --- the parts -------------------------------------------------------------------------


def test_split_is_stratified_and_scaled(split):
    assert split.X_train.shape == (1347, 64)
    assert split.X_test.shape == (450, 64)
    assert (split.X_train.min(), split.X_train.max()) == (0.0, 1.0)
    assert np.ptp(np.bincount(split.y_test)) <= 3


def test_worst_confusions_come_first():
    truth = np.array([8, 8, 8, 1, 2, 2, 5])
    answers = np.array([1, 1, 1, 7, 3, 3, 5])
    assert demo.worst_confusions(truth, answers) == [
        "8 read as 1: 3 times",
        "2 read as 3: 2 times",
        "1 read as 7: 1 time",
    ]


def test_at_most_five_pairs_and_ties_in_order():
    truth = np.arange(9, 1, -1)
    told = demo.worst_confusions(truth, truth - 1)
    assert [line[0] for line in told] == ["2", "3", "4", "5", "6"]


def test_nothing_confused(split):
    class Perfect:
        def predict(self, X):
            return split.y_test

    told = []
    demo.examine(Perfect(), split, told.append)
    assert told == ["Test accuracy: 100.00% (450 of 450 digits)", "No test digit was confused."]


def test_accuracies_end_where_fit_ended(split):
    fitted = network(max_iter=4).fit(split.X_train, split.y_train)
    accuracies = demo.accuracy_after_each_epoch(fitted, split)
    assert len(accuracies) == 4
    assert accuracies[-1] == fitted.score(split.X_test, split.y_test)


@pytest.mark.parametrize("n_wrong", [0, 3, 8, 30, 40])
def test_chosen_digits_show_the_wrong_ones_first(n_wrong):
    wrong = np.arange(40) >= 40 - n_wrong
    chosen = demo.choose_digits(wrong)
    n_first = min(n_wrong, demo.PER_ROW)
    assert len(set(chosen)) == len(chosen) <= demo.PER_ROW * demo.ROWS
    assert wrong[chosen[:n_first]].all()
    assert not wrong[chosen[n_first:]].any()


def test_wrong_digits_are_marked_by_more_than_colour():
    X = np.zeros((30, 64))
    answers = np.zeros(30, dtype=int)
    truth = answers.copy()
    truth[4] = 9
    axes = demo.draw_digits(X, truth, answers, np.full(30, 0.75)).axes
    assert axes[0].get_title() == "\N{BALLOT X} 0  (75%)\nis a 9"
    assert axes[0].axison
    assert axes[1].get_title() == "0  (75%)"
    assert not axes[1].axison


@pytest.mark.parametrize(
    ("p", "told"), [(1.0, "100%"), (0.9999, ">99%"), (0.99, "99%"), (0.345, "34%")]
)
def test_percent(p, told):
    assert demo.percent(p) == told


def test_weights_share_one_symmetric_scale():
    figure = demo.draw_weights(np.random.default_rng(0).normal(size=(64, 7)))
    axes, bar = figure.axes
    low, high = axes.images[0].get_clim()
    assert low == -high < 0
    assert bar.get_ylabel() == "weight"
    assert [text.get_text() for text in axes.texts] == list("0123456")


def test_at_most_sixty_neurons_are_drawn_and_that_is_told():
    figure = demo.draw_weights(np.ones((64, 61)))
    assert len(figure.axes[0].texts) == 60
    assert "the first 60 of 61 neurons" in figure.get_suptitle()


@pytest.mark.parametrize("n", [1, 2, 3, 60, 400])
def test_epoch_ticks_are_whole(n):
    figure = demo.draw_learning(list(np.linspace(2, 1, n)), list(np.linspace(0.5, 1, n)))
    for axes in figure.axes:
        assert axes.get_xlabel() == "epoch"
        assert axes.get_ylabel()
        assert all(tick == round(tick) for tick in axes.get_xticks())
