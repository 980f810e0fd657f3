"""Every example runs to its end without a warning and shows a picture."""

import runpy
import warnings
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))


@pytest.fixture
def shown(monkeypatch):
    """The figures that `plt.show` was asked to show; no window opens."""
    figures = []
    before = mpl.get_backend()
    plt.switch_backend("Agg")
    monkeypatch.setattr(plt, "show", lambda *_, **__: figures.extend(plt.get_fignums()))
    yield figures
    plt.close("all")
    plt.switch_backend(before)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs_and_shows_a_picture(path, shown, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        runpy.run_path(str(path), run_name="__main__")
    assert shown
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_opens_with_a_title(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == '"""'
    assert lines[2] == "=" * len(lines[1])


def test_there_are_examples():
    assert EXAMPLES
