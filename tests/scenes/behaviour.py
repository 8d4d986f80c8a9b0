"""Set the scene: a phone that tells steps."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from core import clock

PHONE = "phone-0123456789abcdef"
serial = count(1)


def a_step(
    kind: str = "view", *, ago_s: float = 1, step_id: str = "", **more: str
) -> dict[str, Any]:
    """One step as a phone tells it, `ago_s` seconds before now by its clock."""
    at = clock.now() - timedelta(seconds=ago_s)
    return {"id": step_id or f"s{next(serial)}", "kind": kind, "at": at.isoformat(), **more}


def steps(*told: Mapping[str, Any], phone: str = PHONE, **more: Any) -> dict[str, Any]:
    """A batch, sent now."""
    return {"visitor": phone, "sentAt": clock.now().isoformat(), "steps": list(told), **more}


def by_a_clock_off(batch: dict[str, Any], by: timedelta) -> dict[str, Any]:
    """The same batch from a phone whose clock is wrong."""

    def moved(text: str) -> str:
        return (datetime.fromisoformat(text) + by).isoformat()

    told = [{**one, "at": moved(one["at"])} for one in batch["steps"]]
    return {**batch, "sentAt": moved(batch["sentAt"]), "steps": told}
