"""Code boxes (动码盒子) for those who answer for them: add, watch, end; papers to be typed in."""

import re
from collections.abc import Mapping
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from core.clock import SHOP_ZONE
from core.errors import Conflict, DomainError, Invalid
from core.money import yuan
from core.security.scope import Role, Scope
from core.settings import current
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from devices.box.qr import modules
from devices.boxes.deciding import Answer, Entry, dismiss_paper, enter_paper, resolve_conflict
from devices.boxes.errors import BoxNotFound, BoxUnfit, EntryUnfit, PaperNotFound, ReasonNeeded
from devices.boxes.managing import add_box, end_box, invite_again, want_new_key
from devices.boxes.queries import (
    PaperView,
    box_for,
    boxes_for,
    paper_for,
    picture_for,
    recent_papers,
    waiting_papers,
)
from devices.boxes.rules import PaperKind
from devices.boxes.teaching import MARKS, teach
from devices.boxes.wire import Line, fen_of
from trade.stores.queries import StoreView, all_stores, stores_of

router = Router("/console/boxes", "boxes page", login="/login")
WHO = allow(Role.HEAD_OFFICE, Role.STORE_MANAGER, Role.FRANCHISEE)
add_to_console(
    "/console/boxes", zh="动码盒子", en="Code boxes", section=Section.TRADE, who=WHO, order=45
)
MOST_LINES = 200


@router.page("GET", "", who=WHO, summary="Boxes and papers that wait for a person (动码盒子)")
async def show_boxes(request: Request, scope: Scope) -> Response:
    return await _list(request, scope)


