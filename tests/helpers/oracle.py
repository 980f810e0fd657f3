"""The textbook, sample by sample: the reference that the engine is compared with.

Michael Nielsen, *Neural Networks and Deep Learning*, chapters 1 to 3, written out as
loops over samples, steps and layers. It imports nothing from the package, looks ahead
nowhere and saves no work: whoever wants to know what a fast kernel ought to compute finds
it here in the order of the book.

Notation: a sample x is a vector of shape (n_in,), its target y one of shape (n_out,). A
network is a list of layers, a layer a pair (W, b) with W of shape (n_in, n_out), so that
z = x W + b and a = σ(z). The gradient of a cost is a list of such pairs too.
"""

import math
from dataclasses import dataclass

import numpy as np

# --- neurons (chapter 1) -----------------------------------------------------------------


def step(z):
    """The perceptron: 1 if z > 0, else 0. A score of exactly 0 does not fire."""
    return 1.0 if z > 0 else 0.0


def sigmoid(z):
    """The sigmoid neuron: σ(z) = 1 / (1 + e^(−z)), equation 3.

    Below 0 both sides of the fraction are multiplied by e^z, so that no power overflows.
    """
    if z >= 0:
        return 1.0 / (1.0 + math.exp(-z))
    return math.exp(z) / (1.0 + math.exp(z))


# --- costs of one sample, and their error ∂C/∂z at the output neurons --------------------
#
# With a = σ(z) the chain rule gives ∂C/∂z = ∂C/∂a · σ'(z), and σ'(z) = a (1 − a).


def quadratic(a, y):
    """C = ½ Σ (a − y)², equation 6 for one sample."""
    return sum(0.5 * (a_j - y_j) ** 2 for a_j, y_j in zip(a, y, strict=True))


def quadratic_error(a, y):
    """∂C/∂a = a − y, so ∂C/∂z = (a − y) a (1 − a); equation 30."""
    return np.array([(a_j - y_j) * a_j * (1.0 - a_j) for a_j, y_j in zip(a, y, strict=True)])


def cross_entropy(a, y):
    """C = −Σ [y ln a + (1 − y) ln(1 − a)], equation 63, with 0 · ln 0 = 0."""
    return sum(
        _surprise(y_j, a_j) + _surprise(1.0 - y_j, 1.0 - a_j)
        for a_j, y_j in zip(a, y, strict=True)
    )


def cross_entropy_error(a, y):
    """∂C/∂a = (1 − y)/(1 − a) − y/a = (a − y) / (a (1 − a)), so ∂C/∂z = a − y; equation 66."""
    return np.array([a_j - y_j for a_j, y_j in zip(a, y, strict=True)])


def _surprise(y, a):
    """−y ln a."""
    if y == 0.0:
        return 0.0
    return -y * math.log(a) if a > 0.0 else math.inf


# --- one sample forward and back (chapter 2) ---------------------------------------------


def forward(layers, x):
    """The activations of every layer, the inputs x themselves first."""
    activations = [x]
    for W, b in layers:
        z = activations[-1] @ W + b
        activations.append(np.array([sigmoid(z_j) for z_j in z]))
    return activations


def backprop(layers, x, y, output_error):
    """The gradient of one sample's cost by the equations BP1 – BP4."""
    *inputs, a = forward(layers, x)
    delta = output_error(a, y)  # BP1
    gradient = []
    for (W, _), a_in in zip(reversed(layers), reversed(inputs), strict=True):
        gradient.append((np.outer(a_in, delta), delta))  # BP4 and BP3
        delta = (W @ delta) * a_in * (1.0 - a_in)  # BP2; below the first layer nobody asks
    return gradient[::-1]


# --- stochastic gradient descent (chapter 1; momentum and L2: chapter 3) -----------------


@dataclass
class Learner:
    """A network that learns, and what it remembers from step to step.

    Parameters
    ----------
    layers : list of pairs (W, b)
    velocity : list of pairs (V_W, V_b)
        The last step taken, before any step 0.
    steps : int
        Steps taken.
    total : list of pairs
        Sum of the layers as they stood after each step.
    """

    layers: list
    velocity: list
    total: list
    steps: int = 0

    @classmethod
    def of(cls, weights, biases):
        """A learner with copies of these weights and biases and no past."""
        layers = [(W.copy(), b.copy()) for W, b in zip(weights, biases, strict=True)]
        return cls(layers, _zeros(layers), _zeros(layers))


