"""Every page of the site in a real browser: on a desk, on a phone, light and dark."""

import pytest
from optional_packages import needs, needs_program

webdriver = needs("selenium.webdriver")
CHROMEDRIVER, CHROMIUM = needs_program("chromedriver"), needs_program("chromium")

pytestmark = pytest.mark.slow

FLAGS = """--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking
--disable-component-update --disable-sync --hide-scrollbars"""

BEYOND = """
const scrolls = element => {
  for (let box = element.parentElement; box && box !== document.body; box = box.parentElement)
    if (/auto|scroll|hidden|clip/.test(getComputedStyle(box).overflowX)) return true;
  return false;
};
const seen = element => {
  const style = getComputedStyle(element);
  return style.visibility !== 'hidden' && style.position !== 'fixed';
};
const found = [...document.body.querySelectorAll('*')].filter(element => {
  const {right, width, height} = element.getBoundingClientRect();
  const beyond = width > 1 && height > 1 && right > innerWidth + 1;
  return beyond && seen(element) && !scrolls(element);
});
const wide = document.documentElement.scrollWidth > innerWidth + 1 ? ['the page'] : [];
return [...wide, ...found.map(element => element.outerHTML.slice(0, 100))];
"""
"""What is beyond the window, but for what its own box scrolls."""

BROKEN = r"""
const found = [];
for (const cell of document.querySelectorAll('td, th')) {
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  while (texts.nextNode())
    for (const word of texts.currentNode.data.matchAll(/(?:[^\s_=(.]|\.(?![A-Za-z]))+/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      const parts = [...range.getClientRects()].filter(part => part.width > 0.5);
      if (new Set(parts.map(part => Math.round(part.top))).size > 1) found.push(word[0]);
    }
}
return found;
"""
"""Words of tables that are on two lines; names may break behind _, =, ( and a dot."""

CONTRAST = """
const light = colour => {
  const [r, g, b, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
  const [R, G, B] = [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return alpha < 0.5 ? null : 0.2126 * R + 0.7152 * G + 0.0722 * B;
};
return [...document.querySelectorAll(arguments[0])].map(element => {
  let box = element, behind = null;
  while (box && (behind = light(getComputedStyle(box).backgroundColor)) === null)
    box = box.parentElement;
  const both = [behind ?? 1, light(getComputedStyle(element).color)];
  return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
});
"""
"""The contrast of the text of some elements with what is behind it."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in [*FLAGS.split(), f"--user-data-dir={tmp_path_factory.mktemp('profile')}"]:
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER))
    yield driver
    driver.quit()


def set_window(browser, width, scheme="light"):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})


CUT = """
return [...document.querySelectorAll('.bd-article pre')]
  .filter(code => code.scrollWidth > code.clientWidth + 1)
  .map(code => code.textContent.slice(0, 100));
"""
"""Code that goes on beyond its box."""


@pytest.mark.parametrize("width", [1280, 400])
def test_nothing_is_beyond_the_window_and_no_word_of_a_table_is_broken(width, site, browser):
    set_window(browser, width)
    left_out = {"_static", "_modules"}  # parts of the theme; listings of source
    paths = [path for path in site.rglob("*.html") if not left_out.intersection(path.parts)]
    assert len(paths) > 80
    for path in sorted(paths):
        browser.get(path.as_uri())
        name = path.relative_to(site)
        assert browser.execute_script(BEYOND) == [], name
        assert browser.execute_script(BROKEN) == [], name
        assert browser.execute_script(CUT) == [], name


def test_what_is_wrong_would_be_found(tmp_path, browser):
    page = tmp_path / "page.html"
    page.write_text(
        "<meta charset=utf-8><body><p style='width: 500px'>wide</p>"
        "<div style='overflow: auto'><p style='width: 900px'>in a box</p></div>"
        "<table style='width: 40px; table-layout: fixed; overflow-wrap: anywhere'>"
        "<tr><td>scikit-learn<td>immeasurable<td>a b c d e f g h</table>",
        encoding="utf-8",
    )
    set_window(browser, 400)
    browser.get(page.as_uri())
    beyond = browser.execute_script(BEYOND)
    assert beyond[0] == "the page"
    assert any(">wide" in html for html in beyond)
    assert not any("in a box" in html for html in beyond if html.startswith("<p"))
    assert browser.execute_script(BROKEN) == ["scikit-learn", "immeasurable"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_boxes_and_buttons_can_be_read(scheme, site, browser):
    """Text needs a contrast of 4.5, says WCAG, and 3 where it only decorates."""
    set_window(browser, 1280, scheme)
    browser.get((site / "auto_examples" / "plot_20_progress.html").as_uri())
    for selector, least in {
        ".sk-top-container .sk-toggleable__label": 4.5,
        ".sphx-glr-footer a.download": 4.5,
        ".released": 3.0,
        ".bd-article p": 4.5,
    }.items():
        contrasts = browser.execute_script(CONTRAST, selector)
        assert contrasts, selector
        assert min(contrasts) >= least, selector
