"""The WeChat test vectors: `WECHAT_VECTORS` names a file, by default the copy in tests/data."""

import json
import os
from pathlib import Path
from typing import Any

BESIDE = Path(__file__).parents[1] / "data" / "wechat-vectors.json"
FILE = Path(os.environ.get("WECHAT_VECTORS") or BESIDE)
BOOK: dict[str, Any] = json.loads(FILE.read_text())
KEYRING: dict[str, Any] = BOOK["keyring"]
VECTORS: list[dict[str, Any]] = BOOK["vectors"]


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    return [vector for vector in VECTORS if vector["kind"] in kinds]


def is_accepted(vector: dict[str, Any]) -> bool | None:
    """None: accepting and refusing are both right."""
    return {"accept": True, "reject": False, "either": None}[vector["expect"]["result"]]


def pem_by_serial(entry: dict[str, Any]) -> dict[str, str]:
    """Serial and PEM of a keyring entry in public-key or in certificate mode."""
    if "id" in entry:
        return {entry["id"]: entry["public_key"]}
    return {entry["serial_no"]: entry["certificate"]}
