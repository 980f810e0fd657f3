"""Docstring examples draw without a window, and are left out where their package is missing."""

import os
import sys
from importlib.util import find_spec

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")

NEEDED = {"sknn_basic/onnx.py": "skl2onnx"}

if "SKNN_BASIC_TEST_ALL" not in os.environ:
    collect_ignore = [path for path, package in NEEDED.items() if find_spec(package) is None]


@pytest.fixture(autouse=True)
def no_figure_left():
    """Close what a test or an example of a docstring has drawn."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
