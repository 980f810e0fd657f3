"""
A network that reads digits
===========================

64 input neurons, one a pixel. 15 hidden neurons. 10 output neurons, one a digit. The answer is
the output neuron that fires most.
"""

# %%
# Learning
# --------
# The digits have 8 x 8 pixels from 0 to 16. Divided by 16 they are from 0 to 1, as activations
# are. A quarter of the digits is set aside: the network does not learn from them.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from sknn_basic import SigmoidMLPClassifier
from sknn_basic.plotting import NetworkDisplay

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, stratify=y, random_state=0)
network = SigmoidMLPClassifier((15,), batch_size=10, max_iter=30, tol=None, random_state=0)
network.fit(X_train, y_train)
answers = network.predict(X_test)
wrong = np.flatnonzero(answers != y_test)
print(f"{len(y_test) - len(wrong)} of {len(y_test)} new digits are read correctly")

# %%
# One digit on its way
# --------------------
# The pixels go in on the left; the first eight and the last seven are drawn. Light circles
# fire, dark ones do not. A wide line is a large weight. On the right is how strongly each
# output neuron fires.

sample = np.flatnonzero(y_test == 4)[0]
fig, (image, drawing) = plt.subplots(
    1, 2, figsize=(9, 5.8), width_ratios=[1, 5], layout="constrained"
)
image.imshow(X_test[sample].reshape(8, 8), cmap="gray_r")
image.set_title(f"a {y_test[sample]}")
image.axis("off")
NetworkDisplay.from_estimator(network, x=X_test[sample], ax=drawing, max_neurons=15)
plt.show()

# %%
# Answers
# -------
# Above are the first wrong answers, below right ones. The number in brackets is the activation
# of the output neuron that fires most.

right = np.flatnonzero(answers == y_test)
fig, axes = plt.subplots(2, 7, figsize=(9, 3.6), layout="constrained")
for ax in axes.flat:
    ax.axis("off")
for ax, k in [*zip(axes[0], wrong, strict=False), *zip(axes[1], right, strict=False)]:
    ax.imshow(X_test[k].reshape(8, 8), cmap="gray_r")
    truth = "" if answers[k] == y_test[k] else f"\nis a {y_test[k]}"
    fires = network.output_activations(X_test[[k]]).max()
    ax.set_title(f"{answers[k]}  ({fires:.2f}){truth}", fontsize=10)
plt.show()
