"""Lessons in a real browser: the steps of `partial_fit`, files there and back, an odd hand."""

import base64
import json
import math
from functools import cache

import numpy as np
import pytest
from chromium import Browser
from handwriting import EUROPEAN, strokes_of
from optional_packages import needs
from sklearn.datasets import load_digits
from test_page import Squares, random_network

from benchmarks.data import Source
from benchmarks.lessons import SHOWN, odd_digits, pixels_of
from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.datasets import load_mnist
from sknn_basic.digits import load_reader
from sknn_basic.digits.reader import CODE
from sknn_basic.export import load, save, to_html
from sknn_basic.export.page.digits import ETA

WebDriverWait = needs("selenium.webdriver.support.ui").WebDriverWait

pytestmark = pytest.mark.slow

X, y = load_digits(return_X_y=True)
X = X / 16
NEW = X[1000:1050]


@pytest.fixture(scope="module")
def downloads(tmp_path_factory):
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def browser(tmp_path_factory, downloads):
    browser = Browser(tmp_path_factory.mktemp("chromium"))
    where = {"behavior": "allow", "downloadPath": str(downloads)}
    browser.command("Browser.setDownloadBehavior", where)
    yield browser
    browser.driver.quit()


@pytest.fixture
def page(browser, tmp_path):
    """Open the page of a classifier for images of 8 × 8 from 0 to 1."""

    def opened(classifier, **options):
        path = to_html(classifier, tmp_path / "page.html", scale=1.0, **options)
        browser.open(path)
        return browser

    return opened


def fitted(*sizes, labels=y, dtype=np.float64, **parameters):
    options = {"eta": 0.3, "max_iter": 2, "tol": None, "random_state": 0} | parameters
    return SigmoidMLPClassifier(sizes, **options).fit(X.astype(dtype), labels)


def perceptrons(labels=y, **parameters):
    return PerceptronClassifier(max_iter=2, tol=None, random_state=0, **parameters).fit(
        X, labels
    )


def no_digit():
    """Ten outputs, and an eleventh class for which none of them fires."""
    return fitted(12, labels=np.where(y == 3, -1, y), output_code=CODE[np.r_[0:4, 5:11]])


SEVERAL = np.column_stack([y % 2, y > 4, y == 7])
TEXTS = np.where(y > 4, "large", "small")
TAUGHT = {
    "no hidden layer": fitted,
    "one": lambda: fitted(15),
    "three": lambda: fitted(12, 10, 8),
    "quadratic": lambda: fitted(15, cost="quadratic", eta=2.0),
    "quadratic, two": lambda: fitted(12, 10, cost="quadratic", eta=2.0),
    "L2": lambda: fitted(15, alpha=0.01),
    "momentum": lambda: fitted(15, momentum=0.9, eta=0.05),
    "momentum and L2, quadratic": lambda: fitted(
        9, 8, momentum=0.5, alpha=0.003, cost="quadratic"
    ),
    "invscaling": lambda: fitted(15, learning_rate="invscaling", power_t=0.4),
    "adaptive": lambda: fitted(15, learning_rate="adaptive"),
    "binary code": lambda: fitted(15, output_code="binary"),
    "own code": lambda: fitted(15, output_code=np.random.default_rng(1).uniform(0, 1, (10, 6))),
    "no digit": no_digit,
    "two classes": lambda: fitted(10, labels=TEXTS),
    "two classes, own code": lambda: fitted(5, labels=y > 4, output_code=[[1, 0], [1, 1]]),
    "one class": lambda: fitted(5, labels=np.zeros(len(y))),
    "labels with a point": lambda: fitted(8, labels=1.0 * y),
    "several labels": lambda: fitted(10, labels=SEVERAL, momentum=0.3),
    "two of several labels": lambda: fitted(5, labels=SEVERAL[:, :2]),
    "class weights": lambda: fitted(10, class_weight={7: 3.0, 1: 0.0, 2: 0.5}, momentum=0.5),
    "weights of text": lambda: fitted(labels=TEXTS, class_weight={"large": 0.25}),
    "balanced": lambda: fitted(10, class_weight="balanced", learning_rate="invscaling"),
    "float32": lambda: fitted(15, dtype=np.float32, momentum=0.5),
    "perceptrons": perceptrons,
    "one perceptron": lambda: perceptrons(TEXTS, alpha=0.01, eta=0.5),
    "perceptrons without bias": lambda: perceptrons(
        fit_intercept=False, class_weight="balanced"
    ),
}


