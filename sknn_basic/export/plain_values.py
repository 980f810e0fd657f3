"""What a classifier is made of, as values that JSON knows, and back.

Both directions are checked alike, so what is written can be read. A value that comes from a
file is compared with types and dtypes listed here before anything is made of it; none of it is
ever looked up by name or executed.
"""

import inspect
import re
from math import inf, isfinite
from reprlib import repr as shortened

import numpy as np

LABEL_DTYPE = re.compile(r"bool|u?int(8|16|32|64)|float(16|32|64)|object|U([1-9][0-9]{0,8})")
"""Labels of which dtypes can be stored; "U7" is text of up to 7 characters."""

MOST_PADDING = 10_000_000
"""Characters that text may be padded to, all labels together."""

LARGEST_INT = 2**63

FOR_EVER = "inf"
"""What stands for an infinite `n_iter_no_change`, as JSON has no such number."""


def plain_floats(array):
    """Nested lists of floats that are `array` again when they are made float32 or float64.

    The shortest decimals that will do: 0.1 stands for float32(0.1), not 0.10000000149011612.
    """
    if array.dtype != np.float32:
        return array.tolist()
    short = array.astype(str).astype(np.float64)
    return np.where(short.astype(np.float32) == array, short, array).tolist()


def floats_from(values, dtype, name):
    """An array of this dtype from nested lists of numbers, or from an array.

    Raises
    ------
    ValueError
        For anything else, naming it.
    """
    try:
        array = np.array(values)
    except ValueError:  # lists of different lengths, or too deep
        array = np.empty(0, object)
    if array.dtype.kind not in "iuf" or _has_truth(values):
        raise ValueError(f"{name} must be a regular array of numbers, got {shortened(values)}.")
    with np.errstate(over="ignore"):
        return array.astype(dtype)


def _has_truth(values):
    """Whether nested lists hold true or false, which NumPy takes for numbers."""
    if isinstance(values, list):
        return any(map(_has_truth, values))
    return isinstance(values, bool)


def plain_labels(classes):
    """Labels as a dict of their dtype and values.

    Raises
    ------
    ValueError
        For labels that cannot be read back as they are.
    """
    kind, itemsize = classes.dtype.kind, classes.dtype.itemsize
    dtype = f"U{itemsize // 4}" if kind == "U" else classes.dtype.name
    plain = {"dtype": dtype, "values": classes.tolist()}
    labels_from(plain)
    return plain


def labels_from(plain):
    """The labels that `plain_labels` has taken apart.

    Raises
    ------
    ValueError
        If the dtype is not one for labels, or a value is not of that dtype.
    """
    if not (isinstance(plain, dict) and plain.keys() == {"dtype", "values"}):
        raise ValueError(f"classes must have dtype and values, got {shortened(plain)}.")
    dtype, values = plain["dtype"], plain["values"]
    known = LABEL_DTYPE.fullmatch(dtype) if isinstance(dtype, str) else None
    if known is None or not isinstance(values, list) or not values:
        raise ValueError(
            "classes must be a list of bool, int, float or text with the name of its dtype, "
            f"got {shortened(values)} of dtype {shortened(dtype)}."
        )
    if dtype == "object" or dtype.startswith("U"):
        _check_text(values, int(known[3] or 0))
    with np.errstate(all="ignore"):
        labels = np.array(values).astype(dtype)
    if labels.tolist() != values or (dtype != "bool" and _has_truth(values)):
        raise ValueError(f"classes {shortened(values)} are not of dtype {dtype}.")
    return labels


def _check_text(values, width):
    if not all(isinstance(value, str) for value in values):
        raise ValueError(f"classes must all be text here, got {shortened(values)}.")
    if width > max(map(len, values), default=0) and width * len(values) > MOST_PADDING:
        raise ValueError(f"classes {shortened(values)} must not be padded to dtype U{width}.")


def plain_parameters(classifier):
    """The parameters of an estimator as a dict that JSON can hold.

    Arrays and tuples become lists, a dict of class weights a list of pairs, and true and false
    0 and 1 where a number is meant.

    Raises
    ------
    ValueError
        For objects, which only a pickle can keep.
    """
    defaults = _defaults(type(classifier))
    return {
        name: _plain_parameter(name, value, defaults[name])
        for name, value in classifier.get_params(deep=False).items()
    }


def _defaults(estimator):
    """The default of each parameter of a class of estimators."""
    parameters = inspect.signature(estimator).parameters
    return {name: parameter.default for name, parameter in parameters.items()}


def _plain_parameter(name, value, default):
    if name == "class_weight" and isinstance(value, dict):
        value = [[label, _as_number(weight)] for label, weight in value.items()]
        value = [list(map(_listed, pair)) for pair in value]
    else:
        value = _listed(value)
        value = value if isinstance(default, bool) else _as_number(value)
        value = FOR_EVER if name == "n_iter_no_change" and value == inf else value
    if not _is_plain(value):
        raise ValueError(
            f"The parameter {name}={shortened(value)} cannot be stored: a file without code "
            "holds finite numbers, text, None and lists of them. Replace it by set_params, or "
            "pickle the classifier."
        )
    return value


def _as_number(value):
    """The same with 0 and 1 for false and true."""
    if isinstance(value, list):
        return [_as_number(item) for item in value]
    return int(value) if isinstance(value, bool | np.bool_) else value


def _listed(value):
    """Arrays and sequences as lists, numbers of NumPy as Python's."""
    if hasattr(value, "__array__"):
        return np.asarray(value).tolist()
    return [_listed(item) for item in value] if isinstance(value, list | tuple) else value


def _is_plain(value, depth=2):
    if isinstance(value, list):
        return depth > 0 and all(_is_plain(item, depth - 1) for item in value)
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, int):
        return -LARGEST_INT <= value < LARGEST_INT
    return value is None or isinstance(value, str)


def parameters_from(plain, estimator):
    """The parameters of a class of estimators that `plain_parameters` has taken apart.

    Raises
    ------
    ValueError
        If one is missing, unknown, or not a plain value.
    """
    defaults = _defaults(estimator)
    if not isinstance(plain, dict) or plain.keys() != defaults.keys():
        got = set(plain) if isinstance(plain, dict) else set()
        missing, unknown = sorted(defaults.keys() - got), sorted(map(str, got - set(defaults)))
        raise ValueError(
            "parameters must be a dict of all parameters of the classifier: missing "
            f"{missing}, unknown {shortened(unknown)}."
        )
    for name, value in plain.items():
        may_be_true = isinstance(defaults[name], bool) or name == "class_weight"
        if not _is_plain(value) or (_has_truth(value) and not may_be_true):
            raise ValueError(
                f"The parameter {name} must be a finite number, text, None or a list of them, "
                f"got {shortened(value)}."
            )
    parameters = dict(plain)
    if plain.get("n_iter_no_change") == FOR_EVER:
        parameters["n_iter_no_change"] = inf
    if isinstance(weights := plain.get("class_weight"), list):
        parameters["class_weight"] = _class_weight(weights)
    if isinstance(sizes := plain.get("hidden_layer_sizes"), list):
        parameters["hidden_layer_sizes"] = tuple(sizes)
    return parameters


def _class_weight(pairs):
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise ValueError(
            f"class_weight must be pairs of a label and its weight, got {shortened(pairs)}."
        )
    weights = dict(pairs)
    numbers = all(isinstance(w, int | float) and not isinstance(w, bool) for _, w in pairs)
    if len(weights) < len(pairs) or not numbers:
        raise ValueError(
            f"class_weight must have one number for each label, got {shortened(pairs)}."
        )
    return weights
