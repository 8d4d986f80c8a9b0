"""Units that expire: which lot a spend takes from. Soonest first; a debt is paid before all."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from core.ledger.accounts import Account
from core.ledger.journals import Line

Lots = dict[datetime | None, int]  # by expiry; None never expires, and below zero it is a debt
NEVER = datetime.max.replace(tzinfo=UTC)


def spread(lines: Iterable[Line], lots: dict[Account, Lots]) -> list[Line]:
    """Each line as one line a lot; `lots` follow along. Accounts without lots stay as they are."""
    return [part for line in lines for part in _parts(line, lots)]


def _parts(line: Line, lots: dict[Account, Lots]) -> Iterator[Line]:
    held = lots.get(line.account)
    pieces = _pieces(line, held) if held is not None else {line.expires_at: line.amount}
    for expires_at, amount in pieces.items():
        if held is not None:
            held[expires_at] = held.get(expires_at, 0) + amount
        yield replace(line, amount=amount, expires_at=expires_at, into=None)
        if line.into:
            arriving = Line(line.into, -amount, expires_at, mirrors_id=line.mirrors_id)
            yield from _parts(arriving, lots)


def _pieces(line: Line, lots: Lots) -> Lots:
    if line.amount < 0:
        return _taken(line, lots)
    paid = min(line.amount, max(0, -lots.get(None, 0)))
    if line.expires_at is None or not paid:
        return {line.expires_at: line.amount}
    pieces: Lots = {None: paid, line.expires_at: line.amount - paid}
    return {expires_at: amount for expires_at, amount in pieces.items() if amount}


def _taken(line: Line, lots: Lots) -> Lots:
    """Soonest first, or the line's own lot before all others; what no lot covers is debt."""

    def turn(expires_at: datetime | None) -> tuple[bool, datetime]:
        return line.own_lot and expires_at != line.expires_at, expires_at or NEVER

    pieces: Lots = {}
    wanted = -line.amount
    for expires_at in sorted(lots, key=turn):
        piece = min(wanted, max(0, lots[expires_at]))
        if piece:
            pieces[expires_at] = -piece
            wanted -= piece
    if wanted:
        pieces[None] = pieces.get(None, 0) - wanted
    return pieces
