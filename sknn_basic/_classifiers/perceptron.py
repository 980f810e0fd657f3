"""The perceptron as a scikit-learn classifier."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from sknn_basic._classifiers import validation as by_hand
from sknn_basic._classifiers.base import BaseSGDClassifier
from sknn_basic._classifiers.progress import (
    Method,
    Report,
    validation_curves,
    validation_figures,
)
from sknn_basic._types import Balanced, Floats, Keep
from sknn_basic.engine.network import Network, Parameters, Rule, zero_parameters
from sknn_basic.engine.neurons import MISTAKES, signed_step


class PerceptronClassifier(BaseSGDClassifier):
    """Perceptrons: step neurons trained by Rosenblatt's rule.

    A perceptron fires if w·x + b > 0 (a score of exactly 0 does not fire). Two classes
    need one perceptron; more classes get one each, trained side by side, and the highest
    score wins. A mini-batch of m samples changes w by (η/m) Σ wᵢ (yᵢ − aᵢ) xᵢ: only
    mistakes count. m = 1 is Rosenblatt's rule.

    Training ends with the first epoch without a mistake. On data that a hyperplane cannot
    separate no such epoch comes, and the number of mistakes goes up and down; the default
    ``keep="best"`` then keeps the best weights met (the pocket algorithm).

    Parameters
    ----------
    eta : float, default=1.0
        Learning rate η. Since the weights start at 0 it only scales them, unless alpha > 0
        or the classifier goes on from other weights.
    batch_size : int, default=32
        Samples in a mini-batch, m; 1 is online learning.
    max_iter : int, default=100
        Epochs of `fit` at most.
    fit_intercept : bool, default=True
        Learn a bias; without it, it stays 0.
    alpha : float, default=0.0
        L2 strength: each step also shrinks the weights by the factor 1 − ηα.
    shuffle : bool, default=True
        Draw a new order of the samples for each epoch.
    tol : float or None, default=1e-4
        With validation, training ends when the validation score has failed to improve by
        more than `tol` for more than `n_iter_no_change` epochs. The number of mistakes is not
        monotone, so no patience is kept on it. None: exactly `max_iter` epochs, whatever
        happens.
    n_iter_no_change : int, default=10
        See `tol`.
    early_stopping : bool, default=False
        Watch the validation score: on the `X_val, y_val` given to `fit`, or else on
        `validation_fraction` of the training data, set aside stratified.
    validation_fraction : float, default=0.1
        Share of the samples to set aside, between 0 and 1.
    scoring : str, callable or None, default=None
        The metric by which early stopping and ``keep="best"`` judge the validation data, more
        is better. None: accuracy, and "loss": the cost, negated; in both a sample weighs what
        its class weighs in training. Or the name of a scorer
        (`sklearn.metrics.get_scorer_names`), or ``scorer(estimator, X, y)`` with X as an array;
        a scorer that takes a `sample_weight` gets that of `fit`, without class weights.
    keep : {"last", "best", "average"}, default="best"
        Which weights `fit` keeps: those of the last epoch; those with the lowest weighted
        training error at an epoch's end, the pocket algorithm (with validation: with the
        best validation score); or the average over all steps, the averaged perceptron.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class, 1 where a dict does not name it. "balanced" weighs every class
        alike; `partial_fit` does so from running counts.
    warm_start : bool, default=False
        A second `fit` goes on where the first ended.
    random_state : int, RandomState instance or None, default=None
        Decides the order of the samples and the validation split.
    verbose : int, default=0
        Print a line every `verbose` epochs of `fit`, or every `verbose` calls of
        `partial_fit` and `predict_then_learn`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    coef_ : ndarray of shape (1 or n_classes, n_features)
        Weights of each perceptron.
    intercept_ : ndarray of shape (1 or n_classes,)
        Their biases.
    mistakes_ : list of int
        In each epoch of `fit`, how often a perceptron's output was wrong.
    converged_ : bool
        Whether the last epoch of `fit` was free of mistakes.
    validation_scores_, validation_loss_curve_ : list of float
        Score (accuracy, or that of `scoring`) and mean number of wrong outputs on the
        validation data after each epoch. Only with validation.
    best_validation_score_ : float
        The highest validation score. Only with validation.
    stream_curve_ : tuple of ndarray
        Samples seen, and the mean number of wrong outputs of the samples since the point
        before: the whole of what `partial_fit` has learnt since the last `fit`, in 257 points
        at most. See `plotting.StreamDisplay`.
    n_iter_ : int
        Passes over the data, `partial_fit` included.
    t_ : int
        Samples seen.
    n_features_in_ : int
        Features seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Their names, if X had names that are all strings.

    See Also
    --------
    SigmoidMLPClassifier : Sigmoid neurons, with hidden layers.
    sklearn.linear_model.Perceptron : A perceptron that stops on a tolerance.

    References
    ----------
    F. Rosenblatt, "The perceptron: a probabilistic model for information storage and
    organization in the brain", Psychological Review 65, 1958.

    S. Gallant, "Perceptron-based learning algorithms", IEEE Transactions on Neural
    Networks 1, 1990 (the pocket algorithm).

    Y. Freund and R. Schapire, "Large margin classification using the perceptron
    algorithm", Machine Learning 37, 1999 (averaging).

    Examples
    --------
    >>> from sknn_basic import PerceptronClassifier
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> nand = PerceptronClassifier(random_state=0).fit(X, [1, 1, 1, 0])
    >>> nand.predict(X)
    array([1, 1, 1, 0])
    >>> nand.converged_
    True

    Rosenblatt's rule, written out, is what m = 1 without shuffling does:

    >>> import numpy as np
    >>> X, y, w, b = np.array(X), [1, 1, 1, 0], np.zeros(2), 0.0
    >>> for _ in range(20):
    ...     for x, wanted in zip(X, y):
    ...         error = wanted - (w @ x + b > 0)
    ...         w, b = w + error * x, b + error
    >>> rule = PerceptronClassifier(batch_size=1, shuffle=False).fit(X, y)
    >>> np.array_equal(rule.coef_[0], w) and bool(rule.intercept_[0] == b)
    True
    """

    _parameter_constraints = by_hand.SHARED_CONSTRAINTS | {"fit_intercept": ["boolean"]}

    coef_: Floats
    intercept_: Floats
    mistakes_: list[int]
    converged_: bool

    def __init__(
        self,
        *,
        eta: float = 1.0,
        batch_size: int = 32,
        max_iter: int = 100,
        fit_intercept: bool = True,
        alpha: float = 0.0,
        shuffle: bool = True,
        tol: float | None = 1e-4,
        n_iter_no_change: int = 10,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        scoring: str | Callable[..., float] | None = None,
        keep: Keep = "best",
        class_weight: Mapping[Any, float] | Balanced | None = None,
        warm_start: bool = False,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        self.eta = eta
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.fit_intercept = fit_intercept
        self.alpha = alpha
        self.shuffle = shuffle
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.scoring = scoring
        self.keep = keep
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    @classmethod
    def from_weights(
        cls,
        weights: npt.ArrayLike,
        bias: npt.ArrayLike | None = None,
        *,
        threshold: npt.ArrayLike | None = None,
        classes: npt.ArrayLike = (0, 1),
        feature_names: Sequence[str] | None = None,
    ) -> Self:
        """Make a ready classifier from weights, without training.

        Parameters
        ----------
        weights : array-like of shape (n_features,) or (n_classes, n_features)
            Weights of one perceptron, or of one for each class.
        bias : float or array-like of shape (n_classes,), default=None
            A perceptron fires if w·x + bias > 0. None, with no threshold either: 0.
        threshold : float or array-like of shape (n_classes,), default=None
            The same in other words: it fires if w·x > threshold; bias = −threshold.
        classes : array-like of shape (2,) or (n_classes,), default=(0, 1)
            The answers of one perceptron when it is silent and when it fires, in this
            order, or the class of each perceptron.
        feature_names : sequence of str, default=None
            Names of the inputs.

        Returns
        -------
        perceptron : PerceptronClassifier
            It predicts, and `partial_fit` goes on from these weights. A clone of it is
            not fitted.

        Raises
        ------
        ValueError
            For bias and threshold both, and for numbers that do not fit together.

        Examples
        --------
        To the festival? The weather, a friend, the train; only the weather counts:

        >>> from sknn_basic import PerceptronClassifier
        >>> visit = PerceptronClassifier.from_weights(
        ...     [6, 2, 2], threshold=5, classes=["stay", "go"]
        ... )
        >>> visit.predict([[1, 0, 0], [0, 1, 1]])
        array(['go', 'stay'], dtype='<U4')
        """
        W = np.atleast_2d(by_hand.numbers(weights, "weights", (1, 2)))
        labels = by_hand.distinct(classes, len(W))
        b = by_hand.bias_of(bias, threshold, len(W), W.dtype)
        names = by_hand.names_of(feature_names, W.shape[1])
        parameters = Parameters([W.T.copy()], [b])
        return cls()._set_by_hand(parameters, labels, feature_names=names)

    # --- hooks -----------------------------------------------------------------------

    def _method(self):
        rule = Rule(
            eta=float(self.eta),
            batch_size=int(self.batch_size),
            alpha=float(self.alpha),
            learn_bias=bool(self.fit_intercept),
        )
        neurons = Network(signed_step, MISTAKES, only_mistakes=True)
        return Method(neurons, rule, judge=lambda score, cost: 1.0 - score, patient=False)

    def _report(self):
        return Report(_curves, _figures, _loss, "mistakes")

    def _first_parameters(self, rng, n_features, n_outputs, dtype):
        return zero_parameters(n_features, n_outputs, dtype)

    def _parameters(self):
        return Parameters([self.coef_.T], [self.intercept_])

    def _attributes(self, parameters):
        return {"coef_": parameters.weights[0].T, "intercept_": parameters.biases[0]}

    def _not_converged(self, training):
        return (
            f"max_iter={self.max_iter} epochs were reached and the last one still made "
            f"{int(training.cost_sums[-1])} mistakes. If the classes can be separated by a "
            "hyperplane, raise max_iter; if they cannot, no number of epochs is enough: use "
            'keep="best" or keep="average", or a SigmoidMLPClassifier. tol=None asks for '
            "exactly max_iter epochs and silences this warning."
        )


def _curves(training):
    mistakes = [int(total) for total in training.cost_sums]
    return validation_curves(training) | {
        "mistakes_": mistakes,
        "converged_": bool(mistakes) and mistakes[-1] == 0,
    }


def _loss(cost):
    return {}


def _figures(training):
    return {"mistakes": int(training.cost_sums[-1])} | validation_figures(training)
