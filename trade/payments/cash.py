"""What can be asked about counted drawers. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.database import sql
from core.security.scope import Scope
from trade.payments.models import CashCount

SINCE = """
SELECT store.id AS store_id,
    (SELECT coalesce(sum(p.amount_fen), 0)::bigint FROM payments_payment AS p
     WHERE p.store_id = store.id AND p.method = 'cash' AND p.state = 'paid'
        AND p.cash_count_id IS NULL) AS taken_fen,
    (SELECT coalesce(sum(r.amount_fen), 0)::bigint FROM payments_refund AS r
     JOIN payments_payment AS p ON p.id = r.payment_id
     WHERE coalesce(r.store_id, p.store_id) = store.id AND p.method = 'cash'
        AND r.goes_to = 'origin' AND r.state = 'settled'
        AND r.cash_count_id IS NULL) AS given_fen
FROM unnest($1::bigint[]) AS store (id)
"""


@dataclass(frozen=True, slots=True)
class CountView:
    """One count. The first one of a store has nothing to be held against."""

    public_id: str
    store_id: int
    number: int
    opened_fen: int
    taken_fen: int
    given_fen: int
    counted_fen: int
    left_fen: int
    reason: str
    counted_by: str
    counted_at: datetime

    @property
    def expected_fen(self) -> int:
        if self.number == 1:
            return self.counted_fen
        return self.opened_fen + self.taken_fen - self.given_fen

    @property
    def difference_fen(self) -> int:
        """Above 0: more in the drawer than there should be."""
        return self.counted_fen - self.expected_fen

    @property
    def to_bank_fen(self) -> int:
        return self.counted_fen - self.left_fen


@dataclass(frozen=True, slots=True)
class DrawerView:
    """A store's drawer since its last count; `expected_fen` is None before the first."""

    store_id: int
    after: int
    opened_fen: int
    taken_fen: int
    given_fen: int

    @property
    def expected_fen(self) -> int | None:
        return self.opened_fen + self.taken_fen - self.given_fen if self.after else None


def count_view(row: CashCount) -> CountView:
    return CountView(**{name: getattr(row, name) for name in CountView.__slots__})


async def drawers(store_ids: Iterable[int]) -> dict[int, DrawerView]:
    """What should lie in the drawers of these stores now."""
    wanted = sorted(set(store_ids))
    rows = CashCount.filter(store_id__in=wanted).order_by("store_id", "-number")
    last: dict[int, CashCount] = {}
    for row in await rows.limit(5_000):
        last[row.store_id] = last.get(row.store_id, row)
    found = {}
    for since in await sql(SINCE, wanted):
        before = last.get(since["store_id"])
        number, left = (before.number, before.left_fen) if before else (0, 0)
        found[since["store_id"]] = DrawerView(after=number, opened_fen=left, **since)
    return found


async def cash_counts(scope: Scope, *, limit: int = 60) -> list[CountView]:
    """Counts of the asker's stores, the latest first."""
    rows = CashCount.filter(scope.stores_q("store_id")).order_by("-counted_at", "-id")
    return [count_view(row) for row in await rows.limit(limit)]
