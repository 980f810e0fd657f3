"""Sparse rows of many columns, few of which are there: work on those alone.

A pass over text, say, has a hundred thousand columns of weights and changes some hundred.
Without decay, momentum and averages the others stay as they are, so training runs on the
columns present, on copies, and only these are written into the whole at the end. A call
with one row then costs little more than what that row holds, whatever the width, and needs
no second copy of the weights to be safe from interruption.
"""

from dataclasses import dataclass
from functools import partial
from operator import setitem

import numpy as np
from scipy import sparse

from sknn_basic.engine.network import Parameters

WORTH_IT = 0.5
"""Narrowing pays where less than this share of the columns is present."""


@dataclass(frozen=True, slots=True)
class Wide:
    """The columns present, and the parameters of which they are a part.

    Parameters
    ----------
    X : CSR array of shape (n, n_present)
        The rows without their empty columns; it shares its data with the original.
    columns : ndarray of shape (n_present,)
        Where they stand in the whole.
    whole : Parameters
        Writable; its first weights are changed in place in the end.
    """

    X: sparse.csr_array
    columns: np.ndarray
    whole: Parameters

    @classmethod
    def of(cls, X, training, rule, keep="last"):
        """The `Wide` of a call, or None where nothing is to be had by it."""
        moving = rule.alpha or rule.momentum or training.memory.velocity is not None
        more = moving or keep == "average" or training.best.parameters is not None
        if more or not sparse.issparse(X):
            return None
        present = np.zeros(X.shape[1], bool)
        present[X.indices] = True
        columns = np.flatnonzero(present)
        if len(columns) > WORTH_IT * len(present):
            return None
        place = np.cumsum(present, dtype=X.indices.dtype)
        parts = X.data, place[X.indices] - 1, X.indptr
        narrow = sparse.csr_array(parts, shape=(X.shape[0], len(columns)))
        whole = training.parameters
        W = whole.weights[0]
        if not (W.flags.writeable and W.flags.c_contiguous):
            whole = whole.copy()
        return cls(narrow, columns, whole)

    def narrowed(self, training):
        """The record of training on the columns present."""
        W, *upper = self.whole.weights
        part = Parameters([W[self.columns], *upper], self.whole.biases)
        return training._replace(parameters=part)

    def widened(self, training, kept, in_place):
        """The record on all columns, the parameters to publish, and the writes that are due.

        In place, the published ones hold the whole first weights, which are right once the
        write is made: one call of a function that is C, so it cannot be cut in two.
        """
        W, part = self.whole.weights[0], kept.weights[0]
        public = self._around(W if in_place else self._filled(kept), kept)
        raw = public
        if kept is not training.parameters:
            raw = self._around(self._filled(training.parameters), training.parameters)
        writes = (partial(setitem, W, self.columns, part),) if in_place else ()
        return training._replace(parameters=raw), public, writes

    def _around(self, W, narrow):
        return Parameters([W, *narrow.weights[1:]], narrow.biases)

    def _filled(self, narrow):
        W = self.whole.weights[0].copy()
        W[self.columns] = narrow.weights[0]
        return W
