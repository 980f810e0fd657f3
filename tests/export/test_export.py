"""What is exported predicts what the classifier does, and no file or name runs code."""

import ast
import copy
import io
import json
import os
import pickle
import struct
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fitted_models import fitted_models
from full_disk import no_room_beyond
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.export import from_dict, load, save, to_dict, to_numpy_source
from sknn_basic.export.fitted import fitted_values
from sknn_basic.export.plain_values import (
    floats_from,
    parameters_from,
    plain_floats,
    plain_parameters,
)

SUFFIXES = (".json", ".npz")
suffixes = pytest.mark.parametrize("suffix", SUFFIXES)


def module_of(model):
    """The exported source, executed."""
    module = {}
    exec(to_numpy_source(model), module)
    return module


def stored(model, folder, suffix):
    """The model out of a file."""
    path = Path(folder, "model" + suffix)
    save(model, path)
    return load(path)


def are_same(first, second):
    """Whether two arrays are of the same dtype and shape, and equal."""
    return first.dtype == second.dtype and np.array_equal(first, second)


def check_source(model, rows, X):
    module, tolerance = module_of(model), 1e-12 if X.dtype == np.float64 else 1e-6
    assert are_same(module["predict"](X), model.predict(rows))
    assert are_same(module["CLASSES"], model.classes_)
    names = getattr(model, "feature_names_in_", None)
    assert module["FEATURE_NAMES"] == (None if names is None else list(names))
    if isinstance(model, PerceptronClassifier):
        assert "predict_proba" not in module
        return
    P, expected = module["predict_proba"](X), model.predict_proba(rows)
    assert P.dtype == expected.dtype
    np.testing.assert_allclose(P, expected, rtol=0, atol=tolerance)


def check_loaded(loaded, model, rows):
    """Equal bit for bit: the weights are the same, and in the same order in memory."""
    assert type(loaded) is type(model)
    assert are_same(loaded.decision_function(rows), model.decision_function(rows))
    assert are_same(loaded.predict(rows), model.predict(rows))
    assert are_same(loaded.classes_, model.classes_)
    assert to_dict(loaded) == to_dict(model)


def check_export(models, folder):
    for name, model, X, rows in models:
        try:
            check_source(model, rows, X)
            check_loaded(from_dict(to_dict(model)), model, rows)
            for suffix in SUFFIXES:
                check_loaded(stored(model, folder, suffix), model, rows)
        except AssertionError as error:
            raise AssertionError(name) from error


# --- the same answers --------------------------------------------------------------------


def test_what_is_exported_predicts_the_same(tmp_path):
    check_export(fitted_models(60), tmp_path)


@pytest.mark.slow
def test_what_is_exported_predicts_the_same_five_hundred_times(tmp_path):
    check_export(fitted_models(500, seed=1), tmp_path)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("code", ["one_hot", "binary", [[0, 0, 1], [1, 0, 0], [0, 1, 0]]])
def test_ties_are_resolved_alike(code, dtype, tmp_path):
    """Equal weights, weights 0, and inputs 0: many scores are the same."""
    rng = np.random.default_rng(0)
    X = rng.integers(-1, 2, (50, 4)).astype(dtype)
    for n_outputs in (3,) if code != "binary" else (2,):
        W = rng.integers(-1, 2, (4, n_outputs)).astype(dtype)
        for weights in (W, 0 * W, W[:, [0] * n_outputs], -W):
            model = SigmoidMLPClassifier.from_weights(
                [weights], [np.zeros(n_outputs, dtype)], ["c", "a", "b"], output_code=code
            )
            scores = np.sort(model.decision_function(X), axis=1)
            assert np.any(scores[:, -1] == scores[:, -2])
            check_export([("ties", model, X, X)], tmp_path)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_row_between_others_is_answered_alike(dtype, tmp_path):
    """The middle row of 0, ½, 1 wins only by its entropy."""
    model = SigmoidMLPClassifier.from_weights(
        [np.ones((1, 1), dtype)], [np.zeros(1, dtype)], [0, 1, 2], output_code=[[0], [0.5], [1]]
    )
    X = np.array([[-4.0], [0.3], [4.0]], dtype)
    assert model.predict(X).tolist() == [0, 1, 2]
    check_export([("between", model, X, X)], tmp_path)


def test_a_score_of_exactly_0_does_not_fire(tmp_path):
    X = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [-0.0, -0.0]])
    one = PerceptronClassifier.from_weights([1.0, -1.0], classes=["silent", "fires"])
    expected = ["silent", "fires", "silent", "silent", "silent"]
    assert module_of(one)["predict"](X).tolist() == expected
    network = SigmoidMLPClassifier.from_weights([[[1.0], [-1.0]]], [[0.0]])
    each = SigmoidMLPClassifier.from_weights(
        [[[1.0, 0.0], [-1.0, 0.0]]], [[0.0, 0.0]], multilabel=True
    )
    assert module_of(each)["predict"](X).tolist() == [[0, 0], [1, 0], [0, 0], [0, 0], [0, 0]]
    check_export([("zero", model, X, X) for model in (one, network, each)], tmp_path)


