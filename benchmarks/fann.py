"""FANN, the C library for just such networks, through ctypes: online training in floats.

It knows the quadratic cost only, written with its steepness s as σ(2sz), and lets no slope
a (1 − a) fall below 0.01 · 0.99. So its weights part from ours, which descend the
cross-entropy, at the first step, and the time alone is compared: the products and sigmoids
of a step are the same. With s = ½ its sigmoid is σ(z), its learning rate is η, and as long
as no neuron is saturated its weights are those of our network with the quadratic cost. It
keeps the last change of each weight for a momentum, also for one of 0.
"""

import ctypes
import weakref
from ctypes.util import find_library
from functools import cache
from itertools import pairwise

import numpy as np

from benchmarks.timing import Run

LIBRARY = "fann"
"""Of Debian's libfann2 and libfann-dev; its numbers are C floats."""
INCREMENTAL, LINEAR_ERROR, SIGMOID = 0, 0, 3
STEEPNESS = 0.5
CONNECTION = np.dtype([("from", np.uint32), ("to", np.uint32), ("weight", np.float32)])
POINTER, NUMBER, FLOAT = ctypes.c_void_p, ctypes.c_uint, ctypes.c_float
FLOATS = ctypes.POINTER(ctypes.c_float)
CALLBACK = ctypes.CFUNCTYPE(None, NUMBER, NUMBER, NUMBER, FLOATS, FLOATS)
SIGNATURES = {
    "create_standard_array": (POINTER, NUMBER, ctypes.POINTER(NUMBER)),
    "destroy": (None, POINTER),
    "create_train_from_callback": (POINTER, NUMBER, NUMBER, NUMBER, CALLBACK),
    "destroy_train": (None, POINTER),
    "set_training_algorithm": (None, POINTER, ctypes.c_int),
    "set_train_error_function": (None, POINTER, ctypes.c_int),
    "set_activation_function_hidden": (None, POINTER, ctypes.c_int),
    "set_activation_function_output": (None, POINTER, ctypes.c_int),
    "set_activation_steepness_hidden": (None, POINTER, FLOAT),
    "set_activation_steepness_output": (None, POINTER, FLOAT),
    "set_learning_rate": (None, POINTER, FLOAT),
    "set_learning_momentum": (None, POINTER, FLOAT),
    "get_total_connections": (NUMBER, POINTER),
    "get_connection_array": (None, POINTER, POINTER),
    "train_epoch": (FLOAT, POINTER, POINTER),
}


@cache
def library():
    """The functions that are used, by their names without the prefix."""
    loaded = ctypes.CDLL(find_library(LIBRARY))
    functions = {}
    for name, (result, *arguments) in SIGNATURES.items():
        functions[name] = getattr(loaded, f"fann_{name}")
        functions[name].restype, functions[name].argtypes = result, arguments
    return functions


class Network:
    """A network of FANN and the rows that it learns; both are freed with this object.

    The first weights are FANN's own: uniform on ±0.1.
    """

    def __init__(self, sizes, X, Y, eta):
        self.sizes = sizes
        self._ann = self._owned(
            "destroy", library()["create_standard_array"](len(sizes), _array(sizes))
        )
        self._rows = self._owned("destroy_train", _rows(X, Y))
        for name, value in {
            "training_algorithm": INCREMENTAL,
            "train_error_function": LINEAR_ERROR,
            "activation_function_hidden": SIGMOID,
            "activation_function_output": SIGMOID,
            "activation_steepness_hidden": STEEPNESS,
            "activation_steepness_output": STEEPNESS,
            "learning_rate": eta,
            "learning_momentum": 0.0,
        }.items():
            library()[f"set_{name}"](self._ann, value)

    def _owned(self, destroy, pointer):
        """The pointer, to be freed by this function; an error where there is none."""
        if not pointer:
            raise MemoryError(f"FANN gave no network or no rows for {self.sizes}.")
        weakref.finalize(self, library()[destroy], pointer)
        return pointer

    def epoch(self):
        """Learn each row once, in order."""
        library()["train_epoch"](self._ann, self._rows)

    def weights(self):
        """Weights (n_in, n_out) and biases (n_out,) of each layer, copied."""
        connections = np.empty(library()["get_total_connections"](self._ann), CONNECTION)
        library()["get_connection_array"](self._ann, connections.ctypes.data)
        Ws, bs, start = [], [], 0
        for n_in, n_out in pairwise(self.sizes):
            stop = start + (n_in + 1) * n_out
            layer = connections["weight"][start:stop].reshape(n_out, n_in + 1)
            Ws.append(layer[:, :-1].T.copy())
            bs.append(layer[:, -1].copy())
            start = stop
        return Ws, bs


def _array(sizes):
    return (NUMBER * len(sizes))(*sizes)


def _rows(X, Y):
    """FANN's copy of the rows and targets."""
    X, Y = (np.ascontiguousarray(a, dtype=np.float32) for a in (X, Y))

    @CALLBACK
    def row(k, n_in, n_out, inputs, targets):
        ctypes.memmove(inputs, X[k].ctypes.data, X[k].nbytes)
        ctypes.memmove(targets, Y[k].ctypes.data, Y[k].nbytes)

    return library()["create_train_from_callback"](len(X), X.shape[1], Y.shape[1], row)


def online(problem, eta):
    """One epoch in C, a sample a step."""
    case = problem.case
    network = Network(case.sizes, problem.X, problem.Y, eta)
    return Run(network.epoch, case.steps, network.weights)
