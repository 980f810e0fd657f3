"""
To the festival?
================

A perceptron weighs evidence: is the weather good, does a friend come along, is there a train?
It says go where the weights of what is true come above a threshold. Another set of weights is
another way to decide.
"""

# %%
# Two ways to decide
# ------------------
# With weights (6, 2, 2) and threshold 5 only the weather counts: 6 is above 5, and 2 + 2 is
# not. With (3, 2, 2) all three must hold: 3 + 2 is 5, and not above 5.

import matplotlib.pyplot as plt
import numpy as np

from sknn_basic import PerceptronClassifier
from sknn_basic.logic import to_bits

names = ["weather", "friend", "train"]
rows = to_bits(np.arange(8), 3)
fan = PerceptronClassifier.from_weights([6, 2, 2], threshold=5, classes=["stay", "go"])
cautious = PerceptronClassifier.from_weights([3, 2, 2], threshold=5, classes=["stay", "go"])
for row, one, other in zip(rows, fan.predict(rows), cautious.predict(rows), strict=True):
    print(*row, f"  only the weather: {one:4}  all three: {other}")

# %%
# All eight cases
# ---------------
# The bars are the weighted sums; what is above the dashed line fires.

cases = [" + ".join(np.array(names)[row == 1]) or "nothing" for row in rows]
fig, axes = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="constrained")
for ax, model in zip(axes, [fan, cautious], strict=True):
    weights = model.coef_[0].astype(int)
    sums, go = rows @ weights, model.predict(rows) == "go"
    ax.barh(cases, sums, color=np.where(go, "#0072b2", "#bbbbbb"))
    ax.axvline(-model.intercept_[0], color="black", linestyle="--")
    for k, (total, fires) in enumerate(zip(sums, go, strict=True)):
        label = "go" if fires else "stay"
        ax.text(total + 0.2, k, label, va="center", bbox={"fc": "w", "ec": "w", "pad": 0.5})
    ax.set(
        title=f"weights {tuple(weights.tolist())}, threshold 5", xlabel="w·x", xlim=(0, 11.6)
    )
axes[0].invert_yaxis()
plt.show()
