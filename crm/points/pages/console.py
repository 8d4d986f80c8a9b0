"""Points for marketers: what is out, the programs, and what an order or a deed would give."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from core import clock
from core.audit_log import record
from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.charts import Point, bar_chart
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from crm.points.errors import ProgramUnknown
from crm.points.pages.forms import Typed, program_draft, typed_in, typed_of
from crm.points.queries import (
    Bought,
    On,
    ProgramView,
    Trial,
    Wish,
    all_programs,
    purse_numbers,
    what_would_be_given,
)
from crm.points.service import put_program

router = Router("/console/points", "points", login="/login")
OFFICE = allow(Role.MARKETER, Role.HEAD_OFFICE)
add_to_console(
    "/console/points", zh="积分", en="Points", section=Section.MARKETING, who=OFFICE, order=30
)
WINDOW = timedelta(days=30)
MOST_FEN = 10**9


async def _programs() -> list[ProgramView]:
    return await all_programs(clock.shop_day(clock.now()) - WINDOW)


@router.page("GET", "", who=OFFICE, summary="Points that are out, and the programs (积分)")
async def show_points(request: Request, scope: Scope) -> Response:
    programs = await _programs()
    given = [Point(one.name, one.points, f"/console/points/{one.code}") for one in programs]
    return render(
        request,
        "points/list.html",
        programs=programs,
        numbers=await purse_numbers(),
        chart=bar_chart(given),
    )


@router.page("GET", "/new", who=OFFICE, summary="A new program (新建规则)")
async def new_program(request: Request, scope: Scope) -> Response:
    typed = {"on": "share", "purse": "behaviour_points", "gives": "flat", "is_on": "on"}
    return _form(request, typed)


@router.page("POST", "", who=OFFICE, summary="Add a version of a program (保存规则)")
async def save_program(request: Request, scope: Scope) -> Response:
    """What is wrong comes back on the form, with what was typed."""
    typed = typed_in(await form(request))
    try:
        draft = program_draft(typed)
        version = await put_program(draft, by=scope.actor)
    except DomainError as refusal:
        return _form(request, typed, refusal=refusal)
    await record(scope, "points.program", f"{draft.code}@{version}")
    return redirect(f"/console/points/{draft.code}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the form of a trial: an order, or a deed."""

    on: str = "order"
    yuan: str = "399"
    freight: str = "0"
    tier: str = ""
    birthday: bool = False
    streak: str = "1"

    @property
    def wish(self) -> Wish:
        goods = _fen(self.yuan)
        bought = Bought(
            lines=[(0, goods)],
            freight_fen=_fen(self.freight),
            promised=goods // 100,
            tier=self.tier,
            is_birth_month=self.birthday,
        )
        streak = int(self.streak) if self.streak.isdigit() and len(self.streak) < 5 else 0
        return Wish(On(self.on) if self.on in set(On) else On.ORDER, bought, streak)


def _fen(text: str) -> int:
    whole, _, part = text.strip().partition(".")
    is_fine = f"{whole}{part}".isascii() and f"0{whole}{part}".isdigit() and len(whole) < 8
    return min(int(whole or "0") * 100 + int(part[:2].ljust(2, "0")), MOST_FEN) if is_fine else 0


@router.page("GET", "/what-if", who=OFFICE, summary="Try an order or a deed (积分试算)")
async def show_trial(request: Request, scope: Scope) -> Response:
    return await _trial(request, Asked(), None)


@router.page("POST", "/what-if", who=OFFICE, summary="What it would give, step by step (积分试算)")
async def try_it(request: Request, scope: Scope) -> Response:
    """By POST; nothing is changed."""
    typed = typed_in(await form(request))
    texts = {name: typed.get(name, "")[:20] for name in ("on", "yuan", "freight", "tier", "streak")}
    asked = Asked(**texts, birthday="birthday" in typed)
    return await _trial(request, asked, await what_would_be_given(asked.wish))


async def _trial(request: Request, asked: Asked, found: list[Trial] | None) -> Response:
    return render(request, "points/what_if.html", asked=asked, found=found, **_said(request))


@router.page("GET", "/{code}", who=OFFICE, summary="One program (积分规则)")
async def show_program(request: Request, scope: Scope, code: str) -> Response:
    return _form(request, typed_of(await _program(code)), view=await _program(code))


async def _program(code: str) -> ProgramView:
    found = next((one for one in await _programs() if one.code == code), None)
    if found is None:
        raise ProgramUnknown(program=code[:40])
    return found


def _form(
    request: Request,
    typed: Typed,
    *,
    view: ProgramView | None = None,
    refusal: DomainError | None = None,
) -> Response:
    status = 422 if refusal else 200
    wrong = str(refusal.facts.get("field", "")) if refusal else ""
    told = (refusal.en if language_of(request) == "en" else refusal.zh) if refusal else ""
    more = {"wrong": wrong.partition(".")[0], "field": wrong, "refusal": told}
    return render(
        request,
        "points/program.html",
        status,
        typed=defaultdict(str, typed),
        view=view,
        **more,
        **_said(request),
    )


def _said(request: Request) -> dict[str, Any]:
    return {"is_english": language_of(request) == "en", "deeds": [on for on in On if on != On.GIFT]}
