"""Steps that a phone tells, up to a hundred at a time, maybe twice, maybe late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from core import clock
from core.database import sql, use_case
from core.security.source_code import Source
from crm.behaviour.rules import TOLD_BY_PHONES, Step, believed
from crm.behaviour.service.noting import favourite_key
from crm.behaviour.service.tying import seen, tie
from crm.behaviour.service.writing import Row, key_of, write
from crm.people.queries import may_be_profiled
from trade.catalog.queries import known_products
from trade.stores.queries import stores_by_code

SOURCE = """
INSERT INTO behaviour_source AS s (fingerprint, guide_id, store_id, group_id, scene, campaign)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (fingerprint) DO UPDATE SET scene = s.scene
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Told:
    """One step as the phone tells it: `id` is the phone's own, `at` by the phone's clock."""

    id: str
    kind: str
    at: datetime
    product_id: str = ""  # public
    store_code: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """`visitor` is a number the phone drew once; `scene` is WeChat's number of the entrance."""

    visitor: str
    sent_at: datetime
    steps: tuple[Told, ...]
    member_id: int | None = None
    source: Source | None = None
    scene: int | None = None
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A step that is not kept: telling it again will not help."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """`known` were here before."""

    kept: int
    known: int
    refused: tuple[Refused, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class _Here:
    """What a batch stands on: whose it is, and the rows its names mean."""

    batch: Batch
    received: datetime
    member_id: int | None
    visitor_id: int | None
    source_id: int | None
    products: Mapping[str, int]
    stores: Mapping[str, int]


@use_case
async def take_steps(batch: Batch) -> Taken:
    """Keep what is new of a batch. One bad step does not hold up the others.

    A step is known by the phone and the phone's number for it, so a repeated batch adds nothing,
    also when the person has signed in meanwhile. Of whoever chose the ordinary view (不使用个性化)
    it is counted that something was seen, and by nobody.
    """
    here = await _here(batch)
    found = [_row(here, one) for one in batch.steps]
    rows = [one for one in found if isinstance(one, Row)]
    kept = await write(rows)
    refused = tuple(one for one in found if isinstance(one, Refused))
    return Taken(kept, len(rows) - kept, refused)


async def _here(batch: Batch) -> _Here:
    asked = [batch.member_id] if batch.member_id is not None else []
    is_nobody = bool(asked) and not await may_be_profiled(asked)
    member_id = None if is_nobody else batch.member_id
    visitor_id = None if is_nobody else await seen(batch.visitor, member_id)
    if member_id is not None and visitor_id is not None:
        await tie(member_id, visitor_id)
    return _Here(
        batch=batch,
        received=clock.now(),
        member_id=member_id,
        visitor_id=visitor_id,
        source_id=await _source_id(batch),
        products=await known_products(one.product_id for one in batch.steps if one.product_id),
        stores=await _stores(batch.steps),
    )


async def _stores(steps: Sequence[Told]) -> dict[str, int]:
    codes = {one.store_code for one in steps if one.store_code}
    found = await stores_by_code(codes) if codes else {}
    return {code: store.id for code, store in found.items()}


async def _source_id(batch: Batch) -> int | None:
    source = batch.source
    if source is None and batch.scene is None and not batch.campaign:
        return None
    guide, store, group = (
        (source.guide_id, source.store_id, source.group_id) if source else (None, None, None)
    )
    values = (guide, store, group, batch.scene, batch.campaign)
    fingerprint = sha256(repr(values).encode()).hexdigest()
    [row] = await sql(SOURCE, fingerprint, *values)
    return int(row["id"])


def _row(here: _Here, told: Told) -> Row | Refused:
    if told.kind not in TOLD_BY_PHONES:
        return Refused(told.id, "kind")
    if told.product_id and told.product_id not in here.products:
        return Refused(told.id, "product")
    if told.store_code and told.store_code not in here.stores:
        return Refused(told.id, "store")
    at = believed(told=told.at, sent=here.batch.sent_at, received=here.received)
    product_id = here.products.get(told.product_id)
    return Row(
        key=key_of(*_name(here, told, product_id, at)),
        kind=Step(told.kind),
        at=at,
        member_id=here.member_id,
        visitor_id=here.visitor_id,
        product_id=product_id,
        store_id=here.stores.get(told.store_code),
        source_id=here.source_id,
        subject=told.subject,
    )


def _name(here: _Here, told: Told, product_id: int | None, at: datetime) -> tuple[object, ...]:
    if told.kind == Step.FAVOURITE and here.member_id is not None and product_id is not None:
        return favourite_key(here.member_id, product_id, at)
    return ("phone", here.batch.visitor, told.id)
