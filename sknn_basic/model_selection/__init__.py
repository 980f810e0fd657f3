"""Searching parameters, with many networks trained at once.

`FusedGridSearchCV` and `FusedRandomizedSearchCV` are scikit-learn's searches of the same names
without "Fused", in a fraction of the time where candidates differ in learning rates and the
like; `eta_curve` shows what many learning rates make of the cost in an epoch.
"""

from sknn_basic.model_selection.eta_curve import EtaCurve, eta_curve
from sknn_basic.model_selection.search import FusedGridSearchCV, FusedRandomizedSearchCV

__all__ = ["EtaCurve", "FusedGridSearchCV", "FusedRandomizedSearchCV", "eta_curve"]