@pytest.mark.parametrize("size", [1e30, 1e160, 1e308])
def test_overflow_is_no_warning(size, tmp_path):
    X = np.array([[1e150, -1e150], [1.0, -1.0], [0.0, 0.0], [1e300, 1e300]])
    W = size * np.array([[1.0, -0.5, 1.0], [-1.0, 0.5, 1.0]])
    models = [
        PerceptronClassifier.from_weights(W.T, classes=[0, 1, 2]),
        PerceptronClassifier.from_weights(W[:, 0]),
        SigmoidMLPClassifier.from_weights([W[:, :2], 0.1 * W], [[0.0] * 2, [0.0] * 3]),
        SigmoidMLPClassifier.from_weights([W], [[0.0] * 3], multilabel=True),
    ]
    for model in models:
        module = module_of(model)
        assert are_same(module["predict"](X), model.predict(X))
        if isinstance(model, SigmoidMLPClassifier):
            assert np.isfinite(module["predict_proba"](X)).all()
        check_loaded(stored(model, tmp_path, ".json"), model, X)


@pytest.mark.parametrize(
    "X", [[1.0, 2.0], [[1.0]], [[1.0, 2.0, 3.0]], [[np.nan, 0.0]], [[0.0, np.inf]], [[[1.0]]]]
)
def test_the_source_refuses_what_is_no_input(X):
    module = module_of(PerceptronClassifier.from_weights([1.0, 2.0]))
    with pytest.raises(ValueError, match="X must be finite, with 2 columns"):
        module["predict"](X)


def test_the_source_takes_lists_frames_and_other_numbers():
    module = module_of(PerceptronClassifier.from_weights([1.0, -2.0]))
    X = [[3, 1], [1, 1]]
    for given_X in (X, np.array(X), np.float32(X), pd.DataFrame(X), np.asfortranarray(X)):
        assert module["predict"](given_X).tolist() == [1, 0]


def test_a_module_of_its_own_needs_numpy_alone(tmp_path):
    script = (
        "import sys\n"
        "module = {}\n"
        "exec(open(sys.argv[1], encoding='utf-8').read(), module)\n"
        "X = eval(sys.stdin.read())\n"
        "answers = [module['predict'](X).tolist()]\n"
        "if 'predict_proba' in module:\n"
        "    answers.append(module['predict_proba'](X).tolist())\n"
        "assert not {'sklearn', 'scipy', 'sknn_basic', 'pandas'} & set(sys.modules)\n"
        "print(ascii(answers))\n"
    )
    path = tmp_path / "exported.py"
    for _, model, X, rows in fitted_models(2, seed=3, kinds=("network", "by_hand")):
        path.write_text(to_numpy_source(model), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-I", "-W", "error::SyntaxWarning", "-c", script, str(path)],
            input=repr(X.tolist()),
            capture_output=True,
            text=True,
            check=True,
        )
        labels, *P = ast.literal_eval(done.stdout)
        assert labels == model.predict(rows).tolist()
        if P:
            np.testing.assert_allclose(P[0], model.predict_proba(rows), atol=1e-6)


def test_a_network_for_digits_makes_readable_lines():
    rng = np.random.default_rng(0)
    sizes = (784, 30, 10)
    coefs = [rng.standard_normal((m, n)) for m, n in pairwise(sizes)]
    model = SigmoidMLPClassifier.from_weights(coefs, [rng.random(n) for n in sizes[1:]])
    source = to_numpy_source(model)
    assert max(map(len, source.splitlines())) <= 96
    X, module = rng.random((5, 784)), {}
    exec(source, module)
    assert are_same(module["predict"](X), model.predict(X))
    readable = [to_numpy_source(model) for _, model, _, _ in fitted_models(30, seed=4)]
    assert max(len(line) for text in readable for line in text.splitlines()) <= 96


# --- what comes back is a classifier -----------------------------------------------------


@suffixes
def test_learning_goes_on_from_the_weights(suffix, tmp_path):
    """Without momentum and schedule, and in the order of the rows, just as the original's."""
    tested = 0
    for name, model, X, _ in fitted_models(30, seed=5, kinds=("perceptron", "network")):
        if hasattr(model, "feature_names_in_") or getattr(model, "momentum", 0.0):
            continue
        original = copy.deepcopy(model).set_params(shuffle=False)
        loaded = stored(original, tmp_path, suffix)
        assert loaded.n_iter_ == loaded.t_ == 0
        y = np.resize(model.classes_, len(X))
        tested += 1
        for _ in range(2):
            original.partial_fit(X, y)
            loaded.partial_fit(X, y)
        assert are_same(loaded.decision_function(X), original.decision_function(X)), name
    assert tested > 5


