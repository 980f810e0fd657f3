"""
Gates are perceptrons
=====================

NAND is a perceptron with weights (-2, -2) and bias 3. Its line cuts (1, 1) off from the other
three corners. No line cuts the corners of XOR apart, so no perceptron computes it, but a
network of NAND does.
"""

# %%
# Where each gate fires
# ---------------------

import matplotlib.pyplot as plt
import numpy as np
from sklearn.inspection import DecisionBoundaryDisplay

from sknn_basic.logic import (
    AND,
    NAND,
    NOR,
    OR,
    compile_truth_table,
    linear_separability,
    to_bits,
)

rows = to_bits(np.arange(4), 2)
a, b = rows.T
print("NAND:", NAND(a, b))
dots = {"s": 110, "edgecolors": "black", "zorder": 3}

fig, axes = plt.subplots(1, 4, figsize=(9, 3.2), sharey=True, layout="constrained")
looks = {"eps": 0.5, "cmap": "Blues", "vmin": 0, "vmax": 3, "response_method": "predict"}
for ax, gate in zip(axes, [AND, OR, NAND, NOR], strict=True):
    DecisionBoundaryDisplay.from_estimator(gate.to_classifier(), rows, ax=ax, **looks)
    w1, w2 = gate.weights
    ax.set_title(f"{gate.name}: weights {w1:g}, {w2:g}\nbias {gate.bias:g}", fontsize=9)
    ax.scatter(a, b, c=np.where(gate(a, b) == 1, "#0072b2", "white"), **dots)
    ax.set(xticks=[0, 1], yticks=[0, 1], xlabel="a", ylabel="b", aspect="equal")
    ax.label_outer()
plt.show()

# %%
# XOR: a proof, and a way out
# ---------------------------
# The point (0.5, 0.5) lies between the corners with 0 and also between those with 1: so no line
# parts them. On the right is what a network of NAND alone does.

table = [0, 1, 1, 0]
xor = compile_truth_table(table)
answers = xor.predict(rows)[:, 0]
proof = linear_separability(rows, table)
print(table, "by", xor, "- one perceptron will do:", bool(proof))
fig, axes = plt.subplots(1, 2, figsize=(6, 3.7), sharey=True, layout="constrained")
axes[0].plot([0, 1], [0, 1], "k--", [0, 1], [1, 0], "k--", linewidth=1)
if not proof:
    axes[0].plot(*proof.point, "kx", markersize=10)
DecisionBoundaryDisplay.from_estimator(xor.to_mlp(50), rows, ax=axes[1], **looks)
for ax, title in zip(axes, ["a line" if proof else "no line", "a network"], strict=True):
    ax.scatter(a, b, c=np.where(answers == 1, "#0072b2", "white"), **dots)
    ax.set(xticks=[0, 1], yticks=[0, 1], xlabel="a", ylabel="b", aspect="equal")
    ax.set(title=f"{table}: {title}", xlim=(-0.5, 1.5), ylim=(-0.5, 1.5))
    ax.label_outer()
plt.show()
