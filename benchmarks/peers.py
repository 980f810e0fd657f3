"""Who computes it: for each peer one function a group, ``prepare(problem)`` -> `Run`.

All train by plain SGD (no momentum, no decay) from the same first weights, on the same
mini-batches in the same order, under the cross-entropy of sigmoid outputs. scikit-learn's
network has softmax outputs for more than two classes: as much work, other weights; for two
classes it computes the same as ours.
"""

import importlib.util
import os
from collections.abc import Callable
from ctypes.util import find_library
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import numpy as np
from sklearn.linear_model import Perceptron
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier

from benchmarks import fann
from benchmarks.cases import (
    DENSE,
    DTYPES,
    GRID,
    ONE_ROW_FIT,
    ONE_ROW_PREDICT,
    PERCEPTRON,
    SPARSE,
)
from benchmarks.timing import Run
from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

ETA = 0.05
"""η‖x‖²/4 stays near 1 on MNIST: rounding differences do not grow along a trajectory."""
HIDDEN_CANDIDATES = ((15,), (30,), (60,))
ETA_CANDIDATES = (0.05, 0.1, 0.5, 1.0)
FOLDS = 3


@dataclass(frozen=True, slots=True)
class Peer:
    """One column of the table.

    Parameters
    ----------
    name : str
    prepare : dict of group -> callable
        ``prepare[group](problem)`` gives the `Run`.
    module, library : str or None
        What must be installed: a Python package, a shared library.
    slow : bool
        Takes ``case.slow_steps`` steps.
    learns : bool
        Has weights in the end that can be compared with ours.
    m : tuple of int or None
        The mini-batches that it can take; None: any.
    dtypes : tuple of str
        The numbers that it can compute with.
    """

    name: str
    prepare: dict[str, Callable] = field(repr=False)
    module: str | None = None
    slow: bool = False
    learns: bool = True
    library: str | None = None
    m: tuple[int, ...] | None = None
    dtypes: tuple[str, ...] = DTYPES

    def is_installed(self):
        if self.library is not None and find_library(self.library) is None:
            return False
        return self.module is None or importlib.util.find_spec(self.module) is not None

    def takes_part(self, case):
        """Whether it can do what this row asks, and is installed."""
        return self.can(case) and self.is_installed()

    def can(self, case):
        """Whether it can do what this row asks."""
        return (
            case.group in self.prepare
            and case.dtype in self.dtypes
            and (self.m is None or case.m in self.m)
        )

    def run(self, problem):
        """Everything up to the first timed call: first weights, compilation."""
        case = problem.case.for_slow_peers() if self.slow else problem.case
        return self.prepare[case.group](problem.head(case))


# --- scikit-learn's interface: ours and scikit-learn itself ------------------------------


def our_network(case, **parameters):
    """Our network for this case."""
    settings = {"eta": ETA, "batch_size": case.m, "cost": "cross_entropy"} | parameters
    settings |= {"shuffle": case.shuffle, "random_state": 0}
    return SigmoidMLPClassifier(case.sizes[1:-1], **settings)


def our_perceptron(case):
    return PerceptronClassifier(
        batch_size=case.m, shuffle=case.shuffle, max_iter=1, tol=None, keep="last"
    )


def their_network(case, **parameters):
    """scikit-learn's network for this case."""
    settings = {"learning_rate_init": ETA, "batch_size": case.m} | parameters
    return MLPClassifier(
        case.sizes[1:-1],
        activation="logistic",
        solver="sgd",
        alpha=0.0,
        momentum=0.0,
        nesterovs_momentum=False,
        shuffle=case.shuffle,
        random_state=0,
        **settings,
    )


def their_perceptron(case):
    return Perceptron(shuffle=case.shuffle, max_iter=1, tol=None)


def begun(model, problem):
    """The model after `partial_fit` of the first mini-batch."""
    m, classes = problem.case.m, np.arange(problem.case.n_classes)
    return model.partial_fit(problem.X[:m], problem.y[:m], classes=classes)


def starting_weights(problem):
    """The weights and biases that every peer starts from: ours after one mini-batch."""
    model = begun(our_network(problem.case), problem)
    return [W.copy() for W in model.coefs_], [b.copy() for b in model.intercepts_]


def our_training(problem):
    """`partial_fit` of all rows: one epoch."""
    model = begun(our_network(problem.case), problem)
    return _epochs(model, problem)


def their_training(problem):
    """The same; its first weights are overwritten in place by ours."""
    model = begun(their_network(problem.case), problem)
    W, b = starting_weights(problem)
    for array, value in zip(model.coefs_ + model.intercepts_, W + b, strict=True):
        array[...] = value
    return _epochs(model, problem)


