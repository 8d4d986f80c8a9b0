"""The receiver printed in docs/howto/connect-an-erp.md believes what we sign and nothing else."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.feed.rules import signatures

PAGE = Path(__file__).resolve().parents[3] / "docs/howto/connect-an-erp.md"


def printed() -> Callable[..., bool]:
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    made: dict[str, Any] = {}
    exec(code, made)  # noqa: S102  our own page
    found: Callable[..., bool] = made["is_genuine"]
    return found


def test_the_printed_receiver_believes_our_signature_and_no_other() -> None:
    is_genuine, body = printed(), '{"a": "甲"}'.encode()
    live = [("k2", "new"), ("k1", "old")]
    head = {
        "daogou-timestamp": "1000",
        "daogou-sequence": "7",
        "daogou-signature": signatures(live, timestamp=1_000, sequence=7, body=body),
    }

    assert is_genuine(head, body, {"k1": "old"}, 1_100)
    assert is_genuine(head, body, {"k2": "new"}, 1_100)
    assert not is_genuine(head, body, {"k1": "new", "k3": "old"}, 1_100)
    assert not is_genuine(head, body + b" ", {"k1": "old"}, 1_100)
    assert not is_genuine({**head, "daogou-sequence": "8"}, body, {"k1": "old"}, 1_100)
    assert not is_genuine({**head, "daogou-timestamp": "1001"}, body, {"k1": "old"}, 1_100)
    assert not is_genuine(head, body, {"k1": "old"}, 1_301)
