"""
Watching it learn
=================

Training may take long, and one wants to know how it goes. ``verbose`` prints a line every so
many epochs. From scikit-learn 1.9 on there are callbacks, too: a bar, and a monitor of scores.
"""

# %%
# Lines
# -----
# With validation data each line tells their score and cost as well.

from importlib.util import find_spec

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from sknn_basic import SigmoidMLPClassifier
from sknn_basic.plotting import LossCurveDisplay

X, y = load_digits(return_X_y=True)
X_train, X_val, y_train, y_val = train_test_split(X / 16, y, test_size=400, random_state=0)
network = SigmoidMLPClassifier((15,), max_iter=30, tol=None, random_state=0, verbose=5)
network.fit(X_train, y_train, X_val=X_val, y_val=y_val)

# %%
# Callbacks
# ---------
# ``ScoringMonitor`` scores the training data after every epoch, by any of scikit-learn's
# scorers. ``ProgressBar`` draws a bar and needs the package rich. An older scikit-learn has
# neither; then this part is left out.

monitored = []
if find_spec("sklearn.callback"):
    from sklearn.callback import ProgressBar, ScoringMonitor

    monitor = ScoringMonitor(scoring="accuracy")
    bar = [ProgressBar()] if find_spec("rich") else []
    network.set_params(verbose=0).set_callbacks(monitor, *bar)
    network.fit(X_train, y_train, X_val=X_val, y_val=y_val)
    rows = monitor.get_logs().data
    monitored = [row["accuracy"] for row in rows if row["task_name"] == "epoch"]

# %%
# The same as curves
# ------------------
# The costs are kept in any case, and so are the scores of the validation data.

fig, axes = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
LossCurveDisplay.from_estimator(network, ax=axes[0])
epochs = range(1, network.n_iter_ + 1)
if monitored:
    axes[1].plot(epochs, monitored, color="#0072b2", label="training, by the monitor")
axes[1].plot(epochs, network.validation_scores_, "--", color="#d55e00", label="validation")
axes[1].set(xlabel="epoch", ylabel="accuracy", xlim=(0.5, None))
axes[1].grid(alpha=0.3)
axes[1].legend()
plt.show()
