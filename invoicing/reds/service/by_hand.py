"""A red letter made by a person: looked at first, then asked for with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from core.audit_log import record
from core.database import use_case
from core.security.scope import Scope
from invoicing.backends.port import RedReason
from invoicing.backends.queries import backend_of
from invoicing.queries.blues import BlueView, find_blue_named
from invoicing.reds.errors import BlueUnknown, LookChanged, OnlyWhole
from invoicing.reds.models import RedLetter
from invoicing.reds.rules.amounts import BlueLine, Take, allocated, of_pieces, taken
from invoicing.reds.service.claiming import locked_lines
from invoicing.reds.service.deciding import said_why
from invoicing.reds.service.following import BY_HAND
from invoicing.reds.service.wanting import Wish, write_letters


@dataclass(frozen=True, slots=True)
class Pick:
    """What a person wants taken back: pieces of lines, an amount with tax, or all that is left."""

    reason: RedReason
    fen: int | None = None
    pieces: Mapping[int, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What would be taken back (复核), and what is left of the invoice before it."""

    blue: BlueView
    lines: tuple[BlueLine, ...]
    takes: tuple[Take, ...]
    left_fen: int
    can_part: bool

    @property
    def fen(self) -> int:
        return sum(take.incl_fen for take in self.takes)


async def blue_for(scope: Scope, invoice_id: str) -> BlueView:
    """Raises BlueUnknown, for what is not there and for another store's alike."""
    blue = await find_blue_named(invoice_id)
    if blue is None or not scope.sees_store(blue.store_id):
        raise BlueUnknown(invoice=invoice_id[:40])
    return blue


@use_case
async def look_at(scope: Scope, *, invoice_id: str, pick: Pick | None = None) -> Look:
    """What a pick would take back now; without one, only what is left.

    Raises BlueUnknown, OnlyWhole, NothingToTakeBack.
    """
    return await _look(await blue_for(scope, invoice_id), pick)


async def _look(blue: BlueView, pick: Pick | None) -> Look:
    lines = await locked_lines([blue])
    left = sum(line.left_fen for line in lines)
    can_part = (await backend_of(blue.account_id)).capabilities().has_partial_red
    takes = _takes(lines, pick) if pick else []
    is_part = bool(takes) and sum(take.incl_fen for take in takes) < blue.incl_fen
    if pick and is_part and (not can_part or pick.reason is RedReason.WRONG):
        raise OnlyWhole
    return Look(blue, tuple(lines), tuple(takes), left, can_part)


def _takes(lines: list[BlueLine], pick: Pick) -> list[Take]:
    if pick.pieces:
        return _of_pieces(lines, pick.pieces)
    left = sum(line.left_fen for line in lines)
    return allocated(lines, left if pick.fen is None else pick.fen)


def _of_pieces(lines: list[BlueLine], pieces: Mapping[int, Decimal]) -> list[Take]:
    """Raises NothingToTakeBack."""
    open_pieces, takes = dict(pieces), []
    for line in lines:
        take = of_pieces(line, open_pieces.get(line.line_no, Decimal(0)))
        open_pieces[line.line_no] = open_pieces.get(line.line_no, Decimal(0)) - take.quantity
        takes += [take] if take.incl_fen else []
    if not takes:
        allocated(lines, 0)
    return takes


@use_case
async def take_back_by_hand(
    scope: Scope, *, invoice_id: str, pick: Pick, note: str, seen: tuple[int, int], key: str
) -> list[str]:
    """Want the red letter a person has looked at; answers the public ids. The same `key` again

    answers the same. `seen` is the amount and what was left then, as `look_at` said it.
    Raises BlueUnknown, ReasonNeeded, LookChanged, OnlyWhole, NothingToTakeBack.
    """
    blue, why, cause = await blue_for(scope, invoice_id), said_why(note), f"{BY_HAND}{key[:60]}"
    lines = await locked_lines([blue])
    if known := await RedLetter.filter(invoice_id=blue.id, cause=cause).order_by("id"):
        return [row.public_id for row in known]
    look = await _look(blue, pick)
    if (look.fen, look.left_fen) != seen:
        raise LookChanged(fen=look.fen, left_fen=look.left_fen)
    wish = Wish(cause=cause, reason=pick.reason, sale_id=blue.sale_id, by=scope.actor, note=why)
    made = await write_letters(wish, look.takes, [blue], lines)
    for letter_id in made:
        await record(scope, "reds.by_hand", f"red:{letter_id}", fen=look.fen)
    return [row.public_id for row in await RedLetter.filter(id__in=made).order_by("id")]


def after(look: Look) -> list[BlueLine]:
    """The lines as they will be once this is taken back."""
    by_place = {take.line.place: take for take in look.takes}
    return [
        taken(line, by_place[line.place]) if line.place in by_place else replace(line)
        for line in look.lines
    ]
