"""What users may write: parameters, and weights by hand that make a classifier."""

import math
from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_array

from sknn_basic._classifiers.data import FLOATS
from sknn_basic._compat import Interval, Options, StrOptions

SHARED_CONSTRAINTS = {
    "eta": [Interval(Real, 0, None, closed="neither")],
    "batch_size": [Interval(Integral, 1, None, closed="left")],
    "max_iter": [Interval(Integral, 1, None, closed="left")],
    "alpha": [Interval(Real, 0, None, closed="left")],
    "shuffle": ["boolean"],
    "tol": [Interval(Real, 0, None, closed="left"), None],
    "n_iter_no_change": [
        Interval(Integral, 1, None, closed="left"),
        Options(Real, {math.inf}),
    ],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "scoring": [str, callable, None],
    "keep": [StrOptions({"last", "best", "average"})],
    "class_weight": [StrOptions({"balanced"}), dict, None],
    "warm_start": ["boolean"],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}


def numbers(values, name, ndim):
    """An own array of finite float64 or float32 with as many dimensions as `ndim` allows.

    Raises
    ------
    ValueError
        That names the parameter.
    """
    array = check_array(
        values,
        dtype=FLOATS,
        ensure_2d=False,
        allow_nd=True,
        copy=True,
        order="C",
        ensure_min_samples=0,
        input_name=name,
    )
    if array.ndim not in ndim or 0 in array.shape:
        wanted = " or ".join(f"{n}D" for n in ndim)
        raise ValueError(f"{name} must be a {wanted} array, got shape {array.shape}.")
    return array


def distinct(classes, n_outputs):
    """`classes` as an array that n output neurons can tell apart: 2 for one neuron, else n.

    Raises
    ------
    ValueError
        If their number is another, or two are the same, or there are two neurons: two
        classes need one.
    """
    if n_outputs == 2:
        raise ValueError(
            "classes: two classes need one output neuron, which fires for the second of them; "
            "got weights of two."
        )
    wanted = 2 if n_outputs == 1 else n_outputs
    labels = different(range(wanted) if classes is None else classes)
    if len(labels) != wanted:
        raise ValueError(
            f"classes must be {wanted} different labels for {n_outputs} output neurons, got "
            f"{classes!r}."
        )
    return labels


def different(classes):
    """`classes` as an array of labels.

    Raises
    ------
    ValueError
        If they are not in one dimension, or two are the same.
    """
    labels = check_array(
        classes, dtype=None, ensure_2d=False, ensure_min_samples=0, input_name="classes"
    )
    if labels.ndim != 1 or len(np.unique(labels)) != len(labels):
        raise ValueError(f"classes must be different labels, got {classes!r}.")
    return labels


def bias_of(bias, threshold, n_outputs, dtype):
    """The biases, given themselves or as thresholds (bias = −threshold), or zeros.

    Raises
    ------
    ValueError
        If both are given, or their number is not that of the perceptrons.
    """
    if bias is not None and threshold is not None:
        raise ValueError(
            "bias and threshold are two names for one number (bias = -threshold): give one of "
            f"them, got bias={bias!r} and threshold={threshold!r}."
        )
    name, given = ("bias", bias) if threshold is None else ("threshold", threshold)
    if given is None:
        return np.zeros(n_outputs, dtype)
    b = np.atleast_1d(numbers(given, name, (0, 1))).astype(dtype)
    if b.shape != (n_outputs,):
        raise ValueError(
            f"{name} must be one number for each of the {n_outputs} perceptrons, got {given!r}."
        )
    return b if threshold is None else -b


def layers(coefs, intercepts):
    """Weights and biases of each layer that fit together.

    Raises
    ------
    ValueError
        That names the layer.
    """
    if len(coefs) != len(intercepts) or len(coefs) == 0:
        raise ValueError(
            "coefs and intercepts must hold one array a layer each, got "
            f"{len(coefs)} and {len(intercepts)} arrays."
        )
    weights = [numbers(W, f"coefs[{k}]", (2,)) for k, W in enumerate(coefs)]
    biases = [numbers(b, f"intercepts[{k}]", (1,)) for k, b in enumerate(intercepts)]
    for k, (W, b) in enumerate(zip(weights, biases, strict=True)):
        if b.shape != W.shape[1:]:
            raise ValueError(
                f"intercepts[{k}] must have shape {W.shape[1:]} to fit coefs[{k}] of shape "
                f"{W.shape}, got shape {b.shape}."
            )
        if k and W.shape[0] != weights[k - 1].shape[1]:
            raise ValueError(
                f"coefs[{k}] must have {weights[k - 1].shape[1]} rows, one for each output of "
                f"the layer before, got shape {W.shape}."
            )
    dtype = np.result_type(*weights, *biases)
    return [W.astype(dtype) for W in weights], [b.astype(dtype) for b in biases]


def names_of(feature_names, n_features):
    """`feature_names` as an array of text, or None.

    Raises
    ------
    ValueError
        If their number is not that of the weights, or they are not text.
    """
    if feature_names is None:
        return None
    names = np.array(list(feature_names), dtype=object)
    if names.shape != (n_features,) or not all(isinstance(name, str) for name in names):
        raise ValueError(
            f"feature_names must be {n_features} names, one for each weight, got "
            f"{feature_names!r}."
        )
    return names
