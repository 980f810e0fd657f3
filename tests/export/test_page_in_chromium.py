"""The pages in a real browser: the numbers of Python, by hand, by keyboard, in the dark."""

import base64
import json
from itertools import combinations, pairwise

import numpy as np
import pytest
from chromium import Browser
from handwriting import HANDS, UPRIGHT, strokes_of
from optional_packages import needs
from scipy import ndimage
from sklearn.datasets import load_digits
from test_page import HOSTILE, random_network

from benchmarks.data import Source
from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic._cli import models
from sknn_basic.datasets import load_mnist
from sknn_basic.digits import load_reader
from sknn_basic.digits.prepare import as_counts, as_mnist
from sknn_basic.export import perceptron_page, to_html

Keys = needs("selenium.webdriver.common.keys").Keys

pytestmark = pytest.mark.slow

X, y = load_digits(return_X_y=True)
WIDTHS = (320, 400, 700, 840, 1200)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.driver.quit()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The page that ``python -m sknn_basic page --data digits`` makes."""
    path = tmp_path_factory.mktemp("small") / "digits.html"
    return to_html(models.trained("digits"), path)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """The page that ``python -m sknn_basic page`` makes."""
    path = tmp_path_factory.mktemp("shipped") / "digits.html"
    return to_html(load_reader(no_digit=False), path)


@pytest.fixture(scope="module")
def mnist():
    """MNIST's images, from 0 to 1, and a network that was trained for a short time on them."""
    folder = Source().folder
    if folder is None:
        pytest.skip("the IDX files of MNIST are not there")
    mnist = load_mnist(folder)
    network = SigmoidMLPClassifier((40,), eta=0.2, max_iter=2, tol=None, random_state=0)
    return mnist.X_test, network.fit(mnist.X_train[::2], mnist.y_train[::2])


