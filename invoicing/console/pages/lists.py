"""Invoices for those who run the shop: a list that is searched, and taken along as a file."""

from collections.abc import AsyncIterator
from datetime import date

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from core.audit_log import record
from core.security.scope import Role, Scope
from core.sheets import BOM, Book, Cell, Workbook, csv_lines, xlsx_rows
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import render
from core.web.policy import allow
from invoicing.console.lists import RequestRow, Search, all_for, requests_for
from invoicing.document.face import plain
from invoicing.queries import RequestState
from trade.stores.queries import StoreView, all_stores

router = Router("/console/invoices", "invoices", login="/login")
STAFF = allow(Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE)
OFFICE = allow(Role.HEAD_OFFICE)
add_to_console("/console/invoices", zh="发票", en="Invoices", section=Section.MONEY, who=STAFF)

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
HEADS = {
    "zh": (
        *("申请单号", "订单号", "门店", "销售方", "种类", "状态", "发票代码", "发票号码"),
        *("开票日期", "价税合计", "已红冲", "申请时间", "异常"),
    ),
    "en": (
        *("Request", "Order", "Store", "Seller", "Kind", "State", "Code", "Number"),
        *("Issued on", "Amount", "Taken back", "Asked at", "Alarm"),
    ),
}


def day_of(text: str | None) -> date | None:
    """What is no day narrows nothing."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 2000 <= day.year < 3000 else None


def number_of(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None


def search_of(request: Request) -> Search:
    """The search as the address says it."""
    said = {name: value.strip()[:100] for name, value in request.query_params.items()}
    state = said.get("state", "")
    return Search(
        number=said.get("number", "").replace("\x00", ""),
        order_no=said.get("order", "").replace("\x00", ""),
        title=said.get("title", ""),
        store_id=number_of(said.get("store")),
        tax_entity_id=number_of(said.get("seller")),
        since=day_of(said.get("since")),
        until=day_of(said.get("until")),
        state=RequestState(state) if state in set(RequestState) else None,
        has_alarm=said.get("alarm") == "1",
    )


async def stores_for(scope: Scope) -> dict[int, StoreView]:
    """The stores of whoever looks, by id."""
    return {store.id: store for store in await all_stores() if scope.sees_store(store.id)}


@router.page("GET", "", who=STAFF, summary="Invoices and what was asked for (发票列表)")
async def show_list(request: Request, scope: Scope) -> Response:
    page = max(1, min(number_of(request.query_params.get("page")) or 1, 10_000))
    wanted = search_of(request)
    return render(
        request,
        "invoices/list.html",
        wanted=wanted,
        found=await requests_for(scope, wanted, page=page),
        stores=await stores_for(scope),
        states=list(RequestState),
        asked=_asked(request),
        is_office=scope.role is Role.HEAD_OFFICE,
    )


def _asked(request: Request) -> str:
    """The search as a query text, without the page."""
    names = ("number", "order", "title", "store", "seller", "since", "until", "state", "alarm")
    kept = {name: request.query_params[name] for name in names if request.query_params.get(name)}
    return str(request.url.replace(query="").include_query_params(**kept).query)


@router.page("GET", "/export", who=OFFICE, summary="What a search finds as a file (导出)")
async def export(request: Request, scope: Scope) -> Response:
    """Up to 20,000 rows, no buyer in it; each export is on record."""
    kind = "csv" if request.query_params.get("as") == "csv" else "xlsx"
    wanted = search_of(request)
    await record(scope, "invoices.export", f"requests:{kind}")
    return StreamingResponse(
        _file(scope, wanted, kind, language_of(request)),
        media_type=TYPES[kind],
        headers={
            "content-disposition": f'attachment; filename="invoices.{kind}"',
            "cache-control": "no-store",
        },
    )


async def _file(scope: Scope, wanted: Search, kind: str, language: str) -> AsyncIterator[bytes]:
    heads = [HEADS["en" if language == "en" else "zh"]]
    stores = await stores_for(scope)
    book = Workbook(Book("发票", scope.actor)) if kind == "xlsx" else None
    yield book.add(xlsx_rows(heads)) if book else (BOM + csv_lines(heads)).encode()
    async for row in all_for(scope, wanted):
        cells = [_cells(row, stores)]
        yield book.add(xlsx_rows(cells)) if book else csv_lines(cells).encode()
    if book:
        yield book.close()


def _cells(row: RequestRow, stores: dict[int, StoreView]) -> list[Cell]:
    store = stores.get(row.store_id)
    return [
        row.request_no,
        row.order_no,
        store.name if store else "",
        row.seller_name,
        row.kind.value,
        row.state.value,
        row.code,
        row.number,
        f"{row.issued_at:%Y-%m-%d}" if row.issued_at else "",
        plain(row.incl_fen),
        plain(row.red_incl_fen),
        f"{row.created_at:%Y-%m-%d %H:%M}",
        row.alarm,
    ]
