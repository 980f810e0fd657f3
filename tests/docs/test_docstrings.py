"""Docstrings pass numpydoc's validation."""

import importlib
import inspect
import re

import pytest
from optional_packages import needs
from test_docs import MODULES, public

validate = needs("numpydoc.validate").validate

LEFT_OUT = {
    "ES01": "the first line often says it all",
    "SA01": "names in backticks are links already",
    "RT02": "a returned value has a name here, as in scikit-learn",
}
"""Checks of numpydoc that are not made, and why."""


def documented():
    """Everything public that carries a docstring: classes, functions, methods of their own."""
    for module in MODULES:
        namespace = importlib.import_module(module)
        for name in sorted(public(module)):
            thing = getattr(namespace, name)
            if not (inspect.isclass(thing) or inspect.isfunction(thing)):
                continue
            yield f"{module}.{name}"
            if inspect.isclass(thing):
                yield from (f"{module}.{name}.{method}" for method in own_methods(thing))


def own_methods(cls):
    """Public methods and properties that the class has from this package."""
    for base in cls.__mro__:
        if base.__module__.startswith("sknn_basic"):
            for name, thing in vars(base).items():
                callable_ = inspect.isfunction(thing) or isinstance(
                    thing, classmethod | property
                )
                if callable_ and not name.startswith("_") and not is_request(name):
                    yield name


def is_request(name):
    """Whether scikit-learn made this method, for its metadata routing."""
    return re.fullmatch(r"set_\w+_request", name)


def needs_no_example(name):
    """Methods are shown by their class's example."""
    return name.rpartition(".")[0] not in MODULES


def is_left_out(code, message, name):
    """Whether a complaint of numpydoc is none of ours."""
    of_a_protocol = name.endswith(".CostFunction") and "*args" in message
    return code in LEFT_OUT or of_a_protocol or (code == "EX01" and needs_no_example(name))


@pytest.mark.parametrize("name", sorted(set(documented())))
def test_docstring_is_whole(name):
    complaints = validate(name)["errors"]
    assert not [each for each in complaints if not is_left_out(*each, name)]
