"""门店设置. How a store gets goods to people, and when it is open; store by store."""

from datetime import date
from typing import Annotated

from pydantic import Field

from core.security.scope import Scope
from core.web.api import Router, Schema
from miniapp_api.stock import KEEPERS, StoreCode, own_store
from trade.stores.errors import BadHours, StoreNotFound
from trade.stores.service import DeliveryTerms, set_deliveries, set_hours

router = Router("/api/v1/store-settings", "store_settings")
Minute = Annotated[int, Field(ge=0, le=1440)]
Span = Annotated[list[Minute], Field(min_length=2, max_length=2)]
Day = Annotated[list[Span], Field(max_length=4)]


class DeliveriesIn(Schema):
    """`city_radius_m` 0: no same-city delivery."""

    store_code: StoreCode
    offers_pickup: bool
    offers_express: bool
    city_radius_m: int = Field(default=0, ge=0, le=100_000)
    city_fee_fen: int = Field(default=0, ge=0, le=1_000_000)
    city_minimum_fen: int = Field(default=0, ge=0, le=100_000_000)


class SpecialIn(Schema):
    """A day that is different; no spans: closed."""

    on: date
    spans: Day


class HoursIn(Schema):
    """Spans are minutes from midnight in China; `week` begins with Monday.

    An end that is not after its beginning is on the next day.
    """

    store_code: StoreCode
    week: list[Day] = Field(min_length=7, max_length=7)
    special: list[SpecialIn] = Field(default=[], max_length=100)


@router.put(
    "/deliveries",
    who=KEEPERS,
    summary="Which deliveries a store offers (配送方式)",
    errors=(StoreNotFound,),
)
async def put_deliveries(scope: Scope, body: DeliveriesIn) -> None:
    store = await own_store(scope, body.store_code)
    terms = DeliveryTerms(**body.model_dump(exclude={"store_code"}, by_alias=False))
    await set_deliveries(store.id, terms, actor=scope.actor)


@router.put(
    "/hours",
    who=KEEPERS,
    summary="When a store is open (营业时间)",
    errors=(StoreNotFound, BadHours),
)
async def put_hours(scope: Scope, body: HoursIn) -> None:
    store = await own_store(scope, body.store_code)
    special = {day.on: _spans(day.spans) for day in body.special}
    await set_hours(
        store.id, week=[_spans(day) for day in body.week], special=special, actor=scope.actor
    )


def _spans(day: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((begin, end) for begin, end in day)
