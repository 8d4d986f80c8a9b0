"""Keys, sales and tills from the command line."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from core.security.api_keys import KeyRefused, scope_of_key
from core.settings import Settings
from tests.app.test_cli import _bare
from tests.scenes.catalog import a_sku
from tests.scenes.orders import some_rates
from tests.scenes.stores import a_store
from tests.scenes.tills import a_line, a_receipt

pytestmark = pytest.mark.usefixtures("db")
Ask = Callable[..., Awaitable[Result]]


@pytest.fixture
def ask(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run `daogou WORDS` in a thread without this test's database connection."""
    file = tmp_path / "settings.json"
    secrets = {name: _bare(getattr(settings, name)) for name in Settings.model_fields}
    file.write_text(json.dumps(secrets, default=str))
    monkeypatch.setenv("DAOGOU_SETTINGS_FILE", str(file))

    async def run(*words: str) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, lambda: CliRunner().invoke(main, list(words)))

    return run


async def test_a_key_is_made_renewed_and_revoked_by_command(ask: Ask) -> None:
    store = await a_store()
    made = await ask("partners", "add", "till", "--grant", "till.write", "--store", store.code)
    assert made.exit_code == 0, (made.output, made.exception)
    token = made.output.splitlines()[-1]
    scope = await scope_of_key(token)
    assert scope.store_ids == {store.id}
    assert token not in (await ask("partners", "list")).output
    newer = (await ask("partners", "renew", "till")).output.splitlines()[-1]
    assert await scope_of_key(newer) == scope
    twice = await ask("partners", "add", "till", "--grant", "till.write")
    assert (twice.exit_code, "name already" in twice.output) == (1, True)

    assert "2 keys ended" in (await ask("partners", "revoke", "till")).output
    with pytest.raises(KeyRefused):
        await scope_of_key(newer)


async def test_a_file_of_sales_is_taken_once_and_its_odd_rows_come_back(
    ask: Ask,
    tmp_path: Path,
) -> None:
    await some_rates()
    store, sku = await a_store(), await a_sku()
    await ask("partners", "add", "till", "--grant", "till.write")
    good = a_receipt(store.code, a_line(sku.code), receipt_no="1")
    file = tmp_path / "day.jsonl"
    file.write_text(json.dumps(good) + "\n" + json.dumps({**good, "totalFen": 1}))
    first = await ask("import-sales", str(file), "--partner", "till", "--json")
    again = await ask("import-sales", str(file), "--partner", "till", "--json")

    assert first.output, first.exception
    assert json.loads(first.output.splitlines()[-1])["accepted"] == 1
    assert json.loads(again.output.splitlines()[-1])["known"] == 1
    assert "devices.till_sums_differ" in file.with_suffix(".refused.csv").read_text()
    told = await ask("tills", "--json")
    assert json.loads(told.output.splitlines()[-1]) == {"tills": 1, "missing": 0, "odd": 0}


async def test_a_conflict_of_a_till_is_answered_by_command(ask: Ask, tmp_path: Path) -> None:
    await some_rates()
    store, sku = await a_store(), await a_sku()
    await ask("partners", "add", "till", "--grant", "till.write")
    sales = [a_receipt(store.code, a_line(sku.code, quantity=n), receipt_no="1") for n in (1, 2)]
    file = tmp_path / "day.jsonl"
    file.write_text("\n".join(json.dumps(sale) for sale in sales))
    await ask("import-sales", str(file), "--partner", "till")
    shown = (await ask("tills")).output
    number = shown.rpartition("conflict ")[2].partition(":")[0]
    words = ("tills", "resolve", number, "difference", "--reason", "补录")
    first, again = await ask(*words), await ask(*words)
    other = await ask("tills", "resolve", number, "dismissed", "--reason", "x")

    assert "1/1 came as 10.00 and 20.00 yuan" in shown
    assert first.output == again.output == "booked as 1#2\n"
    assert (other.exit_code, "answered already" in other.output) == (1, True)
    assert "conflict" not in (await ask("tills")).output
