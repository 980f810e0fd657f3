"""Stores classifiers of every kind with what they answer, to stay readable for ever.

    python tests/helpers/frozen_classifiers.py

makes the folder tests/export/frozen/v1 (or that of the present version), once, after `VERSION`
in sknn_basic/export/document.py was raised. A folder that is there is never written again: it
is what users of that version have on their disks.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_iris

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.export import save
from sknn_basic.export.document import VERSION

FROZEN = Path(__file__).parents[1] / "export" / "frozen"

NAMES = ["sepal length", "sepal width", "petal length", "petal width"]

OWN_CODE = [[0.0, 0.25, 1.0], [1.0, 0.5, 0.0], [0.125, 1.0, 1.0]]


def classifiers():
    """Yield the name of a classifier, and the classifier."""
    X, y = load_iris(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    text = np.array(["setosa", "versicolor", "virginica"])[y]
    yield "perceptron", PerceptronClassifier(max_iter=5, tol=None, random_state=0).fit(X, y)
    perceptron = PerceptronClassifier.from_weights(
        [6.0, 2.0, 2.0, -0.5], threshold=5.0, classes=["no", "go"], feature_names=NAMES
    )
    yield "perceptron_text", perceptron

    def network(*sizes, **parameters):
        shared = {"max_iter": 20, "tol": None, "random_state": 0}
        return SigmoidMLPClassifier(sizes, **(shared | parameters))

    yield "network", network(5, 4, momentum=0.5, learning_rate="invscaling").fit(X, y)
    yield "network_float32", network(5, keep="average").fit(X.astype(np.float32), y == 1)
    weights = {"setosa": 1.0, "versicolor": 2.5, "virginica": 2}
    yield "network_text", network(5, class_weight=weights).fit(X, text)
    yield "network_binary_code", network(5, output_code="binary", eta=1.0).fit(X, text)
    yield "network_own_code", network(5, output_code=OWN_CODE, cost="quadratic").fit(X, y)
    judged = {"scoring": "f1_macro", "early_stopping": True, "keep": "best"}
    yield "network_scoring", network(5, **judged).fit(X, text)
    yield "network_multilabel", network(5).fit(X, np.column_stack([y == 0, y > 0, X[:, 0] > 0]))


def answers(classifier, X):
    """What a classifier says of these rows: arrays by name."""
    names = getattr(classifier, "feature_names_in_", None)
    rows = X if names is None else pd.DataFrame(X, columns=names)
    said = {"labels": classifier.predict(rows), "scores": classifier.decision_function(rows)}
    if hasattr(classifier, "predict_proba"):
        said["probabilities"] = classifier.predict_proba(rows)
    return said


def freeze(folder):
    """Make the folder, and fill it.

    Raises
    ------
    FileExistsError
        If it is there already.
    """
    folder.mkdir(parents=True)
    X = np.random.default_rng(0).normal(size=(12, 4)).round(3)
    said = {"X": X.tolist(), "answers": {}}
    for name, classifier in classifiers():
        for suffix in (".json", ".npz"):
            save(classifier, folder / f"{name}{suffix}")
        said["answers"][name] = {
            what: array.tolist() for what, array in answers(classifier, X).items()
        }
    (folder / "answers.json").write_text(json.dumps(said, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    freeze(FROZEN / f"v{VERSION}")
