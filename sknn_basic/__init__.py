"""Perceptrons and networks of sigmoid neurons, trained by SGD, as scikit-learn classifiers.

`PerceptronClassifier` and `SigmoidMLPClassifier` are the public surface; `engine` holds the
numerics apart from scikit-learn. ``python -m sknn_basic`` recognises handwritten digits.
"""

from sknn_basic._perceptron import PerceptronClassifier
from sknn_basic._sigmoid_mlp import SigmoidMLPClassifier

__version__ = "0.1.0.dev0"

__all__ = ["PerceptronClassifier", "SigmoidMLPClassifier", "__version__"]