@cache
def classifier_named(name):
    """Fitted once; the tests leave it as it is."""
    return TAUGHT[name]()


TEACH = """
const [rows, answers, etas] = arguments;
return rows.map((pixels, k) => {
  const { before, after } = sknnBasic.teach(pixels, answers[k], etas[k]);
  return [before.cost, after.cost, before.values, after.values];
});
"""


def lessons_for(network, n, seed=0):
    """Rows, labels and the page's answers: class numbers, or 0 and 1 for each label."""
    draw = np.random.default_rng(seed)
    rows = X[draw.integers(0, len(X), n)]
    if network.predict(X[:1]).ndim == 2:
        labels = draw.integers(0, 2, (n, len(network.classes_)))
        return rows, labels, labels.tolist()
    numbers = draw.integers(0, len(network.classes_), n)
    return rows, network.classes_[numbers], numbers.tolist()


def stored_in(browser, path, *eta):
    """What Python loads of the page's network."""
    script = "return sknnBasic.networkText(...arguments)"
    path.write_text(browser.run(script, *eta), encoding="utf-8")
    return load(path)


def weights_of(classifier):
    if isinstance(classifier, PerceptronClassifier):
        return [classifier.coef_, classifier.intercept_]
    return [*classifier.coefs_, *classifier.intercepts_]


def assert_same_weights(one, other, atol):
    for a, b in zip(weights_of(one), weights_of(other), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=atol)


def taught_in_python(network, rows, labels, etas):
    """The costs before each step."""
    costs = []
    for k, eta in enumerate(etas):
        network.set_params(eta=eta).partial_fit(rows[k : k + 1], labels[k : k + 1])
        costs.append(getattr(network, "loss_", None))
    return costs


def values_of(network, rows):
    """What the page shows for each row."""
    if hasattr(network, "predict_proba"):
        return network.predict_proba(rows)
    scores = network.decision_function(rows)
    return scores if scores.ndim == 2 else np.column_stack([0 * scores, scores])


def shown_by(browser, rows):
    script = "return arguments[0].map((pixels) => sknnBasic.predict(pixels).values)"
    return np.array(browser.run(script, np.asarray(rows, float).tolist()))


# --- the steps of partial_fit ------------------------------------------------------------


@pytest.mark.parametrize("name", TAUGHT)
def test_200_lessons_are_the_steps_of_partial_fit(name, page, tmp_path):
    classifier = classifier_named(name)
    browser = page(classifier)
    twin = stored_in(browser, tmp_path / "network.json")
    assert_same_weights(twin, classifier, 1e-6)  # the page holds float32 of them
    assert weights_of(twin)[0].dtype == np.float64
    rows, labels, answers = lessons_for(classifier, 200)
    etas = np.where(np.arange(200) < 120, classifier.eta, classifier.eta / 3).tolist()
    results = browser.run(TEACH, rows.tolist(), answers, etas)
    costs = taught_in_python(twin, rows, labels, etas)
    taught = stored_in(browser, tmp_path / "network.json", etas[-1])
    assert_same_weights(taught, twin, 1e-10)
    assert np.abs(weights_of(taught)[0] - weights_of(classifier)[0]).max() > 1e-3
    assert taught.get_params() == twin.get_params()
    np.testing.assert_allclose(shown_by(browser, NEW), values_of(taught, NEW), atol=1e-12)
    plain = classifier.class_weight is None and classifier.alpha == 0
    if costs[0] is not None and plain:  # or Python adds the L2 term, or weighs
        np.testing.assert_allclose([one[0] for one in results], costs, rtol=0, atol=1e-9)
    np.testing.assert_allclose(results[-1][3], shown_by(browser, rows[-1:])[0], rtol=0, atol=0)
    assert browser.log() == []


@pytest.mark.parametrize("name", ["three", "L2", "binary code", "perceptrons"])
def test_a_downloaded_network_goes_on_as_the_page_does(name, page, tmp_path):
    classifier = classifier_named(name)
    browser = page(classifier)
    rows, labels, answers = lessons_for(classifier, 60)
    etas = [classifier.eta] * 30
    browser.run(TEACH, rows[:30].tolist(), answers[:30], etas)
    python = stored_in(browser, tmp_path / "network.json", classifier.eta)
    np.testing.assert_allclose(shown_by(browser, NEW), values_of(python, NEW), atol=1e-12)
    browser.run(TEACH, rows[30:].tolist(), answers[30:], etas)
    for row, label in zip(rows[30:], labels[30:], strict=True):
        python.partial_fit(row[None], [label])
    assert_same_weights(python, stored_in(browser, tmp_path / "more.json"), 1e-10)


