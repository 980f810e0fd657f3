"""Classes that come later: a new label in a stream adds an output neuron.

The neurons that are there keep their weights. A new one starts from zeros: it is undecided
(z = 0), so it answers only where none of the others fires. A perceptron that has seen no
sample of its class would be just there, at zero, had it been trained from the start.

Two classes share one neuron, which fires for the second. It stands for the difference of two,
so a third class makes it a pair with −w and w; σ(−z) = 1 − σ(z), so they say what it said.
"""

import numpy as np

from sknn_basic.engine.network import Parameters


def grown(training, old, new):
    """The record of training with output neurons for all of the classes `new`.

    Parameters
    ----------
    training : Training
    old, new : sorted arrays of classes
        All of `old` are in `new`.
    """
    places = np.searchsorted(new, old)
    memory = training.memory
    if memory.velocity is not None:
        velocity = _with_outputs(memory.velocity, places, len(new))
        memory = type(memory)(memory.steps, velocity)
    parameters = _with_outputs(training.parameters, places, len(new))
    return training._replace(parameters=parameters, memory=memory)


def grown_totals(totals, old, new):
    """The weight seen of each class, 0 for the new ones."""
    wider = np.zeros(len(new))
    wider[np.searchsorted(new, old)] = totals
    return wider


def _with_outputs(parameters, places, n_classes):
    *weights, W = parameters.weights
    *biases, b = parameters.biases
    layer = _one_neuron_a_class(np.vstack([W, b]), len(places))
    wider = np.zeros((len(layer), n_classes), layer.dtype)
    wider[:, places] = layer
    if n_classes == 2:
        wider = wider[:, 1:] - wider[:, :1]
    return Parameters([*weights, wider[:-1].copy()], [*biases, wider[-1].copy()])


def _one_neuron_a_class(layer, n_classes):
    return np.hstack([-layer, layer]) if n_classes == 2 else layer
