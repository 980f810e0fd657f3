"""scikit-learn's interface to the engine: the order of events in fitting and answering.

What comes in is checked and becomes samples (`data`), with labels as targets (`outputs`).
The engine works out the new state beside the old one, and `runtime.publish` alone puts it in
place, all at once. The two classifiers differ by the nine hooks at the end.
"""

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state

from sknn_basic._classifiers import data
from sknn_basic._classifiers.outputs import (
    Outputs,
    answers,
    is_one_hot,
)
from sknn_basic._classifiers.progress import (
    Callbacks,
    Due,
    Method,
    Outcome,
    ProgressLine,
    Report,
    Wide,
    diverged,
    has_callbacks,
    plan_of,
    warning_at_the_end,
)
from sknn_basic._classifiers.runtime import (
    SINGLE_THREAD,
    attributes_after,
    copied_attributes,
    draft,
    publish,
    snapshot,
)
from sknn_basic._classifiers.scoring import judged_anew, measures
from sknn_basic._classifiers.streams import fast_path
from sknn_basic._classifiers.streams.learning import OnlineLearning
from sknn_basic._classifiers.streams.record import StreamRecord
from sknn_basic._compat import CallbackSupportMixin, check_parameters, with_callbacks
from sknn_basic._types import Floats, Labels, MatrixLike
from sknn_basic.engine.network import Parameters
from sknn_basic.engine.training import (
    Training,
    published,
    state_of,
    train,
)


