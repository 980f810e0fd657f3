"""How parameters are measured after an epoch: their cost, and accuracy or the user's metric."""

import math
import numbers
from inspect import signature

import numpy as np
from sklearn.metrics import check_scoring

from sknn_basic._classifiers.runtime import twin
from sknn_basic.engine.network import output_weighted_inputs, sample_costs
from sknn_basic.engine.training import Best, Measures, Patience


def measures(estimator, method, outputs, samples, held_out):
    """How `engine.training` measures parameters of this estimator after an epoch.

    Raises
    ------
    ValueError
        If `scoring` is no scorer's name.
    """

    def measure(parameters, samples):
        return accuracy_and_cost(method.network, outputs, parameters, samples)

    def judge(parameters):
        return method.judge(*measure(parameters, samples))

    scorer = scorer_of(estimator)
    if held_out is None:
        return Measures(judge)
    score = score_of(estimator, scorer, outputs, held_out)

    def validate(parameters):
        accuracy, cost = measure(parameters, held_out.samples)
        return accuracy if score is None else score(parameters, cost), cost

    return Measures(judge, validate)


def scorer_of(estimator):
    """The scorer that `scoring` names, or None for accuracy and "loss".

    Raises
    ------
    ValueError
        If it is no name of one.
    """
    scoring = estimator.scoring
    if scoring is None or (isinstance(scoring, str) and scoring == "loss"):
        return None
    try:
        return check_scoring(estimator, scoring)
    except ValueError as error:
        raise ValueError(
            f"The 'scoring' parameter of {type(estimator).__name__} must be None, 'loss', one "
            f"of sklearn.metrics.get_scorer_names(), or a callable. Got {scoring!r} instead."
        ) from error


def score_of(estimator, scorer, outputs, held_out):
    """``score(parameters, cost)`` on the validation data, more is better; None: accuracy."""
    samples = held_out.samples
    if scorer is None:
        return None if estimator.scoring is None else (lambda parameters, cost: -cost)
    rows = slice(None) if samples.rows is None else samples.rows
    X, y, weight = samples.X[rows], samples.y[rows], {}
    if not outputs.multilabel:
        y = outputs.classes[y]
    if held_out.sample_weight is not None and takes_weights(scorer):
        weight = {"sample_weight": held_out.sample_weight[rows]}
    known = {"classes_": outputs.classes, "_outputs": outputs, "n_features_in_": X.shape[1]}

    def score(parameters, cost):
        fitted = estimator._attributes(parameters.copy())
        model = twin(estimator, estimator.get_params(deep=False) | fitted | known)
        value = scorer(model, X, y, **weight)
        if not (isinstance(value, numbers.Real) and math.isfinite(value)):
            raise ValueError(
                f"The 'scoring' parameter of {type(estimator).__name__} must give a finite "
                f"number on the validation data; {estimator.scoring!r} gave {value!r}."
            )
        return float(value)

    return score


def takes_weights(scorer):
    """Whether a scorer, or the metric in it, takes `sample_weight`."""
    parameters = signature(getattr(scorer, "_score_func", scorer)).parameters
    return "sample_weight" in parameters


def judged_anew(training):
    """The record without the judgements of another metric."""
    return training._replace(
        best=Best(training.best.parameters),
        patience=Patience(watches_validation=training.patience.watches_validation),
        validation_scores=(),
        validation_losses=(),
    )


def accuracy_and_cost(network, outputs, parameters, samples):
    """Accuracy and mean cost on these samples, both weighted."""
    hits, costs = np.empty(len(samples)), np.empty(len(samples))
    with np.errstate(over="ignore", invalid="ignore"):
        for at, rows in samples.chunks(max(len(b) for b in parameters.biases)):
            Z = output_weighted_inputs(parameters, samples.X[rows])
            hits[at] = outputs.right(Z, samples.y[rows])
            costs[at] = sample_costs(network, Z, samples.targets(rows))
    return samples.mean(hits, samples.rows), samples.mean(costs, samples.rows)
