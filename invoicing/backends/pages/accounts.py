"""Tax backends on the console: enrolled, tested, held, changed, given new secrets by head office.

Secrets are typed in and never shown again; what a form says of them stays out of logs.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.money import yuan
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.limits import check_rate
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from invoicing.backends.enrolling import SECRETS, Secret
from invoicing.backends.errors import AccountUnfit, AccountUnknown
from invoicing.backends.queries import AccountView, Adapter, all_accounts
from invoicing.backends.service import (
    AccountDraft,
    change_account,
    check_account,
    enrol_account,
    hold_account,
    resume_account,
    rotate_secrets,
)
from invoicing.errors import RuleWrong
from invoicing.ruling.typed import fen_in, number_in
from trade.stores.queries import sellers

PATH = "/console/invoices/accounts"
router = Router(PATH, "invoices", login="/login")
OFFICE = allow(Role.HEAD_OFFICE)
add_to_console(PATH, zh="开票通道", en="Tax backends", section=Section.MONEY, who=OFFICE)
CHECKS = 3  # a minute, of one account: providers answer for the quota 20 times a day
Deed = Callable[[Scope, AccountView, FormData], Awaitable[None]]


@router.page("GET", "", who=OFFICE, summary="Accounts at tax backends (开票通道)")
async def show_accounts(request: Request, scope: Scope) -> Response:
    names = {one.tax_entity_id: one.name for one in await sellers()}
    return render(
        request,
        "backends/accounts.html",
        accounts=await all_accounts(),
        names=names,
        adapters=list(Adapter),
    )


@router.page("GET", "/new", who=OFFICE, summary="Enrol an account (登记开票通道)")
async def show_form(request: Request, scope: Scope) -> Response:
    """What is asked for depends on `adapter`."""
    return await _form(request, _adapter(request.query_params.get("adapter", "")), {})


@router.page("POST", "/new", who=OFFICE, summary="Enrol an account (登记开票通道)")
async def enrol(request: Request, scope: Scope) -> Response:
    """It issues from now on. What was typed stays, but for the secrets."""
    fields = _texts(await form(request))
    adapter = _adapter(fields.get("adapter", ""))
    try:
        view = await enrol_account(scope=scope, draft=_draft(fields, adapter), secrets=fields)
    except DomainError as refused:
        return await _form(request, adapter, fields, refused)
    return redirect(f"{PATH}/{view.public_id}?done=enrol")


@router.page("GET", "/{account}", who=OFFICE, summary="One account and its state (通道详情)")
async def show_account(request: Request, scope: Scope, account: str) -> Response:
    return await _one(request, await _named(account))


@router.page("POST", "/{account}", who=OFFICE, summary="Test, hold, change, rotate (通道操作)")
async def act(request: Request, scope: Scope, account: str) -> Response:
    fields, view = await form(request), await _named(account)
    do = str(fields.get("do", ""))
    try:
        if do not in DEEDS:
            raise AccountUnfit(field="do")
        await DEEDS[do](scope, view, fields)
    except DomainError as refused:
        return await _one(request, view, refused)
    return redirect(f"{PATH}/{view.public_id}?done={do}")


async def _check(scope: Scope, view: AccountView, fields: FormData) -> None:
    """Raises TooManyTries."""
    await check_rate("backend.check", view.public_id, per_minute=CHECKS)
    await check_account(public_id=view.public_id)


async def _hold(scope: Scope, view: AccountView, fields: FormData) -> None:
    await hold_account(scope=scope, public_id=view.public_id)


async def _resume(scope: Scope, view: AccountView, fields: FormData) -> None:
    await resume_account(scope=scope, public_id=view.public_id)


async def _change(scope: Scope, view: AccountView, fields: FormData) -> None:
    """Raises AccountUnfit."""
    typed = _texts(fields)
    weight, most_fen = _load(typed)
    await change_account(
        scope=scope,
        public_id=view.public_id,
        weight=weight,
        most_fen=most_fen,
        is_active=typed.get("is_active") == "on",
    )


async def _rotate(scope: Scope, view: AccountView, fields: FormData) -> None:
    """Raises AccountUnfit."""
    typed = _texts(fields)
    given = {one.name: typed.get(one.name, "") for one in SECRETS[view.adapter]}
    await rotate_secrets(scope=scope, public_id=view.public_id, secrets=given)


DEEDS: dict[str, Deed] = {
    "check": _check,
    "hold": _hold,
    "resume": _resume,
    "change": _change,
    "rotate": _rotate,
}


def _adapter(text: str) -> Adapter:
    return Adapter(text) if text in set(Adapter) else Adapter.NUONUO


def _texts(fields: FormData) -> dict[str, str]:
    return {name: str(value) for name, value in fields.multi_items()}


def _draft(fields: Mapping[str, str], adapter: Adapter) -> AccountDraft:
    """Raises AccountUnfit."""
    weight, most_fen = _load(fields)
    try:
        seller = number_in(fields.get("seller", ""), "seller")
    except RuleWrong:
        raise AccountUnfit(field="seller") from None
    return AccountDraft(
        seller,
        adapter,
        fields.get("name", "").strip(),
        fields.get("point", "").strip(),
        fields.get("base_url", "").strip(),
        weight,
        most_fen,
    )


def _load(fields: Mapping[str, str]) -> tuple[int, int | None]:
    """Its share of the load, and its limit of one invoice in fen. Raises AccountUnfit."""
    most = fields.get("most", "").strip()
    try:
        weight = number_in(fields.get("weight", ""), "weight")
        return weight, fen_in(most, "most_fen") if most else None
    except RuleWrong as wrong:
        raise AccountUnfit(field=str(wrong.facts["name"])) from None


async def _named(public_id: str) -> AccountView:
    """Raises AccountUnknown."""
    for view in await all_accounts():
        if view.public_id == public_id:
            return view
    raise AccountUnknown


async def _form(
    request: Request,
    adapter: Adapter,
    typed: Mapping[str, str],
    refused: DomainError | None = None,
) -> Response:
    return render(
        request,
        "backends/new.html",
        422 if refused else 200,
        adapter=adapter,
        typed=typed,
        sellers=await sellers(),
        secrets=_secrets(request, adapter),
        has_address=adapter not in {Adapter.BRIDGE, Adapter.WECHAT},
        **_told(request, refused),
    )


async def _one(request: Request, view: AccountView, refused: DomainError | None = None) -> Response:
    names = {one.tax_entity_id: one.name for one in await sellers()}
    return render(
        request,
        "backends/account.html",
        422 if refused else 200,
        one=view,
        seller=names.get(view.tax_entity_id, ""),
        most="" if view.most_fen is None else yuan(view.most_fen).replace(",", ""),
        secrets=() if view.is_of_settings else _secrets(request, view.adapter),
        done=request.query_params.get("done", "")[:8],
        **_told(request, refused),
    )


def _secrets(request: Request, adapter: Adapter) -> list[tuple[Secret, str]]:
    """Each field of the credentials with what people call it."""
    is_english = language_of(request) == "en"
    return [(one, one.en if is_english else one.zh) for one in SECRETS[adapter]]


def _told(request: Request, refused: DomainError | None) -> dict[str, str]:
    """What is wrong in words, and the field it is wrong with."""
    if refused is None:
        return {"told": "", "wrong": ""}
    said = refused.en if language_of(request) == "en" else refused.zh
    return {"told": said, "wrong": str(refused.facts.get("field", ""))}
