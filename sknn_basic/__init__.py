"""Perceptrons and networks of sigmoid neurons, trained by SGD, as scikit-learn classifiers.

`PerceptronClassifier` and `SigmoidMLPClassifier` are the public surface; `engine` holds the
numerics apart from scikit-learn. ``python -m sknn_basic`` recognises handwritten digits.
"""

from sknn_basic._program import end_interrupted, is_program

try:  # most of what `python -m sknn_basic` imports is imported here
    from sknn_basic._classifiers.perceptron import PerceptronClassifier
    from sknn_basic._classifiers.sigmoid_mlp import SigmoidMLPClassifier
except KeyboardInterrupt:
    if is_program():
        end_interrupted()
    raise

__version__ = "0.1.0"

for estimator in (PerceptronClassifier, SigmoidMLPClassifier):
    estimator.__module__ = __name__  # pickles and stored names know no private file
del estimator, end_interrupted, is_program

SKOPS_TRUSTED = ["sknn_basic.PerceptronClassifier", "sknn_basic.SigmoidMLPClassifier"]
"""What ``skops.io.load(file, trusted=SKOPS_TRUSTED)`` has to trust: one name a classifier."""

__all__ = ["SKOPS_TRUSTED", "PerceptronClassifier", "SigmoidMLPClassifier", "__version__"]
