"""promotions.csv: one row a promotion or coupon, in columns a marketer fills in a spreadsheet."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from app.importing.cells import Bp, Code, Flag, Name, Number, Short, Title
from app.importing.loading import Loader, Refused
from app.importing.price_rows import Dated
from core.upsert import Upserted
from trade.catalog.queries import product_ids, sku_ids
from trade.promotions.service import DealKind, PromotionDraft, put_promotions
from trade.stores.queries import franchisee_ids, store_ids

Pieces = Annotated[Number, Field(le=999)]


class PromotionRow(Dated):
    """Codes in one cell are parted by spaces. Which columns a kind needs is in the README."""

    FILE = "promotions.csv"
    KEYS = (("code",),)

    code: Code
    kind: DealKind
    name: Name
    threshold_fen: Number | None = None
    pieces: Pieces | None = None
    off_fen: Number | None = None
    pay_bp: Bp | None = None
    cap_fen: Number | None = None
    price_fen: Number | None = None
    pay_pieces: Pieces | None = None
    is_every: Flag = False
    gift_sku_code: Code = ""
    sku_codes: Title = ""
    product_codes: Title = ""
    store_codes: Title = ""
    franchisee_codes: Title = ""
    regions: Title = ""
    tiers: Title = ""
    channels: Title = ""
    segments: Title = ""
    deliveries: Short = ""
    priority: Pieces = 100
    exclusive_group: Code = ""
    may_stack: Flag = True
    budget_fen: Number | None = None
    budget_times: Number | None = None
    times_each: Number | None = None
    quota: Number | None = None
    claims_each: Pieces | None = None
    valid_days: Annotated[Pieces, Field(ge=1)] | None = None
    by_code: Flag = False


Known = Mapping[str, Mapping[str, int]]
SAME = (
    "code",
    "kind",
    "name",
    "priority",
    "may_stack",
    "budget_fen",
    "budget_times",
    "times_each",
    "quota",
    "claims_each",
    "valid_days",
    "valid_from",
    "valid_to",
)


async def load_promotions(loader: Loader[PromotionRow]) -> Upserted:
    """Each row is put by itself; what a kind cannot work with is refused with its reason."""
    known = {
        "sku_codes": await sku_ids(),
        "product_codes": await product_ids(),
        "store_codes": await store_ids(),
        "franchisee_codes": await franchisee_ids(),
    }

    async def put(row: PromotionRow) -> Upserted:
        return await put_promotions([draft_of(row, known)])

    return await loader.one_by_one(put)


def draft_of(row: PromotionRow, known: Known) -> PromotionDraft:
    """Raises Refused for a code nobody knows."""
    return PromotionDraft(
        **{name: getattr(row, name) for name in SAME},
        exclusive_group=row.exclusive_group or None,
        terms=_terms(row, known),
        scope=_scope(row, known),
    )


def _ids(row: PromotionRow, column: str, known: Known) -> list[int]:
    codes = str(getattr(row, column)).split()
    for code in codes:
        if code not in known[column]:
            raise Refused(column, "unknown_reference")
    return [known[column][code] for code in codes]


def _scope(row: PromotionRow, known: Known) -> dict[str, Any]:
    places = [f"store:{one}" for one in _ids(row, "store_codes", known)]
    places += [f"franchisee:{one}" for one in _ids(row, "franchisee_codes", known)]
    places += [f"region:{one}" for one in row.regions.split()]
    goods = {
        "sku_ids": _ids(row, "sku_codes", known),
        "product_ids": _ids(row, "product_codes", known),
    }
    if row.kind is DealKind.BUNDLE:
        goods = {}  # they are its parts
    texts = {name: getattr(row, name).split() for name in ("tiers", "channels", "segments")}
    return {name: found for name, found in {"places": places, **texts, **goods}.items() if found}


def _given(**facts: Any) -> dict[str, Any]:
    """What was filled in; 0 is a value."""
    return {name: value for name, value in facts.items() if value is not None and value != []}


def _step(row: PromotionRow) -> dict[str, Any]:
    return _given(
        threshold_fen=row.threshold_fen,
        pieces=row.pieces,
        off_fen=row.off_fen,
        pay_bp=row.pay_bp,
        cap_fen=row.cap_fen,
    )


def _terms(row: PromotionRow, known: Known) -> dict[str, Any]:
    if row.kind is DealKind.TIMED_PRICE:
        skus = _ids(row, "sku_codes", known) if row.price_fen is not None else []
        return _given(rate_bp=row.pay_bp) | {"prices": {str(one): row.price_fen for one in skus}}
    if row.kind is DealKind.N_FOR_M:
        ways = {"pay_pieces": row.pay_pieces, "for_fen": row.price_fen, "cheapest_bp": row.pay_bp}
        return _given(pieces=row.pieces, **ways)
    if row.kind is DealKind.BUNDLE:
        parts = [{"sku_ids": [one]} for one in _ids(row, "sku_codes", known)]
        parts += [{"product_ids": [one]} for one in _ids(row, "product_codes", known)]
        return _given(parts=parts, for_fen=row.price_fen)
    return _other_terms(row, known)


def _other_terms(row: PromotionRow, known: Known) -> dict[str, Any]:
    if row.kind is DealKind.FULL_REDUCTION:
        return _given(steps=[_step(row)], is_every=row.is_every)
    if row.kind is DealKind.GIFT:
        if row.gift_sku_code not in known["sku_codes"]:
            raise Refused("gift_sku_code", "unknown_reference")
        gift = known["sku_codes"][row.gift_sku_code]
        needs = {"threshold_fen": row.threshold_fen, "pieces": row.pieces}
        return _given(sku_id=gift, is_every=row.is_every, **needs)
    if row.kind is DealKind.COUPON:
        return _step(row) | _given(by_code=row.by_code)
    deliveries = row.deliveries.split()
    return _given(fee_fen=row.price_fen, free_from_fen=row.threshold_fen, deliveries=deliveries)
