"""
Data that never repeat
======================

Online learning, as the lecture means it: examples come in one after the other, and none comes
twice. Distorted copies of digits are such a stream.
"""

# %%
# Another hand
# ------------
# Each call of `distorted` turns, slants, stretches, moves and bends every digit a little, and
# takes another pen.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from sknn_basic import SigmoidMLPClassifier
from sknn_basic.digits import distorted

X, y = load_digits(return_X_y=True)
X /= 16
small = {"shift": 0.4, "bend": 0.25, "pen": 0.3, "angle": 0.15, "shear": 0.2}

fig, axes = plt.subplots(4, 10, figsize=(8, 3.4), layout="constrained")
for k, row in enumerate(axes):
    images = X[:10] if k == 0 else distorted(X[:10], random_state=k, **small)
    for ax, image in zip(row, images, strict=True):
        ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[])
    row[0].set_ylabel("as it is" if k == 0 else f"copy {k}", fontsize=9)
plt.show()

# %%
# The same digits again, or others
# --------------------------------
# Two networks see 500 digits an epoch: one always the same, the other distorted copies. The
# first soon knows its digits by heart. Both are asked for the other 1,297.

train, test = np.arange(500), np.arange(500, len(X))
networks = {
    name: SigmoidMLPClassifier((60,), eta=0.3, batch_size=10, random_state=0)
    for name in ("the same", "distorted")
}
scores = {name: [] for name in networks}
for epoch in range(120):
    seen = {"the same": X[train], "distorted": distorted(X[train], random_state=epoch, **small)}
    for name, network in networks.items():
        network.partial_fit(seen[name], y[train], classes=range(10))
        scores[name].append(100 * network.score(X[test], y[test]))

fig, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
for (name, curve), style in zip(scores.items(), ("--", "-"), strict=True):
    ax.plot(curve, style, label=f"{name}: {curve[-1]:.1f} %")
ax.set(xlabel="epoch", ylabel="right answers, %", ylim=(80, 100))
ax.legend(title="what is seen in each epoch")
plt.show()
