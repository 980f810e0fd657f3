"""The pages, as far as no browser is needed: what is in the file, and what is refused."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import joblib
import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.__main__ import main
from sknn_basic.digits import load_reader
from sknn_basic.export import perceptron_page, to_dict, to_html
from sknn_basic.export.page.assembly import ASSETS
from sknn_basic.export.page.digits import ETA
from sknn_basic.export.page.network import as_text

X, y = load_digits(return_X_y=True)
HOSTILE = [
    "</script><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "<!-- <script>",
    "line\nbreak\u2028\u2029",
    "&lt;b&gt;${alert(1)}",
    "\\u003c\\",
    "$title",
    "]]>",
    "</title><style>*{display:none}</style>",
    "ordinary",
]


def random_network(sizes=(64, 5, 10), seed=0, dtype=np.float64, **parameters):
    """A network with weights drawn at random."""
    draw = np.random.default_rng(seed)
    pairs = list(pairwise(sizes))
    coefs = [draw.normal(0, n**-0.5, (n, m)).astype(dtype) for n, m in pairs]
    intercepts = [draw.normal(0, 1, m).astype(dtype) for _, m in pairs]
    return SigmoidMLPClassifier.from_weights(coefs, intercepts, **parameters)


class Parts(HTMLParser):
    """The tags of a page in order, and the text within each script, style and title."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts, self.inside = [], [], False
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.texts.append("")
        self.inside = True

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, text):
        if self.inside:
            self.texts[-1] += text

    def of(self, tag):
        """Attributes and text of all elements with this name."""
        found = zip(self.tags, self.texts, strict=True)
        return [(attrs, text) for (name, attrs), text in found if name == tag]


@pytest.fixture
def page(tmp_path):
    """Make a page and take it apart."""

    def make(classifier=None, **options):
        classifier = random_network() if classifier is None else classifier
        return Parts(to_html(classifier, tmp_path / "page.html", **options))

    return make


def data_of(parts):
    return json.loads(parts.of("script")[0][1])


def decoded(text):
    """What `as_text` has packed."""
    return np.frombuffer(base64.b64decode(text[1:]), {"h": "<f2", "f": "<f4"}[text[0]])


# --- what is in the file -----------------------------------------------------------------


@pytest.mark.parametrize(
    "make", [lambda path: to_html(random_network(), path), perceptron_page]
)
def test_the_policy_allows_the_pages_own_style_and_script_and_nothing_else(make, tmp_path):
    parts = Parts(make(tmp_path / "page.html"))
    (data, _), (attributes, script) = parts.of("script")
    ((_, style),) = parts.of("style")
    assert (data["type"], attributes) == ("application/json", {})
    policy = next(a["content"] for a, _ in parts.of("meta") if "http-equiv" in a)
    allowed = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert allowed == {
        "default-src": "'none'",
        "style-src": hash_of(style),
        "script-src": hash_of(script),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def hash_of(text):
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@pytest.mark.parametrize(
    "make", [lambda path: to_html(random_network(), path), perceptron_page]
)
def test_a_page_stands_alone_and_is_ready_for_everybody(make, tmp_path):
    path = tmp_path / "page.html"
    assert make(path) == path
    parts = Parts(path)
    for tag, attributes in parts.tags:
        assert not attributes.keys() & {"src", "style", "onclick", "onload"}, tag
        assert attributes.get("href", "data:,") == "data:,"
    assert parts.tags[0] == ("html", {"lang": "en"})
    names = [a for tag, a in parts.tags if tag == "svg" or a.get("role") in ("img", "group")]
    assert names
    assert all(a.keys() & {"aria-label", "aria-labelledby"} for a in names)
    ids = [a["id"] for _, a in parts.tags if "id" in a]
    assert len(ids) == len(set(ids))


def test_weights_classes_and_code_are_in_the_page(page):
    code = [[0.0, 0.0], [0.1, 0.9], [1.0, 0.0]]
    network = random_network((64, 4, 3, 2), classes=["a", "b", "c"], output_code=code)
    data = data_of(page(network))["network"]
    for layer, W, b in zip(data["layers"], network.coefs_, network.intercepts_, strict=True):
        assert np.array_equal(decoded(layer["coefs"]).reshape(W.shape), W.astype("f4"))
        assert np.array_equal(decoded(layer["intercepts"]), b.astype("f4"))
    assert data["classes"] == ["a", "b", "c"]
    assert data["code"] == code
    one = -0.1 * np.log(0.1) - 0.9 * np.log(0.9)
    assert data["entropies"] == pytest.approx([0, 2 * one, 0])
    assert data["probabilities"] is True


def test_hostile_names_and_titles_stay_text(page):
    plain = page()
    for title in HOSTILE:
        parts = page(
            random_network(classes=HOSTILE), title=title, sample_labels=HOSTILE, samples=X[:10]
        )
        tags = [(tag, attributes) for tag, attributes in parts.tags if tag != "meta"]
        assert tags == [(tag, attributes) for tag, attributes in plain.tags if tag != "meta"]
        assert parts.of("title")[0][1] == parts.of("h1")[0][1] == title
        data = data_of(parts)
        assert data["network"]["classes"] == HOSTILE
        assert [sample["label"] for sample in data["samples"]] == HOSTILE
        assert not re.search("[<>&\u2028\u2029]", parts.of("script")[0][1])


def test_even_half_a_character_makes_no_broken_file(page):
    parts = page(random_network(classes=["\ud800", *"123456789"]), title="\udfff!")
    assert parts.of("title")[0][1] == "?!"
    assert data_of(parts)["network"]["classes"][0] == "\ud800"


def test_the_same_classifier_gives_the_same_bytes(tmp_path):
    pages = [to_html(random_network(), tmp_path / name).read_bytes() for name in ("a", "b")]
    assert pages[0] == pages[1]
    assert b"\r" not in pages[0]


@pytest.mark.parametrize(("n_features", "hidden"), [(64, 60), (784, 100)])
def test_a_page_is_small(n_features, hidden, tmp_path):
    path = to_html(random_network((n_features, hidden, 10)), tmp_path / "page.html")
    assert path.stat().st_size < 600_000


def test_the_page_of_the_network_that_comes_along_is_below_a_megabyte(tmp_path):
    path = to_html(load_reader(no_digit=False), tmp_path / "page.html")
    assert path.stat().st_size < 1_000_000


def test_each_script_is_short_and_says_its_idea():
    scripts = sorted(path for path in ASSETS.iterdir() if path.name.endswith(".js"))
    assert len(scripts) > 10
    for script in scripts:
        lines = script.read_text(encoding="utf-8").splitlines()
        opening = "".join(lines[:3])
        assert "// " in opening, script.name
        assert len(lines) <= 130, script.name
        assert max(map(len, lines)) <= 96, script.name
    assert (ASSETS / "base.js").read_text(encoding="utf-8").startswith('"use strict";')


# --- what lessons need -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "letter"),
    [
        ([0.5, -0.0, 65504.0, 2.0**-24, 1.0 / 1024], "h"),
        ([0.1], "f"),
        ([65520.0], "f"),
        ([2.0**-25], "f"),
    ],
)
def test_numbers_are_packed_as_small_as_is_exact(values, letter):
    text = as_text(values, "here")
    assert text[0] == letter
    assert decoded(text).tolist() == np.float32(values).tolist()


