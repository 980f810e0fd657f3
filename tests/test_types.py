"""The annotations of the public surface, as a strict type checker sees them from outside."""

import importlib.util
import subprocess
import sys

import pytest

SCRIPT = """
from typing import assert_type
import numpy as np
from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

X = np.zeros((4, 2))
y = ["a", "b", "a", "b"]
network = SigmoidMLPClassifier([3], eta=0.1, cost="quadratic", class_weight={"a": 2.0})
assert_type(network.fit(X, y, X_val=X, y_val=y), SigmoidMLPClassifier)
assert_type(network.total_cost(X, y), float)
assert_type(network.n_iter_, int)
perceptron = PerceptronClassifier(tol=None).partial_fit(X, y, growing=True)
assert_type(perceptron, PerceptronClassifier)
assert_type(perceptron.mistakes_, list[int])
first: float = network.predict_proba(X)[0, 0]
"""
WRONG = ['SigmoidMLPClassifier(eta="fast")', "PerceptronClassifier(0.5)", "network.fit(X)"]


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


@pytest.mark.slow
def test_a_users_script_passes_and_its_mistakes_are_found(tmp_path):
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy comes with the extra dev")
    right = checked(tmp_path, SCRIPT)
    assert right.returncode == 0, right.stdout
    wrong = checked(tmp_path, SCRIPT + "\n".join(WRONG))
    assert wrong.stdout.count("error:") == len(WRONG), wrong.stdout
