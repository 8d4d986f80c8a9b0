"""What people type and brands import stays text on every page (S13); no cell is a formula (S17)."""

from pathlib import Path

from tortoise import Tortoise

from core.web.pages import environment
from tests.security.conftest import Crowd
from tests.security.table import TABLE, name_of, operations

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("app", "bot", "core", "crm", "devices", "invoicing", "miniapp_api", "trade")
EVIL = "{{ 7*19100003 }}<script>alert(1)</script>{% for x in range(9**9) %}'\"${7*19100003}"
TYPED = {  # every text of a person or a brand that a page shows
    "stores_store": ("name", "city", "address", "hours", "region"),
    "stores_staff": ("name", "display_name"),
    "people_group": ("name",),
    "people_member": ("tier",),
    "catalog_product": ("title", "description"),
    "catalog_category": ("name",),
    "catalog_brand": ("name",),
    "catalog_sku": ("colour", "size"),
    "orders_line": ("title", "spec_text"),
}
WRITES_CSV = {  # whose cells they are
    "devices/till/sheets.py",  # test_the_file_of_refused_rows_runs_nothing_and_tells_the_line
    "app/importing/refusals.py",  # of people: test_no_cell_of_ours_begins_like_a_formula
    "trade/payments/bills/export.py",  # test_no_cell_of_the_differences_begins_like_a_formula
    "core/sheets.py",  # tests/core/test_sheets.py
    "app/people_commands.py",
    "app/old_members/taking.py",  # test_a_row_of_another_width_and_a_formula_are_no_danger
    "trade/promotions/pages/coupons.py",  # codes of our own letters and digits
    "app/testbed.py",  # ours, copied from the example brand
    "app/demo/opening.py",
    "app/bench/__init__.py",
}


def sources(*endings: str) -> dict[str, str]:
    return {
        str(path.relative_to(ROOT)): path.read_text("utf-8")
        for room in ROOMS
        for ending in endings
        for path in (ROOT / room).rglob(f"*{ending}")
    }


async def test_no_name_becomes_markup_or_a_template(crowd: Crowd) -> None:
    for model in [model for app in Tortoise.apps.values() for model in app.values()]:
        for column in TYPED.get(model._meta.db_table, ()):
            most = getattr(model._meta.fields_map[column], "max_length", 200)
            await model.all().update(**{column: EVIL[:most]})
    shown = 0
    for operation in operations():
        for caller in crowd.callers.values():
            answer = await caller.ask(operation, TABLE[name_of(operation)], caller.asker.own)
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert answer.status_code < 500, name_of(operation)
                assert "<script>" not in answer.text, name_of(operation)
                assert "133700021" not in answer.text, name_of(operation)
                shown += "{{ 7*19100003 }}" in answer.text

    assert shown > 10


def test_every_template_escapes_and_none_is_made_of_text() -> None:
    assert environment().autoescape is True
    for name, text in sources(".py").items():
        assert "from_string" not in text, name
        assert "Markup(" not in text, name
    for name, text in sources(".html").items():
        assert "|safe" not in text.replace(" ", ""), name
        assert "autoescape" not in text, name
        assert "javascript:" not in text, name


def test_whoever_writes_csv_is_known() -> None:
    """A new export has to bring its own proof that no cell begins like a formula."""
    found = {
        name
        for name, text in sources(".py").items()
        if "csv.writer" in text or "csv.DictWriter" in text or "openpyxl" in text
    }

    assert found == WRITES_CSV
