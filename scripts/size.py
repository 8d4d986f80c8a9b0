"""How long our files and functions are, against the limits of the house style."""

import ast
import statistics
import subprocess
import sys
from pathlib import Path

FILE_LIMIT, FUNCTION_LIMIT = 300, 60


def main() -> int:
    listed = subprocess.run(
        ["git", "ls-files", "*.py"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    paths = [p for p in listed if "migrations/" not in p and not p.startswith("tests/")]
    files: list[tuple[int, str]] = []
    functions: list[tuple[int, str]] = []
    for path in paths:
        text = Path(path).read_text(encoding="utf-8")
        files.append((text.count("\n"), path))
        functions += [
            ((node.end_lineno or 0) - node.lineno + 1, f"{path}:{node.lineno} {node.name}")
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
    lengths = sorted(length for length, _ in functions)
    p95 = lengths[int(len(lengths) * 0.95)]
    median = statistics.median(lengths)
    median_file = statistics.median([length for length, _ in files])
    print(f"{len(files)} files, median {median_file:.0f} lines (under 100), longest {max(files)}")
    print(f"{len(functions)} functions, median {median:.0f} (8 or fewer), p95 {p95} (under 30)")
    too_long = [f for f in files if f[0] > FILE_LIMIT] + [
        f for f in functions if f[0] > FUNCTION_LIMIT
    ]
    for length, name in sorted(too_long, reverse=True):
        print(f"TOO LONG {length:5} {name}")
    is_good = not too_long and median <= 8 and p95 < 30 and median_file < 100
    return 0 if is_good else 1


sys.exit(main())
