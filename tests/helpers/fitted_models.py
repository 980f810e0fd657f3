"""Random fitted classifiers of every kind, small and quick to make."""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

KINDS = ("perceptron", "network", "multilabel", "grown", "by_hand", "one_class")
"""How a model came to be; see the functions below."""

OFTEN = {"perceptron": 3, "network": 5}
"""How often a kind comes, where not once."""

NAMES = ("weather", "a friend", 'it\'s "far"', "Größe", "line\nbreak", "<b>", "x_5", "\\", "")


class FittedModel(NamedTuple):
    """A fitted classifier, and new rows for it.

    `X` is an array of the model's dtype. `rows` is the same as a data frame where the model
    knows feature names (it would warn about an array), else `X` itself.
    """

    name: str
    model: Any
    X: Any
    rows: Any


def fitted_models(n, seed=0, *, kinds=KINDS):
    """Yield n random fitted models of these kinds; each depends on seed and its number."""
    shares = [kind for kind in kinds for _ in range(OFTEN.get(kind, 1))]
    for number in range(n):
        rng = np.random.default_rng([seed, number])
        kind = shares[number % len(shares)]
        model, data = MAKERS[kind](rng)
        X = _inputs(rng, int(rng.integers(1, 30)), model.n_features_in_, _dtype(model))
        yield FittedModel(_name(number, kind, model), model, X, _rows(X, data))


def _perceptron(rng):
    model = PerceptronClassifier(fit_intercept=bool(rng.random() < 0.7), **_training(rng))
    return _fitted(rng, model, _labels(rng, int(rng.integers(2, 8))))


def _network(rng):
    labels = _labels(rng, int(rng.integers(2, 8)))
    return _fitted(rng, _unfitted_network(rng, _code(rng, len(labels))), labels)


def _multilabel(rng):
    X = _data(rng)
    y = rng.integers(0, 2, (len(X), int(rng.integers(2, 5))))
    return _unfitted_network(rng, "one_hot").fit(X, y), X


def _grown(rng):
    labels = _labels(rng, int(rng.integers(3, 8)))
    model = _either(rng)
    X = _data(rng)
    y = labels[rng.integers(0, len(labels), len(X))]
    y[: len(labels)] = rng.permutation(labels)
    for part in np.array_split(np.arange(len(X)), 5):
        rows = X.iloc[part] if hasattr(X, "iloc") else X[part]
        model.partial_fit(rows, y[part], growing=True)
    return model, X


def _by_hand(rng):
    """Classes need not be sorted, and may be any numbers or text."""
    dtype, n_features = _some(rng, [np.float32, np.float64]), int(rng.integers(1, 6))
    labels = rng.permutation(_some(rng, [_labels, _odd_labels])(rng, int(rng.integers(2, 8))))
    n_outputs = 1 if len(labels) == 2 else len(labels)
    if rng.random() < 0.5:
        W, b = _layer(rng, (n_features, n_outputs), dtype)
        names = _some(rng, [None, NAMES[:n_features]])
        model = PerceptronClassifier.from_weights(W.T, b, classes=labels, feature_names=names)
        return model, None if names is None else pd.DataFrame(columns=list(names))
    code = _code(rng, len(labels))
    if not isinstance(code, str):
        n_outputs = len(code[0])
    elif code == "binary":
        n_outputs = (len(labels) - 1).bit_length()
    sizes = (n_features, *_hidden(rng), n_outputs)
    layers = [_layer(rng, shape, dtype) for shape in pairwise(sizes)]
    return SigmoidMLPClassifier.from_weights(
        [W for W, _ in layers], [b for _, b in layers], labels, output_code=code
    ), None


def _one_class(rng):
    model = _either(rng)
    return _fitted(rng, model, _labels(rng, 1))


MAKERS = {
    "perceptron": _perceptron,
    "network": _network,
    "multilabel": _multilabel,
    "grown": _grown,
    "by_hand": _by_hand,
    "one_class": _one_class,
}


