"""Classes as target vectors of the output neurons, and back.

A code is a table with one row a class: row k is y(k), what the output neurons ought to
say for class k. One output neuron a class, the one-hot code, is the lecture's choice; two
classes need only one neuron.

Decoding uses one formula for every code. If the output neurons are independent, each
firing with probability σ(z_j), the probability of the code word c is

    Π_j σ(z_j)^c_j (1 − σ(z_j))^(1 − c_j)  =  e^(Σ_j c_j z_j) · (a factor free of c),

so normalised over the K words it is the softmax of the scores Z codeᵀ, and the most
probable word has the highest score: with one-hot, that of the most activated neuron.
"""

import numpy as np
import numpy.typing as npt

from sknn_basic._types import Floats


def one_hot(n_classes: int, dtype: npt.DTypeLike = np.float64) -> Floats:
    """One neuron a class, or a single neuron for two classes.

    Parameters
    ----------
    n_classes : int
        Number of classes, K.
    dtype : dtype, default=float64
        Of the table.

    Returns
    -------
    code : ndarray of shape (K, K), or (2, 1) for K = 2
        Row k is the target vector of class k.

    Examples
    --------
    >>> from sknn_basic.output_codes import one_hot
    >>> one_hot(2)
    array([[0.],
           [1.]])
    >>> one_hot(10)[6]
    array([0., 0., 0., 0., 0., 0., 1., 0., 0., 0.])
    """
    if n_classes == 2:
        return np.array([[0.0], [1.0]], dtype)
    return np.eye(n_classes, dtype=dtype)


def class_scores(Z: Floats, code: Floats) -> Floats:
    """The score of each class's code word.

    Parameters
    ----------
    Z : ndarray of shape (n, n_out)
        Weighted inputs of the output neurons.
    code : ndarray of shape (K, n_out)

    Returns
    -------
    scores : ndarray of shape (n, K)
        Z codeᵀ.
    """
    return Z @ code.T
