"""Contracts: made at the deal by whoever serves, signed by the buyer on paper or on this page."""

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError, NotFound
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.limits import check_rate
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import PUBLIC, allow
from devices.pages import words
from devices.queries import contract_at, contracts_for
from devices.service import (
    Block,
    ContractState,
    Pair,
    Rule,
    SignedBy,
    Text,
    make_contract,
    sign_on_paper,
    sign_on_phone,
    void_contract,
)

router = Router("", "contracts", login="/login")
WHO = allow(Role.GUIDE, Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE)
HOME = "/console/contracts"
add_to_console(HOME, zh="合同", en="Contracts", section=Section.TRADE, who=WHO, order=43)
STATES = {
    ContractState.OPEN: ("待签", "to be signed"),
    ContractState.SIGNED: ("已签", "signed"),
    ContractState.VOID: ("作废", "void"),
}
TONES = {ContractState.OPEN: "wait", ContractState.SIGNED: "good", ContractState.VOID: ""}
HOW = {
    SignedBy.PAPER: ("纸上签字", "on paper"),
    SignedBy.PHONE: ("手机签字", "on a phone"),
}


@router.page("GET", HOME, who=WHO, summary="Contracts and who signed (合同)")
async def show_contracts(request: Request, scope: Scope) -> Response:
    return await _page(request, scope)


@router.page("POST", HOME, who=WHO, summary="Make and print a contract (打印合同)")
async def make(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    order_no, guide = (str(fields.get(name, "")).strip() for name in ("order_no", "guide"))
    try:
        made = await make_contract(scope, order_no=order_no[:32], guide=guide)
    except DomainError as refused:
        return await _page(request, scope, words.told(refused, is_english=_en(request)))
    return redirect(f"{HOME}#{made.contract_no}")


@router.page("POST", HOME + "/{contract}/signed", who=WHO, summary="Signed on paper (已签收)")
async def note_signature(request: Request, scope: Scope, contract: str) -> Response:
    await form(request)
    return await _done(request, scope, sign_on_paper, contract[:32])


@router.page(
    "POST", HOME + "/{contract_no}/void", who=WHO, summary="A contract holds no more (作废)"
)
async def void(request: Request, scope: Scope, contract_no: str) -> Response:
    await form(request)
    return await _done(request, scope, void_contract, contract_no[:32])


async def _done(
    request: Request,
    scope: Scope,
    act: Callable[[Scope, str], Awaitable[object]],
    contract_no: str,
) -> Response:
    try:
        await act(scope, contract_no)
    except NotFound:
        raise
    except DomainError as refused:
        return await _page(request, scope, words.told(refused, is_english=_en(request)))
    return redirect(f"{HOME}#{contract_no}")


@router.page(
    "GET", "/contract/{contract_token}", who=PUBLIC, summary="A contract to read and sign (合同)"
)
async def show_contract(request: Request, contract_token: str) -> Response:
    return await _public(request, contract_token)


@router.page("POST", "/contract/{contract_token}", who=PUBLIC, summary="Sign a contract (签署合同)")
async def sign(request: Request, contract_token: str) -> Response:
    token, fields = contract_token[:40], await form(request)
    name, digest = (str(fields.get(field, "")) for field in ("name", "digest"))
    try:
        await sign_on_phone(token, name=name, digest=digest)
    except NotFound:
        raise
    except DomainError as refused:
        return await _public(request, token, words.told(refused, is_english=_en(request)))
    return redirect(f"/contract/{token}")


async def _public(request: Request, token: str, told: str = "") -> Response:
    """Nothing personal before the token proves itself; guesses are counted by address."""
    address = request.client.host if request.client else ""
    await check_rate("contract", address, per_minute=60)
    view = await contract_at(token[:40])
    return render(
        request,
        "devices/contract.html",
        422 if told else 200,
        view=view,
        rows=[_row(block) for block in view.blocks],
        told=told,
        states=STATES,
        tones=TONES,
        how=HOW,
        say=partial(words.say, is_english=_en(request)),
    )


async def _page(request: Request, scope: Scope, told: str = "") -> Response:
    return render(
        request,
        "devices/contracts.html",
        422 if told else 200,
        contracts=await contracts_for(scope),
        told=told,
        states=STATES,
        tones=TONES,
        how=HOW,
        say=partial(words.say, is_english=_en(request)),
    )


def _row(block: Block) -> tuple[str, str, str]:
    """A line of the paper on a page: what it is, its text, what stands at the right."""
    match block:
        case Text(text, _, is_big, is_bold):
            return ("title" if is_big else "strong" if is_bold else "text"), text, ""
        case Pair(left, right):
            return "pair", left, right
        case Rule():
            return "rule", "", ""
    return "", "", ""


def _en(request: Request) -> bool:
    return language_of(request) == "en"
