"""The classifiers pass scikit-learn's own tests of its network, perceptron and linear SGD.

Those tests come with scikit-learn and are run as they stand, with our classifiers in place
of the ones they import. The classes below only translate: parameters and attributes by
name, printed lines and messages by wording. `SGDClassifier` is a perceptron once, and once a
network without hidden layer, which is logistic regression. What does not apply is listed
with the reason: NAME is a test, NAME[CASE] one of its cases, [CASE] that case in all tests.
"""

import ast
import functools
import importlib.util
import io
import re
import sys
import warnings
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest
from scipy.special import logit
from sklearn.model_selection import StratifiedShuffleSplit

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.engine.network import Parameters

for package in ("sklearn.neural_network", "sklearn.linear_model"):
    pytest.importorskip(f"{package}.tests", reason="scikit-learn is here without its tests")

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

WORDS = {
    "Epoch": "Iteration",
    "Training diverged in epoch ([0-9]+).*": (
        r"Floating-point under-/overflow occurred at epoch #\1. "
        "Scaling input data with StandardScaler or MinMaxScaler might help."
    ),
    "max_iter=[0-9]+ epochs were reached.*": (
        "Maximum number of iteration reached before convergence. "
        "Consider increasing max_iter to improve the fit."
    ),
    "sample_weight must leave a positive weight.*": (
        "The sample weights for validation set are all zero, "
        "consider using a different random state."
    ),
}


def reworded(text):
    for ours, theirs in WORDS.items():
        text = re.sub(ours, theirs, text)
    return text


