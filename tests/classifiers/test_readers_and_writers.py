"""One thread predicts while another trains the same estimator: old model or new, never both."""

import pickle
import sys
import threading

import numpy as np
import pytest
from sklearn.base import clone

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 6))
FEW = np.array(["ant", "bee", "cat"])[np.arange(60) % 3]
MANY = np.array(["ant", "bee", "cow", "dog", "elk", "fox", "gnu"])[np.arange(60) % 7]

estimators = pytest.mark.parametrize(
    "estimator",
    [
        SigmoidMLPClassifier((8,), max_iter=2, tol=None, random_state=0),
        PerceptronClassifier(max_iter=2, tol=None, random_state=0),
    ],
    ids=["mlp", "perceptron"],
)


@pytest.fixture(autouse=True)
def threads_that_alternate_often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def questions(estimator):
    """Every way to ask, of one row and of many."""
    names = ["predict", "decision_function"]
    if hasattr(estimator, "predict_proba"):
        names += ["predict_proba", "predict_log_proba"]
    return [(name, rows) for name in names for rows in (1, 2, 60)]


def ask(model, question):
    name, rows = question
    answer = getattr(model, name)(X[:rows])
    return answer.shape, answer.tobytes() if answer.dtype.kind == "f" else answer.tolist()


def read_beside(model, write, complete):
    """What a reader meets while `write` works: errors, and answers of no complete model."""
    known = {q: [ask(other, q) for other in complete] for q in questions(model)}
    faults, answers, done = [], 0, threading.Event()

    def read():
        nonlocal answers
        while not done.is_set():
            for question, right in known.items():
                try:
                    answer = ask(model, question)
                except Exception as error:
                    faults.append((question, repr(error)))
                else:
                    answers += 1
                    if answer not in right:
                        faults.append((question, "no complete model says so"))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        write(model)
    finally:
        done.set()
        reader.join()
    assert answers + len(faults) > 0
    return faults


@estimators
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("warm", [False, True])
def test_answers_beside_fit_are_those_of_a_complete_model(estimator, warm):
    model = clone(estimator).set_params(warm_start=warm)
    complete = [clone(model).fit(X, FEW), clone(model).fit(X, MANY)]
    if warm:  # it goes on with the same classes
        complete = [clone(model).fit(X, FEW)]
        for _ in range(60):
            complete.append(pickle.loads(pickle.dumps(complete[-1])).fit(X, FEW))

    def write(model):
        for at in range(60):
            model.fit(X, FEW if warm or at % 2 else MANY)

    assert read_beside(model.fit(X, FEW), write, complete) == []


@estimators
def test_answers_beside_a_growing_stream_are_those_of_a_complete_model(estimator):
    names = np.array([f"label {k:02}" for k in range(40)])
    start = clone(estimator).partial_fit(X[:3], names[:3], growing=True)
    complete = [start]
    for k in range(3, 40):
        model = pickle.loads(pickle.dumps(complete[-1]))
        complete.append(model.partial_fit(X[k : k + 1], names[k : k + 1], growing=True))

    def write(model):
        for k in range(3, 40):
            model.partial_fit(X[k : k + 1], names[k : k + 1], growing=True)

    for _ in range(4):
        model = pickle.loads(pickle.dumps(start))
        assert read_beside(model, write, complete) == []


@estimators
def test_answers_beside_single_steps_are_those_of_a_complete_model(estimator):
    model = clone(estimator).partial_fit(X, FEW, classes=np.unique(FEW))
    complete = [pickle.loads(pickle.dumps(model))]
    for at in range(60):
        other = pickle.loads(pickle.dumps(complete[-1]))
        complete.append(other.partial_fit(X[at : at + 1], FEW[at : at + 1]))

    def write(model):
        for at in range(60):
            model.partial_fit(X[at : at + 1], FEW[at : at + 1])

    assert read_beside(model, write, complete) == []


def test_the_cost_beside_a_growing_stream_is_that_of_a_complete_model():
    X, y = np.random.default_rng(0).random((200, 6)), np.arange(200) % 3
    model = SigmoidMLPClassifier((4,), batch_size=1, random_state=0).fit(X, y)
    stop, failed = threading.Event(), []

    def ask():
        while not stop.is_set():
            try:
                model.total_cost(X, y)
                model.gradient(X, y)
            except Exception as error:
                failed.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    for label in range(-60, 0):
        model.partial_fit(X[:1], [label], growing=True)
    stop.set()
    thread.join()
    assert failed == []
