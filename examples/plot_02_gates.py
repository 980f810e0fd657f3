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
    NotSeparableError,
    compile_truth_table,
    learn_gate,
    to_bits,
)

rows = to_bits(np.arange(4), 2)
a, b = rows.T
print("NAND:", NAND(a, b))

fig, axes = plt.subplots(1, 5, figsize=(9, 2.4), sharey=True, layout="constrained")
for ax, gate in zip(axes, [AND, OR, NAND, NOR], strict=False):
    classifier = gate.to_classifier()
    DecisionBoundaryDisplay.from_estimator(
        classifier,
        rows,
        eps=0.5,
        ax=ax,
        cmap="Blues",
        vmin=0,
        vmax=3,
        response_method="predict",
    )
    ax.set_title(f"{gate.name} {tuple(map(int, gate.weights))}, {int(gate.bias)}", fontsize=9)

# %%
# XOR: a proof, and a way out
# ---------------------------
# The point (0.5, 0.5) lies between the corners with 0 and also between those with 1.

xor = compile_truth_table([0, 1, 1, 0])
print("XOR:", xor.predict(rows).ravel(), xor)
try:
    learn_gate([0, 1, 1, 0])
except NotSeparableError as error:
    point = error.proof.point
axes[4].plot([0, 1], [0, 1], "k--", [0, 1], [1, 0], "k--", linewidth=1)
axes[4].plot(*point, "kx", markersize=10)
axes[4].set_title("XOR: no line", fontsize=9)
answers = [AND(a, b), OR(a, b), NAND(a, b), NOR(a, b), xor.predict(rows)[:, 0]]
for ax, fires in zip(axes, answers, strict=True):
    colors = np.where(fires == 1, "#0072b2", "white")
    ax.scatter(a, b, c=colors, s=110, edgecolors="black", zorder=3)
    ax.set(xticks=[0, 1], yticks=[0, 1], xlabel="a", ylabel="b", aspect="equal")
    ax.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5))
    ax.label_outer()
plt.show()