def test_numbers_of_half_precision_come_into_the_page_as_they_are(page, tmp_path):
    small = np.arange(64 * 3, dtype=np.uint16).reshape(64, 3) * 331
    coefs = np.nan_to_num(small.view(np.float16), posinf=1.0, neginf=-1.0).astype(float)
    assert np.count_nonzero(np.abs(coefs) < 2.0**-14) > 5
    network = SigmoidMLPClassifier.from_weights([coefs], [[0.0, 0.1, 1.0]])
    twin = stored_in(page(network), tmp_path / "network.json")
    assert np.array_equal(twin.coefs_[0], coefs)
    assert np.array_equal(twin.intercepts_[0], np.float32([0.0, 0.1, 1.0]))


def test_the_cost_of_a_neuron_that_is_far_off_is_exact(page):
    network = SigmoidMLPClassifier.from_weights([np.full((64, 3), 100.0)], [[0.0, 0, 0]])
    (result,) = page(network).run(TEACH, [[1.0] * 64], [2], [1e-9])
    assert result[0] == 12800.0


# --- lessons taken back ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["three", "momentum", "balanced", "perceptrons"])
def test_lessons_are_taken_back_to_the_last_bit(name, page):
    classifier = classifier_named(name)
    browser = page(classifier)
    text = "return sknnBasic.networkText(1)"
    rows, _, answers = lessons_for(classifier, 21)
    rows, etas = rows.tolist(), [0.5 / (k + 1) for k in range(21)]
    start = browser.run(text)
    browser.run(TEACH, rows[:20], answers[:20], etas[:20])
    twenty = browser.run(text)
    browser.run(TEACH, rows[20:], answers[20:], etas[20:])
    more = browser.run(text)
    assert len({start, twenty, more}) == 3
    browser.run("sknnBasic.undoLesson()")
    assert browser.run(text) == twenty
    browser.run(TEACH, rows[20:], answers[20:], etas[20:])
    assert browser.run(text) == more
    browser.run("sknnBasic.forgetLessons()")
    assert browser.run(text) == start
    browser.run(TEACH, rows, answers, etas)
    assert browser.run(text) == more


@pytest.mark.parametrize(
    ("eta", "message"),
    [
        (0, "must be a number above 0"),
        (-1, "must be a number above 0"),
        (math.inf, "must be a number above 0"),
        (1e308, "choose a smaller"),
    ],
)
def test_a_lesson_that_cannot_be_leaves_all_as_it_was(eta, message, page):
    browser = page(random_network((64, 10), momentum=0.5))
    rows = (1000 * NEW[:3]).tolist()
    browser.run(TEACH, rows[:2], [1, 2], [0.1, 0.1])
    script = """const before = sknnBasic.networkText(1);
    try {
      sknnBasic.teach(arguments[0], 3, arguments[1] ?? Infinity);
    } catch (error) {
      return [error.message, sknnBasic.networkText(1) === before,
        JSON.parse(sknnBasic.lessonsText()).y.length];
    }"""
    told, same, count = browser.run(script, rows[2], None if math.isinf(eta) else eta)
    assert message in told
    assert (same, count) == (True, 2)
    browser.run(TEACH, rows[2:], [3], [0.1])
    after = browser.run("return sknnBasic.networkText(1)")
    browser.run("sknnBasic.forgetLessons()")
    browser.run(TEACH, rows, [1, 2, 3], [0.1] * 3)
    assert browser.run("return sknnBasic.networkText(1)") == after


# --- files there and back ----------------------------------------------------------------


def downloaded(browser, downloads, button, name):
    """The file that comes when a button is pressed."""
    path = downloads / name
    path.unlink(missing_ok=True)
    browser.run("document.getElementById('drawer').open = true")
    browser.click(button)
    WebDriverWait(browser.driver, 20, 0.05).until(lambda _: path.exists())
    return path


def choose(browser, path):
    """Open a file as one does who has chosen it."""
    browser.run("document.getElementById('lesson').textContent = ''")
    browser.driver.find_element("id", "file").send_keys(str(path))
    WebDriverWait(browser.driver, 20, 0.05).until(lambda _: browser.text("lesson") != "")
    return browser.text("lesson")


def click_label(browser, name):
    labels = browser.driver.find_elements("css selector", ".label")
    next(label for label in labels if label.text == name).click()


