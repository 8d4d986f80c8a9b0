"""储值与购物金. What a member has, how it came to that, and buying more of it."""

from pydantic import Field
from starlette.requests import Request

from core import clock
from core.errors import NotConfigured
from core.ledger import InsufficientBalance
from core.security.scope import Role, Scope
from core.settings import current
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.policy import allow
from crm.people.queries import open_id_of
from miniapp_api.payments import PaySheetOut, RefundOut, shown_refund
from trade.payments.errors import (
    AlreadyPaid,
    NobodyToPay,
    NothingToPayOut,
    PaymentParked,
    PaymentRefused,
    PaymentUnclear,
    TopUpAmount,
    TopUpKeyReused,
    TopUpTooMuch,
)
from trade.payments.queries import Method, explain_purse, purses_of, top_up_offers
from trade.payments.service import pay_out, pay_out_fen, start_top_up

router = Router("/api/v1", "wallet")
MEMBER = allow(Role.MEMBER)


class WalletOut(Schema):
    """`stored_value` and `credit` tell the newest movements in words, the newest first.

    `pay_out_fen` of the stored value was bought and can be had back as money.
    """

    stored_value_fen: int
    pay_out_fen: int
    credit_fen: int
    stored_value: list[str]
    credit: list[str]


@router.get("/wallet", who=MEMBER, summary="What I have, and why (钱包)")
async def get_wallet(scope: Scope, request: Request) -> WalletOut:
    assert scope.member_id is not None
    lang = language_of(request)
    return WalletOut.of(
        await purses_of(scope.member_id),
        pay_out_fen=await pay_out_fen(scope.member_id),
        stored_value=await explain_purse(scope.member_id, Method.STORED_VALUE, lang),
        credit=await explain_purse(scope.member_id, Method.CREDIT, lang),
    )


class OfferOut(Schema):
    """A top-up of at least `amount_fen` gets `bonus_fen` on top."""

    amount_fen: int
    bonus_fen: int


@router.get("/wallet/offers", who=MEMBER, summary="What a top-up gets on top (充值优惠)")
async def list_offers() -> list[OfferOut]:
    offers = await top_up_offers(clock.shop_day(clock.now()))
    return [OfferOut.of(offer) for offer in offers]


class TopUpIn(Schema):
    amount_fen: int = Field(ge=1, le=100_000_000)


class TopUpOut(Schema):
    """Hand `sheet` to wx.requestPayment; the purse is filled when the money is known to be in."""

    top_up_no: str
    amount_fen: int
    bonus_fen: int
    sheet: PaySheetOut


@router.post(
    "/wallet/top-ups",
    who=MEMBER,
    summary="Buy stored value with WeChat Pay (储值充值)",
    status=201,
    errors=(
        TopUpAmount,
        TopUpTooMuch,
        TopUpKeyReused,
        AlreadyPaid,
        PaymentParked,
        PaymentRefused,
        PaymentUnclear,
        NobodyToPay,
        NotConfigured,
    ),
)
async def post_top_up(scope: Scope, request: Request, body: TopUpIn) -> TopUpOut:
    assert scope.member_id is not None
    pay = current().pay
    if pay is None:
        raise NotConfigured(what="pay")
    started = await start_top_up(
        member_id=scope.member_id,
        amount_fen=body.amount_fen,
        open_id=await open_id_of(scope.member_id, pay.app_id),
        key=request.headers["idempotency-key"],
    )
    return TopUpOut(
        top_up_no=started.top_up_no,
        amount_fen=started.amount_fen,
        bonus_fen=started.bonus_fen,
        sheet=PaySheetOut.of(started.sheet),
    )


class PayOutOut(Schema):
    """`bonus_fen` was a gift and is given up. Refunds that wait are handed out in the store."""

    pay_out_no: str
    refund_fen: int
    bonus_fen: int
    refunds: list[RefundOut]


@router.post(
    "/wallet/pay-outs",
    who=MEMBER,
    summary="Take my stored value back as money (储值退款)",
    status=201,
    errors=(NothingToPayOut, InsufficientBalance),
)
async def post_pay_out(scope: Scope, request: Request) -> PayOutOut:
    """All of it: what was bought goes back to where it came from."""
    assert scope.member_id is not None
    key = request.headers["idempotency-key"]
    done = await pay_out(member_id=scope.member_id, key=key, by=scope.actor)
    return PayOutOut.of(done, refunds=[shown_refund(view) for view in done.refunds])
