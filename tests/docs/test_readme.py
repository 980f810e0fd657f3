"""What README.md and the documentation show is what happens.

Every block marked ``python`` is executed, in the README each alone, elsewhere after those
before it on its page. A comment behind a print is what it prints; a block marked ``text``
right after is what else the block writes. Where a block needs a package that the tests
do not always have, it imports it or a comment above it says ``<!-- needs NAME -->``.
``<!-- second process with FILE -->`` marks a script of its own: it runs in another process, in
a folder that holds this file and nothing else.
"""

import ast
import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import pytest
from optional_packages import needs

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
GENERATED = {"_build", "auto_examples", "generated", "backreferences"}
PAGES = sorted(
    path for path in (ROOT / "docs").rglob("*.md") if not GENERATED.intersection(path.parts)
)
FENCE = re.compile(
    r"(?:<!-- second process with (?P<file>[^>]*) -->\n)?"
    r"(?:<!-- needs (?P<needs>[^>]*) -->\n)?"
    r"^```python\n(?P<code>.*?)^```$"
    r"(?:\n\n```text\n(?P<text>.*?)^```$)?",
    flags=re.DOTALL | re.MULTILINE,
)
WITHOUT_PYTHON = {
    "docs/about.md",
    "docs/benchmarks.md",
    "docs/book.md",
    "docs/changelog.md",
    "docs/engine.md",
    "docs/guide/glossary.md",
    "docs/guide/index.md",
    "docs/lecture.md",
}
"""Pages that show no Python."""

SLOW = {"getting_started", "handwriting"}
"""Pages that start processes of their own."""

RUN_BY_HAND = {"many_machines.md", "streams.md"}
"""Pages with blocks marked ``{code-block} python`` too: they need a cluster or other packages,
and say so."""

TOLERANCE = 0.015
"""Another BLAS may round otherwise and decide a few samples differently."""

TIME = re.compile(r"\d+\.\d+ s\b|\d+:\d\d:\d\d|[\d,]+ rows/s")
NUMBER = re.compile(r"-?\d+(?:\.\d*)?")


def blocks(path):
    """The Python blocks of a page, each a match of `FENCE`."""
    return list(FENCE.finditer(path.read_text(encoding="utf-8")))


def promised(block):
    """The comments behind the block's prints."""
    return re.findall(r"^ *print\(.*\)  # (.+)$", block, flags=re.MULTILINE)


def close(number, promise):
    """Whether two numbers agree: whole ones to the letter, others but for rounding."""
    if "." not in number or "." not in promise:
        return number == promise
    return float(number) == pytest.approx(float(promise), abs=TOLERANCE)


def agree(line, promise):
    """Whether two lines say the same but for rounding and for times, like 0.1 s and 0:00:00."""
    line, promise = TIME.sub("some time", line), TIME.sub("some time", promise)
    same_words = NUMBER.sub("#", line).split() == NUMBER.sub("#", promise).split()
    numbers = zip(NUMBER.findall(line), NUMBER.findall(promise), strict=True)
    return same_words and all(close(*pair) for pair in numbers)


def modules(code):
    """The modules that the block imports."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def need_all(block):
    """Import what the block needs beyond this package, or skip."""
    named = (block["needs"] or "").replace(",", " ").split()
    foreign = (name for name in modules(block["code"]) if not name.startswith("sknn_basic"))
    for name in [*named, *foreign]:
        needs(name)


def output(block, names):
    """What the block writes when it is executed among these names, line by line."""
    if block["file"]:
        return output_elsewhere(block["code"], block["file"])
    written = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(written):
        warnings.simplefilter("error")
        exec(compile(block["code"], "a page of the documentation", "exec"), names)
    return [line for line in written.getvalue().splitlines() if line.strip()]


def output_elsewhere(code, file):
    """What a script writes in a process of its own, in a folder with this file alone."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(file, folder)
        command = [sys.executable, "-W", "error", "-c", code]
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            command, cwd=folder, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert [path.name for path in Path(folder).iterdir()] == [file]
    return done.stdout.splitlines()


def check(block, names):
    """Execute a block and compare what it writes with what the page says."""
    lines, promises = output(block, names), promised(block["code"])
    more = (block["text"] or "").splitlines()
    assert promises or more, "a block shows nothing of what it does"
    assert len(lines) == len(promises) + len(more), lines
    printed = lines[len(more) :]  # a block writes while it trains, and prints afterwards
    assert all(map(agree, lines[: len(more)], more)), (lines, more)
    assert all(map(agree, printed, promises)), (printed, promises)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in that has the documentation's pictures where the project has them."""
    shutil.copytree(ROOT / "docs" / "images", tmp_path / "docs" / "images")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("block", blocks(README), ids=lambda block: f"at-{block.start()}")