def test_files_are_downloaded_and_read_by_python(page, downloads):
    browser = page(fitted(15), eta=0.25)
    browser.run("document.querySelector('.sample').click()")
    click_label(browser, "8")
    browser.driver.find_element("id", "eta").clear()
    browser.driver.find_element("id", "eta").send_keys("0.125")
    browser.draw("digit-pad", strokes_of("7", EUROPEAN))
    click_label(browser, "7")
    network = load(downloaded(browser, downloads, "save-network", "network.json"))
    assert network.eta == 0.125
    path = downloaded(browser, downloads, "save-lessons", "lessons.json")
    lessons = json.loads(path.read_text(encoding="utf-8"))
    assert (lessons["y"], lessons["eta"]) == ([8, 7], [0.25, 0.125])
    assert np.allclose(lessons["X"][0], X[0])
    browser.click("forget-lessons")
    again = load(downloaded(browser, downloads, "save-network", "network.json"))
    for row, label, eta in zip(lessons["X"], lessons["y"], lessons["eta"], strict=True):
        again.set_params(eta=eta).partial_fit([row], [label])
    assert_same_weights(again, network, 1e-12)
    assert browser.log() == []


OPENED = [
    "three",
    "momentum",
    "binary code",
    "own code",
    "no digit",
    "two classes",
    "one class",
    "labels with a point",
    "several labels",
    "two of several labels",
    "class weights",
    "float32",
    "perceptrons",
    "one perceptron",
]


@pytest.mark.parametrize("name", OPENED)
def test_a_network_of_any_kind_is_opened_and_taught(name, page, tmp_path):
    classifier = classifier_named(name)
    save(classifier, tmp_path / "other.json")
    browser = page(random_network((64, 5, 3), classes=["a", "b", "c"]))
    browser.run("document.querySelector('.sample').click()")
    click_label(browser, "b")
    assert choose(browser, tmp_path / "other.json").startswith("The network of other.json is")
    labels = browser.driver.find_elements("css selector", ".label")
    assert [label.text for label in labels] == [str(label) for label in classifier.classes_]
    assert browser.text("count") == "0"
    same = classifier if name != "float32" else _in_double_precision(classifier)
    np.testing.assert_allclose(shown_by(browser, NEW), values_of(same, NEW), atol=1e-12)
    rows, labels, answers = lessons_for(classifier, 20)
    etas = [classifier.eta] * 20
    browser.run(TEACH, rows.tolist(), answers, etas)
    twin = load(tmp_path / "other.json") if name != "float32" else same
    taught_in_python(twin, rows, labels, etas)
    assert_same_weights(stored_in(browser, tmp_path / "n.json"), twin, 1e-10)
    assert browser.log() == []


def _in_double_precision(network):
    coefs, biases = (
        [array.astype(float) for array in arrays]
        for arrays in (network.coefs_, network.intercepts_)
    )
    options = network.get_params()
    return SigmoidMLPClassifier.from_weights(coefs, biases, network.classes_, **options)


def _without(key):
    return lambda document: document.pop(key)


def _with(**changes):
    return lambda document: document.update(changes)


def _parameter(**changes):
    return lambda document: document["parameters"].update(changes)


