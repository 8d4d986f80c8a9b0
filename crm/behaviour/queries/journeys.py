"""The journey of one person: every step in order, the newest first, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.database import sql
from crm.behaviour.errors import JourneyCursorUnknown
from crm.behaviour.rules import WORDS, Step
from trade.catalog.queries import ProductName, product_names
from trade.stores.queries import get_staff, stores_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = 253_370_764_800_000_000  # the year 9999, in microseconds

PAGE = """
SELECT e.id, e.kind, e.product_id, e.store_id, e.subject, e.at, s.guide_id, s.group_id, s.scene,
    s.campaign
FROM behaviour_event AS e LEFT JOIN behaviour_source AS s ON s.id = e.source_id
WHERE e.member_id = $1 AND (e.at, e.id) < ($2, $3) AND (cardinality($4::text[]) = 0
    OR e.kind = ANY($4::text[]))
ORDER BY e.at DESC, e.id DESC LIMIT $5
"""


@dataclass(frozen=True, slots=True)
class StepView:
    """`subject` is an order number, search words, a page …; `guide` whose card they came by."""

    kind: Step
    zh: str
    en: str
    at: datetime
    product_id: str
    product: str
    store: str
    subject: str
    guide: str
    is_from_group: bool
    scene: int | None
    campaign: str


@dataclass(frozen=True, slots=True)
class JourneyPage:
    """`next_cursor` is None on the last page."""

    steps: tuple[StepView, ...]
    next_cursor: str | None


async def journey_of(
    member_id: int, *, cursor: str | None = None, limit: int = 30, kinds: Sequence[Step] = ()
) -> JourneyPage:
    """The newest steps of a member, or those after `cursor`. Raises JourneyCursorUnknown."""
    at, row_id = _place(cursor)
    rows = await sql(PAGE, member_id, at, row_id, list(kinds), limit + 1)
    shown = rows[:limit]
    more = len(rows) > limit
    last = shown[-1] if more else None
    return JourneyPage(
        await _views(shown),
        f"{(last['at'] - EPOCH) // timedelta(microseconds=1)}-{last['id']}" if last else None,
    )


def _place(cursor: str | None) -> tuple[datetime, int]:
    at, _, row_id = (cursor or f"{LAST}-0").partition("-")
    if not (at.isascii() and at.isdecimal() and row_id.isascii() and row_id.isdecimal()):
        raise JourneyCursorUnknown
    if len(at) > 18 or len(row_id) > 18 or int(at) > LAST:
        raise JourneyCursorUnknown
    return EPOCH + timedelta(microseconds=int(at)), int(row_id)


async def _views(rows: Sequence[dict[str, Any]]) -> tuple[StepView, ...]:
    products = await product_names(row["product_id"] for row in rows if row["product_id"])
    stores = await stores_of(row["store_id"] for row in rows if row["store_id"])
    names = {store.id: store.name for store in stores}
    guides = {row["guide_id"] for row in rows if row["guide_id"]}
    guide_names = {guide_id: (await get_staff(guide_id)).display_name for guide_id in guides}
    return tuple(_view(row, products, names, guide_names) for row in rows)


def _view(
    row: dict[str, Any],
    products: dict[int, ProductName],
    stores: dict[int, str],
    guides: dict[int, str],
) -> StepView:
    kind = Step(row["kind"])
    product = products.get(row["product_id"] or 0)
    return StepView(
        kind=kind,
        zh=WORDS[kind].zh,
        en=WORDS[kind].en,
        at=row["at"],
        product_id=product.public_id if product else "",
        product=product.title if product else "",
        store=stores.get(row["store_id"] or 0, ""),
        subject=row["subject"],
        guide=guides.get(row["guide_id"] or 0, ""),
        is_from_group=row["group_id"] is not None,
        scene=row["scene"],
        campaign=row["campaign"] or "",
    )
