"""Proves that an ONNX graph answers as the estimator does, run by ONNX Runtime."""

import sys

import numpy as np
import pytest
from fitted_models import fitted_models
from numpy.testing import assert_allclose
from optional_packages import needs
from pandas import DataFrame
from scipy import sparse
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.onnx import register_converters, to_onnx

onnx = needs("onnx")
reference = needs("onnx.reference")
skl2onnx = needs("skl2onnx")
onnxruntime = needs("onnxruntime")

FLOATS = [np.float32, np.float64]
floats = pytest.mark.parametrize("dtype", FLOATS)
RAW = {"zipmap": False, "raw_scores": True}

X, y = load_iris(return_X_y=True)
NAMES = np.array(["ant", 'bee "', "cé\n"])[y]


def run(graph, inputs):
    """Labels and scores, from one thread."""
    onnx.checker.check_model(graph, full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        graph.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, inputs if isinstance(inputs, dict) else {"X": inputs})


def converted(model, X, **options):
    return run(to_onnx(model, X, **options), X)


def perceptron():
    return PerceptronClassifier(max_iter=10, tol=None, random_state=0)


def network(**parameters):
    settings = {"max_iter": 10, "batch_size": 4, "tol": None, "random_state": 0} | parameters
    return SigmoidMLPClassifier((5,), **settings)


def in_columns(scores):
    """Decision scores with a column a class."""
    return scores if scores.ndim == 2 else np.column_stack([-scores, scores])


# --- random models ---------------------------------------------------------------------------


def away_from_ties(scores, tolerance):
    """Which answers do not hang on the last digits."""
    if scores.shape[1] == 1:
        return np.full(len(scores), True)
    best = np.sort(scores, axis=1)
    return best[:, -1] - best[:, -2] > tolerance


def assert_says_the_same(fitted, dtype):
    model, X, rows = fitted.model, fitted.X.astype(dtype), fitted.rows.astype(dtype)
    coefs = model.coefs_[0] if hasattr(model, "coefs_") else model.coef_
    exact = dtype == np.float64 and coefs.dtype == np.float64
    tolerance = 1e-12 if exact else 1e-5
    decision, answers = model.decision_function(rows), model.predict(rows)
    if len(model.classes_) == 1:
        decision = decision[:, None]
    nocl = {"nocl": not can_be_labels(model.classes_)}
    labels, raw = converted(model, X, options=RAW | nocl)
    if nocl["nocl"]:
        labels = model.classes_[labels]
    assert raw.dtype == dtype
    scale = max(1.0, np.abs(decision).max())
    expected = decision if answers.ndim == 2 else in_columns(decision)
    assert_allclose(raw, expected, rtol=0, atol=tolerance * scale)
    if answers.ndim == 2:
        sure = np.abs(decision) > 2 * tolerance * scale
    else:
        sure = away_from_ties(expected, 2 * tolerance * scale)
    assert labels.shape == answers.shape
    assert np.array_equal(labels[sure], answers[sure])
    if hasattr(model, "predict_proba"):
        _, P = converted(model, X, options={"zipmap": False} | nocl)
        assert_allclose(P, model.predict_proba(rows), rtol=0, atol=tolerance)
    return sure.mean()


def can_be_labels(classes):
    return classes.dtype.kind != "f" or np.array_equal(classes, np.round(classes))


@floats
@pytest.mark.parametrize(("n", "seed"), [(20, 1), pytest.param(250, 2, marks=pytest.mark.slow)])
def test_random_models_say_the_same(n, seed, dtype):
    sure = [assert_says_the_same(fitted, dtype) for fitted in fitted_models(n, seed)]
    assert np.mean(sure) > 0.95


# --- exact ties ------------------------------------------------------------------------------


def grid(n_features, dtype):
    """All points with coordinates −1, 0, 1: sums of whole numbers are exact in any order."""
    axes = [[-1, 0, 1]] * n_features
    return np.stack(np.meshgrid(*axes), -1).reshape(-1, n_features).astype(dtype)


