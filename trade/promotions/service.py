"""Quotes, and putting the prices and rules they are made of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from tortoise.models import Model

from core import clock
from core.database import use_case
from core.upsert import Upserted, upsert
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import skus
from trade.promotions.errors import (
    NothingToQuote,
    QuantityOutOfRange,
    SkuOffShelf,
    TooManyLines,
)
from trade.promotions.models import FullReduction, MemberRate, ProgramRate, StorePrice
from trade.promotions.queries import terms_at
from trade.promotions.rules import Quote, QuotedLine, Reason, work_out

__all__ = [
    "FullReductionDraft",
    "MemberRateDraft",
    "PriceDraft",
    "ProgramRateDraft",
    "Quote",
    "QuoteLine",
    "QuoteRequest",
    "QuotedLine",
    "Reason",
    "put_full_reductions",
    "put_member_rates",
    "put_prices",
    "put_program_rates",
    "quote_cart",
]

MAX_LINES, MAX_QUANTITY = 50, 999


@dataclass(frozen=True, slots=True)
class QuoteLine:
    sku_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """`tier` is what crm says of the member; empty for a guest. `at` defaults to now."""

    store_id: int
    lines: Sequence[QuoteLine]
    tier: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PriceDraft:
    store_id: int
    sku_id: int
    price_fen: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class MemberRateDraft:
    tier: str
    rate_bp: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class FullReductionDraft:
    code: str
    name: str
    store_id: int | None
    threshold_fen: int
    reduction_fen: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class ProgramRateDraft:
    points_per_yuan: int
    commission_bp: int
    share_bp: int
    valid_from: date


async def quote_cart(request: QuoteRequest) -> Quote:
    """What these goods cost in this store, explained rule by rule. Changes nothing.

    Lines of the same SKU become one, where the first of them stood. Raises NothingToQuote,
    TooManyLines, QuantityOutOfRange, SkuNotFound, SkuOffShelf.
    """
    quantities = _quantities(request.lines)
    views = await skus(quantities)
    for sku_id in quantities:
        if sku_id not in views:
            raise SkuNotFound(sku_id=sku_id)
        if not views[sku_id].on_sale:
            raise SkuOffShelf(sku_id=sku_id, sku_code=views[sku_id].code)
    day = clock.shop_day(request.at or clock.now())
    terms = await terms_at(request.store_id, quantities, day=day, tier=request.tier)
    items = [(id_, quantity, views[id_].list_price_fen) for id_, quantity in quantities.items()]
    return work_out(items, terms)


def _quantities(lines: Sequence[QuoteLine]) -> dict[int, int]:
    if not lines:
        raise NothingToQuote
    if len(lines) > MAX_LINES:
        raise TooManyLines(lines=len(lines))
    quantities: dict[int, int] = {}
    for line in lines:
        quantities[line.sku_id] = quantities.get(line.sku_id, 0) + line.quantity
        if not 1 <= line.quantity <= quantities[line.sku_id] <= MAX_QUANTITY:
            raise QuantityOutOfRange(sku_id=line.sku_id, quantity=line.quantity)
    return quantities


@use_case
async def put_prices(drafts: Iterable[PriceDraft]) -> Upserted:
    """Add or correct prices by store, SKU and first day. Doing it again changes nothing."""
    return await upsert(StorePrice, map(asdict, drafts), by=["store_id", "sku_id", "valid_from"])


@use_case
async def put_member_rates(drafts: Iterable[MemberRateDraft]) -> Upserted:
    """Give tiers their rates. A changed one becomes a new version; the old one stays readable."""
    return await _put_versions(MemberRate, map(asdict, drafts), by="tier")


@use_case
async def put_full_reductions(drafts: Iterable[FullReductionDraft]) -> Upserted:
    """Set full-reductions (满减) by code. A changed one becomes a new version."""
    return await _put_versions(FullReduction, map(asdict, drafts), by="code")


@use_case
async def put_program_rates(drafts: Iterable[ProgramRateDraft]) -> Upserted:
    """Set the program's flat rates from a day on. A changed one becomes a new version."""
    done = Upserted()
    for draft in drafts:
        newest = await ProgramRate.all().order_by("-version").first()
        same_day = (
            await ProgramRate.filter(valid_from=draft.valid_from).order_by("-version").first()
        )
        if same_day is not None and _holds(same_day, asdict(draft)):
            done += Upserted(same=1)
            continue
        await ProgramRate(version=newest.version + 1 if newest else 1, **asdict(draft)).save()
        done += Upserted(changed=1) if same_day else Upserted(new=1)
    return done


def _holds(row: Model, facts: Mapping[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in facts.items())


async def _put_versions(
    model: type[MemberRate] | type[FullReduction], rows: Iterable[Mapping[str, Any]], *, by: str
) -> Upserted:
    done = Upserted()
    for facts in rows:
        newest = await model.filter(**{by: facts[by]}).order_by("-version").first()
        if newest is not None and _holds(newest, facts):
            done += Upserted(same=1)
            continue
        await model(version=newest.version + 1 if newest else 1, **facts).save()
        done += Upserted(changed=1) if newest else Upserted(new=1)
    return done
