"""A partner's list of a day against ours (积分对账): where they disagree, a person is told."""

from collections.abc import Iterable
from datetime import date, timedelta

from core import clock
from core.database import sql, use_case
from core.errors import Unavailable
from crm.points import gateway
from crm.points.errors import DifferenceUnknown
from crm.points.models import Alliance, Difference, Exchange
from crm.points.protocol import Listed
from crm.points.rules import ExchangeState

FOUND = """
INSERT INTO points_difference (alliance_id, day, exchange_no, what, ours, theirs, settled_by, note)
VALUES ($1, $2, $3, $4, $5, $6, '', '')
ON CONFLICT (alliance_id, day, exchange_no, what) DO NOTHING
"""
Found = dict[tuple[str, str], tuple[int | None, int | None]]


def compare(ours: Iterable[Exchange], theirs: Iterable[Listed]) -> Found:
    """(number, what) -> (our points, their points), both counted as the partner's points.

    What: `only_ours` and `only_theirs` were done by one side alone, `amount`, `direction`.
    """
    done = {row.exchange_no: row for row in ours if row.state is ExchangeState.DONE}
    listed = {one.no: one for one in theirs if one.status == "done"}
    found: Found = {}
    for no in done.keys() | listed.keys():
        row, one = done.get(no), listed.get(no)
        if one is None and row is not None:
            found[no, "only_ours"] = (row.theirs, None)
        elif row is None and one is not None:
            found[no, "only_theirs"] = (None, one.points)
        elif row is not None and one is not None:
            if row.theirs != one.points:
                found[no, "amount"] = (row.theirs, one.points)
            if row.direction != one.direction:
                found[no, "direction"] = (row.theirs, one.points)
    return found


async def reconcile_day(alliance: str, day: date) -> int:
    """Compare one day; answers how many differences are open. Doing it again adds nothing twice.

    What agrees by now is settled by itself. Raises Unavailable when the partner gives no list.
    """
    partner = await Alliance.get(code=alliance)
    return await _write(partner, day, await gateway.list_day(alliance, day))


@use_case
async def _write(partner: Alliance, day: date, theirs: list[Listed]) -> int:
    numbers = [one.no for one in theirs]
    on_day = await Exchange.filter(alliance_id=partner.id, day=day)
    others = await Exchange.filter(alliance_id=partner.id, exchange_no__in=numbers)
    ours = {row.exchange_no: row for row in (*on_day, *others)}
    found = compare(ours.values(), theirs)
    for (no, what), (mine, their) in sorted(found.items()):
        await sql(FOUND, partner.id, day, no, what, mine, their)
    open_ones = Difference.filter(alliance_id=partner.id, day=day, settled_by="")
    for row in await open_ones:
        if (row.exchange_no, row.what) not in found:
            await Difference.filter(id=row.id).update(settled_by="reconciliation")
    return await open_ones.count()


async def reconcile_yesterday() -> None:
    """Each partner that is on; one that gives no list is asked again with the next turn."""
    day = clock.shop_day(clock.now()) - timedelta(days=1)
    for partner in await Alliance.filter(is_on=True):
        try:
            await reconcile_day(partner.code, day)
        except Unavailable:
            continue


@use_case
async def settle_difference(*, difference_id: int, by: str, note: str) -> None:
    """A person says what was done about it. Raises DifferenceUnknown, also for a settled one."""
    open_one = Difference.filter(id=difference_id, settled_by="")
    if not note.strip() or not await open_one.update(settled_by=by[:40], note=note.strip()[:200]):
        raise DifferenceUnknown(difference_id=difference_id)
