"""The command line as people and machines use it, over a database that runs."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner, Result
from pydantic import BaseModel

from app.cli import main
from core.settings import Settings

Ask = Callable[..., Awaitable[Result]]


@pytest.fixture
def ask(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run `daogou WORDS` with this test's settings, in a thread: it has a loop of its own."""
    secrets = {name: _bare(getattr(settings, name)) for name in Settings.model_fields}
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(secrets, default=str))
    monkeypatch.setenv("DAOGOU_SETTINGS_FILE", str(file))

    async def run(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, main, list(words))

    return run


def _bare(value: Any) -> Any:
    if hasattr(value, "get_secret_value"):
        return value.get_secret_value()
    if isinstance(value, BaseModel):
        return {name: _bare(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {name: _bare(inner) for name, inner in value.items()}
    return sorted(map(str, value)) if isinstance(value, frozenset) else value


async def test_the_audit_of_an_empty_shop_finds_nothing(ask: Ask) -> None:
    told = await ask("audit", "--json")

    assert told.exit_code == 0, told.output
    assert json.loads(told.output)["findings"] == 0


async def test_a_dead_letter_is_listed_and_replayed(ask: Ask, settings: Settings) -> None:
    connection = await asyncpg.connect(settings.database_url)
    await connection.execute(
        "INSERT INTO core_outbox (kind, name, payload, lease_no, tries, dead_at)"
        " VALUES ('job', 'tests.gone', '{}', 1, 1, now())"
    )
    await connection.close()
    listed = await ask("outbox", "list", "--json")
    replayed = await ask("outbox", "replay")
    empty = await ask("outbox", "list")

    assert [letter["name"] for letter in json.loads(listed.output)["dead"]] == ["tests.gone"]
    assert replayed.output == "1 offered again\n"
    assert empty.output == "1 open, 0 dead\n"


async def test_keys_say_how_much_is_old(ask: Ask) -> None:
    told = await ask("keys")

    assert told.output.endswith("0 values stand under old keys\n")
    assert "people_member" in told.output


async def test_the_doctor_names_what_does_not_answer(ask: Ask) -> None:
    told = await ask("doctor", "--json")
    lines = {line["what"]: line for line in json.loads(told.output)}

    assert told.exit_code == 1
    assert lines["database"]["ok"]
    assert not lines["mail"]["ok"]


async def test_an_import_can_be_tried_without_writing(ask: Ask) -> None:
    brand = str(Path(__file__).parents[2] / "examples/brand")
    tried = await ask("import", brand, "--dry-run", "--json")
    again = await ask("import", brand, "--dry-run", "--json")

    assert tried.exit_code == 0, tried.output
    first, second = json.loads(tried.output), json.loads(again.output)
    assert first["dryRun"]
    assert sum(file["new"] for file in first["files"]) > 800
    assert first["files"] == second["files"]
