"""Policies (政策) for head office: how long work takes, what may come back, what a deposit costs.

A change counts from now on and is a row of its own; what counted before stays readable.
"""

import json
from collections.abc import Mapping
from dataclasses import fields

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError, Invalid
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from trade.fulfilment.errors import PolicyUnfit
from trade.fulfilment.queries import (
    WorkPolicy,
    return_rule_history,
    work_policy,
    work_policy_history,
)
from trade.fulfilment.service import end_return_rule, put_return_rule, set_work_policy
from trade.payments.queries import deposit_rules
from trade.payments.service import set_deposit_rule
from trade.stores.errors import StoreNotFound
from trade.stores.queries import all_stores, find_store

router = Router("/console/policies", "policies page", login="/login")
OFFICE = allow(Role.HEAD_OFFICE)
add_to_console(
    "/console/policies", zh="政策", en="Policies", section=Section.TRADE, who=OFFICE, order=70
)
FLAGS = ("pickup_refund", "resource_again")
MOST_TEXT = 4_000
TYPED = ("code", "priority", "data")


@router.page("GET", "", who=OFFICE, summary="Policies and what they were (政策)")
async def show_policies(request: Request, scope: Scope) -> Response:
    return await _page(request)


@router.page("POST", "/work", who=OFFICE, summary="How long work may take (履约时限)")
async def set_work(request: Request, scope: Scope) -> Response:
    said = await form(request)
    try:
        await set_work_policy(scope, _policy(said))
    except Invalid as refused:
        return await _page(request, refused=refused, at="work")
    return redirect("/console/policies")


def _policy(said: FormData) -> WorkPolicy:
    names = [field.name for field in fields(WorkPolicy) if field.name not in FLAGS]
    numbers = {name: _whole(said, name, 100_000) for name in names}
    return WorkPolicy(
        **numbers,
        pickup_refund=bool(said.get("pickup_refund")),
        resource_again=bool(said.get("resource_again")),
    )


def _whole(said: FormData, name: str, most: int) -> int:
    """Raises PolicyUnfit."""
    text = str(said.get(name, "")).strip()
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) > most:
        raise PolicyUnfit(field=name)
    return int(text)


@router.page("POST", "/returns", who=OFFICE, summary="Say what may come back (退换货规则)")
async def set_return_rule(request: Request, scope: Scope) -> Response:
    said = await form(request)
    code = str(said.get("code", "")).strip()[:40]
    try:
        if said.get("do") == "end":
            await end_return_rule(scope, code=code)
        else:
            priority, data = _whole(said, "priority", 9_999), _data(said)
            await put_return_rule(scope, code=code, priority=priority, data=data)
    except Invalid as refused:
        return await _page(request, refused=refused, at="returns", said=said)
    return redirect("/console/policies")


def _data(said: FormData) -> Mapping[str, object]:
    """Raises PolicyUnfit for what is no object of JSON."""
    try:
        found = json.loads(str(said.get("data", ""))[:MOST_TEXT])
    except ValueError:
        raise PolicyUnfit(field="data") from None
    if not isinstance(found, dict) or not str(said.get("code", "")).strip():
        raise PolicyUnfit(field="data")
    return found


@router.page("POST", "/deposits", who=OFFICE, summary="What a store keeps of a deposit (定金规则)")
async def set_deposits(request: Request, scope: Scope) -> Response:
    said = await form(request)
    code = str(said.get("store", ""))[:32]
    try:
        keeps_bp = _whole(said, "percent", 100) * 100
        store = await find_store(code) if code else None
        if code and store is None:
            raise StoreNotFound(store_code=code)
        await set_deposit_rule(
            keeps_bp=keeps_bp, store_id=store.id if store else None, by=scope.actor
        )
    except (Invalid, StoreNotFound) as refused:
        return await _page(request, refused=refused, at="deposits")
    return redirect("/console/policies")


async def _page(
    request: Request,
    *,
    refused: DomainError | None = None,
    at: str = "",
    said: FormData | None = None,
) -> Response:
    told = (refused.en if language_of(request) == "en" else refused.zh) if refused else ""
    field = str(refused.facts.get("field", "")) if refused else ""
    stores = await all_stores()
    return render(
        request,
        "fulfilment/policies.html",
        422 if refused else 200,
        policy=await work_policy(),
        work=await work_policy_history(),
        rules=await return_rule_history(),
        deposits=await deposit_rules(),
        stores=stores,
        names={store.id: store.name for store in stores},
        told=told,
        field=field,
        at=at,
        typed={name: str(said.get(name, "")) if said else "" for name in TYPED},
    )
