"""
To the festival?
================

A perceptron weighs evidence: is the weather good, does a friend come along, is there a train?
It says go where the weights of what is true come above a threshold. Other weights, or another
threshold, are another way to decide.
"""

# %%
# Two ways to decide
# ------------------
# With weights (6, 2, 2) and threshold 5 only the weather counts: 6 is above 5, and 2 + 2 is
# not. With (3, 2, 2) all three must hold: 3 + 2 is 5, and not above 5. The bars are the
# weighted sums of all eight cases; what is above the dashed line fires.

import matplotlib.pyplot as plt
import numpy as np

from sknn_basic import PerceptronClassifier
from sknn_basic.logic import to_bits

names = np.array(["weather", "friend", "train"])
rows = to_bits(np.arange(8), 3)
cases = [" + ".join(names[row == 1]) or "nothing" for row in rows]


def visitor(weights, threshold):
    """One who decides so."""
    words = ["stay", "go"]
    return PerceptronClassifier.from_weights(weights, threshold=threshold, classes=words)


fan, cautious = visitor([6, 2, 2], 5), visitor([3, 2, 2], 5)
for row, one, other in zip(rows, fan.predict(rows), cautious.predict(rows), strict=True):
    print(*row, f"  only the weather: {one:4}  all three: {other}")

fig, axes = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="constrained")
for ax, model in zip(axes, [fan, cautious], strict=True):
    weights, threshold = model.coef_[0], -model.intercept_[0]
    sums, go = rows @ weights, model.predict(rows) == "go"
    ax.barh(cases, sums, color=np.where(go, "#0072b2", "#bbbbbb"))
    ax.axvline(threshold, color="black", linestyle="--")
    for k, (total, word) in enumerate(zip(sums, model.predict(rows), strict=True)):
        ax.text(
            max(total, 0) + 0.2, k, word, va="center", bbox={"fc": "w", "ec": "w", "pad": 0}
        )
    ax.set_title(f"weights ({', '.join(f'{w:g}' for w in weights)}), threshold {threshold:g}")
    ax.set(xlabel="w·x", xlim=(min(sums.min(), 0), 1.16 * sums.max()))
axes[0].invert_yaxis()
plt.show()

# %%
# The threshold moves
# -------------------
# The lower the threshold, the more easily it says go. The bias b = −threshold says just that:
# the larger it is, the easier the perceptron fires. Dark squares are go.

thresholds, decisions = np.arange(-1, 11), []
fig, axes = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="constrained")
for ax, weights in zip(axes, [fan.coef_[0], cautious.coef_[0]], strict=True):
    go = np.array([visitor(weights, t).predict(rows) == "go" for t in thresholds])
    decisions.append(go)
    ax.pcolormesh(thresholds, cases, go.T, cmap="Blues", vmax=1.4, ec="white")
    ax.set(xlabel="threshold", title=f"weights ({', '.join(f'{w:g}' for w in weights)})")
axes[0].invert_yaxis()
plt.show()
