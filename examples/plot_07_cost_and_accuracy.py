"""
A cost, and why accuracy is not one
===================================

What should learning make better? The number of right answers, one would say. But a small
change of a weight mostly changes no answer at all, so it does not tell which way is better.
The cost does: it is smooth.
"""

# %%
# One weight moves
# ----------------
# A network half-way through its training. One weight, from a hidden neuron to the output neuron
# for 8, takes other values, and all the other weights stay. The dotted line is where it is.

from copy import deepcopy

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from sknn_basic import SigmoidMLPClassifier

X, y = load_digits(return_X_y=True)
X = X / 16
network = SigmoidMLPClassifier((15,), max_iter=4, tol=None, random_state=0).fit(X, y)


def with_weight(value):
    """The same network with another weight."""
    other = deepcopy(network)
    other.coefs_[1][0, 8] = value
    return other


def costs_and_counts(weights):
    """Cost and number of right answers for every value of the weight."""
    models = [with_weight(w) for w in weights]
    costs = np.array([model.total_cost(X, y) for model in models])
    return costs, np.array([np.sum(model.predict(X) == y) for model in models])


# %%
# From afar, and from near
# ------------------------
# From afar both seem to know where to go. From near the number of right answers is a staircase:
# its slope is zero, or there is none. Learning goes by slopes.

start = network.coefs_[1][0, 8]
far, near = start + np.linspace(-10, 10, 101), start + np.linspace(-0.03, 0.03, 301)
far_costs, far_right = costs_and_counts(far)
near_costs, near_right = costs_and_counts(near)
print(f"near: {len(set(near_costs))} different costs, {len(set(near_right))} counts")

fig, axes = plt.subplots(2, 2, figsize=(8, 5), sharex="col", layout="constrained")
for column, weights, costs, right in zip(
    axes.T, [far, near], [far_costs, near_costs], [far_right, near_right], strict=True
):
    column[0].plot(weights, costs, color="#0072b2")
    column[1].step(weights, right, where="mid", color="#d55e00")
    column[1].set_xlabel("one weight")
    for ax in column:
        ax.axvline(start, color="black", linestyle=":", linewidth=1)
        ax.grid(alpha=0.3)
axes[1, 1].yaxis.get_major_locator().set_params(integer=True)
axes[0, 0].set(title="from afar", ylabel="cost")
axes[0, 1].set_title("from near")
axes[1, 0].set_ylabel(f"right answers of {len(y)}")
plt.show()
