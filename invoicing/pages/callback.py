"""Where the tax provider says that something happened. It is not signed: it only makes us ask."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.web.api import Router
from core.web.policy import SIGNED
from invoicing.backends.queries import read_notice
from invoicing.errors import CallbackUnknown
from invoicing.reds import service as reds
from invoicing.reds.errors import RedCallbackUnknown
from invoicing.service import hear_callback

router = Router(tag="tax")


@router.raw("POST", "/callbacks/tax/{token}", who=SIGNED, summary="Tax provider (税务服务商通知)")
async def tax_notice(request: Request, token: str) -> Response:
    """The address is the proof: 128 random bits that only the provider was told."""
    notice = read_notice(await request.body())
    await _hear(token, notice.number)
    return JSONResponse(dict(notice.answer))


async def _hear(token: str, number: str) -> None:
    """It may be of a request or of a red letter. Raises CallbackUnknown."""
    try:
        await hear_callback(token, request_no=number)
    except CallbackUnknown as unknown:
        try:
            await reds.hear_callback(token, red_no=number)
        except RedCallbackUnknown:
            raise unknown from None
