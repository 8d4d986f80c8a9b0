"""From the fields of the export form to an order, and what the form shows again."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from starlette.datastructures import FormData

from crm.exports.errors import BadChoice, BadExpiry, BadRhythm
from crm.exports.queries import Format, Rhythm, Use
from crm.exports.service import Order, Repeat
from crm.segments.errors import BadCondition
from crm.tags.queries import tag_by_public_id

EVERYONE = {"everyone": True}
MOST_JSON = 20_000


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, as it was typed."""

    condition: Any = field(default_factory=lambda: dict(EVERYONE))
    segment: str = ""
    columns: tuple[str, ...] = ()
    format: str = "csv"
    use: str = "service"
    reason: str = ""
    receiver: str = ""
    keep_days: str = "7"
    is_whole: bool = False
    tag: str = ""
    every_days: str = ""
    hour: str = "8"
    ends_on: str = ""

    @property
    def condition_text(self) -> str:
        return json.dumps(self.condition, ensure_ascii=False)

    @property
    def is_plain(self) -> bool:
        """Whether the list is a segment, or everybody, and can be chosen by its name."""
        return set(self.condition) <= {"everyone", "segment"}


def condition_of(text: str) -> Any:
    """Raises BadCondition for what is no JSON object."""
    try:
        found = json.loads(text[:MOST_JSON])
    except (ValueError, RecursionError):
        raise BadCondition(at="condition") from None
    if not isinstance(found, dict):
        raise BadCondition(at="condition")
    return found


def typed_of(fields: FormData) -> Typed:
    """Raises BadCondition."""
    segment = str(fields.get("segment", ""))[:40]
    given = str(fields.get("condition", ""))
    condition: Any = {"segment": segment} if segment else dict(EVERYONE)
    if given and not segment:
        condition = condition_of(given)
    texts = {
        name: str(fields.get(name, "")).strip()[:200]
        for name in (
            *("format", "use", "reason", "receiver", "keep_days"),
            *("tag", "every_days", "hour", "ends_on"),
        )
    }
    return Typed(
        condition=condition,
        segment=segment,
        columns=tuple(str(name)[:80] for name in fields.getlist("columns"))[:100],
        is_whole=bool(fields.get("is_whole")),
        **texts,
    )


async def order_of(typed: Typed, language: str) -> Order:
    """Raises BadChoice, BadExpiry, TagNotFound."""
    if typed.format not in set(Format) or typed.use not in set(Use):
        raise BadChoice
    kind = Format(typed.format)
    tag = await tag_by_public_id(typed.tag[:40]) if kind is Format.TAG and typed.tag else None
    days = _whole(typed.keep_days)
    if days is None:
        raise BadExpiry
    return Order(
        condition=typed.condition,
        columns=() if kind is Format.TAG else typed.columns,
        format=kind,
        use=Use(typed.use),
        reason=typed.reason,
        receiver=typed.receiver,
        keep_days=days,
        is_whole=typed.is_whole,
        tag_id=tag.id if tag else None,
        language=language,
    )


def repeat_of(typed: Typed) -> Repeat | None:
    """None where it is made once. Raises BadRhythm and BadExpiry."""
    if not typed.every_days:
        return None
    days, hour = _whole(typed.every_days), _whole(typed.hour)
    if days is None or hour is None:
        raise BadRhythm
    try:
        ends_on = date.fromisoformat(typed.ends_on)
    except ValueError:
        raise BadExpiry from None
    return Repeat(typed.reason, Rhythm(days, hour), ends_on)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None