WRONG = {
    "a table": ("a,b\n1,2\n", "it is no JSON"),
    "an archive": ("PK\x03\x04", "save it under a name that ends in .json"),
    "nothing": ("", "it is no JSON"),
    "a list": ("[1, 2]", "no network that sknn_basic.export has saved"),
    "null": ("null", "no network that sknn_basic.export has saved"),
    "another format": (_with(format="keras"), "no network that sknn_basic.export has saved"),
    "a newer version": (_with(version=99), "version 99 of the format, and this page reads"),
    "no layers": (_without("layers"), "“layers” is missing"),
    "another class": (_with(classifier="SVC"), 'its classifier is "SVC"'),
    "no parameters": (_with(parameters=None), "its classifier is"),
    "a bad eta": (_parameter(eta=-1), "the parameter eta is -1"),
    "a bad momentum": (_parameter(momentum=1), "the parameter momentum is 1"),
    "an unknown cost": (_parameter(cost="hinge"), 'the parameter cost is "hinge"'),
    "bad weights of classes": (_parameter(class_weight=[[1]]), "the parameter class_weight is"),
    "no cost": (lambda d: d["parameters"].pop("cost"), "the parameter cost is missing"),
    "a code with too few words": (
        _parameter(output_code=[[0], [1]]),
        "10 classes do not go with 10",
    ),
    "the same class twice": (
        lambda d: d["classes"].update(values=[1] * 10),
        "different labels",
    ),
    "too few classes": (lambda d: d["classes"]["values"].pop(), "9 classes do not go with 10"),
    "a huge label": (
        lambda d: d["classes"]["values"].__setitem__(0, 2**60),
        "too large for a browser",
    ),
    "another depth": (_parameter(hidden_layer_sizes=[5, 5]), "hidden_layer_sizes are (5,5)"),
    "no number": (
        lambda d: d["layers"][0]["weights"][3].__setitem__(2, "x"),
        "layer 0 must have 64 rows",
    ),
    "a row too few": (
        lambda d: d["layers"][1]["weights"].pop(),
        "layer 1 must have 5 rows of as many numbers",
    ),
    "other inputs": (
        lambda d: d["layers"][0]["weights"].pop(),
        "it has 63 inputs, and this page draws images of 8 × 8 = 64 pixels",
    ),
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "network.json"
    save(fitted(5), path)
    return path.read_text(encoding="utf-8")


def test_a_file_of_another_kind_is_refused_with_a_reason(page, saved, tmp_path):
    browser = page(random_network((64, 5, 3)))
    browser.run(TEACH, NEW[:2].tolist(), [0, 1], [0.1, 0.1])
    state = "return [sknnBasic.networkText(1), sknnBasic.lessonsText()]"
    before = browser.run(state)
    for what, (change, message) in WRONG.items():
        path = tmp_path / f"{what}.json"
        path.write_text(changed(saved, change), encoding="utf-8")
        told = choose(browser, path)
        assert told.startswith(f"{what}.json cannot be opened: "), what
        assert message in told, what
        assert browser.text("status") == told
        assert browser.run(state) == before, what
    assert browser.log() == []


def changed(saved, change):
    """The text of a file: itself, or that of a network with a change."""
    if isinstance(change, str):
        return change
    document = json.loads(saved)
    change(document)
    return json.dumps(document)


# --- what is shown -----------------------------------------------------------------------


RINGS = "return document.querySelectorAll('.changed.rose, .changed.fell').length"
DISABLED = "return document.querySelectorAll('.label:disabled').length"
TAKEN = "return Array.from(document.querySelectorAll('#taken li'), (li) => li.textContent)"
VALUES = "return Array.from(document.querySelectorAll('.value'), (value) => value.textContent)"


def drawn_and_taught(page):
    """A page on which a seven was drawn and taught as something else: pixels, answer, label."""
    browser = page(fitted(15, 12), eta=0.5)
    browser.draw("digit-pad", strokes_of("7", EUROPEAN), "touch")
    read = browser.text("answer")
    label = "3" if read != "3" else "4"
    pixels = browser.run("return Array.from(shown)")
    click_label(browser, label)
    return browser, pixels, read, label


def test_a_lesson_shows_at_once_what_it_changed(page):
    browser, pixels, read, label = drawn_and_taught(page)
    told = browser.text("lesson")
    assert told.startswith(f"Lesson 1, {label}: ")
    assert f"read as {read}" in told
    assert "Hidden neurons: " in told
    assert browser.text("status") == told
    before, after = (float(part) for part in told.split("Cost ")[1].split(". ")[0].split(" → "))
    assert after < before
    bars = [bar.split(" → ") for bar in browser.run(VALUES)]
    old, new = np.array([[float(one.strip("\u00a0%")) for one in bar] for bar in bars]).T
    assert browser.run(RINGS) > 3
    size = browser.run(
        """const { width, height } = document.querySelector(".chosen .fill")
          .getBoundingClientRect();
        return [width, height];"""
    )
    assert min(size) > 5
    np.testing.assert_allclose(new, 100 * shown_by(browser, [pixels])[0], atol=0.051)
    browser.click("undo-lesson")
    np.testing.assert_allclose(old, 100 * shown_by(browser, [pixels])[0], atol=0.051)
    assert new[int(label)] > old[int(label)]
    assert browser.run(RINGS) == 0
    assert not any("→" in bar for bar in browser.run(VALUES))
    assert browser.log() == []


def test_the_drawer_has_the_lessons_and_buttons_wait_for_what_they_need(page):
    browser, _, _, label = drawn_and_taught(page)
    assert (browser.text("count"), browser.run(TAKEN)) == ("1", [label])
    assert browser.run(DISABLED) == 0
    browser.click("digit-clear")
    assert browser.run(DISABLED) == 10
    assert browser.text("count") == "1"
    browser.click("forget-lessons")
    assert (browser.text("count"), browser.run(TAKEN)) == ("0", [])
    for name in ("undo-lesson", "forget-lessons"):
        assert not browser.driver.find_element("id", name).is_enabled()
    browser.draw("digit-pad", strokes_of("7", EUROPEAN))
    assert browser.run(DISABLED) == 0


def test_several_labels_are_ticked_and_then_learnt(page):
    browser = page(TAUGHT["several labels"]())
    browser.run("document.querySelector('.sample').click()")
    for name in ("1", "2", "1"):
        click_label(browser, name)
    browser.click("teach")
    assert browser.text("lesson").startswith("Lesson 1, 2: ")
    assert json.loads(browser.run("return sknnBasic.lessonsText()"))["y"] == [[0, 0, 1]]


@pytest.mark.parametrize("typed", ["", "0", "-1"])
def test_without_a_learning_rate_there_is_no_lesson(typed, page):
    browser = page(fitted(5))
    browser.run("document.querySelector('.sample').click()")
    browser.driver.find_element("id", "eta").clear()
    browser.driver.find_element("id", "eta").send_keys(typed)
    click_label(browser, "3")
    assert browser.text("lesson") == "The learning rate η must be a number above 0."
    assert browser.text("count") == "0"


def test_a_network_that_cannot_be_stored_reads_and_is_not_taught(page):
    browser = page(fitted(5, cost=Squares()))
    assert not browser.driver.find_element("id", "teaching").is_displayed()
    assert browser.text("refusal").startswith("This network is not taught here. The parameter")
    browser.run("document.querySelector('.sample').click()")
    assert browser.text("answer") in list("0123456789")
    assert browser.log() == []


# --- a hand of its own -------------------------------------------------------------------


def drawn_by_hand(browser, digits):
    """Draw digits with the mouse; the pad is cleared when the next one is asked for."""
    for digit, strokes in digits:
        browser.draw("digit-pad", strokes)
        yield str(digit), browser.text("answer")
        browser.click("digit-clear")


READ = """const bytes = Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0));
return Array.from({ length: bytes.length / 784 }, (_, k) => Number(sknnBasic.predict(
  Array.from(bytes.subarray(784 * k, 784 * (k + 1)), (level) => level / 255)).text));"""


def test_thirty_odd_sevens_and_ones_are_learnt_and_the_others_not_forgotten(browser, tmp_path):
    folder = Source().folder
    if folder is None:
        pytest.skip("the IDX files of MNIST are not there")
    mnist = load_mnist(folder)
    levels = np.round(255 * mnist.X_test[::10]).astype(np.uint8).tobytes()
    images, labels = base64.b64encode(levels).decode(), mnist.y_test[::10]
    browser.open(to_html(load_reader(no_digit=False), tmp_path / "page.html"))
    assert float(browser.run("return document.getElementById('eta').value")) == ETA
    old, before, further, taught = np.mean(browser.run(READ, images) == labels), 0, [], 0
    digits = odd_digits(0, 2 * SHOWN)
    for digit, answer in drawn_by_hand(browser, digits[SHOWN:]):
        before += digit == answer
        further.append((digit, browser.run("return Array.from(shown)")))
    for digit, answer in drawn_by_hand(browser, digits[:SHOWN]):
        if digit != answer:
            click_label(browser, digit)
            taught += 1
    assert browser.text("count") == str(taught)
    read = "return arguments[0].map((pixels) => sknnBasic.predict(pixels).text)"
    answers = browser.run(read, [pixels for _, pixels in further])
    after = sum(digit == answer for (digit, _), answer in zip(further, answers, strict=True))
    assert before + 5 <= after, (before, after, taught)
    assert np.mean(browser.run(READ, images) == labels) > old - 0.01
    assert browser.log() == []


def test_the_benchmark_makes_the_ink_that_the_page_makes(browser, tmp_path):
    browser.open(to_html(random_network((784, 10)), tmp_path / "page.html"))
    script = "return arguments[0].map((strokes) => prepare(inkOf(strokes)))"
    drawn = [[line.tolist() for line in strokes] for _, strokes in odd_digits(3)]
    expected = [pixels_of(strokes) for _, strokes in odd_digits(3)]
    np.testing.assert_allclose(browser.run(script, drawn), expected, rtol=0, atol=1e-9)
