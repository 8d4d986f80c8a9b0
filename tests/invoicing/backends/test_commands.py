"""The commands of tax backends and of the agent beside a disc."""

import json
from pathlib import Path

from click.testing import CliRunner

from app.cli import main


def test_an_agent_is_made_and_given_its_devices(tmp_path: Path) -> None:
    file = str(tmp_path / "bridge.json")
    url = "https://shop.example.cn/"
    made = CliRunner().invoke(main, ["bridge", "init", "--url", url, "--settings", file])
    assert made.exit_code == 0, made.output
    assert len(json.loads(made.output)["public_key"]) == 44

    device = ["tba_1", "serial:///dev/ttyUSB0?baud=9600", "--settings", file]
    assert CliRunner().invoke(main, ["bridge", "add", *device]).exit_code == 0
    said = json.loads(Path(file).read_text())
    assert said["url"] == "https://shop.example.cn"
    assert said["devices"] == {"tba_1": "serial:///dev/ttyUSB0?baud=9600"}


def test_what_is_no_device_or_no_file_is_said_in_a_sentence(tmp_path: Path) -> None:
    file = str(tmp_path / "bridge.json")
    missing = CliRunner().invoke(main, ["bridge", "run", "--settings", file])
    assert (missing.exit_code, "Error" in missing.output) == (1, True)

    url = ["--url", "https://shop.example.cn", "--settings", file]
    assert CliRunner().invoke(main, ["bridge", "init", *url]).exit_code == 0
    again = CliRunner().invoke(main, ["bridge", "init", *url])
    assert (again.exit_code, "Error" in again.output) == (1, True)
    odd = CliRunner().invoke(main, ["bridge", "add", "tba_1", "http://x", "--settings", file])
    assert (odd.exit_code, "no address of a device" in odd.output) == (1, True)


def test_secrets_come_by_standard_input_alone() -> None:
    enrol = ["backends", "enrol", "HQ", "nuonuo", "--name", "x", "--url", "https://x.cn"]
    refused = CliRunner().invoke(main, enrol, input="no json")

    assert refused.exit_code == 1
    assert "standard input" in refused.output
