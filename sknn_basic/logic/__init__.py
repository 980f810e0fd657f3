"""Perceptrons that decide: weights set by hand, logic gates, circuits made of NAND alone.

`AND`, `OR`, `NAND`, `NOR` and `NOT` are perceptrons to be called. A `PerceptronNetwork` has
layers of them. NAND is universal: `compile_truth_table` builds any function from it, and
`ripple_adder` adds with it. `learn_gate` lets a perceptron learn a truth table, or proves
that none can. `change_of_output` shows why sigmoid neurons are better to learn with.
"""

from sknn_basic.logic.circuits import (
    binary_output_layer,
    compile_truth_table,
    full_adder,
    half_adder,
    ripple_adder,
)
from sknn_basic.logic.gates import AND, NAND, NOR, NOT, OR, Gate
from sknn_basic.logic.learning import NotSeparableError, learn_gate
from sknn_basic.logic.network import PerceptronNetwork
from sknn_basic.logic.separability import (
    Separability,
    is_linearly_separable,
    linear_separability,
)
from sknn_basic.logic.small_changes import change_of_output
from sknn_basic.logic.tables import from_bits, to_bits, truth_table

__all__ = [
    "AND",
    "NAND",
    "NOR",
    "NOT",
    "OR",
    "Gate",
    "NotSeparableError",
    "PerceptronNetwork",
    "Separability",
    "binary_output_layer",
    "change_of_output",
    "compile_truth_table",
    "from_bits",
    "full_adder",
    "half_adder",
    "is_linearly_separable",
    "learn_gate",
    "linear_separability",
    "ripple_adder",
    "to_bits",
    "truth_table",
]
