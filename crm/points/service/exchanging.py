"""Points that cross to a partner or come from one (积分互换): the wish, and how it ends."""

from dataclasses import dataclass

from core import clock
from core.database import sql, use_case
from core.ids import new_no
from core.jobs import owe
from core.ledger import Cause, Entry, InsufficientBalance, house, mirror, name_cause, post
from core.security.vault import encrypt
from crm.people.queries import may_be_reached
from crm.points.errors import (
    AllianceUnknown,
    BadAccount,
    ConsentNeeded,
    ExchangeTooMuch,
    NotEnough,
    NotLinked,
    NotWholeLots,
)
from crm.points.models import Alliance, AllianceAccount, Exchange
from crm.points.protocol import Said
from crm.points.rules import Direction, ExchangeState, expires_at
from crm.points.rules.terms import Expiry
from crm.points.rules.words import Span
from crm.points.service.giving import ISSUED, purse_of
from crm.points.service.limiting import TAKE_TURNS

OUT, OUT_BACK, IN = "points.exchanged_out", "points.exchange_refused", "points.exchanged_in"
MOST_LOTS = 10_000
name_cause(OUT, zh="转出到合作方", en="points to a partner")
name_cause(OUT_BACK, zh="合作方未接受，积分退回", en="the partner refused, points returned")
name_cause(IN, zh="从合作方转入", en="points from a partner")

TODAY = """
SELECT coalesce(sum(ours), 0)::bigint AS ours FROM points_exchange
WHERE member_id = $1 AND alliance_id = $2 AND day = $3 AND state <> 'refused'
"""
END = """
UPDATE points_exchange SET state = $2, why = $3, partner_no = $4, ended_at = $5
WHERE id = $1 AND state IN ('wanted', 'unknown') RETURNING id
"""


@use_case
async def link_account(*, member_id: int, alliance: str, account: str) -> None:
    """Remember which account at a partner is the member's; a new one takes the place of the old.

    Raises AllianceUnknown, BadAccount, ConsentNeeded: another company is told of this person.
    """
    partner = await _alliance(alliance)
    text = account.strip()
    if not (4 <= len(text) <= 64 and text.isascii() and text.isprintable()):
        raise BadAccount
    if member_id not in await may_be_reached([member_id], "other_company"):
        raise ConsentNeeded
    await sql(TAKE_TURNS, member_id)
    await unlink_account(member_id=member_id, alliance=alliance)
    row = await AllianceAccount.create(
        alliance_id=partner.id, member_id=member_id, linked_at=clock.now()
    )
    row.account_cipher = encrypt(text, bound_to=f"points_account:{row.id}")
    await row.save(update_fields=["account_cipher"])


@use_case
async def unlink_account(*, member_id: int, alliance: str) -> None:
    """Forget the account; what is on its way still comes to its end. Raises AllianceUnknown."""
    partner = await _alliance(alliance)
    mine = AllianceAccount.filter(member_id=member_id, alliance_id=partner.id, unlinked_at=None)
    await mine.update(unlinked_at=clock.now())


async def _alliance(code: str) -> Alliance:
    found = await Alliance.get_or_none(code=code[:40], is_on=True)
    if found is None:
        raise AllianceUnknown(alliance=code)
    return found


@dataclass(frozen=True, slots=True)
class Exchanged:
    exchange_no: str
    state: ExchangeState
    ours: int
    theirs: int


@use_case
async def exchange_points(
    *, member_id: int, alliance: str, direction: str, points: int, key: str
) -> Exchanged:
    """Want `points` to cross: ours when they go out, the partner's when they come in.

    What goes out leaves the balance now and returns if the partner refuses; what comes in arrives
    when the partner has said yes. Repeating a key answers the first. Raises AllianceUnknown,
    NotLinked, NotWholeLots, ExchangeTooMuch, NotEnough.
    """
    partner = await _alliance(alliance)
    await sql(TAKE_TURNS, member_id)
    known = await Exchange.get_or_none(member_id=member_id, request_key=key)
    if known is None:
        ours, theirs = worth(partner, Direction(direction), points)
        await _check_day(partner, member_id, ours)
        known = await _want(partner, member_id, Direction(direction), (ours, theirs), key)
    return Exchanged(known.exchange_no, known.state, known.ours, known.theirs)


