"""How sellers stand: what waits and why, what is used of the month, how long an invoice takes."""

from dataclasses import dataclass
from datetime import date, datetime, time

from core.clock import SHOP_ZONE
from core.database import sql
from invoicing.backends.queries import AccountView, all_accounts
from invoicing.queries import HoldReason, terms_of
from trade.stores.queries import SellerView, sellers

HELD = """
SELECT tax_entity_id, coalesce(account_id, 0) AS account_id, hold, count(*)::int AS waiting,
    min(coalesce(held_at, created_at)) AS since
FROM invoicing_request WHERE state = 'held' GROUP BY 1, 2, 3 ORDER BY 5
"""
HELD_REDS = """
SELECT account_id, count(*)::int AS waiting FROM reds_letter WHERE state = 'held' GROUP BY 1
"""
MONTH = """
SELECT tax_entity_id, count(*)::int AS invoices, coalesce(sum(ex_fen), 0)::bigint AS ex_fen,
    coalesce(sum(incl_fen), 0)::bigint AS incl_fen,
    coalesce(sum(red_incl_fen), 0)::bigint AS red_fen
FROM invoicing_invoice WHERE issued_at >= $1 GROUP BY 1
"""
DAYS = """
SELECT (created_at AT TIME ZONE 'Asia/Shanghai')::date AS day, count(*)::int AS requests,
    (count(*) FILTER (WHERE state IN ('issued', 'delivered', 'reversed')))::int AS issued,
    (count(*) FILTER (WHERE state = 'refused'))::int AS refused,
    (count(*) FILTER (WHERE alarm <> ''))::int AS alarms,
    percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (
        ORDER BY extract(epoch FROM ended_at - created_at))
        FILTER (WHERE state IN ('issued', 'delivered', 'reversed')) AS took_s
FROM invoicing_request
WHERE created_at >= $1 AND state <> 'draft' AND ($2::bigint IS NULL OR tax_entity_id = $2)
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class HeldLine:
    """Requests of one account that wait in one line. `account_id` 0: no matter of one account."""

    seller: str
    tax_entity_id: int
    account: AccountView | None
    reason: HoldReason
    waiting: int
    since: datetime


@dataclass(frozen=True, slots=True)
class SellerMonth:
    """What a seller issued this month. Quota is without tax; None: no limit of ours."""

    seller: SellerView
    invoices: int
    ex_fen: int
    incl_fen: int
    red_fen: int
    quota_fen: int | None
    accounts: tuple[AccountView, ...]
    is_active: bool

    @property
    def used_bp(self) -> int | None:
        return self.ex_fen * 10_000 // self.quota_fen if self.quota_fen else None


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day's requests; seconds from request to invoice at the median, 95 and 99 per cent."""

    day: date
    requests: int
    issued: int
    refused: int
    alarms: int
    p50_s: int
    p95_s: int
    p99_s: int

    @property
    def refused_bp(self) -> int:
        return self.refused * 10_000 // self.requests if self.requests else 0


async def held_lines() -> tuple[HeldLine, ...]:
    """What waits, the longest first."""
    names = {one.tax_entity_id: one.name for one in await sellers()}
    accounts = {one.id: one for one in await all_accounts()}
    return tuple(
        HeldLine(
            seller=names.get(row["tax_entity_id"], ""),
            tax_entity_id=row["tax_entity_id"],
            account=accounts.get(row["account_id"]),
            reason=HoldReason(row["hold"]),
            waiting=row["waiting"],
            since=row["since"],
        )
        for row in await sql(HELD)
    )


async def held_reds() -> dict[int, int]:
    """Red letters that wait, by account."""
    return {row["account_id"]: row["waiting"] for row in await sql(HELD_REDS)}


async def months_of_sellers(at: datetime) -> tuple[SellerMonth, ...]:
    """This month of the shop's calendar, seller by seller."""
    first = at.astimezone(SHOP_ZONE).date().replace(day=1)
    begin = datetime.combine(first, time.min, SHOP_ZONE)
    found = {row["tax_entity_id"]: row for row in await sql(MONTH, begin)}
    accounts = await all_accounts()
    made = []
    for seller in await sellers():
        row, terms = found.get(seller.tax_entity_id, {}), await terms_of(seller.tax_entity_id)
        made.append(
            SellerMonth(
                seller=seller,
                invoices=row.get("invoices", 0),
                ex_fen=row.get("ex_fen", 0),
                incl_fen=row.get("incl_fen", 0),
                red_fen=row.get("red_fen", 0),
                quota_fen=terms.month_quota_fen,
                accounts=tuple(
                    one for one in accounts if one.tax_entity_id == seller.tax_entity_id
                ),
                is_active=terms.is_active,
            )
        )
    return tuple(made)


async def figures_since(begin: datetime, tax_entity_id: int | None) -> tuple[DayFigures, ...]:
    """Day by day, the first one first; days without a request are left out."""
    return tuple(
        DayFigures(
            row["day"],
            row["requests"],
            row["issued"],
            row["refused"],
            row["alarms"],
            *(round(one) for one in row["took_s"] or (0, 0, 0)),
        )
        for row in await sql(DAYS, begin, tax_entity_id)
    )
