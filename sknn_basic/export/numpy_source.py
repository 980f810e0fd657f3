"""A fitted classifier as a Python module that needs nothing but NumPy.

The code of the module is fixed text, below. Data go into it as literals only: numbers, and
text as the `repr` of a str, which is one whatever is in it.
"""

from sknn_basic import __version__
from sknn_basic.export.document import Classifier, exportable, layers_of, names_of
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
    return weighted_inputs(X) @ CODE.T{entropies}


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
        ``CLASSES``, ``FEATURE_NAMES``, ``CODE``, ``WEIGHTS`` and ``BIASES``, and
        ``ENTROPIES`` where CODE holds more than 0 and 1. X is a dense array; the results
        are those of the classifier up to rounding, in its dtype.

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
    exportable(classifier)
    layers = layers_of(classifier)
    sizes = [len(layers[0][0]), *(len(b) for _, b in layers)]
    head = HEAD.format(
        name=type(classifier).__name__,
        sizes="-".join(map(str, sizes)),
        version=__version__,
        n_features=sizes[0],
    )
    return head + FORWARD + _answers(classifier) + _data(classifier, layers)


def _answers(classifier):
    if classifier._multilabel:
        return MULTILABEL
    more = " + ENTROPIES" if _entropies(classifier).any() else ""
    predict = PREDICT.replace("{entropies}", more)
    return predict + (PROBABILITY if hasattr(classifier, "predict_proba") else "")


def _data(classifier, layers):
    """The lines that hold what was learnt; they come last, as they may be many."""
    names, labels = names_of(classifier), plain_labels(classifier.classes_)
    weights = [_rows(plain_floats(W), "    ") for W, _ in layers]
    biases = [_list(plain_floats(b), "    ") for _, b in layers]
    lines = [
        "\n",
        f"DTYPE = np.{classifier._first_weights().dtype.name}",
        f"FEATURE_NAMES = {None if names is None else _list(names, '', 78)}",
        f"CLASSES = np.array({_list(labels['values'], '', 58)}, dtype={labels['dtype']!r})",
        *_code(classifier),
        "# of each layer; a row of weights for each input",
        f"WEIGHTS = {_block(weights, '')}",
        f"BIASES = {_block(biases, '')}",
        "WEIGHTS = [np.array(W, DTYPE) for W in WEIGHTS]",
        "BIASES = [np.array(b, DTYPE) for b in BIASES]",
        "",
    ]
    return "\n".join(lines)


def _code(classifier):
    if classifier._multilabel:
        return []
    K, code = len(classifier.classes_), classifier._code(classifier._first_weights().dtype)
    table = _rows(plain_floats(code), "")
    if classifier._is_one_hot() and K != 2:
        return [f"CODE = np.eye({K}, dtype=DTYPE)  # the output neurons for each class"]
    lines = [f"CODE = np.array({table}, DTYPE)  # the output neurons for each class"]
    H = _entropies(classifier)
    if H.any():
        values = _list(plain_floats(H), "", 66)
        lines += ["# the entropy of each row of CODE", f"ENTROPIES = np.array({values}, DTYPE)"]
    return lines


def _entropies(classifier):
    return entropies(classifier._code(classifier._first_weights().dtype))


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