def test_parameters_come_back():
    parameters = {
        "hidden_layer_sizes": np.array([3, 2]),
        "eta": np.float32(0.1),
        "max_iter": np.int64(7),
        "shuffle": np.bool_(False),
        "output_code": np.array([[0.0, 0.25], [1.0, 0.5], [0.125, 1.0]]),
        "class_weight": {np.str_("a"): 1, "b": np.float64(2.5)},
        "random_state": 3,
        "tol": None,
    }
    coefs = [np.ones((4, 3)), np.ones((3, 2)), np.ones((2, 2))]
    biases = [np.zeros(3), np.zeros(2), np.zeros(2)]
    model = SigmoidMLPClassifier.from_weights(coefs, biases, list("abc"), **parameters)
    loaded = from_dict(json.loads(json.dumps(to_dict(model))))
    expected = model.get_params() | {
        "hidden_layer_sizes": (3, 2),
        "output_code": parameters["output_code"].tolist(),
        "class_weight": {"a": 1, "b": 2.5},
    }
    assert loaded.get_params() == expected
    assert type(loaded.hidden_layer_sizes) is tuple
    whole = SigmoidMLPClassifier(3, tol=None, class_weight={1: 2.0, 2: 1.0})
    whole.fit([[0.0], [1.0]], [1, 2])
    assert from_dict(to_dict(whole)).get_params() == whole.get_params()


def test_the_document_and_the_classifier_share_nothing():
    model = SigmoidMLPClassifier.from_weights([np.ones((2, 3))], [np.ones(3)])
    document = to_dict(model)
    before = copy.deepcopy(document)
    loaded = from_dict(document)
    loaded.partial_fit([[1.0, 2.0]], [0])
    model.partial_fit([[1.0, 2.0]], [0])
    assert document == before


@given(
    arrays(np.float32, 20, elements=st.floats(width=32, allow_nan=False, allow_infinity=False))
)
@settings(deadline=None, max_examples=50)
def test_float32_in_few_digits_is_exact(values):
    plain = json.loads(json.dumps(plain_floats(values)))
    assert floats_from(plain, "float32", "values").tobytes() == values.tobytes()


def test_float32_is_short():
    assert plain_floats(np.float32([0.1, 1e-45, 3.4028235e38])) == [0.1, 1e-45, 3.4028235e38]


@suffixes
def test_labels_wider_than_they_need_keep_their_dtype(suffix, tmp_path):
    model = PerceptronClassifier.from_weights([1.0], classes=np.array(["a", "b"], dtype="U9"))
    assert stored(model, tmp_path, suffix).predict([[1.0]]).dtype == "U9"
    assert module_of(model)["predict"]([[1.0]]).dtype == "U9"


# --- names that would be code ------------------------------------------------------------

HOSTILE = [
    '"""); import os #',
    "''' + __import__('os').getcwd() + '''",
    "'",
    '"',
    "\\",
    "\\'",
    "ends in \\",
    "two\nlines\r\n",
    "\u2028\u2029\x85\x0b\x0c\x1c",
    "\ud800 alone",
    "\u202eright to left",
    "{sizes}{version!r}%s%(x)s",
    "nul\0inside",
    "# -*- coding: utf-7 -*-",
    "</script><b>&amp;",
    "x" * 100_000,
    "",
]


def structure(source):
    """What kinds of nodes the source is made of, in order, and what text is not data."""
    tree = ast.parse(source)
    return [type(node).__name__ for node in ast.walk(tree)]


@pytest.mark.parametrize("as_object", [False, True])
@pytest.mark.parametrize("kind", ["perceptron", "network"])
def test_names_stay_names(kind, as_object, tmp_path):
    n, rng = len(HOSTILE), np.random.default_rng(0)
    W, X = rng.standard_normal((n, n)), rng.standard_normal((20, n))

    def model(names):
        classes = np.array(names, dtype=object if as_object else None)
        if kind == "network":
            made = SigmoidMLPClassifier.from_weights([W], [np.zeros(n)], classes)
            made.feature_names_in_ = np.array(names, dtype=object)
            return made
        return PerceptronClassifier.from_weights(
            W, np.zeros(n), classes=classes, feature_names=names
        )

    hostile, harmless = model(HOSTILE), model([f"name {k}" for k in range(n)])
    source = to_numpy_source(hostile)
    source.encode("utf-8")
    assert structure(source) == structure(to_numpy_source(harmless))
    module = module_of(hostile)
    assert module["FEATURE_NAMES"] == HOSTILE
    assert module["CLASSES"].tolist() == HOSTILE
    rows = pd.DataFrame(X, columns=pd.Index(HOSTILE, dtype=object))
    check_source(hostile, rows, X)
    path = tmp_path / "exported.py"
    path.write_text(source, encoding="utf-8", newline="")
    assert compile(path.read_bytes(), str(path), "exec")
    for suffix in SUFFIXES:
        loaded = stored(hostile, tmp_path, suffix)
        assert loaded.feature_names_in_.tolist() == HOSTILE
        check_loaded(loaded, hostile, rows)