def _fitted(rng, model, labels):
    X = _data(rng)
    y = labels[rng.integers(0, len(labels), len(X))]
    y[: len(labels)] = labels
    return model.fit(X, y), X


def _unfitted_network(rng, code):
    return SigmoidMLPClassifier(
        _hidden(rng),
        cost=_some(rng, ["quadratic", "cross_entropy"]),
        init=_some(rng, ["scaled", "normal"]),
        momentum=_some(rng, [0.0, 0.5]),
        output_code=code,
        **_training(rng),
    )


def _either(rng):
    if rng.random() < 0.5:
        return PerceptronClassifier(**_training(rng))
    return _unfitted_network(rng, "one_hot")


def _training(rng):
    return {
        "eta": _some(rng, [0.1, 0.5, 1.0]),
        "alpha": _some(rng, [0.0, 0.01]),
        "keep": _some(rng, ["last", "best", "average"]),
        "batch_size": _some(rng, [1, 7]),
        "max_iter": int(rng.integers(1, 4)),
        "tol": None,
        "random_state": int(rng.integers(1000)),
    }


def _hidden(rng):
    return tuple(rng.integers(1, 6, int(rng.integers(0, 4))).tolist())


def _code(rng, n_classes):
    """One of the named codes, or a table: of bits or of any numbers from 0 to 1."""
    kind = _some(rng, ["one_hot", "one_hot", "binary", "bits", "decimals", "reals"])
    if kind in ("one_hot", "binary"):
        return kind
    n_outputs = int(rng.integers(3, 6))
    if kind == "bits":
        chosen = rng.choice(2**n_outputs, n_classes, replace=False)
        return (chosen[:, None] >> np.arange(n_outputs) & 1).tolist()
    table = rng.random((n_classes, n_outputs))
    return table if kind == "reals" else np.round(table, 3).tolist()


def _labels(rng, n):
    """n sorted labels that a classifier may be trained with."""
    numbers = np.sort(rng.choice(9, n, replace=False))
    choices = [
        numbers,
        numbers.astype(np.int8) - 4,
        -1000 * numbers[::-1],
        numbers.astype(np.uint8),
        numbers - 3.0,
        numbers.astype(np.float32),
        np.array([f"class {k}" for k in numbers]),
        np.array(["é" * k for k in numbers], dtype=object),
    ]
    if n <= 2:
        choices.append(np.array([False, True])[:n])
    return _some(rng, choices)


def _odd_labels(rng, n):
    """n labels that only weights by hand may have."""
    return _some(rng, [rng.standard_normal(n), rng.random(n).astype(np.float32)])


def _data(rng):
    """Rows to train on: an array, or a data frame with names."""
    dtype, n_features = _some(rng, [np.float32, np.float64]), int(rng.integers(1, 6))
    X = _inputs(rng, int(rng.integers(12, 40)), n_features, dtype)
    if rng.random() < 0.7:
        return X
    return pd.DataFrame(X, columns=rng.permutation(NAMES)[:n_features])


def _inputs(rng, n, n_features, dtype):
    return (_some(rng, [0.5, 1.0, 3.0]) * rng.standard_normal((n, n_features))).astype(dtype)


def _layer(rng, shape, dtype):
    scale = _some(rng, [0.3, 2.0, 50.0])
    return tuple((scale * rng.standard_normal(s)).astype(dtype) for s in (shape, shape[1:]))


def _dtype(model):
    return (model.coefs_[0] if hasattr(model, "coefs_") else model.coef_).dtype


def _rows(X, data):
    """X as a data frame if the training data were one."""
    if not hasattr(data, "columns"):
        return X
    return pd.DataFrame(X, columns=data.columns)


def _name(number, kind, model):
    hidden = "-".join(str(len(b)) for b in getattr(model, "intercepts_", []))
    labels = f"{len(model.classes_)} {model.classes_.dtype} classes"
    return f"{number} {kind} {type(model).__name__} {hidden} {_dtype(model)} {labels}"


def _some(rng, choices):
    return choices[int(rng.integers(len(choices)))]