def assert_ties_are_resolved_alike(model, X):
    labels, raw = converted(model, X, options=RAW)
    decision = model.decision_function(X)
    ties = (decision == 0).any() or not away_from_ties(in_columns(decision), 0).all()
    assert ties
    assert np.array_equal(labels, model.predict(X))
    expected = decision if labels.ndim == 2 else in_columns(decision)
    assert np.array_equal(raw, expected)


@floats
@pytest.mark.parametrize("n_classes", [2, 3, 5])
@pytest.mark.parametrize("seed", range(3))
def test_perceptrons_at_exactly_0(seed, n_classes, dtype):
    rng = np.random.default_rng(seed)
    W = rng.integers(-2, 3, (1 if n_classes == 2 else n_classes, 3)).astype(dtype)
    b = -W @ rng.integers(-1, 2, 3).astype(dtype)  # at one point of the grid all scores are 0
    labels = rng.permutation(n_classes) - 2
    model = PerceptronClassifier.from_weights(W, b, classes=labels)
    assert_ties_are_resolved_alike(model, grid(3, dtype))


@floats
@pytest.mark.parametrize(
    ("n_classes", "output_code"),
    [
        (2, "one_hot"),
        (3, "one_hot"),
        (4, "binary"),
        (5, "binary"),
        (2, [[0, 0, 1], [1, 1, 0]]),
        (3, [[0.25, 0.5], [0.5, 0.25], [1.0, 0.0]]),
        (3, [[0.0, 0.5], [0.5, 0.0], [1.0, 0.0]]),
    ],
)
def test_networks_between_two_code_words(n_classes, output_code, dtype):
    rng = np.random.default_rng(0)
    code = output_code if isinstance(output_code, list) else None
    n_outputs = len(code[0]) if code else {2: 1, 3: 3, 4: 2, 5: 3}[n_classes]
    W = rng.integers(-1, 2, (3, n_outputs)).astype(dtype)
    model = SigmoidMLPClassifier.from_weights(
        [W], [np.zeros(n_outputs, dtype)], list("edcba")[:n_classes], output_code=output_code
    )
    assert_ties_are_resolved_alike(model, grid(3, dtype))


@floats
def test_labels_of_their_own_at_exactly_0(dtype):
    W = np.array([[1, 0, -1], [1, 1, 0]], dtype)
    model = SigmoidMLPClassifier.from_weights([W], [np.zeros(3, dtype)], multilabel=True)
    assert_ties_are_resolved_alike(model, grid(2, dtype))


@floats
def test_a_hidden_neuron_at_exactly_0_is_half_on(dtype):
    layers = [np.array([[40.0], [-40.0]], dtype), np.array([[2.0]], dtype)]
    biases = [np.zeros(1, dtype), -np.ones(1, dtype)]
    model = SigmoidMLPClassifier.from_weights(layers, biases)
    assert_ties_are_resolved_alike(model, grid(2, dtype))


# --- another converter -----------------------------------------------------------------------


@floats
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_perceptron_has_the_outputs_of_scikit_learns(n_classes, dtype):
    rows = y < n_classes
    theirs = Perceptron(max_iter=5, tol=None, random_state=0).fit(X[rows], NAMES[rows])
    ours = PerceptronClassifier.from_weights(
        theirs.coef_ if n_classes > 2 else theirs.coef_[0],
        theirs.intercept_,
        classes=theirs.classes_,
    )
    data = X[rows].astype(dtype)
    expected, scores = run(skl2onnx.to_onnx(theirs, data, options={"zipmap": False}), data)
    labels, got = converted(ours, data)
    assert np.array_equal(labels, expected)
    assert_allclose(got, scores, rtol=1e-4 if dtype == np.float32 else 1e-12, atol=1e-4)


