"""The perceptron's page learns: the rule of Python, points by hand, and the proof for XOR."""

import numpy as np
import pytest
from chromium import Browser
from optional_packages import needs

from sknn_basic import PerceptronClassifier
from sknn_basic.export import perceptron_page
from sknn_basic.logic import is_linearly_separable

WebDriverWait = needs("selenium.webdriver.support.ui").WebDriverWait

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.driver.quit()


@pytest.fixture
def perceptron(browser, tmp_path):
    browser.open(perceptron_page(tmp_path / "page.html"))
    return browser


RUN = """const [points, steps] = arguments;
let state = sknnBasic.begin();
const weights = [];
for (let k = 0; k < steps; k += 1) {
  state = sknnBasic.learnNext(points, state);
  weights.push([state.now.w1, state.now.w2, state.now.b]);
}
return [weights, state.mistakes, sknnBasic.sameAsAfter(state)];"""


def points_on_the_grid(draw, n):
    places = draw.integers(-16, 49, (n, 2)) / 32
    return places, draw.integers(0, 2, n)


def test_the_rule_is_that_of_python_bit_for_bit(perceptron):
    draw = np.random.default_rng(0)
    for n in (1, 2, 4, 7, 25):
        places, wanted = points_on_the_grid(draw, n)
        points = [
            {"x": x.tolist(), "wanted": int(k)} for x, k in zip(places, wanted, strict=True)
        ]
        weights, mistakes, _ = perceptron.run(RUN, points, 12 * n)
        model = PerceptronClassifier(batch_size=1, shuffle=False)
        for step in weights[: 3 * n]:
            k = (model.t_ if hasattr(model, "t_") else 0) % n
            model.partial_fit(places[k : k + 1], wanted[k : k + 1], classes=[0, 1])
            assert [*model.coef_[0], model.intercept_[0]] == step
        if len(set(wanted)) == 2:
            options = {"batch_size": 1, "shuffle": False, "max_iter": 12, "keep": "last"}
            model = PerceptronClassifier(tol=None, **options).fit(places, wanted)
            ours = mistakes[: len(model.mistakes_)]
            assert model.mistakes_ == ours
            assert [*model.coef_[0], model.intercept_[0]] == weights[len(ours) * n - 1]
    assert perceptron.log() == []


def test_the_shapes_meet_exactly_where_no_line_parts_the_points(perceptron):
    draw = np.random.default_rng(1)
    script = "return arguments[0].map(([zeros, ones]) => sknnBasic.meeting(zeros, ones))"
    cases = []
    for _ in range(150):
        places, wanted = points_on_the_grid(draw, int(draw.integers(2, 9)))
        if draw.random() < 0.5:  # on one line, on one another, in the corners
            places = np.round(places * 2) / 2
        cases.append((places, wanted))
    cases = [(places, wanted) for places, wanted in cases if 0 < wanted.sum() < len(wanted)]
    proofs = perceptron.run(
        script, [[x[k == 0].tolist(), x[k == 1].tolist()] for x, k in cases]
    )
    met = 0
    for (places, wanted), proof in zip(cases, proofs, strict=True):
        assert (proof is None) == is_linearly_separable(places, wanted), (places, wanted)
        for k, name in enumerate(("zeros", "ones")) if proof else ():
            shares = np.array(proof[name]["shares"])
            assert shares.min() >= 0
            assert shares.sum() == pytest.approx(1)
            np.testing.assert_allclose(shares @ proof[name]["points"], proof["at"], atol=1e-12)
            own = places[wanted == k].tolist()
            assert all(point in own for point in proof[name]["points"])
        met += proof is not None
    assert 20 < met < len(cases) - 20


def click_plane(browser, *places):
    """Click at these places of the plane."""
    left, top, width = browser.run(
        """const plane = document.getElementById("learning-plane");
        plane.scrollIntoView({ block: "center" });
        const { left, top, width } = plane.getBoundingClientRect();
        return [left, top, width];"""
    )
    for x1, x2 in places:
        x, y = left + (x1 + 0.8) * width / 2.35, top + (1.55 - x2) * width / 2.35
        for kind in ("mousePressed", "mouseReleased"):
            event = {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}
            browser.command("Input.dispatchMouseEvent", event)


