"""The documentation as a site: Sphinx makes it of a copy, every example executed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from optional_packages import needs

ROOT = Path(__file__).parents[2]
GENERATED = {"_build", "auto_examples", "generated", "backreferences"}
"""Folders that Sphinx fills."""


def build(root):
    """Build the pages in the folder `root`, warnings as errors; the folder of the pages."""
    needs("sphinx_gallery.gen_gallery")
    for name in ("sphinx", "numpydoc", "myst_parser", "pydata_sphinx_theme"):
        needs(name)
    generated = shutil.ignore_patterns(*GENERATED)
    shutil.copytree(ROOT / "docs", root / "docs", ignore=generated)
    for name in ("examples", "tests"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "CHANGELOG.md", root)
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    built = subprocess.run(
        [*command, "docs", "docs/_build/html"],
        cwd=root,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    return root / "docs" / "_build" / "html"