def worth(partner: Alliance, direction: Direction, points: int) -> tuple[int, int]:
    """(ours, theirs) of so many points. Raises NotWholeLots: nothing is lost by rounding."""
    is_out = direction is Direction.OUT
    lot = partner.out_ours if is_out else partner.in_theirs
    if not lot or points <= 0 or points % lot or points // lot > MOST_LOTS:
        raise NotWholeLots(lot=lot)
    lots = points // lot
    if is_out:
        return points, lots * partner.out_theirs
    return lots * partner.in_ours, points


async def _check_day(partner: Alliance, member_id: int, ours: int) -> None:
    [today] = await sql(TODAY, member_id, partner.id, clock.shop_day(clock.now()))
    if today["ours"] + ours > partner.most_a_day:
        raise ExchangeTooMuch(
            most_a_day=partner.most_a_day, left=partner.most_a_day - today["ours"]
        )


async def _want(
    partner: Alliance, member_id: int, direction: Direction, worths: tuple[int, int], key: str
) -> Exchange:
    account = await AllianceAccount.get_or_none(
        member_id=member_id, alliance_id=partner.id, unlinked_at=None
    )
    if account is None:
        raise NotLinked(alliance=partner.code)
    now = clock.now()
    row = await Exchange.create(
        exchange_no=new_no("PJ"),
        alliance_id=partner.id,
        member_id=member_id,
        request_key=key,
        direction=direction,
        purse=partner.purse,
        ours=worths[0],
        theirs=worths[1],
        account_id=account.id,
        day=clock.shop_day(now),
        at=now,
    )
    if direction is Direction.OUT:
        await _take_out(row)
    await owe("points.exchange", key=row.exchange_no, exchange_no=row.exchange_no)
    return row


async def _take_out(row: Exchange) -> None:
    mine = purse_of(row.member_id, row.purse)
    entries = [Entry(mine, -row.ours), Entry(house(ISSUED[row.purse]), row.ours)]
    try:
        await post(Cause(OUT, row.exchange_no), entries, {"exchange": row.exchange_no})
    except InsufficientBalance as short:
        raise NotEnough(needed=row.ours, balance=short.facts.get("balance")) from None


@use_case
async def begin_exchange(exchange_no: str) -> Exchange | None:
    """Before a partner is asked: from now on nobody knows until it answers. None: it has ended."""
    row = await Exchange.get(exchange_no=exchange_no).select_related("alliance", "account")
    if row.state not in {ExchangeState.WANTED, ExchangeState.UNKNOWN}:
        return None
    wanted = Exchange.filter(id=row.id, state=ExchangeState.WANTED)
    await wanted.update(state=ExchangeState.UNKNOWN)
    return row


@use_case
async def end_exchange(row: Exchange, said: Said) -> bool:
    """Write down what the partner said, once: points come in, or go back. False: it had ended."""
    is_done = said.status == "done"
    state = ExchangeState.DONE if is_done else ExchangeState.REFUSED
    if not await sql(END, row.id, state, said.why, said.partner_no, clock.now()):
        return False
    memo = {"exchange": row.exchange_no}
    if row.direction is Direction.OUT and not is_done:
        out = Cause(OUT, row.exchange_no)
        await mirror(Cause(OUT_BACK, row.exchange_no), out, 1, 1, memo)
    if row.direction is Direction.IN and is_done:
        days = row.alliance.in_days
        expiry = Expiry(count=days, span=Span.DAY, to_end_of=Span.DAY) if days else None
        mine = purse_of(row.member_id, row.purse)
        entries = [
            Entry(mine, row.ours, expires_at(expiry, clock.now())),
            Entry(house(ISSUED[row.purse]), -row.ours),
        ]
        await post(Cause(IN, row.exchange_no), entries, memo)
    return True
