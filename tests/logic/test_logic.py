"""Gates, circuits and networks of perceptrons: every row of every table."""

import sys
from itertools import pairwise, product

import numpy as np
import pytest
from sklearn.datasets import load_digits

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.logic import (
    AND,
    NAND,
    NOR,
    NOT,
    OR,
    Gate,
    PerceptronNetwork,
    binary_output_layer,
    change_of_output,
    compile_truth_table,
    from_bits,
    full_adder,
    half_adder,
    ripple_adder,
    to_bits,
    truth_table,
)

MEANT = {
    AND: lambda a, b: a and b,
    OR: lambda a, b: a or b,
    NAND: lambda a, b: not (a and b),
    NOR: lambda a, b: not (a or b),
    NOT: lambda a: not a,
}
gates = pytest.mark.parametrize("gate", MEANT, ids=lambda gate: gate.name)
two_ways = pytest.mark.parametrize("way", ["nand", "dnf"])


def rows_of(n):
    return np.array(list(product([0, 1], repeat=n)))


def every_table(n):
    return to_bits(np.arange(2 ** (2**n)), 2**n)


def weights_of(network):
    """The weights of each neuron and its bias."""
    for layer in network._layers:
        yield from zip(layer.W.T, layer.b, strict=True)


# --- gates -------------------------------------------------------------------------------


@gates
def test_a_gate_answers_every_row_as_its_name_says(gate):
    for row in rows_of(len(gate.weights)):
        assert gate(*row.tolist()) == int(MEANT[gate](*row))
        assert gate(*(bool(bit) for bit in row)) is bool(MEANT[gate](*row))


@gates
def test_a_gate_as_a_classifier_says_the_same(gate):
    rows = rows_of(len(gate.weights))
    classifier = gate.to_classifier()
    assert isinstance(classifier, PerceptronClassifier)
    assert np.array_equal(classifier.predict(rows), gate(*rows.T))


def test_nand_has_the_weights_of_the_book():
    assert (NAND.weights, NAND.bias) == ((-2.0, -2.0), 3.0)


@gates
def test_inputs_are_broadcast(gate):
    inputs = [np.array([0, 1]).reshape([2 if i == k else 1 for i in range(3)]) for k in (0, 2)]
    inputs = inputs[: len(gate.weights)]
    answer = gate(*inputs)
    wanted = np.vectorize(lambda *bits: int(MEANT[gate](*bits)))(*inputs)
    assert np.array_equal(answer, wanted)
    assert answer.shape == np.broadcast_shapes(*(array.shape for array in inputs))
    assert gate(*(array.astype(bool) for array in inputs)).dtype == bool
    assert gate(*(array.astype(float) for array in inputs)).dtype == int


@pytest.mark.parametrize("bad", [2, -1, 0.5, "1", None, [0, 1, 2], np.nan])
def test_a_gate_takes_bits_only(bad):
    with pytest.raises(ValueError, match="an input of NAND must hold 0 and 1"):
        NAND(1, bad)


def test_a_gate_has_as_many_inputs_as_weights():
    with pytest.raises(TypeError, match="NOT has 1 inputs, got 2"):
        NOT(0, 1)


# --- truth tables compiled ---------------------------------------------------------------


@two_ways
@pytest.mark.parametrize("n", [1, 2, 3])
def test_all_functions_of_up_to_three_inputs(n, way):
    rows = rows_of(n)
    for table in every_table(n):
        assert np.array_equal(compile_truth_table(table, gate=way).predict(rows)[:, 0], table)


@two_ways
def test_200_functions_of_six_inputs(way):
    rng, rows = np.random.default_rng(0), rows_of(6)
    for share in np.repeat(np.linspace(0.0, 1.0, 20), 10):
        table = (rng.random(64) < share).astype(int)
        assert np.array_equal(compile_truth_table(table, gate=way).predict(rows)[:, 0], table)


