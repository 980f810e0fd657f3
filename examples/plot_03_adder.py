"""
Adding with NAND alone
======================

NAND is universal: nine of them add three bits, and a chain of such adders adds numbers of any
length. What a computer computes, perceptrons compute.
"""

# %%
# A full adder, gate by gate
# --------------------------

import matplotlib.pyplot as plt
import numpy as np

from sknn_basic.logic import NAND, PerceptronNetwork, from_bits, ripple_adder, to_bits

wiring = {
    "n1": ["a", "b"],
    "n2": ["a", "n1"],
    "n3": ["b", "n1"],
    "n4": ["n2", "n3"],
    "n5": ["n4", "c"],
    "n6": ["n4", "n5"],
    "n7": ["c", "n5"],
    "sum": ["n6", "n7"],
    "carry": ["n1", "n5"],
}
neurons = {name: (NAND, sources) for name, sources in wiring.items()}
adder = PerceptronNetwork.from_wiring(["a", "b", "c"], neurons, ["carry", "sum"])
print(adder)

# %%
# It adds
# -------
# Two numbers of four bits each, by 32 perceptrons.

one, other = 11, 6
bits = [*to_bits(one, 4), *to_bits(other, 4)]
print(ripple_adder(4), one, "+", other, "=", from_bits(ripple_adder(4).predict([bits]))[0])

# %%
# The signals of all eight cases
# ------------------------------
# Each dot is a neuron; it is filled where the neuron fires.

place = {"a": (0, 2.5), "b": (0, 1.5), "c": (0, 0), "n1": (1, 2), "n2": (2, 2.5)}
place |= {"n3": (2, 1.5), "n4": (3, 2), "n5": (4, 1), "n6": (5, 1.5), "n7": (5, 0.2)}
place |= {"sum": (6, 0.8), "carry": (6, 2.4)}
rows = to_bits(np.arange(8), 3)
signals = PerceptronNetwork.from_wiring("abc", neurons, [*"abc", *wiring]).predict(rows)
fig, axes = plt.subplots(2, 4, figsize=(9, 4.2), layout="constrained")
for ax, row, fires in zip(axes.flat, rows, signals, strict=True):
    for name, sources in wiring.items():
        for source in sources:
            ax.plot(*zip(place[source], place[name], strict=True), color="#bbbbbb", zorder=1)
    spots = np.array([place[name] for name in [*"abc", *wiring]])
    ax.scatter(
        *spots.T, c=np.where(fires, "#0072b2", "white"), s=110, edgecolors="black", zorder=2
    )
    for name in ("a", "b", "c", "sum", "carry"):
        x, y = place[name]
        ax.text(x, y + 0.25, name, ha="center", fontsize=9)
    carry, total = adder.predict([row])[0]
    ax.set_title(f"{row[0]} + {row[1]} + {row[2]} = {carry}{total} in binary", fontsize=9)
    ax.set(xlim=(-0.5, 6.6), ylim=(-0.4, 3.1))
    ax.axis("off")
plt.show()