def test_the_document_is_that_of_the_file(page):
    network = random_network(classes=list("abcdefghij"), momentum=0.5, eta=0.25)
    document = to_dict(network)
    del document["layers"]
    assert data_of(page(network))["network"]["document"] == document


class Squares:
    """A cost of one's own."""

    def value(self, A, Y):
        return ((A - Y) ** 2).sum(axis=1)

    def output_error(self, A, Y):
        return 2 * (A - Y) * A * (1 - A)


@pytest.mark.parametrize(
    ("classifier", "reason"),
    [
        (random_network(cost=Squares()), "The parameter cost="),
        (random_network(classes=[2**53 + 1, *range(9)]), "exact up to 9007199254740992 only"),
        (random_network(max_iter=2**60), "exact up to 9007199254740992 only"),
        (random_network(multilabel=True, class_weight="balanced"), "one label a sample"),
    ],
)
def test_what_cannot_be_taught_in_a_browser_is_a_page_that_says_why(classifier, reason, page):
    network = data_of(page(classifier))["network"]
    assert network["document"] is None
    assert reason in network["refusal"]


def test_the_learning_rate_for_lessons(page):
    assert data_of(page())["eta"] == ETA / 256  # full ink is 16
    assert data_of(page(scale=1))["eta"] == ETA
    assert data_of(page(eta=0.3))["eta"] == 0.3
    perceptron = PerceptronClassifier(eta=0.5, max_iter=1, tol=None).fit(X, y)
    assert data_of(page(perceptron))["eta"] == 0.5


# --- samples and scale -------------------------------------------------------------------


def test_the_carried_digits_are_the_samples(page):
    samples = data_of(page())["samples"]
    assert [sample["label"] for sample in samples] == [str(k) for k in y[:20]]
    assert np.array_equal([decoded(sample["pixels"]) for sample in samples], X[:20])


def test_scale_is_the_value_of_full_ink(page):
    data = data_of(page(scale=1))
    assert data["scale"] == 1.0
    assert np.array_equal(decoded(data["samples"][0]["pixels"]), X[0] / 16)


def test_for_large_images_the_carried_digits_are_enlarged(page):
    data = data_of(page(random_network((784, 10))))
    images = np.array([decoded(sample["pixels"]) for sample in data["samples"]])
    images = images.reshape(20, 28, 28)
    assert data["scale"] == images.max() == 1.0
    assert images.min() == 0.0
    assert np.all(images[:, :3] == 0.0)
    middle = np.tensordot(images.sum(axis=1), np.arange(28), 1) / images.sum(axis=(1, 2))
    assert np.all(np.abs(middle - 13.5) < 1.1)


