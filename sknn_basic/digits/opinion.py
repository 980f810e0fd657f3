"""What a classifier says of an image: which digit it is, how surely, and if it is one."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from sknn_basic._classifiers.sigmoid_mlp import SigmoidMLPClassifier
from sknn_basic._types import Floats
from sknn_basic.digits.lattice import CAREFUL, PRICES
from sknn_basic.digits.reader import NO_DIGIT
from sknn_basic.digits.splitting import Choice, by_judgement, separate

MOST_DOUBT, MOST = 10.0, 50.0
"""−log P, and the weighted input of a neuron, from which on it makes no difference."""

NONE = 7.4
"""How much more often what is no digit is among the candidates than in training: fitted to
numbers of training images, as the prices of the lattice are."""

SLOPE, SHIFT = 0.61, 0.76
"""The log-odds that an answer is right, by those that it has among the candidates: most of
these are no digit, and of the answers most are. Fitted to numbers of training images by
``python -m benchmarks.confidence``."""


class Opinion:
    """A fitted classifier of digits' images, asked for probabilities.

    Parameters
    ----------
    classifier : estimator
        Its class `NO_DIGIT`, if it has that, is for what is no digit.
    scale : float
        What its images are multiplied by; kept.
    """

    def __init__(self, classifier: Any, scale: float) -> None:
        self._classifier, self.scale = classifier, scale
        self._classes = np.asarray(getattr(classifier, "classes_", []))
        self._digits = np.flatnonzero(self._classes != NO_DIGIT)
        self._is_sure = hasattr(classifier, "predict_proba")

    def choice(self) -> Choice:
        """How to choose the cuts: by its probabilities, if it has any."""
        judges = self._is_sure and len(self._digits) > 0
        prices = PRICES if self.knows_none() else CAREFUL
        return by_judgement(self.doubt, prices) if judges else separate

    def of(self, images: Floats) -> tuple[npt.NDArray[Any], Floats]:
        """The label of each image, never `NO_DIGIT`, and its probability or NaN.

        With a class for what is no digit, this counts as in `doubt`.
        """
        X = self._rows(images)
        labels = np.asarray(self._classifier.predict(X))
        if not self._is_sure:
            return labels, np.full(len(X), np.nan)
        P = self._classifier.predict_proba(X)
        if self.knows_none():
            P = P[:, self._digits]
            labels = self._classes[self._digits][P.argmax(axis=1)]
            return labels, np.exp(-self.doubt(images))
        return labels, P.max(axis=1)

    def chance(self, p: Floats) -> Floats:
        """How probably answers are right that have the probability p among the candidates."""
        return expit(SLOPE * logit(p) + SHIFT) if self.knows_none() else p

    def doubt(self, images: Floats) -> Floats:
        """−log of the probability of each candidate's best digit, shape (n,).

        Most candidates are no digit. So the probability of the class for it, if there is
        one, counts `NONE` times. With one output neuron a digit, it is that of all being
        silent.
        """
        X = self._rows(images)
        last = getattr(self._classifier, "_final_estimator", self._classifier)
        if isinstance(last, SigmoidMLPClassifier) and len(self._classes) == last.n_outputs_:
            odds = np.exp(np.minimum(self._classifier.decision_function(X), MOST))
            none = np.full(len(X), NONE)
        else:
            P = self._classifier.predict_proba(X)
            odds = P[:, self._digits]
            none = NONE * np.maximum(P.sum(axis=1) - odds.sum(axis=1), 0.0)
        p = odds.max(axis=1) / (odds.sum(axis=1) + none)
        return -np.log(np.maximum(p, np.exp(-MOST_DOUBT)))

    def knows_none(self) -> bool:
        """Whether it has a class for what is no digit."""
        return len(self._digits) < len(self._classes)

    def _rows(self, images: Floats) -> Floats:
        return images.reshape(len(images), -1) * self.scale