@router.page("POST", "", who=WHO, summary="Add a box; its code is shown this once (添加盒子)")
async def add(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    code, name = str(fields.get("store", "")), str(fields.get("name", ""))
    try:
        store = next((one for one in await _stores(scope) if one.code == code), None)
        if store is None:
            raise BoxUnfit
        invite = await add_box(store_id=store.id, name=name, by=scope.actor)
    except (Conflict, Invalid) as refused:
        return await _list(request, scope, refused=refused)
    return await _list(request, scope, invite=invite)


@router.page("GET", "/{box}", who=WHO, summary="One box: its papers, words and keys (盒子详情)")
async def show_box(request: Request, scope: Scope, box: str) -> Response:
    seen = await box_for(scope, _number(box, BoxNotFound))
    [store] = await stores_of([seen.store_id])
    papers = await recent_papers(scope, seen.id)
    return render(request, "boxes/box.html", box=seen, store=store, papers=papers)


@router.page("POST", "/{box}/invite", who=WHO, summary="A new one-time code (重新生成入网码)")
async def invite(request: Request, scope: Scope, box: str) -> Response:
    await form(request)
    seen = await box_for(scope, _number(box, BoxNotFound))
    return await _list(request, scope, invite=await invite_again(seen.id, by=scope.actor))


@router.page("POST", "/{box}/key", who=WHO, summary="Change the receipt key (更换小票密钥)")
async def change_key(request: Request, scope: Scope, box: str) -> Response:
    await form(request)
    seen = await box_for(scope, _number(box, BoxNotFound))
    await want_new_key(seen.id, by=scope.actor)
    return redirect(f"/console/boxes/{seen.id}")


@router.page("POST", "/{box}/end", who=WHO, summary="Retire or revoke a box (停用或吊销)")
async def end(request: Request, scope: Scope, box: str) -> Response:
    fields = await form(request)
    seen = await box_for(scope, _number(box, BoxNotFound))
    is_stolen = fields.get("why") == "stolen"
    await end_box(seen.id, is_stolen=is_stolen, by=scope.actor)
    return redirect("/console/boxes")


@router.page("GET", "/papers/{paper}", who=WHO, summary="One paper and its form (小票录入)")
async def show_paper(request: Request, scope: Scope, paper: str) -> Response:
    return await _paper(request, scope, _number(paper, PaperNotFound))


@router.page("GET", "/papers/{paper}/picture.png", who=WHO, summary="A paper's picture (小票图像)")
async def show_picture(request: Request, scope: Scope, paper: str) -> Response:
    png = await picture_for(scope, _number(paper, PaperNotFound))
    return Response(png, media_type="image/png", headers={"cache-control": "private, no-store"})


@router.page("POST", "/papers/{paper}", who=WHO, summary="Say what a paper is (处理小票)")
async def decide(request: Request, scope: Scope, paper: str) -> Response:
    number = _number(paper, PaperNotFound)
    fields = {name: str(value) for name, value in (await form(request)).items()}
    try:
        done = await _decided(scope, number, fields)
    except (Conflict, Invalid) as refused:
        return await _paper(request, scope, number, refused=refused, typed=fields)
    if done is not None:
        return await _paper(request, scope, number, counted=done)
    return redirect("/console/boxes")


async def _decided(scope: Scope, paper_id: int, fields: Mapping[str, str]) -> int | None:
    """Does what was asked; a number where a lesson was learnt, and then of papers it settled."""
    doing, reason = fields.get("do", ""), fields.get("reason", "")
    if doing == "teach":
        marks = {name: fields.get(f"mark_{name}", "")[:60] for name in MARKS}
        return await teach(scope, paper_id, marks)
    if doing == "enter":
        await enter_paper(scope, paper_id, _entry(fields))
        return 0
    if doing == "dismiss":
        await dismiss_paper(scope, paper_id, reason=reason)
    elif doing in set(Answer):
        await resolve_conflict(scope, paper_id, Answer(doing), reason=reason)
    else:
        raise ReasonNeeded
    return None


def _entry(fields: Mapping[str, str]) -> Entry:
    """Raises EntryUnfit."""
    due = fen_of(re.sub(r"[\s,¥￥元]", "", fields.get("due", "")))
    try:
        at = datetime.fromisoformat(fields.get("at", ""))
        kind = PaperKind(fields.get("kind", ""))
    except ValueError:
        raise EntryUnfit from None
    if due is None:
        raise EntryUnfit
    return Entry(
        kind=kind,
        order_no=fields.get("order_no", "").strip(),
        sold_at=at.replace(tzinfo=SHOP_ZONE),
        due_fen=due,
        origin_no=fields.get("origin_no", "").strip(),
        lines=_lines(fields.get("lines", "")),
    )


def _lines(text: str) -> tuple[Line, ...]:
    """One line of goods a row: name, how many, amount, parted by blanks. Raises EntryUnfit."""
    found = list[Line]()
    for row in text.splitlines()[:MOST_LINES]:
        if not row.strip():
            continue
        parts = row.rsplit(maxsplit=2)
        amount = fen_of(re.sub(r"[,¥￥元]", "", parts[-1])) if len(parts) == 3 else None
        if amount is None:
            raise EntryUnfit
        found.append((parts[0][:100], parts[1][:20], amount))
    return tuple(found)


def _number(text: str, missing: type[DomainError]) -> int:
    """Raises `missing` for what can be no number of ours."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise missing
    return int(text)


async def _stores(scope: Scope) -> list[StoreView]:
    return [store for store in await all_stores() if scope.sees_store(store.id)]


async def _list(
    request: Request, scope: Scope, *, invite: str = "", refused: DomainError | None = None
) -> Response:
    """The answer with a code is kept by nobody on its way."""
    stores = await _stores(scope)
    answer = render(
        request,
        "boxes/boxes.html",
        422 if refused else 200,
        boxes=await boxes_for(scope),
        papers=await waiting_papers(scope),
        stores=stores,
        names={store.id: store.name for store in stores},
        invite=invite,
        public_url=current().public_url,
        told=_told(request, refused),
    )
    answer.headers["cache-control"] = "no-store"
    return answer


async def _paper(
    request: Request,
    scope: Scope,
    paper_id: int,
    *,
    refused: DomainError | None = None,
    typed: Mapping[str, str] | None = None,
    counted: int | None = None,
) -> Response:
    paper = await paper_for(scope, paper_id)
    box = await box_for(scope, paper.box_id)
    url = f"{current().public_url}/i/{paper.code}" if paper.code else ""
    return render(
        request,
        "boxes/paper.html",
        422 if refused else 200,
        paper=paper,
        box=box,
        marks=MARKS,
        typed={**_proposed(paper), **(typed or {})},
        counted=counted,
        url=url,
        symbol=modules(url.encode()) if url and len(url) <= 106 else None,
        told=_told(request, refused),
    )


def _proposed(paper: PaperView) -> dict[str, str]:
    """What the form begins with: what the box could read."""
    at = paper.sold_at.astimezone(SHOP_ZONE) if paper.sold_at else None
    return {
        "kind": "refund" if (paper.due_fen or 0) < 0 else "sale",
        "origin_no": paper.origin_no,
        "order_no": paper.order_no,
        "due": yuan(abs(paper.due_fen)) if paper.due_fen is not None else "",
        "at": at.strftime("%Y-%m-%dT%H:%M") if at else "",
        "lines": "\n".join(f"{name} {qty} {yuan(fen)}" for name, qty, fen in paper.lines),
    }


def _told(request: Request, refused: DomainError | None) -> str:
    if refused is None:
        return ""
    return refused.en if language_of(request) == "en" else refused.zh