def sgd_epoch(
    learner,
    X,
    Y,
    cost,
    output_error,
    *,
    eta,
    batch_size,
    momentum=0.0,
    alpha=0.0,
    power_t=0.0,
    weights=None,
):
    """Change `learner` by one pass over the samples in the order in which they come.

    Step number t, counted from 1, uses the rate η / t^power_t. The last batch may be
    short. A batch whose weights are all 0 is absent: no step, no count, nothing.

    Returns
    -------
    costs : list of float
        The cost of each sample before the step it takes part in; 0 if it was absent.
    """
    weights = np.ones(len(X)) if weights is None else weights
    costs = []
    for start in range(0, len(X), batch_size):
        batch = range(start, min(start + batch_size, len(X)))
        if all(weights[i] == 0 for i in batch):
            costs += [0.0 for _ in batch]
            continue
        costs += [cost(forward(learner.layers, X[i])[-1], Y[i]) for i in batch]
        gradient = batch_gradient(learner.layers, X, Y, weights, batch, output_error, alpha)
        take_step(learner, gradient, eta / (learner.steps + 1) ** power_t, momentum)
    return costs


def batch_gradient(layers, X, Y, weights, batch, output_error, alpha):
    """g = (1/m) Σ wᵢ ∂Cᵢ/∂W + α W for the m samples of a batch; biases have no α."""
    g = _zeros(layers)
    for i in batch:
        g = _plus(g, _times(weights[i], backprop(layers, X[i], Y[i], output_error)))
    m = len(batch)
    return [
        (g_W / m + alpha * W, g_b / m) for (g_W, g_b), (W, _) in zip(g, layers, strict=True)
    ]


def take_step(learner, gradient, eta, momentum):
    """V ← μ V − η g, W ← W + V, and the running sum of the layers; equations 107, 108."""
    learner.velocity = _plus(_times(momentum, learner.velocity), _times(-eta, gradient))
    learner.layers = _plus(learner.layers, learner.velocity)
    learner.total = _plus(learner.total, learner.layers)
    learner.steps += 1


def _zeros(layers):
    return [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]


def _times(factor, layers):
    return [(factor * W, factor * b) for W, b in layers]


def _plus(layers, others):
    return [(W + U, b + c) for (W, b), (U, c) in zip(layers, others, strict=True)]


# --- perceptrons -------------------------------------------------------------------------


def rosenblatt_epoch(W, b, X, Y):
    """One pass of Rosenblatt's rule for K perceptrons; returns the new W and b.

    A perceptron that stays silent where it should fire adds the input to its weights, one
    that fires where it should not subtracts it, one that is right changes nothing.
    """
    W, b = W.copy(), b.copy()
    for x, y in zip(X, Y, strict=True):
        for k in range(len(b)):
            fires = step(x @ W[:, k] + b[k])
            if y[k] == 1.0 and fires == 0.0:
                W[:, k] += x
                b[k] += 1.0
            elif y[k] == 0.0 and fires == 1.0:
                W[:, k] -= x
                b[k] -= 1.0
    return W, b


def perceptron_epoch(W, b, X, Y, *, eta=1.0, batch_size=1, weights=None):
    """One pass in mini-batches: W ← W + (η/m) Σ wᵢ (yᵢ − aᵢ) xᵢ, all aᵢ from the same W.

    Returns
    -------
    W, b : the new weights and biases
    mistakes : list of int
        For each sample, how many of the K perceptrons were wrong.
    """
    weights = np.ones(len(X)) if weights is None else weights
    W, b, mistakes = W.copy(), b.copy(), []
    for start in range(0, len(X), batch_size):
        batch = range(start, min(start + batch_size, len(X)))
        sum_W, sum_b = np.zeros_like(W), np.zeros_like(b)
        for i in batch:
            a = np.array([step(z) for z in X[i] @ W + b])
            sum_W += weights[i] * np.outer(X[i], Y[i] - a)
            sum_b += weights[i] * (Y[i] - a)
            absent = all(weights[j] == 0 for j in batch)
            mistakes.append(0 if absent else int(np.sum(a != Y[i])))
        W += eta / len(batch) * sum_W
        b += eta / len(batch) * sum_b
    return W, b, mistakes


# --- the answer --------------------------------------------------------------------------


def output_scores(layers, x):
    """The weighted inputs z of the output neurons for one sample."""
    *hidden, (W, b) = layers
    return forward(hidden, x)[-1] @ W + b


def probabilities(Z, code):
    """The probability of each class: for each row of Z the softmax of z codeᵀ.

    Row k of the code is the target vector of class k. The largest score is subtracted
    first, which changes nothing but keeps every power below 1.
    """
    rows = []
    for z in Z:
        scores = [sum(z_j * c_j for z_j, c_j in zip(z, c, strict=True)) for c in code]
        powers = [math.exp(score - max(scores)) for score in scores]
        rows.append([power / sum(powers) for power in powers])
    return np.array(rows)
