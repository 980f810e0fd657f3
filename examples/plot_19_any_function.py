"""
A network draws any continuous function
=======================================

Nothing is learnt here. The fourth chapter of the book sets the weights by hand: steep sigmoid
neurons are steps, two steps are a bump, and enough bumps side by side come as close as wanted
to any continuous curve.
"""

# %%
# A bump for each piece
# ---------------------
# A hidden neuron with weight w and bias −w·s steps up at s if w is large. Its partner steps up
# a little further right and is subtracted. Each pair weighs what the function is in the middle
# of its piece. ``decision_function`` is the weighted input of the output neuron: the sum.

from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np

from sknn_basic import SigmoidMLPClassifier


def wanted(x):
    """Some curve."""
    return np.sin(2 * np.pi * x) + 0.4 * np.cos(9 * np.pi * x**2)


def bumps(heights, steepness=2000.0):
    """Network of a pair of hidden neurons for each height, side by side from 0 to 1."""
    edges = np.linspace(0, 1, len(heights) + 1)
    starts = np.column_stack([edges[:-1], edges[1:]]).ravel()
    signs = np.column_stack([heights, -np.asarray(heights)]).ravel()
    first = np.full((1, len(starts)), steepness)
    return SigmoidMLPClassifier.from_weights(
        [first, signs[:, None]], [-steepness * starts, [0.0]]
    )


x = np.linspace(0.001, 0.999, 999)
networks = {}
for pairs in [10, 40, 160]:
    networks[pairs] = bumps(wanted((np.arange(pairs) + 0.5) / pairs))
errors = {}
for pairs, network in networks.items():
    errors[pairs] = np.abs(network.decision_function(x[:, None]) - wanted(x)).mean()
    print(f"{pairs:3} pairs: mean error {errors[pairs]:.3f}")

# %%
# One pair, and more
# ------------------
# The more pairs, the closer. On the left one pair alone: a larger weight makes steeper sides.

fig, axes = plt.subplots(1, 3, figsize=(9, 3.4), layout="constrained")
looks = cycle([("#e69f00", ":"), ("#009e73", "--"), ("#0072b2", "-")])
for steepness, (color, style) in zip([20, 60, 2000], looks, strict=False):
    pair = bumps([0, 1, 0], steepness).decision_function(x[:, None])
    axes[0].plot(x, pair, color=color, linestyle=style, label=f"w = {steepness}")
axes[0].set(title="one pair", ylabel="weighted input of the output", ylim=(-0.1, 1.6))
for ax, (pairs, network) in zip(axes[1:], networks.items(), strict=False):
    ax.plot(x, wanted(x), "k--", linewidth=1, label="wanted")
    ax.plot(x, network.decision_function(x[:, None]), color="#0072b2", label="network")
    ax.set(title=f"{pairs} pairs")
for ax in axes:
    ax.set_xlabel("x")
    ax.grid(alpha=0.3)
    ax.legend(fontsize=9)
plt.show()
