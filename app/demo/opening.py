"""Before and after the sale: the brand comes in, and the books are looked at."""

import asyncio
import csv
import shutil
from pathlib import Path

from app.auditing import audit as run_audit
from app.household import Household, Opening
from app.importing import run as import_brand
from app.opening import BRAND, rows_of, settings_of, world_of
from app.story import Story
from app.wiring import migrate


def plan(story: Story, home: Path, port: int) -> Opening:
    """A shop of its own, filled by the import the demo shows."""
    return Opening(home, port, "demo", world_of(BRAND), lambda house: _fill(story, house))


def _fill(story: Story, house: Household) -> None:
    settings = settings_of(house)
    assert settings.database_url
    with story.step("建表 (the tables are made)"):
        asyncio.run(migrate(settings.database_url))
    printers = house.world["printers"]
    with story.step("导入示例品牌：先试算，再导入，坏行退回 (the brand is imported)") as step:
        dry = asyncio.run(import_brand(settings, BRAND, dry_run=True, printer_ports=printers))
        step.prove(f"dry run: {dry.text()}")
        done = asyncio.run(import_brand(settings, BRAND, printer_ports=printers))
        step.must(not done.refused, f"rows of the example brand were refused: {done.text()}")
        step.prove(f"imported: {done.text()}")
        broken = asyncio.run(import_brand(settings, _with_a_bad_row(house.home), dry_run=True))
        step.must(broken.refused == 1, f"one bad row should be refused: {broken.text()}")
        step.prove(f"a bad row comes back in {broken.refused_file}")


def _with_a_bad_row(home: Path) -> Path:
    folder = home / "brand-with-a-bad-row"
    shutil.copytree(BRAND, folder)
    last = rows_of("skus")[-1]
    with (folder / "skus.csv").open("a", encoding="utf-8", newline="") as file:
        bad = last | {"code": "P0000-00", "barcode": "2000000999999", "list_price_fen": "12.5"}
        csv.DictWriter(file, list(last)).writerow(bad)
    return folder


def audit(story: Story, house: Household) -> int:
    """Recompute everything; the story fails when anything does not add up."""
    with story.step("审计：重算所有账本和状态 (the audit)") as step:
        report = asyncio.run(run_audit(settings_of(house)))
        step.must(not report["findings"], f"findings: {report['by_check']}")
        step.prove(f"{report['checks']} checks, 0 findings")
    return int(report["findings"])
