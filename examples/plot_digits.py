"""
Reading handwritten digits
==========================

A network of sigmoid neurons learns to read the 8 x 8 digits of scikit-learn. Its cost falls
from epoch to epoch, and the weights of its hidden neurons show what each one looks for.
"""

# %%
# The data
# --------
# 1,797 digits with pixel values from 0 to 16. A quarter of them is set aside for the test.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from sknn_basic import SigmoidMLPClassifier

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, stratify=y, random_state=0)

# %%
# Training
# --------
# 64 input neurons, one a pixel, 24 hidden ones and 10 output neurons, one a digit. Every 10
# digits make a mini-batch, and the network sees all of them 40 times.

network = SigmoidMLPClassifier(
    hidden_layer_sizes=(24,), eta=0.5, batch_size=10, max_iter=40, tol=None, random_state=0
)
network.fit(X_train, y_train)
print(f"Test accuracy: {network.score(X_test, y_test):.1%}")

# %%
# The cost falls
# --------------

epochs = np.arange(1, network.n_iter_ + 1)
fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.plot(epochs, network.loss_curve_, "o-", markersize=4)
ax.set(xlabel="epoch", ylabel="mean cost of a training digit", ylim=(0, None))
ax.grid(alpha=0.3)
plt.show()

# %%
# What the hidden neurons look for
# --------------------------------
# Each image holds the 64 weights of one hidden neuron: a bright pixel speaks for firing, a
# dark one against it. All of them share one colour scale, symmetric about 0; the few largest
# weights have its end colours.

W = network.coefs_[0]
limit = np.quantile(np.abs(W), 0.99)
fig, axes = plt.subplots(3, 8, figsize=(9, 3.3), layout="constrained")
for ax, w in zip(axes.flat, W.T, strict=True):
    image = ax.imshow(w.reshape(8, 8), cmap="cividis", vmin=-limit, vmax=limit)
    ax.axis("off")
fig.colorbar(image, ax=axes, label="weight", extend="both")
plt.show()
