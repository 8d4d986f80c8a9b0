"""The generated reference pages say what the code says: `make docs` writes them."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("page", ["settings", "refusals", "events", "states"])
def test_a_reference_page_is_up_to_date(page: str) -> None:
    written = runpy.run_path(str(ROOT / "scripts/reference.py"))
    written["every_module"]()
    name = {"states": "order-states"}.get(page, page)

    kept = (ROOT / f"docs/reference/{name}.md").read_text(encoding="utf-8")
    assert kept == written[f"{page}_page"](), "run `make docs`"


def test_every_proof_of_a_capability_exists() -> None:
    page = (ROOT / "docs/capabilities.md").read_text(encoding="utf-8")
    proofs = re.findall(r"`(tests/[\w/.]+?)(?:::(\w+))?`", page)

    assert len(proofs) > 30
    for path, name in proofs:
        assert (ROOT / path).exists(), path
        assert not name or f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), name