@given(st.text(st.characters(codec=None), max_size=20))
@settings(deadline=None, max_examples=40)
def test_any_text_is_a_literal(text):
    model = PerceptronClassifier.from_weights([1.0], feature_names=[text])
    assert module_of(model)["FEATURE_NAMES"] == [text]
    assert structure(to_numpy_source(model)) == STRUCTURE
    assert json.loads(json.dumps(to_dict(model)))["feature_names"] == [text]


STRUCTURE = structure(
    to_numpy_source(PerceptronClassifier.from_weights([1.0], feature_names=["x"]))
)


# --- files and documents that are not what they say --------------------------------------


class Payload:
    """Unpickling it touches a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def network():
    rng = np.random.default_rng(0)
    return SigmoidMLPClassifier.from_weights(
        [rng.standard_normal((3, 4)), rng.standard_normal((4, 3))],
        [rng.standard_normal(4), rng.standard_normal(3)],
        ["a", "b", "c"],
        class_weight={"a": 2.0},
    )


def perceptron():
    return PerceptronClassifier.from_weights(
        [[1.5, 2.0], [0.25, -1.0], [0.0, 1.0]],
        classes=[5, 6, 7],
        feature_names=["one", "two"],
    )


MODELS = {"network": network, "perceptron": perceptron}
OTHERS = [None, True, -1, 0, 2, 10**400, 0.5, "x", "", [], [1], [[1]], [[[1.0]]], {}, {"a": 1}]


def places(value, path=()):
    """Where the values inside a document stand."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield (*path, key)
        if isinstance(item, dict | list):
            yield from places(item, (*path, key))


def at(document, path):
    for key in path:
        document = document[key]
    return document


def check_document(document):
    """A ValueError, or a classifier that is what the document says."""
    try:
        model = from_dict(document)
    except ValueError:
        return False
    said, meant = to_dict(model), dict(document)
    layers, dtype = meant.pop("layers"), meant["dtype"]
    for layer, made in zip(layers, said.pop("layers"), strict=True):
        for part in ("weights", "biases"):
            assert np.array_equal(np.array(layer[part], dtype), np.array(made[part], dtype))
    assert said == meant
    assert model.predict(np.ones((2, model.n_features_in_))).shape[0] == 2
    return True


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize("name", MODELS)
def test_every_value_matters(name):
    """Each one removed, and each one replaced by many others."""
    document = to_dict(MODELS[name]())
    assert check_document(document)
    for path in places(document):
        broken = copy.deepcopy(document)
        del at(broken, path[:-1])[path[-1]]
        taken = check_document(broken)
        assert not (taken and isinstance(path[-1], str)), path  # a network may lose an input
        for other in OTHERS:
            broken = copy.deepcopy(document)
            at(broken, path[:-1])[path[-1]] = other
            check_document(broken)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


def check_mutation(data):
    document = to_dict(MODELS[data.draw(st.sampled_from(sorted(MODELS)))]())
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(document))))
        inside = at(document, path[:-1])
        action = data.draw(st.sampled_from(["replace", "remove", "borrow", "add"]))
        if action == "remove":
            del inside[path[-1]]
        elif action == "borrow":
            other = data.draw(st.sampled_from(list(places(document))))
            inside[path[-1]] = copy.deepcopy(at(document, other))
        elif action == "add" and isinstance(inside, list):
            inside.append(data.draw(json_values))
        else:
            inside["new" if action == "add" else path[-1]] = data.draw(json_values)
        if not document:
            break
    check_document(document)


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@given(st.data())
@settings(deadline=None, max_examples=60)
def test_a_changed_document_is_refused_or_taken_at_its_word(data):
    check_mutation(data)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@given(st.data())
@settings(deadline=None, max_examples=1500)
def test_many_changed_documents(data):
    check_mutation(data)


def changed(**changes):
    return to_dict(network()) | changes


def with_parameters(**changes):
    document = to_dict(network())
    return document | {"parameters": document["parameters"] | changes}


LAYER = {"weights": [[1.0, 2.0, 3.0]] * 3, "biases": [0.0] * 3}


