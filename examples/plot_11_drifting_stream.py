"""
A stream that drifts
====================

The digits come one by one, and the camera slowly turns. A network that has stopped learning
goes out of date. One that takes a step after every digit (m = 1) keeps up.
"""

# %%
# The stream
# ----------
# First 1,797 digits stand upright. They come twice more, in another order each time, and turn
# further and further, up to 90 degrees.

from copy import deepcopy

import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import rotate
from sklearn.datasets import load_digits

from sknn_basic import SigmoidMLPClassifier

digits = load_digits()
n = len(digits.images)
draw = np.random.default_rng(0)
order = np.concatenate([draw.permutation(n) for _ in range(3)])
y = digits.target[order]
angles = np.concatenate([np.zeros(n), np.linspace(0, 90, 2 * n)])
pairs = zip(digits.images[order] / 16, angles, strict=True)
images = np.array([rotate(image, angle, reshape=False, order=1) for image, angle in pairs])
X = images.reshape(-1, 64)

# %%
# First the answer, then the lesson
# ---------------------------------
# ``predict_then_learn`` answers every digit before the step that learns from it.

m, window = 1, 599
network = SigmoidMLPClassifier((30,), eta=0.2, batch_size=m, random_state=0)
upright = network.predict_then_learn(X[:n], y[:n], classes=range(10))
frozen = deepcopy(network)
turning = network.predict_then_learn(X[n:], y[n:])
answers = np.concatenate([upright, turning])
old = np.concatenate([upright, frozen.predict(X[n:])])
learning, stopped = ((a == y).reshape(-1, window).mean(axis=1) for a in (answers, old))
print(f"the last {window} digits: {learning[-1]:.0%} and {stopped[-1]:.0%} are read right")

# %%
# Who keeps up?
# -------------

layout = {"layout": "constrained", "height_ratios": [1, 2.6]}
fig, axes = plt.subplot_mosaic("abcd;eeee", figsize=(8, 5), **layout)
for name, turn in zip("abcd", [0, 30, 60, 89], strict=True):
    k = np.flatnonzero((angles >= turn) & (y == 4))[0]
    axes[name].imshow(images[k], cmap="gray_r", vmin=0, vmax=1)
    axes[name].set_title(f"a {y[k]}, turned by {angles[k]:.0f}°", fontsize=10)
    axes[name].axis("off")
seen = window * np.arange(1, len(learning) + 1)
axes["e"].plot(seen, learning, "o-", color="#0072b2", label=f"goes on learning, m = {m}")
axes["e"].plot(seen, stopped, "s--", color="#d55e00", label="has stopped learning")
axes["e"].axvline(n, color="black", linestyle=":", label="the camera begins to turn")
axes["e"].set(xlabel="digits seen", ylabel=f"share of {window} read right", ylim=(0, 1))
axes["e"].legend()
plt.show()
