"""What the site shows of the measured tables holds every figure of them, and no other."""

import re
from math import log10
from xml.etree import ElementTree as ET

import pytest
from test_docs import DOCS

from benchmarks import bars

PAGE = (DOCS / "benchmarks.md").read_text(encoding="utf-8")
TABLE = """\
| row | m | dtype | ours | scikit-learn | JAX | × scikit-learn | × JAX |
| :-- | --: | --: | --: | --: | --: | --: | --: |
| 4-5-3 | 1 | float64 | 2 | 20 | 1 | 10.00 | 0.50 |
| 4-5-3 | 1 | float32 | 2 | 50 | 2 | 25.00 | 1.00 |
| one-row predict | 1 | float64 | 2 | 2,000 | – | 1,000.00 | – |
"""


def test_the_page_keeps_every_cell_and_line():
    shown = bars.as_shown(PAGE)
    words = re.sub(r"<figure.*?</figure>", "", shown, flags=re.S)
    for text in (PAGE, words):
        assert {"18.68", "287.38", "FAILS"} <= set(text.replace("|", " ").split())
    assert set(PAGE.split()) == set(words.split()) - {"-"}  # of the list
    assert shown.count("<figure") == len(re.findall(r"^\| row .* × ", PAGE, re.MULTILINE)) > 1
    for table in bars.TABLE.findall(words):
        widths = {len(row) for row in bars.cells(table)}
        assert len(widths) == 1
        assert max(widths) <= 12


def test_the_environment_is_a_list():
    shown = bars.as_shown(PAGE)
    found = re.findall(
        r"^- (\d{4}-\d\d-\d\d), .*\n- (sknn_basic .*)\n- (threads: .*)$", shown, re.MULTILINE
    )
    assert len(found) == PAGE.count("\nthreads: ") > 0
    assert all(line in PAGE for lines in found for line in lines)


def test_bars_are_as_long_as_the_ratios_say():
    head, _, *rows = bars.cells(TABLE)
    figure = bars.picture(head, rows, [6, 7])
    svg = ET.fromstring(figure[figure.index("<svg") : figure.index("</svg>") + 6])
    drawn = {bar[0].text: bar for bar in svg.iter("rect") if len(bar)}
    assert set(drawn) == {"scikit-learn: 10", "JAX: 0.5", "scikit-learn: 1000"}
    width = {name: float(bar.get("width")) for name, bar in drawn.items()}
    decade = width["scikit-learn: 10"]
    assert width["scikit-learn: 1000"] == pytest.approx(3 * decade, abs=0.2)
    assert width["JAX: 0.5"] == pytest.approx(-log10(0.5) * decade, abs=0.2)
    [one] = (line for line in svg.iter("line") if not line.get("stroke-dasharray"))
    at = float(one.get("x1"))
    ours = {name: float(bar.get("x")) for name, bar in drawn.items()}
    assert ours["scikit-learn: 10"] == pytest.approx(at, abs=0.2)
    assert ours["JAX: 0.5"] + width["JAX: 0.5"] == pytest.approx(at, abs=0.2)
    assert all(float(bar.get("x")) + float(bar.get("width")) <= 480 for bar in svg.iter("rect"))
    assert "\n\n" not in figure  # Markdown would end the figure there


def test_a_peer_that_nobody_knew_has_a_colour_too():
    table = TABLE.replace("JAX", "a new peer")
    figure = bars.with_bars(table)
    assert figure.count("a new peer") > 2
    assert len(set(re.findall(r'fill="(#\w+)"', figure))) == 2


def test_a_table_without_ratios_stays_as_it_is():
    table = "| a | b |\n| :-- | --: |\n| 1 | 2 |\n"
    assert bars.with_bars(table) == table
