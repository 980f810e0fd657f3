"""Proves that the house is built as planned: who imports whom, and how long functions are.

It reads the source and imports nothing of it.
"""

import ast
import sys
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
ESTIMATORS = ["_classifiers.perceptron", "_classifiers.sigmoid_mlp"]
LAZY = {"matplotlib", "PIL", "pandas", "onnx"}
MAX_STATEMENTS, MAX_ARGUMENTS = 30, 8
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


def at_import_time(node):
    """The nodes below `node` that run when the module is imported: no function bodies."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (*FUNCTIONS, ast.Lambda)):
            yield child
            yield from at_import_time(child)


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


def lazy_ones(tree):
    """Imports at module level that belong into the functions that need them."""
    return {name for name in imports(at_import_time(tree), "") if name.split(".")[0] in LAZY}


def functions(tree, inside=""):
    """Every function of a module with its qualified name."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield from functions(node, inside)
            continue
        if isinstance(node, FUNCTIONS):
            yield inside + node.name, node
        yield from functions(node, f"{inside}{node.name}.")


def statements(function):
    """The number of statements in a function, without its docstring."""
    found = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
    return found - (ast.get_docstring(function) is not None)


def arguments(function):
    """The number of arguments of a function, self included."""
    a = function.args
    stars = (a.vararg is not None) + (a.kwarg is not None)
    return len(a.posonlyargs) + len(a.args) + len(a.kwonlyargs) + stars


def oversized(tree):
    """The functions of a module that are too long or take too much."""
    return {
        name
        for name, function in functions(tree)
        if statements(function) > MAX_STATEMENTS or arguments(function) > MAX_ARGUMENTS
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
def test_the_coat_is_worn_over_the_engine(module):
    names = imports_of(f"sknn_basic.{module}")
    assert any(name.startswith(ENGINE_PACKAGE + ".") for name in names)


@pytest.mark.parametrize("module", ESTIMATORS)
def test_an_estimator_knows_the_base_and_the_base_no_estimator(module):
    assert "sknn_basic._classifiers.base" in imports_of(f"sknn_basic.{module}")
    for name in ["_classifiers.base", *ESTIMATORS]:
        assert f"sknn_basic.{module}" not in imports_of(f"sknn_basic.{name}")


@pytest.mark.parametrize("module", MODULES)
def test_heavy_libraries_are_imported_where_they_are_needed(module):
    assert not lazy_ones(tree_of(module))


@pytest.mark.parametrize("module", MODULES)
def test_no_function_is_long_or_takes_much(module):
    constructors = {
        name
        for name in oversized(tree_of(module))
        if module.removeprefix("sknn_basic.") in ESTIMATORS and name.endswith("__init__")
    }
    assert oversized(tree_of(module)) == constructors


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


def test_the_engine_may_not_look_up_or_ahead():
    names = {"math", "numpy.linalg", "scipy.sparse", "sknn_basic.engine.sgd"}
    assert not foreign_to_engine(names)
    bad = {"sklearn.base", "sknn_basic", "sknn_basic._classifiers.base", "joblib"}
    assert foreign_to_engine(names | bad) == bad
    assert later_ones(ENGINE[3], set(ENGINE), ENGINE) == set(ENGINE[3:])


def test_an_import_is_lazy_in_a_function_and_nowhere_else():
    lazy = "def f():\n    import pandas\n    from PIL import Image"
    assert not lazy_ones(ast.parse(lazy))
    for eager in [
        "import pandas",
        "try:\n    import onnx.helper\nexcept ImportError:\n    pass",
        "class C:\n    from PIL import Image",
        "if 1:\n    from matplotlib import pyplot",
    ]:
        assert lazy_ones(ast.parse(eager))


def test_long_and_greedy_functions_are_found_wherever_they_are():
    body = "".join(f"        a = {i}\n" for i in range(MAX_STATEMENTS))
    fits = f'class C:\n    def f(self):\n        """Docstring."""\n{body}'
    assert not oversized(ast.parse(fits))
    assert oversized(ast.parse(fits + "        a = 0\n")) == {"C.f"}
    assert not oversized(ast.parse("def g(a, b, /, c, d, *, e, f, g, h): ..."))
    assert oversized(ast.parse("def g(a, b, /, c, d, *e, f, g, h, **i): ...")) == {"g"}
    nested = "def outer():\n    def inner(a, b, c, d, e, f, g, h, i): ..."
    assert oversized(ast.parse(nested)) == {"outer.inner"}
