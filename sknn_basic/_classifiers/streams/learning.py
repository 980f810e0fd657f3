"""`partial_fit` and `predict_then_learn`: one pass over what comes, a call at a time."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar, Literal, NamedTuple, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sknn_basic._classifiers import data
from sknn_basic._classifiers.outputs import Outputs, grown, grown_totals
from sknn_basic._classifiers.outputs import answers as answers_to
from sknn_basic._classifiers.progress import (
    Callbacks,
    Method,
    Outcome,
    StreamLine,
    Wide,
    diverged,
    has_callbacks,
)
from sknn_basic._classifiers.runtime import (
    SINGLE_THREAD,
    attributes_after,
    become,
    draft,
    publish,
)
from sknn_basic._classifiers.sample_weights import check_sample_weight
from sknn_basic._classifiers.streams import fast_path
from sknn_basic._classifiers.streams.record import StreamRecord
from sknn_basic._compat import check_parameters, rows_at, with_callbacks
from sknn_basic._types import Floats, Labels, MatrixLike
from sknn_basic.engine.rows import Samples
from sknn_basic.engine.sgd import Kernel
from sknn_basic.engine.training import Best, Training, begin, one_epoch

Response: TypeAlias = Literal[
    "predict", "predict_proba", "predict_log_proba", "decision_function"
]

ABSENT = {"predict_proba": 0.0, "predict_log_proba": -np.inf}
"""What is said of a class that had not come yet."""


class Chunk(NamedTuple):
    """The rows of a call, ready to be learnt from.

    Parameters
    ----------
    method : Method
        How the classifier trains.
    training : Training
        Where it stands.
    samples : Samples
        The rows that teach something.
    news : dict
        Attributes to publish.
    warning : (str, type) or None
        A warning that is due.
    X : matrix
        All rows.
    places : ndarray of int, or None
        Where the samples stand among them; None: they are all of them.
    """

    method: Method
    training: Training
    samples: Samples
    news: dict[str, Any]
    warning: tuple[str, type[Warning]] | None
    X: Any
    places: Any


class Answers:
    """The answers to the rows of a call, each by the weights before its own step.

    Parameters
    ----------
    question : callable
        ``question(outputs, Z)``, as in `outputs.answers`.
    """

    def __init__(self, question):
        self.question = question
        self.places = self.values = None

    def begin(self, outputs, n, places=None):
        """Make room for n rows; the samples are all of them, or stand at these places."""
        self.outputs, self.n, self.places = outputs, n, places
        self.told = np.zeros(n, bool)

    def __call__(self, at, Z):
        """Note the answers to the samples `at`, given Z of the output neurons.

        It may change Z.
        """
        if not np.isfinite(Z).all():
            np.nan_to_num(Z, copy=False)
        rows = at if self.places is None else self.places[at]
        self.note(rows, self.question(self.outputs, Z))

    def note(self, rows, told):
        """Note what is told of these rows."""
        if self.values is None:
            self.values = np.empty((self.n, *told.shape[1:]), told.dtype)
        self.values[rows], self.told[rows] = told, True

    def answer_the_others(self, chunk):
        """Answer the rows that taught nothing, by the weights before their mini-batch.

        The pass is taken once more for that, in parts.
        """
        others = np.flatnonzero(~self.told)
        if len(others) == 0:
            return
        (method, training, samples, *_), m = chunk, chunk.method.rule.batch_size
        again, _ = begin(samples, training, method.rule, shuffle=False)
        places = np.arange(self.n) if self.places is None else self.places
        taught = np.flatnonzero(self.told[places])
        before = np.searchsorted(places[taught], others) // m * m
        kernel, done = Kernel(method.network, training.parameters), 0
        for now in np.unique(before):
            if now > done:
                part = _rows_of(samples, taught[done:now])
                kernel.run(*again._replace(samples=part, order=None))
                done = now
            rows = others[before == now]
            asked = self.question, self.outputs, again.parameters, chunk.X[rows]
            self.note(rows, answers_to(*asked))


def _rows_of(samples, rows):
    w = None if samples.w is None else samples.w[rows]
    return replace(samples, X=samples.X[rows], y=samples.y[rows], w=w)


class OnlineLearning:
    """Learning from what comes, a call at a time; what `fit` shares with it is the base's."""

    _stream: StreamRecord
    _stream_cost: float = 0.0
    t_: int

    _responses: ClassVar[dict[str, Callable[[Outputs, Floats], Any]]] = {
        "predict": Outputs.answers,
        "decision_function": Outputs.margins,
    }
    """What `predict_then_learn` may be asked for, and how each comes of weighted inputs."""

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
            Weights, not negative, used as they are. Rows of weight 0 are left out, labels
            included.
        growing : bool, default=False
            Whether a label that is not in `classes_` adds a class instead of being an
            error. What was learnt stays: the new class's output neuron starts from weights
            and bias 0 and answers only where none of the others fires.

        Returns
        -------
        self : estimator
            The classifier. If an error is raised it is as it was before the call; after
            Ctrl-C it is so, too, or the call has been completed.

        Raises
        ------
        ValueError
            For a bad parameter or bad input, named in the message, and if this pass
            diverges.

        See Also
        --------
        predict_then_learn : The same, and the answers before each step.
        """
        self._learn(X, y, classes, growing, sample_weight)
        return self

    def predict_then_learn(
        self,
        X: MatrixLike,
        y: npt.ArrayLike,
        classes: npt.ArrayLike | None = None,
        sample_weight: npt.ArrayLike | None = None,
        *,
        method: Response = "predict",
        growing: bool = False,
    ) -> Labels:
        """Answer each row before learning from it: test, then train.

        The rows are learnt in the order given, whatever `shuffle` says, as `partial_fit` does
        with ``shuffle=False``. Each one is answered by the weights before its own step, so no
        answer knows its label: compared with y, the answers tell how well the classifier did
        while it learnt (prequential evaluation, A. P. Dawid 1984; J. Gama et al. 2013).

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs; converted to the dtype of the first call.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels, or a 0/1 matrix, as in `fit`.
        classes : array-like of shape (n_classes,), default=None
            As in `partial_fit`. On the first call the first rows are answered by the first
            weights, which know nothing but the classes.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative, used as they are. Rows of weight 0 are answered, too, but
            nothing is learnt from them, and it does not matter which label they have.
        method : {"predict", "predict_proba", "predict_log_proba", "decision_function"}, \
                default="predict"
            Which method's answers are wanted; perceptrons have no probabilities.
        growing : bool, default=False
            As in `partial_fit`, but that a class is added after the answers to the mini-batch
            in which its label first comes, as in a loop over mini-batches. Probabilities
            before that are 0; ``"decision_function"`` cannot be asked for. The first
            mini-batch of all has nobody to answer it: its classes are taken as known.

        Returns
        -------
        answers : ndarray
            What `method` gives for each row, in the shape of that method.

        Raises
        ------
        ValueError
            For a bad parameter or bad input, named in the message, and if this pass
            diverges. The classifier is as it was before the call then.

        References
        ----------
        A. P. Dawid, "Statistical theory: the prequential approach", Journal of the Royal
        Statistical Society A 147, 1984.

        J. Gama, R. Sebastião and P. P. Rodrigues, "On evaluating stream learning algorithms",
        Machine Learning 90, 2013.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from sknn_basic import PerceptronClassifier
        >>> X, y = load_digits(return_X_y=True)
        >>> online = PerceptronClassifier(batch_size=1)
        >>> answers = online.predict_then_learn(X, y, classes=range(10))
        >>> float((answers[:200] == y[:200]).mean().round(2))
        0.56
        >>> float((answers[-200:] == y[-200:]).mean().round(2))
        0.88
        """
        question, given = (
            self._question(method, growing),
            (X, y, classes, growing, sample_weight),
        )
        if growing is False:
            answers = Answers(question)
            self._learn(*given, answers)
            return answers.values
        told, twin = SINGLE_THREAD.run(self._answer_and_grow, given, question, method)
        become(self, twin)
        return told

    @property
    def stream_curve_(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Samples seen and mean costs along the stream, unweighted; see `StreamDisplay`."""
        if "_stream" not in vars(self):
            raise AttributeError(
                f"This {type(self).__name__} has learnt from no stream: 'stream_curve_' comes "
                "with 'partial_fit' and 'predict_then_learn'."
            )
        return self._stream.curve(self.t_, self._stream_cost)

    # --- the way of every call --------------------------------------------------------

    def _learn(self, X, y, classes, growing, sample_weight, answers=None, level=4):
        """Learn from what was given, and publish what comes of it."""
        line, quick = self._next_line() if self.verbose else None, None
        if sample_weight is None and not has_callbacks(self):
            quick = fast_path.samples(self, X, y, classes, growing)
        if quick is not None:
            if answers is not None:
                answers.begin(self._outputs, len(quick[0]))
            outcome = SINGLE_THREAD.run(fast_path.learn, self, *quick, answers)
        else:
            given = X, y, classes, growing, sample_weight
            outcome = SINGLE_THREAD.run(self._partial_fit, given, answers)
        if line is not None:  # before it counts: what cannot be told has not happened
            total = outcome.news.get("_stream_cost", self._stream_cost)
            line(outcome.training.samples, total, self.verbose)
            outcome.news["_line"] = line
        publish(self, outcome, level=level)

    @with_callbacks
    def _partial_fit(self, given, answers):
        """The `Outcome` of a call after complete checks."""
        X, y, _, _, sample_weight = given
        chunk = self._chunk(*given)
        method, training, samples, news, warning = chunk[:5]
        if answers is not None:
            answers.begin(news["_outputs"], chunk.X.shape[0], chunk.places)
        callbacks = Callbacks(X, y, sample_weight)
        callbacks.begin(self, task_name="partial_fit")
        if len(samples):
            kernel = Kernel(method.network, training.parameters)
            outcome = self._pass(training, samples, kernel, answers, news.pop("_stream", None))
        else:  # nothing to learn from: all rows weigh nothing
            curves = {} if self._is_fitted() else self._report().curves(training)
            outcome = Outcome(training, training.parameters, curves)
        if answers is not None:
            answers.answer_the_others(chunk)
        outcome = outcome._replace(news=news | outcome.news, warning=warning)
        callbacks.end(lambda: attributes_after(self, *outcome[:3]))
        return outcome

    def _chunk(self, X, y, classes, growing, sample_weight):
        """The rows of a call after complete checks, and what it starts from."""
        check_parameters(self)
        known = self._known_outputs() if self._is_fitted() else None
        method, twin = self._method(), draft(self)
        X, y = data.rows_and_labels(twin, X, y, first=known is None)
        rows, w = X, check_sample_weight(sample_weight, X)
        multilabel = data.is_multilabel(y)
        places, X, y, w = data.with_weight(w, X, y, w)
        outputs = data.outputs_declared(
            y, multilabel, classes, growing, known, self._output_code
        )
        training, seed = self._where_training_stands(X, outputs, known)
        training, news = self._beginning(training, method), {"_seed": seed}
        totals = vars(self).get("_class_totals")
        if known is not None and len(known.classes) < len(outputs.classes):
            seen = training.samples
            record = vars(self).get("_stream") or StreamRecord.beginning(seen)
            news["_stream"] = record.marked(seen, known.classes, outputs.classes)
            training = grown(training, known.classes, outputs.classes)
            totals = grown_totals(totals, known.classes, outputs.classes)
        weighing = data.Weighing(outputs, self.class_weight, totals, more_to_come=growing)
        here, samples = weighing.chunk(X, y, w)
        if here is not None:
            places = here if places is None else places[here]
        news |= data.seen(twin, outputs) | weighing.totals_seen()
        warning = data.size_warning(self, method, samples.X, news, fresh=False)
        return Chunk(method, training, samples, news, warning, rows, places)

    def _pass(self, training, samples, kernel, answers=None, record=None):
        """The `Outcome` of one epoch over these samples."""
        method, report = self._method(), self._report()
        wide = None if has_callbacks(self) else Wide.of(samples.X, training, method.rule)
        if wide is not None:
            samples, training = replace(samples, X=wide.X), wide.narrowed(training)
        shuffle = self.shuffle and answers is None
        costs = np.zeros(len(samples))

        def watch(at, Z, their_costs):
            costs[at] = their_costs
            if answers is not None:
                answers(at, Z)

        training, loss, _ = one_epoch(kernel, samples, training, method.rule, shuffle, watch)
        if not (np.isfinite(loss) and training.parameters.is_finite()):
            raise ValueError(diverged(self, training.epochs))
        news = {} if self._is_fitted() else report.curves(training)
        news |= report.loss(loss) | self._noted(training.samples, costs.tolist(), record)
        return Outcome(training, training.parameters, news, wide)

    def _beginning(self, training, method):
        """The record that a pass goes on from: the published parameters."""
        return training._replace(
            parameters=self._parameters() if self._is_fitted() else training.parameters,
            memory=training.memory.without_total(),
            best=Best(),
            eta_factor=training.eta_factor if method.adaptive else 1.0,
        )

    # --- what is seen of a stream -----------------------------------------------------

    def _noted(self, seen, costs, record=None):
        """The record after `seen` samples, the last of these costs, as attributes."""
        before, total = seen - len(costs), self._stream_cost
        record = record or self.__dict__.get("_stream") or StreamRecord.beginning(before)
        return {
            "_stream": record.through(costs, before, total),
            "_stream_cost": total + sum(costs),
        }

    def _next_line(self):
        """What tells of this call: the one that told of the last call, or a new one."""
        line, seen = vars(self).get("_line"), vars(self).get("t_", 0)
        if line is None or line.seen != seen:
            line = StreamLine(self._report().name, seen, self._stream_cost)
        return line

    # --- answers where classes come ---------------------------------------------------

    def _question(self, method, growing):
        """What is asked of the outputs."""
        if not isinstance(method, str) or method not in self._responses:
            names = ", ".join(map(repr, self._responses))
            raise ValueError(
                f"The 'method' parameter of {type(self).__name__}.predict_then_learn must be "
                f"one of {names}. Got {method!r} instead."
            )
        able = [name for name in self._responses if name == "predict" or name in ABSENT]
        if growing is not False and method not in able:
            raise ValueError(
                f"method={method!r} has no answer for classes that are still to come; with "
                f"growing=True ask for {' or '.join(map(repr, able))}."
            )
        return self._responses[method]

    @with_callbacks
    def _answer_and_grow(self, given, question, method):
        """The answers to all rows, and the twin that has learnt from them, in one call.

        Each mini-batch that brings a class begins a part of its own, and is answered by the
        classes of before.
        """
        X, y, classes, growing, sample_weight = given
        callbacks, twin, told, losses = Callbacks(X, y, sample_weight), draft(self), [], []
        vars(twin).pop("_skl_callbacks", None)
        X, labels, w, parts = self._parts(X, y, classes, sample_weight)
        callbacks.begin(self, task_name="partial_fit")
        twin.verbose = 0
        for at, head in parts:
            answered = head if twin._is_fitted() else 0
            if answered:
                told.append((getattr(twin, method)(rows_at(X, at[:head])), twin.classes_))
            part, weights = Answers(question), None if w is None else w[at]
            given = rows_at(X, at), labels[at], classes, growing, weights
            twin._learn(*given, part, level=6)
            told.append((part.values[answered:], twin.classes_))
            losses.append((getattr(twin, "loss_", 0.0), len(at) if w is None else w[at].sum()))
        self._count_as_one_call(twin, losses)
        line = self._next_line() if self.verbose else None
        if line is not None:
            line(twin.t_, twin._stream_cost, self.verbose)
            twin._line = line
        callbacks.end(lambda: vars(twin))
        return _joined(told, twin.classes_, method), twin

    def _count_as_one_call(self, twin, losses):
        """Make the twin, which has learnt in parts of such losses, what one call makes it."""
        passes, total = vars(self).get("n_iter_", 0) + 1, sum(weight for _, weight in losses)
        loss = sum(loss * weight for loss, weight in losses) / total if total else 0.0
        news = {"n_iter_": passes, "_training": twin._training._replace(epochs=passes)}
        kept = {
            name: value
            for name, value in vars(self).items()
            if name in ("verbose", "_skl_callbacks")
        }
        vars(twin).update(news | self._report().loss(float(loss)) | kept)

    def _parts(self, X, y, classes, sample_weight):
        """X, labels, weights; the rows of each part, and how many its first batch has."""
        check_parameters(self)
        _, labels = data.rows_and_labels(draft(self), X, y, first=not self._is_fitted())
        w = check_sample_weight(sample_weight, labels)
        taught = np.arange(len(labels)) if w is None else np.flatnonzero(w)
        known = {*getattr(self, "classes_", np.array([])).tolist()}
        known |= set() if classes is None else {*np.asarray(classes).ravel().tolist()}
        found, first = np.unique(labels[taught], return_index=True)
        new = [k for label, k in zip(found.tolist(), first, strict=True) if label not in known]
        m = int(self.batch_size)
        starts = sorted({0, *(k // m * m for k in new)})
        ends = [*(taught[k] for k in starts[1:]), len(labels)]
        parts = []
        for k, start, stop in zip(starts, [0, *ends], ends, strict=False):
            head = taught[k + m - 1] + 1 if k + m <= len(taught) else stop
            parts.append((np.arange(start, stop), min(head, stop) - start))
        if sparse.issparse(X):
            X = X.tocsr()
        elif not hasattr(X, "__getitem__"):
            X = np.asarray(X)
        return X, labels, w, parts


def _joined(told, classes, method):
    """The answers of parts that knew fewer classes as those to one call."""
    if method == "predict":
        return np.concatenate([values for values, _ in told])
    order, wide = np.argsort(classes), []
    for values, known in told:
        places = np.searchsorted(classes, known, sorter=order)
        wide.append(np.full((len(values), len(order)), ABSENT[method], values.dtype))
        wide[-1][:, order[places]] = values
    return np.concatenate(wide)
