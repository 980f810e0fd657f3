"""scikit-learn's searches, with the networks of many candidates trained at once."""

from typing import Any, Self

from sklearn import get_config
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV

from sknn_basic._compat import BaseSearchCV, check_parameters
from sknn_basic.model_selection.run import Folds, Run, Waiting


class BaseFusedSearchCV(BaseSearchCV):
    """A search of scikit-learn whose fits are done in groups; see `run`.

    `fit` runs scikit-learn's `fit` on a twin of the search, in which stand-ins take the places
    of `estimator` and `cv`, and takes over what the twin has learnt. What the twin is asked
    about these two, the search itself answers.
    """

    _run: Run | None = None

    def fit(self, X: Any, y: Any = None, **params: Any) -> Self:
        """Run fit with all sets of parameters.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,) or (n_samples, n_labels), default=None
            Labels.
        **params : dict of str -> object
            As scikit-learn's search takes them: for `fit` of the estimator, for the scorer
            and for the splitter. What is as long as X is divided among the folds.

        Returns
        -------
        self : estimator
            The fitted search.
        """
        if getattr(self, "_skl_callbacks", None):
            return super().fit(X, y, **params)
        if not get_config()["skip_parameter_validation"]:
            check_parameters(self)
        run = Run(self)
        twin = object.__new__(type(self))
        folds = Folds(run)
        stand_ins = {"estimator": Waiting(run), "cv": folds, "_run": run}
        twin.__dict__.update(self.__dict__ | stand_ins)
        try:
            super(BaseFusedSearchCV, twin).fit(X, y, **params)
        finally:
            learnt = {
                name: value for name, value in vars(twin).items() if name not in stand_ins
            }
            if "_checked_cv_orig" in learnt:
                learnt["_checked_cv_orig"] = folds.checked
            self.__dict__.update(learnt)
        return self

    def __getstate__(self) -> Any:
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_run"}

    # --- what scikit-learn's `fit` asks the twin ------------------------------------------

    def get_metadata_routing(self) -> Any:
        """Tell how metadata are routed: as scikit-learn's search does.

        Returns
        -------
        routing : MetadataRouter
            What goes to the estimator, to the scorer and to the splitter.
        """
        return (
            super().get_metadata_routing()
            if self._run is None
            else (self._run.search.get_metadata_routing())
        )

    def _get_scorers(self):
        return super()._get_scorers() if self._run is None else self._run.search._get_scorers()

    def _get_routed_params_for_fit(self, params):
        if self._run is None:
            return super()._get_routed_params_for_fit(params)
        routed = self._run.search._get_routed_params_for_fit(params)
        self._run.fit_params = routed.estimator.fit
        return routed

    def _run_search(self, evaluate_candidates, *, callback_ctx=None):
        run = self._run

        def evaluate(candidate_params, cv=None, more_results=None, **context):
            candidates = list(candidate_params)
            run.begin(candidates)
            folds = None if cv is None else Folds(run, cv)
            try:
                return evaluate_candidates(
                    candidates, cv=folds, more_results=more_results, **context
                )
            finally:
                run.end()

        context = {} if callback_ctx is None else {"callback_ctx": callback_ctx}
        return super()._run_search(evaluate if run else evaluate_candidates, **context)

    def _format_results(self, candidate_params, n_splits, out, more_results=None):
        if self._run is not None:
            seconds = self._run.seconds_so_far()
            out = [
                each | {"fit_time": each["fit_time"] + part}
                for each, part in zip(out, seconds, strict=True)
            ]
        return super()._format_results(candidate_params, n_splits, out, more_results)


