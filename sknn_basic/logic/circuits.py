"""Circuits: any truth table from NAND alone, adders, and the layer that writes digits in bits.

NAND is universal: NOT a = NAND(a, a), and whatever f says, it is a choice by its first input,

    f = (a and f₁) or (not a and f₀) = NAND(NAND(a, f₁), NAND(NOT a, f₀)),

where f₁ and f₀ are what is left of the table with a = 1 and a = 0 (Shannon's expansion). The
same rest of a table is built once, so a table of n inputs and one output takes at most

    n + 3 Σₖ min(2ⁿ⁻ᵏ, 2^(2ᵏ)),   k = 1 … n,

neurons: a NOT for each input, and three for each different rest with k inputs left. For 12
inputs these are 2,373, where a list of all rows would have up to 4,096 with 12 inputs each.
"""

from collections.abc import Hashable, Sequence
from typing import Any, TypeAlias

import numpy as np

from sknn_basic._types import GateSet
from sknn_basic.logic.gates import NAND, Gate
from sknn_basic.logic.network import PerceptronNetwork
from sknn_basic.logic.tables import as_table, counted

Wire: TypeAlias = Hashable
"""The name of a signal, or the constant True or False."""


def compile_truth_table(
    table: Any, n_inputs: int | None = None, gate: GateSet = "nand"
) -> PerceptronNetwork:
    """Build a network of perceptrons that computes a truth table.

    Parameters
    ----------
    table : array-like of shape (2**n_inputs,) or (2**n_inputs, n_outputs), or callable
        The outputs for the inputs 0…00, 0…01, 0…10 and so on, or a function of
        `n_inputs` bits.
    n_inputs : int, default=None
        From 1 to 12. Needed for a function that is no `Gate`.
    gate : {"nand", "dnf"}, default="nand"
        "nand": NAND perceptrons alone, common parts shared; their number is bounded by
        the formula at the top of this module, for each output. "dnf": two layers, one
        neuron for each row of which an output is 1, and an OR for each output.

    Returns
    -------
    network : PerceptronNetwork
        With n_inputs inputs and an output for each column of the table.

    Raises
    ------
    ValueError
        For a table of the wrong size or with anything but 0 and 1, and for more than 12
        inputs.

    Examples
    --------
    >>> from sknn_basic.logic import compile_truth_table
    >>> xor = compile_truth_table([0, 1, 1, 0])
    >>> xor
    PerceptronNetwork(2 inputs, 5 neurons in 3 layers (2, 2, 1), 1 output)
    >>> xor.predict([[0, 1], [1, 1]]).ravel()
    array([1, 0])
    """
    rows = as_table(table, n_inputs)
    if gate not in ("nand", "dnf"):
        raise ValueError(f'gate must be "nand" or "dnf", got {gate!r}.')
    return _from_nand(rows) if gate == "nand" else _from_rows(rows)


def half_adder() -> PerceptronNetwork:
    """Add two bits: (a, b) → (carry, sum), by five NAND perceptrons.

    Returns
    -------
    network : PerceptronNetwork
        With two inputs and two outputs.

    Examples
    --------
    >>> from sknn_basic.logic import half_adder
    >>> half_adder().predict([[0, 1], [1, 1]])
    array([[0, 1],
           [1, 0]])
    """
    circuit = NandCircuit(["a", "b"])
    total, carry = circuit.half_adder("a", "b")
    return circuit.network([carry, total])


def full_adder() -> PerceptronNetwork:
    """Add three bits: (a, b, carry in) → (carry, sum), by nine NAND perceptrons.

    Returns
    -------
    network : PerceptronNetwork
        With three inputs and two outputs.

    Examples
    --------
    >>> from sknn_basic.logic import full_adder
    >>> full_adder().predict([[1, 0, 1], [1, 1, 1]])
    array([[1, 0],
           [1, 1]])
    """
    circuit = NandCircuit(["a", "b", "carry"])
    total, carry = circuit.full_adder("a", "b", "carry")
    return circuit.network([carry, total])


def ripple_adder(n_bits: int) -> PerceptronNetwork:
    """Add two numbers of n bits, digit by digit from the right, by NAND perceptrons alone.

    Parameters
    ----------
    n_bits : int
        At least 1.

    Returns
    -------
    network : PerceptronNetwork
        With 2 n_bits inputs, the bits of both numbers, and n_bits + 1 outputs, the bits of
        their sum; the most significant first. It has 9 n_bits − 4 neurons.

    Raises
    ------
    ValueError
        If n_bits is no int of at least 1.

    Examples
    --------
    >>> from sknn_basic.logic import from_bits, ripple_adder, to_bits
    >>> bits = [*to_bits(11, 4), *to_bits(6, 4)]
    >>> from_bits(ripple_adder(4).predict([bits]))
    array([17])
    """
    if not isinstance(n_bits, int | np.integer) or isinstance(n_bits, bool) or n_bits < 1:
        raise ValueError(f"n_bits must be an int of at least 1, got {n_bits!r}.")
    circuit = NandCircuit([(number, k) for number in "ab" for k in range(n_bits)])
    total, carry = circuit.half_adder(("a", n_bits - 1), ("b", n_bits - 1))
    digits = [total]
    for k in reversed(range(n_bits - 1)):
        total, carry = circuit.full_adder(("a", k), ("b", k), carry)
        digits.insert(0, total)
    return circuit.network([carry, *digits])