@pytest.fixture(scope="module")
def large(mnist, tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "digits.html"
    return to_html(mnist[1], path, samples=mnist[0][:20])


# --- the same numbers as Python ----------------------------------------------------------

PREDICT = """
const bytes = Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0));
const n = arguments[1];
return Array.from({ length: bytes.length / n }, (_, k) => {
  const levels = Array.from(bytes.subarray(k * n, (k + 1) * n));
  const pixels = levels.map((level) => level / arguments[2]);
  const { values, text, hidden } = sknnBasic.predict(pixels);
  return [values, text, hidden];
});
"""


def predictions(browser, levels, unit):
    """Values, answers and hidden activations that the page computes for levels / unit."""
    text = base64.b64encode(np.uint8(levels).tobytes()).decode()
    values, texts, hidden = zip(*browser.run(PREDICT, text, levels.shape[1], unit), strict=True)
    return np.array(values), list(texts), hidden


def fitted(*sizes, labels=y, dtype=np.float64, **parameters):
    network = SigmoidMLPClassifier(sizes, max_iter=2, tol=None, random_state=0, **parameters)
    return network.fit((X / 16).astype(dtype), labels)


OWN = np.random.default_rng(1).uniform(0, 1, (10, 6))
MODELS = {
    "no hidden layer": fitted,
    "one": lambda: fitted(30),
    "two": lambda: fitted(20, 15),
    "three": lambda: fitted(20, 15, 10),
    "binary code": lambda: fitted(20, output_code="binary"),
    "own code": lambda: fitted(20, output_code=OWN),
    "two classes": lambda: fitted(20, labels=np.where(y > 4, "large", "small")),
    "two classes, own code": lambda: fitted(5, labels=y > 4, output_code=[[1, 0], [1, 1]]),
    "one class": lambda: fitted(5, labels=np.zeros(len(y))),
    "float32": lambda: fitted(30, dtype=np.float32),
    "14 classes": lambda: random_network(
        (64, 9, 14), classes=[f"no. {k:2}" for k in range(14)]
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_probabilities_are_those_of_predict_proba(name, browser, tmp_path):
    network = MODELS[name]()
    browser.open(to_html(network, tmp_path / "page.html", scale=1.0))
    values, texts, hidden = predictions(browser, X[:1000], 16)
    rows = (X[:1000] / 16).astype(network.coefs_[0].dtype)
    np.testing.assert_allclose(values, network.predict_proba(rows), rtol=0, atol=1e-5)
    assert texts == [str(label) for label in network.predict(rows)]
    for layer in range(len(network.coefs_) - 1):
        activations = [row[layer] for row in hidden]
        expected = network.hidden_activations(rows, layer)
        np.testing.assert_allclose(activations, expected, rtol=0, atol=1e-5)
    assert browser.log() == []


def test_probabilities_of_large_images(browser, mnist, large):
    images, network = mnist
    browser.open(large)
    values, texts, _ = predictions(browser, np.round(255 * images[:1000]), 255)
    np.testing.assert_allclose(values, network.predict_proba(images[:1000]), rtol=0, atol=1e-5)
    assert texts == [str(label) for label in network.predict(images[:1000])]


def test_several_labels_a_sample(browser, tmp_path):
    labels = np.column_stack([y % 2, y > 4, y == 7])
    network = fitted(10, labels=labels)
    browser.open(to_html(network, tmp_path / "page.html", scale=1.0))
    values, texts, _ = predictions(browser, X[:1000], 16)
    np.testing.assert_allclose(values, network.predict_proba(X[:1000] / 16), rtol=0, atol=1e-5)
    names = [", ".join(map(str, np.flatnonzero(row))) for row in network.predict(X[:1000] / 16)]
    assert texts == [name or "none" for name in names]


@pytest.mark.parametrize("labels", [y, np.where(y > 4, "large", "small")], ids=["ten", "two"])
def test_scores_of_perceptrons(labels, browser, tmp_path):
    perceptron = PerceptronClassifier(max_iter=3, tol=None, random_state=0).fit(X, labels)
    browser.open(to_html(perceptron, tmp_path / "page.html"))
    values, texts, _ = predictions(browser, X[:1000], 1)
    scores = perceptron.decision_function(X[:1000])
    expected = scores if scores.ndim == 2 else np.column_stack([0 * scores, scores])
    atol = 1e-6 * np.abs(scores).max()  # weights rounded to float32
    np.testing.assert_allclose(values, expected, rtol=0, atol=atol)
    assert texts == list(map(str, perceptron.predict(X[:1000])))


def test_a_score_of_exactly_0_does_not_fire(browser, tmp_path):
    weights = np.zeros(64)
    weights[0] = 2.0
    gate = PerceptronClassifier.from_weights(weights, -1.0, classes=["silent", "fires"])
    browser.open(to_html(gate, tmp_path / "page.html"))
    levels = np.zeros((3, 64))
    levels[:, 0] = [0, 1, 2]
    assert predictions(browser, levels, 2)[1] == ["silent", "silent", "fires"]


# --- ink as the training images have it --------------------------------------------------


def bitmaps(n):
    """Ink of many sizes and slants, grey at its edges, cropped to what is darker than 0.2."""
    draw = np.random.default_rng(0)
    for k in range(n):
        tall, wide, slant = *draw.uniform([2, 1], [8, 8]), draw.uniform(-0.5, 0.5)
        ink = ndimage.zoom(
            np.pad(X[k].reshape(8, 8) / 16, ((1, 1), (5, 5))), (tall, wide), order=1
        )
        ink = ndimage.affine_transform(ink, [[1, 0], [slant, 1]], order=1) + draw.normal(
            0, 0.02
        )
        ink = ink.clip(0, 1)
        rows, columns = (np.flatnonzero((ink > 0.2).any(axis=axis)) for axis in (1, 0))
        yield ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


@pytest.mark.parametrize(("features", "prepare"), [(64, as_counts), (784, as_mnist)])
def test_ink_is_prepared_as_for_training(features, prepare, browser, tmp_path):
    browser.open(to_html(random_network((features, 10)), tmp_path / "page.html"))
    script = "return arguments[0].map(([ink, columns]) => sknnBasic.prepare(ink, columns))"
    inks = list(bitmaps(200))
    prepared = browser.run(script, [[ink.ravel().tolist(), ink.shape[1]] for ink in inks])
    expected = [prepare(ink).ravel() for ink in inks]
    np.testing.assert_allclose(prepared, expected, rtol=0, atol=1e-12)


def test_the_edge_of_the_paper_does_not_matter(browser, small):
    browser.open(small)
    ink = next(bitmaps(1))
    script = "return sknnBasic.prepare(arguments[0], arguments[1])"
    wide = np.pad(ink, ((3, 40), (17, 2)))
    cases = [browser.run(script, one.ravel().tolist(), one.shape[1]) for one in (ink, wide)]
    assert cases[0] == cases[1]


# --- drawn by hand -----------------------------------------------------------------------

STYLES = [
    ("mouse", {"slant": 0.1}),
    ("touch", {"slant": 0.2, "size": 45, "left": 40, "top": 8}),
    ("pen", {"slant": -0.05, "width": 0.85, "size": 70, "left": 8, "top": 25}),
]


@pytest.mark.parametrize("page", ["small", "large", "shipped"])
@pytest.mark.parametrize(("hand", "style"), zip(HANDS, STYLES, strict=True), ids=list(HANDS))
def test_drawn_digits_are_read(page, hand, style, browser, request):
    browser.open(request.getfixturevalue(page))
    kind, form = style
    answers = ""
    for digit in "0123456789":
        browser.draw("digit-pad", strokes_of(digit, HANDS[hand], **form), kind)
        answers += browser.text("answer")
        assert browser.text("status").startswith(browser.text("answer"))
        browser.click("digit-clear")
        assert browser.text("answer") == ""
    assert sum(a == b for a, b in zip(answers, "0123456789", strict=True)) >= 9, answers
    assert browser.log() == []


def shaky(digit, hand, draw, width=(0.6, 0.85)):
    """A digit in another size, width and slant, from points that miss their places."""
    strokes = [[np.array(piece) for piece in stroke] for stroke in hand[digit]]
    strokes = [
        [piece + draw.normal(0, 4, piece.shape) for piece in stroke] for stroke in strokes
    ]
    for before, after in (pair for stroke in strokes for pair in pairwise(stroke)):
        after[0] = before[-1]
    form = {"slant": draw.uniform(-0.1, 0.25), "size": draw.uniform(45, 80)}
    placed = strokes_of(digit, {digit: strokes}, width=draw.uniform(*width), **form)
    return [stroke.tolist() for stroke in placed]


def answers(browser, drawn):
    script = "return arguments[0].map((strokes) => predict(prepare(inkOf(strokes))).text)"
    return np.array(browser.run(script, drawn))


@pytest.mark.parametrize("hand", HANDS)
def test_shaky_digits_are_read(hand, browser, shipped):
    """Of all three hands 0.985 at least."""
    draw = np.random.default_rng(0)
    digits = np.repeat(list("0123456789"), 60)
    browser.open(shipped)
    read = answers(browser, [shaky(digit, HANDS[hand], draw) for digit in digits])
    assert np.mean(read == digits) >= 0.985


@pytest.mark.parametrize(
    ("digit", "hand", "width"),
    [
        ("1", "looping", (0.4, 0.85)),  # with a serif and a base
        ("0", "upright", (0.3, 0.4)),  # narrow
        ("4", "looping", (0.6, 0.85)),  # open
        ("7", "european", (0.6, 0.85)),  # barred
    ],
)
def test_forms_that_mnist_hardly_has_are_read(digit, hand, width, browser, shipped):
    draw = np.random.default_rng(1)
    browser.open(shipped)
    read = answers(browser, [shaky(digit, HANDS[hand], draw, width) for _ in range(60)])
    assert np.mean(read == digit) >= 0.95


def test_the_answer_is_there_while_one_draws(browser, small):
    browser.open(small)
    browser.command("Input.dispatchMouseEvent", mouse("mousePressed", 200, 250))
    browser.command("Input.dispatchMouseEvent", mouse("mouseMoved", 200, 350))
    wait = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))"
    browser.driver.execute_async_script(wait)
    assert browser.text("answer") == "1"
    assert browser.text("status") == ""
    browser.command("Input.dispatchMouseEvent", mouse("mouseReleased", 200, 350))
    assert browser.text("status").startswith("1 ")


def mouse(kind, x, y, button="left"):
    return {"type": kind, "x": x, "y": y, "button": button, "clickCount": 1}


def test_a_second_finger_and_the_right_button_do_not_draw(browser, small):
    browser.open(small)
    browser.command("Input.dispatchMouseEvent", mouse("mousePressed", 200, 250, "right"))
    browser.command("Input.dispatchMouseEvent", mouse("mouseReleased", 200, 250, "right"))
    drawn = "return document.querySelectorAll('#digit-pad path').length"
    assert browser.run(drawn) == 0
    first, second = {"x": 200, "y": 220, "id": 1}, {"x": 280, "y": 300, "id": 2}
    for kind, points in [
        ("touchStart", [first]),
        ("touchStart", [first, second]),
        ("touchMove", [first, second | {"x": 290}]),
        ("touchMove", [first]),  # the second finger is gone
        ("touchMove", [first | {"y": 350}]),
    ]:
        browser.command("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        assert browser.run(drawn) == 1
        assert browser.text("status") == ""
    browser.command("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert browser.text("status").startswith("1 ")


def test_undo_takes_the_last_stroke_away(browser, small):
    browser.open(small)
    first, second = strokes_of("4")
    browser.draw("digit-pad", [first])
    once = bars(browser)
    browser.draw("digit-pad", [second])
    assert bars(browser) != once
    browser.click("digit-undo")
    assert bars(browser) == once
    browser.click("digit-undo")
    browser.click("digit-undo")
    assert browser.text("answer") == ""


def bars(browser):
    script = (
        "return Array.from(document.querySelectorAll('.value'), (value) => value.textContent)"
    )
    return browser.run(script)


def test_a_dot_and_a_scribble_do_no_harm(browser, small):
    browser.open(small)
    browser.draw("digit-pad", [[(50, 50)]])
    assert browser.text("answer") in list("0123456789")
    draw = np.random.default_rng(0)
    browser.draw("digit-pad", draw.uniform(2, 98, (3, 15, 2)), "touch")
    browser.draw("number-pad", draw.uniform((2, 2), (290, 98), (4, 10, 2)), "pen")
    assert len(browser.text("number")) >= 1
    assert browser.log() == []


def numbers(n, seed=0):
    """Numbers of six digits, and their strokes side by side."""
    draw = np.random.default_rng(seed)
    for number in [
        "504192",
        *("".join(map(str, draw.integers(0, 10, 6))) for _ in range(n - 1)),
    ]:
        strokes, left = [], 14.0
        for digit in number:
            size, slant = draw.uniform(50, 62), draw.uniform(0.0, 0.15)
            form = {"size": size, "slant": slant, "width": 0.6, "top": draw.uniform(15, 25)}
            one = strokes_of(digit, UPRIGHT, left=0.0, **form)
            edge = min(stroke[:, 0].min() for stroke in one)
            one = [stroke + np.array([left - edge, 0.0]) for stroke in one]
            left = max(stroke[:, 0].max() for stroke in one) + draw.uniform(8, 12)
            strokes += one
        yield number, strokes


@pytest.mark.parametrize("page", ["small", "large"])
def test_drawn_numbers_are_read(page, browser, request):
    browser.open(request.getfixturevalue(page))
    right = 0
    for number, strokes in numbers(3):
        browser.draw("number-pad", strokes)
        answer = browser.text("number")
        assert len(answer) == 6, (number, answer)
        boxes = browser.run("return document.querySelectorAll('#number-pad rect').length")
        assert boxes == 6
        right += sum(a == b for a, b in zip(answer, number, strict=True))
        browser.click("number-clear")
        assert browser.text("number") == ""
    assert right >= 17, right


def test_the_order_of_strokes_does_not_matter(browser, small):
    browser.open(small)
    number, strokes = next(numbers(1))
    script = "return sknnBasic.readNumber(arguments[0]).map((digit) => digit.text).join('')"
    strokes = [stroke.tolist() for stroke in strokes]
    for order in (strokes, strokes[::-1], strokes[1::2] + strokes[::2]):
        assert browser.run(script, order) == number


# --- nothing is asked for, nothing complains ---------------------------------------------


@pytest.mark.parametrize("make", ["digits", "perceptron"])
def test_no_request_can_leave_the_page(make, browser, small, tmp_path):
    browser.open(small if make == "digits" else perceptron_page(tmp_path / "page.html"))
    loaded = "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    assert browser.run(loaded) == []
    assert browser.log() == []
    script = """const done = arguments[0];
    const seen = [];
    addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
    const other = document.createElement("script");
    other.textContent = "alert(1)";
    const image = new Image();
    image.src = "https://example.org/image.png";
    document.body.append(other, image);
    const end = () => setTimeout(() => done([seen.sort(), window.alerts]), 50);
    fetch("https://example.org/").then(end, end);"""
    seen, alerts = browser.driver.execute_async_script(script)
    assert (seen, alerts) == (["connect-src", "img-src", "script-src-elem"], 0)
    assert len(browser.log()) >= 3


def test_hostile_names_stay_text(browser, tmp_path):
    plain = to_html(random_network(), tmp_path / "plain.html")
    tags = "return Array.from(document.querySelectorAll('*'), (element) => element.tagName)"
    browser.open(plain)
    expected = browser.run(tags)
    for title in HOSTILE:
        network = random_network(classes=HOSTILE)
        options = {"title": title, "samples": X[:20], "sample_labels": HOSTILE * 2}
        browser.open(to_html(network, tmp_path / "page.html", **options))
        assert browser.run(tags) == expected
        assert browser.run("return document.querySelector('h1').textContent") == title
    names = "return Array.from(document.querySelectorAll('.name'), (name) => name.textContent)"
    assert browser.run(names) == HOSTILE
    browser.click("number-example")
    answers = []
    for button in browser.driver.find_elements("css selector", ".sample"):
        button.click()
        answers.append(browser.text("answer"))
    assert answers == random_network(classes=HOSTILE).predict(X[:20]).tolist()
    assert browser.run(tags).count("SCRIPT") == 2
    assert browser.run("return window.alerts") == 0
    assert browser.log() == []
    assert_nothing_overlaps(browser)


# --- for everybody -----------------------------------------------------------------------


EVERYTHING = """return Array.from(
  document.querySelectorAll("button:enabled, input:not(.unseen), summary"))
  .filter((element) => element.checkVisibility())
  .map((element) => element.id || element.getAttribute("aria-label") || element.tagName);"""


@pytest.mark.parametrize("make", ["digits", "perceptron"])
def test_everything_is_reached_by_keyboard(make, browser, small, tmp_path):
    """In the order in which it stands there."""
    if make == "digits":
        browser.open(small)
        for name in (".sample", ".label"):  # not by the mouse, from which Tab would go on
            browser.run("document.querySelector(arguments[0]).click()", name)
    else:
        browser.open(perceptron_page(tmp_path / "page.html"))
    script = """const here = document.activeElement;
    const style = getComputedStyle(here);
    return [here.id || here.getAttribute("aria-label") || here.tagName,
      style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];"""
    reached = []
    for _ in range(60):
        browser.press(Keys.TAB)
        name, outlined = browser.run(script)
        if name == "BODY":
            break
        assert outlined, name
        reached.append(name)
    assert reached == browser.run(EVERYTHING)
    assert len(reached) == {"digits": 41, "perceptron": 19}[make]


@pytest.mark.parametrize("key", [Keys.ENTER, Keys.SPACE])
def test_samples_and_buttons_by_keyboard(key, browser, small):
    browser.open(small)
    answers = ""
    for sample in browser.driver.find_elements("css selector", ".sample"):
        browser.run("arguments[0].focus()", sample)
        browser.press(key)
        answers += browser.text("answer")
    assert answers == "0123456789" * 2
    for name, text in [("number-example", "504192"), ("number-undo", "50419")]:
        browser.run("document.getElementById(arguments[0]).focus()", name)
        browser.press(key)
        assert browser.text("number") == browser.text("status") == text
    browser.run("document.getElementById('digit-clear').focus()")
    browser.press(key)
    assert (browser.text("answer"), browser.text("status")) == ("", "The pad is empty.")


BOXES = """
const shown = (element) => element.checkVisibility() && !element.closest(".unseen");
const text = (element) => Array.from(element.childNodes).some(
  (node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
const kinds = "canvas, svg, button, input, .track";
const part = (element) => element.matches(kinds) || text(element);
const parts = Array.from(document.body.querySelectorAll("*")).filter((element) =>
  shown(element) && part(element) && !element.parentElement.closest("svg, button"));
return parts.map((element) => {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return [element.tagName + " " + (element.id || element.textContent.slice(0, 20)),
    left, top, right, bottom, parts.filter((other) => other !== element
      && other.contains(element)).length];
});
"""


WORDS = """return Array.from(document.querySelectorAll("#number-pad text"), (text) => {
  const { left, right } = text.getBoundingClientRect();
  return [left, right];
});"""


def assert_nothing_overlaps(browser):
    """Nothing is beyond the edge of the page, or on top of something else."""
    width, scroll = browser.run("return [innerWidth, document.documentElement.scrollWidth]")
    assert scroll <= width
    boxes = [box[:5] for box in browser.run(BOXES) if not box[5]]
    assert len(boxes) > 10
    for one, other in combinations(boxes, 2):
        (a, left, top, right, bottom), (b, x, y, to_x, to_y) = one, other
        apart = min(right, to_x) - max(left, x) <= 1 or min(bottom, to_y) - max(top, y) <= 1
        assert apart, (width, a, b)
    assert all(box[1] >= 0 and box[3] <= width for box in boxes)
    for (left, right), (x, to_x) in combinations(browser.run(WORDS), 2):
        assert min(right, to_x) <= max(left, x)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_overlaps_at_any_width(width, browser, small, tmp_path):
    long = random_network((64, 30, 200, 7, 4), classes=["a", "longer", "W" * 60, "two words"])
    wide = to_html(long, tmp_path / "wide.html", title="An unusuallylongtitle" * 6)
    for path in (small, wide):
        browser.open(path, width)
        assert_nothing_overlaps(browser)
        browser.driver.find_element("css selector", ".sample").click()
        browser.click("number-example")
        assert_nothing_overlaps(browser)
        browser.run("document.getElementById('drawer').open = true")
        for label in browser.driver.find_elements("css selector", ".label")[:3]:
            label.click()
        assert_nothing_overlaps(browser)
    browser.open(perceptron_page(tmp_path / "page.html"), width)
    for button in browser.driver.find_elements("css selector", "#gates button"):
        button.click()
        assert_nothing_overlaps(browser)
    for button in browser.driver.find_elements("css selector", "#examples button"):
        button.click()
        for _ in range(6):
            browser.click("one-step")
        assert_nothing_overlaps(browser)


COLOURS = """
const behind = (element) => {
  const colour = getComputedStyle(element).backgroundColor;
  return colour.endsWith(", 0)") ? behind(element.parentElement) : colour;
};
const text = (element) => Array.from(element.childNodes).some(
  (node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
return Array.from(document.body.querySelectorAll("*"))
  .filter((element) => text(element) && element.checkVisibility())
  .map((element) => {
    const { color, fill } = getComputedStyle(element);
    return [element.textContent, element.ownerSVGElement ? fill : color, behind(element)];
  });
"""


def contrast(one, other):
    """The contrast of two colours as WCAG 2 defines it."""
    lights = []
    for colour in (one, other):
        s = np.array([float(part) for part in colour[4:-1].split(",")]) / 255
        linear = np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)
        lights.append(linear @ [0.2126, 0.7152, 0.0722] + 0.05)
    return max(lights) / min(lights)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_light_and_dark(scheme, browser, small, tmp_path):
    papers = set()
    for path in (small, perceptron_page(tmp_path / "page.html")):
        browser.open(path, scheme=scheme)
        if path == small:
            browser.driver.find_element("css selector", ".sample").click()
            browser.click("number-example")
            browser.run("document.getElementById('drawer').open = true")
            browser.driver.find_elements("css selector", ".label")[2].click()
        else:
            browser.driver.find_elements("css selector", "#gates button")[-1].click()
            browser.driver.find_elements("css selector", "#examples button")[-1].click()
            browser.click("one-step")
        found = browser.run(COLOURS)
        assert len(found) > 20
        assert min(contrast(*colours) for _, *colours in found) >= 4.5
        papers |= {colours[1] for _, *colours in found}
    dark = [contrast(paper, "rgb(0, 0, 0)") < 2 for paper in papers]
    assert sum(dark) >= 2 if scheme == "dark" else not any(dark)


def test_print_shows_dark_on_white_and_no_buttons(browser, small):
    browser.open(small, scheme="dark")
    browser.command("Emulation.setEmulatedMedia", {"media": "print"})
    script = """return [getComputedStyle(document.body).backgroundColor,
      getComputedStyle(document.body).color,
      document.getElementById("digit-clear").checkVisibility()];"""
    assert browser.run(script) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)", False]
    browser.command("Emulation.setEmulatedMedia", {"media": ""})


# --- one perceptron ----------------------------------------------------------------------

ROWS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
TABLE = """return Array.from(document.querySelectorAll("#rows tr"), (row) =>
  Array.from(row.cells, (cell) => cell.textContent.replace("−", "-")));"""
SET = """for (const [id, value] of Object.entries(arguments[0])) {
  document.getElementById(id).value = value;
}
document.getElementById("b").dispatchEvent(new Event("input"));"""
SHADED = """const polygon = document.querySelector("#plane .half");
const svg = polygon.ownerSVGElement;
return arguments[0].map(([x1, x2]) => {
  const point = svg.createSVGPoint();
  [point.x, point.y] = [x1, 1 - x2];
  return polygon.points.length > 0 && polygon.isPointInFill(point);
});"""


@pytest.fixture
def perceptron(browser, tmp_path):
    browser.open(perceptron_page(tmp_path / "page.html"))
    return browser


def expected_of(w1, w2, b):
    """Weighted sum and output for each row."""
    made = PerceptronClassifier.from_weights([w1, w2], b)
    return made.decision_function(ROWS), made.predict(ROWS)


def test_every_setting_of_a_grid_is_as_python_says(perceptron):
    grid = [
        (w1, w2, b)
        for w1 in (-5, -2, -0.5, 0, 1, 3.5)
        for w2 in (-4, -1, 0, 0.5, 2)
        for b in (-5, -2, -0.5, 0, 0.5, 3)
    ]
    for w1, w2, b in grid:
        perceptron.run(SET, {"w1": w1, "w2": w2, "b": b})
        table = np.array([row[2:4] for row in perceptron.run(TABLE)], dtype=float)
        sums, outputs = expected_of(w1, w2, b)
        assert np.array_equal(table, np.column_stack([sums, outputs])), (w1, w2, b)
    assert perceptron.log() == []


def test_half_of_the_plane_is_shaded_where_it_fires(perceptron):
    draw = np.random.default_rng(0)
    points = draw.uniform(-0.49, 1.49, (100, 2))
    for w1, w2, b in [
        (2, 2, -3),
        (-2, -2, 3),
        (1, 0, -0.5),
        (0, -3, 1),
        (5, -4.5, 0.5),
        (0, 0, 1),
        (0, 0, 0),
        (0.5, 0.5, 5),
        (1, 1, -5),
    ]:
        perceptron.run(SET, {"w1": w1, "w2": w2, "b": b})
        sums = points @ [w1, w2] + b
        shaded = np.array(perceptron.run(SHADED, points.tolist()))
        clear = np.abs(sums) > 0.02
        assert np.array_equal(shaded[clear], (sums > 0)[clear]), (w1, w2, b)
        ends = perceptron.run(
            """return Array.from(document.querySelectorAll("#plane .parting"), (line) =>
            ["x1", "y1", "x2", "y2"].map((name) => Number(line.getAttribute(name))));"""
        )
        assert len(ends) == (0 < np.sum(sums > 0) < len(points))
        for x, y, to_x, to_y in ends:
            on_line = np.array([[x, 1 - y], [to_x, 1 - to_y]]) @ [w1, w2] + b
            np.testing.assert_allclose(on_line, 0, atol=1e-9)


def test_sliders_by_keyboard(perceptron):
    values = {"w1": 2.0, "w2": 2.0, "b": -3.0}  # AND, with which the page begins
    moves = [
        ("w1", Keys.ARROW_RIGHT, 0.5),
        ("w2", Keys.ARROW_LEFT, -0.5),
        ("b", Keys.ARROW_UP, 0.5),
        ("b", Keys.HOME, -9),
        ("w1", Keys.END, 9),
    ]
    for name, key, step in moves:
        perceptron.run("document.getElementById(arguments[0]).focus()", name)
        perceptron.press(key)
        values[name] = float(np.clip(values[name] + step, -5, 5))
        told = {id_: perceptron.text(f"{id_}-value").replace("−", "-") for id_ in values}
        assert {id_: float(text) for id_, text in told.items()} == values
        assert float(perceptron.text("threshold").replace("−", "-")) == -values["b"]
        sums, outputs = expected_of(*values.values())
        table = perceptron.run(TABLE)
        assert [float(row[2]) for row in table] == sums.tolist()
        assert [int(row[3]) for row in table] == outputs.tolist()


def test_gates_can_be_met_and_exclusive_or_cannot(perceptron):
    buttons = perceptron.driver.find_elements("css selector", "#gates button")
    for button in buttons[:-1]:
        button.click()
        assert perceptron.text("match") == f"Rows that match {button.text}: 4 of 4."
        assert button.get_attribute("aria-pressed") == "true"
    buttons[-1].click()
    script = SET + "return document.getElementById('match').textContent"
    grid = np.arange(-5, 5.5, 2.5)
    most = [
        perceptron.run(script, {"w1": w1, "w2": w2, "b": b})
        for w1 in grid
        for w2 in grid
        for b in (-3, -1, -0.5, 0, 0.5, 1, 3)
    ]
    assert {text.split(":")[1][:7] for text in most} == {f" {k} of 4" for k in (1, 2, 3)}
    assert "No line parts its ones from its zeros" in most[0]


def test_the_gates_have_the_outputs_of_python(perceptron):
    tables = {}
    for button in perceptron.driver.find_elements("css selector", "#gates button"):
        button.click()
        tables[button.text] = [int(row[4][0]) for row in perceptron.run(TABLE)]
    assert json.dumps(tables) == json.dumps(
        {
            "AND": [0, 0, 0, 1],
            "OR": [0, 1, 1, 1],
            "NAND": [1, 1, 1, 0],
            "NOR": [1, 0, 0, 0],
            "XOR": [0, 1, 1, 0],
        }
    )