@pytest.mark.parametrize(
    ("document", "match"),
    [
        ([], "must be a dict with format='sknn_basic classifier', got \\[\\]"),
        ({}, "must be a dict with format='sknn_basic classifier', got {}"),
        (changed(format="other"), "must be a dict with format"),
        (changed(version=3), "is of version 3, and this sknn_basic reads versions up to 2"),
        (changed(version="1"), "must have a version number, got '1'"),
        (changed(version=0), "must have a version number, got 0"),
        (changed(version=True), "must have a version number, got True"),
        (changed(more=1), "must have the keys"),
        (changed(classifier="Popen"), "classifier must be one of .*, got 'Popen'"),
        (changed(classifier=["a"]), "classifier must be one of"),
        (changed(classifier="PerceptronClassifier"), "missing \\['fit_intercept'\\], unknown"),
        (changed(parameters=[]), "parameters must be a dict of all parameters"),
        (with_parameters(depth=3), "missing \\[\\], unknown \\['depth'\\]"),
        (with_parameters(eta=-1.0), "The 'eta' parameter of SigmoidMLPClassifier must be"),
        (
            with_parameters(eta=float("inf")),
            "The parameter eta must be a finite number, text, None or a list of them, got inf",
        ),
        (with_parameters(eta=10**400), "The parameter eta must be a finite number, .* got 1"),
        (with_parameters(cost={}), "The parameter cost must be a finite number, .* got {}"),
        (with_parameters(hidden_layer_sizes=[5]), "hidden_layer_sizes=\\(5,\\) differs"),
        (with_parameters(class_weight=[1]), "class_weight must be pairs"),
        (with_parameters(class_weight=[["a", "b"]]), "class_weight must have one number"),
        (with_parameters(class_weight=[["a", 1], ["a", 2]]), "class_weight must have one"),
        (
            with_parameters(class_weight=[[[], 1]]),
            "parameter class_weight must be a finite number",
        ),
        (changed(classes=["a", "b", "c"]), "classes must have dtype and values"),
        (changed(classes={"dtype": "O", "values": ["a"]}), "of dtype 'O'"),
        (changed(classes={"dtype": "float128", "values": [1.0]}), "of dtype 'float128'"),
        (changed(classes={"dtype": "U1\n", "values": ["a"]}), "of dtype 'U1"),
        (changed(classes={"dtype": "U1\u0661", "values": ["a"]}), "must be a list of bool"),
        (changed(classes={"dtype": "object", "values": [1]}), "must all be text"),
        (changed(classes={"dtype": "object", "values": []}), "got \\[\\] of dtype 'object'"),
        (changed(classes={"dtype": "U1", "values": ["ab", "c", "d"]}), "are not of dtype U1"),
        (changed(classes={"dtype": "U2", "values": ["a\0", "c", "d"]}), "are not of dtype U2"),
        (changed(classes={"dtype": "U999999999", "values": list("abc")}), "not be padded"),
        (changed(classes={"dtype": "int8", "values": [1, 2, 300]}), "are not of dtype int8"),
        (changed(classes={"dtype": "int64", "values": [1, 2, 10**30]}), "makes no classifier"),
        (changed(classes={"dtype": "int8", "values": [1, 2]}), "2 classes|needs 1 output"),
        (changed(classes={"dtype": "int8", "values": [1, 2, 2]}), "different labels"),
        (changed(classes={"dtype": "int8", "values": [[1], [2], [3]]}), "different labels"),
        (changed(multilabel=1), "multilabel must be False, or for a network True; got 1"),
        (changed(multilabel=True), "classes must be the numbers of the columns"),
        (changed(feature_names="abc"), "feature_names must be None or a list"),
        (changed(feature_names=["a", "b"]), "feature_names must be 3 names"),
        (changed(feature_names=["a", "b", 3]), "feature_names must be 3 names"),
        (changed(dtype="object"), "dtype must be 'float32' or 'float64', got 'object'"),
        (changed(dtype=["float32"]), "dtype must be 'float32' or 'float64'"),
        (changed(layers={}), "layers must be a list, got {}"),
        (changed(layers=[]), "coefs and intercepts must hold one array a layer"),
        (changed(layers=[[]]), "layers\\[0\\] must have the keys \\['weights', 'biases'\\]"),
        (changed(layers=[LAYER | {"more": 1}]), "layers\\[0\\] must have the keys"),
        (changed(layers=[LAYER, LAYER, LAYER]), "hidden_layer_sizes=\\(4,\\) differs from"),
        (changed(layers=[LAYER | {"biases": [0.0]}]), "intercepts\\[0\\] must have shape"),
        (changed(layers=[LAYER | {"biases": [[0.0]]}]), "intercepts\\[0\\] must be a 1D"),
        (
            changed(layers=[LAYER | {"weights": [[1.0], []]}]),
            "weights of layers\\[0\\] must be",
        ),
        (changed(layers=[LAYER | {"weights": [["1"]]}]), "weights of layers\\[0\\] must be"),
        (changed(layers=[LAYER | {"weights": [[True]]}]), "weights of layers\\[0\\] must be"),
        (
            changed(layers=[LAYER | {"weights": [[1.0] * 3] * 2 + [[1.0, True, 0.0]]}]),
            "weights of layers\\[0\\] must be a regular array of numbers",
        ),
        (changed(layers=[LAYER | {"biases": [0, 0.5, False]}]), "biases of layers\\[0\\] must"),
        (with_parameters(eta=True), "The parameter eta must be a finite number, .* got True"),
        (with_parameters(batch_size=True), "The parameter batch_size must be a finite number"),
        (with_parameters(output_code=[[True, 0.0]]), "The parameter output_code must be a"),
        (with_parameters(class_weight=[["a", True]]), "class_weight must have one number"),
        (changed(classes={"dtype": "int64", "values": [0, True, 2]}), "are not of dtype int64"),
        (changed(classes={"dtype": "float64", "values": [False, 1.0, 2.0]}), "not of dtype fl"),
        (changed(layers=[LAYER | {"weights": [[10**400]]}]), "weights of layers\\[0\\] must"),
        (changed(layers=[LAYER | {"weights": [[np.nan] * 3]}]), "coefs\\[0\\] contains NaN"),
        (
            changed(dtype="float32", layers=[LAYER | {"biases": [1e39] * 3}]),
            "contains infinity",
        ),
        (to_dict(perceptron()) | {"multilabel": True}, "multilabel must be False"),
        (
            to_dict(perceptron()) | {"layers": [{"weights": [[1.0], [1.0]], "biases": [0.0]}]},
            "3",
        ),
        (
            to_dict(perceptron())
            | {"feature_names": None, "layers": [LAYER | {"weights": [[1.0] * 3] * 2}, LAYER]},
            "PerceptronClassifier has one layer, got 2",
        ),
    ],
)
def test_a_document_that_makes_no_classifier(document, match):
    with pytest.raises(ValueError, match=match):
        from_dict(document)


