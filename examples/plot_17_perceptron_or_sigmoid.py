"""
Why sigmoid neurons?
====================

One network, once with step neurons and once with sigmoid neurons. With steps, a small change of
a hidden weight changes nothing, so nothing tells which way to go. With sigmoid neurons it
changes the cost a little, and learning follows that slope.
"""

# %%
# One weight moves
# ----------------
# The task is XOR. Where all is multiplied by c, sigmoids come near to steps, and slopes vanish.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.inspection import DecisionBoundaryDisplay

from sknn_basic import SigmoidMLPClassifier
from sknn_basic.logic import PerceptronNetwork

X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
W, b = np.array([[1.0, -2.0], [-1.0, 0.0]]), np.array([0.8, 0.9])
V, d = np.array([[2.0], [-3.0]]), np.array([-0.5])


def with_steps(move):
    """The cost with step neurons if the first hidden weight moves so far."""
    steps = PerceptronNetwork([(W + np.diag([move, 0]), b), (V, d)])
    return np.mean((steps.predict(X)[:, 0] - y) ** 2) / 2


def with_sigmoids(c, move=0.0):
    """The same weights, times c, in sigmoid neurons."""
    coefs, intercepts = [c * (W + np.diag([move, 0])), c * V], [c * b, c * d]
    return SigmoidMLPClassifier.from_weights(coefs, intercepts, cost="quadratic", eta=10.0)


moves, scales = np.linspace(-4, 3, 106), np.geomspace(0.5, 50, 31)
step_slope = (with_steps(1e-6) - with_steps(-1e-6)) / 2e-6
slopes = [np.abs(with_sigmoids(c).gradient(X, y)[0][0]).max() for c in scales]
print(f"slope of the steps: {step_slope}; of the sigmoids: {max(slopes):.3f} at most")

fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
axes[0].plot(moves, [with_steps(move) for move in moves], "k--", label="steps")
for c, color, line in [(1, "#0072b2", "-"), (3, "#009e73", "-."), (50, "#d55e00", ":")]:
    costs = [with_sigmoids(c, move).total_cost(X, y) for move in moves]
    axes[0].plot(moves, costs, line, color=color, label=f"sigmoids, c = {c}")
axes[0].set(xlabel="change of a hidden weight", ylabel="cost")
axes[1].loglog(scales, slopes, color="#0072b2")
axes[1].set(xlabel="c", ylabel="largest slope", ylim=(1e-8, 0.1))
axes[0].legend()
plt.show()

# %%
# One learns, the other cannot
# ----------------------------
# Both follow their slopes from the same weights. That of the steps is 0, so they stay.

network = with_sigmoids(1)
curve = [network.partial_fit(X, y).total_cost(X, y) for _ in range(300)]
fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
axes[0].plot(curve, color="#0072b2", label="sigmoids")
axes[0].axhline(with_steps(0.0), color="black", linestyle="--", label="steps")
axes[0].set(xlabel="step of learning", ylabel="cost")
DecisionBoundaryDisplay.from_estimator(network, X, ax=axes[1], cmap="Blues", eps=0.5, alpha=0.6)
axes[1].scatter(*X.T, c=y, cmap="gray_r", edgecolors="black", s=110)
axes[1].set(xlabel="x₁", ylabel="x₂", title=f"XOR: {network.predict(X)}", aspect="equal")
axes[0].legend()
plt.show()