def _epochs(model, problem):
    call = partial(model.partial_fit, problem.X, problem.y)
    return Run(call, problem.case.steps, lambda: (model.coefs_, model.intercepts_))


def whole_fit(make, problem):
    """`fit` of one epoch from zero weights: the mistakes, and so the work, stay the same."""
    model = make(problem.case)
    return Run(
        partial(model.fit, problem.X, problem.y),
        problem.case.steps,
        lambda: ([model.coef_.T], [model.intercept_]),
    )


def one_row_calls(makers, method, problem):
    """One call of `method` for each row, in the form that README prints: lists of one.

    Only scikit-learn's perceptron learns from arrays of one row: once it has begun in
    float32, it refuses lists.
    """
    model = begun(makers[problem.case.is_perceptron](problem.case), problem)
    arrays = method == "partial_fit" and isinstance(model, Perceptron)
    rows = [problem.X[k : k + 1] if arrays else [problem.X[k]] for k in range(len(problem.y))]
    labels = [[label] for label in problem.y]

    def learn():
        for row, label in zip(rows, labels, strict=True):
            model.partial_fit(row, label)

    def predict():
        for row in rows:
            model.predict(row)

    return Run(learn if method == "partial_fit" else predict, problem.case.steps)


def grid_search(make, eta, problem):
    """A search over 12 candidates with two processes; a step is one of the fits."""
    case = problem.case
    grid = {"hidden_layer_sizes": HIDDEN_CANDIDATES, eta: ETA_CANDIDATES}
    search = GridSearchCV(make(case), grid, cv=FOLDS, n_jobs=2)
    fits = FOLDS * len(HIDDEN_CANDIDATES) * len(ETA_CANDIDATES)
    return Run(partial(search.fit, problem.X, problem.y), fits)


def our_candidate(case):
    return our_network(case, max_iter=case.steps, tol=None)


def their_candidate(case):
    return their_network(case, max_iter=case.steps, tol=0.0, n_iter_no_change=case.steps + 1)


# --- NumPy ------------------------------------------------------------------------------


def textbook(problem):
    """The loop as a textbook has it: one line a formula."""
    case, (Ws, bs) = problem.case, starting_weights(problem)
    batches = [slice(k, k + case.m) for k in range(0, case.rows, case.m)]

    def epoch():
        for at in batches:
            A = [problem.X[at]]
            for W, b in zip(Ws, bs, strict=True):
                A.append(1 / (1 + np.exp(-(A[-1] @ W + b))))
            delta = A[-1] - problem.Y[at]
            for layer in reversed(range(len(Ws))):
                gradient_W, gradient_b = A[layer].T @ delta / case.m, delta.mean(axis=0)
                if layer:
                    delta = delta @ Ws[layer].T * A[layer] * (1 - A[layer])
                Ws[layer] -= ETA * gradient_W
                bs[layer] -= ETA * gradient_b

    return Run(epoch, case.steps, lambda: (Ws, bs))


def bare_products(problem):
    """The 3L − 1 matrix products of a step with L layers of weights, and nothing else."""
    case, (Ws, _) = problem.case, starting_weights(problem)
    forward, backward = product_list(case, Ws)
    batches = [problem.X[k : k + case.m] for k in range(0, case.rows, case.m)]
    batches = [(x, x.T) for x in batches]
    first_out, first_delta, first_gradient = forward[0][2], backward[0][1], backward[0][2]

    def epoch():
        for x, x_t in batches:
            np.dot(x, Ws[0], out=first_out)
            for a, b, out in forward[1:]:
                np.dot(a, b, out=out)
            for a, b, out in backward[1:]:
                np.dot(a, b, out=out)
            np.dot(x_t, first_delta, out=first_gradient)

    return Run(epoch, case.steps)


def product_list(case, Ws):
    """(left, right, out) of each product, forward and then backward.

    The first of each list multiplies rows of X, so its left side is None.
    """
    A = [np.full((case.m, n), 0.5, case.dtype) for n in case.sizes]
    D = [np.full((case.m, n), 0.1, case.dtype) for n in case.sizes]
    G = [np.zeros_like(W) for W in Ws]
    forward = [(None, Ws[0], A[1])]
    forward += [(A[k], Ws[k], A[k + 1]) for k in range(1, len(Ws))]
    backward = [(None, D[1], G[0])]
    for k in reversed(range(1, len(Ws))):
        backward += [(D[k + 1], Ws[k].T, D[k]), (A[k].T, D[k + 1], G[k])]
    return forward, backward


# --- PyTorch ----------------------------------------------------------------------------


