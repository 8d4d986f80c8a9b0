"""By which contract each store of another company handles members' data (P12)."""

from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from crm.people.queries import HANDLINGS, SHARED, SHARED_WORDS, WITH_CONTRACT, Shared, contracts
from crm.people.service import record_contract

router = Router("/console/privacy", "console", login="/login")
SEES = allow(Role.MARKETER, Role.HEAD_OFFICE)
RECORDS = allow(Role.HEAD_OFFICE)
FIELDS = ("store", "handling", "contract_no")
PATH = "/console/privacy/stores"
add_to_console(
    PATH, zh="加盟门店合同", en="Store contracts", section=Section.DATA, who=SEES, order=91
)


@router.page("GET", "/stores", who=SEES, summary="Contracts of stores about data (加盟门店合同)")
async def show_contracts(request: Request, scope: Scope) -> Response:
    return await _page(request, scope)


@router.page("POST", "/stores", who=RECORDS, summary="Put a store's contract on record")
async def record(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    typed = {name: str(fields.get(name, ""))[:80] for name in FIELDS}
    try:
        await record_contract(
            scope=scope,
            store_code=typed["store"],
            handling=typed["handling"],
            contract_no=typed["contract_no"],
        )
    except DomainError as refused:
        return await _page(request, scope, refused, typed)
    return redirect(PATH)


async def _page(
    request: Request,
    scope: Scope,
    refused: DomainError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    told = (refused.en if language_of(request) == "en" else refused.zh) if refused else ""
    return render(
        request,
        "people/contracts.html",
        422 if refused else 200,
        contracts=await contracts(),
        roles=[one for one in HANDLINGS if one in WITH_CONTRACT],
        handlings=HANDLINGS,
        shared=shared_fields(),
        may_record=scope.role is Role.HEAD_OFFICE,
        typed=typed or dict.fromkeys(FIELDS, ""),
        refusal=told,
    )


def shared_fields() -> list[tuple[tuple[str, str], list[tuple[str, str]]]]:
    """Each role of a contract with what it shares, in words, for the notice as well."""
    return [
        (words, [SHARED_WORDS[field] for field in Shared if field in SHARED[role]])
        for role, words in HANDLINGS.items()
        if role in WITH_CONTRACT
    ]
