"""
A few at a time, or all at once?
================================

The gradient of the whole cost needs all the digits for one step. A mini-batch of a few digits
gives a rough guess of it, and costs next to nothing. Many rough steps bring a network further
than a few exact ones.
"""

# %%
# The same network, three batch sizes
# -----------------------------------
# Each call of ``partial_fit`` is one pass over the digits. After each the cost of the weights
# is measured on all of them; the clock counts the learning only. Each step is divided by the
# size of its batch, so that one rate can serve all three. All at once may go faster: it gets a
# second run with a larger rate.

from itertools import cycle
from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from sknn_basic import SigmoidMLPClassifier

X, y = load_digits(return_X_y=True)
X = X / 16
passes = 25
curves = {}
for m, eta in [(1, 0.5), (10, 0.5), (len(X), 0.5), (len(X), 2.0)]:
    network = SigmoidMLPClassifier((15,), eta=eta, batch_size=m, random_state=0)
    costs, seconds = [], [0.0]
    for _ in range(passes):
        start = perf_counter()
        network.partial_fit(X, y, classes=range(10))
        seconds.append(seconds[-1] + perf_counter() - start)
        costs.append(network.total_cost(X, y))
    curves[m, eta] = np.array(costs), np.array(seconds[1:])
    print(f"m = {m}, eta = {eta}: {-(-len(X) // m)} steps a pass, last cost {costs[-1]:.3f}")

# %%
# Against passes and against time
# -------------------------------
# After as many passes the small batches are far ahead: they took more steps. A pass in small
# batches takes longer on the clock, and yet they win there too.

fig, axes = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="constrained")
looks = cycle([("s:", "#d55e00"), ("o-", "#0072b2"), ("^--", "#009e73"), ("v-.", "#e69f00")])
for ((m, eta), (costs, seconds)), (line, color) in zip(curves.items(), looks, strict=False):
    look = {"label": f"m = {m}, η = {eta}", "color": color, "markersize": 4}
    axes[0].plot(np.arange(1, passes + 1), costs, line, **look)
    axes[1].plot(1000 * seconds, costs, line, **look)
axes[0].set(xlabel="passes over the digits", ylabel="cost of a digit", yscale="log")
axes[1].set(xlabel="time (ms)", xscale="log")
for ax in axes:
    ax.grid(alpha=0.3)
axes[1].legend(loc="lower left")
plt.show()
