"""The coat: everything that scikit-learn's users expect, worn over the engine.

It checks what comes in, turns labels into targets and weights into one weight a sample,
hands arrays to `engine.training`, and publishes what comes back. The two classifiers
differ by the hooks at the end of `BaseSGDClassifier`.
"""

import math
import warnings
from contextlib import contextmanager
from typing import Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from sknn_basic._classifiers.fast_path import (
    FLOATS,
    class_numbers,
    is_plain,
    is_surely_finite,
    remember,
    still_checked,
)
from sknn_basic._classifiers.growth import grown, grown_totals
from sknn_basic._classifiers.labels import (
    all_classes,
    as_column,
    classes_of,
    declared_classes,
    encode,
    is_multilabel,
    kind_of,
    same_classes,
)
from sknn_basic._classifiers.progress import Callbacks, ProgressLine, has_callbacks
from sknn_basic._classifiers.runtime import SINGLE_THREAD, SignalsHeld
from sknn_basic._classifiers.sample_weights import (
    as_floats,
    balanced_factors,
    check_sample_weight,
    class_factors,
    class_totals,
    mean_one,
    rows_with_weight,
    times,
)
from sknn_basic._classifiers.wide_rows import Wide
from sknn_basic._compat import CallbackSupportMixin, check_parameters, with_callbacks
from sknn_basic._types import Floats, Labels, MatrixLike
from sknn_basic.engine.costs import value
from sknn_basic.engine.network import output_weighted_inputs
from sknn_basic.engine.rule import Memory
from sknn_basic.engine.samples import Samples
from sknn_basic.engine.sgd import Kernel
from sknn_basic.engine.training import (
    Measures,
    Plan,
    Training,
    one_epoch,
    published,
    state_of,
    train,
)
from sknn_basic.output_codes import class_scores, one_hot


@contextmanager
def restored_on_failure(estimator):
    """Give the estimator back the attributes it had if anything at all goes wrong.

    Arrays in them are changed in place by the very last lines of a call only, so a shallow
    copy is enough.
    """
    before = vars(estimator).copy()
    try:
        yield
    except BaseException:
        with SignalsHeld():
            vars(estimator).clear()
            vars(estimator).update(before)
        raise


