"""Every example runs to its end without a warning, shows pictures and keeps its promise."""

import math
import re
import runpy
import warnings
from contextlib import chdir
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest.mock import patch

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import Collection
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from scipy.special import expit

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))
SLOW = (6, 7, 9, 11, 13, 14, 22)
"""The ones that take longest."""

slow = pytest.mark.slow
each_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
each_run = pytest.mark.parametrize(
    "number", [pytest.param(k, marks=[slow] * (k in SLOW)) for k in range(1, len(EXAMPLES) + 1)]
)


class Played(NamedTuple):
    """What an example leaves behind that has run to its end."""

    names: dict
    figures: list
    not_shown: set
    files: list


@cache
def played(number):
    """Run an example, once."""
    return run(EXAMPLES[number - 1])


def run(path):
    """Run a file in an empty folder; no window opens, and warnings are errors."""
    before, shown = mpl.get_backend(), set()
    plt.switch_backend("Agg")
    try:
        with (
            TemporaryDirectory() as folder,
            chdir(folder),
            patch.object(plt, "show", lambda: shown.update(plt.get_fignums())),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("error")
            names = runpy.run_path(str(path), run_name="__main__")
            made = plt.get_fignums()
            figures = [plt.figure(k) for k in made]
            return Played(names, figures, set(made) - shown, list(Path().iterdir()))
    finally:
        plt.close("all")
        plt.switch_backend(before)


def test_examples_are_numbered_without_a_gap():
    numbers = [path.name.split("_")[1] for path in EXAMPLES]
    assert numbers == [f"{k:02}" for k in range(1, 23)]


@each_example
def test_an_example_opens_with_a_title_and_is_short(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == '"""'
    assert lines[2] == "=" * len(lines[1])
    assert len(lines) <= 70


@each_example
def test_a_figure_is_shown_in_the_block_that_begins_it(path):
    """The gallery takes the figures after every block, finished or not."""
    blocks = path.read_text(encoding="utf-8").split("\n# %%\n")
    begun = [block for block in blocks if re.search(r"plt\.(subplot|figure)", block)]
    assert begun
    assert all("plt.show()" in block for block in begun)


@each_run
def test_an_example_shows_one_or_two_pictures_and_leaves_nothing(number):
    example = played(number)
    assert 1 <= len(example.figures) <= 2
    assert not example.not_shown
    assert max(figure.get_figwidth() for figure in example.figures) <= 9
    assert example.files == []


@slow
@each_run
def test_the_pictures_are_drawn_without_a_warning(number):
    """A sign that the font lacks, or no room for the axes, is told only now."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for figure in played(number).figures:
            figure.canvas.draw()


# --- they can be changed ---------------------------------------------------------------

EDITS = {
    1: [("visitor([6, 2, 2], 5)", "visitor([6, 2, 2], 3)"), ("[3, 2, 2]", "[3, -2, 4]")],
    2: [("to_mlp(50)", "to_mlp(3)"), ("[0, 1, 1, 0]", "[0, 1, 1, 1]")],
    3: [('"sum": ["n6", "n7"]', '"sum": ["n6", "n6"]')],
    4: [("(50, 1.0)]", "(50, 1.0), (100, 0.9)]"), ("-1.6", "-1.2")],
    5: [("(15,)", "(3,)"), ("max_iter=30", "max_iter=60")],
    6: [("range(6)", "range(3)"), ("(15,)", "(8,)")],
    7: [("(15,)", '(15,), cost="quadratic"'), ("max_iter=4", "max_iter=2")],
    8: [("range(1, 14, 2)", "range(1, 16, 2)"), ('0.105, "d', '0.2, "d'), ("10 * v", "5 * v")],
    9: [("(1, 0.5), (10, 0.5)", "(1, 0.5), (5, 0.5), (10, 0.5)"), ("(15,)", "(4,)")],
    10: [("[0.01, 0.5, 30.0]", "[0.01, 0.1, 0.5, 30.0]"), ("size=10", "size=50")],
    11: [("m, window = 1", "m, window = 10"), ("eta=0.2", "eta=0.02")],
    12: [("((16,)", "((5,)"), ("((16,)", "((2,)")],
    13: [('"504192"', '"2026"'), ("0.7 * ink", "0.4 * ink")],
    14: [("[1, 10, 50, 200]", "[1, 10]"), ("2.0, 20.0]", "2.0, 20.0, 50.0]")],
    15: [("eta=0.2", "eta=2.0"), ("weights=[0.95]", "weights=[0.8]")],
    16: [('"max_iter": 2', '"max_iter": 1'), ("3 * noise", "9 * noise")],
    17: [("b = np.array([[1.0,", "b = np.array([[3.0,"), ('(1, "#0072b2', '(2, "#0072b2')],
    18: [("batch_size=1", "batch_size=20"), ("[:700]", "[:400]")],
    19: [("[10, 40, 160]", "[5, 20, 80, 320]"), ("60, 2000]", "60, 200, 2000]")],
    20: [("(15,)", "(5,)"), ("max_iter=30", "max_iter=10")],
    21: [("(30,)", "(5,)"), ("batch_size=10", "batch_size=30")],
    22: [("(60,)", "(20,)"), ("range(120)", "range(40)")],
}
"""One change each, as a student would make it: a rate, a batch, a weight, one curve more."""

SLOW_EDITS = {5, 6, 7, 8, 9, 11, 13, 14, 16, 17, 18, 20, 22}


def seen(figures):
    """What the figures show: words, curves, bars, dots, images."""
    for figure in figures:
        yield from (text.get_text() for text in figure.findobj(Text))
        yield from (line.get_xydata().tolist() for line in figure.findobj(Line2D))
        yield from (bar.get_extents().bounds for bar in figure.findobj(Rectangle))
        for cloud in figure.findobj(Collection):
            yield [cloud.get_offsets().tolist(), str(cloud.get_array())]
            yield [path.vertices.tolist() for path in cloud.get_paths()]
        yield from (image.get_array().tolist() for image in figure.findobj(AxesImage))


def edited(number, old, new, folder):
    """The example with one change, run."""
    source = EXAMPLES[number - 1].read_text(encoding="utf-8")
    assert source.count(old) == 1
    path = folder / "changed.py"
    path.write_text(source.replace(old, new), encoding="utf-8")
    return run(path)


def test_another_threshold_is_in_the_title(tmp_path):
    changed = edited(1, *EDITS[1][0], tmp_path)
    words = [text.get_text() for text in changed.figures[0].findobj(Text)]
    assert any("threshold 3" in word for word in words)


def test_the_curves_are_of_the_cost_that_was_trained_with(tmp_path):
    names = edited(7, *EDITS[7][0], tmp_path).names
    middle = len(names["near"]) // 2
    own = names["network"].total_cost(names["X"], names["y"])
    assert names["network"].cost == "quadratic"
    assert names["near_costs"][middle] == pytest.approx(own)


def test_every_example_has_its_edits():
    assert list(EDITS) == list(range(1, 23))


@pytest.mark.parametrize(
    ("number", "old", "new"),
    [
        pytest.param(number, *edit, marks=[slow] * (number in SLOW_EDITS))
        for number, edits in EDITS.items()
        for edit in edits
    ],
)
def test_an_example_with_one_change_runs_and_shows_it(number, old, new, tmp_path):
    changed = edited(number, old, new, tmp_path)
    assert not changed.not_shown
    assert list(seen(changed.figures)) != list(seen(played(number).figures))


# --- what they promise -----------------------------------------------------------------


def test_only_the_weather_counts_for_one_and_all_three_for_the_other():
    names = played(1).names
    rows = names["rows"]
    for model, decisions in zip(
        (names["fan"], names["cautious"]), names["decisions"], strict=True
    ):
        sums = rows @ model.coef_[0]
        assert np.array_equal(decisions, sums > np.array(names["thresholds"])[:, None])
        assert (np.diff(decisions.sum(axis=1)) <= 0).all()  # a lower one fires more easily
    assert ((names["fan"].predict(rows) == "go") == (rows[:, 0] == 1)).all()
    assert ((names["cautious"].predict(rows) == "go") == rows.all(axis=1)).all()


def test_the_network_reads_most_digits():
    names = played(5).names
    assert names["network"].hidden_layer_sizes == (15,)
    assert len(names["wrong"]) < 0.06 * len(names["y_test"])


@slow
def test_ten_outputs_beat_four_for_every_seed():
    ten, four = (np.array(played(6).names["errors"][code]) for code in ("one_hot", "binary"))
    assert len(ten) >= 5
    assert (ten < four).all()


@slow
def test_a_layer_by_hand_writes_the_highest_of_ten_in_four_bits():
    names = played(6).names
    assert names["bits"].shape == (len(names["y_test"]), 4)
    assert names["same_by_argmax"] == 1.0
    assert 0.9 < names["same"] < 1.0


@slow
def test_the_cost_is_smooth_and_accuracy_a_staircase():
    names = played(7).names
    rises, jumps = np.diff(names["near_costs"]), np.diff(names["near_right"])
    assert (rises > 0).all()
    assert np.ptp(rises) < 0.2 * rises.mean()
    assert np.mean(jumps == 0) > 0.9
    assert np.abs(jumps).max() >= 1


def test_taylor_polynomials_of_the_sine():
    polynomials = played(8).names["polynomials"]
    assert list(polynomials) == [1, 3, 5, 7, 9, 11, 13]
    for n, p in polynomials.items():
        signs = np.array([[0, 1, 0, -1][k % 4] for k in range(n + 1)])
        assert p.coef == pytest.approx(
            signs / [math.factorial(k) for k in range(n + 1)], abs=1e-6
        )


def test_a_small_step_lowers_the_cost_as_promised():
    names = played(8).names
    share = names["changes"] / names["promised"]
    assert share[0] == pytest.approx(1, abs=0.01)
    assert (np.diff(share) < 0).all()


def test_no_step_of_one_length_goes_further_down_than_against_the_gradient():
    names = played(8).names
    turns, around = names["turns"], names["around"]
    assert abs(turns[around.argmin()]) < 0.02
    expected = -1e-3 * np.linalg.norm(names["slope"]) * np.cos(turns)  # Cauchy-Schwarz
    np.testing.assert_allclose(around, expected, atol=2e-5)


def test_descent_arrives_overshoots_or_stops_in_time():
    arrives, overshoots, stops, goes_on = played(8).names["walks"]
    assert arrives.fun < 0.1 * arrives.costs[0]
    assert overshoots.fun > overshoots.costs[0]
    assert (np.diff(stops.costs) < 0).all()
    assert 0 < stops.nit < overshoots.nit
    assert goes_on.costs[0] == stops.fun > 20 * goes_on.fun


@slow
def test_small_batches_are_ahead_after_as_many_passes():
    last = {batch: costs[-1] for batch, (costs, _) in played(9).names["curves"].items()}
    small = [cost for (m, _), cost in last.items() if m <= 10]
    all_at_once = [cost for (m, _), cost in last.items() if m > 10]
    assert max(small) < 0.1 * min(all_at_once)


def test_only_the_right_rate_brings_the_cost_down():
    networks = played(10).names["networks"]
    too_small, right, too_large = (networks[eta].loss_curve_ for eta in sorted(networks))
    assert right[-1] < 0.1 * too_small[-1] < 0.1 * too_large[-1]
    assert too_large[-1] > 0.5 * too_large[0]


def test_warnings_tell_of_an_early_end_and_of_divergence():
    names = played(10).names
    assert "still falling" in names["warned"][0.01][0]
    assert "diverged" in str(names["told"][0].message)
    assert all(np.isfinite(W).all() for W in names["wild"].coefs_)


@slow
def test_online_learning_keeps_up_with_the_drift():
    names = played(11).names
    learning, stopped = names["learning"], names["stopped"]
    upright = len(learning) // 3
    assert (learning[:upright] == stopped[:upright]).all()
    assert (learning[upright:] > stopped[upright:]).all()
    assert learning[-1] > 0.7
    assert stopped[-1] < 0.3


def test_the_digits_shown_are_those_that_excite_a_neuron_most():
    names = played(12).names
    W, b = names["network"].coefs_[0], names["network"].intercepts_[0]
    fires = expit(names["X"] @ W + b)
    for neuron, shown in enumerate(names["strongest"]):
        others = np.delete(fires[:, neuron], shown)
        assert fires[shown, neuron].min() >= others.max() - 1e-12


@slow
def test_the_number_in_the_picture_is_read():
    names = played(13).names
    assert [reading.text for reading in names["readings"]] == 10 * ["504192"]
    assert names["reading"].boxes.shape == (6, 4)


@slow
def test_the_map_has_every_score_in_its_place():
    names = played(14).names
    scores, results = names["scores"], names["search"].cv_results_
    for params, score in zip(results["params"], results["mean_test_score"], strict=True):
        assert scores.loc[params[names["eta_name"]], params[names["size_name"]]] == score
    best = scores.to_numpy().argmax(axis=0)
    assert (np.diff(best) >= 0).all()
    assert best[-1] > best[0]


def test_balance_finds_more_of_the_rare_class_at_a_price():
    names = played(15).names
    found, alarms = names["found"], names["alarms"]
    assert found["balanced"] > found[None] + 0.3
    assert alarms[None] < alarms["balanced"] < 0.2


def test_fit_takes_a_small_part_of_the_files_size():
    names = played(16).names
    assert names["fitting"] < 0.1 * names["size"]
    assert names["copying"] > names["size"]
    assert names["accuracy"] > 0.9


def test_steps_have_no_slope_and_sigmoids_lose_theirs_as_they_come_near():
    names = played(17).names
    assert names["step_slope"] == 0
    slopes = np.array(names["slopes"])
    assert max(slopes) > 1e-3
    assert (np.diff(slopes[names["scales"] > 2]) <= 0).all()
    assert slopes[-1] < 1e-12
    assert names["network"].predict(names["X"]).tolist() == [0, 1, 1, 0]
    assert names["curve"][-1] < 0.05 * names["curve"][0] < names["with_steps"](0.0)


def test_classes_may_be_told_or_grow():
    names = played(18).names
    late = names["test"]["target"].isin([8, 9]).mean()
    for network, accuracy in zip(
        names["networks"].values(), names["accuracy"].values(), strict=True
    ):
        assert network.classes_.tolist() == list(range(10))
        assert network.t_ == len(names["rows"])
        assert max(accuracy[:7]) <= 1 - late
        assert accuracy[-1] > 0.85


def test_more_bumps_draw_the_curve_better():
    errors = list(played(19).names["errors"].values())
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.01


def test_the_monitor_saw_every_epoch_where_there_is_one():
    names = played(20).names
    assert (names["monitored"] != []) == (names["find_spec"]("sklearn.callback") is not None)
    if names["monitored"]:
        assert len(names["monitored"]) == names["network"].n_iter_
        share = names["network"].score(names["X_train"], names["y_train"])
        assert names["monitored"][-1] == pytest.approx(share)


@slow
def test_digits_that_never_repeat_teach_more_than_the_same_again():
    scores = played(22).names["scores"]
    assert scores["distorted"][-1] > scores["the same"][-1] + 0.5
