"""
A rare class in a stream
========================

One sample in twenty is of the class that matters. Who always says no is right 19 times out of
20, and misses all of it. ``class_weight="balanced"`` makes each class count alike. In
``partial_fit`` it counts the classes as they come.
"""

# %%
# Two networks, one stream
# ------------------------
# Chunks of 100 rows, and each is learnt once. One network takes the rows as they are, the other
# gives weight to the rare ones.

import matplotlib.pyplot as plt
from sklearn.datasets import make_classification
from sklearn.metrics import ConfusionMatrixDisplay, recall_score

from sknn_basic import SigmoidMLPClassifier

X, y = make_classification(
    12_000, 10, n_informative=4, weights=[0.95], class_sep=1.5, flip_y=0, random_state=0
)
stream, test = slice(0, 8000), slice(8000, None)
names = ["usual", "rare"]
networks = {}
for weight in [None, "balanced"]:
    network = SigmoidMLPClassifier((10,), eta=0.2, class_weight=weight, random_state=0)
    for start in range(0, 8000, 100):
        chunk = slice(start, start + 100)
        network.partial_fit(X[chunk], y[chunk], classes=[0, 1])
    networks[weight] = network

# %%
# What they find on new rows
# --------------------------
# Each row of a picture is a true class and adds up to 1. With balance far more of the rare
# class is found, and more false alarms come with it: that is the price.

found, alarms = {}, {}
fig, axes = plt.subplots(1, 2, figsize=(8, 3.6), layout="constrained")
for ax, (weight, network) in zip(axes, networks.items(), strict=True):
    answers = network.predict(X[test])
    found[weight] = recall_score(y[test], answers)
    alarms[weight] = 1 - recall_score(y[test], answers, pos_label=0)
    right = (answers == y[test]).mean()
    print(f"{weight!s:8}  accuracy {right:.3f}, rare class found {found[weight]:.2f}")
    ConfusionMatrixDisplay.from_predictions(
        y[test],
        answers,
        display_labels=names,
        normalize="true",
        values_format=".2f",
        cmap="Blues",
        colorbar=False,
        im_kw={"vmin": 0, "vmax": 1},
        ax=ax,
    )
    ax.set(title=f"class_weight={weight!r}", xlabel="answer", ylabel="true class")
plt.show()
