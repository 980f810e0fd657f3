"""Does a fault go unnoticed: ``python benchmarks/mutants.py``.

One deliberate fault at a time is written into a copy of the checkout, and the fast tests run
there: first those that know the module best, then, where these pass, all of them. A fault
that no test notices changes nothing that matters, or a test is missing. The exit code is 1 if
fewer than nine in ten are noticed. Interrupted, it tells how far it came.
"""

import argparse
import ast
import copy
import os
import queue
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
ENOUGH = 0.9
NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "shared")
LEFT_OUT = {
    "LARGEST_BLOCK LARGEST_BATCH ROWS_FACTOR CALL_COST": "how much work a block saves",
    "SPARSE_COLUMNS": "how much work a block of sparse rows saves",
    "CHUNK COLUMNS_AT_ONCE MOST_NUMBERS": "how much is held in memory at a time",
    "SMALL FEWEST_ROWS WIDE": "where products are cut",
    "BYTES_TO_GATHER ACTIVE_SHARE": "how much work it saves to leave out columns of zeros",
    "LONGEST_WAIT MOST_ROWS WORTH_IT FEW": "when to take another way to the same result",
    "ALWAYS": "any number whose tanh is 1 to the last bit",
    "strict": "zip(strict=True) states what always holds",
}
"""Constants and keywords that cannot change a result, and why."""
UNCHANGED = {name for names in LEFT_OUT for name in names.split()}

ENGINE = "engine/test_oracle engine/test_gradient engine/test_training"
CLASSIFIERS = (
    "exactness sample_weights validation_data growing fast_path sigmoid_mlp perceptron"
)
FIRST_TESTS = {
    "neurons": f"engine/test_neurons engine/test_costs {ENGINE}",
    "network": f"{ENGINE} engine/test_reported_costs classifiers/test_exactness",
    "rows": f"{ENGINE} engine/test_products engine/test_samples engine/test_blocks "
    "classifiers/test_wide_rows",
    "blocks": f"{ENGINE} engine/test_blocks engine/test_products",
    "layers": f"{ENGINE} engine/test_blocks",
    "sgd": f"{ENGINE} engine/test_blocks engine/test_memory classifiers/test_fast_path",
    "gradient": "engine/test_reported_costs classifiers/test_inside",
    "base": " ".join(f"classifiers/test_{name}" for name in CLASSIFIERS.split()),
}
"""The tests that are asked first, by module; `ENGINE` for any other."""

OPERATORS = """Add Sub, Sub Add, Mult Div, Div Mult, FloorDiv Mult, Pow Mult, MatMult Mult,
And Or, Or And, Lt LtE GtE, LtE Lt Gt, Gt GtE LtE, GtE Gt Lt, Eq NotEq, NotEq Eq, Is IsNot,
IsNot Is, In NotIn, NotIn In"""
SWAPS = {
    getattr(ast, old): [getattr(ast, new) for new in others]
    for old, *others in map(str.split, OPERATORS.split(","))
}
NAMES = {"add": "subtract", "subtract": "add", "multiply": "add", "min": "max", "max": "min"}
NAMES |= {"maximum": "minimum", "minimum": "maximum", "all": "any", "any": "all"}


def changed(node, **fields):
    """A copy of the node with other fields."""
    new = copy.copy(node)
    vars(new).update(fields)
    return new


def operator(node):
    return [changed(node, op=new()) for new in SWAPS.get(type(node.op), ())]


def constant(node):
    value = node.value
    if isinstance(value, bool):
        return [ast.Constant(not value)]
    if isinstance(value, int | float):
        return [ast.Constant(value + 1 if isinstance(value, int) else 2 * value or 1.0)]
    return []


def condition(node):
    """Negated, but for comparisons and `not`, which have faults of their own."""
    inner = getattr(node.test, "op", None)
    own = isinstance(node.test, ast.Compare) or isinstance(inner, ast.Not)
    return [] if own else [ast.UnaryOp(ast.Not(), node.test)]


FAULTS = {
    ast.BinOp: operator,
    ast.BoolOp: operator,
    ast.AugAssign: lambda node: [*operator(node), ast.Pass()],
    ast.Compare: lambda node: [
        changed(node, ops=[new(), *node.ops[1:]]) for new in SWAPS[type(node.ops[0])]
    ],
    ast.UnaryOp: lambda node: [node.operand] * isinstance(node.op, ast.Not | ast.USub),
    ast.Constant: constant,
    ast.Name: lambda node: [changed(node, id=NAMES[node.id])] if node.id in NAMES else [],
    ast.Attribute: lambda node: [
        changed(node, attr=NAMES[old]) for old in {node.attr} & {*NAMES}
    ],
    ast.Slice: lambda node: [
        changed(node, **{end: None}) for end in ("lower", "upper") if getattr(node, end)
    ],
    **dict.fromkeys((ast.If, ast.IfExp, ast.While), condition),
    ast.Expr: lambda node: [ast.Pass()] * isinstance(node.value, ast.Call),
    ast.Assign: lambda node: (
        [ast.Pass()] * isinstance(node.targets[0], ast.Attribute | ast.Subscript)
    ),
    ast.Return: lambda node: (
        [changed(node, value=None)] * (not isinstance(node.value, ast.Constant | None))
    ),
}
"""What may be in the place of a node, or of the test that it makes."""


