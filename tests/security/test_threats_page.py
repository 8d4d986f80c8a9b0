"""docs/why/threats.md names files and tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/why/threats.md").read_text("utf-8")
ROWS = re.findall(r"^\| (S\d+) \|(.*)\|$", PAGE, re.MULTILINE)
OURS = {1, 2, *range(4, 10), 12, 13, 14, *range(16, 21), 23, 24, 25, 28}


def test_every_threat_of_ours_stands_once() -> None:
    assert [int(number[1:]) for number, _ in ROWS] == sorted(OURS)


def test_every_row_names_code_and_a_proof() -> None:
    for number, row in ROWS:
        named = re.findall(r"`([\w/]+\.py)(?:::(test_\w+))?`", row)
        code = [path for path, _ in named if not path.startswith("tests/")]
        proofs = [(path, test) for path, test in named if path.startswith("tests/")]

        assert code, number
        assert proofs, number
        for path, test in named:
            text = (ROOT / path).read_text("utf-8")
            assert re.search(rf"^(async )?def {test}\(", text, re.MULTILINE) or not test, test