def test_snippet_of_the_readme_prints_what_its_comments_say(block):
    check(block, {"__name__": "readme"})


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.stem, marks=[pytest.mark.slow] * (path.stem in SLOW))
        for path in PAGES
        if blocks(path)
    ],
)
def test_page_prints_what_its_comments_say(path):
    names = {"__name__": path.stem}
    missing = []
    for block in blocks(path):
        try:
            need_all(block)
        except pytest.skip.Exception as skip:
            missing.append(skip.msg)
        else:
            check(block, names)
    if missing:
        pytest.skip("; ".join(missing))  # the other blocks have been executed


@pytest.mark.parametrize("path", [README, *PAGES], ids=lambda p: str(p.relative_to(ROOT)))
def test_no_snippet_is_overlooked(path):
    """Every fence that may hold Python is one that is executed; none hides by its form."""
    text = path.read_text(encoding="utf-8")
    if path.name in RUN_BY_HAND:
        by_hand = re.findall(r"^```\{code-block\} python\n(.*?)^```$", text, re.DOTALL | re.M)
        assert all(map(ast.parse, by_hand))
        text = re.sub(r"^```\{code-block\} python\n.*?^```$", "", text, flags=re.DOTALL | re.M)
    fences = re.findall(r"^\s*(?:```|~~~|:::)+ *\{?(?:py|code|ipython|doctest)", text, re.M)
    assert len(fences) == len(blocks(path))
    outside = FENCE.sub("", text)
    assert not re.search(r"^(?: {4,}|\t|>>> ).*(?:^|\s)import \w+", outside, re.MULTILINE)
    assert bool(fences) != (path.relative_to(ROOT).as_posix() in WITHOUT_PYTHON)


def test_a_difference_would_be_noticed():
    [block] = FENCE.finditer("```python\nprint(1.5)  # 1.5\nprint('a')  # a\n```\n")
    check(block, {})
    for wrong in ("print(1.5)  # 1.6", "print('a')  # b", "print(1)", "x = 1", ""):
        [block] = FENCE.finditer(f"```python\n{wrong}\n```\n")
        with pytest.raises(AssertionError):
            check(block, {})
    line = "Epoch 1/2  cost 0.5  0.1 s, at most 0.2 s left"
    assert agree(line, "Epoch 1/2  cost 0.51  7.0 s, at most 8.9 s left")
    for wrong in (
        line.replace("0.5", "0.6"),
        line.replace("1/", "2/"),
        line.replace("cost", ""),
    ):
        assert not agree(line, wrong)


def test_getting_started_names_what_must_be_installed():
    """All that its blocks import, the ONNX packages by their extra."""
    page = ROOT / "docs" / "guide" / "getting_started.md"
    lines = re.findall(
        r"^    python -m pip install (.*)$", page.read_text(encoding="utf-8"), re.M
    )
    extra = {'".[onnx]"': "onnxruntime skl2onnx"}
    told = " ".join(extra.get(line, line) for line in lines).split()
    known = {"sknn_basic", "numpy", "scipy", "sklearn", "joblib", *sys.stdlib_module_names}
    needed = set()
    for block in blocks(page):
        named = [*modules(block["code"]), *(block["needs"] or "").split(", ")]
        needed |= {name.partition(".")[0] for name in named if name} - known
    assert needed == set(told) - {"."}


@pytest.mark.parametrize(
    "command",
    [
        'python -m pip install ".[demo]" && python -m sknn_basic',
        'python -m pip install ".[test]" && python -m pytest',
    ],
)
@pytest.mark.parametrize(
    "page", [README, ROOT / "docs" / "index.md"], ids=lambda path: path.stem
)
def test_command_stands_on_a_line_of_its_own(command, page):
    assert command in [line.strip() for line in page.read_text(encoding="utf-8").splitlines()]


def test_pictures_and_links_exist():
    targets = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert targets
    for target in targets:
        if not target.startswith("http"):
            assert (README.parent / target).is_file(), target


def test_pictures_are_small():
    for name in re.findall(r"!\[[^]]*\]\(([^)]+)\)", TEXT):
        assert (README.parent / name).stat().st_size < 100_000
