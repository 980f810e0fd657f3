"""A perceptron learns a gate, or it is proved that none can."""

from typing import Any

from sknn_basic._classifiers.perceptron import PerceptronClassifier
from sknn_basic.logic.separability import Separability, linear_separability
from sknn_basic.logic.tables import as_table, counted


class NotSeparableError(ValueError):
    """No perceptron computes this table.

    Parameters
    ----------
    message : str
        What is to be told.
    proof : Separability
        A point in the convex hulls of both the rows with 0 and the rows with 1; an attribute
        of the same name.

    Examples
    --------
    >>> from sknn_basic.logic import NotSeparableError, learn_gate
    >>> try:
    ...     learn_gate([1, 0, 0, 1])
    ... except NotSeparableError as error:
    ...     print(error.proof.point)
    [0.5 0.5]
    """

    def __init__(self, message: str, proof: Separability) -> None:
        super().__init__(message)
        self.proof = proof


def learn_gate(table: Any, n_inputs: int | None = None, **params: Any) -> PerceptronClassifier:
    """Train a perceptron until it computes a truth table.

    A perceptron that has not converged may only need more epochs; or none can do it. Here
    the two are told apart.

    Parameters
    ----------
    table : array-like of shape (2**n_inputs,), or callable
        One output for the inputs 0…00, 0…01, 0…10 and so on, or a function of `n_inputs` bits.
    n_inputs : int, default=None
        Needed for a function that is no `Gate`.
    **params
        Parameters of `PerceptronClassifier`. Without ``max_iter`` it takes the epochs that
        it needs.

    Returns
    -------
    gate : PerceptronClassifier
        It makes no mistake on any row.

    Raises
    ------
    NotSeparableError
        If no perceptron computes the table; its `proof` says why.
    ValueError
        For a table of the wrong size, text, more than one output, or anything but 0 and 1.

    Examples
    --------
    >>> from sknn_basic.logic import NotSeparableError, learn_gate
    >>> nor = learn_gate([1, 0, 0, 0], random_state=0)
    >>> nor.predict([[0, 0], [0, 1]])
    array([1, 0])
    >>> try:
    ...     learn_gate([0, 1, 1, 0])
    ... except NotSeparableError as error:
    ...     print(error.proof.point)
    [0.5 0.5]
    """
    answers = as_table(table, n_inputs)
    if answers.shape[1] != 1:
        raise ValueError(f"A gate has one output, got a table with {answers.shape[1]}.")
    y = answers[:, 0]
    X = counted(len(y).bit_length() - 1)
    if y.min() == y.max():
        weights, bias = [0.0] * X.shape[1], 1.0 if y[0] else -1.0
        return PerceptronClassifier.from_weights(weights, bias).set_params(**params)
    answer = linear_separability(X, y)
    if not answer:
        raise NotSeparableError(
            "No perceptron computes this table: it is not linearly separable. The point "
            f"{answer.point} is a mean of rows with output 0 and a mean of rows with "
            "output 1, and w·x + b cannot be both above 0 and not above 0 there. "
            "A network can: see compile_truth_table.",
            answer,
        )
    settings = {"batch_size": 1, "max_iter": 10**9} | params
    return PerceptronClassifier(**settings).fit(X, y)
