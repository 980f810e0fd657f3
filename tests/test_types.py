"""The annotations of the public surface, as a strict type checker sees them from outside."""

import importlib.util
import subprocess
import sys
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.gradient_descent import CONSTRAINTS, minimize

SCRIPT = """
from typing import assert_type
import numpy as np
from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.gradient_descent import minimize
from sknn_basic.logic import compile_truth_table
from sknn_basic.output_codes import code_table

X = np.zeros((4, 2))
y = ["a", "b", "a", "b"]
network = SigmoidMLPClassifier([3], eta=0.1, cost="quadratic", class_weight={"a": 2.0})
assert_type(network.fit(X, y, X_val=X, y_val=y), SigmoidMLPClassifier)
assert_type(network.total_cost(X, y), float)
assert_type(network.n_iter_, int)
SigmoidMLPClassifier(class_weight="balanced", output_code=np.eye(2), keep="best")
SigmoidMLPClassifier(output_code=[[0, 1], [1, 0]])
SigmoidMLPClassifier(output_code=[np.zeros(2), np.ones(2)])
perceptron = PerceptronClassifier(tol=None).partial_fit(X, y, growing=True)
assert_type(perceptron, PerceptronClassifier)
assert_type(perceptron.mistakes_, list[int])
first: float = network.predict_proba(X)[0, 0]
"""
WRONG = [
    'SigmoidMLPClassifier(eta="fast")',
    "PerceptronClassifier(0.5)",
    "network.fit(X)",
    'SigmoidMLPClassifier(learning_rate="constnat")',
    'SigmoidMLPClassifier(cost="cross-entropy")',
    'SigmoidMLPClassifier(init="glorot")',
    'SigmoidMLPClassifier(output_code="onehot")',
    'SigmoidMLPClassifier(keep="first")',
    'PerceptronClassifier(keep="pocket")',
    'PerceptronClassifier(class_weight="balance")',
    'compile_truth_table([1, 0], gate="nor")',
    'minimize(abs, start=[1.0], accept="downhill")',
    'code_table("one-hot", 3)',
]


def checked(tmp_path, source):
    path = tmp_path / "script.py"
    path.write_text(source, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--cache-dir",
        str(tmp_path),
        str(path),
    ]
    return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)


def words(hint):
    """The words that an annotation names, in whatever union."""
    if get_origin(hint) is Literal:
        return set(get_args(hint))
    return set().union(*map(words, get_args(hint)))


@pytest.mark.parametrize(
    ("function", "constraints"),
    [
        (each.__init__, each._parameter_constraints)
        for each in (SigmoidMLPClassifier, PerceptronClassifier)
    ]
    + [(minimize, CONSTRAINTS)],
    ids=["network", "perceptron", "minimize"],
)
def test_the_words_that_a_type_checker_knows_are_those_that_are_accepted(function, constraints):
    hints = get_type_hints(function)
    accepted = {
        name: {
            o for each in allowed for o in getattr(each, "options", ()) if isinstance(o, str)
        }
        for name, allowed in constraints.items()
    }
    assert any(accepted.values())
    for name, options in accepted.items():
        assert words(hints.get(name)) == options, name


@pytest.mark.slow
def test_a_users_script_passes_and_its_mistakes_are_found(tmp_path):
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy comes with the extra dev")
    right = checked(tmp_path, SCRIPT)
    assert right.returncode == 0, right.stdout
    wrong = checked(tmp_path, SCRIPT + "\n".join(WRONG))
    assert wrong.stdout.count("error:") == len(WRONG), wrong.stdout