class Mutant(NamedTuple):
    """The bytes from `start` to `stop` of a file become `after`."""

    file: str
    line: int
    start: int
    stop: int
    before: str
    after: str

    def of(self, source):
        return source[: self.start] + self.after.encode() + source[self.stop :]

    def __str__(self):
        before, after = (" ".join(text.split()) for text in (self.before, self.after))
        return f"{self.file}:{self.line}: {before} -> {after}"


def says_nothing(node):
    """Whether a fault in this node would only change a message, a type or the speed."""
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.annotation) == "TypeAlias"
    if isinstance(node, ast.ClassDef):
        return any(ast.unparse(base) == "Protocol" for base in node.bases)
    if isinstance(node, ast.Assign):
        parts = [part for target in node.targets for part in ast.walk(target)]
        return bool({getattr(part, "id", None) for part in parts} & UNCHANGED)
    unsaid = isinstance(node, ast.Assert | ast.Raise | ast.JoinedStr)
    return unsaid or (isinstance(node, ast.keyword) and node.arg in UNCHANGED)


def places(node):
    """This node and those below it that may be faulty."""
    if says_nothing(node):
        return
    yield node
    for field, value in ast.iter_fields(node):
        if field not in {"annotation", "returns", "decorator_list"}:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from places(child)


def mutants_of(file):
    """Every fault of a file."""
    source = (ROOT / file).read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in places(ast.parse(source)):
        old = getattr(node, "test", node)
        for new in FAULTS.get(type(node), lambda node: ())(node):
            start = starts[old.lineno - 1] + old.col_offset
            stop = starts[old.end_lineno - 1] + old.end_col_offset
            after = ast.unparse(new)
            if isinstance(new, ast.BinOp | ast.BoolOp | ast.Compare | ast.UnaryOp):
                after = f"({after})"
            before = source[start:stop].decode()
            yield Mutant(file, old.lineno, start, stop, before, after)


def first_failure(folder, tests, limit):
    """The first test that fails in this copy; None if all pass."""
    variables = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    how = ("-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0")
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *how, *tests],
        cwd=folder,
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        return "the time limit"
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode == 0:
        return None
    if process.returncode in {4, 5}:
        raise SystemExit(f"pytest could not find its tests:\n{output}")
    failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", output, re.MULTILINE)
    return failed[1] if failed else f"exit code {process.returncode}"


def judge(mutant, folder, seconds):
    """What notices this fault; None if nothing does. All tests take some `seconds`."""
    path, tests = folder / mutant.file, FIRST_TESTS.get(Path(mutant.file).stem, ENGINE)
    source = path.read_bytes()
    path.write_bytes(mutant.of(source))
    try:
        first = first_failure(folder, [f"tests/{t}.py" for t in tests.split()], 20 + seconds)
        return first or first_failure(folder, [], 20 + 4 * seconds)
    finally:
        path.write_bytes(source)


def verdicts(mutants, jobs):
    """Each mutant in turn, with what notices it."""
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(jobs) as pool:
        folders, start = queue.SimpleQueue(), time.monotonic()
        for job in range(jobs):
            folders.put(shutil.copytree(ROOT, Path(temporary, str(job)), ignore=NOT_COPIED))
        if failure := first_failure(Path(temporary, "0"), [], None):
            raise SystemExit(f"Without any fault: {failure}")
        seconds = time.monotonic() - start

        def verdict(mutant):
            folder = folders.get()
            try:
                return mutant, judge(mutant, folder, seconds)
            finally:
                folders.put(folder)

        yield from pool.map(verdict, mutants)


def options(arguments=None):
    """The parsed command line."""
    parser = argparse.ArgumentParser(prog="benchmarks/mutants.py", description=__doc__)
    parser.add_argument("--n", type=int, default=200, help="faults (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="which ones (default: 0)")
    parser.add_argument("--jobs", type=int, default=1, help="at a time (default: 1)")
    parser.add_argument("--files", metavar="REGEX", default=r"engine/|_classifiers/base\.py")
    parser.add_argument("--markdown", metavar="FILE", help="write the survivors here, too")
    return parser.parse_args(arguments)


def main(arguments=None):
    """Judge the faults that were asked for; return the exit code."""
    asked = options(arguments)
    files = [p.relative_to(ROOT).as_posix() for p in sorted(ROOT.glob("sknn_basic/**/*.py"))]
    mutants = [m for file in files if re.search(asked.files, file) for m in mutants_of(file)]
    mutants = random.Random(asked.seed).sample(mutants, min(asked.n, len(mutants)))
    judged = []
    try:
        for mutant, killer in verdicts(mutants, asked.jobs):
            judged.append((mutant, killer))
            progress = f"{len(judged)}/{len(mutants)}"
            print(f"{progress} {mutant}: {killer or 'SURVIVED'}", flush=True)
    except KeyboardInterrupt:
        print("Interrupted.")
    survivors = [mutant for mutant, killer in judged if killer is None]
    noticed = len(judged) - len(survivors)
    share = noticed / max(1, len(judged))
    told = f"{noticed} of {len(judged)} faults were noticed ({share:.1%})."
    print(told)
    if asked.markdown:
        lines = [told, "", *(f"- `{mutant}`" for mutant in survivors)]
        Path(asked.markdown).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0 if share >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
