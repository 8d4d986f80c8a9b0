"""The redemption shop for head office: what is offered and lies ready; partners, differences."""

from collections import defaultdict

from starlette.requests import Request
from starlette.responses import Response

from core.audit_log import record
from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from crm.points.errors import BadReward
from crm.points.pages.forms import Typed, reward_draft, typed_in
from crm.points.queries import all_rewards, gifts_to_fetch, open_differences, partner_numbers
from crm.points.service import (
    cancel_redemption,
    hand_over_gift,
    offer_reward,
    put_reward,
    restock,
    settle_difference,
)
from trade.stores.queries import all_stores

router = Router("/console/rewards", "rewards", login="/login")
OFFICE = allow(Role.MARKETER, Role.HEAD_OFFICE)
add_to_console(
    "/console/rewards", zh="积分商城", en="Rewards", section=Section.MARKETING, who=OFFICE, order=31
)


@router.page("GET", "", who=OFFICE, summary="The redemption shop and its gifts (积分商城)")
async def show_rewards(request: Request, scope: Scope) -> Response:
    return await _page(request, {})


@router.page("POST", "", who=OFFICE, summary="Offer, stock, hand over, settle (维护积分商城)")
async def change_rewards(request: Request, scope: Scope) -> Response:
    """`do` says what; a refusal comes back on the page with what was typed."""
    typed = typed_in(await form(request))
    try:
        await _change(typed, scope)
    except DomainError as refusal:
        return await _page(request, typed, refusal=refusal)
    return redirect("/console/rewards")


async def _change(typed: Typed, scope: Scope) -> None:
    do, reward_id = typed.get("do", ""), typed.get("reward", "")[:40]
    number = typed.get("number", "")[:32]
    if do == "offer":
        reward_id = await put_reward(reward_draft(typed))
    elif do == "restock":
        await restock(reward_id=reward_id, pieces=_signed(typed.get("pieces", "")))
    elif do in {"on", "off"}:
        await offer_reward(reward_id=reward_id, is_on=do == "on")
    elif do == "hand_over":
        await hand_over_gift(redemption_no=number, by=scope.actor, store_ids=None)
    elif do == "cancel":
        await cancel_redemption(redemption_no=number, by=scope.actor)
    elif do == "settle":
        number = typed.get("difference", "")[:18]
        difference = int(number) if number.isascii() and number.isdigit() else 0
        await settle_difference(
            difference_id=difference, by=scope.actor, note=typed.get("note", "")
        )
    await record(scope, f"points.{do[:20]}", number or reward_id)


def _signed(text: str) -> int:
    digits = text.strip().removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 9):
        raise BadReward(field="pieces")
    return int(text)


async def _page(request: Request, typed: Typed, refusal: DomainError | None = None) -> Response:
    told = (refusal.en if language_of(request) == "en" else refusal.zh) if refusal else ""
    return render(
        request,
        "points/rewards.html",
        422 if refusal else 200,
        typed=defaultdict(str, typed),
        refusal=told,
        field=str(refusal.facts.get("field", "")) if refusal else "",
        rewards=await all_rewards(),
        ready=await gifts_to_fetch(None),
        stores={store.id: store.name for store in await all_stores()},
        partners=await partner_numbers(),
        differences=await open_differences(),
    )