@suffixes
def test_a_truncated_file_is_refused(suffix, tmp_path):
    path = tmp_path / f"model{suffix}"
    save(network(), path)
    whole = path.read_bytes()
    for k in range(50):
        path.write_bytes(whole[: len(whole) * k // 50])
        with pytest.raises(ValueError, match=r"holds no classifier: .") as caught:
            load(path)
        assert str(path) in str(caught.value)


def test_a_damaged_npz_file_is_refused_or_harmless(tmp_path):
    path, model, rng = tmp_path / "model.npz", network(), np.random.default_rng(0)
    save(model, path)
    whole, refusals = path.read_bytes(), []
    for place in rng.permutation(len(whole))[:150]:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        try:
            loaded = load(path)
        except ValueError as error:
            refusals.append(str(error))
        else:
            assert to_dict(loaded) == to_dict(model)
    assert len(refusals) > 50
    assert all(refusal.startswith(f"{path} holds no classifier") for refusal in refusals)


@suffixes
def test_a_pickle_under_another_name_is_not_opened(suffix, tmp_path):
    path, touched = tmp_path / f"model{suffix}", tmp_path / "touched"
    payload = Payload(touched)
    np.save(tmp_path / "array.npy", np.array([payload], dtype=object), allow_pickle=True)
    archive = io.BytesIO()
    np.savez(archive, document=np.array([payload], dtype=object))
    objects = archive.getvalue()
    for data in (
        pickle.dumps(payload),
        pickle.dumps(payload, protocol=0),
        (tmp_path / "array.npy").read_bytes(),
        objects,
    ):
        path.write_bytes(data)
        with pytest.raises(ValueError, match=f"model\\{suffix} holds no classifier"):
            load(path)
    assert not touched.exists()
    pickle.loads(pickle.dumps(payload))
    assert touched.exists()


def members(model, folder):
    path = Path(folder, "whole.npz")
    save(model, path)
    with np.load(path) as archive:
        return dict(archive)


def claims(shape, dtype="<f8"):
    """An array's file of 8 bytes that says it has another shape."""
    file = io.BytesIO()
    header = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue() + bytes(8)


def test_an_npz_file_with_other_arrays(tmp_path):
    path, whole = tmp_path / "model.npz", members(network(), tmp_path)
    objects = np.array([Payload(tmp_path / "touched")], dtype=object)
    for changes, match in [
        ({"more": np.ones(3)}, "must have the arrays weights_0, biases_0"),
        ({"weights_0": None}, "must have the arrays weights_0, biases_0"),
        ({"weights_0": None, "biases_0": None}, "must have the arrays weights_0, biases_0"),
        ({"document": None}, "has no text named document"),
        ({"document": np.ones(3)}, "has no text named document"),
        ({"document": np.array([b"{}"])}, "has no text named document"),
        ({"document": np.array(b"[]")}, "must have the arrays"),
        ({"document": np.array(b"{")}, "Expecting property name"),
        ({"document": np.array(b'{"layers": []}')}, "must have the arrays"),
        ({"weights_0": objects}, "it is no complete .npz file"),
        ({"weights_0": np.array(["1.0"])}, "it is no complete .npz file"),
        ({"weights_0": np.array(b"1.0")}, "weights of layers\\[0\\] must be"),
        ({"weights_0": np.full((3, 4), np.nan)}, "coefs\\[0\\] contains NaN"),
        ({"weights_0": np.ones((3, 5))}, "intercepts\\[0\\] must have shape"),
    ]:
        arrays = {name: a for name, a in (whole | changes).items() if a is not None}
        np.savez(path, **arrays)
        with pytest.raises(ValueError, match=match):
            load(path)
    np.savez_compressed(path, **whole)
    with pytest.raises(ValueError, match=r"document\.npy is compressed"):
        load(path)
    assert not (tmp_path / "touched").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_npz_file_that_claims_much(tmp_path):
    path = tmp_path / "model.npz"
    for contents, match in [
        ([claims((10**9, 10**9))], "is said to be of shape \\(1000000000, 1000000000\\)"),
        ([claims((2,))], "and has 8 bytes"),
        ([claims((-1, -1))], "no complete .npz file"),
        ([claims((1,), "<i8")], "dtype int64"),
        ([claims((1,)), claims((1,))], "two arrays have the same name"),
    ]:
        with zipfile.ZipFile(path, "w") as archive:
            for content in contents:
                archive.writestr("weights_0.npy", content)
        with pytest.raises(ValueError, match=match):
            load(path)


def local_header(name, content):
    """What stands before a stored member's content in a zip file, and the list's entry."""
    crc, n = zlib.crc32(content), len(content)
    shared = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, crc, n, n, len(name), 0)
    return b"PK\x03\x04" + shared + name, b"PK\x01\x02\x14\x00" + shared


def nested_members(n, size):
    """A zip file in which each stored member holds all those after it."""
    content, entries = bytes(size), []
    for k in reversed(range(n)):
        file, name = io.BytesIO(), f"weights_{k}.npy".encode()
        header = {"descr": f"|S{len(content)}", "fortran_order": False, "shape": ()}
        np.lib.format.write_array_header_1_0(file, header)
        content = file.getvalue() + content
        local, entry = local_header(name, content)
        content = local + content
        entries.append((len(content), entry, name))
    listed = b"".join(
        entry + struct.pack("<HHHII", 0, 0, 0, 0, len(content) - length) + name
        for length, entry, name in entries
    )
    end = struct.pack("<HHHHIIH", 0, 0, n, n, len(listed), len(content), 0)
    return content + listed + b"PK\x05\x06" + end


def test_an_npz_file_that_holds_its_bytes_again_and_again_is_not_unpacked(tmp_path):
    path = tmp_path / "model.npz"
    path.write_bytes(nested_members(100, 300_000))
    size = path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        assert sum(info.file_size for info in archive.infolist()) > 90 * size
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"its arrays claim \d+ bytes, and it has \d+"):
            load(path)
        assert tracemalloc.get_traced_memory()[1] < 4 * size
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", [PerceptronClassifier, SigmoidMLPClassifier])
def test_endless_patience_is_stored_as_text(kind):
    endless = kind(n_iter_no_change=np.inf)
    plain = json.loads(json.dumps(plain_parameters(endless), allow_nan=False))
    assert plain["n_iter_no_change"] == "inf"
    assert parameters_from(plain, kind) == endless.get_params()
    with pytest.raises(ValueError, match="The parameter eta=inf cannot be stored"):
        plain_parameters(kind(eta=np.inf))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_true_where_a_number_is_meant_is_stored_as_one(suffix, tmp_path):
    model = network().set_params(eta=True, verbose=True, batch_size=True)
    model.set_params(class_weight={"a": True, "b": 2.0})
    loaded = stored(model, tmp_path, suffix)
    assert loaded.get_params() == model.get_params()
    assert type(loaded.eta) is type(loaded.verbose) is int
    assert loaded.shuffle is True


