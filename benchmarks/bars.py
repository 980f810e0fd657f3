"""How the page of measurements is shown: a picture before each table, environment as a list.

docs/benchmarks.md stays what the run has written: every figure comes from there, and only what
Sphinx makes of it changes.
"""

import re
from html import escape
from itertools import cycle
from math import log10

TABLE = re.compile(r"(?:^\|.*\|\n)+", re.MULTILINE)
ENVIRONMENT = re.compile(r"^\d{4}-\d\d-\d\d, .*\n(?:.+\n)+", re.MULTILINE)
COLOURS = {
    "bare products": "#999999",
    "scikit-learn": "#e69f00",
    "PyTorch": "#d55e00",
    "JAX": "#009e73",
    "textbook": "#56b4e9",
}
OTHERS = ("#cc79a7", "#0072b2", "#f0e442")
"""Colours of those who are not named above."""

LEFT, WIDTH, TOP, THICK, GAP = 176, 480, 40, 4, 5
"""Where bars may begin and end, where the first row stands, and how thick a bar is."""


def as_shown(text):
    """The page as it is shown."""
    text = ENVIRONMENT.sub(lambda match: "".join(map("- {}\n".format, lines(match[0]))), text)
    return TABLE.sub(lambda match: with_bars(match[0]), text)


def lines(paragraph):
    """Its lines, without spaces at their ends."""
    return [line.strip() for line in paragraph.splitlines()]


def cells(table):
    """The cells of each row of a table, the line under the head included."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines(table)]


def with_bars(table):
    """The table in two, times and ratios, with a picture before; as it is without ratios."""
    head, rule, *rows = cells(table)
    ratios = [k for k, name in enumerate(head) if name.startswith("×")]
    if not ratios:
        return table
    labels = [k for k in range(len(head)) if head[k] in ("row", "m", "dtype")]
    times = [k for k in range(len(head)) if k not in ratios]
    parts = [
        "".join(f"| {' | '.join(row[k] for k in columns)} |\n" for row in (head, rule, *rows))
        for columns in (times, labels + ratios)
    ]
    return "\n".join([picture(head, rows, ratios), *parts])


def picture(head, rows, ratios):
    """Bars of the ratios of the float64 rows on a logarithmic axis, ours at 1."""
    name, m, dtype = (head.index(column) for column in ("row", "m", "dtype"))
    names = {k: head[k].removeprefix("×").strip() for k in ratios}
    new = (name for name in names.values() if name not in COLOURS)
    colours = COLOURS | dict(zip(new, cycle(OTHERS), strict=False))
    shown = [row for row in rows if row[dtype] == "float64"]
    values = [number(row[k]) for row in shown for k in ratios if number(row[k])]
    low, high = log10(min([*values, 0.5])), log10(max([*values, 2.0]))

    def place(value):
        return LEFT + (log10(value) - low) / (high - low) * (WIDTH - LEFT - 8)

    y, drawn = TOP, []
    for row in shown:
        bars = [(names[k], number(row[k])) for k in ratios if number(row[k])]
        middle = y + THICK * len(bars) / 2 + 3
        label = escape(row[name] if "one-row" in row[name] else f"{row[name]}, m = {row[m]}")
        drawn.append(f'<text x="{LEFT - 6}" y="{middle:.0f}" text-anchor="end">{label}</text>')
        for who, value in bars:
            ends = sorted([place(1.0), place(value)])
            drawn.append(bar(who, value, ends, y, colours[who]))
            y += THICK
        y += GAP + max(0, 12 - GAP - THICK * len(bars))
    return figure([*axis(place, low, high, y), *legend(names.values(), colours), *drawn], y + 4)


def number(cell):
    """The number of a cell, or None."""
    return float(cell.replace(",", "")) if re.fullmatch(r"[\d,.]+", cell) else None


def bar(who, value, ends, y, colour):
    """A bar that tells what it is under the pointer."""
    left, right = ends
    return (
        f'<rect x="{left:.1f}" y="{y}" width="{max(right - left, 1):.1f}" height="{THICK - 1}" '
        f'fill="{colour}"><title>{escape(who)}: {value:g}</title></rect>'
    )


def axis(place, low, high, bottom):
    """Lines at the powers of ten, the one of 1, which is ours, in full."""
    for power in range(-2, 4):
        if low <= power <= high:
            x, dashes = place(10.0**power), "" if power == 0 else ' stroke-dasharray="2 3"'
            yield (
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" y2="{bottom}" '
                f'stroke="currentColor"{dashes}/><text x="{x:.1f}" y="{TOP - 8}" '
                f'text-anchor="middle">{10.0**power:g}</text>'
            )


def legend(names, colours):
    """The names with their colours, in a line above."""
    x = 4
    for name in names:
        yield (
            f'<rect x="{x}" y="5" width="9" height="9" fill="{colours[name]}"/>'
            f'<text x="{x + 13}" y="13">{escape(name)}</text>'
        )
        x += 26 + 6 * len(name)


def figure(drawn, height):
    """What is drawn, in a figure with a caption; text has the colour of the page."""
    return (
        f'<figure class="ratios"><svg viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-label="Time of the others over ours">'
        f"{''.join(drawn)}</svg><figcaption>Time over ours, which is 1: to the right of "
        "the line ours is faster. Rows of float64; the tables have all.</figcaption></figure>\n"
    )
