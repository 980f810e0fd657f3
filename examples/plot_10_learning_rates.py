"""
How large a step?
=================

Gradient descent goes downhill in steps of η times the slope. With a small η it takes for ever.
With a large one it jumps over the valley. The cost after every epoch tells which it is.
"""

# %%
# Too small, right, too large
# ---------------------------
# A network that was stopped while its cost was still falling says so: a warning tells it, and
# what to do.

import warnings
from itertools import cycle

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from sknn_basic import SigmoidMLPClassifier
from sknn_basic.plotting import LossCurveDisplay

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, stratify=y, random_state=0)
networks, scores, warned = {}, {}, {}
for eta in [0.01, 0.5, 30.0]:
    network = SigmoidMLPClassifier((15,), eta=eta, batch_size=10, max_iter=30, random_state=0)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ConvergenceWarning)
        networks[eta] = network.fit(X_train, y_train)
    scores[eta] = network.score(X_test, y_test)
    warned[eta] = [str(warning.message) for warning in told]
    print(f"eta = {eta}: {scores[eta]:.0%} right.", *warned[eta] or ["It no longer fell."])

# %%
# Beyond all bounds
# -----------------
# With L2 each step multiplies the weights by 1 − ηα. Where that is below −1 they grow without
# end. ``fit`` notices it, keeps the last weights that are finite, and says so.

wild = SigmoidMLPClassifier((15,), eta=3.0, alpha=1.0, random_state=0)
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always", ConvergenceWarning)
    wild.fit(X_train, y_train)
print(told[0].message)

# %%
# The curves
# ----------

fig, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
looks = cycle([("#e69f00", ":"), ("#0072b2", "-"), ("#d55e00", "--"), ("#009e73", "-.")])
for (eta, network), (color, line) in zip(networks.items(), looks, strict=False):
    label = f"η = {eta:g}, {scores[eta]:.0%} right"
    LossCurveDisplay.from_estimator(network, ax=ax, label=label, color=color, linestyle=line)
ax.set_yscale("log")
plt.show()
