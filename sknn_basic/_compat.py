"""The one place that reaches into scikit-learn's private modules, or into its newest ones.

Callbacks came with scikit-learn 1.9; before it nothing is called.

The parameter checks give the errors that scikit-learn's users know ("The 'eta' parameter
of SigmoidMLPClassifier must be a float in the range (0.0, inf). Got -1 instead."); they
have stood unchanged since scikit-learn 1.2.
"""

from sklearn.model_selection._search import BaseSearchCV
from sklearn.utils import _safe_indexing as rows_at
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    Options,
    StrOptions,
    validate_parameter_constraints,
)
from sklearn.utils.metaestimators import _safe_split as split_rows
from sklearn.utils.validation import _check_method_params

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """No callbacks."""

    def with_callbacks(method):
        """Leave the method as it is."""
        return method


__all__ = [
    "BaseSearchCV",
    "CallbackSupportMixin",
    "HasMethods",
    "Interval",
    "Options",
    "StrOptions",
    "check_parameters",
    "method_params_of",
    "rows_at",
    "split_rows",
    "with_callbacks",
]


def check_parameters(estimator):
    """Check every parameter against the estimator's ``_parameter_constraints``.

    Raises
    ------
    ValueError
        Names the parameter, what was required and what came.
    """
    validate_parameter_constraints(
        estimator._parameter_constraints,
        estimator.get_params(deep=False),
        caller_name=type(estimator).__name__,
    )


def method_params_of(X, params, rows):
    """The parameters of a call of `fit` for these rows of X; those not aligned with X stay."""
    return _check_method_params(X, params=params, indices=rows)