class FusedGridSearchCV(BaseFusedSearchCV, GridSearchCV):
    """`sklearn.model_selection.GridSearchCV` that trains many candidates' networks at once.

    Constructor, attributes and results are those of scikit-learn's class; only how the fits are
    done is different. Candidates that train on the same rows in the same order share the
    products of the inputs, and each call of NumPy serves all of their networks ("horizontally
    fused training"). They are those that differ in `eta`, `alpha`, `momentum`,
    `max_iter`, `tol`, `n_iter_no_change`, `keep`, `learning_rate`, `power_t` and `init` alone,
    with a `random_state` that is given; the folds are trained together, too. A grid over other
    parameters has a group for each of their values. What stands alone (no `random_state`, a
    cost of your own, `verbose`, callbacks, any other estimator) is fitted as ever.

    Parameters
    ----------
    estimator : estimator object
        `SigmoidMLPClassifier`, `PerceptronClassifier`, or a `Pipeline` that ends in one:
        then the steps before it are fitted once a fold for all candidates (for those of a
        group, where the rows of all folds take more than 64 MiB or `n_jobs` is above 1). Any
        other estimator does as well, without gain.
    param_grid : dict or list of dict
        Values to try of each parameter.
    scoring : str, callable, list, tuple or dict, default=None
        See `sklearn.model_selection.GridSearchCV`, as for all that follows.
    n_jobs : int, default=None
        Processes among which the groups are divided.
    refit : bool, str or callable, default=True
        Whether, or by which score, the best candidate is fitted on all of the data.
    cv : int, splitter or iterable, default=None
        The folds.
    verbose : int, default=0
        How much is printed. The times printed are without the training of groups.
    pre_dispatch : int or str, default="2*n_jobs"
        How many candidates are sent to the processes ahead of time, to be scored.
    error_score : "raise" or float, default=nan
        The score of a candidate whose fit fails.
    return_train_score : bool, default=False
        Whether the training rows are scored, too.

    Attributes
    ----------
    cv_results_ : dict
        As scikit-learn's. The time of a fit is that of its group, divided by its members.
    best_estimator_, best_score_, best_params_, best_index_
        The best candidate.
    scorer_, n_splits_, refit_time_, multimetric_, classes_, n_features_in_, feature_names_in_
        See `sklearn.model_selection.GridSearchCV`.

    See Also
    --------
    eta_curve : The cost at many learning rates, in a moment.

    Notes
    -----
    As many networks are trained at a time as fit, with the rows of all their folds but one,
    into 64 MiB; a single one always may. With one process, what was trained is scored and
    dropped in turn; with several, all trained networks are held until they are scored.

    References
    ----------
    S. Wang et al., "Horizontally Fused Training Array", MLSys 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sknn_basic import SigmoidMLPClassifier
    >>> from sknn_basic.model_selection import FusedGridSearchCV
    >>> X, y = load_digits(return_X_y=True)
    >>> network = SigmoidMLPClassifier((10,), max_iter=5, tol=None, random_state=0)
    >>> grid = {"eta": [0.001, 0.1, 1.0], "batch_size": [10, 100]}
    >>> search = FusedGridSearchCV(network, grid, cv=3).fit(X / 16, y)
    >>> search.best_params_
    {'batch_size': 10, 'eta': 1.0}
    """


class FusedRandomizedSearchCV(BaseFusedSearchCV, RandomizedSearchCV):
    """`sklearn.model_selection.RandomizedSearchCV` that trains many networks at once.

    What is trained together, and all that is not told here, as for `FusedGridSearchCV`.

    Parameters
    ----------
    estimator : estimator object
        A classifier of this package, a `Pipeline` that ends in one, or any other.
    param_distributions : dict or list of dict
        Distributions or lists of the values of each parameter.
    n_iter : int, default=10
        How many candidates are drawn.
    scoring : str, callable, list, tuple or dict, default=None
        See `sklearn.model_selection.RandomizedSearchCV`, as for all that follows.
    n_jobs : int, default=None
        Processes among which the groups are divided.
    refit : bool, str or callable, default=True
        Whether, or by which score, the best candidate is fitted on all of the data.
    cv : int, splitter or iterable, default=None
        The folds.
    verbose : int, default=0
        How much is printed.
    pre_dispatch : int or str, default="2*n_jobs"
        How many candidates are sent to the processes ahead of time, to be scored.
    random_state : int, RandomState instance or None, default=None
        What the candidates are drawn from.
    error_score : "raise" or float, default=nan
        The score of a candidate whose fit fails.
    return_train_score : bool, default=False
        Whether the training rows are scored, too.

    Attributes
    ----------
    cv_results_ : dict
        As scikit-learn's. The time of a fit is that of its group, divided by its members.
    best_estimator_, best_score_, best_params_, best_index_
        The best candidate.
    scorer_, n_splits_, refit_time_, multimetric_, classes_, n_features_in_, feature_names_in_
        See `sklearn.model_selection.RandomizedSearchCV`.

    See Also
    --------
    FusedGridSearchCV : All values of a grid.

    Examples
    --------
    >>> from scipy.stats import loguniform
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.preprocessing import scale
    >>> from sknn_basic import SigmoidMLPClassifier
    >>> from sknn_basic.model_selection import FusedRandomizedSearchCV
    >>> X, y = load_iris(return_X_y=True)
    >>> network = SigmoidMLPClassifier((5,), max_iter=60, tol=None, random_state=0)
    >>> rates = {"eta": loguniform(1e-3, 1.0)}
    >>> search = FusedRandomizedSearchCV(network, rates, n_iter=8, random_state=0)
    >>> bool(search.fit(scale(X), y).best_score_ > 0.9)
    True
    """