class BaseSGDClassifier(
    OnlineLearning, CallbackSupportMixin, ClassifierMixin, BaseEstimator, ABC
):
    """`fit` and prediction, shared by the two classifiers; `OnlineLearning` adds streams."""

    classes_: Labels
    n_features_in_: int
    feature_names_in_: Labels
    n_iter_: int
    t_: int
    validation_scores_: list[float]
    validation_loss_curve_: list[float]
    best_validation_score_: float

    _doc_link_module = "sknn_basic"
    _doc_link_template = "http://neuralnetworksanddeeplearning.com/chap1.html"

    def fit(
        self,
        X: MatrixLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
        *,
        X_val: MatrixLike | None = None,
        y_val: npt.ArrayLike | None = None,
    ) -> Self:
        """Train on all of (X, y) for up to `max_iter` epochs.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs. float64 and float32 are used as they are, other numbers become float64.
        y : array-like of shape (n_samples,)
            Labels of any kind. `SigmoidMLPClassifier` also takes a 0/1 matrix of shape
            (n_samples, n_labels), several labels a sample. One-hot encoded labels are such
            a matrix too: give the labels themselves, ``Y.argmax(axis=1)``, instead.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative. Rows of weight 0 are left out, labels included; the
            others, times `class_weight`, are scaled to mean 1 over the training set.
        X_val : {array-like, sparse matrix} of shape (n_val, n_features), default=None
            Validation data: score and cost on them are measured after every epoch, and
            ``keep="best"`` and `early_stopping` go by them.
        y_val : array-like of shape (n_val,) or (n_val, n_labels), default=None
            Their labels, all of them among those of y.

        Returns
        -------
        self : estimator
            The fitted classifier. If an error is raised it is as it was before the call;
            after Ctrl-C it is so, too, or the call has been completed.

        Raises
        ------
        ValueError
            For a bad parameter or bad input, named in the message, and if training
            diverges within the first epoch.
        """
        validation = None if X_val is None and y_val is None else (X_val, y_val)
        outcome = SINGLE_THREAD.run(self._fit, X, y, sample_weight, validation)
        publish(self, outcome, anew=True)
        return self

    def predict(self, X: MatrixLike) -> Labels:
        """Tell the class of each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            The class with the highest score, the first of them in a tie; with one output
            neuron, the second class if it fires (a score of exactly 0 does not). For
            several labels a sample, a 0/1 matrix.
        """
        return self._ask(X, Outputs.answers)

    def decision_function(self, X: MatrixLike) -> Floats:
        """Give the score of each class.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        scores : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Weighted input z of the output neurons (with an `output_code`, z·c plus the entropy
            of c for the code word c of each class; words of 0 and 1 have none); one column for
            two classes, positive for the second.
        """
        return self._ask(X, Outputs.margins)

    def __getstate__(self):
        state = super().__getstate__().copy()
        for name in ("_checked", "_line"):
            state.pop(name, None)
        if "_stream" in state:
            state["_stream"] = state["_stream"].as_plain()
        if "_training" in state:
            plain = state["_training"].as_plain()
            if state.pop("_last_parameters") is None:  # then they are the public ones
                del plain["parameters"]
            state |= {"_training": plain, "_outputs": state["_outputs"].as_plain()}
        return state

    def __setstate__(self, state):
        super().__setstate__({"scoring": None} | state)  # what there was before `scoring`
        if "_training" in state:
            plain, public = state["_training"], self._parameters()
            last = {"parameters": {"weights": public.weights, "biases": public.biases}}
            self._training = Training.from_plain(last | plain)
            self._last_parameters = self._training.parameters if "parameters" in plain else None
            self._outputs = Outputs(self.classes_, **state["_outputs"])
            if "_stream" in state:
                self._stream = StreamRecord.from_plain(state["_stream"])
            self._checked = fast_path.remember(self)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        one_neuron_a_label = is_one_hot(self._output_code) and self.class_weight is None
        tags.classifier_tags.multi_label = self._accepts_multilabel and one_neuron_a_label
        return tags

    # --- learning: the new state is worked out beside the old one ------------------------

    @with_callbacks
    def _fit(self, X, y, sample_weight, validation):
        """The `Outcome` of `fit`."""
        callbacks, report = Callbacks(X, y, sample_weight), self._report()
        due = self._prepare(X, y, sample_weight, validation)
        callbacks.begin(self, max_subtasks=self.max_iter)
        line = ProgressLine(self.verbose, self.max_iter)

        def on_epoch(training):
            line(report.figures(training))
            return callbacks.end_epoch(
                lambda: copied_attributes(self, self._outcome(due, training))
            )

        end = train(due.method.network, *due.course, on_epoch, callbacks.begin_epoch)
        outcome = self._outcome(due, *end)
        callbacks.end(lambda: attributes_after(self, end[0], outcome.kept, due.news))
        return outcome

    def _prepare(self, X, y, sample_weight, validation, met=None):
        """All that `fit` does before the first epoch, as a `Due`; `met`: see there."""
        check_parameters(self)
        known = self._known_outputs() if self.warm_start and self._is_fitted() else None
        method, twin = self._method(), draft(self)
        met = met or data.met(twin, X, y, sample_weight, known, self._output_code)
        X, w, (outputs, y, rows), seen = met
        news = dict(seen)
        training, news["_seed"] = self._where_training_stands(X, outputs, known)
        news["_scoring"] = self.scoring
        if self.scoring != vars(self).get("_scoring"):
            training = judged_anew(training)
        warning = data.size_warning(self, method, X, news, fresh=known is None)
        wide = None
        if validation is None and not has_callbacks(self):
            wide = Wide.of(X, training, method.rule, self.keep)
        if wide is not None:
            X, training = wide.X, wide.narrowed(training)
        weighing = data.Weighing(outputs, self.class_weight)
        share = self.validation_fraction if self.early_stopping and not validation else None
        samples, held_out = weighing.training_set(X, y, w, rows, share, news["_seed"])
        if validation is not None:
            held_out = weighing.validation_set(twin, *validation, X.dtype)
        measured = measures(self, method, outputs, samples, held_out)
        course = samples, training, plan_of(self, method), measured
        return Due(method, course, news | weighing.totals_seen(), wide, warning, met)

    def _outcome(self, due, training, reason=None):
        """The `Outcome` of `fit` where training stands, and with a reason, where it ends."""
        start, warning = due.course[1], due.warning
        if reason == "diverged" and training.epochs == start.epochs:
            raise ValueError(diverged(self, start.epochs + 1))
        if reason is not None and warning is None:
            warning = warning_at_the_end(self, due.method, reason, start, training)
        news = due.news | self._report().curves(training)
        return Outcome(training, published(training, self.keep), news, due.wide, warning)

    def _where_training_stands(self, X, outputs, known):
        """The record to go on from, a new one or that of the last call, and its seed."""
        if known is not None:
            public, training = self._parameters(), self._training
            best = training.best
            if np.isfinite(best.value):
                best = best._replace(parameters=public)
            last = self._last_parameters or public
            return training._replace(parameters=last, best=best), self._seed
        seed, rng = _seeded(self.random_state)
        parameters = self._first_parameters(rng, X.shape[1], outputs.n_neurons, X.dtype)
        return Training(parameters, state_of(rng)), seed

    def _set_by_hand(self, parameters, classes, *, multilabel=False, feature_names=None):
        """Make this a fitted classifier with these parameters, which it then owns."""
        outputs = Outputs.of(classes, multilabel, self._output_code)
        seed, rng = _seeded(self.random_state)
        training = Training(parameters, state_of(rng))
        news = {
            "classes_": outputs.classes,
            "n_features_in_": len(parameters.weights[0]),
            "_outputs": outputs,
            "_seed": seed,
            "_warned_of_size": True,  # such weights may be made for inputs of any size
        }
        if feature_names is not None:
            news["feature_names_in_"] = feature_names
        publish(self, Outcome(training, parameters, news | self._report().curves(training)))
        return self

    # --- answering -----------------------------------------------------------------------

    def _ask(self, X, question):
        """``question(outputs, Z)`` for all rows of X, by one model whoever else is at work."""
        return SINGLE_THREAD.run(self._answer, X, question)

    def _answer(self, X, question):
        model = snapshot(self)
        X = fast_path.rows_of(model, X)
        return answers(question, model._outputs, model._parameters(), X)

    def _is_fitted(self):
        return hasattr(self, "_training")

    def _known_outputs(self):
        """The outputs of the fitted estimator, by the parameters of now."""
        outputs = Outputs.of(self.classes_, self._outputs.multilabel, self._output_code)
        self._check_architecture(outputs)
        return outputs

    # --- hooks: where the two classifiers differ -----------------------------------------

    _accepts_multilabel = False
    """Whether y may be a 0/1 matrix."""

    _output_code: Any = "one_hot"
    """The targets of the output neurons; see `output_codes`."""

    @abstractmethod
    def _method(self) -> Method:
        """How the classifier trains."""

    @abstractmethod
    def _report(self) -> Report:
        """What it tells of its training."""

    @abstractmethod
    def _first_parameters(self, rng, n_features, n_outputs, dtype) -> Parameters:
        """The parameters before the first step."""

    @abstractmethod
    def _parameters(self) -> Parameters:
        """The fitted attributes as parameters."""

    @abstractmethod
    def _attributes(self, parameters) -> dict[str, Any]:
        """Parameters as fitted attributes."""

    def _check_architecture(self, outputs):
        """Raise ValueError if these outputs or the parameters do not fit the weights."""

    @abstractmethod
    def _not_converged(self, training) -> str:
        """The warning at `max_iter`."""


def _seeded(random_state):
    """The seed of all that will be drawn, and its generator."""
    seed = int(check_random_state(random_state).randint(2**31 - 1))
    return seed, np.random.Generator(np.random.PCG64(seed))
