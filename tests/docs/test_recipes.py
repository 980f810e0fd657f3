"""The recipes of docs/guide/streams.md that need more than to be executed once."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from test_readme import blocks

from sknn_basic import SigmoidMLPClassifier

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guide" / "streams.md"


def block_with(word):
    """The one block of the page, executed or not, in which this stands."""
    text = PAGE.read_text(encoding="utf-8")
    found = [block["code"] for block in blocks(PAGE)]
    found += re.findall(r"^```\{code-block\} python\n(.*?)^```$", text, re.DOTALL | re.M)
    [block] = (code for code in found if word in code)
    return block


# --- a checkpoint that survives a kill ------------------------------------------------------


def killed(code, folder, kills):
    """The report of `killed_streams` about this code."""
    (folder / "code.py").write_text(code, encoding="utf-8")
    helper = ROOT / "tests" / "helpers" / "killed_streams.py"
    command = [sys.executable, str(helper), "code.py", str(kills)]
    env = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    env["OPENBLAS_NUM_THREADS"] = "1"
    done = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def recipe():
    """The two functions of the page, and what they import."""
    functions, _ = block_with("def keep").split("\n_, undisturbed")
    from_above = "from sklearn.preprocessing import StandardScaler\n"
    return f"{from_above}from sknn_basic import SigmoidMLPClassifier\n{functions}"


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX processes and signals")


@needs_fork
def test_fifty_kills_lose_no_more_than_the_rows_since_the_last_checkpoint(recipe, tmp_path):
    report = killed(recipe, tmp_path, 50)
    assert report["kills"] == 50
    assert report["wrong"] == []
    assert len(set(report["repeated"])) > 5  # the moments are spread
    assert 0 <= min(report["repeated"]) <= max(report["repeated"]) <= 10
    assert report["finished"] > 0
    assert set(report["files"]) <= {"stream.part"}  # which the next checkpoint replaces


@needs_fork
def test_a_checkpoint_that_is_written_over_would_be_found_out(recipe, tmp_path):
    careless = recipe.replace('Path(f"{path}.part")', "path")
    careless = careless.replace("    os.replace(part, path)\n", "")
    assert len(careless) < len(recipe) - 40
    with pytest.raises(AssertionError, match=r"EOFError|UnpicklingError"):
        killed(careless, tmp_path, 50)


# --- callbacks of other packages ------------------------------------------------------------


def defined(word, **modules):
    """What the classes of a block are, with stand-ins for the packages that it imports."""
    code = block_with(word)
    names = {"__name__": "page", **modules}
    [kind] = (node for node in ast.parse(code).body if isinstance(node, ast.ClassDef))
    exec("from sklearn.callback import FitCallback", names)
    exec(ast.get_source_segment(code, kind), names)
    return names[kind.name]


@pytest.fixture
def digits():
    pytest.importorskip("sklearn.callback", reason="scikit-learn 1.9 brought callbacks")
    X, y = load_digits(return_X_y=True)
    return X[:400] / 16, y[:400]


NETWORK = SigmoidMLPClassifier((10,), max_iter=6, tol=None, random_state=0)


class Trial:
    """What `Pruning` needs of a trial of Optuna; it is pruned after some reports."""

    def __init__(self, patience):
        self.patience, self.reports = patience, []

    def report(self, value, step):
        self.reports.append((step, value))

    def should_prune(self):
        return len(self.reports) == self.patience


def test_the_callback_for_optuna_reports_each_epoch_and_ends_the_fit(digits):
    class TrialPruned(Exception):  # noqa: N818, as Optuna names it
        pass

    X, y = digits
    optuna = SimpleNamespace(TrialPruned=TrialPruned)
    pruning = defined("class Pruning", optuna=optuna, X_val=X, y_val=y)
    whole, cut = Trial(99), Trial(3)
    model = clone(NETWORK).set_callbacks(pruning(whole)).fit(X, y)
    assert [step for step, _ in whole.reports] == [0, 1, 2, 3, 4, 5]
    assert whole.reports[-1][1] == model.score(X, y)
    with pytest.raises(TrialPruned):
        clone(NETWORK).set_callbacks(pruning(cut)).fit(X, y)
    assert cut.reports == whole.reports[:3]


def test_the_callback_for_mlflow_logs_the_loss_curve(digits):
    logged = []
    mlflow = SimpleNamespace(log_metric=lambda name, value, step: logged.append((step, value)))
    model = clone(NETWORK).set_callbacks(defined("class LogLoss", mlflow=mlflow)())
    model.fit(*digits)
    assert logged == list(enumerate(model.loss_curve_))