class BaseSGDClassifier(CallbackSupportMixin, ClassifierMixin, BaseEstimator):
    """`fit`, `partial_fit` and prediction, shared by the two classifiers."""

    classes_: Labels
    n_features_in_: int
    feature_names_in_: Labels
    n_iter_: int
    t_: int
    validation_scores_: list[float]
    validation_loss_curve_: list[float]
    best_validation_score_: float

    _accepts_multilabel = False

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
            (n_samples, n_labels), several labels a sample.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative. Rows of weight 0 are left out, labels included; the
            others are scaled to mean 1 over the training set.
        X_val : {array-like, sparse matrix} of shape (n_val, n_features), default=None
            Validation data: score and cost on them are measured after every epoch, and
            ``keep="best"`` and `early_stopping` go by them.
        y_val : array-like of shape (n_val,) or (n_val, n_labels), default=None
            Their labels, all of them among those of y.

        Returns
        -------
        self : estimator
            The fitted classifier. If an error is raised it is as it was before the call.

        Raises
        ------
        ValueError
            For a bad parameter or bad input, named in the message, and if training
            diverges within the first epoch.
        """
        validation = None if X_val is None and y_val is None else (X_val, y_val)
        with restored_on_failure(self):
            complaint = self._fit(X, y, sample_weight, validation)
            if complaint is not None:
                message, category = complaint
                warnings.warn(message, category, stacklevel=2)
        return self

    @with_callbacks
    def _fit(self, X, y, sample_weight, validation):
        """Do all of `fit`, and return the message and category of a warning that is due."""
        callbacks = Callbacks(X, y, sample_weight)
        with SINGLE_THREAD:
            check_parameters(self)
            resume = self.warm_start and hasattr(self, "classes_")
            if resume:
                self._check_architecture()
            X, y = self._check_input(X, y, reset=not resume)
            w = check_sample_weight(sample_weight, X)
            y, rows = self._meet_labels(y, w, resume)
            training = self._where_training_stands(X, resume)
            wide = None
            if validation is None and not has_callbacks(self):
                wide = Wide.of(X, training, self._rule(), self.keep)
            if wide is not None:
                X, training = wide.X, wide.narrowed(training)
            samples, held_out = self._training_set(X, y, w, rows, validation)
            callbacks.begin(self)
            complaint = self._train(training, samples, held_out, wide, callbacks)
            self._checked = remember(self)
            callbacks.end()
        return complaint

    def partial_fit(
        self,
        X: MatrixLike,
        y: npt.ArrayLike,
        classes: npt.ArrayLike | None = None,
        sample_weight: npt.ArrayLike | None = None,
        *,
        growing: bool = False,
    ) -> Self:
        """Take one pass over these rows, in mini-batches of `batch_size`.

        With ``batch_size=1`` this is online learning: a step after every sample. Calling
        it k times with the same rows equals ``fit`` with ``max_iter=k, tol=None``.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs; converted to the dtype of the first call.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels, or a 0/1 matrix, as in `fit`.
        classes : array-like of shape (n_classes,), default=None
            All labels that will ever come. Needed on the first call, unless `y` is a 0/1
            matrix or `growing` is true.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative, used as they are.
        growing : bool, default=False
            Whether a label that is not in `classes_` adds a class instead of being an
            error. What was learnt stays: the new class's output neuron starts from weights
            and bias 0 and answers only where none of the others fires.

        Returns
        -------
        self : estimator
            The classifier. If an error is raised it is as it was before the call.

        Raises
        ------
        ValueError
            For a bad parameter or bad input, named in the message, and if this pass
            diverges.
        """
        if classes is None and sample_weight is None and self._learn_quickly(X, y):
            return self
        with restored_on_failure(self), SINGLE_THREAD:
            check_parameters(self)
            first = not hasattr(self, "classes_")
            if not first:
                self._check_architecture()
            X, y = self._check_input(X, y, reset=first)
            w = check_sample_weight(sample_weight, X)
            known = np.empty(0) if first else self.classes_
            y = self._meet_declared_labels(y, classes, growing)
            training = self._beginning(self._where_training_stands(X, resume=not first))
            if not first and len(known) < len(self.classes_):
                training = self._grown(training, known)
            wide = Wide.of(X, training, self._rule())
            if wide is not None:
                X, training = wide.X, wide.narrowed(training)
            samples = self._chunk(X, y, w)
            kernel = Kernel(self._network(), training.parameters)
            self._learn_chunk(training, samples, kernel, self._rule(), wide)
            self._checked = remember(self)
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
        Z = self._output_weighted_inputs(X)
        chosen = self._decide(Z)
        return chosen if self._multilabel else self.classes_[chosen]

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
        Z = self._output_weighted_inputs(X)
        if self._multilabel:
            return Z
        scores = class_scores(Z, self._code(Z.dtype))
        if len(self.classes_) == 1:
            return scores[:, 0]
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def _set_by_hand(self, parameters, classes, *, multilabel=False, feature_names=None):
        """Make this a fitted classifier with these parameters, which it then owns."""
        self.classes_, self._multilabel = classes, multilabel
        self.n_features_in_ = len(parameters.weights[0])
        if feature_names is not None:
            self.feature_names_in_ = feature_names
        training = Training(parameters, state_of(self._generator()))
        self._publish(training, parameters, self._curves(training), None)
        self._checked = remember(self)
        return self

    def __getstate__(self):
        state = super().__getstate__().copy()
        state.pop("_checked", None)
        if "_training" in state:
            state["_training"] = state["_training"].as_plain()
        return state

    def __setstate__(self, state):
        state = dict(state)
        if "_training" in state:
            state["_training"] = Training.from_plain(state["_training"])
        super().__setstate__(state)
        if self._is_fitted():
            self._checked = remember(self)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        one_neuron_a_label = self._is_one_hot() and self.class_weight is None
        tags.classifier_tags.multi_label = self._accepts_multilabel and one_neuron_a_label
        return tags

    # --- what comes in ---------------------------------------------------------------

    def _check_input(self, X, y, reset):
        """Check X and y with scikit-learn's errors; X keeps the dtype of the first call."""
        dtype = FLOATS if reset else (self._first_weights().dtype,)
        X, y = self._validated(
            X,
            y,
            reset=reset,
            dtype=dtype,
            multi_output=self._accepts_multilabel,
            ensure_all_finite=not is_surely_finite(X, dtype),
        )
        return X, as_column(y)

    def _meet_labels(self, y, w, resume):
        """Learn or recognise the labels of the rows with weight; return targets and rows."""
        multilabel = is_multilabel(y)
        rows = None if w is None or w.min() > 0 else rows_with_weight(w, "sample_weight")
        present = y if rows is None else y[rows]
        classes = classes_of(present, multilabel)
        if not resume:
            self.classes_, self._multilabel = classes, multilabel
        elif multilabel != self._multilabel:
            raise ValueError(
                "warm_start can only be used where `y` is of the same kind as in the previous "
                f"call to fit: {kind_of(self._multilabel)}. Now it is {kind_of(multilabel)}."
            )
        elif not same_classes(classes, self.classes_):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the "
                f"previous call to fit. Previously got {self.classes_}, `y` has {classes}"
            )
        targets = encode(present, self.classes_, multilabel)
        if rows is None:
            return targets, None
        everywhere = np.zeros((len(y), *targets.shape[1:]), targets.dtype)
        everywhere[rows] = targets
        return everywhere, rows

    def _meet_declared_labels(self, y, classes, growing):
        """Learn or compare the `classes` of `partial_fit`; return the targets."""
        known, multilabel = getattr(self, "classes_", None), is_multilabel(y)
        if growing:
            self._check_growing(growing, multilabel)
            self.classes_ = all_classes(known, y, classes)
        elif known is None:
            if multilabel and classes is None:
                classes = classes_of(y, multilabel)
            self.classes_ = declared_classes(classes, None)
        else:
            declared_classes(classes, known)
        if known is None:
            self._multilabel = multilabel
        elif len(known) == len(self.classes_):
            self.classes_ = known  # by hand, they may stand in another order
        return self._encode(y)

    def _check_growing(self, growing, multilabel):
        if not isinstance(growing, bool | np.bool_):
            raise ValueError(f"growing must be True or False, got {growing!r}.")
        if multilabel:
            raise ValueError("growing=True is for one label a sample; y is a 0/1 matrix.")
        if not self._is_one_hot():
            raise ValueError(
                "growing=True adds an output neuron a class: it needs output_code='one_hot', "
                f"got {self.output_code!r}."
            )

    def _encode(self, y):
        """Turn labels of the kind that is known already into targets."""
        if is_multilabel(y) != self._multilabel and y.ndim != 1 + self._multilabel:
            raise ValueError(
                f"y must be {kind_of(self._multilabel)} as in the first call, got shape "
                f"{y.shape}."
            )
        return encode(y, self.classes_, self._multilabel)

    def _grown(self, training, known):
        """The record with an output neuron for each class that was not `known`."""
        if hasattr(self, "_class_totals"):
            self._class_totals = grown_totals(self._class_totals, known, self.classes_)
        return grown(training, known, self.classes_)

    def _labelled(self, X, y, dtype):
        """Check rows and labels that nothing is learnt from; return X and the targets."""
        X, y = self._validated(
            X, y, reset=False, dtype=dtype, multi_output=self._accepts_multilabel
        )
        return X, self._encode(as_column(y))

    def _validated(self, *data, **how):
        """Check and convert data, without a warning where sums of huge numbers overflow."""
        with np.errstate(over="ignore", invalid="ignore"):
            return validate_data(self, *data, accept_sparse="csr", **how)

    def _training_set(self, X, y, w, rows, validation):
        """The samples that `fit` learns from, and those that it only validates on."""
        weight = times(w, self._class_factors(y), y)
        if weight is not None and weight.min() == 0:
            rows = rows_with_weight(weight, "class_weight and sample_weight")
        held_rows = None
        self.__dict__.pop("_class_totals", None)
        if self.early_stopping and validation is None:
            rows, held_rows = self._split(y, np.arange(X.shape[0]) if rows is None else rows)
        if weight is not None:
            weight = mean_one(weight, rows)
        if self.class_weight == "balanced":
            self._class_totals = class_totals(weight, y, len(self.classes_), rows)
            weight = times(weight, balanced_factors(self._class_totals), y)
        held_out = None if held_rows is None else self._samples(X, y, weight, held_rows)
        if validation is not None:
            held_out = self._validation_set(*validation, X.dtype)
        return self._samples(X, y, weight, rows), held_out

    def _validation_set(self, X_val, y_val, dtype):
        """The samples that `fit` was given to validate on; they weigh as their classes do."""
        if X_val is None or y_val is None:
            missing = "X_val" if X_val is None else "y_val"
            raise ValueError(f"X_val and y_val must be given together, got no {missing}.")
        try:
            X, y = self._labelled(X_val, y_val, dtype)
        except (ValueError, TypeError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(f"In X_val, y_val: {error}") from error
        factors = self._class_factors(y)
        if self.class_weight == "balanced":
            factors = balanced_factors(self._class_totals)
        return self._samples(X, y, times(None, factors, y), None)

    def _chunk(self, X, y, w):
        """The samples of one `partial_fit` call."""
        weight = times(w, self._class_factors(y), y)
        if self.class_weight == "balanced":
            totals = class_totals(w, y, len(self.classes_))
            self._class_totals = getattr(self, "_class_totals", 0.0) + totals
            weight = times(weight, balanced_factors(self._class_totals), y)
        return self._samples(X, y, weight, None)

    def _class_factors(self, y):
        if self.class_weight is not None and self._multilabel:
            raise ValueError(
                "The 'class_weight' parameter is for one label a sample; y is a 0/1 matrix."
            )
        return class_factors(self.class_weight, self.classes_, y)

    def _split(self, y, rows):
        """Training rows and validation rows in their order, the same at every call.

        Stratified, unless there are too few rows for every class to be in both parts.
        """
        held = math.ceil(self.validation_fraction * len(rows))
        if len(rows) < 2 or held == len(rows):
            raise ValueError(
                f"early_stopping=True with validation_fraction={self.validation_fraction!r} "
                f"needs a training and a validation sample at least; got {len(rows)} samples "
                "with a positive weight."
            )
        stratify = None
        if not self._multilabel:
            sizes = np.unique(y[rows], return_counts=True)[1]
            if sizes.min() >= 2 and len(sizes) <= min(held, len(rows) - held):
                stratify = y[rows]
        parts = train_test_split(
            rows, test_size=held, random_state=self._seed, stratify=stratify
        )
        return map(np.sort, parts)

    def _samples(self, X, y, w, rows):
        code = None if self._multilabel else self._code(X.dtype)
        return Samples(X, y, code, None if w is None else as_floats(w, X.dtype), rows)

    # --- training --------------------------------------------------------------------

    def _generator(self):
        """Draw the seed of all that will be drawn, and return its generator."""
        self._seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        return np.random.Generator(np.random.PCG64(self._seed))

    def _where_training_stands(self, X, resume):
        """The record to go on from: a new one, or that of the last call."""
        if not resume:
            rng = self._generator()
            sizes = X.shape[1], self._n_outputs()
            parameters = self._first_parameters(rng, *sizes, X.dtype)
            return Training(parameters, state_of(rng))
        public, training = self._parameters(), self._training
        return training._replace(
            parameters=training.parameters or public,
            best=public if np.isfinite(training.best_value) else None,
        )

    def _train(self, training, samples, held_out, wide, callbacks):
        """Run the epochs of `fit` and publish what is kept; return a warning that is due."""
        measures = Measures(
            judge=lambda parameters: self._judge(*self._measure(parameters, samples)),
            validate=held_out and (lambda parameters: self._measure(parameters, held_out)),
        )
        line = ProgressLine(self.verbose, self.max_iter)

        def on_epoch(training):
            line(self._figures(training))
            return callbacks.end_epoch(lambda: self._so_far(training))

        start = training.epochs
        training, reason = train(
            self._network(),
            samples,
            training,
            self._plan(),
            measures,
            on_epoch,
            callbacks.begin_epoch,
        )
        if reason == "diverged" and training.epochs == start:
            raise ValueError(self._diverged(start + 1))
        for name in ("validation_scores_", "validation_loss_curve_", "best_validation_score_"):
            self.__dict__.pop(name, None)
        kept = published(training, self.keep)
        self._publish(training, kept, self._curves(training), wide)
        return self._complaint(reason, training)

    def _so_far(self, training):
        """The fitted attributes if `fit` ended now, in arrays of their own."""
        counts = {"n_iter_": training.epochs, "t_": training.samples}
        kept = published(training, self.keep).copy()
        return self._attributes(kept) | self._curves(training) | counts

    def _learn_quickly(self, X, y):
        """Take the short road if it is open for these rows, and tell whether it was."""
        checked = still_checked(self)
        if checked is None:
            return False
        parameters = self._parameters()
        if not is_plain(X, parameters.weights[0]):
            return False
        numbers = class_numbers(y, len(X), checked.lookup)
        if numbers is None:
            return False
        samples = Samples(X, numbers, checked.code)
        with SINGLE_THREAD:
            if not self._step_in_place(parameters, samples, checked):
                training = self._beginning(self._training)
                self._learn_chunk(training, samples, checked.kernel, checked.rule)
        return True

    def _step_in_place(self, parameters, samples, checked):
        """Take a single plain step without a copy of the weights, and tell whether it could.

        Until `accept` nothing has changed; while it runs, signals wait.
        """
        training = self._training
        with np.errstate(over="ignore", invalid="ignore"):
            proposal = checked.kernel.propose(
                parameters, training.memory, samples, checked.rule
            )
            if proposal is None or not proposal.is_harmless():
                return False
        news = self._loss(float(np.add.reduce(proposal.costs)) / len(samples)) | {
            "n_iter_": training.epochs + 1,
            "t_": training.samples + len(samples),
            "_training": training._replace(
                parameters=None,
                memory=Memory(training.memory.steps + 1),
                epochs=training.epochs + 1,
                samples=training.samples + len(samples),
                best_value=np.inf,
            ),
        }
        with SignalsHeld():
            proposal.accept()
            self.__dict__.update(news)
        return True

    def _beginning(self, training):
        """The record that `partial_fit` goes on from: the published parameters."""
        return training._replace(
            parameters=self._parameters() if self._is_fitted() else training.parameters,
            memory=training.memory.without_total(),
            best=None,
            best_value=np.inf,
            eta_factor=training.eta_factor if self._adaptive() else 1.0,
        )

    def _learn_chunk(self, training, samples, kernel, rule, wide=None):
        """Run the one epoch of `partial_fit` and publish its parameters."""
        training, loss, _ = one_epoch(kernel, samples, training, rule, self.shuffle)
        if not (math.isfinite(loss) and training.parameters.is_finite()):
            raise ValueError(self._diverged(training.epochs))
        more = {} if self._is_fitted() else self._curves(training)
        self._publish(training, training.parameters, more | self._loss(loss), wide)

    def _is_fitted(self):
        return hasattr(self, "_training")

    def _plan(self):
        return Plan(
            rule=self._rule(),
            max_epochs=self.max_iter,
            shuffle=self.shuffle,
            keep=self.keep,
            stop_when_perfect=self.tol is not None,
            patient=self.tol is not None and (self.early_stopping or self._patient),
            watch_validation=self.early_stopping,
            tol=self.tol or 0.0,
            n_iter_no_change=self.n_iter_no_change,
            adaptive=self._adaptive(),
        )

    def _measure(self, parameters, samples):
        """Accuracy and mean cost on these samples, both weighted."""
        network = self._network()
        hits, costs = np.empty(len(samples)), np.empty(len(samples))
        with np.errstate(over="ignore", invalid="ignore"):
            for at, rows in samples.chunks():
                Z = output_weighted_inputs(parameters, samples.X[rows])
                right = self._decide(Z) == samples.y[rows]
                hits[at] = right.all(axis=1) if self._multilabel else right
                costs[at] = value(network.cost, network.outputs(Z), samples.targets(rows))
        return samples.mean(hits, samples.rows), samples.mean(costs, samples.rows)

    def _publish(self, training, parameters, more, wide):
        """Set the fitted attributes, all at once, so that nothing can come between.

        What the next call needs beside them stays private.
        """
        part = None
        if wide is not None:
            training, parameters, part = wide.widened(training, parameters)
        apart = training.parameters if parameters is not training.parameters else None
        news = self._attributes(parameters) | more
        news["n_iter_"], news["t_"] = training.epochs, training.samples
        news["_training"] = training._replace(parameters=apart, best=None)
        with SignalsHeld():
            if wide is not None:
                wide.commit(part)
            self.__dict__.update(news)

    def _curves(self, training):
        """What was measured after each epoch as fitted attributes."""
        if not training.validation_scores:
            return {}
        return {
            "validation_scores_": list(training.validation_scores),
            "validation_loss_curve_": list(training.validation_losses),
            "best_validation_score_": max(training.validation_scores),
        }

    def _figures(self, training):
        """What a line of `verbose` tells."""
        if not training.validation_scores:
            return {}
        return {
            "validation score": training.validation_scores[-1],
            "validation cost": training.validation_losses[-1],
        }

    def _complaint(self, reason, training):
        """The message and category of the warning that this end of training deserves."""
        if reason == "diverged":
            kept = f" The weights of epoch {training.epochs} are kept."
            return self._diverged(training.epochs + 1) + kept, ConvergenceWarning
        if reason == "interrupted":
            done = f"the {training.epochs} complete epochs are kept."
            return f"Training was interrupted; {done}", UserWarning
        if reason == "max_epochs" and self.tol is not None:
            return self._not_converged(training), ConvergenceWarning
        return None

    def _diverged(self, epoch):
        return (
            f"Training diverged in epoch {epoch} with eta={self.eta!r}: the "
            "weights or the cost became infinite or NaN. Try a smaller eta, a smaller alpha, "
            "or inputs scaled to unit variance (StandardScaler)."
        )

    # --- what goes out ---------------------------------------------------------------

    def _output_weighted_inputs(self, X):
        """Check X and give Z of the output neurons, always finite."""
        X = self._rows(X)
        with SINGLE_THREAD, np.errstate(over="ignore", invalid="ignore"):
            Z = output_weighted_inputs(self._parameters(), X)
            if not math.isfinite(np.add.reduce(Z, axis=None)):
                np.nan_to_num(Z, copy=False)
        return Z

    def _rows(self, X):
        """Check the rows of X for a fitted estimator."""
        if self.__dict__.get("_checked") is not None and is_plain(X, self._first_weights()):
            return X
        check_is_fitted(self)
        return self._validated(X, reset=False, dtype=self._first_weights().dtype)

    def _first_weights(self):
        return self._parameters().weights[0]

    def _decide(self, Z):
        """Class numbers of shape (n,), or a 0/1 matrix for several labels a sample."""
        if self._multilabel:
            return (Z > 0).astype(np.intp)
        return class_scores(Z, self._code(Z.dtype)).argmax(axis=1)

    def _n_outputs(self):
        """How many output neurons the classes need."""
        if not self._multilabel:
            return self._code(np.float64).shape[1]
        if not self._is_one_hot():
            raise ValueError(
                "output_code must be 'one_hot' where y is a 0/1 matrix, as each label has a "
                f"neuron of its own; got {self.output_code!r}."
            )
        return len(self.classes_)

    # --- hooks: where the two classifiers differ -------------------------------------

    _patient = True
    """Whether `tol` and `n_iter_no_change` also watch the training cost."""

    def _adaptive(self):
        """Whether η is divided by 5 when patience is lost."""
        return False

    def _is_one_hot(self):
        """Whether each class has an output neuron of its own (two classes share one)."""
        return True

    def _code(self, dtype):
        """The target vector of each class, one a row; see `output_codes`."""
        return one_hot(len(self.classes_), dtype)

    def _network(self):
        """The kind of output neurons and the cost: an `engine.network.Network`."""
        raise NotImplementedError

    def _rule(self):
        """How a step is taken: an `engine.sgd.Rule`."""
        raise NotImplementedError

    def _first_parameters(self, rng, n_features, n_outputs, dtype):
        """The parameters before the first step."""
        raise NotImplementedError

    def _parameters(self):
        """The fitted attributes as `engine.network.Parameters`."""
        raise NotImplementedError

    def _attributes(self, parameters):
        """`engine.network.Parameters` as a dict of fitted attributes."""
        raise NotImplementedError

    def _check_architecture(self):
        """Raise ValueError if the parameters no longer fit the fitted weights."""

    def _loss(self, loss):
        """What is told of the cost of a pass of `partial_fit`."""
        return {}

    def _not_converged(self, training):
        """The warning at `max_iter`."""
        raise NotImplementedError

    def _judge(self, score, cost):
        """What ``keep="best"`` makes small without validation data."""
        raise NotImplementedError
