"""
η at a glance
=============

How to choose the learning rate, by the book's third chapter: find the order of magnitude at
which the cost still falls, then take about half. One network for each of 16 rates, trained at
once for a single epoch, shows it in a moment.
"""

# %%
# Sixteen rates
# -------------
# The dotted line is the cost of the first weights. To the left networks learn too slowly; from
# the dashed line on the cost no longer falls. The shaded range is worth searching.

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits

from sknn_basic import SigmoidMLPClassifier
from sknn_basic.model_selection import FusedGridSearchCV
from sknn_basic.plotting import EtaCurveDisplay

X, y = load_digits(return_X_y=True)
X = X / 16
network = SigmoidMLPClassifier((30,), batch_size=10, tol=None, random_state=0)
fig, ax = plt.subplots(figsize=(6, 3.8), layout="constrained")
display = EtaCurveDisplay.from_estimator(network, X, y, ax=ax)
plt.show()

# %%
# Then a search
# -------------
# Five rates from that range, five folds each: the networks of a search that differ in their
# rates are trained at once, too.

grid = {"eta": display.curve.grid(5)}
search = FusedGridSearchCV(network.set_params(max_iter=10), grid).fit(X, y)
for eta, score in zip(grid["eta"], search.cv_results_["mean_test_score"], strict=True):
    print(f"eta = {eta:<6}  {score:.3f} right")
