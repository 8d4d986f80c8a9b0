"""All terminals of the stores on one page (终端监控): printers, agents, boxes, tills."""

from collections import Counter
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import render
from core.web.policy import allow
from devices.boxes.queries import BoxView, boxes_for
from devices.pages import words
from devices.pages.printing import stores_seen
from devices.queries import TerminalState, TerminalView, add_terminals, terminals_for

router = Router("/console/terminals", "terminals page", login="/login")
WHO = allow(Role.HEAD_OFFICE, Role.STORE_MANAGER, Role.FRANCHISEE)
add_to_console(
    "/console/terminals", zh="终端监控", en="Terminals", section=Section.TRADE, who=WHO, order=44
)
KINDS = {
    "printer": ("打印机", "printer"),
    "agent": ("打印助手", "print agent"),
    "box": ("动码盒子", "code box"),
    "till": ("收银机", "till"),
    "counter": ("柜台收银", "counter"),
}
STATES = {
    TerminalState.OK: ("正常", "well"),
    TerminalState.TROUBLE: ("有问题", "in trouble"),
    TerminalState.SILENT: ("失联", "silent"),
    TerminalState.NEW: ("从未上线", "never seen"),
}
TONES = {
    TerminalState.OK: "good",
    TerminalState.TROUBLE: "bad",
    TerminalState.SILENT: "bad",
    TerminalState.NEW: "wait",
}


async def _boxes(scope: Scope) -> list[TerminalView]:
    return [
        TerminalView(
            kind="box",
            name=one.name,
            store_id=one.store_id,
            state=_box_state(one),
            seen_at=one.last_seen_at,
            detail=one.version,
            path=f"/console/boxes/{one.id}",
        )
        for one in await boxes_for(scope)
        if one.state.value in {"invited", "active"}
    ]


def _box_state(one: BoxView) -> TerminalState:
    if one.last_seen_at is None:
        return TerminalState.NEW
    return TerminalState.TROUBLE if one.alarms else TerminalState.OK


add_terminals("box", _boxes)


@router.page("GET", "", who=WHO, summary="Every terminal and when it was last seen (终端监控)")
async def show_terminals(request: Request, scope: Scope) -> Response:
    is_english = language_of(request) == "en"
    found = await terminals_for(scope)
    return render(
        request,
        "devices/terminals.html",
        terminals=found,
        counts=Counter(one.state for one in found),
        stores={store.id: store for store in await stores_seen(scope)},
        kinds=KINDS,
        states=STATES,
        tones=TONES,
        conditions=words.CONDITIONS,
        say=partial(words.say, is_english=is_english),
    )
