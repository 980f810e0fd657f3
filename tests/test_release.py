"""What is released: one version everywhere, and archives that hold what they need."""

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from email import message_from_string
from pathlib import Path

import pytest
from optional_packages import needs

import sknn_basic

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DEMAND = "SKNN_BASIC_TEST_ALL"


def test_one_version_and_one_date():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    [(newest, date), *_] = re.findall(r"^## \[([^]]+)\](?: - (\S+))?$", changes, re.MULTILINE)
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    if newest != "Unreleased":  # between releases nothing has a date yet
        assert newest == sknn_basic.__version__
        assert f'version: {newest}\ndate-released: "{date}"\n' in citation


def test_each_python_is_named():
    named = [re.fullmatch(r".*:: 3\.(\d+)", line) for line in PROJECT["classifiers"]]
    minors = [int(match[1]) for match in named if match]
    assert minors == list(range(minors[0], minors[-1] + 1))
    assert PROJECT["requires-python"] == f">=3.{minors[0]}"


def test_what_runs_everything_names_the_same_versions():
    script, workflow = ROOT / ".ci" / "run", ROOT / ".github" / "workflows" / "ci.yml"
    if not script.exists():
        pytest.skip("an archive of the sources does not hold them")
    pythons = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    for version in pythons:
        assert f"python_of {version}" in script.read_text(encoding="utf-8")
        assert re.search(rf"^ +{version}$", workflow.read_text(encoding="utf-8"), re.MULTILINE)


# --- what is built -------------------------------------------------------------------------


def run(*words, cwd):
    """Run a program to its end; what it prints, if it ends well.

    Nothing tells it where this checkout is, nor to demand every optional package.
    """
    env = {name: os.environ[name] for name in {*os.environ} - {"PYTHONPATH", DEMAND}}
    command = list(map(str, words))
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    return done.stdout


def build(source, target):
    """Build both archives; their paths, sources first."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", target, source]
    run(*command, cwd=target)
    return next(target.glob("*.tar.gz")), next(target.glob("*.whl"))


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    for module in ("build", "hatchling"):
        needs(module)
    return build(ROOT, tmp_path_factory.mktemp("dist"))


def unpacked(archive, folder):
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    return next(folder.iterdir())


def packaged(folder):
    """Which files of the package there are, compiled ones aside."""
    paths = (path for path in (folder / "sknn_basic").rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix() for path in paths}
    return {name for name in names if "__pycache__" not in name and "_cache/" not in name}


@pytest.mark.slow
def test_the_archives_pass_the_checks_of_an_index(archives, tmp_path):
    needs("twine")
    run(sys.executable, "-m", "twine", "check", "--strict", *archives, cwd=tmp_path)


@pytest.mark.slow
def test_both_archives_hold_the_whole_package(archives, tmp_path):
    sources, wheel = archives
    with zipfile.ZipFile(wheel) as file:
        held = {name for name in file.namelist() if name.startswith("sknn_basic/")}
    settings = {"sknn_basic/engine/ruff.toml"}
    assert held == packaged(ROOT) - settings
    assert packaged(unpacked(sources, tmp_path)) == held | settings


@pytest.mark.slow
def test_one_setting_makes_every_address(archives, tmp_path):
    folder = unpacked(archives[0], tmp_path)
    text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    settings = text.replace('repository = ""', 'repository = "https://example.org/us/it"')
    assert settings != text
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    (folder / "PKG-INFO").unlink()
    (tmp_path / "dist").mkdir()
    _, wheel = build(folder, tmp_path / "dist")
    with zipfile.ZipFile(wheel) as file:
        [name] = (name for name in file.namelist() if name.endswith("/METADATA"))
        metadata = message_from_string(file.read(name).decode())
    urls = dict(each.split(", ") for each in metadata.get_all("Project-URL"))
    assert {"Homepage", "Documentation", "Source", "Changelog", "Issues"} == set(urls)
    assert all(url.startswith("https://example.org/us/it") for url in urls.values())
    readme, tag = metadata.get_payload(), f"v{sknn_basic.__version__}"
    targets = re.findall(r"(!?)\[[^]]*\]\(([^)]+)\)", readme)
    assert len(targets) > 5
    for picture, target in targets:
        kind = "raw" if picture else "blob"
        start = f"https://example.org/us/it/{kind}/{tag}/"
        assert target.startswith(start)
        assert (ROOT / target.removeprefix(start)).is_file()


@pytest.fixture(scope="module")
def fresh(archives, tmp_path_factory):
    """The Python of a new environment with the wheel, and the sources unpacked elsewhere."""
    sources, wheel = archives
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    options = ["--quiet", "--disable-pip-version-check"]
    run(python, "-m", "pip", "install", *options, f"{wheel}[test]", cwd=folder)
    (folder / "sources").mkdir()
    return python, unpacked(sources, folder / "sources")


@pytest.mark.slow
def test_the_wheel_works_in_an_empty_folder(fresh, tmp_path):
    python, _ = fresh
    version = run(python, "-I", "-m", "sknn_basic", "--version", cwd=tmp_path)
    assert version == f"sknn_basic {PROJECT.get('version', sknn_basic.__version__)}\n"
    for words in (["--perceptron"], ["--data", "digits"]):  # the parts of pages come along
        run(python, "-I", "-m", "sknn_basic", "page", *words, "--out", "a.html", cwd=tmp_path)
        assert (tmp_path / "a.html").stat().st_size > 10_000


@pytest.mark.slow
def test_the_sources_hold_what_their_tests_need(fresh):
    """Every test is collected; those that read files beside them are run, as is a doctest.

    .ci/run takes all plain tests from such a folder.
    """
    python, folder = fresh
    pytest_ = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    assert "error" not in run(*pytest_, "--collect-only", cwd=folder).lower().splitlines()[-1]
    read = ["tests/docs/test_docs.py", "tests/export/test_frozen_files.py", "sknn_basic"]
    read += ["tests/test_architecture.py", "tests/test_release.py"]
    told = run(*pytest_, *read, cwd=folder)
    assert int(re.search(r"(\d+) passed", told)[1]) > 200
