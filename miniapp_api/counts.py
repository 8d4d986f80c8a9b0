"""盘点. Count sheets: one person counts, another one approves, then the books follow."""

import csv
import io
from datetime import datetime

from pydantic import AwareDatetime, Field

from core.errors import Invalid
from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.policy import allow
from miniapp_api.stock import Number, SkuCode, StoreCode, Units, own_store, sku_ids
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import skus
from trade.stock.errors import (
    CountClosed,
    CountEmpty,
    CountNotFound,
    GivenTwice,
    MomentInFuture,
    NumberTaken,
    SecondPersonNeeded,
)
from trade.stock.queries import CountState, count_for
from trade.stock.service import Counted, approve_count, enter_count, open_count, reject_count
from trade.stores.errors import StoreNotFound
from trade.stores.queries import stores_of

router = Router("/api/v1/stock/counts", "counts")
COUNTERS = allow(Role.GUIDE, Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE)
APPROVERS = allow(Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE)
COLUMNS = ["sku_code", "counted"]
MAX_LINES = 5000


class BadCountFile(Invalid):
    code = "stock.bad_count_file"
    zh = "盘点文件需有 sku_code,counted 两列且数量为整数，请按 line 所示行修改"
    en = "A count file has the columns sku_code,counted and whole numbers: correct the line named."


class CountIn(Schema):
    number: Number
    store_code: StoreCode


class FoundIn(Schema):
    sku_code: SkuCode
    counted: Units


class CountLinesIn(Schema):
    """`at` is when the goods lay there: what is sold later stays sold. None: now."""

    number: Number
    at: AwareDatetime | None = None
    lines: list[FoundIn] = Field(min_length=1, max_length=MAX_LINES)


class CountFileIn(Schema):
    """`csv`: a header `sku_code,counted`, then a line for each SKU."""

    number: Number
    at: AwareDatetime | None = None
    csv: str = Field(min_length=1, max_length=500_000)


class SheetIn(Schema):
    number: Number


class CountLineOut(Schema):
    """`booked` is what the books say lay there at `counted_at`; null once the sheet is closed."""

    sku_code: str
    counted: int
    counted_at: datetime
    booked: int | None
    difference: int


class CountOut(Schema):
    number: str
    store_code: str
    state: CountState
    opened_at: datetime
    closed_at: datetime | None
    lines: list[CountLineOut]


@router.post(
    "",
    who=COUNTERS,
    status=201,
    summary="Begin a count sheet (新建盘点单)",
    errors=(StoreNotFound, NumberTaken),
)
async def post_count(scope: Scope, body: CountIn) -> CountOut:
    store = await own_store(scope, body.store_code)
    await open_count(number=body.number, store_id=store.id, actor=scope.actor)
    return await _sheet(scope, body.number)


@router.post(
    "/look",
    who=COUNTERS,
    idempotent=False,
    summary="A count sheet with its differences (盘点单)",
    errors=(CountNotFound,),
)
async def look_at_count(scope: Scope, body: SheetIn) -> CountOut:
    return await _sheet(scope, body.number)


@router.post(
    "/lines",
    who=COUNTERS,
    summary="Write down what was found (录入盘点)",
    errors=(CountNotFound, CountClosed, SkuNotFound, GivenTwice, MomentInFuture),
)
async def post_lines(scope: Scope, body: CountLinesIn) -> CountOut:
    found = [(line.sku_code, line.counted) for line in body.lines]
    return await _entered(scope, body.number, found, body.at)


@router.post(
    "/file",
    who=COUNTERS,
    summary="Write down a whole file (导入盘点)",
    errors=(CountNotFound, CountClosed, BadCountFile, SkuNotFound, GivenTwice, MomentInFuture),
)
async def post_file(scope: Scope, body: CountFileIn) -> CountOut:
    return await _entered(scope, body.number, _rows(body.csv), body.at)


@router.post(
    "/approve",
    who=APPROVERS,
    summary="Believe a count: the differences are booked (审核盘点)",
    errors=(CountNotFound, CountClosed, CountEmpty, SecondPersonNeeded),
)
async def post_approval(scope: Scope, body: SheetIn) -> CountOut:
    await count_for(scope, body.number)
    await approve_count(number=body.number, actor=scope.actor)
    return await _sheet(scope, body.number)


@router.post(
    "/reject",
    who=APPROVERS,
    summary="Do not believe a count (驳回盘点)",
    errors=(CountNotFound, CountClosed),
)
async def post_rejection(scope: Scope, body: SheetIn) -> CountOut:
    await count_for(scope, body.number)
    await reject_count(number=body.number, actor=scope.actor)
    return await _sheet(scope, body.number)


def _rows(text: str) -> list[tuple[str, int]]:
    """Raises BadCountFile, which names the line."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    if not rows or [cell.strip() for cell in rows[0]] != COLUMNS or len(rows) > MAX_LINES + 1:
        raise BadCountFile(line=1)
    found = []
    for number, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        if len(row) != len(COLUMNS) or not (row[1].strip().isascii() and row[1].strip().isdigit()):
            raise BadCountFile(line=number)
        if len(row[1].strip()) > 7 or not 0 < len(row[0].strip()) <= 40:
            raise BadCountFile(line=number)
        found.append((row[0].strip(), int(row[1])))
    return found


async def _entered(
    scope: Scope, number: str, found: list[tuple[str, int]], at: datetime | None
) -> CountOut:
    await count_for(scope, number)
    ids = await sku_ids([code for code, _ in found])
    lines = [Counted(ids[code], counted) for code, counted in found]
    await enter_count(number=number, found=lines, actor=scope.actor, at=at)
    return await _sheet(scope, number)


async def _sheet(scope: Scope, number: str) -> CountOut:
    view = await count_for(scope, number)
    known = await skus({line.sku_id for line in view.lines})
    [store] = await stores_of([view.store_id])
    lines = [CountLineOut.of(line, sku_code=known[line.sku_id].code) for line in view.lines]
    return CountOut.of(view, store_code=store.code, lines=lines)
