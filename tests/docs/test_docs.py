"""The documentation is whole: every public name, every idea of the lecture, every link.

What the pages show is executed by `test_readme`; here they are read, and, as a slow test,
built with warnings as errors.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest
from site_of_the_documentation import GENERATED
from sklearn.linear_model import Perceptron
from sklearn.neural_network import MLPClassifier

import sknn_basic
from benchmarks.book import NOTES
from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
API = DOCS / "api"
PAGES = sorted(path for path in DOCS.rglob("*.md") if not GENERATED.intersection(path.parts))


# --- public names --------------------------------------------------------------------


def public_modules():
    """Modules without an underscore, packages as a whole. The engine is private."""
    yield "sknn_basic"
    for module in pkgutil.iter_modules(sknn_basic.__path__, "sknn_basic."):
        name = module.name
        if not name.startswith("sknn_basic._") and name != "sknn_basic.engine":
            yield name


MODULES = list(public_modules())


def public(name):
    """The public names of a module."""
    module = importlib.import_module(name)
    return set(module.__all__) if hasattr(module, "__all__") else set()


def on_api_pages():
    """The full names that the pages of docs/api list, each with its module in front."""
    for path in sorted(API.rglob("*.rst")):
        if GENERATED.intersection(path.relative_to(API).parts):
            continue
        text = path.read_text(encoding="utf-8")
        module = re.search(r"automodule:: (\S+)", text)
        listed = re.findall(r"^\.\. (?:autodata|py:data):: (\w+)", text, flags=re.MULTILINE)
        for table in re.findall(r"autosummary::\n(?: +:.*\n)*\n((?: +\w+\n)+)", text):
            listed += table.split()
        yield from (f"{module[1]}.{name}" for name in listed)


def test_every_public_module_has_a_page_and_no_other():
    pages = [path for path in API.rglob("*.rst") if not GENERATED.intersection(path.parts)]
    text = "\n".join(path.read_text(encoding="utf-8") for path in pages)
    assert sorted(re.findall(r"automodule:: (\S+)", text)) == sorted(MODULES)


def test_every_public_name_is_on_its_page_and_no_other():
    assert sorted(on_api_pages()) == sorted(
        f"{name}.{each}" for name in MODULES for each in public(name)
    )


@pytest.mark.parametrize("name", MODULES)
def test_a_public_module_says_what_is_public(name):
    assert public(name)


# --- parameter by parameter ----------------------------------------------------------


def tables(page):
    """The rows of every table of a page, each a list of cells."""
    text = (DOCS / page).read_text(encoding="utf-8")
    for table in re.findall(r"(?:^\|.*\|\n)+", text, flags=re.MULTILINE):
        yield [
            [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            for line in table.splitlines()
        ]


def signature(estimator):
    """The parameters of an estimator's constructor and their defaults."""
    parameters = inspect.signature(estimator).parameters.values()
    return {parameter.name: parameter.default for parameter in parameters}


def said(cell):
    """The names and defaults that a cell tells: `eta=0.5` -> {"eta": 0.5}."""
    pairs = re.findall(r"`(\w+)=([^`]+)`", cell)
    return {name: ast.literal_eval(value) for name, value in pairs}


@pytest.mark.parametrize(
    ("page", "theirs", "ours"),
    [
        ("guide/from_mlpclassifier.md", MLPClassifier, SigmoidMLPClassifier),
        ("guide/from_perceptron.md", Perceptron, PerceptronClassifier),
    ],
)
def test_every_parameter_has_its_row(page, theirs, ours):
    rows = next(tables(page))[2:]
    assert said(" ".join(row[0] for row in rows)) == signature(theirs)
    text = (DOCS / page).read_text(encoding="utf-8")
    named = said(" ".join(row[1] for row in rows))
    assert named.items() <= signature(ours).items()
    alone = re.search(r"Ours alone: ([^.]*(?:\.[^.]*)??)\.\s", text)[1]
    assert signature(ours).keys() - named == set(re.findall(r"`(\w+)`", alone))


