"""For outside programs: tills and stock systems. Who asks, the API key says.

`docs/howto/connect-a-till.md` and `docs/howto/connect-an-erp.md` show every call.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.security.scope import Grant, Scope
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.policy import allow_partner
from devices.errors import (
    StockGoodsUnknown,
    StockSequenceReused,
    TillFileUnreadable,
    TillTooMany,
)
from devices.queries import TillState, till_state
from devices.service import (
    Answered,
    FileTaken,
    Item,
    StockLine,
    take_file,
    take_receipts,
    take_stock,
)
from trade.stock.errors import GivenTwice, MomentInFuture
from trade.stores.errors import StoreNotFound

router = Router("/partner/v1", "partner")
Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Source = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,20}$")]
SHOWN = 100


class SalesIn(Schema):
    """Up to 500 receipts; each is read and answered by itself, so their fields are open here."""

    sales: list[Any] = Field(max_length=500)


class AnswerOut(Schema):
    """`result` is accepted, known, conflict or refused; the last two have a code and a sentence."""

    line: int
    store_code: str
    till: str
    receipt_no: str
    result: str
    code: str | None
    message: str | None
    facts: dict[str, str | int]


class SalesOut(Schema):
    accepted: int
    known: int
    conflicts: int
    refused: int
    answers: list[AnswerOut]


@router.post(
    "/sales",
    who=allow_partner(Grant.TILL_WRITE),
    idempotent=False,  # a till's own number is the key
    summary="Receipts of tills, of any age, in any order (上传收银小票)",
    errors=(TillTooMany,),
)
async def post_sales(scope: Scope, request: Request, body: SalesIn) -> SalesOut:
    items = [Item(place, value) for place, value in enumerate(body.sales, start=1)]
    raw = (await request.body()).decode()
    taken = await take_receipts(scope, items, name="api", raw=raw)
    return _sales(taken.answers, taken.answers, language_of(request))


@router.file(
    "POST",
    "/sales/files",
    who=allow_partner(Grant.TILL_WRITE),
    summary="The same as a .csv or .jsonl file; ?refused=csv answers the file of refused rows",
    errors=(TillFileUnreadable,),
)
async def post_file(scope: Scope, request: Request) -> Response:
    name = request.query_params.get("name", "upload.csv")[:80]
    taken = await take_file(scope, name=name, raw=await request.body())
    if request.query_params.get("refused") == "csv":
        return _refused_file(taken)
    odd = [answer for answer in taken.answers if answer.error is not None][:SHOWN]
    told = _sales(taken.answers, odd, language_of(request))
    return JSONResponse(told.model_dump(mode="json", by_alias=True))


class RunOut(Schema):
    """Numbers that lack, both ends included."""

    first: int
    last: int


class TillQuery(Schema):
    store_code: Code


class DayOut(Schema):
    day: date
    sales: int
    sales_fen: int
    returns: int
    returns_fen: int
    unbooked: int


class TillOut(Schema):
    """`missing` are the till's numbers that never came."""

    store_code: str
    till: str
    received: int
    booked: int
    waiting: int
    parked: int
    conflicts: int
    last_sequence: int | None
    missing: list[RunOut]
    days: list[DayOut]


@router.get(
    "/tills/{till}/state",
    who=allow_partner(Grant.TILL_WRITE),
    summary="How far a till has come and which numbers lack (未同步计数)",
    errors=(StoreNotFound,),
)
async def get_till(scope: Scope, till: str, query: TillQuery) -> TillOut:
    return _till(await till_state(scope, store_code=query.store_code, till=till))


class StockLineIn(Schema):
    store_code: Code
    sku: Code
    on_hand: int = Field(ge=0, le=10**9)
    at: AwareDatetime


class StockIn(Schema):
    """Absolute numbers. `isSnapshot`: what came before this number need not come any more."""

    source: Source
    sequence: int = Field(ge=1, le=10**15)
    is_snapshot: bool = False
    lines: list[StockLineIn] = Field(min_length=1, max_length=5_000)


class StockOut(Schema):
    """`result` is applied or known; `missing` are numbers that never came."""

    result: Literal["applied", "known"]
    applied: int
    older: int
    same: int
    last_sequence: int
    missing: list[RunOut]


@router.put(
    "/stock",
    who=allow_partner(Grant.STOCK_WRITE),
    summary="What lay on the shelves at a moment, numbered (库存同步)",
    errors=(StockGoodsUnknown, StockSequenceReused, MomentInFuture, GivenTwice),
)
async def put_stock(scope: Scope, body: StockIn) -> StockOut:
    lines = [StockLine(x.store_code, x.sku, x.on_hand, x.at) for x in body.lines]
    taken = await take_stock(
        scope,
        source=body.source,
        sequence=body.sequence,
        lines=lines,
        is_snapshot=body.is_snapshot,
    )
    result: Literal["applied", "known"] = "known" if taken.is_known else "applied"
    return StockOut.of(taken, result=result, missing=_runs(taken.missing))


def _sales(counted: tuple[Answered, ...], shown: Any, lang: str) -> SalesOut:
    results = [answer.result for answer in counted]
    return SalesOut(
        accepted=results.count("accepted"),
        known=results.count("known"),
        conflicts=results.count("conflict"),
        refused=results.count("refused"),
        answers=[_answer(answer, lang) for answer in shown],
    )


def _answer(said: Answered, lang: str) -> AnswerOut:
    error = said.error
    facts = {name: value for name, value in (error.facts if error else {}).items() if value}
    return AnswerOut(
        line=said.line,
        store_code=said.store_code,
        till=said.till,
        receipt_no=said.receipt_no,
        result=said.result,
        code=error.code if error else None,
        message=(error.en if lang == "en" else error.zh) if error else None,
        facts=facts,
    )


def _refused_file(taken: FileTaken) -> Response:
    names = ("accepted", "known", "conflict", "refused")
    headers = {f"daogou-{name}": str(taken.count(name)) for name in names}
    headers["content-disposition"] = 'attachment; filename="refused.csv"'
    return Response(taken.refused_file, media_type="text/csv", headers=headers)


def _till(state: TillState) -> TillOut:
    days = [DayOut.of(day) for day in state.days]
    return TillOut.of(state, missing=_runs(state.missing), days=days)


def _runs(missing: Iterable[tuple[int, int]]) -> list[RunOut]:
    return [RunOut(first=first, last=last) for first, last in missing]
