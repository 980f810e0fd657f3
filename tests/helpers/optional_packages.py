"""What a test needs beyond the `test` extra: taken where it is installed, demanded in CI."""

import importlib
import os
import shutil

import pytest

DEMANDED = "SKNN_BASIC_TEST_ALL" in os.environ
"""Set where everything is installed: what is missing there is an error, not a skip."""


def needs(module):
    """Import a module; without it, skip the tests of the file that asks."""
    if DEMANDED:
        return importlib.import_module(module)
    return pytest.importorskip(module, exc_type=ImportError)


def needs_program(name):
    """The path of a program; without it, skip the tests of the file that asks."""
    path = shutil.which(name)
    if path is None and DEMANDED:
        raise FileNotFoundError(f"The program {name} is not installed.")
    if path is None:
        pytest.skip(f"needs the program {name}", allow_module_level=True)
    return path
