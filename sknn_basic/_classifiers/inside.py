"""What a fitted network tells of itself: its gradient and what its output neurons say."""

import numpy as np
from scipy.special import expit

from sknn_basic._classifiers.runtime import SINGLE_THREAD
from sknn_basic.engine.network import Parameters
from sknn_basic.engine.rule import Memory, Rule
from sknn_basic.engine.sgd import run_epoch


def gradient_of(estimator, samples):
    """∂C/∂W and ∂C/∂b of the mean cost of these samples plus L2, a list of arrays each.

    It is what a step of training with η = 1 would do, read off the velocity that the step
    leaves behind: the difference of the weights would lose the digits of a small gradient.
    """
    fitted = estimator._parameters()
    weights = [W.astype(np.float64) for W in fitted.weights]
    biases = [b.astype(np.float64) for b in fitted.biases]
    velocity = Parameters(
        [np.zeros_like(W) for W in weights], [np.zeros_like(b) for b in biases]
    )
    rule = Rule(1.0, len(samples), momentum=0.5, alpha=float(estimator.alpha))
    with SINGLE_THREAD:
        run_epoch(
            estimator._network(),
            Parameters(weights, biases),
            Memory(velocity=velocity),
            samples,
            None,
            rule,
        )
    return [-V for V in velocity.weights], [-V for V in velocity.biases]


def activations_of_outputs(estimator, X):
    """σ(z) of the output neurons."""
    return expit(estimator._output_weighted_inputs(X))