def test_parameters_of_network_py_lead_to_ours():
    ours = signature(SigmoidMLPClassifier).keys()
    given = {"X_val", "y_val", "book_split", "epochs", "data"}
    for table in tables("guide/from_network_py.md"):
        for row in table[2:]:
            assert set(re.findall(r"(\w+)=", row[1])) <= ours | given, row


def test_what_the_books_code_computes_leads_to_what_computes_the_same():
    """`test_page_prints_what_its_comments_say` runs the page, which shows each by numbers."""
    rows = {row[0]: row[1] for t in tables("guide/from_network_py.md") for row in t[2:]}
    assert "σ′(z)" in rows["`cost_derivative`"]
    assert "output_activations(X)" in rows["`feedforward(a)`"]
    assert "predict_proba" not in rows["`feedforward(a)`"]
    assert "no L2 term" in rows["`monitor_evaluation_cost`"]
    assert "not `loss_curve_`" in rows["`monitor_training_cost`"]


def test_measured_figures_are_those_of_the_book_page():
    """Figures on MNIST in the guide stand, row for row, in docs/book.md."""
    measured = (DOCS / "book.md").read_text(encoding="utf-8").splitlines()
    quoted = [*tables("guide/eta_and_m.md"), list(tables("guide/two_classifiers.md"))[1]]
    assert len(quoted) == 3
    for table in quoted:
        for row in table[2:]:
            assert f"| {' | '.join(row)} |" in measured, row


def test_the_books_page_says_on_which_images_epochs_and_rates_were_chosen():
    """The epoch that is best on the test images flatters: the honest one stands beside it."""
    page = (DOCS / "book.md").read_text(encoding="utf-8")
    assert NOTES in page
    books, without_hidden, baselines, *_, batches, _best, papers = tables("book.md")
    test, validation = (
        books[0].index(f"epoch chosen on {images}")
        for images in ("test, three seeds", "validation")
    )
    for row in books[2:]:
        flattered, honest = (
            [float(figure) for figure in row[column].split(", ")]
            for column in (test, validation)
        )
        assert all(h <= f for f, h in zip(flattered, honest, strict=True))
        assert float(row[2]) == max(flattered)
    assert len(without_hidden) > 2
    assert any("SVC" in row[0] and "10,000" in row[0] for row in baselines)
    for row in batches[2:]:
        smallest, largest = map(float, row[2].split(" – "))
        assert smallest < float(row[1]) < largest
    assert len(papers) == 5
    for row in papers[2:]:
        theirs, here = float(row[3].split(" – ")[-1]), float(row[4])
        assert here <= theirs + 0.2


def test_times_on_the_engines_page_are_those_of_the_benchmarks():
    measured = (DOCS / "benchmarks.md").read_text(encoding="utf-8").splitlines()
    quoted = [table for table in tables("engine.md") if "PyTorch" in table[0]]
    assert len(quoted) == 1
    for row in quoted[0][2:]:
        assert any(line.startswith(f"| {' | '.join(row)} |") for line in measured), row


# --- links ---------------------------------------------------------------------------


def links(path):
    """The targets of a page's links and pictures that lead to files."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    found = re.findall(r"\]\(([^)\s]+)\)", text)
    return [target for target in found if not re.match(r"https?:", target)]


def anchors(path):
    """The names of a page's headings in links."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(DOCS)))
def test_links_lead_to_files_and_headings(path):
    for target in links(path):
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        assert file.is_file(), target
        assert not anchor or anchor in anchors(file), target


def test_there_are_links():
    assert sum(len(links(path)) for path in PAGES) > 50


def test_every_page_is_in_a_table_of_contents():
    for folder in (DOCS, DOCS / "guide"):
        text = (folder / "index.md").read_text(encoding="utf-8")
        listed = re.findall(
            r"^[\w/]+$", "\n".join(re.findall(r"```\{toctree\}(.*?)```", text, re.S)), re.M
        )
        pages = {path.stem for path in folder.glob("*.md")} - {"index"}
        assert pages == {name for name in listed if "/" not in name}


# --- the exercises -------------------------------------------------------------------


