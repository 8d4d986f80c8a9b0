"""Growth for head office and marketers: numbers with their arithmetic, and where each leads."""

from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from core import audience, clock
from core.audience import Choice
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.charts import Point, Series, bar_chart, funnel_chart, line_chart
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import render
from core.web.policy import allow
from crm.behaviour.queries import Growth, growth_of, product_numbers
from trade.catalog.queries import product_names

router = Router("/console/growth", "growth", login="/login")
OFFICE = allow(Role.MARKETER, Role.HEAD_OFFICE)
add_to_console(
    "/console/growth", zh="用户增长", en="Growth", section=Section.DATA, who=OFFICE, order=10
)
WINDOWS = (7, 30, 90, 365)


@router.page("GET", "", who=OFFICE, summary="Members, entrances, reach, stages, sales (用户增长)")
async def show_growth(request: Request, scope: Scope) -> Response:
    days = _days(request.query_params.get("days", ""))
    last = clock.shop_day(clock.now())
    first = last - timedelta(days=days - 1)
    growth = await growth_of(first, last)
    english = language_of(request) == "en"
    return render(
        request,
        "behaviour/growth.html",
        growth=growth,
        days=days,
        windows=WINDOWS,
        entrances=_words("people.entrance", english=english),
        goods=await _goods(first, last, english=english),
        **_charts(growth, english=english),
    )


def _days(text: str) -> int:
    return next((days for days in WINDOWS if str(days) == text), 30)


def _charts(growth: Growth, *, english: bool) -> dict[str, Any]:
    entrances = _words("people.entrance", english=english)
    stages = _words("lifecycle.stage", english=english)
    ways = _words("people.reached_by", english=english)
    unknown = "not known" if english else "未知"
    joined = [
        Point(
            entrances.get(one.entrance, unknown),
            one.joined,
            _members("people.entrance", one.entrance) if one.entrance else "",
        )
        for one in growth.entrances
    ]
    reached = [
        Point(words, growth.channels.get(way, 0), _members("people.reached_by", way))
        for way, words in ways.items()
    ]
    lives = [
        Point(words, growth.stages.get(stage, 0), _members("lifecycle.stage", stage))
        for stage, words in stages.items()
    ]
    by_month = Series("", tuple(Point(month, n) for month, n in growth.months))
    return {
        "by_entrance": bar_chart(joined),
        "by_way": bar_chart(reached),
        "by_stage": bar_chart(lives),
        "by_month": line_chart([by_month]),
        "funnel": funnel_chart(_funnel(growth, english=english)),
    }


def _funnel(growth: Growth, *, english: bool) -> list[Point]:
    said = (
        ("Members", "Reachable", "In touch", "Bought")
        if english
        else ("会员", "可触达", "有互动", "有购买")
    )
    values = (growth.members, growth.reachable, growth.in_touch, growth.sales.buyers)
    return [Point(words, value) for words, value in zip(said, values, strict=True)]


def _members(trait: str, value: str) -> str:
    """Who they are: the same words as a condition."""
    return f"/console/segments/new?trait={trait}&value={value}"


def _words(name: str, *, english: bool) -> dict[str, str]:
    trait = audience.traits.get(name)
    found: tuple[Choice, ...] = ()
    if trait is not None and isinstance(trait.choices, tuple):
        found = trait.choices
    return {one.value: one.en if english else one.zh for one in found}


async def _goods(first: date, last: date, *, english: bool) -> list[tuple[str, Any]]:
    numbers = await product_numbers(first, last, limit=10)
    names = await product_names(one.product_id for one in numbers)
    listed = [(names.get(one.product_id), one) for one in numbers]
    return [
        ((name.title_en or name.title) if english else name.title, one)
        for name, one in listed
        if name is not None
    ]
