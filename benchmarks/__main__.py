"""Command line: ``python -m benchmarks`` and ``python -m benchmarks growth``.

The exit code is 1 if a requirement fails, if a peer's weights differ from ours, or if the
default number of threads is slow.
"""

import argparse
import os
import sys
import warnings
from dataclasses import replace
from pathlib import Path

from sklearn.exceptions import ConvergenceWarning

from benchmarks import agreement, growth, report, requirements, threads
from benchmarks.cases import quick, select
from benchmarks.data import Source
from benchmarks.peers import PEERS, runs
from benchmarks.timing import alternate
from sknn_basic.datasets import VARIABLE

PARTS = ("all", "table", "agreement", "threads", "growth")


def options(arguments=None):
    """The parsed command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = ", ".join(peer.name for peer in PEERS)
    parser.add_argument(
        "part", nargs="?", choices=PARTS, default="all", help="all: everything but growth"
    )
    parser.add_argument("--quick", action="store_true", help="few steps: does it run?")
    parser.add_argument("--rows", metavar="REGEX", help='such as "784-30-10 m=1 "')
    parser.add_argument("--peers", metavar="NAMES", help=f"comma-separated, of: {names}")
    parser.add_argument("--repeat", type=int, default=7, help="repetitions (default: 7)")
    parser.add_argument("--threads", type=int, help="limit of threads for every peer")
    parser.add_argument(
        "--shuffle",
        action="store_true",
        help="ours and scikit-learn shuffle, as they do by default (default: same order)",
    )
    parser.add_argument("--markdown", metavar="FILE", help="also write the tables here")
    parser.add_argument(
        "--mnist",
        metavar="DIR",
        default=os.environ.get(VARIABLE),
        help=f"folder of the IDX files (default: ${VARIABLE}, ../shared/mnist)",
    )
    asked = parser.parse_args(arguments)
    unknown = set(asked.peers.split(",") if asked.peers else ()) - {p.name for p in PEERS}
    if unknown:
        parser.error(f"--peers must be of: {names}; got {', '.join(sorted(unknown))}")
    if not select(asked.rows):
        parser.error(f"--rows matches no row: {asked.rows!r}")
    return asked


def main(arguments=None):
    """Run what was asked for; return the exit code."""
    asked = options(arguments)
    source, page = Source(asked.mnist), report.Report("Benchmarks")
    cases = [quick(case) if asked.quick else case for case in select(asked.rows)]
    cases = [replace(case, shuffle=asked.shuffle) for case in cases]
    with threads.limited(asked.threads), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        page.say(*report.environment())
        if asked.shuffle:
            page.say("Ours and scikit-learn shuffle, as they do by default.")
        page.say(
            source.describe()
            + (". QUICK: few steps, the figures mean little" if asked.quick else "")
        )
        holds = [part(asked, cases, source, page) for part in _parts(asked.part)]
    if asked.markdown:
        page.write(asked.markdown)
    return 0 if all(holds) else 1


def _parts(name):
    parts = {
        "table": main_table,
        "agreement": agreement_table,
        "threads": thread_table,
        "growth": growth_table,
    }
    if name != "all":
        return [parts[name]]
    return [part for key, part in parts.items() if key != "growth"]


def chosen_peers(asked, page=None):
    """The peers that were asked for and are installed; a line for each that is not."""
    wanted = asked.peers.split(",") if asked.peers else [peer.name for peer in PEERS]
    peers = [peer for peer in PEERS if peer.name in wanted]
    missing = [peer.name for peer in peers if not peer.is_installed()]
    if missing and page:
        page.say(*(f"{name} is not installed: skipped" for name in missing))
    return [peer for peer in peers if peer.is_installed()]


def main_table(asked, cases, source, page):
    """Time all rows, then judge them."""
    peers = chosen_peers(asked, page)
    results = []
    for case in cases:
        _progress(f"timing {case.label}")
        times = alternate(runs(source.problem(case), peers), asked.repeat)
        results.append((case, times))
    names = [peer.name for peer in peers]
    rows = [report.row_of(case, times, names) for case, times in results]
    page.table("Time a step", report.header_of(names), rows)
    page.say(report.NOTE, f"Medians of {asked.repeat} alternating repetitions.")
    verdicts = requirements.verdicts(results, threads.are_default(asked.threads))
    rows = [report.verdict_row(verdict) for verdict in verdicts]
    page.table("What must hold", report.VERDICT_HEADER, rows)
    return all(verdict.holds for verdict in verdicts if verdict.checked)


def agreement_table(asked, cases, source, page):
    """Compare the weights after a few steps."""
    peers = [peer for peer in chosen_peers(asked) if peer.learns]
    found = {}
    for case in cases:
        _progress(f"comparing {case.label}")
        found[case] = agreement.agreements(case, source, peers)
    names = [peer.name for peer in peers]
    rows = [report.agreement_row(case, some, names) for case, some in found.items() if some]
    title = "Greatest relative difference of the weights after the same steps"
    page.table(title, report.agreement_header(names), rows)
    return all(one.holds for some in found.values() for one in some)


def thread_table(asked, cases, source, page):
    """Compare the default number of threads with one and two."""
    folder = [str(Path(asked.mnist).resolve())] if asked.mnist else []
    rows, holds = threads.table(cases, asked.repeat, folder)
    page.table("Threads: our time in microseconds a step", threads.HEADER, rows)
    return holds


def growth_table(asked, cases, source, page):
    """Time against the size of the problem."""
    page.table(
        "Growth of our time", growth.HEADER, growth.table(source, asked.repeat, asked.quick)
    )
    return True


def _progress(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
