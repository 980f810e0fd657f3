"""Bits and truth tables.

A truth table of n inputs has 2ⁿ rows, in the order in which one counts: 00, 01, 10, 11. The
first input is the most significant bit.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.int_]

MOST_INPUTS = 12
"""4,096 rows: what a table may have."""


def as_bits(values: Any, name: str) -> Bits:
    """An array of 0 and 1.

    Raises
    ------
    ValueError
        If anything else is in it.
    """
    array = np.asarray(values)
    if array.dtype != bool and not (
        np.issubdtype(array.dtype, np.number) and np.all((array == 0) | (array == 1))
    ):
        raise ValueError(f"{name} must hold 0 and 1 (or False and True) only, got {values!r}.")
    return array.astype(int)


def counted(n: int) -> Bits:
    """All rows of n bits, in the order in which one counts.

    Parameters
    ----------
    n : int

    Returns
    -------
    rows : ndarray of shape (2**n, n)
    """
    return to_bits(np.arange(2**n), n)


def to_bits(values: npt.ArrayLike, n: int) -> Bits:
    """Write whole numbers in n binary digits, the most significant first.

    Parameters
    ----------
    values : array-like of int
        From 0 to 2ⁿ − 1.
    n : int
        Digits.

    Returns
    -------
    bits : ndarray of shape (..., n)
        Of the shape of `values` and one axis more.

    Raises
    ------
    ValueError
        If a number is no whole number or does not fit.

    Examples
    --------
    >>> from sknn_basic.logic import to_bits
    >>> to_bits([5, 6], 4)
    array([[0, 1, 0, 1],
           [0, 1, 1, 0]])
    """
    array = np.asarray(values)
    if not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"values must be whole numbers, got {values!r}.")
    if array.size and (array.min() < 0 or array.max() >= 2**n):
        raise ValueError(
            f"values must be from 0 to {2**n - 1} to fit {n} bits, got {values!r}."
        )
    return (array[..., None] >> np.arange(n)[::-1]) & 1


def from_bits(bits: npt.ArrayLike) -> Any:
    """Read whole numbers written in binary digits, the most significant first.

    Parameters
    ----------
    bits : array-like of shape (..., n)
        Of 0 and 1.

    Returns
    -------
    values : int or ndarray of int
        Of the shape of `bits` without its last axis.

    Raises
    ------
    ValueError
        If there is anything else in it.

    Examples
    --------
    >>> from sknn_basic.logic import from_bits
    >>> int(from_bits([0, 1, 0, 1]))
    5
    """
    array = as_bits(bits, "bits")
    return array @ (1 << np.arange(array.shape[-1])[::-1])


def truth_table(function: Callable[..., Any], n_inputs: int) -> Bits:
    """What a function of bits answers to every row.

    Parameters
    ----------
    function : callable
        Called with `n_inputs` ints, 0 or 1; gives a bit, or a sequence of bits.
    n_inputs : int
        From 1 to 12.

    Returns
    -------
    table : ndarray of shape (2**n_inputs,) or (2**n_inputs, n_outputs)
        The answers to 0…00, 0…01, 0…10 and so on.

    Raises
    ------
    ValueError
        If there are more than 12 inputs, or it answers anything but bits.

    Examples
    --------
    >>> from sknn_basic.logic import truth_table
    >>> truth_table(lambda a, b: a and not b, 2)
    array([0, 0, 1, 0])
    """
    rows = counted(inputs_of(n_inputs)).tolist()
    return as_bits([function(*row) for row in rows], "the function's answers")


def as_table(table: Any, n_inputs: int | None) -> Bits:
    """A truth table of shape (2ⁿ, n_outputs) from a table or a function.

    Raises
    ------
    ValueError
        If its size is none of 2, 4, 8, … or not that of `n_inputs`.
    """
    if isinstance(table, str):
        raise ValueError(
            "A truth table must be a list of outputs, such as [1, 1, 1, 0], or a function of "
            f"bits, such as sknn_basic.logic.NAND; got the text {table!r}."
        )
    if callable(table):
        n_inputs = getattr(table, "n_inputs", None) if n_inputs is None else n_inputs
        if n_inputs is None:
            raise ValueError("n_inputs must be given where the table is a function.")
        table = truth_table(table, n_inputs)
    rows = as_bits(table, "the truth table")
    n = len(rows).bit_length() - 1 if rows.ndim in (1, 2) else -1
    wanted = n if n_inputs is None else inputs_of(n_inputs)
    if n < 1 or len(rows) != 2**wanted:
        size = "2, 4, 8, …" if n_inputs is None else f"2**{n_inputs} = {2**wanted}"
        raise ValueError(
            f"A truth table must have {size} rows, and one column an output; got one of shape "
            f"{rows.shape}."
        )
    inputs_of(n)
    return rows.reshape(len(rows), -1)


def inputs_of(n_inputs: Any) -> int:
    """`n_inputs` if a table can have so many.

    Raises
    ------
    ValueError
        Otherwise.
    """
    if not isinstance(n_inputs, int | np.integer) or not 1 <= n_inputs <= MOST_INPUTS:
        raise ValueError(
            f"n_inputs must be an int from 1 to {MOST_INPUTS} (a truth table has 2**n_inputs "
            f"rows), got {n_inputs!r}."
        )
    return int(n_inputs)
