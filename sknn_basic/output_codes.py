"""Classes as target vectors of the output neurons, and back.

A code is a table with one row a class: row k is y(k), what the output neurons ought to
say for class k. One output neuron a class, the one-hot code, is the lecture's choice; two
classes need only one neuron. The binary code writes k in binary digits, on as few neurons as
can be. Any other table of numbers from 0 to 1 will do, as long as no two rows are the same.

Decoding uses one formula for every code. With the activations a = σ(z), the cross-entropy cost
of the class whose row is c is

    Σ_j [−c_j ln a_j − (1 − c_j) ln(1 − a_j)]  =  −c·z + (something free of c),

and cannot be less than the entropy of the row,

    H(c) = Σ_j [−c_j ln c_j − (1 − c_j) ln(1 − c_j)],

which it reaches at a = c. So what the cost is above its least, −(c·z + H(c)) + …, tells how far
the activations are from the row (the Kullback-Leibler divergence). The score of a class is
c·z + H(c): the highest has the nearest row, and a row that the neurons meet exactly wins.
Probabilities are the softmax of the scores.

In a table of 0 and 1 all entropies are 0. Then the highest score of one-hot is that of the most
activated neuron, and the probability of a class is the one that neurons which fire
independently, each with probability a_j, fire as its row says, normalised over the rows.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import entr

from sknn_basic._types import CodeName, Floats, Table

__all__ = ["binary", "class_scores", "code_table", "entropies", "one_hot"]


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


def binary(n_classes: int, dtype: npt.DTypeLike = np.float64) -> Floats:
    """The class numbers in binary digits, the most significant first.

    Parameters
    ----------
    n_classes : int
        Number of classes, K.
    dtype : dtype, default=float64
        Of the table.

    Returns
    -------
    code : ndarray of shape (K, ⌈log₂ K⌉)
        Row k is the target vector of class k. A single class has the code of `one_hot`.

    Examples
    --------
    >>> from sknn_basic.output_codes import binary
    >>> binary(10)[6]
    array([0., 1., 1., 0.])
    """
    if n_classes == 1:
        return one_hot(1, dtype)
    n_bits = (n_classes - 1).bit_length()
    bits = np.arange(n_classes)[:, None] >> np.arange(n_bits)[::-1] & 1
    return bits.astype(dtype)


CODES = {"one_hot": one_hot, "binary": binary}


def code_table(
    output_code: CodeName | Table, n_classes: int, dtype: npt.DTypeLike = np.float64
) -> Floats:
    """The table of a code given by name, or an own one, checked.

    Parameters
    ----------
    output_code : {"one_hot", "binary"} or array-like of shape (n_classes, n_outputs)
        An own table holds numbers from 0 to 1, a row for each class in sorted order.
    n_classes : int
        Number of classes, K.
    dtype : dtype, default=float64
        Of the table.

    Returns
    -------
    code : ndarray of shape (K, n_outputs)
        Row k is the target vector of class k.

    Raises
    ------
    ValueError
        If an own table has another number of rows, two rows that are the same, or numbers
        that are not from 0 to 1.

    Examples
    --------
    >>> from sknn_basic.output_codes import code_table
    >>> code_table("binary", 3)
    array([[0., 0.],
           [0., 1.],
           [1., 0.]])
    """
    if isinstance(output_code, str):
        return CODES[output_code](n_classes, dtype)
    table = np.array(output_code, dtype=dtype)
    if table.ndim != 2 or len(table) != n_classes or table.shape[1] == 0:
        raise ValueError(
            f"output_code must have one row for each of {n_classes} classes and one column for "
            f"each output neuron, got shape {table.shape}."
        )
    if not np.all((table >= 0.0) & (table <= 1.0)):
        raise ValueError(f"output_code must hold numbers from 0 to 1, got {output_code!r}.")
    if len(np.unique(table, axis=0)) < n_classes:
        raise ValueError(
            "output_code must have different rows, or classes cannot be told apart."
        )
    return table


def entropies(code: Floats) -> Floats:
    """The entropy of each row: the least cross-entropy that its class can have.

    Parameters
    ----------
    code : ndarray of shape (K, n_out)
        Row k is the target vector of class k, numbers from 0 to 1.

    Returns
    -------
    H : ndarray of shape (K,)
        Σ_j −c_j ln c_j − (1 − c_j) ln(1 − c_j), computed in float64 and of the code's dtype.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_basic.output_codes import entropies
    >>> entropies(np.array([[0.0], [0.5], [1.0]])).round(4)
    array([0.    , 0.6931, 0.    ])
    """
    words = code.astype(np.float64)
    return (entr(words) + entr(1.0 - words)).sum(axis=1).astype(code.dtype)


def class_scores(Z: Floats, code: Floats) -> Floats:
    """The score of each class's code word.

    Parameters
    ----------
    Z : ndarray of shape (n, n_out)
        Weighted inputs of the output neurons.
    code : ndarray of shape (K, n_out)
        Row k is the target vector of class k.

    Returns
    -------
    scores : ndarray of shape (n, K)
        Z codeᵀ, plus the entropy of each row where the table holds more than 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_basic.output_codes import binary, class_scores
    >>> class_scores(np.array([[3.0, -1.0]]), binary(3))
    array([[ 0., -1.,  3.]])
    """
    scores = Z @ code.T
    if np.vdot(code, code - 1):  # 0 for 0 and 1 alone: no summand is above 0
        scores += entropies(code)
    return scores