@pytest.mark.parametrize("kind", ["perceptron", "network"])
def test_a_class_with_a_neuron_of_its_own_needs_no_table(kind, tmp_path):
    """Exports of K classes take room and time for K, not for K²."""
    K, rng = 1500, np.random.default_rng(0)
    W, X = rng.standard_normal((3, K)), rng.standard_normal((7, 3))
    if kind == "network":
        model = SigmoidMLPClassifier.from_weights([W], [np.zeros(K)])
    else:
        model = PerceptronClassifier.from_weights(W.T, classes=np.arange(K))
    assert fitted_values(model).code is None
    source = to_numpy_source(model)
    assert len(source) < 200 * K
    assert "CODE" not in source
    assert "eye" not in source
    check_export([("many", model, X, X)], tmp_path)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "Expecting value"),
        ("[" * 100_000, "recursion"),
        ('{"format": NaN}', "it has the number NaN, which is not finite"),
        ('{"format": -Infinity}', "it has the number -Infinity"),
        ("1" * 10_000, "integer string conversion"),
        ('{"format": "sknn_basic classifier", "format": 1}', "has the key 'format' twice"),
        ('{"a": [{"b": 1, "c": 2, "b": 1}]}', "has the key 'b' twice"),
        ("import os", "Expecting value"),
    ],
)
def test_text_that_is_no_document(text, match, tmp_path):
    path = tmp_path / "model.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=match):
        load(path)


