"""A fitted classifier as a Python module that needs nothing but NumPy.

The code of the module is fixed text, below. Data go into it as literals only: numbers, and
text as the `repr` of a str, which is one whatever is in it.
"""

from sknn_basic import __version__
from sknn_basic.export.document import Classifier, exportable
from sknn_basic.export.plain_values import plain_floats, plain_labels
from sknn_basic.output_codes import entropies

HEAD = '''\
"""A {name} with {sizes} neurons, from input to output. It needs only NumPy.

Written by sknn_basic {version}. X is an array of shape (n_samples, {n_features}), its columns
in the order of the training data.
"""

import numpy as np
'''

FORWARD = '''

def weighted_inputs(X):
    """The weighted inputs of the output neurons, a row for each row of X."""
    with np.errstate(over="ignore", invalid="ignore"):
        A = np.asarray(X, DTYPE)
        if A.ndim != 2 or A.shape[1] != len(WEIGHTS[0]) or not np.isfinite(A).all():
            raise ValueError(f"X must be finite, with {len(WEIGHTS[0])} columns.")
        for W, b in zip(WEIGHTS[:-1], BIASES[:-1]):
            A = 0.5 * (1.0 + np.tanh(0.5 * (A @ W + b)))  # the sigmoid of A @ W + b
        return np.nan_to_num(A @ WEIGHTS[-1] + BIASES[-1])
'''

PREDICT = '''

def scores(X):
    """The score of each class, shape (n_samples, n_classes)."""
    return weighted_inputs(X){by_code}


def predict(X):
    """The class of each row: that of the highest score, the first of them in a tie."""
    return CLASSES[scores(X).argmax(axis=1)]
'''

PROBABILITY = '''

def predict_proba(X):
    """The probability of each class, shape (n_samples, n_classes)."""
    S = scores(X)
    with np.errstate(over="ignore"):
        P = np.exp(S - S.max(axis=1, keepdims=True))
    return P / P.sum(axis=1, keepdims=True)
'''

MULTILABEL = '''

def predict(X):
    """For each row and label 1 or 0, shape (n_samples, n_labels)."""
    return (weighted_inputs(X) > 0).astype(np.intp)


def predict_proba(X):
    """The probability of each label, shape (n_samples, n_labels)."""
    return np.exp(-np.logaddexp(0, -weighted_inputs(X)))
'''


def to_numpy_source(classifier: Classifier) -> str:
    """Write a small Python module that predicts what a fitted classifier does.

    Parameters
    ----------
    classifier : PerceptronClassifier or SigmoidMLPClassifier
        Fitted.

    Returns
    -------
    source : str
        The module. It has ``predict(X)``, for a network ``predict_proba(X)`` too, and as data
        ``CLASSES``, ``FEATURE_NAMES``, ``WEIGHTS`` and ``BIASES``; ``CODE`` where a class has
        no output neuron of its own, and ``ENTROPIES`` where CODE holds more than 0 and 1. X
        is a dense array; the results are those of the classifier up to rounding, in its
        dtype.

    Raises
    ------
    TypeError, NotFittedError
        As `to_dict`.
    ValueError
        If weights are not finite, or labels are no bool, numbers or text.

    Examples
    --------
    >>> from sknn_basic import PerceptronClassifier
    >>> from sknn_basic.export import to_numpy_source
    >>> visit = PerceptronClassifier.from_weights([6, 2, 2], threshold=5, classes=["no", "go"])
    >>> module = {}
    >>> exec(to_numpy_source(visit), module)
    >>> module["predict"]([[1, 0, 0], [0, 1, 1]])
    array(['go', 'no'], dtype='<U2')
    """
    values = exportable(classifier)
    sizes = [len(values.weights[0]), *map(len, values.biases)]
    head = HEAD.format(
        name=type(classifier).__name__,
        sizes="-".join(map(str, sizes)),
        version=__version__,
        n_features=sizes[0],
    )
    return head + FORWARD + _answers(classifier, values) + _data(values)


def _answers(classifier, values):
    if values.multilabel:
        return MULTILABEL
    by_code = "" if values.code is None else " @ CODE.T"
    if values.code is not None and entropies(values.code).any():
        by_code += " + ENTROPIES"
    predict = PREDICT.format(by_code=by_code)
    return predict + (PROBABILITY if hasattr(classifier, "predict_proba") else "")


def _data(values):
    """The lines that hold what was learnt; they come last, as they may be many."""
    names, labels = values.feature_names, plain_labels(values.classes)
    weights = [_rows(plain_floats(W), "    ") for W in values.weights]
    biases = [_list(plain_floats(b), "    ") for b in values.biases]
    lines = [
        "\n",
        f"DTYPE = np.{values.dtype.name}",
        f"FEATURE_NAMES = {None if names is None else _list(names, '', 78)}",
        f"CLASSES = np.array({_list(labels['values'], '', 58)}, dtype={labels['dtype']!r})",
        *_code(values),
        "# of each layer; a row of weights for each input",
        f"WEIGHTS = {_block(weights, '')}",
        f"BIASES = {_block(biases, '')}",
        "WEIGHTS = [np.array(W, DTYPE) for W in WEIGHTS]",
        "BIASES = [np.array(b, DTYPE) for b in BIASES]",
        "",
    ]
    return "\n".join(lines)


def _code(values):
    if values.code is None:
        return []
    code = values.code.astype(values.dtype)
    lines = [
        f"CODE = np.array({_rows(plain_floats(code), '')}, DTYPE)  "
        "# the output neurons for each class"
    ]
    H = entropies(code)
    if H.any():
        numbers = _list(plain_floats(H), "", 66)
        lines += [
            "# the entropy of each row of CODE",
            f"ENTROPIES = np.array({numbers}, DTYPE)",
        ]
    return lines


def _rows(table, indent):
    return _block([_list(row, indent + "    ") for row in table], indent)


def _block(items, indent):
    """A list of literals with a line for each."""
    return "[\n" + "".join(f"{indent}    {item},\n" for item in items) + f"{indent}]"


def _list(values, indent, room=94):
    """A list of values as a literal: one line if that fits in `room`, or filled lines."""
    literals = [repr(value) for value in values]
    line = f"[{', '.join(literals)}]"
    if len(indent) + len(line) <= room:
        return line
    lines = [[]]
    for literal in literals:
        if len(", ".join([indent, *lines[-1], literal])) > 89 and lines[-1]:
            lines.append([])
        lines[-1].append(literal)
    return _block([", ".join(line) for line in lines], indent)