def binary_output_layer(n_classes: int = 10) -> PerceptronNetwork:
    """One more layer, set by hand, that writes the most activated of n outputs in bits.

    Bit k fires if one of the outputs fires whose number has bit k. Give it rows of 0 and 1
    with a single 1, or activations as the book does, those right near 1 and all others near 0
    (their sum below ½).

    Parameters
    ----------
    n_classes : int, default=10
        At least 2.

    Returns
    -------
    network : PerceptronNetwork
        From n_classes inputs to ⌈log₂ n_classes⌉ outputs, the most significant bit first.

    Raises
    ------
    ValueError
        If n_classes is no int of at least 2.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_basic.logic import binary_output_layer
    >>> binary_output_layer().predict(np.eye(10)[[6, 9]])
    array([[0, 1, 1, 0],
           [1, 0, 0, 1]])
    """
    if not isinstance(n_classes, int | np.integer) or n_classes < 2:
        raise ValueError(f"n_classes must be an int of at least 2, got {n_classes!r}.")
    n_bits = int(n_classes - 1).bit_length()
    W = counted(n_bits)[:n_classes].astype(float)
    return PerceptronNetwork([(W, np.full(n_bits, -0.5))], binary_inputs=False)


class NandCircuit:
    """Wires and NAND gates; what is there already is not built again.

    Parameters
    ----------
    inputs : sequence of names
    """

    def __init__(self, inputs: Sequence[Wire]) -> None:
        self.inputs = list(inputs)
        self.gates: dict[Wire, tuple[Gate, Sequence[Wire]]] = {}
        self.built: dict[frozenset[Wire], Wire] = {}

    def nand(self, a: Wire, b: Wire) -> Wire:
        """NAND of two wires, or of constants."""
        if a is False or b is False:
            return True
        if a is True or b is True:
            other = b if a is True else a
            return False if other is True else self.inverse(other)
        if a == b:
            return self.inverse(a)
        if self.inverted(a) == b or self.inverted(b) == a:
            return True
        return self._gate(a, b)

    def inverse(self, a: Wire) -> Wire:
        """NOT a; the inverse of an inverse is what there was."""
        if isinstance(a, bool):
            return not a
        below = self.inverted(a)
        return self._gate(a, a) if below is None else below

    def inverted(self, a: Wire) -> Wire:
        """What `a` is the inverse of, or None."""
        sources = self.gates[a][1] if a in self.gates else (None, a)
        return sources[0] if sources[0] == sources[1] else None

    def choice(self, a: Wire, then: Wire, otherwise: Wire) -> Wire:
        """`then` where a fires, else `otherwise`."""
        return self.nand(self.nand(a, then), self.nand(self.inverse(a), otherwise))

    def half_adder(self, a: Wire, b: Wire) -> tuple[Wire, Wire]:
        """Sum and carry of two bits."""
        both = self.nand(a, b)
        total = self.nand(self.nand(a, both), self.nand(b, both))
        return total, self.inverse(both)

    def full_adder(self, a: Wire, b: Wire, c: Wire) -> tuple[Wire, Wire]:
        """Sum and carry of three bits: two half adders, one of which may carry."""
        one, carry = self.half_adder(a, b)
        total, again = self.half_adder(one, c)
        return total, self.nand(self.inverse(carry), self.inverse(again))

    def network(self, outputs: Sequence[Wire]) -> PerceptronNetwork:
        """Make a network of the gates that these outputs need."""
        outputs = [self._output(wire) for wire in outputs]
        needed: dict[Wire, tuple[Gate, Sequence[Wire]]] = {}
        waiting = list(outputs)
        while waiting:
            wire = waiting.pop()
            if wire in self.gates and wire not in needed:
                needed[wire] = self.gates[wire]
                waiting.extend(self.gates[wire][1])
        return PerceptronNetwork.from_wiring(self.inputs, needed, outputs)

    def _output(self, wire: Wire) -> Wire:
        """A gate that says what the wire says, where that is an input or a constant."""
        if isinstance(wire, bool):
            a = self.inputs[0]
            always = self._gate(a, self.inverse(a))
            return always if wire else self.inverse(always)
        if wire in self.gates:
            return wire
        inverse = self._gate(wire, wire)
        return self._gate(inverse, inverse)

    def _gate(self, a: Wire, b: Wire) -> Wire:
        """The name of the gate NAND(a, b), built now if it was not there."""
        pair = frozenset([a, b])
        if pair not in self.built:
            self.built[pair] = name = ("NAND", len(self.built))
            self.gates[name] = NAND, (a, b)
        return self.built[pair]


def _from_nand(rows: np.ndarray) -> PerceptronNetwork:
    """Shannon's expansion, each different rest of a table once."""
    n = len(rows).bit_length() - 1
    circuit = NandCircuit([("input", k) for k in range(n)])
    known: dict[bytes, Wire] = {}

    def built(column: np.ndarray) -> Wire:
        if column.all() or not column.any():
            return bool(column[0])
        key = column.tobytes()
        if key not in known:
            half = len(column) // 2
            a = circuit.inputs[n + 1 - len(column).bit_length()]
            known[key] = circuit.choice(a, built(column[half:]), built(column[:half]))
        return known[key]

    return circuit.network([built(column) for column in rows.T.astype(bool)])


def _from_rows(rows: np.ndarray) -> PerceptronNetwork:
    """A neuron for each row with a 1 somewhere, which fires for this row alone; ORs above."""
    n = len(rows).bit_length() - 1
    some = np.flatnonzero(rows.any(axis=1))
    if len(some) == 0:  # no neuron would be left: one that never fires
        return PerceptronNetwork([(np.zeros((n, rows.shape[1])), -np.ones(rows.shape[1]))])
    signs = 2.0 * counted(n)[some].T - 1.0
    fires_alone = (signs, 0.5 - (signs > 0).sum(axis=0))
    some_of_them = (rows[some].astype(float), np.full(rows.shape[1], -0.5))
    return PerceptronNetwork([fires_alone, some_of_them])
