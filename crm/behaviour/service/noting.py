"""What our own rooms know of a member's journey: each step stands there once, whoever tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.database import use_case
from crm.behaviour.rules import Step
from crm.behaviour.service.writing import Row, key_of, write

SUBJECT_CHARS = 80


@dataclass(frozen=True, slots=True)
class Note:
    """`kind` with `cause` (a business key, as an order's number) is one step, ever."""

    member_id: int
    kind: Step
    cause: str
    at: datetime
    subject: str = ""
    product_id: int | None = None
    store_id: int | None = None


async def note(
    *,
    member_id: int,
    kind: Step,
    cause: str,
    at: datetime,
    subject: str = "",
    product_id: int | None = None,
) -> bool:
    """Put one step into a member's journey. False: it stood there already."""
    step = Note(member_id, kind, cause, at, subject, product_id)
    return await note_all([step]) == 1


@use_case
async def note_all(notes: Sequence[Note]) -> int:
    """As `note` for each of them, in one statement; answers how many are new."""
    return await write([_row(one) for one in notes])


def favourite_key(member_id: int, product_id: int, at: datetime) -> tuple[object, ...]:
    """A phone tells of it, and the favourite itself does: of one day it is one step."""
    return (Step.FAVOURITE, member_id, product_id, clock.shop_day(at))


def _row(one: Note) -> Row:
    return Row(
        key=key_of(*_name(one)),
        kind=one.kind,
        at=one.at,
        member_id=one.member_id,
        product_id=one.product_id,
        store_id=one.store_id,
        subject=one.subject[:SUBJECT_CHARS],
    )


def _name(one: Note) -> tuple[object, ...]:
    if one.kind is Step.FAVOURITE and one.product_id is not None:
        return favourite_key(one.member_id, one.product_id, one.at)
    return ("room", one.kind, one.cause)
