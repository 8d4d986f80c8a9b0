"""发票抬头. Titles a member wants remembered, and companies found by their first characters."""

from pydantic import Field

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.policy import allow
from invoicing.errors import CodeUnknown, MailWrong, PhoneWrong, TaxNumberWrong, TitleWrong
from invoicing.service import BuyerKind, read_buyer
from invoicing.titles.errors import CompanyUnknown, TitleUnknown
from invoicing.titles.queries import (
    CompanyView,
    Holder,
    RememberedTitle,
    Title,
    read_title_qr,
    titles_of,
)
from invoicing.titles.service import company_named, forget_title, remember_title, suggest
from miniapp_api.receipts import seen
from trade.stores.queries import seller_of

router = Router("/api/v1", "invoices")
MEMBER = allow(Role.MEMBER)


class TitleIn(Schema):
    kind: BuyerKind = BuyerKind.ENTERPRISE
    title: str = Field(max_length=200)
    tax_no: str = Field(default="", max_length=60)
    mail: str = Field(default="", max_length=254)
    phone: str = Field(default="", max_length=20)


class TitleOut(Schema):
    id: int
    kind: BuyerKind
    title: str
    tax_no: str
    mail: str
    phone: str


class SearchIn(Schema):
    """`q`: the beginning of a name, or a title QR; `pick`: a company whose number is wanted."""

    q: str = Field(default="", max_length=2_000)
    pick: str = Field(default="", max_length=100)


class CompanyOut(Schema):
    """`taxNo` is empty until the company is picked."""

    title: str
    tax_no: str


def holder_of(scope: Scope) -> Holder:
    assert scope.member_id is not None
    return Holder(member_id=scope.member_id)


@router.get("/invoice-titles", who=MEMBER, summary="My titles (我的抬头)")
async def list_titles(scope: Scope) -> list[TitleOut]:
    """The one used last first, five at most."""
    return [_out(one) for one in await titles_of(holder_of(scope))]


def _out(one: RememberedTitle) -> TitleOut:
    return TitleOut.of(one.title, id=one.id)


@router.put(
    "/invoice-titles",
    who=MEMBER,
    summary="Remember a title (保存抬头)",
    errors=(TitleWrong, TaxNumberWrong, MailWrong, PhoneWrong),
)
async def put_title(scope: Scope, body: TitleIn) -> None:
    """The same title again keeps the newest addresses."""
    buyer = read_buyer(**body.model_dump(by_alias=False))
    title = Title(buyer.kind.value, buyer.title, buyer.tax_no, buyer.mail, buyer.phone)
    await remember_title(holder=holder_of(scope), title=title)


@router.delete(
    "/invoice-titles/{title_id}",
    who=MEMBER,
    summary="Forget a title (删除抬头)",
    errors=(TitleUnknown,),
)
async def delete_title(scope: Scope, title_id: str) -> None:
    if not (title_id.isascii() and title_id.isdigit() and len(title_id) < 19):
        raise TitleUnknown
    await forget_title(holder=holder_of(scope), title_id=int(title_id))


@router.post(
    "/invoices/{code}/titles",
    who=MEMBER,
    summary="Find a company (抬头联想)",
    errors=(CodeUnknown, CompanyUnknown),
    idempotent=False,
)
async def search(scope: Scope, code: str, body: SearchIn) -> list[CompanyOut]:
    """Only with a receipt: the register is asked for the seller of it."""
    seller = await seller_of((await seen(scope, code)).store_id)
    if body.pick:
        return [_company(await company_named(body.pick, seller_tax_no=seller.tax_no))]
    card = read_title_qr(body.q)
    if card is not None:
        return [CompanyOut(title=card.title, tax_no=card.tax_no)]
    return [_company(one) for one in await suggest(body.q, seller_tax_no=seller.tax_no)]


def _company(view: CompanyView) -> CompanyOut:
    return CompanyOut.of(view)
