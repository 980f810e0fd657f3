"""The benchmark harness: it measures what it says, and no floor goes unchecked."""

import sys
import warnings
from dataclasses import replace
from itertools import count, pairwise

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import Bunch

from benchmarks import (
    agreement,
    book,
    compiled,
    fann,
    growth,
    lessons,
    peers,
    report,
    requirements,
    streams,
    threads,
)
from benchmarks.__main__ import main
from benchmarks.cases import (
    DENSE,
    ONE_ROW_FIT,
    ONE_ROW_PREDICT,
    PERCEPTRON,
    SPARSE,
    Case,
    cases,
    quick,
    select,
)
from benchmarks.data import Problem, Source, read_idx
from benchmarks.timing import Run, alternate, medians, ratio, ratio_range
from sknn_basic import SigmoidMLPClassifier

TINY = Case(DENSE, (4, 5, 3), 2, "float64", steps=30)
BY_NAME = {peer.name: peer for peer in peers.PEERS}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return Source(tmp_path_factory.mktemp("empty"))


def only(*names):
    return [BY_NAME[name] for name in names]


# --- timing -------------------------------------------------------------------------------


class Clock:
    """Moves only when a run lets it."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def run(self, durations, steps=1, log=None, name=None):
        durations = iter(durations)

        def call():
            self.now += next(durations)
            if log is not None:
                log.append(name)

        return Run(call, steps)


def test_the_median_of_the_repetitions_after_a_warm_up():
    clock = Clock()
    runs = {"ours": clock.run([99, 1, 2, 9]), "peer": clock.run([99, 60, 30, 90], steps=2)}
    times = alternate(runs, 3, clock, pause=0)
    assert times == {"ours": [1, 2, 9], "peer": [30, 15, 45]}
    assert medians(times) == {"ours": 2, "peer": 30}
    assert ratio(times, "peer") == 15
    assert ratio_range(times, "peer") == (5, 30)


def test_runs_take_turns():
    clock, log = Clock(), []
    runs = {name: clock.run(count(), log=log, name=name) for name in "ABC"}
    alternate(runs, 2, clock, pause=0)
    assert "".join(log) == "ABC" * 3


# --- peers --------------------------------------------------------------------------------


@pytest.mark.parametrize("group", [DENSE, SPARSE])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("m", [1, 10])
def test_textbook_and_scikit_learn_agree_with_us(group, dtype, m, source):
    sizes, density = ((4, 5, 3), 1.0) if group == DENSE else ((40, 5, 3), 0.1)
    case = Case(group, sizes, m, dtype, steps=30, density=density)
    found = agreement.agreements(case, source, only("textbook", "scikit-learn"))
    assert [one.peer for one in found] == ["textbook", "scikit-learn"]
    assert all(one.holds for one in found), found


@pytest.mark.parametrize("outputs", [1, 3])
def test_perceptrons_agree(outputs, source):
    case = Case(PERCEPTRON, (4, outputs), 1, "float64", steps=120)
    (found,) = agreement.agreements(case, source, only("scikit-learn"))
    assert found.holds, found
    ours, _ = agreement.perceptron_pair(source.problem(case))
    before = ours.weights()
    ours.call()
    assert agreement.difference(ours.weights(), before) > 0


def test_weights_that_are_not_numbers_differ():
    ours, theirs = (
        ([np.ones((2, 2))], [np.ones(2)]),
        ([np.ones((2, 2))], [np.array([1, np.nan])]),
    )
    found = agreement.Agreement(TINY, "wrong", agreement.difference(ours, theirs))
    assert not found.holds


def test_a_learning_rate_wrong_by_a_thousandth_is_noticed(source, monkeypatch):
    honest = BY_NAME["textbook"].prepare[DENSE]

    def wrong(problem):
        monkeypatch.setattr(peers, "ETA", peers.ETA * 1.001)
        run = honest(problem)
        run.call()
        monkeypatch.undo()
        return replace(run, call=lambda: None)

    problem = source.problem(TINY)
    ours, theirs = peers.OURS.run(problem), wrong(problem)
    ours.call()
    found = agreement.Agreement(
        TINY, "wrong", agreement.difference(ours.weights(), theirs.weights())
    )
    assert 1e-6 < found.difference < 1e-2
    assert not found.holds


@pytest.mark.parametrize("sizes", [(4, 5, 3), (4, 6, 5, 3)])
def test_bare_products_are_those_of_a_step(sizes, source):
    case = replace(TINY, sizes=sizes)
    W, _ = peers.starting_weights(source.problem(case))
    forward, backward = peers.product_list(case, W)
    assert len(forward) + len(backward) == 3 * len(W) - 1
    x = np.ones((case.m, sizes[0]))
    for first, *rest in (forward, backward):
        left = x if first is forward[0] else x.T
        for a, b, out in [(left, *first[1:]), *rest]:
            assert (a @ b).shape == out.shape
    gradients = [out.shape for *_, out in backward if out.shape in {w.shape for w in W}]
    assert sorted(gradients) == sorted(w.shape for w in W)


def test_bare_products_multiply_our_weights(source):
    problem = source.problem(TINY)
    run = peers.bare_products(problem)
    run.call()
    assert run.steps == TINY.steps
    assert run.weights is None


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("sizes", [(4, 5, 3), (4, 3)])
@pytest.mark.parametrize("group", [ONE_ROW_FIT, ONE_ROW_PREDICT])
@pytest.mark.parametrize("peer", [peers.OURS, BY_NAME["scikit-learn"]], ids=lambda p: p.name)
def test_one_row_calls_run_in_every_form(peer, group, sizes, dtype, source):
    case = Case(group, sizes, 1, dtype, steps=5)
    run = peer.run(source.problem(case))
    run.call()
    assert run.steps == 5


def test_a_peer_that_is_not_installed_is_skipped(source, monkeypatch, capsys):
    absent = replace(BY_NAME["PyTorch"], module="no_such_module")
    assert list(peers.runs(source.problem(TINY), [absent])) == ["ours"]
    monkeypatch.setattr("benchmarks.__main__.PEERS", (absent,))
    code = main(["table", "--quick", "--rows", "4-5-3 m=1 float64", "--repeat", "1"])
    assert "PyTorch is not installed: skipped" in capsys.readouterr().out
    assert code == 0


@pytest.mark.slow
@pytest.mark.parametrize(("name", "module"), [("PyTorch", "torch"), ("JAX", "jax")])
def test_compiled_peers_agree_with_us(name, module, source):
    pytest.importorskip(module)
    for dtype in ("float64", "float32"):
        (found,) = agreement.agreements(replace(TINY, dtype=dtype), source, only(name))
        assert found.holds, found


# --- FANN ---------------------------------------------------------------------------------

ONLINE = replace(TINY, m=1, dtype="float32", steps=200)


@pytest.fixture
def fann_installed():
    if not BY_NAME["FANN"].is_installed():
        pytest.skip("FANN is not installed")


@pytest.mark.usefixtures("fann_installed")
@pytest.mark.parametrize("sizes", [(4, 5, 3), (4, 6, 5, 3)])
def test_fann_takes_the_steps_of_the_quadratic_cost(sizes, source):
    """From its own first weights, sample by sample, with our rate."""
    problem = source.problem(replace(ONLINE, sizes=sizes))
    theirs = BY_NAME["FANN"].run(problem)
    first = theirs.weights()
    assert [W.shape for W in first[0]] == [*pairwise(sizes)]
    options = {"eta": peers.ETA, "batch_size": 1, "shuffle": False, "cost": "quadratic"}
    ours = SigmoidMLPClassifier.from_weights(*first, **options)
    for _ in range(2):
        ours.partial_fit(problem.X, problem.y)
        theirs.call()
        weights = (ours.coefs_, ours.intercepts_)
        assert agreement.difference(weights, theirs.weights()) < 1e-5
    assert agreement.difference(weights, first) > 0.1


@pytest.mark.usefixtures("fann_installed")
def test_what_fann_holds_is_freed(source, monkeypatch):
    """Each pointer once, by its own function, when the run is gone."""
    freed, functions = [], fann.library()
    for name in ("destroy", "destroy_train"):

        def destroy(pointer, name=name, free=functions[name]):
            freed.append((name, pointer))
            free(pointer)

        monkeypatch.setitem(functions, name, destroy)
    run = BY_NAME["FANN"].run(source.problem(ONLINE))
    run.call()
    assert freed == []
    del run
    assert sorted(name for name, _ in freed) == ["destroy", "destroy_train"]
    assert all(pointer for _, pointer in freed)


@pytest.mark.parametrize(
    ("changes", "able"),
    [({}, True), ({"m": 10}, False), ({"dtype": "float64"}, False), ({"group": SPARSE}, False)],
)
def test_fann_takes_single_samples_of_dense_floats(changes, able):
    assert BY_NAME["FANN"].can(replace(ONLINE, **changes)) is able


def test_a_library_that_is_not_installed_is_skipped(source, monkeypatch, capsys):
    absent = replace(BY_NAME["FANN"], library="no_such_library")
    assert list(peers.runs(source.problem(ONLINE), [absent])) == ["ours"]
    monkeypatch.setattr("benchmarks.__main__.PEERS", (absent,))
    code = main(["table", "--quick", "--rows", "4-5-3 m=1 float32", "--repeat", "1"])
    assert "FANN is not installed: skipped" in capsys.readouterr().out
    assert code == 0


# --- the compiled loop --------------------------------------------------------------------


def uncompiled(function):
    return function


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("sizes", [(4, 5, 3), (64, 6, 10)])
def test_the_loop_over_samples_takes_our_steps(sizes, dtype, source):
    """64 inputs are the digits, a third of them 0."""
    problem = source.problem(Case(DENSE, sizes, 1, dtype, steps=150))
    row, holds = compiled.compare(problem, uncompiled, repeat=1)
    assert holds, row
    assert len(row) == len(compiled.HEADER)
    assert row[-1] == "agree"


def test_a_loop_with_a_wrong_rate_is_noticed(source, monkeypatch):
    monkeypatch.setattr(compiled, "ETA", peers.ETA * 1.001)
    problem = source.problem(replace(ONLINE, dtype="float64"))
    row, holds = compiled.compare(problem, uncompiled, repeat=1)
    assert not holds
    assert row[-1] == "DIFFER"


def test_inputs_that_are_zero_are_left_out():
    at = np.empty(4, np.intp)
    found = compiled.find_nonzero(np.array([0.0, 2.0, 0.0, -1.0]), at)
    assert at[:found].tolist() == [1, 3]
    assert compiled.find_nonzero(np.zeros(4), at) == 0


def test_the_loop_is_measured_where_it_says():
    found = [(case.shape, case.dtype) for case in compiled.measured_cases()]
    assert found == [(s, d) for s in compiled.SHAPES for d in ("float64", "float32")]


def test_without_numba_it_says_so(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "numba", None)
    assert compiled.main([]) == 0
    assert capsys.readouterr().out == "Numba is not installed: skipped\n"


@pytest.mark.slow
def test_the_compiled_loop_takes_our_steps(capsys):
    pytest.importorskip("numba")
    assert compiled.main(["--quick", "--repeat", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.endswith("agree") for line in lines) == 4


# --- data ---------------------------------------------------------------------------------


def test_every_problem_has_the_shape_and_dtype_of_its_case(source):
    for case in map(quick, select("4-5-3|64-30-10|sparse")):
        problem = source.problem(case)
        assert isinstance(problem, Problem)
        assert problem.X.shape == (case.rows, case.sizes[0])
        assert problem.Y.shape == (case.rows, case.sizes[-1])
        assert problem.X.dtype == problem.Y.dtype == case.dtype
        two = source.problem(case.two_classes())
        assert set(two.y[:50]) == {0, 1}


def test_idx_files_are_read(tmp_path):
    import gzip

    path = tmp_path / "images.gz"
    header = bytes([0, 0, 8, 3]) + np.array([2, 2, 3], ">i4").tobytes()
    path.write_bytes(gzip.compress(header + bytes(range(12))))
    assert read_idx(path).tolist() == np.arange(12).reshape(2, 2, 3).tolist()


def test_without_mnist_it_says_so(source):
    assert "SYNTHETIC" in source.describe()


# --- requirements and report --------------------------------------------------------------


@pytest.mark.parametrize("need", requirements.REQUIREMENTS, ids=lambda need: need.label)
def test_every_floor_has_a_row_and_a_peer_that_takes_part(need):
    rows = [case for case in cases() if need.matches(case)]
    expected = len(need.shapes) * len(need.m) * len(need.dtypes)
    assert len(rows) == (1 if need.group == "grid search" else expected)
    assert all(BY_NAME[need.peer].can(case) for case in rows)
    assert need.aim is None or need.aim > need.floor


def fake_results(peer_time, shuffle=True):
    """Every row, every peer that takes part, ours at 1 s."""
    results = []
    for case in cases():
        able = [peer.name for peer in peers.PEERS if peer.can(case)]
        times = {"ours": [1.0] * 5} | {name: [peer_time] * 5 for name in able}
        results.append((replace(case, shuffle=shuffle), times))
    return results


def test_the_worst_row_decides():
    results = fake_results(1000.0)
    assert all(verdict.holds for verdict in requirements.verdicts(results, True))
    case, times = next(r for r in results if r[0].label == "784-100-10 m=1 float32")
    times["JAX"][:] = [0.7] * 5
    failed = [v for v in requirements.verdicts(results, True) if not v.holds]
    assert [(v.requirement.peer, v.worst) for v in failed] == [("JAX", case)]


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("default_threads", [True, False])
def test_a_floor_for_another_kind_of_run_is_not_checked(shuffle, default_threads):
    verdicts = requirements.verdicts(fake_results(1000.0, shuffle), default_threads)
    left_out = {v.requirement.label for v in verdicts if not v.checked}
    expected = set() if shuffle else {f"perceptron 784-{n}, m=1, shuffled" for n in (10, 1)}
    expected |= set() if default_threads else {"784-100-10, m=128, default threads"}
    assert left_out == expected
    assert all(v.holds == v.checked for v in verdicts)


def test_threads_are_the_default_where_nothing_limits_them(monkeypatch):
    for name in report.THREAD_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert threads.are_default(None)
    assert not threads.are_default(1)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert not threads.are_default(None)


def test_a_floor_without_its_peer_is_not_checked():
    results = [(case, {"ours": [1.0]}) for case in cases()]
    verdicts = requirements.verdicts(results, True)
    assert len(verdicts) == len(requirements.REQUIREMENTS)
    assert not any(verdict.checked or verdict.holds for verdict in verdicts)
    assert {report.verdict_row(v)[-1] for v in verdicts} == {"NOT CHECKED"}


def test_the_markdown_has_every_row_and_every_verdict(capsys):
    page, names = report.Report("Title"), list(BY_NAME)
    results = fake_results(12.0)
    rows = [report.row_of(case, times, names) for case, times in results]
    page.table("Time", report.header_of(names), rows)
    verdicts = requirements.verdicts(results, True)
    page.table("Floors", report.VERDICT_HEADER, [report.verdict_row(v) for v in verdicts])
    lines = page.markdown().splitlines()
    for case, _ in results:
        name = case.label.removesuffix(f" m={case.m} {case.dtype}")
        start = f"| {name} | {case.m} | {case.dtype} | 1,000,000 |"
        assert sum(line.startswith(start) for line in lines) == 1
    assert len([line for line in lines if line.endswith(("holds |", "FAILS |"))]) == len(
        verdicts
    )
    widths = {line.count("|") for line in lines if line.startswith("| ")}
    assert widths == {len(names) * 2 + 5, len(report.VERDICT_HEADER) + 1}
    capsys.readouterr()


@pytest.mark.parametrize(
    ("value", "text"), [(1.234, "1.23"), (12.34, "12.3"), (123.4, "123"), (12345.6, "12,346")]
)
def test_numbers_have_no_exponent(value, text):
    assert report.number(value) == text


def test_one_peer_that_differs_is_shown():
    found = [
        agreement.Agreement(TINY, "textbook", 1e-16),
        agreement.Agreement(TINY, "JAX", 1.0),
    ]
    row = report.agreement_row(TINY, found, ["JAX", "PyTorch", "textbook"])
    assert row == [TINY.label, "1e+00", "–", "1e-16", "DIFFER"]


def test_the_environment_tells_the_versions():
    text = "\n".join(report.environment())
    assert f"numpy {np.__version__}" in text
    assert "Python" in text


# --- threads and growth -------------------------------------------------------------------


def test_the_exponent_of_a_power_law():
    sizes = np.array([10, 20, 40, 80])
    assert growth.exponent(sizes, 3.0 * sizes**1.5) == pytest.approx(1.5)


def test_every_series_grows_in_one_quantity():
    for one in growth.series():
        made = [one.case(size) for size in one.sizes]
        assert len(set(made)) == len(one.sizes)
        assert len({(case.group, case.m, case.dtype) for case in made}) == 1


def test_a_thread_setting_reaches_only_its_process(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert "OMP_NUM_THREADS" not in threads._environment(None)
    assert threads._environment(2)["OPENBLAS_NUM_THREADS"] == "2"


def test_a_worker_answers_with_a_time(source, capsys):
    from dataclasses import asdict

    threads.serve(source, [repr(asdict(TINY))] * 2)
    assert all(float(line) > 0 for line in capsys.readouterr().out.split())


# --- the book's tables -------------------------------------------------------------------


@pytest.mark.parametrize("start", [-4, 0, 3])
@pytest.mark.parametrize("best", [0.003, 0.1, 3.0, 100.0])
def test_the_best_rate_lies_inside_what_was_tried(start, best):
    """Wherever the search begins, it goes on until both neighbours are worse."""
    asked = []

    def score(eta):
        asked.append(eta)
        return -abs(np.log(eta / best))

    found, tried = book.best_inside(start, score)
    assert found == best
    assert sorted(asked) == tried
    assert tried[0] < found < tried[-1]


def test_the_epoch_is_chosen_on_the_validation_images():
    epochs = [book.Epoch(90.0, 95.0), book.Epoch(93.0, 91.0), book.Epoch(93.0, 94.0)]
    assert book.chosen(epochs) == (93.0, 91.0)


# --- streams -----------------------------------------------------------------------------


def test_every_way_through_a_stream_answers_before_it_learns(monkeypatch):
    monkeypatch.setattr(streams, "ROWS_OF_SLOW_ONES", 20)
    name, kind, model, X, y = next(streams.streams(None))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        table = list(streams.rows(name, kind, model, X[:60], y[:60], repeat=1))
    assert [row[2] for row in table[:3]] == [
        "predict_then_learn",
        "loop of one-row calls",
        "MLPClassifier, loop",
    ]
    assert table[0][5] == table[1][5]  # the same answers
    assert table[2][5].endswith(" of 20")


# --- lessons ------------------------------------------------------------------------------


def test_only_what_is_misread_is_taught():
    draw = np.random.default_rng(0)
    network = SigmoidMLPClassifier.from_weights(
        [draw.normal(0, 1, (4, 3))], [np.zeros(3)], eta=2.0
    )
    X = draw.normal(0, 1, (12, 4))
    answers = network.predict(X)
    assert lessons.lessons(network, X, answers) == (0, 0)
    assert not hasattr(network, "t_") or network.t_ == 0
    taught, right = lessons.lessons(network, X[:1], (answers[:1] + 1) % 3)
    assert (taught, right) == (1, 1)
    assert network.t_ == 1


def test_the_hand_writes_as_many_ones_as_sevens_anew_for_each_seed():
    one, same, other = (lessons.odd_digits(seed) for seed in (0, 0, 1))
    assert sorted(digit for digit, _ in one) == [1] * 15 + [7] * 15
    pixels = [np.array([lessons.pixels_of(s) for _, s in hand]) for hand in (one, same, other)]
    assert pixels[0].shape == (30, 784)
    assert pixels[0].min() == 0.0
    assert pixels[0].max() == 1.0
    assert np.array_equal(pixels[0], pixels[1])
    assert not np.array_equal(pixels[0], pixels[2])


def test_the_table_of_lessons_has_the_worst_of_all_draws():
    results = np.array([[0.5, 0.99, 0.9, 0.98, 4, 2], [0.5, 0.99, 0.6, 0.99, 4, 4]])
    told = lessons.markdown([(0.25, results)], [(2.0, 0.125)]).splitlines()
    assert told[2] == "| 0.25 | 4.0 | 75 | 75.0 | 10 | 98.5 | 1.0 | 2.0 | 12.5 |"
    assert told[-1] == "Before any lesson: 50.0% of that hand, 99.0% of MNIST's images."


def test_a_papers_network_sees_other_images_in_every_epoch(monkeypatch):
    """η falls from phase to phase; the error is that of the epoch that validation chose."""
    digits = {"X_train": np.eye(10, 784), "y_train": np.arange(10)}
    digits |= {
        f"{part}_{name}": digits[f"{part}_train"] for part in "Xy" for name in ("val", "test")
    }
    seen, partial_fit = [], book.SigmoidMLPClassifier.partial_fit

    def watched(self, X, y, **options):
        seen.append((self.eta, X))
        return partial_fit(self, X, y, **options)

    monkeypatch.setattr(book.SigmoidMLPClassifier, "partial_fit", watched)
    paper = book.Paper("of a paper", 3, {}, ((0.5, 2), (0.1, 1)), True, "1.0", 100.0)
    monkeypatch.setattr(book, "PAPERS", [paper, paper._replace(distorts=False)])
    scores = iter([book.Epoch(90.0, 98.0), book.Epoch(93.0, 97.0), book.Epoch(92.0, 99.0)] * 2)
    monkeypatch.setattr(book, "scores", lambda *_: next(scores))
    table = book.the_papers(Bunch(**digits), {})
    assert [row[2:5] for row in table.rows] == [["2", "1.0", "3.00"]] * 2
    assert [eta for eta, _ in seen] == [0.5, 0.5, 0.1] * 2
    assert len({X.tobytes() for _, X in seen[:3]} | {digits["X_train"].tobytes()}) == 4
    assert all(X is digits["X_train"] for _, X in seen[3:])