@floats
@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_network_has_the_outputs_of_scikit_learns(n_classes, dtype):
    rows = y < n_classes
    theirs = MLPClassifier((4,), activation="logistic", max_iter=30, random_state=0)
    theirs.fit(X[rows], y[rows])
    ours = SigmoidMLPClassifier.from_weights(theirs.coefs_, theirs.intercepts_)
    data = X[rows].astype(dtype)
    expected, P = run(skl2onnx.to_onnx(theirs, data, options={"zipmap": False}), data)
    labels, got = converted(ours, data)
    assert np.array_equal(labels, expected)
    assert_allclose(got, P, rtol=0, atol=1e-6 if dtype == np.float32 else 1e-14)


def test_another_runtime_says_the_same():
    model = network(output_code="binary").fit(X, NAMES)
    evaluator = reference.ReferenceEvaluator(to_onnx(model, X))
    labels, P = evaluator.run(None, {"X": X})
    assert np.array_equal(labels, model.predict(X))
    assert_allclose(P, model.predict_proba(X), rtol=0, atol=1e-12)


# --- inside of meta-estimators ---------------------------------------------------------------


def search_of_pipelines(model):
    return GridSearchCV(make_pipeline(StandardScaler(), model), {}, cv=2)


BOTH = {
    "pipeline": lambda model: make_pipeline(StandardScaler(), model),
    "pipelines": lambda model: make_pipeline(make_pipeline(StandardScaler(), model)),
    "columns": lambda model: make_pipeline(
        make_column_transformer((StandardScaler(), [0, 1]), remainder="passthrough"), model
    ),
    "grid": search_of_pipelines,
    "grid in a pipeline": lambda model: make_pipeline(search_of_pipelines(model)),
    "random search": lambda model: RandomizedSearchCV(model, {"eta": [0.5]}, n_iter=1, cv=2),
    "calibration": lambda model: CalibratedClassifierCV(model, cv=2),
}
NETWORKS = {
    "vote": lambda model: VotingClassifier(
        [("net", model), ("lr", logistic())], voting="soft", flatten_transform=False
    ),
    "bag": lambda model: BaggingClassifier(model, 2, random_state=0),
    "one vs rest": OneVsRestClassifier,
    "last of a stack": lambda model: StackingClassifier([("lr", logistic())], model, cv=2),
    "first of a stack": lambda model: StackingClassifier([("net", model)], logistic(), cv=2),
}
CASES = [(name, kind) for name in BOTH for kind in (perceptron, network)]
CASES += [(name, network) for name in NETWORKS]


def logistic():
    return make_pipeline(StandardScaler(), LogisticRegression())