def test_clicks_add_points_and_steps_move_the_line(perceptron):
    browser = perceptron
    click_plane(browser, (1.0, 1.0), (1.25, 0.5))
    browser.click("class-0")
    click_plane(browser, (0.0, 0.0), (0.25, 0.5))
    points = browser.run("return points")
    assert [point["wanted"] for point in points] == [1, 1, 0, 0]
    places = np.array([point["x"] for point in points])
    np.testing.assert_allclose(places, [[1, 1], [1.25, 0.5], [0, 0], [0.25, 0.5]], atol=0.03)
    assert np.array_equal(32 * places, np.round(32 * places))
    assert "a line parts them" in browser.text("proof")
    options = {"batch_size": 1, "shuffle": False, "max_iter": 100, "keep": "last"}
    model = PerceptronClassifier(**options).fit(places, [1, 1, 0, 0])
    for _ in range(4 * len(model.mistakes_)):
        browser.click("one-step")
    assert browser.text("epoch").startswith(
        f"The end: epoch {len(model.mistakes_)} was free of mistakes"
    )
    assert f"Mistakes: {sum(model.mistakes_)} in all" in browser.text("mistakes")
    state = browser.run("return state.now")
    assert [state["w1"], state["w2"], state["b"]] == [*model.coef_[0], model.intercept_[0]]
    assert not browser.driver.find_element("id", "one-step").is_enabled()
    assert browser.run("return document.querySelectorAll('#learning-plane .cross').length") == 0
    assert len(browser.driver.find_elements("css selector", "#learning-plane .parting")) >= 1
    browser.click("start-again")
    assert browser.text("mistakes") == "Mistakes: none yet."
    browser.click("remove-point")
    assert len(browser.run("return points")) == 3
    browser.click("clear-points")
    assert browser.run("return points") == []
    assert browser.log() == []


def test_points_are_added_by_keyboard(perceptron):
    browser = perceptron
    browser.run("document.getElementById('x1').focus()")
    browser.run("document.getElementById('x1').select()")
    browser.press("0.5")
    browser.run("document.getElementById('x2').select()")
    browser.press("-0.25", "\ue007")
    assert browser.run("return points") == [{"x": [0.5, -0.25], "wanted": 1}]


def choose_example(browser, name):
    buttons = browser.driver.find_elements("css selector", "#examples button")
    next(button for button in buttons if button.text == name).click()


@pytest.mark.parametrize("name", ["AND", "OR", "NAND", "NOR"])
def test_running_ends_with_an_epoch_without_a_mistake(name, perceptron):
    choose_example(perceptron, name)
    perceptron.run("runOrStop(); stop(); while (!hasEnded(state)) oneStep();")
    assert perceptron.text("epoch").startswith("The end: ")
    assert perceptron.text("run") == "Run"


def test_run_takes_steps_until_it_is_stopped(perceptron):
    choose_example(perceptron, "XOR")
    perceptron.click("run")
    assert perceptron.text("run") == "Stop"
    steps = "return state.steps"
    WebDriverWait(perceptron.driver, 20, 0.05).until(lambda _: perceptron.run(steps) > 3)
    perceptron.click("run")
    assert perceptron.text("run") == "Run"
    count = perceptron.run(steps)
    wait = "const done = arguments[0]; setTimeout(done, 400)"
    perceptron.driver.execute_async_script(wait)
    assert perceptron.run(steps) == count


def test_exclusive_or_never_ends_and_the_page_shows_why(perceptron):
    choose_example(perceptron, "XOR")
    perceptron.run("for (let k = 0; k < 4000; k += 1) oneStep();")
    told = perceptron.text("epoch")
    assert told.startswith("Epoch 1001, point 1 of 4. The weights are those of")
    assert "it goes round for ever" in told
    proof = perceptron.text("proof").replace("\u00a0", " ")
    assert "(0.5, 0.5) is ½ (0, 0) + ½ (1, 1), a mean of zeros" in proof
    assert "½ (1, 0) + ½ (0, 1), a mean of ones" in proof or "½ (0, 1) + ½ (1, 0)" in proof
    meeting = "return document.querySelectorAll('#learning-plane .meeting').length"
    assert perceptron.run(meeting) == 1
    choose_example(perceptron, "AND")
    assert perceptron.run(meeting) == 0
    assert perceptron.log() == []


def test_where_the_shapes_overlap_that_part_is_coloured(perceptron):
    square = [(0, 0), (1, 0), (1, 1), (0, 1)]
    click_plane(perceptron, *square)
    perceptron.click("class-0")
    click_plane(perceptron, *((x + 0.5, y - 0.25) for x, y in square))
    corners = perceptron.run(
        """return Array.from(document.querySelector("#learning-plane .common").points,
        ({ x, y }) => [x, 1 - y]);"""
    )
    common = {(round(x, 2), round(y, 2)) for x, y in corners}
    assert len(common) == 4
    spread = np.ptp(np.array(sorted(common)), axis=0)
    np.testing.assert_allclose(spread, [0.5, 0.75], atol=0.1)
