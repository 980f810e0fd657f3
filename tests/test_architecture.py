"""Proves that the house is built as planned: who imports whom, and how large the rooms are.

It reads the source and imports nothing of it. How long functions are, how many arguments they
take and which libraries they may import at the top of a file, ruff checks.
"""

import ast
import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "sknn_basic"
ENGINE_ORDER = [
    "_types",
    "neurons",
    "network",
    "rows",
    "blocks",
    "layers",
    "sgd",
    "gradient",
    "training",
]
LIMITS = {
    "methods of the largest class": 30,
    "hooks between base and classifiers": 9,
    "lines of the classifiers' base": 430,
    "private modules at the top level": 4,
    "Python files in one folder": 12,
    "engine functions with numpydoc sections": 10,
    "engine docstring lines per 100 of code": 60,
    "engine lines": 2450,
    "private members of a classifier read from other folders": 6,
    "longest function without its docstring, constructors aside": 40,
    "import circles between files": 0,
}
BASE = "sknn_basic._classifiers.base"
ESTIMATORS = ["_classifiers.perceptron", "_classifiers.sigmoid_mlp"]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def module_name(path):
    """sknn_basic/engine/sgd.py -> sknn_basic.engine.sgd."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def tree_of(module):
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def package_of(module):
    is_package = MODULES[module].name == "__init__.py"
    return module if is_package else module.rpartition(".")[0]


def imports(nodes, package):
    """The full names of all modules that these nodes import."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) + 1 - node.level]
                base = ".".join([*above, base]) if base else ".".join(above)
            names = {f"{base}.{alias.name}" for alias in node.names}
            submodules = names & MODULES.keys()
            yield from submodules or {base}


def imports_of(module):
    """Every module that `module` imports, wherever in its source."""
    return set(imports(ast.walk(tree_of(module)), package_of(module)))


def foreign_to_engine(names):
    """Those imports that the engine must not have."""
    allowed = sys.stdlib_module_names | {"numpy", "scipy"}
    return {
        name
        for name in names
        if name.split(".")[0] not in allowed
        and name != "sknn_basic.engine"
        and not name.startswith("sknn_basic.engine.")
    }


def later_ones(module, names, order):
    """Those of the imported `names` that stand in `order` where `module` does, or later."""
    position = order.index(module)
    return {name for name in names if name in order[position:]}


def docstring_lines(node):
    """The number of lines of the docstring of a module, class or function."""
    if ast.get_docstring(node) is None:
        return 0
    return node.body[0].end_lineno - node.body[0].lineno + 1


def functions(tree, inside=""):
    """Every function of a module with its qualified name."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield from functions(node, inside)
            continue
        if isinstance(node, FUNCTIONS):
            yield inside + node.name, node
        yield from functions(node, f"{inside}{node.name}.")


def members(class_):
    """The private names that a class defines: methods, attributes, and `self._name = …`."""
    for node in ast.walk(class_):
        if isinstance(node, FUNCTIONS):
            yield node.name
        elif isinstance(node, ast.Attribute) and is_self(node.value):
            if isinstance(node.ctx, ast.Store):
                yield node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def is_self(node):
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def private(names):
    return {name for name in names if name.startswith("_") and not name.endswith("__")}


# --- how large the rooms are: each takes the modules' trees or sources by name -----------


def methods_of_the_largest_class(trees):
    classes = (
        n for tree in trees.values() for n in ast.walk(tree) if isinstance(n, ast.ClassDef)
    )
    return max(sum(isinstance(node, FUNCTIONS) for node in each.body) for each in classes)


def hooks(base, others):
    """The private names of the class in `base` that a class in `others` defines anew."""

    def own(tree):
        (class_,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
        named = (node for node in class_.body if isinstance(node, FUNCTIONS))
        assigned = (
            node for node in class_.body if isinstance(node, ast.Assign | ast.AnnAssign)
        )
        targets = (n for node in assigned for n in ast.walk(node) if isinstance(n, ast.Name))
        stored = {n.id for n in targets if isinstance(n.ctx, ast.Store)}
        return private({node.name for node in named} | stored)

    return own(base) & set().union(*map(own, others))


def private_modules_at_the_top(names):
    """Files, not folders; `__init__` and `__main__` are no private ones."""
    tops = {name.split(".")[1] for name in names if name.count(".") == 1}
    folders = {name.split(".")[1] for name in names if name.count(".") > 1}
    return len(private(tops - folders))


def files_of_the_largest_folder(paths):
    return max(Counter(path.parent for path in paths).values())


def functions_with_sections(trees):
    """Functions whose docstring has a part that is underlined."""
    texts = (ast.get_docstring(f) or "" for tree in trees.values() for _, f in functions(tree))
    return sum("\n---" in text for text in texts)


def docstring_lines_per_100_of_code(sources):
    """Every string that stands alone is a docstring, those of constants included."""
    told = code = 0
    for source in sources.values():
        lines = [line.strip() for line in source.splitlines()]
        texts = {
            k
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Expr) and is_text(node.value)
            for k in range(node.lineno - 1, node.end_lineno)
        }
        told += len(texts)
        code += sum(
            k not in texts and line != "" and line[0] != "#" for k, line in enumerate(lines)
        )
    return round(100 * told / code)


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def private_members_read_elsewhere(trees, home):
    """Names `x._name` in other folders that a class at `home` defines, each folder's once."""
    own = set()
    for name, tree in trees.items():
        if name.startswith(home):
            for node in ast.walk(tree):
                own |= private(members(node)) if isinstance(node, ast.ClassDef) else set()
    return {
        node.attr
        for name, tree in trees.items()
        if not name.startswith(home)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in own and not is_self(node.value)
    }