@pytest.mark.parametrize("shape", [(3, 64), (3, 8, 8), (0, 64)])
def test_samples_of_ones_own(shape, page):
    samples = data_of(page(samples=X[:3].ravel()[: np.prod(shape)].reshape(shape)))["samples"]
    assert [sample["label"] for sample in samples] == [None] * shape[0]
    for sample, x in zip(samples, X, strict=False):
        assert np.array_equal(decoded(sample["pixels"]), x)


def test_an_empty_list_leaves_the_samples_out(page):
    assert data_of(page(samples=[]))["samples"] == []


# --- files -------------------------------------------------------------------------------


def test_a_file_is_replaced_at_once_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    path.write_text("old")
    with pytest.raises(ValueError, match="scale"):
        to_html(random_network(), path, scale=0)
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        to_html(random_network(), path)
    assert path.read_text() == "old"
    monkeypatch.undo()
    to_html(random_network(), path)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "make", [lambda path: to_html(random_network(), path), perceptron_page]
)
def test_places_where_no_page_can_be(make, tmp_path):
    with pytest.raises(FileNotFoundError, match="path must be in a folder that exists, got"):
        make(tmp_path / "none" / "page.html")
    with pytest.raises(IsADirectoryError, match="path must name a file"):
        make(tmp_path)


# --- what is refused ---------------------------------------------------------------------

SCALED = make_pipeline(MinMaxScaler(), SigmoidMLPClassifier((3,), max_iter=1, tol=None))


@pytest.mark.parametrize(
    ("classifier", "error", "match"),
    [
        (SigmoidMLPClassifier(), NotFittedError, "not fitted"),
        (SCALED, TypeError, "got Pipeline"),
        (LogisticRegression(), TypeError, "got LogisticRegression"),
        (None, TypeError, "got NoneType"),
        (random_network((63, 10)), ValueError, "784 features .* or 64 .* n_features_in_ = 63"),
        (random_network((4, 10)), ValueError, "n_features_in_ = 4"),
        (
            SigmoidMLPClassifier.from_weights([np.full((64, 3), 1e39)], [[0, 0, 0]]),
            ValueError,
            "layer 0 has numbers beyond float32",
        ),
    ],
)
def test_what_makes_no_page(classifier, error, match, tmp_path):
    with pytest.raises(error, match=match):
        to_html(classifier, tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"scale": 0}, ValueError, "scale must be a positive number or None, got 0"),
        ({"scale": True}, ValueError, "scale must be a positive number or None, got True"),
        ({"scale": "16"}, ValueError, "scale must be a positive number or None, got '16'"),
        ({"scale": np.inf}, ValueError, "scale must be a positive number or None, got inf"),
        ({"eta": 0}, ValueError, "eta must be a positive number or None, got 0"),
        ({"eta": True}, ValueError, "eta must be a positive number or None, got True"),
        ({"eta": "1"}, ValueError, "eta must be a positive number or None, got '1'"),
        ({"eta": np.nan}, ValueError, "eta must be a positive number or None, got nan"),
        ({"title": None}, TypeError, "title must be text, got None"),
        (
            {"samples": X[:2, :9]},
            ValueError,
            r"samples must be of shape \(n, 64\) or \(n, 8, 8\)",
        ),
        ({"samples": X[:101]}, ValueError, "n up to 100, got"),
        ({"samples": X[:2] * np.nan}, ValueError, "samples contains NaN"),
        (
            {"samples": X[:2], "sample_labels": "a"},
            ValueError,
            "as many as the samples, 2, got 1",
        ),
        ({"sample_labels": [1]}, ValueError, "no samples"),
    ],
)
def test_options_that_are_refused(options, error, match, tmp_path):
    with pytest.raises(error, match=match):
        to_html(random_network(), tmp_path / "page.html", **options)


def test_a_perceptrons_page_needs_a_title_too(tmp_path):
    with pytest.raises(TypeError, match="title must be text, got 3"):
        perceptron_page(tmp_path / "page.html", title=3)


# --- from the command line ---------------------------------------------------------------


def test_pages_from_the_command_line(tmp_path, capsys):
    model, page = tmp_path / "model.joblib", tmp_path / "page.html"
    perceptron = PerceptronClassifier(max_iter=1, tol=None).fit(X, y)
    joblib.dump(perceptron, model)
    assert main(["page", "--out", str(page), "--model", str(model)]) == 0
    assert f"The page is {page}" in capsys.readouterr().err
    assert data_of(Parts(page))["network"]["probabilities"] is False
    assert main(["page", "--out", str(page), "--perceptron"]) == 0
    gates = data_of(Parts(page))["gates"]
    assert [gate["name"] for gate in gates] == ["AND", "OR", "NAND", "NOR", "XOR"]
    assert gates[-1] == {"name": "XOR", "weights": None, "bias": None, "outputs": [0, 1, 1, 0]}
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("model", ["none", "list"])
def test_a_model_that_is_none_is_told_in_a_line(model, tmp_path, capsys):
    joblib.dump([1], tmp_path / "list")
    options = ["--out", str(tmp_path / "page.html"), "--model", str(tmp_path / model)]
    assert main(["page", *options]) == 1
    told = capsys.readouterr().err
    assert ("There is no file" if model == "none" else "got list") in told
    assert "Traceback" not in told