def pytorch(problem):
    """The loop as a user writes it: Sequential, BCEWithLogitsLoss, SGD."""
    import torch
    from torch import nn

    case = problem.case
    model = _torch_model(case, *starting_weights(problem))
    optimiser = torch.optim.SGD(model.parameters(), lr=ETA)
    loss_of = nn.BCEWithLogitsLoss(reduction="sum")
    X, Y = torch.from_numpy(problem.X), torch.from_numpy(problem.Y)

    def epoch():
        for x, y in zip(X.split(case.m), Y.split(case.m), strict=True):
            optimiser.zero_grad()
            loss = loss_of(model(x), y) / case.m
            loss.backward()
            optimiser.step()

    def weights():
        layers = [layer for layer in model if isinstance(layer, nn.Linear)]
        W = [layer.weight.detach().numpy().T for layer in layers]
        return W, [layer.bias.detach().numpy() for layer in layers]

    return Run(epoch, case.steps, weights)


def _torch_model(case, Ws, bs):
    import torch
    from torch import nn

    layers = []
    for (n_in, n_out), W, b in zip(pairwise(case.sizes), Ws, bs, strict=True):
        linear = nn.Linear(n_in, n_out, dtype=getattr(torch, case.dtype))
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(W.T.copy()))
            linear.bias.copy_(torch.from_numpy(b))
        layers += [linear, nn.Sigmoid()]
    return nn.Sequential(*layers[:-1])


# --- JAX --------------------------------------------------------------------------------


def jax_scan(problem):
    """The whole epoch compiled into one `lax.scan` over the mini-batches."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax

    jax.config.update("jax_enable_x64", True)
    case = problem.case
    state = [jax.device_put(list(zip(*starting_weights(problem), strict=True)))]
    X, Y = (jax.device_put(a.reshape(-1, case.m, a.shape[1])) for a in (problem.X, problem.Y))
    epoch = jax.jit(_jax_epoch).lower(state[0], X, Y).compile()

    def call():
        state[0] = jax.block_until_ready(epoch(state[0], X, Y))

    def weights():
        W, b = zip(*state[0], strict=True)
        return [np.asarray(w) for w in W], [np.asarray(v) for v in b]

    return Run(call, case.steps, weights)


def _jax_epoch(parameters, X, Y):
    import jax

    def step(parameters, batch):
        gradient = jax.grad(_jax_loss)(parameters, *batch)
        return jax.tree.map(lambda p, g: p - ETA * g, parameters, gradient), None

    return jax.lax.scan(step, parameters, (X, Y))[0]


def _jax_loss(parameters, x, y):
    import jax

    for W, b in parameters[:-1]:
        x = jax.nn.sigmoid(x @ W + b)
    W, b = parameters[-1]
    z = x @ W + b
    return (jax.nn.softplus(z) - y * z).sum() / len(y)


# --- FANN -------------------------------------------------------------------------------


def fann_online(problem):
    """One epoch in C; see `benchmarks.fann` for what it computes."""
    return fann.online(problem, ETA)


# --- the columns ------------------------------------------------------------------------


def _like_scikit_learn(training, network, perceptron, candidate, eta):
    """What an estimator can do, by group."""
    makers = (network, perceptron)
    return {
        DENSE: training,
        SPARSE: training,
        PERCEPTRON: partial(whole_fit, perceptron),
        ONE_ROW_FIT: partial(one_row_calls, makers, "partial_fit"),
        ONE_ROW_PREDICT: partial(one_row_calls, makers, "predict"),
        GRID: partial(grid_search, candidate, eta),
    }


OURS = Peer(
    "ours",
    _like_scikit_learn(our_training, our_network, our_perceptron, our_candidate, "eta"),
)
PEERS = (
    Peer("bare products", {DENSE: bare_products}, learns=False),
    Peer(
        "scikit-learn",
        _like_scikit_learn(
            their_training,
            their_network,
            their_perceptron,
            their_candidate,
            "learning_rate_init",
        ),
        slow=True,
    ),
    Peer("PyTorch", {DENSE: pytorch}, module="torch"),
    Peer("JAX", {DENSE: jax_scan}, module="jax"),
    Peer(
        "FANN",
        {DENSE: fann_online},
        library=fann.LIBRARY,
        learns=False,
        m=(1,),
        dtypes=("float32",),
    ),
    Peer("textbook", {DENSE: textbook, SPARSE: textbook}, slow=True),
)


def runs(problem, peers=PEERS):
    """Ours and every given peer that is installed and takes part, ready to be timed."""
    able = [peer for peer in (OURS, *peers) if peer.takes_part(problem.case)]
    return {peer.name: peer.run(problem) for peer in able}
