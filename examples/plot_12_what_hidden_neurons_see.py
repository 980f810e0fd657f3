"""
What hidden neurons see
=======================

Nobody told the hidden neurons what to look for. Their weights show what they found, and so do
the digits that excite them most.
"""

# %%
# The weights
# -----------
# Each image holds the 64 weights of one hidden neuron. Purple pixels speak for firing, orange
# ones against it.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from sknn_basic import SigmoidMLPClassifier
from sknn_basic.plotting import WeightsDisplay

X, y = load_digits(return_X_y=True)
X = X / 16
network = SigmoidMLPClassifier((16,), batch_size=10, max_iter=30, tol=None, random_state=0)
network.fit(X, y)
weights = network.coefs_[0]
fig, ax = plt.subplots(figsize=(9, 2.6), layout="constrained")
WeightsDisplay.from_estimator(network, limit=np.quantile(np.abs(weights), 0.99), ax=ax)
plt.show()

# %%
# The digits that excite a neuron
# -------------------------------
# A neuron fires the more, the more ink there is on its purple pixels and the less on its
# orange ones. On the left are the digits at which it fires most. On the right is how
# strongly it fires for each digit, on average. Shown are the first eight neurons, if so many.

activations = network.hidden_activations(X)
strongest = np.argsort(-activations, axis=0)[:8].T
means = np.array([activations[y == digit].mean(axis=0) for digit in range(10)]).T
for neuron in range(min(3, len(strongest))):
    print(f"neuron {neuron} is excited most by", *y[strongest[neuron]])

shown = strongest[:8]
rows = len(shown)
tiles = np.pad(X[shown].reshape(rows, 8, 8, 8), ((0, 0), (0, 0), (1, 1), (1, 1)))
fig, axes = plt.subplots(1, 2, figsize=(9, 4.4), layout="constrained")
axes[0].imshow(tiles.swapaxes(1, 2).reshape(10 * rows, 80), cmap="gray_r")
axes[0].set_xticks([])
axes[0].set_yticks(10 * np.arange(rows) + 4.5, range(rows))
axes[0].set(xlabel="digits that excite it most", ylabel="hidden neuron")
image = axes[1].imshow(means[:8], cmap="cividis", vmin=0, vmax=1, aspect="auto")
axes[1].set_xticks(range(10))
axes[1].set_yticks(range(rows))
axes[1].set(xlabel="digit", ylabel="hidden neuron", box_aspect=rows / 8)
fig.colorbar(image, label="mean activation")
plt.show()
