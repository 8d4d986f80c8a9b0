"""What a mail server pipes in."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from core.settings import Settings
from tests.app.test_cli import _bare
from tests.invoicing.test_bounces import a_report

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.parametrize(
    ("mail", "said"),
    [(a_report(), "not known here"), (a_report(action="delayed"), "no failure of a mail of ours")],
)
async def test_a_mail_that_came_back_is_read_from_stdin(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mail: bytes, said: str
) -> None:
    file = tmp_path / "settings.json"
    secrets = {name: _bare(getattr(settings, name)) for name in Settings.model_fields}
    file.write_text(json.dumps(secrets, default=str))
    monkeypatch.setenv("DAOGOU_SETTINGS_FILE", str(file))

    loop = asyncio.get_running_loop()
    runner = CliRunner()
    ended = await loop.run_in_executor(None, lambda: runner.invoke(main, ["mail-bounce"], mail))

    assert (ended.exit_code, ended.output.strip()) == (0, said)
