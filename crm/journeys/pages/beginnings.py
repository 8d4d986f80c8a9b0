"""What begins a journey and what it asks, as fields of a form: segments hold the hard questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.audience import Kind, Trait, traits
from core.clock import SHOP_ZONE
from crm.segments.queries import told

Data = dict[str, Any]
SHAPES: dict[str, Data] = {
    "once": {"segment": "", "at": None},
    "happened": {"happening": "", "segment": ""},
    "day": {"trait": "", "days": 0, "is_yearly": False, "segment": ""},
    "birthday": {"days_before": 0, "segment": ""},
    "entered": {"segment": ""},
    "left": {"segment": ""},
}
NUMBERS = ("days", "days_before")


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition as a choice: of a segment or not, or `told`, a sentence of another one."""

    chosen: str
    told: str


def typed_trigger(trigger: Data, fields: Mapping[str, Any]) -> Data:
    """The trigger as the form has it; one of another kind keeps what both know.

    Raises KeyError and ValueError for what no form of ours sends.
    """
    kind = str(fields.get("trigger.kind", trigger["kind"]))
    found = {key: trigger.get(key, first) for key, first in SHAPES[kind].items()}
    for key in found:
        if (given := fields.get(f"trigger.{key}")) is not None:
            found[key] = _value(key, str(given).strip())
    if "is_yearly" in found and fields.get("trigger.shown") == kind:
        found["is_yearly"] = "trigger.is_yearly" in fields  # a box that is not ticked is not sent
    return {"kind": kind, **found}


def _value(key: str, text: str) -> Any:
    if key in NUMBERS:
        return int(text or 0)
    if key == "at":
        return datetime.fromisoformat(text).replace(tzinfo=SHOP_ZONE).isoformat() if text else None
    return text


def shown_at(trigger: Data) -> str:
    """The moment of a campaign on the shop's clock, as an input of a form wants it."""
    at = trigger.get("at")
    return f"{datetime.fromisoformat(at).astimezone(SHOP_ZONE):%Y-%m-%dT%H:%M}" if at else ""


def day_traits() -> list[Trait]:
    """What a journey may wait for: days and moments of which a member has one."""
    found = (one for one in traits.values() if one.kind in {Kind.DAY, Kind.MOMENT})
    return sorted((one for one in found if not one.is_many), key=lambda one: one.name)


def typed_condition(choice: str, now: Data | None) -> Data | None:
    """`in:<segment>`, `out:<segment>`, `none`; anything else leaves it as it is."""
    how, _, segment = choice.partition(":")
    if how == "in":
        return {"segment": segment}
    if how == "out":
        return {"not": {"segment": segment}}
    return None if how == "none" else now


async def asked(condition: Data | None, language: str) -> Asked:
    """How the form shows it."""
    match condition:
        case None:
            return Asked("none", "")
        case {"segment": str(code)} if len(condition) == 1:
            return Asked(f"in:{code}", "")
        case {"not": {"segment": str(code)}} if len(condition) == 1:
            return Asked(f"out:{code}", "")
    return Asked("keep", await told(condition, language))
