"""A member leaves (注销): what names them is erased, what the law keeps names nobody (P8).

The number of a member stays in orders and books as a pseudonym that leads to nobody: no id, name,
phone and not even the old public number is left to join it to.
"""

from core import audit_log, belongings, clock
from core.database import sql, use_case
from core.ids import new_id
from core.ledger import KINDS, Account, AccountKind, Cause, Entry, balances, house, name_cause, post
from core.outbox import publish
from core.privacy import all_personal
from core.security.scope import Scope
from crm.people.errors import MemberNotFound, MoneyLeft
from crm.people.events import MemberErased
from crm.people.models import Binding, Consent, Erasure, Member
from crm.people.rules import MAY_MERGE, check_reason
from trade.orders.queries import has_unended_orders

FORFEITED = "member_erased.balances"
POINTS = (AccountKind.POINTS, AccountKind.BEHAVIOUR_POINTS)
MONEY = (AccountKind.STORED_VALUE, AccountKind.CREDIT)
name_cause(FORFEITED, zh="注销清零", en="given up on leaving")

WAITING = """
SELECT member_id FROM people_erasure WHERE done_at IS NULL ORDER BY id LIMIT $1
"""
# Those who were joined into a member leave with them.
PERSON = "SELECT id FROM people_member WHERE id = $1 OR merged_into_id = $1 ORDER BY id"
# A week, so that a day the job did not run is made up for.
DUE = """
SELECT id, kept.days FROM people_member, unnest($2::int[]) AS kept (days)
WHERE erased_at IS NOT NULL AND $1 >= erased_at + kept.days * interval '1 day'
    AND $1 < erased_at + (kept.days + 7) * interval '1 day'
"""


@use_case
async def ask_to_leave(*, member_id: int, actor: str) -> bool:
    """A member wants to be forgotten. True when it is done; False when an order has to end first.

    What waits is done by a job as soon as it can be. Asking again changes nothing. Raises MoneyLeft
    while there is money on the account, MemberNotFound.
    """
    if await Member.filter(id=member_id).select_for_update().first() is None:
        raise MemberNotFound()
    if await _money_of(member_id):
        raise MoneyLeft()
    asked = {"actor": actor, "asked_at": clock.now()}
    await Erasure.get_or_create(asked, member_id=member_id)
    return await _erase_if_free(member_id)


@use_case
async def want_erasure(*, member_id: int, actor: str) -> None:
    """Note that a member is to be erased; the job does it when money and orders are settled."""
    asked = {"actor": actor, "asked_at": clock.now()}
    await Erasure.get_or_create(asked, member_id=member_id)


@use_case
async def erase_member(*, scope: Scope, member_public_id: str, reason: str) -> bool:
    """The same, written down by our people for somebody who asked in another way.

    Raises MemberNotFound, ReasonNeeded, MoneyLeft.
    """
    kept = check_reason(reason)
    row = await Member.get_or_none(public_id=member_public_id, erased_at=None, merged_into_id=None)
    if row is None or scope.role not in MAY_MERGE:
        raise MemberNotFound()
    await audit_log.record(scope, "people.erasure_asked", f"member:{row.id}", reason=kept)
    return await ask_to_leave(member_id=row.id, actor=scope.actor)


async def erase_waiting(limit: int = 100) -> int:
    """Erase those whose orders have ended meanwhile; answers how many left."""
    waiting = await sql(WAITING, limit)
    return sum([await _try(row["member_id"]) for row in waiting])


@use_case
async def _try(member_id: int) -> bool:
    return not await _money_of(member_id) and await _erase_if_free(member_id)


async def _money_of(member_id: int) -> int:
    found = await balances(Account(kind, f"member:{member_id}") for kind in MONEY)
    return sum(found.values())


async def _erase_if_free(member_id: int) -> bool:
    member = await Member.filter(id=member_id).select_for_update().first()
    if member is None or member.erased_at is not None:
        return True
    ids = [row["id"] for row in await sql(PERSON, member_id)]
    if await has_unended_orders(ids):
        await Erasure.filter(member_id=member_id).update(why_waits="open_order")
        return False
    counts = await belongings.erase(ids)
    for one in ids:
        await _end(one)
    done = {"done_at": clock.now(), "why_waits": "", "counts": counts}
    await Erasure.filter(member_id=member_id).update(**done)
    rows = sum(counts.values())
    await audit_log.record("system", "people.erased", f"member:{member_id}", rows=rows)
    return True


async def _end(member_id: int) -> None:
    """What is left of somebody: a number nobody knows."""
    at = clock.now()
    await _give_up_points(member_id)
    await Consent.filter(member_id=member_id, withdrawn_at=None).update(withdrawn_at=at)
    await Binding.filter(member_id=member_id, unbound_at=None).update(unbound_at=at)
    await Member.filter(id=member_id).update(erased_at=at, public_id=new_id("mem"))
    await publish(MemberErased(member_id=member_id, at=at))


async def _give_up_points(member_id: int) -> None:
    owned = [Account(kind, f"member:{member_id}") for kind in POINTS]
    entries = []
    for account, left in (await balances(owned)).items():
        issuer = KINDS[account.kind].issued_by
        if left > 0 and issuer is not None:
            entries += [Entry(account, -left), Entry(house(issuer), left)]
    if entries:
        await post(Cause(FORFEITED, str(member_id)), entries)


async def forget_what_is_due() -> dict[str, int]:
    """Empty what was kept some time after a membership ended and whose time is over; by table."""
    counts: dict[str, int] = {}
    terms = sorted({kept.days for kept in all_personal().values() if kept.days})
    for row in await sql(DUE, clock.now(), terms):
        for table, rows in (await _forget(row["id"], row["days"])).items():
            counts[table] = counts.get(table, 0) + rows
    return counts


@use_case
async def _forget(member_id: int, days: int) -> dict[str, int]:
    return await belongings.erase([member_id], days=days)