def test_every_exercise_has_an_answer_behind_a_fold_that_is_computed():
    """What the blocks print is checked by `test_readme`, in order, as on the other pages."""
    text = (DOCS / "guide" / "exercises.md").read_text(encoding="utf-8")
    start, *exercises = text.split("\n## ")
    assert "```" not in start
    assert len(exercises) >= 8
    for exercise in exercises:
        question, answer = exercise.split("\n<details>\n<summary>Answer</summary>\n\n")
        assert "```" not in question
        assert len(question.split()) > 10
        assert answer.strip().endswith("\n\n</details>")
        assert "```python\n" in answer
        assert "print(" in answer


# --- the lecture ---------------------------------------------------------------------

LECTURE = [row for table in tables("lecture.md") for row in table[2:]]


def test_the_lecture_has_all_its_statements():
    assert [row[0] for row in LECTURE] == [str(k) for k in range(1, 66)]
    assert len({row[1] for row in LECTURE}) == len(LECTURE)


@pytest.mark.parametrize("row", LECTURE, ids=lambda row: row[0])
def test_a_statement_of_the_lecture_leads_to_example_test_and_page(row):
    _, statement, example, test, page = row
    assert len(statement.split()) > 5
    examples = re.findall(r"\]\(\.\./(examples/\w+\.py)\)", example)
    tests = re.findall(r"\[`?(\w+)`?\]\(\.\./(tests/[\w/]+\.py)\)", test)
    pages = re.findall(r"\]\(([\w/]+\.md)#([^)]+)\)", page)
    assert examples or example == "–"
    assert tests
    assert pages
    assert all((ROOT / name).is_file() for name in examples)
    for function, file in tests:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert function in {
            node.name for node in tree.body if isinstance(node, ast.FunctionDef)
        }
    for file, anchor in pages:
        assert anchor in anchors(DOCS / file), anchor


def test_most_statements_have_an_example_and_every_early_example_a_statement():
    """The first twelve, the number, and why sigmoid neurons are the lecture's."""
    shown = [re.findall(r"plot_(\d+)", row[2]) for row in LECTURE]
    assert sum(map(bool, shown)) > 0.6 * len(shown)
    assert {int(k) for names in shown for k in names} >= {*range(1, 14), 17}


# --- the whole site ------------------------------------------------------------------


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(site):
    for name in ("index", "guide/index", "auto_examples/index", "api/index", "lecture"):
        assert (site / f"{name}.html").is_file(), name


@pytest.mark.slow
def test_the_site_has_every_public_name(site):
    inventory = importlib.import_module("sphinx.util.inventory").InventoryFile
    with (site / "objects.inv").open("rb") as file:
        data = inventory.load(file, "", lambda base, name: name)
    listed = {name for kind in data for name in data[kind] if kind.startswith("py:")}
    documented = {f"{module}.{name}" for module in MODULES for name in public(module)}
    assert documented <= listed


@pytest.mark.slow
def test_the_site_shows_a_picture_of_every_example(site):
    for path in sorted((ROOT / "examples").glob("plot_*.py")):
        assert list((site / "_images").glob(f"sphx_glr_{path.stem}_*.png")), path.stem


@pytest.mark.slow
def test_the_start_page_leads_to_the_pages_that_the_package_makes(site):
    start = (site / "index.html").read_text(encoding="utf-8")
    for name, what in {"digits.html": "one_digit", "perceptron.html": "plane"}.items():
        assert f'href="{name}"' in start
        script = (ROOT / "sknn_basic/export/page/assets" / f"{what}.js").read_text("utf-8")
        page = (site / name).read_text(encoding="utf-8")
        assert script in page
        for back in ("index.html", "guide/in_class.html"):
            assert f'href="{back}"' in page
            assert (site / back).exists()
        assert f'href="../{name}"' in (site / "guide/in_class.html").read_text("utf-8")


@pytest.mark.slow
def test_the_site_is_read_without_a_network(site):
    """No page loads a script, a style, a font or a picture from elsewhere."""
    loaded = r"<(?:(?:script|img|iframe|source)[^>]+src|link[^>]+href)=[\"'](?:https?:)?//"
    for path in site.rglob("*.html"):
        assert not re.search(loaded, path.read_text(encoding="utf-8")), path