def longest_function(trees):
    """Lines from `def` to the end, without the docstring."""
    return max(
        f.end_lineno - f.lineno + 1 - docstring_lines(f)
        for tree in trees.values()
        for name, f in functions(tree)
        if not name.endswith("__init__")
    )


def circles(graph):
    """The groups of files of which each imports the others, if need be through others."""

    def reached(start):
        found, ahead = set(), [start]
        while ahead:
            new = set(graph.get(ahead.pop(), ())) - found
            found |= new
            ahead += new
        return found

    ways = {name: reached(name) for name in graph}
    return {
        frozenset(other for other in ways[name] if name in ways.get(other, ()))
        for name in graph
        if name in ways[name]
    }


ENGINE = [f"sknn_basic.engine.{name}" for name in ENGINE_ORDER]
ENGINE_PACKAGE = "sknn_basic.engine"


def test_every_module_of_the_engine_has_its_place_in_the_reading_order():
    found = {name for name in MODULES if name.startswith(ENGINE_PACKAGE + ".")}
    assert found == set(ENGINE), "a new module needs a place in ENGINE_ORDER"


@pytest.mark.parametrize("module", [ENGINE_PACKAGE, *ENGINE])
def test_the_engine_imports_only_numpy_scipy_and_itself(module):
    assert not foreign_to_engine(imports_of(module))


@pytest.mark.parametrize("module", ENGINE)
def test_the_engine_imports_only_what_was_read_before(module):
    assert not later_ones(module, imports_of(module), ENGINE)


@pytest.mark.parametrize("module", ["_classifiers.base", *ESTIMATORS])
def test_the_classifiers_use_the_engine(module):
    names = imports_of(f"sknn_basic.{module}")
    assert any(name.startswith(ENGINE_PACKAGE + ".") for name in names)


@pytest.mark.parametrize("module", ESTIMATORS)
def test_an_estimator_knows_the_base_and_the_base_no_estimator(module):
    assert "sknn_basic._classifiers.base" in imports_of(f"sknn_basic.{module}")
    for name in ["_classifiers.base", *ESTIMATORS]:
        assert f"sknn_basic.{module}" not in imports_of(f"sknn_basic.{name}")


SOURCES = {name: path.read_text(encoding="utf-8") for name, path in MODULES.items()}
TREES = {name: ast.parse(source) for name, source in SOURCES.items()}


def of_the_engine(by_name):
    return {name: value for name, value in by_name.items() if name.startswith(ENGINE_PACKAGE)}


@cache
def measured():
    graph = {name: imports_of(name) & MODULES.keys() for name in MODULES}
    members_read = private_members_read_elsewhere(TREES, "sknn_basic._classifiers")
    return {
        "methods of the largest class": methods_of_the_largest_class(TREES),
        "hooks between base and classifiers": len(
            hooks(TREES[BASE], [TREES[f"sknn_basic.{name}"] for name in ESTIMATORS])
        ),
        "lines of the classifiers' base": SOURCES[BASE].count("\n"),
        "private modules at the top level": private_modules_at_the_top(MODULES),
        "Python files in one folder": files_of_the_largest_folder(MODULES.values()),
        "engine functions with numpydoc sections": functions_with_sections(
            of_the_engine(TREES)
        ),
        "engine docstring lines per 100 of code": docstring_lines_per_100_of_code(
            of_the_engine(SOURCES)
        ),
        "engine lines": sum(s.count("\n") for s in of_the_engine(SOURCES).values()),
        "private members of a classifier read from other folders": len(members_read),
        "longest function without its docstring, constructors aside": longest_function(TREES),
        "import circles between files": len(circles(graph)),
    }


@pytest.mark.parametrize("what", LIMITS)
def test_no_room_is_larger_than_was_agreed(what):
    assert measured()[what] <= LIMITS[what]


