"""What README.md and the guide show is what happens."""

import contextlib
import io
import re
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README, GUIDE = ROOT / "README.md", ROOT / "docs" / "guide.md"
TEXT = README.read_text(encoding="utf-8")
BLOCKS = [
    pytest.param(block, id=f"{path.name}-{k}")
    for path in (README, GUIDE)
    for k, block in enumerate(
        re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    )
]

TOLERANCE = 0.015
"""Another BLAS may round otherwise and decide a few samples differently."""


def promised(block):
    """The comments behind the block's prints."""
    return re.findall(r"^ *print\(.*\)  # (.+)$", block, flags=re.MULTILINE)


def agree(line, promise):
    try:
        return float(line) == pytest.approx(float(promise), abs=TOLERANCE)
    except ValueError:
        return line == promise


@pytest.mark.parametrize("block", BLOCKS)
def test_snippet_prints_what_its_comments_say(block, monkeypatch):
    monkeypatch.chdir(ROOT)
    printed = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
        warnings.simplefilter("error")
        exec(compile(block, "README.md", "exec"), {"__name__": "readme"})
    lines, promises = printed.getvalue().splitlines(), promised(block)
    assert len(lines) == len(promises) > 0
    assert all(map(agree, lines, promises)), (lines, promises)


def test_no_snippet_is_overlooked():
    assert len(BLOCKS) == 4 + 10


@pytest.mark.parametrize(
    "command",
    [
        'python -m pip install ".[demo]" && python -m sknn_basic',
        'python -m pip install ".[test]" && python -m pytest',
    ],
)
def test_command_stands_on_a_line_of_its_own(command):
    assert command in [line.strip() for line in TEXT.splitlines()]


def test_pictures_and_links_exist():
    targets = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert targets
    for target in targets:
        if not target.startswith("http"):
            assert (README.parent / target).is_file(), target


def test_pictures_are_small():
    for name in re.findall(r"!\[[^]]*\]\(([^)]+)\)", TEXT):
        assert (README.parent / name).stat().st_size < 100_000
