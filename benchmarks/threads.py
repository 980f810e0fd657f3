"""Our time with the default threads against the best of one and two.

The thread variables are read when the libraries load, so each setting has a process of
its own. The processes live side by side and take turns, one repetition each.
"""

import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import median

from threadpoolctl import threadpool_limits

from benchmarks.cases import DENSE, ONE_ROW_FIT, PERCEPTRON, SPARSE, Case
from benchmarks.report import THREAD_VARIABLES, number
from benchmarks.timing import Run, alternate, seconds

LIMIT = 1.15
SETTINGS = {"default": None, "1 thread": 1, "2 threads": 2}
GROUPS = (DENSE, SPARSE, PERCEPTRON, ONE_ROW_FIT)
HEADER = ["row", "m", "dtype", *SETTINGS, "default / best", ""]


@contextmanager
def limited(n_threads):
    """Everything under this many threads; None leaves the default.

    JAX reads its setting when it is imported, so this has to be entered before.
    """
    if n_threads is None:
        yield
        return
    if n_threads == 1:
        flags = os.environ.get("XLA_FLAGS", "")
        os.environ["XLA_FLAGS"] = f"{flags} --xla_cpu_multi_thread_eigen=false".strip()
    _limit_pytorch(n_threads)
    with threadpool_limits(n_threads):
        yield


def are_default(n_threads):
    """Whether neither this limit nor a variable of the environment sets the threads."""
    return n_threads is None and not any(name in os.environ for name in THREAD_VARIABLES)


def _limit_pytorch(n_threads):
    try:
        import torch
    except ImportError:
        return
    torch.set_num_threads(n_threads)


def table(cases, repeat, options):
    """Rows of the table of thread settings, and whether all hold.

    Parameters
    ----------
    cases : list of Case
    repeat : int
    options : list of str
        Command-line options for the processes: where the data are.
    """
    rows, holds = [], True
    with ExitStack() as stack:
        workers = {
            name: stack.enter_context(_worker(n_threads, options))
            for name, n_threads in SETTINGS.items()
        }
        for case in (case for case in cases if case.group in GROUPS):
            times = _times(case, workers, repeat)
            row, ok = _row(case, times)
            rows.append(row)
            holds = holds and ok
    return rows, holds


def _times(case, workers, repeat):
    """Microseconds a step under each setting: every process's own time, median."""
    times = {name: [] for name in workers}
    runs = {
        name: Run(lambda name=name, ask=ask: times[name].append(ask(case)), 1)
        for name, ask in workers.items()
    }
    alternate(runs, repeat)
    return {name: 1e6 * median(values[1:]) for name, values in times.items()}


def _row(case, times):
    ratio = times["default"] / min(times["1 thread"], times["2 threads"])
    name = case.label.removesuffix(f" m={case.m} {case.dtype}")
    values = [number(value) for value in times.values()]
    ok = ratio <= LIMIT
    verdict = "holds" if ok else "FAILS"
    return [name, str(case.m), case.dtype, *values, f"{ratio:.2f}", verdict], ok


@contextmanager
def _worker(n_threads, options):
    """A process under this setting, as a function: case -> seconds a step."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.threads", *options],
        cwd=Path(__file__).resolve().parents[1],
        env=_environment(n_threads),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield partial(_ask, process)


def _environment(n_threads):
    variables = {k: v for k, v in os.environ.items() if k not in THREAD_VARIABLES}
    if n_threads is None:
        return variables
    return variables | dict.fromkeys(THREAD_VARIABLES, str(n_threads))


def _ask(process, case):
    process.stdin.write(f"{asdict(case)!r}\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        raise RuntimeError(f"The process that was timing {case.label!r} has ended.")
    return float(answer)


def serve(source, lines):
    """Answer each case with the seconds a step of one repetition of ours."""
    from ast import literal_eval

    from benchmarks.peers import OURS

    last, run = None, None
    for line in lines:
        if line != last:
            last, run = line, None
            run = OURS.run(source.problem(Case(**literal_eval(line))))
        print(seconds(run.call) / run.steps, flush=True)


if __name__ == "__main__":
    from benchmarks.data import Source

    serve(Source(sys.argv[1] if len(sys.argv) > 1 else None), sys.stdin)
