"""Docstring examples draw without a window, and are left out where their package is missing."""

import os
from importlib.util import find_spec

os.environ.setdefault("MPLBACKEND", "Agg")

NEEDED = {"sknn_basic/onnx.py": "skl2onnx"}

if "SKNN_BASIC_TEST_ALL" not in os.environ:
    collect_ignore = [path for path, package in NEEDED.items() if find_spec(package) is None]
