"""The multilayer network of sigmoid neurons as a scikit-learn classifier."""

import numbers
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit, log_expit, log_softmax, softmax
from sklearn.utils.validation import check_is_fitted

from sknn_basic._classifiers import data
from sknn_basic._classifiers import validation as by_hand
from sknn_basic._classifiers.base import BaseSGDClassifier
from sknn_basic._classifiers.outputs import is_one_hot
from sknn_basic._classifiers.progress import (
    Method,
    Report,
    validation_curves,
    validation_figures,
)
from sknn_basic._classifiers.runtime import SINGLE_THREAD, snapshot
from sknn_basic._classifiers.sample_weights import (
    check_sample_weight,
    mean_one,
    rows_with_weight,
)
from sknn_basic._classifiers.streams import fast_path
from sknn_basic._compat import HasMethods, Interval, StrOptions, check_parameters
from sknn_basic._types import (
    Balanced,
    CodeName,
    CostName,
    Floats,
    Init,
    Keep,
    LearningRate,
    MatrixLike,
    Table,
)
from sknn_basic.engine.gradient import gradient, slopes, total_cost
from sknn_basic.engine.network import (
    WEIGHT_SCALES,
    Network,
    Parameters,
    Rule,
    hidden_activations,
    random_parameters,
)
from sknn_basic.engine.neurons import COSTS, CostFunction, signed_sigmoid
from sknn_basic.output_codes import CODES


def _probabilities(outputs, Z):
    return expit(Z) if outputs.multilabel else softmax(outputs.scores(Z), axis=1)


def _log_probabilities(outputs, Z):
    return log_expit(Z) if outputs.multilabel else log_softmax(outputs.scores(Z), axis=1)


