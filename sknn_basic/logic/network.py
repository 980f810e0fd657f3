"""Networks of perceptrons: layers of step neurons, wired by hand.

A neuron may read the inputs and every neuron of an earlier layer. Networks whose layers read
only the layer before are written as matrices; circuits are written as a wiring.
"""

from collections.abc import Hashable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_array

from sknn_basic._classifiers import validation as by_hand
from sknn_basic._classifiers.sigmoid_mlp import SigmoidMLPClassifier
from sknn_basic._types import Floats, MatrixLike
from sknn_basic.logic.tables import Bits, as_bits


class Layer(NamedTuple):
    """Step neurons that fire together.

    Parameters
    ----------
    reads : ndarray of int
        The signals that it reads: 0 … n_inputs − 1 are the inputs, then come the neurons
        of the layers before, in order.
    W : ndarray of shape (n_read, n_neurons)
    b : ndarray of shape (n_neurons,)
    """

    reads: npt.NDArray[np.int_]
    W: Floats
    b: Floats


class PerceptronNetwork:
    """A network of step neurons with weights set by hand.

    Parameters
    ----------
    layers : sequence of (weights, biases)
        Of shapes (n_in, n_out) and (n_out,); each layer reads the one before.
    binary_inputs : bool, default=True
        Whether `predict` accepts 0 and 1 only. A perceptron can weigh any numbers; a gate
        that is given a 2 is mostly a mistake.

    Attributes
    ----------
    layers : list of (ndarray of shape (n_in, n_out), ndarray of shape (n_out,))
        Weights and biases of each layer: copies, to look at or to make another network of.
    n_inputs, n_outputs : int
    n_neurons : int
        All neurons, outputs included.
    depth : int
        Layers of neurons.

    Examples
    --------
    XOR: OR and NAND side by side, and AND on top.

    >>> from sknn_basic.logic import PerceptronNetwork
    >>> xor = PerceptronNetwork([([[2, -2], [2, -2]], [-1, 3]), ([[2], [2]], [-3])])
    >>> xor
    PerceptronNetwork(2 inputs, 3 neurons in 2 layers (2, 1), 1 output)
    >>> xor.predict([[0, 0], [0, 1], [1, 0], [1, 1]]).ravel()
    array([0, 1, 1, 0])
    """

    def __init__(
        self,
        layers: Sequence[tuple[npt.ArrayLike, npt.ArrayLike]],
        *,
        binary_inputs: bool = True,
    ) -> None:
        weights, biases = by_hand.layers(*zip(*layers, strict=True) if layers else ((), ()))
        self.n_inputs, self.binary_inputs = len(weights[0]), binary_inputs
        self._layers: list[Layer] = []
        reads = np.arange(self.n_inputs)
        for W, b in zip(weights, biases, strict=True):
            self._layers.append(Layer(reads, W, b))
            reads = reads[-1] + 1 + np.arange(len(b))
        self._outputs = reads

    @classmethod
    def from_wiring(
        cls,
        inputs: Sequence[Hashable],
        neurons: Mapping[Hashable, tuple[Any, Sequence[Hashable]]],
        outputs: Sequence[Hashable],
    ) -> "PerceptronNetwork":
        """Wire neurons by name.

        Parameters
        ----------
        inputs : sequence of names
            One for each column of the rows that `predict` takes.
        neurons : dict of name -> (gate, names)
            What each neuron is, something with `weights` and `bias` such as a
            `sknn_basic.logic.Gate`, and the inputs and neurons that it reads, one for each
            weight (the same name twice adds up). In any order.
        outputs : sequence of names
            The signals that `predict` gives.

        Returns
        -------
        network : PerceptronNetwork
            Its layers follow from the wires.

        Raises
        ------
        ValueError
            For a name that is not there or that is there twice, a wrong number of wires, and
            wires that run in a circle.

        Examples
        --------
        >>> from sknn_basic.logic import AND, NOT, OR, PerceptronNetwork
        >>> either = PerceptronNetwork.from_wiring(
        ...     ["a", "b"],
        ...     {
        ...         "one": (OR, ["a", "b"]),
        ...         "both": (AND, ["a", "b"]),
        ...         "not both": (NOT, ["both"]),
        ...         "either": (AND, ["one", "not both"]),
        ...     },
        ...     ["either"],
        ... )
        >>> either
        PerceptronNetwork(2 inputs, 4 neurons in 3 layers (2, 1, 1), 1 output)
        >>> either.predict([[0, 1], [1, 1]]).ravel()
        array([1, 0])
        """
        inputs, outputs = list(inputs), list(outputs)
        _check_wiring(inputs, neurons, outputs)
        depth = _depths(inputs, neurons)
        place = {name: k for k, name in enumerate(inputs)}
        network = cls.__new__(cls)
        network.n_inputs, network.binary_inputs, network._layers = len(inputs), True, []
        for level in range(1, max(depth.values()) + 1):
            names = [name for name in neurons if depth[name] == level]
            network._layers.append(_wired([neurons[name] for name in names], place))
            place |= {name: len(place) + k for k, name in enumerate(names)}
        network._outputs = np.array([place[name] for name in outputs])
        return network

    @property
    def layers(self) -> list[tuple[Floats, Floats]]:
        """Weights and biases of each layer, as ``PerceptronNetwork(layers)`` takes them.

        In a network made `from_wiring` a signal that a later layer reads is carried through
        the layers between by neurons of their own (weight 2, bias −1).
        """
        below, first, strict = list(range(self.n_inputs)), self.n_inputs, []
        needed = [set(self._outputs.tolist())]
        for layer in reversed(self._layers):
            needed.insert(0, needed[0] | set(layer.reads.tolist()))
        for k, layer in enumerate(self._layers):
            own = range(first, first + len(layer.b))
            last = k == len(self._layers) - 1
            later = needed[k + 1]
            above = (
                self._outputs.tolist() if last else [s for s in (*below, *own) if s in later]
            )
            strict.append(_carried(layer, below, above, first))
            below, first = above, first + len(layer.b)
        return strict

    @property
    def n_outputs(self) -> int:
        """Signals that `predict` gives."""
        return len(self._outputs)

    @property
    def n_neurons(self) -> int:
        """Neurons of all layers."""
        return sum(len(layer.b) for layer in self._layers)

    @property
    def depth(self) -> int:
        """Layers of neurons."""
        return len(self._layers)

    def predict(self, X: MatrixLike) -> Bits:
        """Tell which outputs fire.

        Parameters
        ----------
        X : array-like of shape (n, n_inputs)
            Rows of 0 and 1, or of any numbers with ``binary_inputs=False``.

        Returns
        -------
        Y : ndarray of int of shape (n, n_outputs)
            1 where an output fires, 0 elsewhere.

        Raises
        ------
        ValueError
            For another number of columns, or other numbers.
        """
        signals = check_array(X, dtype="numeric", ensure_min_samples=0)
        if self.binary_inputs:
            signals = as_bits(signals, "X")
        if signals.shape[1] != self.n_inputs:
            raise ValueError(
                f"X must have {self.n_inputs} columns, one for each input of the network; got "
                f"{signals.shape[1]}."
            )
        signals = signals.astype(float)
        for layer in self._layers:
            Z = signals[:, layer.reads] @ layer.W + layer.b
            signals = np.hstack([signals, Z > 0.0])
        return signals[:, self._outputs].astype(int)

    def to_mlp(self, c: float) -> SigmoidMLPClassifier:
        """Turn step neurons into sigmoid neurons, all weights and biases multiplied by c > 0.

        σ(c z) tends to the step as c grows, except where z is exactly 0: there it stays ½.
        Its weights are those of `layers`, times c.

        Parameters
        ----------
        c : float
            How steep.

        Returns
        -------
        network : SigmoidMLPClassifier
            Of two classes for one output, else with a label for each output.

        Raises
        ------
        ValueError
            If c is not a positive number, or an output is an input.
        """
        if not (isinstance(c, int | float | np.number) and 0.0 < c < np.inf):
            raise ValueError(f"c must be a finite number above 0, got {c!r}.")
        if self._outputs.min() < self.n_inputs:
            raise ValueError("An output of this network is an input; no neuron computes it.")
        layers = self.layers
        return SigmoidMLPClassifier.from_weights(
            [c * W for W, _ in layers],
            [c * b for _, b in layers],
            multilabel=self.n_outputs > 1,
        )

    def __repr__(self) -> str:
        sizes = tuple(len(layer.b) for layer in self._layers)
        shown = str(sizes) if len(sizes) <= 8 else f"({sizes[0]}, …, {sizes[-1]})"
        return (
            f"PerceptronNetwork({_count(self.n_inputs, 'input')}, "
            f"{_count(self.n_neurons, 'neuron')} in {_count(self.depth, 'layer')} {shown}, "
            f"{_count(self.n_outputs, 'output')})"
        )


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _carried(
    layer: Layer, below: list[int], above: list[int], first: int
) -> tuple[Floats, Floats]:
    """Weights from the signals `below` to the signals `above`, some of them only carried."""
    W, b = np.zeros((len(below), len(above))), np.empty(len(above))
    rows = [below.index(signal) for signal in layer.reads.tolist()]
    for column, signal in enumerate(above):
        if signal >= first:
            W[rows, column] = layer.W[:, signal - first]
            b[column] = layer.b[signal - first]
        else:
            W[below.index(signal), column] = 2.0
            b[column] = -1.0
    return W, b