@pytest.mark.parametrize("n_classes", [2, pytest.param(3, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("name", "kind"), CASES)
def test_meta_estimators(name, kind, n_classes):
    rows = y < n_classes
    model = (BOTH | NETWORKS)[name](kind()).fit(X[rows], NAMES[rows])
    for dtype, tolerance in [(np.float32, 1e-4), (np.float64, 1e-12)]:
        labels, scores = converted(model, X.astype(dtype))
        assert np.array_equal(labels, model.predict(X))
        if hasattr(model, "predict_proba"):
            expected = model.predict_proba(X)
        else:
            expected = in_columns(model.decision_function(X))
        scale = max(1.0, np.abs(expected).max())
        assert_allclose(scores, expected, rtol=0, atol=tolerance * scale)


@pytest.mark.parametrize("name", ["one vs rest", "last of a stack"])
def test_who_asks_perceptrons_for_probabilities(name):
    """Given the scores, OneVsRestClassifier would take 1/2 for the border of two classes."""
    model = NETWORKS[name](perceptron()).fit(X, y > 0)
    with pytest.raises(ValueError, match="raw_scores must be True for a PerceptronClassifier"):
        to_onnx(model, X)
    labels, scores = converted(model, X, options=RAW)
    assert np.array_equal(labels, model.predict(X))
    assert_allclose(scores, in_columns(model.decision_function(X)), rtol=1e-9)


def test_a_column_transformer_by_names():
    frame = DataFrame(X, columns=list("abcd"))
    columns = make_column_transformer(
        (StandardScaler(), ["a", "c"]), ("passthrough", ["b", "d"])
    )
    model = make_pipeline(columns, network()).fit(frame, NAMES)
    labels, P = run(to_onnx(model, frame), {name: frame[[name]].to_numpy() for name in frame})
    assert np.array_equal(labels, model.predict(frame))
    assert_allclose(P, model.predict_proba(frame), rtol=0, atol=1e-12)


# --- options ---------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"zipmap": True}])
def test_scores_as_dicts(options):
    data = X.astype(np.float32)
    model = network().fit(data, NAMES)
    labels, dicts = converted(model, data, options=options)
    assert np.array_equal(labels, model.predict(data))
    assert [list(each) for each in dicts] == 150 * [model.classes_.tolist()]
    got = [list(each.values()) for each in dicts]
    assert_allclose(got, model.predict_proba(data), rtol=0, atol=1e-5)


def test_there_are_no_dicts_of_float64():
    for model in (network(), make_pipeline(StandardScaler(), network())):
        model.fit(X, y)
        with pytest.raises(ValueError, match='options must hold "zipmap": False or'):
            to_onnx(model, X, options={"zipmap": True})
        with pytest.raises(ValueError, match='options must hold "zipmap": False or'):
            to_onnx(model, X, options={})


def test_scores_in_columns_of_their_own():
    model = network().fit(X, y)
    labels, *columns = converted(model, X, options={"zipmap": "columns"})
    assert np.array_equal(labels, model.predict(X))
    assert_allclose(np.column_stack(columns), model.predict_proba(X), rtol=0, atol=1e-12)


@pytest.mark.parametrize("wrap", [BOTH[name] for name in BOTH if name[:4] in ("pipe", "grid")])
def test_a_pipeline_hands_every_option_to_its_last_step(wrap):
    model = wrap(network()).fit(X, NAMES)
    labels, scores = converted(model, X, options=RAW | {"nocl": True})
    assert np.array_equal(model.classes_[labels], model.predict(X))
    assert_allclose(scores, model.decision_function(X), rtol=1e-9)


def test_options_by_the_name_of_a_step():
    model = make_pipeline(StandardScaler(), network()).fit(X, NAMES)
    options = {"zipmap": False, "sigmoidmlpclassifier__raw_scores": True}
    assert_allclose(converted(model, X, options=options)[1], model.decision_function(X))


def test_the_callers_options_are_not_changed():
    options = dict(RAW)
    to_onnx(network().fit(X, y), X, options=options)
    assert options == RAW


@pytest.mark.parametrize("opset", [13, 18])
def test_older_versions_of_onnx(opset):
    model = network().fit(X, NAMES)
    graph = to_onnx(model, X, target_opset=opset)
    assert graph.opset_import[0].version == opset
    labels, P = run(graph, X)
    assert np.array_equal(labels, model.predict(X))
    assert_allclose(P, model.predict_proba(X), rtol=0, atol=1e-12)


def test_skl2onnx_can_be_called_itself():
    register_converters()
    register_converters()
    model = network().fit(X, NAMES)
    graph = skl2onnx.to_onnx(model, X, options={"zipmap": False})
    assert np.array_equal(run(graph, X)[0], model.predict(X))


# --- labels ----------------------------------------------------------------------------------

HOSTILE = ["", "a\0b", "\u202e", "😀", 5000 * "x", "\\", "\n", "nan", "1", "\ufeff", "\x7f\x01"]


@pytest.mark.parametrize(
    "labels",
    [
        HOSTILE,
        np.array(HOSTILE, object),
        [-(2**63), 2**63 - 1, 0],
        np.array([3, 200, 7], np.uint8),
        np.array([1.0, -3.0, 0.0], np.float32),
        [True, False],
    ],
    ids=["text", "objects", "int64", "uint8", "float", "bool"],
)
def test_labels_pass_through(labels):
    n = 1 if len(labels) == 2 else len(labels)
    model = PerceptronClassifier.from_weights(
        np.eye(n)[0] if n == 1 else np.eye(n), classes=labels
    )
    rows = np.eye(n) if n > 1 else np.array([[0.0], [1.0]])
    got, _ = converted(model, rows)
    assert got.dtype == (object if isinstance(labels[0], str) else np.int64)
    assert got.tolist() == list(labels)


@pytest.mark.parametrize(
    "labels",
    [[0.5, 1.0, 2.0], ["\ud800", "a", "b"], np.array([2**63, 0, 1], np.uint64), [np.inf, 0, 1]],
    ids=["halves", "half a character", "too large", "infinite"],
)
def test_labels_that_onnx_does_not_have(labels):
    model = PerceptronClassifier.from_weights(np.eye(3), classes=range(3))
    model.classes_ = np.array(labels)
    with pytest.raises(ValueError, match="Labels must be text or whole numbers of 64 bits"):
        to_onnx(model, X[:, :3])
    got, _ = converted(model, np.eye(3), options={"zipmap": False, "nocl": True})
    assert got.tolist() == [0, 1, 2]


# --- inputs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["int64", "int32", "int8", "uint8", "bool"])
def test_whole_numbers_as_input(dtype):
    data = X.astype(dtype)
    model = network().fit(data, NAMES)
    labels, P = converted(model, data)
    assert np.array_equal(labels, model.predict(data))
    assert P.dtype == np.float32
    assert_allclose(P, model.predict_proba(data), rtol=0, atol=1e-5)


@pytest.mark.parametrize("form", [list, sparse.csr_array, sparse.coo_array, DataFrame])
def test_any_sample_with_columns_will_do(form):
    model = network().fit(X, NAMES)
    labels, _ = run(to_onnx(model, form(X)), X)
    assert np.array_equal(labels, model.predict(X))


def test_a_sample_that_will_not_do():
    model = network().fit(X, y)
    with_names = DataFrame(X, columns=list("abcd"))
    for sample, match in [
        (X[:, :3], "X must have 4 columns, as the data .* got 3"),
        (X[0], r"X must have rows and columns, .* got shape \(4,\)"),
        (X[:0], r"X must have rows and columns, .* got shape \(0, 4\)"),
        (None, r"X must have rows and columns, .* got shape \(\)"),
        (X.astype(np.float16), r"got float16. Use X.astype\(np.float32\)"),
        (X.astype(complex), "X must be of a dtype that skl2onnx knows"),
        (with_names, r"X must be a matrix for a SigmoidMLP.* Use X.to_numpy\(\)"),
    ]:
        with pytest.raises(ValueError, match=match):
            to_onnx(model, sample)


def test_weights_that_float32_cannot_hold():
    model = PerceptronClassifier.from_weights([1e200, 1.0])
    with pytest.raises(ValueError, match="X must be of dtype float64 for this model"):
        to_onnx(model, np.zeros((1, 2), np.float32))
    assert converted(model, np.array([[1.0, 0.0]]))[0].tolist() == [1]


@pytest.mark.parametrize("model", [network(), perceptron(), make_pipeline(network())])
def test_not_fitted(model):
    with pytest.raises(NotFittedError):
        to_onnx(model, X)


def test_without_skl2onnx(monkeypatch):
    monkeypatch.setitem(sys.modules, "skl2onnx", None)
    for call in (register_converters, lambda: to_onnx(network(), X)):
        with pytest.raises(ImportError, match=r'pip install "sknn_basic\[onnx\]"'):
            call()
