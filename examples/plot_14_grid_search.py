"""
Which learning rate, which batch size?
======================================

Nobody knows them beforehand. A search tries some of each, by cross-validation. The network
stands behind a scaler in a pipeline, so the scaler, too, learns from the training parts only.
"""

# %%
# Every pair of the two
# ---------------------
# 20 pairs, each trained three times for ten epochs and scored on the third left out.
# ``tol=None`` asks for just those epochs.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, ValidationCurveDisplay
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknn_basic import SigmoidMLPClassifier

X, y = load_digits(return_X_y=True)
X, y = X[:900], y[:900]
network = SigmoidMLPClassifier((15,), max_iter=10, tol=None, random_state=0)
pipeline = make_pipeline(StandardScaler(), network)
etas, sizes = [0.01, 0.1, 0.5, 2.0, 20.0], [1, 10, 50, 200]
eta_name, size_name = "sigmoidmlpclassifier__eta", "sigmoidmlpclassifier__batch_size"
search = GridSearchCV(pipeline, {eta_name: etas, size_name: sizes}, cv=3).fit(X, y)
names = {"index": f"param_{eta_name}", "columns": f"param_{size_name}"}
scores = pd.DataFrame(search.cv_results_).pivot(**names, values="mean_test_score")
best = search.best_params_
print(f"best: eta = {best[eta_name]}, m = {best[size_name]}, {search.best_score_:.3f} right")

# %%
# The map of the scores
# ---------------------
# The good pairs lie on a slope: a larger batch wants a larger rate, as it takes fewer steps in
# an epoch.

fig, ax = plt.subplots(figsize=(6, 4.2), layout="constrained")
image = ax.imshow(scores, cmap="cividis", vmin=0, vmax=1, aspect="auto")
for (row, column), score in np.ndenumerate(scores):
    color = "black" if score > 0.5 else "white"
    ax.text(column, row, f"{score:.2f}", ha="center", va="center", color=color)
ax.set_xticks(range(len(sizes)), sizes)
ax.set_yticks(range(len(etas)), etas)
ax.set(xlabel="batch_size m", ylabel="eta η")
fig.colorbar(image, label="mean accuracy of three parts")
plt.show()

# %%
# One parameter alone
# -------------------
# The accuracy on the digits that were trained on shows why a rate fails. With too small a rate
# the network has not even learnt those.

display = ValidationCurveDisplay.from_estimator(
    pipeline, X, y, param_name=eta_name, param_range=etas, cv=3, score_name="accuracy"
)
display.figure_.set(size_inches=(6, 3.8), layout_engine="constrained")
looks = [("#0072b2", "-"), ("#d55e00", "--")]
for line, band, look in zip(display.lines_, display.fill_between_, looks, strict=True):
    line.set(color=look[0], linestyle=look[1], marker="o", markersize=4)
    band.set_facecolor(look[0])
display.ax_.set(xlabel="eta η, batch_size 32", xscale="log")
display.ax_.legend()
plt.show()
