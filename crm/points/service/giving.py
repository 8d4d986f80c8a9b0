"""An earning enters the book: once, whoever brings it."""

from core import clock
from core.database import sql
from core.ledger import Account, AccountKind, Cause, Entry, house, post
from core.ledger.journals import Memo
from core.outbox import publish
from crm.points.events import PointsGiven
from crm.points.models import Earning
from crm.points.rules import Purse, State
from crm.points.service.taking import is_all_back, take_back

ISSUED = {Purse.POINTS: AccountKind.POINTS_ISSUED, Purse.BEHAVIOUR: AccountKind.BEHAVIOUR_ISSUED}
MARK = """
UPDATE points_earning SET state = 'given', given_at = $2
WHERE id = $1 AND state = 'pending' RETURNING id
"""
DUE = """
SELECT id, order_id FROM points_earning
WHERE state = 'pending' AND available_at <= now() ORDER BY available_at, id LIMIT $1
"""


def purse_of(member_id: int, purse: Purse) -> Account:
    return Account(AccountKind(purse), f"member:{member_id}")


def entries_for(earning: Earning) -> list[Entry]:
    mine = purse_of(earning.member_id, earning.purse)
    return [
        Entry(mine, earning.points, earning.expires_at),
        Entry(house(ISSUED[earning.purse]), -earning.points),
    ]


async def give(earning: Earning) -> None:
    """Post what an earning gives, and take back what was refunded while it waited.

    In the caller's use case. Nothing happens to what is given already or void; what was refunded
    whole never enters the book.
    """
    if is_all_back(earning):
        await Earning.filter(id=earning.id, state=State.PENDING).update(state=State.VOID)
        return
    now = clock.now()
    if not await sql(MARK, earning.id, now):
        return
    cause = Cause(earning.cause_kind, earning.cause_key)
    await post(cause, entries_for(earning), _memo(earning), earning.earned_at)
    if earning.order_id is not None:
        await take_back(earning)
    await publish(
        PointsGiven(
            member_id=earning.member_id,
            purse=earning.purse,
            points=earning.points,
            on=earning.on,
            program=earning.program,
            cause=f"{earning.cause_kind} {earning.cause_key}",
            expires_at=earning.expires_at,
            at=now,
        )
    )


def _memo(earning: Earning) -> Memo:
    if earning.order_no is None:
        return {"program": earning.program}
    return {"order_no": earning.order_no, "paid_fen": earning.basis_fen}
