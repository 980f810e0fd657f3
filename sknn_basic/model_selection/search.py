"""`GridSearchCV` and `RandomizedSearchCV` that train the networks of many candidates at once."""

from typing import Any, Self

from sklearn import get_config
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV

from sknn_basic._compat import check_parameters
from sknn_basic.model_selection.run import Folds, Run, Waiting


class FusedSearchMixin:
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
        stand_ins = {"estimator": Waiting(run), "cv": Folds(run), "_run": run}
        vars(twin).update(vars(self) | stand_ins)
        try:
            super(FusedSearchMixin, twin).fit(X, y, **params)
        finally:
            learnt = {name: value for name, value in vars(twin).items() if name not in stand_ins}
            if "_checked_cv_orig" in learnt:
                learnt["_checked_cv_orig"] = twin.cv.checked
            vars(self).update(learnt)
        return self

    def __getstate__(self) -> Any:
        state = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_run"}

    # --- what scikit-learn's `fit` asks the twin ------------------------------------------

    def get_metadata_routing(self) -> Any:
        """Tell how metadata are routed: as scikit-learn's search does.

        Returns
        -------
        routing : MetadataRouter
        """
        return super().get_metadata_routing() if self._run is None else (
            self._run.search.get_metadata_routing()
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


class FusedGridSearchCV(FusedSearchMixin, GridSearchCV):
    pass


class FusedRandomizedSearchCV(FusedSearchMixin, RandomizedSearchCV):
    pass
