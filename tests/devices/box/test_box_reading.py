"""What receipts say: every field that a layout prints, as the truth beside the stream has it."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from devices.box.truth import stream_json

ROOT = Path(__file__).parents[3]
SAMPLES = Path(os.environ.get("ESCPOS_SAMPLES", ROOT.parent / "shared" / "reference" / "escpos"))
TRUTHS = sorted(SAMPLES.glob("cn/*.json"))
here = pytest.mark.skipif(not TRUTHS, reason=f"no sample streams in {SAMPLES} (ESCPOS_SAMPLES)")


def value(totals: dict[str, str], name: str) -> Decimal:
    return sum((Decimal(totals[part]) for part in name.split("+")), Decimal(0))


def check_order(got: dict[str, Any], truth: dict[str, Any]) -> None:
    for name in ("order_no", "original_order_no", "payments", "qr", "barcodes"):
        assert got[name] == truth[name]
    assert truth["datetime"].startswith(got["datetime"])
    assert got["brand"] == truth["brand"]
    for mine, line in zip(got["lines"], truth["lines"], strict=True):
        assert {n: mine[n] for n in truth["printed"]["line"]} == {
            n: line[n] for n in truth["printed"]["line"]
        }
    for name in truth["printed"]["totals"]:
        assert value(got["totals"], name) == value(truth["totals"], name), name


@here
@pytest.mark.parametrize("path", TRUTHS, ids=[path.stem for path in TRUTHS])
def test_every_printed_field_of_a_receipt_is_read_right(path: Path) -> None:
    truth = json.loads(path.read_text(encoding="utf-8"))
    got = stream_json(path.with_suffix(".bin").read_bytes(), file=truth["file"])

    assert set(got) == set(truth)
    assert (got["columns"], got["text_extractable"]) == (
        truth["columns"],
        truth["text_extractable"],
    )
    if not truth["text_extractable"]:
        assert [job["kind"] for job in got["jobs"]] == ["other"]  # nobody can say what it is
        return
    assert [job["kind"] for job in got["jobs"]] == [job["kind"] for job in truth["jobs"]]
    for mine, job in zip(got["jobs"], truth["jobs"], strict=True):
        assert set(mine) == set(job)
        if job["kind"] == "other":
            assert (mine["order_no"], mine["lines"], mine["totals"]) == (None, [], None)
        else:
            check_order(mine, job)


def test_the_command_reads_a_file_fast_and_without_the_shop(tmp_path: Path) -> None:
    lines = "街角面馆 单号:A7 2025-11-09_10:33:20 牛肉面_2_36.00 合计_36.00 现金_50.00 找零_14.00"
    stream = lines.replace(" ", "\n").replace("_", " ") + "\n"
    (tmp_path / "one.bin").write_bytes(stream.encode("gb18030") + b"\x1dV\x00")
    watch = (
        "import sys, runpy, atexit\n"
        "peak = lambda: open('/proc/self/status').read().split('VmHWM:')[1].split()[0]\n"
        "atexit.register(lambda: print(peak(),"
        " 'tortoise' in sys.modules, 'starlette' in sys.modules, file=sys.stderr))\n"
        f"sys.argv = ['daogou', 'box', 'read', {str(tmp_path / 'one.bin')!r}, '--json']\n"
        "runpy.run_module('app', run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", watch], cwd=ROOT, capture_output=True, text=True, check=True
    )
    job = json.loads(done.stdout)["jobs"][0]
    kilobytes, has_tortoise, has_starlette = done.stderr.split()

    assert (job["order_no"], job["totals"]["due"], job["totals"]["change"]) == (
        "A7",
        "36.00",
        "14.00",
    )
    assert int(kilobytes) < 60_000
    assert (has_tortoise, has_starlette) == ("False", "False")
