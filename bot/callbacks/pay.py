"""Notices of WeChat Pay (微信支付): payments, refunds, transfers, shared profits.

One intake for four paths: what a notice is about stands in it, not in the path it was sent to.
"""

import logging

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.callbacks.intake import body_of
from bot.protocol.untrusted import Untrusted
from core import clock
from core.inbox import receive
from core.web.api import Router
from core.web.policy import SIGNED
from trade.payments.service.notices import NoticeRefused, OpenedNotice, open_notice

log = logging.getLogger(__name__)

SOURCE = "wechat_pay"

router = Router("/callbacks", tag="callbacks")


@router.raw("POST", "/pay", who=SIGNED, summary="A payment (支付通知)")
async def receive_payment(request: Request) -> Response:
    return await take(request)


@router.raw("POST", "/refund", who=SIGNED, summary="A refund (退款通知)")
async def receive_refund(request: Request) -> Response:
    return await take(request)


@router.raw("POST", "/profit-sharing", who=SIGNED, summary="A profit shared (分账动账通知)")
async def receive_profit_sharing(request: Request) -> Response:
    return await take(request)


@router.raw("POST", "/transfer", who=SIGNED, summary="A transfer (商家转账通知)")
async def receive_transfer(request: Request) -> Response:
    return await take(request)


async def take(request: Request) -> Response:
    """Keep one notice under the name of the fact it tells, then answer 204.

    A refusal is 400 with one fixed body: 200 with the code FAIL would count as success.
    """
    try:
        raw = await body_of(request)
        notice = open_notice(request.headers.items(), raw, at=clock.now())
    except (Untrusted, NoticeRefused) as refused:
        return _refuse(request, refused)
    is_new = await receive(SOURCE, notice.key, notice.body, _facts(request, notice))
    log.info("notice kept" if is_new else "notice known", extra={"source": SOURCE})
    return Response(status_code=204)


def _facts(request: Request, notice: OpenedNotice) -> dict[str, str]:
    return {
        "kind": notice.kind,
        "event_type": notice.event_type,
        "notice_id": notice.notice_id,
        "nonce": request.headers.get("wechatpay-nonce", "")[:64],
    }


def _refuse(request: Request, refused: Untrusted | NoticeRefused) -> Response:
    reason = refused.reason if isinstance(refused, Untrusted) else str(refused.facts["reason"])
    level = logging.INFO if reason == "probe" else logging.WARNING  # they send those on purpose
    log.log(level, "notice refused", extra={"route": request.state.route, "reason": reason})
    return JSONResponse({"code": "FAIL", "message": "refused"}, 400)