class SigmoidMLPClassifier(BaseSGDClassifier):
    """Multilayer network of sigmoid neurons, trained by stochastic gradient descent.

    Every hidden and output neuron computes σ(w·x + b) with σ(z) = 1 / (1 + e^(−z)). There
    is one output neuron a class (one alone for two classes, one a label for a 0/1 matrix
    y), and the answer is the most activated one. Training takes the steps of Nielsen's
    chapter 1: W ← W − (η/m) Σ wᵢ ∂Cᵢ/∂W over mini-batches of m samples.

    Inputs should be of ordinary size: large ones saturate the first layer, and the network
    then guesses. Put a StandardScaler before it, in a pipeline, where columns are not from 0
    to 1 or standardised; `fit` warns of columns that are much too large.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default=(30,)
        Neurons in each hidden layer; ``()`` means no hidden layer.
    eta : float, default=0.5
        Learning rate η.
    batch_size : int, default=32
        Samples in a mini-batch, m; 1 is online learning. The last batch of an epoch may
        be shorter.
    max_iter : int, default=200
        Epochs of `fit` at most.
    cost : {"cross_entropy", "quadratic"} or object, default="cross_entropy"
        What is minimised. An object must have two methods: ``value(A, Y)``, the cost of
        each sample, shape (m,), and ``output_error(A, Y)``, ∂C/∂Z of the output neurons,
        shape (m, n_outputs), given their activations A and targets Y.
    init : {"scaled", "normal"}, default="scaled"
        First weights: N(0, 1/n_in), or the book's N(0, 1). Biases start from N(0, 1).
    alpha : float, default=0.0
        L2 strength: the cost is mean wᵢCᵢ + α/2 Σ‖W‖², whatever the batch size. The
        book's λ is α·n.
    momentum : float, default=0.0
        Momentum μ in V ← μV − η∇C, W ← W + V; at least 0, below 1. V starts from 0.
    learning_rate : {"constant", "invscaling", "adaptive"}, default="constant"
        Schedule. "invscaling": step number t uses η / t^power_t. "adaptive": η is divided
        by 5 each time that more than `n_iter_no_change` epochs in a row have brought no
        improvement by more than `tol` (None counts as 0 here), and training ends where η
        is below 1e-6.
    power_t : float, default=0.5
        Exponent of "invscaling".
    shuffle : bool, default=True
        Draw a new order of the samples for each epoch.
    tol : float or None, default=1e-4
        Training ends when the cost (with validation: the score) has failed to improve by
        more than `tol` for more than `n_iter_no_change` epochs. None: exactly `max_iter`
        epochs.
    n_iter_no_change : int, default=10
        See `tol`.
    early_stopping : bool, default=False
        Watch the validation score instead of the training cost: on the `X_val, y_val` given
        to `fit`, or else on `validation_fraction` of the training data, set aside stratified.
    validation_fraction : float, default=0.1
        Share of the samples to set aside, between 0 and 1.
    scoring : str, callable or None, default=None
        The metric by which early stopping and ``keep="best"`` judge the validation data, more
        is better. None: accuracy, and "loss": the cost, negated; in both a sample weighs what
        its class weighs in training. Or the name of a scorer
        (`sklearn.metrics.get_scorer_names`), or ``scorer(estimator, X, y)`` with X as an array;
        a scorer that takes a `sample_weight` gets that of `fit`, without class weights.
    keep : {"last", "best", "average"}, default="last"
        Which weights `fit` keeps: those of the last epoch; those of the epoch with the
        best validation score (without validation: with the lowest training cost, measured
        at the epoch's end); or the average over all steps.
    output_code : {"one_hot", "binary"} or array-like of shape (n_classes, n_outputs), \
            default="one_hot"
        What the output neurons ought to say for each class: one neuron a class; the class's
        number in binary digits, on ⌈log₂ K⌉ neurons; or a table of your own of numbers from
        0 to 1, a row for each class in sorted order. See `sknn_basic.output_codes`.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class, 1 where a dict does not name it. "balanced" weighs every class
        alike; `partial_fit` does so from running counts.
    warm_start : bool, default=False
        A second `fit` goes on where the first ended, momentum and schedule included.
    random_state : int, RandomState instance or None, default=None
        Decides the first weights, the order of the samples and the validation split.
    verbose : int, default=0
        Print a line every `verbose` epochs of `fit`, or every `verbose` calls of
        `partial_fit` and `predict_then_learn`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted; for a 0/1 matrix y the column numbers.
    coefs_ : list of ndarray of shape (n_in, n_out)
        Weights of each layer.
    intercepts_ : list of ndarray of shape (n_out,)
        Biases of each layer.
    loss_ : float
        The last entry of `loss_curve_`; after `partial_fit` the mean cost of its rows.
    loss_curve_ : list of float
        Mean cost of each epoch of `fit`, every sample's cost taken before its own step,
        plus the L2 term at the epoch's end.
    best_loss_ : float
        The least of them.
    validation_scores_, validation_loss_curve_ : list of float
        Score (accuracy, or that of `scoring`) and mean cost on the validation data after each
        epoch. Only with validation.
    best_validation_score_ : float
        The highest validation score. Only with validation.
    stream_curve_ : tuple of ndarray
        Samples seen, and the mean cost of the samples since the point before: the whole of
        what `partial_fit` has learnt since the last `fit`, in 257 points at most. See
        `plotting.StreamDisplay`.
    n_iter_ : int
        Passes over the data, `partial_fit` included.
    t_ : int
        Samples seen.
    n_layers_ : int
        Layers, counting inputs and outputs.
    n_outputs_ : int
        Output neurons.
    n_features_in_ : int
        Features seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Their names, if X had names that are all strings.

    See Also
    --------
    PerceptronClassifier : Step neurons without hidden layer.
    sklearn.neural_network.MLPClassifier : More activations and solvers.

    References
    ----------
    M. Nielsen, *Neural Networks and Deep Learning*, Determination Press, 2015, chapters
    1 to 3.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sknn_basic import SigmoidMLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> network = SigmoidMLPClassifier((5,), max_iter=60, tol=None, random_state=0)
    >>> model = make_pipeline(StandardScaler(), network).fit(X, y)
    >>> model.predict([[5.1, 3.5, 1.4, 0.2]])
    array([0])
    >>> model.score(X, y) > 0.95
    True
    """

    _parameter_constraints = by_hand.SHARED_CONSTRAINTS | {
        "hidden_layer_sizes": [
            "array-like",
            Interval(numbers.Integral, 1, None, closed="left"),
        ],
        "cost": [StrOptions(set(COSTS)), HasMethods(["value", "output_error"])],
        "init": [StrOptions(set(WEIGHT_SCALES))],
        "momentum": [Interval(numbers.Real, 0, 1, closed="left")],
        "learning_rate": [StrOptions({"constant", "invscaling", "adaptive"})],
        "power_t": [Interval(numbers.Real, 0, None, closed="left")],
        "output_code": [StrOptions(set(CODES)), "array-like"],
    }

    _accepts_multilabel = True

    coefs_: list[Floats]
    intercepts_: list[Floats]
    loss_: float
    loss_curve_: list[float]
    best_loss_: float
    n_layers_: int
    n_outputs_: int

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (30,),
        *,
        eta: float = 0.5,
        batch_size: int = 32,
        max_iter: int = 200,
        cost: CostName | CostFunction = "cross_entropy",
        init: Init = "scaled",
        alpha: float = 0.0,
        momentum: float = 0.0,
        learning_rate: LearningRate = "constant",
        power_t: float = 0.5,
        shuffle: bool = True,
        tol: float | None = 1e-4,
        n_iter_no_change: int = 10,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        scoring: str | Callable[..., float] | None = None,
        keep: Keep = "last",
        output_code: CodeName | Table = "one_hot",
        class_weight: Mapping[Any, float] | Balanced | None = None,
        warm_start: bool = False,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.eta = eta
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.cost = cost
        self.init = init
        self.alpha = alpha
        self.momentum = momentum
        self.learning_rate = learning_rate
        self.power_t = power_t
        self.shuffle = shuffle
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.scoring = scoring
        self.keep = keep
        self.output_code = output_code
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    @classmethod
    def from_weights(
        cls,
        coefs: Sequence[npt.ArrayLike],
        intercepts: Sequence[npt.ArrayLike],
        classes: npt.ArrayLike | None = None,
        *,
        multilabel: bool = False,
        **params: Any,
    ) -> Self:
        """Make a ready network from weights, without training.

        Parameters
        ----------
        coefs : sequence of array-like of shape (n_in, n_out)
            Weights of each layer.
        intercepts : sequence of array-like of shape (n_out,)
            Biases of each layer.
        classes : array-like of shape (n_classes,), default=None
            The class of each output neuron; for a single one the answers when it is
            silent and when it fires. None: 0, 1, 2 and so on. With an `output_code` it must
            be given: a class for each row of the code.
        multilabel : bool, default=False
            Whether each output neuron answers for itself, so that `predict` gives a 0/1
            matrix.
        **params
            Parameters of the estimator; `hidden_layer_sizes` follows from the weights.

        Returns
        -------
        network : SigmoidMLPClassifier
            It predicts, and `partial_fit` goes on from these weights. A clone of it is
            not fitted.

        Raises
        ------
        ValueError
            For arrays that do not fit together, named by their layer.

        Examples
        --------
        XOR by a layer of OR and NAND, and AND on top of it:

        >>> from sknn_basic import SigmoidMLPClassifier
        >>> xor = SigmoidMLPClassifier.from_weights(
        ...     coefs=[[[20, -20], [20, -20]], [[20], [20]]],
        ...     intercepts=[[-10, 30], [-30]],
        ... )
        >>> xor.predict([[0, 0], [0, 1], [1, 0], [1, 1]])
        array([0, 1, 1, 0])
        """
        weights, biases = by_hand.layers(coefs, intercepts)
        sizes = tuple(W.shape[1] for W in weights[:-1])
        network = cls(**{"hidden_layer_sizes": sizes} | params)
        check_parameters(network)
        n_outputs = weights[-1].shape[1]
        if multilabel and classes is not None:
            raise ValueError(
                "classes must be left out with multilabel=True, where they are the numbers of "
                f"the columns; got {classes!r}."
            )
        if multilabel:
            labels = np.arange(n_outputs)
        elif is_one_hot(network.output_code):
            labels = by_hand.distinct(classes, n_outputs)
        else:
            labels = by_hand.different(classes)
        network._set_by_hand(Parameters(weights, biases), labels, multilabel=multilabel)
        network._known_outputs()
        return network

    def predict_proba(self, X: MatrixLike) -> Floats:
        """Give the probability of each class.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        P : ndarray of shape (n_samples, n_classes)
            The softmax of the scores of `sknn_basic.output_codes`, rows sum to 1. For target
            vectors of 0 and 1 it is the probability of each if every output neuron fires with
            its activation as probability, normalised over the classes. With one output
            neuron for two classes this is its activation σ(z) for the second. For a 0/1
            matrix y the activations themselves, one a label.
        """
        return self._ask(X, _probabilities)

    def predict_log_proba(self, X: MatrixLike) -> Floats:
        """Give the logarithm of `predict_proba`, exact where that underflows to 0.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        log_P : ndarray of shape (n_samples, n_classes)
            Natural logarithms, 0 at most.
        """
        return self._ask(X, _log_probabilities)

    def hidden_activations(self, X: MatrixLike, layer: int = -1) -> Floats:
        """Tell how strongly each neuron of a hidden layer fires.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        layer : int, default=-1
            Which hidden layer: 0 is the first, -1 the last.

        Returns
        -------
        A : ndarray of shape (n_samples, hidden_layer_sizes[layer])
            Activations σ(z), between 0 and 1.

        Raises
        ------
        ValueError
            If there is no such layer.
        """
        return SINGLE_THREAD.run(self._hidden_activations, X, layer)

    def _hidden_activations(self, X, layer):
        model = snapshot(self)
        X = fast_path.rows_of(model, X)
        hidden = len(model.coefs_) - 1
        whole = isinstance(layer, numbers.Integral) and not isinstance(layer, bool | np.bool_)
        if not (whole and -hidden <= layer < hidden):
            raise ValueError(
                f"layer must be an int that numbers one of the network's {hidden} hidden "
                f"layers (0 is the first, -1 the last), got {layer!r}."
            )
        with np.errstate(over="ignore", invalid="ignore"):
            A = hidden_activations(model._parameters(), X)[1:][layer]
        return np.nan_to_num(A, copy=False, nan=0.5)

    def output_activations(self, X: MatrixLike) -> Floats:
        """Tell how strongly each output neuron fires.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        A : ndarray of shape (n_samples, n_outputs)
            Activations σ(z), between 0 and 1: what the cost compares with the target vector
            of the class. They need not add up to 1, as the rows of `predict_proba` do.

        Examples
        --------
        >>> from sknn_basic import SigmoidMLPClassifier
        >>> network = SigmoidMLPClassifier.from_weights([[[4.0, 0.0, -4.0]]], [[0.0, 0.0, 0.0]])
        >>> network.output_activations([[1.0]]).round(2)
        array([[0.98, 0.5 , 0.02]])
        """
        return self._ask(X, lambda outputs, Z: expit(Z))

    def gradient(
        self, X: MatrixLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> tuple[list[npt.NDArray[np.float64]], list[npt.NDArray[np.float64]]]:
        """Give the gradient of `total_cost`, found by backpropagation.

        With the m rows of a mini-batch it is the direction of a step: without momentum and
        sample weights, `partial_fit` changes `coefs_` by −η times the first list and
        `intercepts_` by −η times the second.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels, all of them known to the network.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative; only their proportions matter. `class_weight` does not
            enter.

        Returns
        -------
        coefs : list of ndarray of float64
            ∂C/∂W of each layer, in the shapes of `coefs_`.
        intercepts : list of ndarray of float64
            ∂C/∂b of each layer, in the shapes of `intercepts_`.

        Examples
        --------
        One neuron with w = 0 and b = 0 says ½ where 1 is wanted. With the cross-entropy cost
        ∂C/∂b is a − y, and ∂C/∂w is (a − y) x:

        >>> from sknn_basic import SigmoidMLPClassifier
        >>> network = SigmoidMLPClassifier.from_weights([[[0.0]]], [[0.0]])
        >>> network.gradient([[3.0]], [1])
        ([array([[-1.5]])], [array([-0.5])])
        """
        check_is_fitted(self)
        G = self._evaluate(gradient, X, y, sample_weight, np.float64)
        return G.weights, G.biases

    def total_cost(
        self, X: MatrixLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> float:
        """Give the cost of the network as it is now.

        Unlike `loss_curve_`, which gathers each sample's cost while the weights move, this is
        the cost of one set of weights, and it may be asked for any data. (It cannot be
        called ``cost``: that is the parameter.)

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels, all of them known to the network.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative; only their proportions matter. `class_weight` does not
            enter.

        Returns
        -------
        C : float
            Σ wᵢCᵢ / Σ wᵢ + α/2 Σ‖W‖².
        """
        check_is_fitted(self)
        return self._evaluate(total_cost, X, y, sample_weight)

    def check_gradient(
        self, X: MatrixLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> float:
        """Compare backpropagation with the slope of the cost; for a `cost` of your own.

        Along ten random directions, in float64, the slope that one step of training claims
        is compared with central differences of `total_cost`.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels, all of them known to the network.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative; only their proportions matter.

        Returns
        -------
        error : float
            The largest difference of the two, relative to the largest slope: about 1e-9 or
            less where the gradient is right, 1e-3 where it is wrong by 0.1 %.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sknn_basic import SigmoidMLPClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> network = SigmoidMLPClassifier((5,), max_iter=3, tol=None, random_state=0)
        >>> network.fit(X, y).check_gradient(X, y) < 1e-7
        True
        """
        check_is_fitted(self)
        claimed, measured = self._evaluate(slopes, X, y, sample_weight, np.float64)
        largest = max(np.abs(claimed).max(), np.abs(measured).max())
        return float(np.abs(claimed - measured).max() / largest) if largest else 0.0

    # --- hooks -----------------------------------------------------------------------

    _responses = BaseSGDClassifier._responses | {
        "predict_proba": _probabilities,
        "predict_log_proba": _log_probabilities,
    }

    def _evaluate(self, question, X, y, sample_weight, dtype=None):
        """``question(network, parameters, samples, alpha)``, by one model."""
        return SINGLE_THREAD.run(self._evaluated, question, X, y, sample_weight, dtype)

    def _evaluated(self, question, X, y, sample_weight, dtype):
        model = snapshot(self)
        check_parameters(model)
        fitted, outputs = model._parameters(), model._outputs
        dtype = dtype or fitted.weights[0].dtype
        X, y = data.evaluated(model, outputs, X, y, dtype)
        w, rows = check_sample_weight(sample_weight, X), None
        if w is not None:
            rows = rows_with_weight(w, "sample_weight")
            w = mean_one(w, rows)
        samples = data.samples_of(outputs, X, y, w, rows)
        parameters = fitted.mapped(lambda array: array.astype(dtype, copy=False))
        return question(model._method().network, parameters, samples, float(model.alpha))

    def _hidden(self):
        """The sizes of the hidden layers as a tuple of int."""
        sizes = self.hidden_layer_sizes
        if isinstance(sizes, numbers.Integral) or getattr(sizes, "shape", None) == ():
            sizes = (sizes,)
        if not all(_is_layer_size(size) for size in sizes):
            raise ValueError(
                "The 'hidden_layer_sizes' parameter of SigmoidMLPClassifier must be an int "
                "in the range [1, inf) or a sequence of such ints. Got "
                f"{self.hidden_layer_sizes!r} instead."
            )
        return tuple(int(size) for size in sizes)

    @property
    def _output_code(self):
        return self.output_code

    def _method(self):
        cost = COSTS[self.cost] if isinstance(self.cost, str) else self.cost
        power_t = self.power_t if self.learning_rate == "invscaling" else 0.0
        rule = Rule(
            eta=float(self.eta),
            batch_size=int(self.batch_size),
            momentum=float(self.momentum),
            alpha=float(self.alpha),
            power_t=float(power_t),
        )
        return Method(
            Network(signed_sigmoid, cost),
            rule,
            judge=lambda score, cost: cost,
            adaptive=self.learning_rate == "adaptive",
        )

    def _report(self):
        return Report(_curves, _figures, _loss, "cost")

    def _first_parameters(self, rng, n_features, n_outputs, dtype):
        sizes = (n_features, *self._hidden(), n_outputs)
        return random_parameters(rng, sizes, dtype, self.init)

    def _parameters(self):
        return Parameters(list(self.coefs_), list(self.intercepts_))

    def _attributes(self, parameters):
        return {
            "coefs_": parameters.weights,
            "intercepts_": parameters.biases,
            "n_layers_": len(parameters.weights) + 1,
            "n_outputs_": len(parameters.biases[-1]),
        }

    def _check_architecture(self, outputs):
        fitted = tuple(W.shape[1] for W in self.coefs_[:-1])
        if self._hidden() != fitted:
            raise ValueError(
                f"hidden_layer_sizes={self.hidden_layer_sizes!r} differs from the fitted "
                f"network's {fitted!r}. A network keeps its layers while it goes on "
                "learning; use fit with warm_start=False for new ones."
            )
        if outputs.n_neurons != self.coefs_[-1].shape[1]:
            raise ValueError(
                f"output_code={self.output_code!r} needs {outputs.n_neurons} output neurons, "
                f"and the fitted network has {self.coefs_[-1].shape[1]}. Use fit with "
                "warm_start=False for another code."
            )

    def _not_converged(self, training):
        what = (
            "validation score was still rising"
            if self.early_stopping
            else "cost was still falling"
        )
        return (
            f"max_iter={self.max_iter} epochs were reached and the {what} by "
            f"more than tol={self.tol!r}. Raise max_iter, or set tol=None to ask for exactly "
            "max_iter epochs."
        )


def _is_layer_size(size):
    whole = isinstance(size, numbers.Integral) and not isinstance(size, bool | np.bool_)
    return whole and size >= 1


def _curves(training):
    losses = list(training.losses)
    return validation_curves(training) | {
        "loss_curve_": losses,
        "loss_": losses[-1] if losses else np.inf,
        "best_loss_": min(losses, default=np.inf),
    }


def _loss(cost):
    return {"loss_": cost}


def _figures(training):
    return {"cost": training.losses[-1]} | validation_figures(training)
