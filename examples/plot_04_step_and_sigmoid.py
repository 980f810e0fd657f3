"""
Step against sigmoid
====================

Learning makes many small changes, and wants each to do a little good. A perceptron's output
does not change at all, or it flips. A sigmoid neuron's output follows every small change of a
weight.
"""

# %%
# The two neurons
# ---------------

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit

from sknn_basic.logic import PerceptronNetwork, change_of_output

z = np.linspace(-6, 6, 401)
delta = np.linspace(-1.5, 1.5, 401)
change = change_of_output([1.0, 1.0], -1.6, [1.0, 1.0], delta)

fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
axes[0].plot(z, z > 0, "k--", label="step")
axes[0].plot(z, expit(z), color="#0072b2", label="sigmoid")
axes[0].set(xlabel="weighted input z", ylabel="output")
axes[1].plot(delta, change.step, "k--", label="step")
axes[1].plot(delta, change.sigmoid, color="#0072b2", label="sigmoid")
axes[1].set(xlabel="change of one weight", ylabel="change of the output")
for ax in axes:
    ax.grid(alpha=0.3)
    ax.legend()
plt.show()

# %%
# From one to the other
# ---------------------
# Multiply all weights and biases of a network by c, and let c grow: sigmoid neurons become
# steps. Here it is XOR, on the way from (0, 0) to (1, 1) by (1, 0).

xor = PerceptronNetwork([([[2, -2], [2, -2]], [-1, 3]), ([[2], [2]], [-3])])
way = np.linspace(0, 2, 401)
points = np.column_stack([np.minimum(way, 1), np.maximum(way - 1, 0)])
fig, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
for c, shade in [(1, 0.35), (2, 0.55), (5, 0.75), (50, 1.0)]:
    output = xor.to_mlp(c).predict_proba(points)[:, 1]
    ax.plot(way, output, color=plt.cm.Blues(shade), label=f"c = {c}")
ax.set_xticks([0, 1, 2], ["(0, 0)", "(1, 0)", "(1, 1)"])
ax.set(xlabel="inputs", ylabel="output for XOR")
ax.grid(alpha=0.3)
ax.legend()
plt.show()