def _check_wiring(
    inputs: list[Hashable],
    neurons: Mapping[Hashable, tuple[Any, Sequence[Hashable]]],
    outputs: list[Hashable],
) -> None:
    twice = [name for name in inputs if inputs.count(name) > 1 or name in neurons]
    if twice:
        raise ValueError(f"Every name must be there once, got {twice[0]!r} more often.")
    for name, (gate, sources) in neurons.items():
        if len(sources) != len(gate.weights):
            raise ValueError(
                f"Neuron {name!r} has {_count(len(gate.weights), 'weight')}, got "
                f"{_count(len(sources), 'wire')}."
            )
    read = [(s, f"neuron {name!r}") for name, (_, sources) in neurons.items() for s in sources]
    for source, reader in [*read, *((name, "an output") for name in outputs)]:
        if source not in neurons and source not in inputs:
            raise ValueError(f"{source!r}, read by {reader}, is no input and no neuron.")
    if not inputs or not neurons or not outputs:
        raise ValueError("A network needs an input, a neuron and an output at least.")


def _depths(
    inputs: list[Hashable], neurons: Mapping[Hashable, tuple[Any, Sequence[Hashable]]]
) -> dict[Hashable, int]:
    """The layer of each signal: 0 for inputs, else one more than what it reads."""
    wires = {name: sources for name, (_, sources) in neurons.items()}
    try:
        order = list(TopologicalSorter(wires).static_order())
    except CycleError as error:
        circle = " -> ".join(repr(name) for name in reversed(error.args[1]))
        raise ValueError(f"The wiring runs in a circle: {circle}.") from None
    depth: dict[Hashable, int] = dict.fromkeys(inputs, 0)
    for name in order:
        if name not in depth:
            depth[name] = 1 + max(depth[source] for source in wires[name])
    return depth


def _wired(neurons: list[tuple[Any, Sequence[Hashable]]], place: dict[Hashable, int]) -> Layer:
    """One layer from gates and the names that they read."""
    reads = sorted({place[source] for _, sources in neurons for source in sources})
    row = {signal: k for k, signal in enumerate(reads)}
    W = np.zeros((len(reads), len(neurons)))
    for column, (gate, sources) in enumerate(neurons):
        for weight, source in zip(gate.weights, sources, strict=True):
            W[row[place[source]], column] += weight
    b = np.array([float(gate.bias) for gate, _ in neurons])
    return Layer(np.array(reads), W, b)
