"""Files of every version of the format stay readable, and say what they said."""

import json
import pickle

import numpy as np
import pytest
from frozen_classifiers import FROZEN, answers, freeze
from optional_packages import needs

from sknn_basic import PerceptronClassifier
from sknn_basic.export import document, from_dict, load, to_dict

VERSIONS = [f"v{number}" for number in range(1, document.VERSION + 1)]
ANSWERS = "answers.json"
FILES = [
    path
    for version in VERSIONS
    for path in sorted((FROZEN / version).iterdir())
    if path.name != ANSWERS
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_stored_classifier_answers_as_it_did(path):
    kept = json.loads(path.with_name(ANSWERS).read_text())
    expected = kept["answers"][path.stem]
    said = answers(load(path), np.array(kept["X"]))
    assert said.keys() == expected.keys()
    assert said["labels"].tolist() == expected["labels"]
    for what in said.keys() - {"labels"}:
        tolerance = 1e-5 if "float32" in path.name else 1e-12
        np.testing.assert_allclose(said[what], expected[what], tolerance, tolerance)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_has_its_files(version):
    """Both formats of each classifier, and an answer to each."""
    named = json.loads((FROZEN / version / ANSWERS).read_text())["answers"].keys()
    for suffix in (".json", ".npz"):
        assert {path.stem for path in FILES if path.match(f"{version}/*{suffix}")} == named
    assert len(named) >= 8


def test_a_change_of_keys_or_parameters_asks_for_a_new_version():
    """The newest files have just what is written today, else `VERSION` must go up."""
    for path in FILES:
        if path.match(f"{VERSIONS[-1]}/*.json"):
            stored = json.loads(path.read_text())
            today = to_dict(load(path))
            assert today.keys() == stored.keys()
            assert today["parameters"].keys() == stored["parameters"].keys()


def test_what_is_frozen_is_not_written_again():
    with pytest.raises(FileExistsError):
        freeze(FROZEN / "v1")


# --- a version to come -------------------------------------------------------------------


class PerceptronOfTomorrow(PerceptronClassifier):
    """One that has got a parameter."""

    def __init__(self, *, eta=1.0, patience=0, max_iter=1000):
        super().__init__(eta=eta, max_iter=max_iter)
        self.patience = patience

    _parameter_constraints = PerceptronClassifier._parameter_constraints | {"patience": [int]}


def with_patience(old):
    """From version 1 to 2: what was never patient has the patience 0."""
    kept = {name: old["parameters"][name] for name in ("eta", "max_iter")}
    old["parameters"] = kept | {"patience": 0}


@pytest.fixture
def tomorrow(monkeypatch):
    monkeypatch.setattr(document, "VERSION", document.VERSION + 1)
    monkeypatch.setitem(document.UPGRADES, document.VERSION - 1, with_patience)
    monkeypatch.setitem(document.CLASSIFIERS, "PerceptronClassifier", PerceptronOfTomorrow)


@pytest.mark.usefixtures("tomorrow")
@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_a_new_parameter_leaves_old_files_readable(suffix):
    path = FROZEN / VERSIONS[-1] / f"perceptron{suffix}"
    loaded = load(path)
    assert loaded.get_params() == {"eta": 1.0, "patience": 0, "max_iter": 5}
    kept = json.loads(path.with_name(ANSWERS).read_text())
    labels = loaded.predict(np.array(kept["X"]))
    assert labels.tolist() == kept["answers"]["perceptron"]["labels"]


@pytest.mark.usefixtures("tomorrow")
def test_an_upgrade_leaves_the_document_as_it_was():
    old = json.loads((FROZEN / VERSIONS[-1] / "perceptron.json").read_text())
    before = json.dumps(old)
    from_dict(old)
    assert json.dumps(old) == before


@pytest.mark.usefixtures("tomorrow")
@pytest.mark.parametrize("parameters", [None, 3, {}, "eta", []])
def test_an_old_document_that_is_damaged_is_refused(parameters):
    old = json.loads((FROZEN / VERSIONS[-1] / "perceptron.json").read_text())
    with pytest.raises(ValueError, match=f"not one of version {document.VERSION - 1}"):
        from_dict(old | {"parameters": parameters})
    with pytest.raises(ValueError, match=f"not one of version {document.VERSION - 1}"):
        from_dict({"format": document.FORMAT, "version": document.VERSION - 1})


# --- pickles and ONNX graphs ---------------------------------------------------------------

OTHERS = FROZEN / "others"
KEPT = json.loads((FROZEN / "v1" / ANSWERS).read_text())


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.InconsistentVersionWarning")
@pytest.mark.parametrize("path", sorted(OTHERS.glob("*.pickle")), ids=lambda path: path.stem)
def test_a_pickle_answers_as_it_did(path):
    """The classifiers' names in it are public, so the files that define them may move."""
    model, expected = pickle.loads(path.read_bytes()), KEPT["answers"][path.stem]
    said = answers(model, np.array(KEPT["X"]))
    assert said["labels"].tolist() == expected["labels"]
    np.testing.assert_allclose(said["scores"], expected["scores"], 1e-12, 1e-12)
    assert model.partial_fit(np.array(KEPT["X"]), said["labels"]) is model


@pytest.mark.parametrize("path", sorted(OTHERS.glob("*.onnx")), ids=lambda path: path.stem)
def test_a_graph_answers_as_its_classifier_does(path):
    onnxruntime = needs("onnxruntime")
    X, model = np.array(KEPT["X"]), load(FROZEN / "v1" / f"{path.stem}.json")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    labels, scores = session.run(None, {"X": X})
    assert labels.tolist() == model.predict(X).tolist()
    np.testing.assert_allclose(scores, model.decision_function(X), 1e-12, 1e-12)
