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
# On the left is the circuit: each neuron takes two signals. On the right is a row for each
# case: a + b + c, the sum in binary, and a blue field for every neuron that fires.

place = {"a": (0, 2.5), "b": (0, 1.5), "c": (0, 0), "n1": (1, 2), "n2": (2, 2.5)}
place |= {"n3": (2, 1.5), "n4": (3, 2), "n5": (4, 1), "n6": (5, 1.5), "n7": (5, 0.2)}
place |= {"sum": (6, 0.8), "carry": (6, 2.4)}
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
for name, sources in wiring.items():
    for source in sources:
        (x1, y1), (x2, y2) = place[source], place[name]
        left.plot([x1, x2], [y1, y2], color="#bbbbbb")
for name, (x, y) in place.items():
    left.text(x, y, name, ha="center", va="center", bbox={"facecolor": "white"})
left.axis("off")

names = ["a", "b", "c", *wiring]
rows = to_bits(np.arange(8), 3)
signals = PerceptronNetwork.from_wiring(["a", "b", "c"], neurons, names).predict(rows)
totals = [f"{carry}{total}" for carry, total in adder.predict(rows)]
cases = [f"{a} + {b} + {c} = {total}" for (a, b, c), total in zip(rows, totals, strict=True)]
right.imshow(signals, cmap="Blues", vmin=0, vmax=1.5, aspect="auto")
right.set_xticks(range(len(names)), names, rotation=90)
right.set_yticks(range(8), cases)
plt.show()
