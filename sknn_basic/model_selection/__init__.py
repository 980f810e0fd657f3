"""Searching parameters, with many networks trained at once."""

from sknn_basic.model_selection.search import FusedGridSearchCV, FusedRandomizedSearchCV

__all__ = ["FusedGridSearchCV", "FusedRandomizedSearchCV"]
