"""
Ten outputs or four?
====================

Ten digits can be told by ten output neurons, one a digit, or by four, one a binary digit. Four
are enough to write the answer down. Ten are easier to learn: a neuron that means "this is an 8"
looks for a shape, and no shape tells whether the last binary digit is 1.
"""

# %%
# The same networks, with ten outputs and with four
# -------------------------------------------------
# Six seeds: six ways to begin and six splits into digits to learn from and digits to be tested.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from sknn_basic import SigmoidMLPClassifier
from sknn_basic.logic import binary_output_layer, from_bits

X, y = load_digits(return_X_y=True)
codes = {"one_hot": "10 outputs", "binary": "4 outputs"}
networks, errors = {}, {code: [] for code in codes}
for seed in range(6):
    X_train, X_test, y_train, y_test = train_test_split(X / 16, y, random_state=seed)
    settings = {"batch_size": 10, "max_iter": 25, "tol": None, "random_state": seed}
    for code in codes:
        networks[code] = SigmoidMLPClassifier((15,), output_code=code, **settings)
        networks[code].fit(X_train, y_train)
        errors[code].append(100 - 100 * networks[code].score(X_test, y_test))
print({code: f"{np.mean(errors[code]):.1f} % wrong" for code in codes})

fig, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
for pair in zip(*errors.values(), strict=True):
    ax.plot(list(codes.values()), pair, "-", color="#bbbbbb", zorder=1)
for (code, name), color, marker in zip(
    codes.items(), ["#0072b2", "#d55e00"], "os", strict=True
):
    ax.scatter([name] * len(errors[code]), errors[code], color=color, marker=marker)
ax.set(ylabel="test digits read wrongly (%)", ylim=(0, None), xlim=(-0.4, 1.4))
ax.grid(axis="y", alpha=0.3)
plt.show()

# %%
# From ten to four by hand
# ------------------------
# A further layer needs no learning. Each bit is the OR of the outputs whose number has it, and
# OR is a perceptron: weights 1 and bias -1/2. It wants one output near 1 and all others near 0.
# Where no output fires it writes 0000; of the most activated one it always writes the number.

layer, ten = binary_output_layer(), networks["one_hot"]
answers = ten.predict(X_test)
activations = ten.output_activations(X_test)
bits = layer.predict(activations)
same = np.mean(from_bits(bits) == answers)
same_by_argmax = np.mean(from_bits(layer.predict(np.eye(10)[answers])) == answers)
print(f"the same answer from activations: {same:.1%}, from the highest: {same_by_argmax:.1%}")

shown = [np.flatnonzero(y_test == digit)[0] for digit in range(10)]
fig, axes = plt.subplots(1, 2, figsize=(9, 4), width_ratios=[10, 4], layout="constrained")
for ax, values, names in zip(axes, [activations, bits], [range(10), [8, 4, 2, 1]], strict=True):
    image = ax.imshow(values[shown], cmap="Blues", vmin=0, vmax=1, aspect="auto")
    ax.set(xticks=range(len(names)), xticklabels=names, yticks=range(10), ylabel="test digit")
axes[0].set(title="activations of the ten outputs", xlabel="output neuron")
axes[1].set(title="four bits, by hand", xlabel="bit")
fig.colorbar(image, ax=axes, label="activation")
plt.show()
