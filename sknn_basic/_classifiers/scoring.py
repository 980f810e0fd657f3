"""How parameters are measured after an epoch: their cost, and accuracy or the user's metric."""

import math
import numbers

import numpy as np
from sklearn.metrics import check_scoring

from sknn_basic._classifiers.runtime import twin
from sknn_basic.engine.network import output_weighted_inputs, sample_costs
from sknn_basic.engine.training import Measures


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

    if held_out is None:
        return Measures(judge)
    score = scorer_of(estimator, outputs, held_out)

    def validate(parameters):
        accuracy, cost = measure(parameters, held_out.samples)
        return accuracy if score is None else score(parameters, cost), cost

    return Measures(judge, validate)


def scorer_of(estimator, outputs, held_out):
    """``score(parameters, cost)`` on the validation data, more is better; None: accuracy."""
    scoring, samples = estimator.scoring, held_out.samples
    if scoring is None:
        return None
    if isinstance(scoring, str) and scoring == "loss":
        return lambda parameters, cost: -cost
    scorer = check_scoring(estimator, scoring)
    rows = slice(None) if samples.rows is None else samples.rows
    X, y, weight = samples.X[rows], samples.y[rows], {}
    if not outputs.multilabel:
        y = outputs.classes[y]
    if held_out.sample_weight is not None:
        weight = {"sample_weight": held_out.sample_weight[rows]}
    known = {"classes_": outputs.classes, "_outputs": outputs, "n_features_in_": X.shape[1]}

    def score(parameters, cost):
        attributes = estimator.get_params(deep=False) | estimator._attributes(parameters)
        value = scorer(twin(estimator, attributes | known), X, y, **weight)
        if not (isinstance(value, numbers.Real) and math.isfinite(value)):
            raise ValueError(
                f"The 'scoring' parameter of {type(estimator).__name__} must give a finite "
                f"number on the validation data; {scoring!r} gave {value!r}."
            )
        return float(value)

    return score


def accuracy_and_cost(network, outputs, parameters, samples):
    """Accuracy and mean cost on these samples, both weighted."""
    hits, costs = np.empty(len(samples)), np.empty(len(samples))
    with np.errstate(over="ignore", invalid="ignore"):
        for at, rows in samples.chunks(max(len(b) for b in parameters.biases)):
            Z = output_weighted_inputs(parameters, samples.X[rows])
            hits[at] = outputs.right(Z, samples.y[rows])
            costs[at] = sample_costs(network, Z, samples.targets(rows))
    return samples.mean(hits, samples.rows), samples.mean(costs, samples.rows)