@contextmanager
def in_their_words():
    """Word what is printed, warned of and complained about as scikit-learn does."""
    with (
        redirect_stdout(io.StringIO()) as printed,
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        try:
            yield
        except ValueError as error:
            raise ValueError(reworded(str(error))) from error
    sys.stdout.write(reworded(printed.getvalue()))
    for warning in caught:
        warnings.warn(reworded(str(warning.message)), warning.category, stacklevel=4)


# --- the classifiers under scikit-learn's names ---------------------------------------


class Translated:
    """One of our classifiers whose parameters have scikit-learn's names.

    Parameters that a test does not name keep our defaults.
    """

    first = None
    total = (0, 0)
    times_used = 0

    def set_params(self, **theirs):
        Translated.times_used += 1
        return super().set_params(**self.translate(theirs))

    def fit(self, X, y, sample_weight=None):
        """Fit; like there, `n_iter_` and `t_` count the last call alone."""
        epochs, samples = self.total if self.warm_start else (0, 0)
        with in_their_words():
            super().fit(X, y, sample_weight)
        self.total = self.n_iter_, self.t_
        self.n_iter_, self.t_ = self.n_iter_ - epochs, self.t_ - samples
        return self

    def _first_parameters(self, *shape):
        return self.first or super()._first_parameters(*shape)


class MLPClassifier(Translated, SigmoidMLPClassifier):
    @functools.wraps(SigmoidMLPClassifier.__init__)
    def __init__(self, **theirs):
        super().__init__()
        self.their_alpha = 0.0
        self.set_params(**theirs)

    def translate(self, theirs):
        ours = theirs.copy()
        for name in ("solver", "activation"):
            ours.pop(name, None)
        if "learning_rate_init" in ours:  # chosen for their default momentum
            ours["eta"] = ours.pop("learning_rate_init")
            ours.setdefault("momentum", 0.9)
        if ours.get("learning_rate") == "invscaling":  # theirs counts samples, ours steps
            ours["batch_size"] = 1
        if ours.get("n_iter_no_change") == np.inf:
            ours["n_iter_no_change"] = sys.maxsize
        if "verbose" in ours:  # theirs prints every epoch
            ours["verbose"] = bool(ours["verbose"])
        self.their_alpha = ours.pop("alpha", self.their_alpha)
        return ours

    def fit(self, X, y, sample_weight=None):
        self._set_alpha(X)
        super().fit(X, y, sample_weight)
        if self.early_stopping:
            self.best_loss_ = None
        else:
            self.validation_scores_ = self.best_validation_score_ = None
        return self

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        if not hasattr(self, "classes_") and hasattr(self, "coefs_"):  # set by the test
            self.first = Parameters(self.coefs_, self.intercepts_)
        self._set_alpha(X)
        return super().partial_fit(X, y, classes, sample_weight)

    def _set_alpha(self, X):
        """Theirs is divided by the samples of the mini-batch."""
        self.alpha = self.their_alpha / min(self.batch_size, np.shape(X)[0])

    @property
    def learning_rate_init(self):
        return self.eta

    @property
    def _optimizer(self):
        rate = self.eta * self._training.eta_factor
        if self.learning_rate == "invscaling":
            rate /= (self._training.memory.steps + 1) ** self.power_t
        return SimpleNamespace(learning_rate=rate)

    @property
    def _no_improvement_count(self):
        """How long, by `loss_curve_`, there has been no improvement by more than tol."""
        best, count = np.inf, 0
        for loss in self.loss_curve_:
            count = count + 1 if loss > best - self.tol else 0
            best = min(best, loss)
        return count

    @_no_improvement_count.setter
    def _no_improvement_count(self, count):
        """Nothing to set: it is counted."""


class MLPRegressor(MLPClassifier):
    """For the few tests where it does not matter what is learnt: the sign of the target."""

    def fit(self, X, y, sample_weight=None):
        return super().fit(X, np.asarray(y) > 0, sample_weight)


class LinearSGD(Translated):
    """The parameters of `SGDClassifier` and `Perceptron`, whose batches are single samples."""

    without = ("loss", "penalty", "l1_ratio", "n_jobs")

    def translate(self, theirs):
        ours = {name: value for name, value in theirs.items() if name not in self.without}
        if "eta0" in ours:
            ours["eta"] = ours.pop("eta0")
        if "average" in ours:
            ours["keep"] = "average" if ours.pop("average") else "last"
        return ours

    def fit(self, X, y, coef_init=None, intercept_init=None, sample_weight=None):
        if coef_init is not None:
            self.first = Parameters([coef_init.T.copy()], [intercept_init.copy()])
        return super().fit(X, y, sample_weight)


class Perceptron(LinearSGD, PerceptronClassifier):
    without = (*LinearSGD.without, "learning_rate")

    @functools.wraps(PerceptronClassifier.__init__)
    def __init__(self, **theirs):
        super().__init__(batch_size=1, keep="last")
        self.set_params(**theirs)

    def _first_parameters(self, *shape):
        """A hair above 0: there, a score of exactly 0 is wrong for the negative class too."""
        first = super()._first_parameters(*shape)
        if self.first is None:
            first.biases[0][:] = 1e-12
        return first


class LogisticRegression(LinearSGD, SigmoidMLPClassifier):
    without = (*LinearSGD.without, "fit_intercept")

    @functools.wraps(SigmoidMLPClassifier.__init__)
    def __init__(self, **theirs):
        super().__init__((), batch_size=1)
        self.set_params(**theirs)

    def translate(self, theirs):
        ours = super().translate(theirs)
        if theirs.get("loss") == "squared_error":
            ours["cost"] = SquaredError()
        if theirs.get("learning_rate") == "optimal":
            ours["learning_rate"] = "constant"
        return ours

    def _first_parameters(self, *shape):
        """Like there, zeros."""
        return self.first or super()._first_parameters(*shape).zeros_like()

    coef_ = property(lambda self: self.coefs_[0].T)
    intercept_ = property(lambda self: self.intercepts_[0])


class SquaredError:
    """(z − t)² / 2 for targets t = ±1, as a `cost` of one's own."""

    def value(self, A, Y):
        return 0.5 * np.sum(self.output_error(A, Y) ** 2, axis=1)

    def output_error(self, A, Y):
        return logit(A) - (2.0 * Y - 1.0)


# --- what does not apply --------------------------------------------------------------

REGRESSION = "regression"
ONE_CLASS = "one-class SVM"
LBFGS = "the solver lbfgs"
LOSSES = "about another loss"
L1 = "no L1 penalty"
START = "first weights cannot be handed in"
AVERAGE = "averaging covers all steps of a fit"
PRIVATE = "tests a private function"
N_JOBS = "one fit is one thread"
PATIENCE = "no patience is kept on a perceptron's mistakes"
SEPARABLE = "weights mean nothing to a perceptron without mistakes"

MLP_NOT_HERE = {
    "test_gradient": PRIVATE,
    "test_lbfgs_classification_maxfun": LBFGS,
    "test_lbfgs_regression": REGRESSION,
    "test_lbfgs_regression_maxfun": REGRESSION,
    "test_multioutput_regression": REGRESSION,
    "test_partial_fit_regression": REGRESSION,
    "test_nonfinite_params": "sigmoid neurons saturate and stay finite",
    "test_mlp_regressor_dtypes_casting": REGRESSION,
    "test_mlp_loading_from_joblib_partial_fit": REGRESSION,
    "test_mlp_diverging_loss": REGRESSION,
    "test_mlp_vs_poisson_glm_equivalent": REGRESSION,
    "test_partial_fit_errors": LBFGS,
    "test_early_stopping_stratified": "a class of one sample makes the split unstratified",
    "test_mlp_partial_fit_after_fit": "partial_fit does not mind early_stopping",
    "test_minimum_input_sample_size": "one validation sample is enough",
}

PERCEPTRON_NOT_HERE = {"test_perceptron_l1_ratio": L1}

SGD_NOT_HERE = {
    "test_learning_rate_PA_raises": LOSSES,
    "test_plain_has_no_average_attr": PRIVATE,
    "test_late_onset_averaging_not_reached": AVERAGE,
    "test_late_onset_averaging_reached": AVERAGE,
    "test_sgd_l1_ratio_not_used": L1,
    "test_sgd_failing_penalty_validation": L1,
    "test_power_t_limits": "a negative power_t is an error",
    "test_provide_coef": START,
    "test_set_intercept_offset": START,
    "test_set_intercept_offset_binary": START,
    "test_set_intercept_to_intercept": START,
    "test_set_coef_multiclass": START,
    "test_sgd_early_stopping_with_partial_fit": "partial_fit does not mind early_stopping",
    "test_sgd_at_least_two_labels": "a single class is accepted",
    "test_partial_fit_weight_class_balanced": "partial_fit balances by running counts",
    "test_sgd_multiclass_njobs": N_JOBS,
    "test_sgd_predict_proba_method_access": LOSSES,
    "test_sgd_proba": LOSSES,
    "test_sgd_l1": L1,
    "test_regression_losses": LOSSES,
    "test_sgd_reg": REGRESSION,
    "test_sgd_averaged_computed_correctly": REGRESSION,
    "test_sgd_averaged_partial_fit": REGRESSION,
    "test_average_sparse": REGRESSION,
    "test_sgd_least_squares_fit": REGRESSION,
    "test_sgd_epsilon_insensitive": REGRESSION,
    "test_sgd_huber_fit": REGRESSION,
    "test_elasticnet_convergence": REGRESSION,
    "test_partial_fit": REGRESSION,
    "test_partial_fit_equal_fit": REGRESSION,
    "test_loss_function_epsilon": REGRESSION,
    "test_warm_start_oneclass": ONE_CLASS,
    "test_clone_oneclass": ONE_CLASS,
    "test_partial_fit_oneclass": ONE_CLASS,
    "test_partial_fit_equal_fit_oneclass": ONE_CLASS,
    "test_late_onset_averaging_reached_oneclass": ONE_CLASS,
    "test_sgd_averaged_computed_correctly_oneclass": ONE_CLASS,
    "test_sgd_averaged_partial_fit_oneclass": ONE_CLASS,
    "test_average_sparse_oneclass": ONE_CLASS,
    "test_sgd_oneclass": ONE_CLASS,
    "test_ocsvm_vs_sgdocsvm": ONE_CLASS,
    "test_sgd_oneclass_convergence": ONE_CLASS,
    "test_sgd_oneclass_vs_linear_oneclass": ONE_CLASS,
    "test_sgd_oneclass_vs_linear_oneclass_offsets_match": ONE_CLASS,
    "test_sgd_one_class_svm_estimator_type": ONE_CLASS,
    "test_sgd_one_class_svm_formulation_with_scipy_minimize": ONE_CLASS,
    "test_l1_ratio": L1,
    "test_large_regularization": "a step shrinks weights by 1 - eta * alpha, not cut at 0",
    "test_loss_hinge": PRIVATE,
    "test_gradient_squared_hinge": PRIVATE,
    "test_loss_modified_huber": PRIVATE,
    "test_loss_epsilon_insensitive": PRIVATE,
    "test_loss_squared_epsilon_insensitive": PRIVATE,
    "test_multi_thread_multi_class_and_early_stopping": N_JOBS,
    "test_multi_core_gridsearch_and_early_stopping": "alpha=1e4 diverges",
    "test_SGDClassifier_fit_for_all_backends": N_JOBS,
    "test_validation_mask_correctly_subsets": PRIVATE,
    "test_passive_aggressive_deprecated_average": "a deprecated value",
}

SGD_AS_PERCEPTRON_NOT_HERE = SGD_NOT_HERE | {
    "test_early_stopping": PATIENCE,
    "test_adaptive_longer_than_constant": PATIENCE,
    "test_n_iter_no_change": PATIENCE,
    "test_tol_parameter": PATIENCE,
    "test_average_binary_computed_correctly": LOSSES,
    "test_sgd_multiclass_average": LOSSES,
    "test_class_weights": SEPARABLE,
    "test_sample_weights": SEPARABLE,
    "test_equal_class_weight": "the weights depend on which mistake was the last",
    "test_balanced_weight": "the weights depend on which mistake was the last",
    "[adaptive]": "a constant rate alone",
    "[invscaling]": "a constant rate alone",
}

SGD_AS_LOGISTIC_REGRESSION_NOT_HERE = SGD_NOT_HERE | {
    "test_warm_start[invscaling]": "a warm start goes on with the schedule",
    "test_average_binary_computed_correctly[SparseSGDClassifier]": "the bias has one rate",
    "test_sgd_multiclass_average[SparseSGDClassifier]": "the bias has one rate",
    "test_balanced_weight": "its bounds are those of the hinge loss",
    "test_equal_class_weight": "class weights of 0.5 halve the steps, but not those of L2",
}

# Cases for other estimators, solvers and schedules; the test runs with those that remain.
FOREIGN_CASES = {
    "MLPRegressor",
    "SGDRegressor",
    "SparseSGDRegressor",
    "SGDOneClassSVM",
    "SparseSGDOneClassSVM",
    "adam",
    "lbfgs",
    "optimal",
}


# --- the tests ------------------------------------------------------------------------


@pytest.fixture
def global_random_seed():
    return 42


@pytest.fixture
def ours_is_used():
    """A test that never makes one of our classifiers would prove nothing."""
    before = Translated.times_used
    yield
    assert Translated.times_used > before


def loaded(name, **classes):
    """A copy of a test module that imports these classes in place of scikit-learn's."""
    package = name.partition(".tests.")[0]
    spec = importlib.util.find_spec(name)
    module = importlib.util.module_from_spec(spec)
    with (
        mock.patch.multiple(package, **classes),
        # One without our configuration, which knows no marks but ours.
        mock.patch.object(pytest, "mark", pytest.MarkGenerator(_ispytest=True)),
    ):
        spec.loader.exec_module(module)
    return module


def loaded_sgd(classifier):
    module = loaded("sklearn.linear_model.tests.test_sgd", SGDClassifier=classifier)
    package = vars(module.linear_model) | {"SGDClassifier": classifier}
    module.linear_model = SimpleNamespace(**package)
    module.StratifiedShuffleSplit = early_stopping_split
    return module


def early_stopping_split(test_size, random_state):
    """The split that our `early_stopping` makes: it draws a seed first."""
    seed = np.random.RandomState(random_state).randint(2**31 - 1)
    return StratifiedShuffleSplit(test_size=test_size, random_state=seed)


SLOW = {"test_n_iter_no_change_inf", "test_partial_fit_classification"}


def gathered(module, not_here):
    """A class for pytest that holds the module's tests, as far as they apply."""
    functions = {
        name: function
        for name, function in vars(module).items()
        if name.startswith("test") and name not in not_here
    }
    for name, function in functions.items():
        marks = [with_our_cases(name, mark, not_here) for mark in marks_of(function)]
        marks.append(pytest.mark.usefixtures("ours_is_used").mark)
        if name in SLOW:
            marks.append(pytest.mark.slow.mark)
        function.pytestmark = marks
    return type("Tests", (), {name: staticmethod(f) for name, f in functions.items()})


def marks_of(function):
    return getattr(function, "pytestmark", [])


LONG = {
    "test_class_weights",
    "test_sample_weights",
    "test_equal_class_weight",
    "test_adaptive_longer_than_constant",
    "test_n_iter_no_change",
    "test_perceptron_accuracy",
}


def with_our_cases(test, mark, not_here):
    """The mark, or, if it lists cases, one that lists those that apply."""
    if mark.name != "parametrize":
        return mark
    names, cases = mark.args

    def applies(case):
        labels = {
            label(value) for value in (case if isinstance(case, tuple | list) else [case])
        }
        unwanted = {f"[{name}]" for name in labels} | {f"{test}[{name}]" for name in labels}
        return labels.isdisjoint(FOREIGN_CASES) and unwanted.isdisjoint(not_here)

    ours = [case for case in cases if applies(case)]
    if test in LONG:  # with an array and, the same again, with sparse rows
        ours = ours[:1] + [pytest.param(case, marks=pytest.mark.slow) for case in ours[1:]]
    return pytest.mark.parametrize(names, ours).mark


def label(value):
    return value if isinstance(value, str) else getattr(value, "__name__", "")


MLP = loaded(
    "sklearn.neural_network.tests.test_mlp",
    MLPClassifier=MLPClassifier,
    MLPRegressor=MLPRegressor,
)
PERCEPTRON = loaded("sklearn.linear_model.tests.test_perceptron", Perceptron=Perceptron)
SGD_AS_PERCEPTRON = loaded_sgd(Perceptron)
SGD_AS_LOGISTIC_REGRESSION = loaded_sgd(LogisticRegression)

TestMLP = gathered(MLP, MLP_NOT_HERE)
TestPerceptron = gathered(PERCEPTRON, PERCEPTRON_NOT_HERE)
TestSGDAsPerceptron = gathered(SGD_AS_PERCEPTRON, SGD_AS_PERCEPTRON_NOT_HERE)
TestSGDAsLogisticRegression = gathered(
    SGD_AS_LOGISTIC_REGRESSION, SGD_AS_LOGISTIC_REGRESSION_NOT_HERE
)


@pytest.mark.parametrize(
    ("module", "tests", "not_here"),
    [
        pytest.param(MLP, TestMLP, MLP_NOT_HERE, id="MLP"),
        pytest.param(PERCEPTRON, TestPerceptron, PERCEPTRON_NOT_HERE, id="perceptron"),
        pytest.param(
            SGD_AS_PERCEPTRON,
            TestSGDAsPerceptron,
            SGD_AS_PERCEPTRON_NOT_HERE,
            id="SGD-as-perceptron",
        ),
        pytest.param(
            SGD_AS_LOGISTIC_REGRESSION,
            TestSGDAsLogisticRegression,
            SGD_AS_LOGISTIC_REGRESSION_NOT_HERE,
            id="SGD-as-logistic-regression",
        ),
    ],
)
def test_every_test_of_theirs_is_run_or_listed(module, tests, not_here):
    """A list may name tests of other versions of scikit-learn."""
    source = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    written = {getattr(node, "name", "") for node in source.body}
    theirs = {name for name in written if name.lower().startswith("test")}
    run = {name: test for name, test in vars(tests).items() if name.startswith("test")}
    assert run.keys() == theirs - not_here.keys()
    for name, test in run.items():
        cases = [mark.args[1] for mark in marks_of(test) if mark.name == "parametrize"]
        assert all(cases), f"{name} has no case that applies"
