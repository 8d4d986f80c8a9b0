"""The console (管理后台): today's numbers, as far as the asker's stores go."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from core import clock
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.charts import Point, Unit, bar_chart
from core.web.navigation import Section, add_to_console
from core.web.pages import render
from core.web.policy import allow
from crm.people.queries import StoreNumbers, day_numbers
from trade.stores.queries import StoreView, all_stores

router = Router("/console", "console", login="/login")
OFFICE = allow(Role.STORE_MANAGER, Role.FRANCHISEE, Role.MARKETER, Role.HEAD_OFFICE)
add_to_console("/console", zh="今日概览", en="Today", section=Section.TODAY, who=OFFICE, order=1)


@dataclass(frozen=True, slots=True)
class Row:
    """One store's day."""

    store: StoreView
    numbers: StoreNumbers


async def stores_in(scope: Scope) -> list[StoreView]:
    return [store for store in await all_stores() if scope.sees_store(store.id)]


@router.page("GET", "", who=OFFICE, summary="Today (今日概览)")
async def show_today(request: Request, scope: Scope) -> Response:
    numbers = await day_numbers(scope, clock.shop_day(clock.now()))
    rows = [
        Row(store, numbers.stores.get(store.id, StoreNumbers(store.id)))
        for store in await stores_in(scope)
    ]
    rows.sort(key=lambda row: -row.numbers.paid_fen)
    chart = bar_chart([Point(row.store.name, row.numbers.paid_fen) for row in rows], Unit.FEN)
    return render(request, "people/console.html", numbers=numbers, rows=rows, chart=chart)
