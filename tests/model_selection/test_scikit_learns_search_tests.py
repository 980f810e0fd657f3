"""The fused searches pass scikit-learn's own tests of its searches.

Those tests come with scikit-learn and are run as they stand, with the fused classes in place of
`GridSearchCV` and `RandomizedSearchCV`: once as they are, where their estimators, which are not
ours, are fitted where scikit-learn fits them; and once with every fit done in a group, each by
itself. What does not apply is listed with the reason.
"""

import ast
import importlib.util
import sys
from pathlib import Path
from unittest import mock

import pytest
from sklearn.base import clone

from sknn_basic._compat import method_params_of, split_rows
from sknn_basic.model_selection import FusedGridSearchCV, FusedRandomizedSearchCV, run

NAME = "sklearn.model_selection.tests.test_search"
pytest.importorskip("sklearn.model_selection.tests", reason="scikit-learn without its tests")

pytestmark = pytest.mark.filterwarnings("ignore")  # their tests warn of much
OTHERS = "no search of ours is in it"
ARRAYS = "arrays of other libraries, which are not installed"

NOT_HERE = {
    "test_validate_parameter_input": OTHERS,
    "test_parameter_grid": OTHERS,
    "test_param_sampler": OTHERS,
    "test_parameters_sampler_replacement": OTHERS,
    "test__custom_fit_no_run_search": OTHERS,
    "test_yield_masked_array_for_each_param": OTHERS,
    "test_yield_masked_array_no_runtime_warning": OTHERS,
    "test_array_api_search_cv_classifier": ARRAYS,
}


class GridSearchCV(FusedGridSearchCV):
    pass


class RandomizedSearchCV(FusedRandomizedSearchCV):
    pass


class DoneBefore:
    """What came of a fit in a group of one."""

    seconds = 0.0

    def __init__(self, member, X, y, fit_params):
        self.error, self.fitted = None, clone(member.estimator)
        X_train, y_train = split_rows(self.fitted, X, y, member.train)
        given = (X_train,) if y is None else (X_train, y_train)
        try:
            self.fitted.fit(*given, **method_params_of(X, fit_params, member.train))
        except Exception as error:
            self.error = error

    def give(self, estimator):
        if self.error is not None:
            raise self.error
        vars(estimator).update(vars(self.fitted))


def one_by_one(X, y, fit_params, members, folds):
    return [DoneBefore(member, X, y, fit_params) for member in members]


@pytest.fixture
def can_be_pickled(monkeypatch):
    """Lets pickle find what is defined in this copy of their tests."""
    monkeypatch.setitem(sys.modules, NAME, THEIRS)


@pytest.fixture
def in_groups(monkeypatch):
    monkeypatch.setattr(run, "group_of", lambda estimator, fit_params: "one group")
    monkeypatch.setattr(run, "fit_group", one_by_one)


def loaded():
    """A copy of scikit-learn's tests that imports our searches in place of its own."""
    spec = importlib.util.find_spec(NAME)
    module = importlib.util.module_from_spec(spec)
    ours = {"GridSearchCV": GridSearchCV, "RandomizedSearchCV": RandomizedSearchCV}
    with (
        mock.patch.multiple("sklearn.model_selection", **ours),
        # One without our configuration, which knows no marks but ours.
        mock.patch.object(pytest, "mark", pytest.MarkGenerator(_ispytest=True)),
    ):
        spec.loader.exec_module(module)
    return module


def gathered(module, not_here, *fixtures):
    """A class for pytest that holds the module's tests, as far as they apply."""
    functions = {
        name: staticmethod(function)
        for name, function in vars(module).items()
        if name.startswith("test") and name not in not_here
    }
    marks = [pytest.mark.usefixtures(name) for name in fixtures]
    return type("Tests", (), functions | {"pytestmark": marks})


THEIRS = loaded()
TestAsTheyAre = pytest.mark.slow(gathered(THEIRS, NOT_HERE, "can_be_pickled"))
TestInGroups = gathered(THEIRS, NOT_HERE, "can_be_pickled", "in_groups")


@pytest.fixture
def global_random_seed():
    return 42


def test_every_test_of_theirs_is_run_or_listed():
    """A list may name tests of other versions of scikit-learn."""
    source = ast.parse(Path(THEIRS.__file__).read_text(encoding="utf-8"))
    written = {getattr(node, "name", ""): node for node in source.body}
    theirs = {name for name in written if name.startswith("test")}
    run = {name for name in vars(TestAsTheyAre) if name.startswith("test")}
    assert run == theirs - NOT_HERE.keys()
    for name in run:
        names = {node.id for node in ast.walk(written[name]) if isinstance(node, ast.Name)}
        assert names & SEARCHES, f"{name} makes no search of ours"


SEARCHES = {"GridSearchCV", "RandomizedSearchCV", "search_cv", "_searchcv_callback_test_cases"}