def calls_of(work):
    """What `work` returns, and how many calls of functions it took, those in C included."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        result = work()
    finally:
        sys.setprofile(before)
    return result, calls


def bound(n):
    return n + 3 * sum(min(2 ** (n - k), 2 ** (2**k)) for k in range(1, n + 1))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8, pytest.param(12, marks=pytest.mark.slow)])
def test_nand_alone_is_enough_and_stays_below_the_bound(n):
    rng = np.random.default_rng(n)
    for share in (0.0, 0.1, 0.5, 1.0):
        table = rng.random(2**n) < share
        network, calls = calls_of(lambda table=table: compile_truth_table(table))
        assert calls <= 100 * bound(n) + 1000
        assert network.n_neurons <= bound(n)
        assert np.array_equal(network.predict(rows_of(n))[:, 0], table)
        for W, b in weights_of(network):  # two wires, or both from the same place
            assert sorted(W[W != 0].tolist()) in ([-2.0, -2.0], [-4.0])
            assert b == 3.0


def test_the_bound_of_12_inputs_is_what_the_text_says():
    assert bound(12) == 2373


@two_ways
def test_parity_of_12_inputs(way):
    rows = rows_of(12)
    network, calls = calls_of(
        lambda: compile_truth_table(lambda *bits: sum(bits) % 2, 12, gate=way)
    )
    assert calls <= 10 * 2**12
    assert np.array_equal(network.predict(rows)[:, 0], rows.sum(axis=1) % 2)
    if way == "nand":
        assert network.n_neurons < 100  # what two rests have in common is built once


@two_ways
def test_several_outputs_share_what_they_have_in_common(way):
    table = truth_table(lambda a, b, c: to_bits(a + b + c, 2), 3)
    network = compile_truth_table(table, gate=way)
    assert network.n_outputs == 2
    assert np.array_equal(from_bits(network.predict(rows_of(3))), rows_of(3).sum(axis=1))


@pytest.mark.parametrize(
    ("table", "options", "match"),
    [
        ([0, 1, 1], {}, "2, 4, 8, … rows"),
        ([0], {}, "2, 4, 8, … rows"),
        ([], {}, "rows"),
        (1, {}, "rows"),
        ([0, 1, 1, 0], {"n_inputs": 3}, r"2\*\*3 = 8 rows"),
        ([0, 1, 2, 0], {}, "the truth table must hold 0 and 1"),
        (np.zeros((4, 1, 1), int), {}, "rows"),
        (np.zeros(2**13, int), {}, "from 1 to 12"),
        (lambda *bits: 0, {"n_inputs": 13}, "from 1 to 12"),
        (lambda *bits: 0, {"n_inputs": 0}, "from 1 to 12"),
        (lambda *bits: 0, {"n_inputs": 2.0}, "from 1 to 12"),
        (lambda *bits: 0, {}, "n_inputs must be given"),
        ("NAND", {}, r"such as \[1, 1, 1, 0\], or a function .*NAND; got the text 'NAND'"),
        (lambda a, b: a + b, {"n_inputs": 2}, "the function's answers must hold 0 and 1"),
        ([0, 1], {"gate": "nor"}, 'gate must be "nand" or "dnf"'),
    ],
)
def test_what_is_no_truth_table(table, options, match):
    with pytest.raises(ValueError, match=match):
        compile_truth_table(table, **options)


# --- adders ------------------------------------------------------------------------------


def test_half_and_full_adder():
    assert np.array_equal(from_bits(half_adder().predict(rows_of(2))), [0, 1, 1, 2])
    sums = from_bits(full_adder().predict(rows_of(3)))
    assert np.array_equal(sums, rows_of(3).sum(axis=1))
    assert (half_adder().n_neurons, full_adder().n_neurons) == (5, 9)


@pytest.mark.parametrize("n", [1, 2, 6])
def test_an_adder_is_right_for_every_pair(n):
    a, b = (grid.ravel() for grid in np.mgrid[: 2**n, : 2**n])
    adder = ripple_adder(n)
    assert adder.n_neurons == 9 * n - 4
    assert all(b == 3.0 for _, b in weights_of(adder))
    bits = np.hstack([to_bits(a, n), to_bits(b, n)])
    assert np.array_equal(from_bits(adder.predict(bits)), a + b)


@pytest.mark.parametrize("n", [0, -1, 1.0, True, "2"])
def test_an_adder_needs_a_number_of_bits(n):
    with pytest.raises(ValueError, match="n_bits must be an int of at least 1"):
        ripple_adder(n)


@pytest.mark.parametrize(
    ("values", "match"), [([8], "from 0 to 7"), ([-1], "from 0"), ([0.5], "whole")]
)
def test_numbers_that_do_not_fit(values, match):
    with pytest.raises(ValueError, match=match):
        to_bits(values, 3)


# --- networks ----------------------------------------------------------------------------

XOR = PerceptronNetwork([([[2, -2], [2, -2]], [-1, 3]), ([[2], [2]], [-3])])


def test_layers_are_matrices():
    assert XOR.predict(rows_of(2)).ravel().tolist() == [0, 1, 1, 0]
    assert (XOR.n_inputs, XOR.n_neurons, XOR.depth, XOR.n_outputs) == (2, 3, 2, 1)
    assert XOR.predict(np.empty((0, 2))).shape == (0, 1)


CIRCUITS = [XOR, half_adder(), full_adder(), ripple_adder(2), compile_truth_table([0, 1, 1, 1])]


@pytest.mark.parametrize("network", CIRCUITS, ids=repr)
@pytest.mark.parametrize("c", [0.01, 1.0, 3.0, 1e6])
def test_all_weights_times_c_decide_the_same(network, c):
    """The first exercise of the chapter; with c = 1 it is the same network."""
    times_c = PerceptronNetwork([(c * W, c * b) for W, b in network.layers])
    rows = rows_of(network.n_inputs)
    assert np.array_equal(times_c.predict(rows), network.predict(rows))
    assert times_c.depth == network.depth


def test_layers_are_copies_and_carry_what_is_read_later():
    XOR.layers[0][0][:] = 0.0
    assert XOR.predict([[0, 1]]).tolist() == [[1]]
    neurons = {"p": (NOT, "a"), "q": (AND, "pa")}
    network = PerceptronNetwork.from_wiring("a", neurons, ["q", "a", "q"])
    (W, b), (V, c) = network.layers
    assert (W.tolist(), b.tolist()) == ([[2.0, -2.0]], [-1.0, 1.0])
    assert (V.tolist(), c.tolist()) == ([[2.0, 2.0, 2.0], [2.0, 0.0, 2.0]], [-3.0, -1.0, -3.0])
    again = PerceptronNetwork(network.layers)
    assert np.array_equal(again.predict(rows_of(1)), network.predict(rows_of(1)))


def test_a_neuron_at_exactly_zero_does_not_fire():
    network = PerceptronNetwork([([[1.0]], [-1.0])])
    assert network.predict([[1]]).tolist() == [[0]]


def test_real_numbers_may_be_weighed_where_they_are_wanted():
    weigher = PerceptronNetwork([([[6.0], [2.0]], [-5.0])], binary_inputs=False)
    assert weigher.predict([[0.7, 0.5], [0.9, 0.1]]).ravel().tolist() == [1, 1]
    with pytest.raises(ValueError, match="X must hold 0 and 1"):
        XOR.predict([[0.7, 0.5]])


@pytest.mark.parametrize("c", [1.0, 5.0, 40.0])
def test_sigmoid_neurons_with_large_weights_say_what_perceptrons_say(c):
    circuits = [XOR, half_adder(), full_adder(), ripple_adder(2), compile_truth_table([0, 1])]
    for network in circuits:
        rows = rows_of(network.n_inputs)
        model = network.to_mlp(c)
        assert isinstance(model, SigmoidMLPClassifier)
        P = model.predict_proba(rows)
        P = P if network.n_outputs > 1 else P[:, 1:]
        error = np.abs(P - network.predict(rows)).max()
        if c == 40.0:
            assert error < 1e-9
            assert np.array_equal(P > 0.5, network.predict(rows) == 1)
    assert np.array_equal(XOR.to_mlp(c).coefs_[0], c * np.array([[2, -2], [2, -2]]))


def test_the_error_falls_as_the_weights_grow_but_not_at_zero():
    errors = [
        np.abs(XOR.to_mlp(c).predict_proba(rows_of(2))[:, 1] - [0, 1, 1, 0]).max()
        for c in (2, 4, 8, 16)
    ]
    assert all(later < earlier / 2 for earlier, later in pairwise(errors))
    at_zero = PerceptronNetwork([([[1.0]], [-1.0])]).to_mlp(1e6)
    assert at_zero.predict_proba([[1.0]])[0, 1] == 0.5


def test_wires_may_be_given_in_any_order():
    neurons = {
        "out": (OR, ["p", "q"]),
        "p": (AND, ["a", "not b"]),
        "q": (NOR, ["a", "not b"]),
        "not b": (NOT, ["b"]),
    }
    network = PerceptronNetwork.from_wiring("ab", neurons, ["out", "not b", "out"])
    a, b = rows_of(2).T
    out = (a & (1 - b)) | (1 - (a | (1 - b)))
    assert np.array_equal(network.predict(rows_of(2)), np.column_stack([out, 1 - b, out]))
    P = network.to_mlp(60.0).predict(rows_of(2))
    assert np.array_equal(P, network.predict(rows_of(2)))


def test_an_own_kind_of_neuron_can_be_wired():
    majority = Gate("MAJORITY", (1.0, 1.0, 1.0), -1.5)
    network = PerceptronNetwork.from_wiring("abc", {"m": (majority, "abc")}, "m")
    assert np.array_equal(network.predict(rows_of(3))[:, 0], rows_of(3).sum(axis=1) >= 2)


@pytest.mark.parametrize(
    ("neurons", "outputs", "match"),
    [
        ({"p": (AND, ["a", "q"]), "q": (NOT, ["p"])}, ["p"], "circle: '[pq]' -> '[pq]' -> "),
        ({"p": (NOT, ["p"])}, ["p"], "circle: 'p' -> 'p'"),
        ({"p": (AND, ["a"])}, ["p"], "'p' has 2 weights, got 1 wire"),
        ({"p": (NOT, ["z"])}, ["p"], "'z', read by neuron 'p', is no input and no neuron"),
        ({"p": (NOT, ["a"])}, ["r"], "'r', read by an output, is no input and no neuron"),
        ({"a": (NOT, ["b"])}, ["a"], "'a' more often"),
        ({}, ["a"], "a neuron and an output at least"),
        ({"p": (NOT, ["a"])}, [], "a neuron and an output at least"),
    ],
)
def test_what_cannot_be_wired(neurons, outputs, match):
    with pytest.raises(ValueError, match=match):
        PerceptronNetwork.from_wiring(["a", "b"], neurons, outputs)


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        ([[0, 1, 1]], "X must have 2 columns"),
        ([[0, 2]], "X must hold 0 and 1"),
        ([0, 1], "Expected 2D array"),
        ([[0, np.nan]], "NaN"),
        ([["a", "b"]], "could not convert|0 and 1|not compatible"),
    ],
)
def test_rows_that_do_not_fit(rows, match):
    with pytest.raises(ValueError, match=match):
        XOR.predict(rows)


@pytest.mark.parametrize("c", [0, -1.0, np.inf, np.nan, "steep"])
def test_steepness_is_a_positive_number(c):
    with pytest.raises(ValueError, match="c must be a finite number above 0"):
        XOR.to_mlp(c)


def test_an_input_alone_is_no_sigmoid_neuron():
    network = PerceptronNetwork.from_wiring("a", {"p": (NOT, "a")}, ["p", "a"])
    assert network.predict([[1]]).tolist() == [[0, 1]]
    with pytest.raises(ValueError, match="An output of this network is an input"):
        network.to_mlp(1.0)


def test_layers_that_do_not_fit():
    with pytest.raises(ValueError, match=r"coefs\[1\] must have 2 rows"):
        PerceptronNetwork([(np.ones((3, 2)), [0, 0]), (np.ones((3, 1)), [0])])


# --- ten outputs or four -----------------------------------------------------------------


@pytest.mark.parametrize("n_classes", [2, 3, 10, 16, 17])
def test_the_layer_of_bits(n_classes):
    bits = binary_output_layer(n_classes).predict(np.eye(n_classes))
    assert np.array_equal(from_bits(bits), np.arange(n_classes))
    nearly = 0.98 * np.eye(n_classes) + 0.4 / n_classes
    assert np.array_equal(binary_output_layer(n_classes).predict(nearly), bits)


def test_on_top_of_a_network_it_writes_digits_in_bits():
    X, y = load_digits(return_X_y=True)
    network = SigmoidMLPClassifier(max_iter=20, tol=None, random_state=0).fit(X / 16, y)
    answers = network.predict(X / 16)
    bits = binary_output_layer().predict(np.eye(10)[answers])
    assert np.array_equal(from_bits(bits), answers)
    assert np.mean(from_bits(bits) == y) > 0.95


@pytest.mark.parametrize("n_classes", [1, 0, 2.5, "ten"])
def test_a_layer_of_bits_needs_classes(n_classes):
    with pytest.raises(ValueError, match="n_classes must be an int of at least 2"):
        binary_output_layer(n_classes)


# --- step against sigmoid ----------------------------------------------------------------


def test_a_sigmoid_follows_a_small_change_and_a_step_stays_or_flips():
    w, b, x = np.array([1.0, -2.0, 0.5]), 0.7, np.array([0.3, 0.6, 1.0])
    delta = np.geomspace(1e-6, 1e-2, 9)
    for j in range(3):
        change = change_of_output(w, b, x, delta, weight=j)
        a = 1.0 / (1.0 + np.exp(-(w @ x + b)))
        np.testing.assert_allclose(change.sigmoid, a * (1 - a) * x[j] * delta, rtol=0.01)
        assert set(change.step) <= {-1.0, 0.0, 1.0}
    flips = change_of_output([1.0], -0.999, [1.0], np.array([[-0.0005], [-0.002]]))
    assert flips.step.tolist() == [[0.0], [-1.0]]
    assert np.abs(flips.sigmoid).max() < 1e-3


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (([1, 2], 0, [1], 0.1), "x must have 2 numbers"),
        (([1, 2], 0, [1, 1], 0.1, 2), "weight must number one of 2 weights"),
        (([1, np.nan], 0, [1, 1], 0.1), "weights contains NaN"),
    ],
)
def test_changes_that_cannot_be_measured(arguments, match):
    with pytest.raises(ValueError, match=match):
        change_of_output(*arguments)