def test_who_cites_names_the_version_of_the_package():
    version = re.search(r'^__version__ = "(.+)"$', SOURCES["sknn_basic"], re.MULTILINE)[1]
    citation = (PACKAGE.parent / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.+)$", citation, re.MULTILINE)[1] == version


def test_no_file_is_called_utils():
    assert "utils.py" not in {path.name for path in MODULES.values()}


# --- the rules above can be broken -------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a.b, c", {"a.b", "c"}),
        ("from numpy.linalg import norm", {"numpy.linalg"}),
        ("from sknn_basic.engine import sgd", {"sknn_basic.engine.sgd"}),
        ("from . import sgd", {"sknn_basic.engine.sgd"}),
        ("from .sgd import Rule", {"sknn_basic.engine.sgd"}),
        ("from .._classifiers import base", {"sknn_basic._classifiers.base"}),
        ("from .._classifiers.base import FLOATS", {"sknn_basic._classifiers.base"}),
        ("def f():\n    import late", {"late"}),
    ],
)
def test_every_form_of_import_is_seen(source, expected):
    assert set(imports(ast.walk(ast.parse(source)), "sknn_basic.engine")) == expected


def test_a_hook_is_what_both_define():
    base = ast.parse("class B:\n    _a = 1\n    _b: int = 2\n    def _c(self): ...\n    d = 3")
    other = ast.parse("class C(B):\n    _b = 3\n    def _c(self): ...\n    _x = d = 4")
    assert hooks(base, [other]) == {"_b", "_c"}
    assert hooks(base, [ast.parse("class C(B): ...")]) == set()


def test_the_engine_may_not_look_up_or_ahead():
    names = {"math", "numpy.linalg", "scipy.sparse", "sknn_basic.engine.sgd"}
    assert not foreign_to_engine(names)
    bad = {"sklearn.base", "sknn_basic", "sknn_basic._classifiers.base", "joblib"}
    assert foreign_to_engine(names | bad) == bad
    assert later_ones(ENGINE[3], set(ENGINE), ENGINE) == set(ENGINE[3:])


# --- and so can the limits ---------------------------------------------------------------

HOUSE = {
    "a._base": """
class Large:
    count = 0
    _limit = 1
    def __init__(self):
        self._private = self.public = 0
    def _hook(self): ...
    async def last(self): ...
class Small:
    def one(self):
        def _inner(): ...
""",
    "a.b": "def f(x):\n    return x._hook() + x._limit + x._private + x.public + x._other",
    "a.b.c": "class C:\n    def f(self):\n        return self._hook()",
}
HOUSE_TREES = {name: ast.parse(source) for name, source in HOUSE.items()}


def test_the_methods_of_a_class_are_its_own():
    assert methods_of_the_largest_class(HOUSE_TREES) == 3


def test_private_modules_are_files_at_the_top():
    names = ["a", "a.__main__", "a._one", "a._two", "a.public", "a._folder", "a._folder._inner"]
    assert private_modules_at_the_top(names) == 2


def test_files_are_counted_by_folder():
    paths = [
        Path("a/x.py"),
        Path("a/y.py"),
        Path("a/b/x.py"),
        Path("a/b/y.py"),
        Path("a/b/z.py"),
    ]
    assert files_of_the_largest_folder(paths) == 3


def test_sections_are_underlined():
    whole = 'def f():\n    """Do.\n\n    Returns\n    -------\n    x : int\n    """'
    short = (
        'class C:\n    """A.\n\n    Notes\n    -----\n    """\n    def g(self):\n        "Do."'
    )
    assert functions_with_sections({"a": ast.parse(whole), "b": ast.parse(short)}) == 1


def test_docstrings_are_counted_against_code():
    source = '"""One.\n\nThree.\n"""\n\n# why\n\ndef f():\n    """Five."""\n    return 1\n'
    assert docstring_lines_per_100_of_code({"a": source}) == round(100 * 5 / 2)
    constant = 'ROWS = 3\n"Rows."\n'
    assert docstring_lines_per_100_of_code({"a": source, "b": constant}) == round(100 * 6 / 3)


def test_a_private_member_is_read_on_another_object_in_another_folder():
    read = private_members_read_elsewhere(HOUSE_TREES, "a._base")
    assert read == {"_hook", "_limit", "_private"}


def test_a_function_is_as_long_as_its_lines_without_docstring_and_constructors_do_not_count():
    source = """
class C:
    def __init__(self):
        a = 1
        b = 2
        c = 3
    def f(self):
        '''Docstring.

        More.
        '''
        return (
            1
        )
"""
    assert longest_function({"a": ast.parse(source)}) == 4


def test_circles_are_found_however_long():
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == set()
    assert circles({"a": {"a"}, "b": {"a"}}) == {frozenset("a")}
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": {"d"}, "f": {"a"}}
    assert circles(graph) == {frozenset("abc"), frozenset("de")}
