"""What is shown: a table as text and as Markdown, with date, machine and versions."""

import importlib.metadata
import os
import platform
from datetime import date
from pathlib import Path

import sknn_basic
from benchmarks.timing import medians, ratio

BUSY = 0.5
"""Processes that wait for a core, on average, beyond which timings mean little."""
PACKAGES = (
    "sknn_basic",
    "numpy",
    "scipy",
    "scikit-learn",
    "torch",
    "jax",
    "jaxlib",
    "numba",
    "joblib",
)
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
NOTE = (
    "Microseconds a step; × is that time over ours. A step is one mini-batch; in the one-row "
    "groups one call; in the perceptron rows one sample of `fit` with one epoch; in the grid "
    "search one of its fits."
)


def environment():
    """Lines that say when, where and with what."""
    versions = [f"{name} {version}" for name in PACKAGES if (version := _version(name))]
    variables = [f"{v}={os.environ[v]}" for v in THREAD_VARIABLES if v in os.environ]
    return [
        f"{date.today().isoformat()}, {_processor()}, {os.cpu_count()} cores, "
        f"{platform.system()}, Python {platform.python_version()}",
        ", ".join(versions),
        "threads: " + (", ".join(variables) or "the default, no thread variable set"),
        *_load(),
    ]


def as_text(header, rows):
    """Columns in line, the first to the left, the others to the right."""
    table = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if k else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    )


def as_markdown(header, rows):
    """A table in GitHub's Markdown."""
    ruler = [":--", *["--:"] * (len(header) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [header, ruler, *rows])


def header_of(peers):
    """The first line of the main table."""
    return ["row", "m", "dtype", "ours", *peers, *(f"× {peer}" for peer in peers)]


def row_of(case, times, peers):
    """One row of the main table; a dash where a peer does not take part."""
    micro = {name: number(1e6 * value) for name, value in medians(times).items()}
    ratios = [f"{ratio(times, peer):.2f}" if peer in times else "–" for peer in peers]
    name = case.label.removesuffix(f" m={case.m} {case.dtype}")
    columns = [micro.get(peer, "–") for peer in ("ours", *peers)]
    return [name, str(case.m), case.dtype, *columns, *ratios]


VERDICT_HEADER = ["requirement", "against", "at least", "measured", "range", "worst row", ""]


def verdict_row(verdict):
    """One line of the table of requirements."""
    need = verdict.requirement
    least = f"{need.floor:g}" + (f" (aim {need.aim:g})" if need.aim else "")
    if not verdict.checked:
        return [need.label, need.peer, least, "–", "–", "–", "NOT CHECKED"]
    low, high = verdict.range
    return [
        need.label,
        need.peer,
        least,
        f"{verdict.value:.2f}",
        f"{low:.2f} – {high:.2f}",
        verdict.worst.label,
        "holds" if verdict.holds else "FAILS",
    ]


def agreement_header(peers):
    """The first line of the table of agreements."""
    return ["row", *peers, ""]


def agreement_row(case, found, peers):
    """How far each peer's weights are from ours in this row."""
    by_peer = {one.peer: f"{one.difference:.0e}" for one in found}
    verdict = "agree" if all(one.holds for one in found) else "DIFFER"
    return [case.label, *(by_peer.get(peer, "–") for peer in peers), verdict]


def number(value):
    """Three digits or more, never an exponent."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


class Report:
    """Prints each part as it comes and keeps it for the Markdown file."""

    def __init__(self, title):
        self._parts = [f"# {title}"]

    def say(self, *lines):
        """A paragraph."""
        print(*lines, "", sep="\n", flush=True)
        self._parts.append("\n".join(lines))

    def table(self, title, header, rows):
        """A table under a heading."""
        print(title, as_text(header, rows), "", sep="\n", flush=True)
        self._parts.append(f"## {title}\n\n{as_markdown(header, rows)}")

    def markdown(self):
        """All of it."""
        return "\n\n".join(self._parts) + "\n"

    def write(self, path):
        """Write the Markdown file."""
        Path(path).write_text(self.markdown(), encoding="utf-8")


def _version(name):
    if name == "sknn_basic":  # benchmarks may run from the source tree, not installed
        return sknn_basic.__version__
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _load():
    """A line with the load average, where the system tells it."""
    if not hasattr(os, "getloadavg"):
        return []
    load = os.getloadavg()[0]
    warning = "; BUSY: do not trust the figures below" if load > BUSY else ""
    return [f"load before the start: {load:.1f}{warning}"]


def _processor():
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