def test_a_number_too_large_for_a_float_is_refused(tmp_path):
    path = tmp_path / "model.json"
    save(perceptron(), path)
    path.write_text(path.read_text().replace("1.5", "1e999"))
    with pytest.raises(ValueError, match="contains infinity"):
        load(path)


# --- what cannot be exported -------------------------------------------------------------


class Own(PerceptronClassifier):
    """A class that no file names."""


class OwnCost:
    def value(self, A, Y):
        return ((A - Y) ** 2).sum(axis=1)

    def output_error(self, A, Y):
        return 2 * (A - Y) * A * (1 - A)


@pytest.mark.parametrize("export", [to_dict, to_numpy_source])
def test_what_is_no_fitted_classifier(export):
    X, y = [[0.0], [1.0]], [0, 1]
    pipeline = make_pipeline(StandardScaler(), PerceptronClassifier()).fit(X, y)
    for other in (pipeline, Own().fit(X, y), PerceptronClassifier, None):
        with pytest.raises(TypeError, match="classifier must be a fitted PerceptronClassifier"):
            export(other)
    with pytest.raises(NotFittedError):
        export(PerceptronClassifier())
    model = network()
    model.coefs_[0][0, 0] = np.nan
    with pytest.raises(ValueError, match="must have finite weights"):
        export(model)
    with pytest.raises(ValueError, match="output_code='binary' needs 2 output neurons"):
        export(network().set_params(output_code="binary"))
    with pytest.raises(ValueError, match="The 'eta' parameter"):
        export(network().set_params(eta=-1))
    dates = PerceptronClassifier.from_weights([1.0])
    dates.classes_ = np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[D]")
    with pytest.raises(ValueError, match=r"of dtype 'datetime64\[D\]'"):
        export(dates)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cost", OwnCost()),
        ("random_state", np.random.RandomState(0)),
        ("class_weight", {"a": np.inf}),
    ],
)
def test_parameters_that_only_a_pickle_keeps(name, value, tmp_path):
    model = network().set_params(**{name: value})
    path = tmp_path / "model.json"
    for call in (lambda: to_dict(model), lambda: save(model, path)):
        with pytest.raises(ValueError, match=f"The parameter {name}=.* cannot be stored"):
            call()
    assert not path.exists()
    check_source(model, np.ones((2, 3)), np.ones((2, 3)))  # which does not need it


# --- writing -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["model", "model.pkl", "model.json.gz", ".json", "model.npy"])
def test_the_suffix_says_the_format(path, tmp_path):
    for call in (lambda p: save(network(), p), load):
        with pytest.raises(ValueError, match=r"path must end in \.json or \.npz, got"):
            call(tmp_path / path)
    assert not list(tmp_path.iterdir())
    save(network(), tmp_path / "Model.JSON")
    assert load(str(tmp_path / "Model.JSON")).predict(np.ones((1, 3))).shape == (1,)


@suffixes
def test_a_missing_file_or_folder_is_an_oserror(suffix, tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / f"model{suffix}")
    with pytest.raises(FileNotFoundError):
        save(network(), tmp_path / "nowhere" / f"model{suffix}")


@suffixes
def test_a_failed_save_leaves_the_old_file(suffix, tmp_path, monkeypatch):
    path = tmp_path / f"model{suffix}"
    save(network(), path)
    before = path.read_bytes()
    broken = network()
    broken.intercepts_[0][0] = np.inf
    with pytest.raises(ValueError, match="finite"):
        save(broken, path)

    def fail(*_):
        raise PermissionError("not now")

    with no_room_beyond(len(before) // 2), pytest.raises(OSError, match="too large"):
        save(network(), path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fail)
        with pytest.raises(OSError, match="not now"):
            save(perceptron(), path)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before
    save(perceptron(), path)
    assert isinstance(load(path), PerceptronClassifier)


@pytest.mark.skipif(os.name == "nt", reason="POSIX links and permissions")
def test_a_link_stays_a_link_and_permissions_are_the_usual_ones(tmp_path):
    save(network(), tmp_path / "real.json")
    (tmp_path / "link.json").symlink_to("real.json")
    save(perceptron(), tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert isinstance(load(tmp_path / "real.json"), PerceptronClassifier)
    (tmp_path / "plain").touch()
    assert (tmp_path / "real.json").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no list of open files")
@suffixes
def test_no_file_stays_open(suffix, tmp_path):
    path = tmp_path / f"model{suffix}"
    before = len(os.listdir("/dev/fd"))
    save(network(), path)
    model = load(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match="holds no classifier") as caught:
        load(path)
    assert len(os.listdir("/dev/fd")) == before
    assert model is not caught
