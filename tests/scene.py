"""Set the scene: small builders of real rows, and the postman."""

from datetime import timedelta

from core import clock, jobs, outbox
from core.outbox import OutboxRow
from core.security.scope import Role
from core.security.sessions import open_session


async def signed_in_member(member_id: int) -> dict[str, str]:
    """The headers of a shopper's request."""
    token = await open_session(role=Role.MEMBER, member_id=member_id)
    return {"authorization": f"Bearer {token}"}


async def signed_in_staff(staff_id: int, role: Role) -> dict[str, str]:
    token = await open_session(role=role, staff_id=staff_id)
    return {"authorization": f"Bearer {token}"}


async def tell_everyone(rounds: int = 10) -> None:
    """Work off every debt that is due, also those that arise from it, as a worker would."""
    for _ in range(rounds):
        owed = await outbox.claim()
        for row_id, lease_no in owed:
            await jobs.pay(row_id, lease_no)
        if not owed:
            return


async def make_due() -> None:
    """As if the waits of postponed debts were over."""
    past = clock.now() - timedelta(seconds=1)
    await OutboxRow.filter(done_at=None, dead_at=None).update(due_at=past, leased_until=None)
