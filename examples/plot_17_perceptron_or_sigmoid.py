"""
Why sigmoid neurons?
====================

A perceptron only knows right and wrong. It has no slope to follow, so nothing tells a weight in
a layer before it which way to go. Sigmoid neurons have slopes. That is why they can learn in
layers, and a network of them can learn what no line separates.
"""

# %%
# The same data for both
# ----------------------
# Two moons, each around an end of the other.

import matplotlib.pyplot as plt
from matplotlib.colors import ListedColormap
from sklearn.datasets import make_moons
from sklearn.inspection import DecisionBoundaryDisplay

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.plotting import LossCurveDisplay

X, y = make_moons(300, noise=0.15, random_state=0)
params = {"batch_size": 10, "max_iter": 100, "tol": None, "random_state": 0}
perceptron = PerceptronClassifier(**params).fit(X, y)
network = SigmoidMLPClassifier((10,), eta=2.0, **params).fit(X, y)

models = {"perceptron": perceptron, "network, 10 hidden": network}
right = {name: model.score(X, y) for name, model in models.items()}
for name, share in right.items():
    print(f"{name:18} {share:.3f} right")

# %%
# Jumping and falling
# -------------------
# The perceptron's mistakes jump up and down to the end; it keeps the best line it met. The
# network's cost falls, and its border bends around the moons.

fig, axes = plt.subplots(2, 2, figsize=(8, 6), layout="constrained")
soft, strong = ListedColormap(["#fbe6d4", "#d3e8f4"]), ListedColormap(["#d55e00", "#0072b2"])
for (name, model), (above, below) in zip(models.items(), axes.T, strict=True):
    DecisionBoundaryDisplay.from_estimator(
        model, X, ax=above, cmap=soft, response_method="predict", eps=0.3
    )
    for label, marker in enumerate("os"):
        above.scatter(*X[y == label].T, s=12, marker=marker, color=strong(label))
    above.set(title=f"{name}: {right[name]:.1%} right", xlabel="x₁", ylabel="x₂")
    LossCurveDisplay.from_estimator(model, ax=below, color="black", marker="")
    below.set_ylim(bottom=0)
plt.show()
