"""Where the tax provider says that something happened. It is not signed: it only makes us ask."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import Invalid
from core.web.api import Router
from core.web.policy import SIGNED
from invoicing.errors import CallbackUnknown
from invoicing.reds import service as reds
from invoicing.reds.errors import RedCallbackUnknown
from invoicing.service import hear_callback

router = Router(tag="tax")
TAKEN = {"status": "0000", "message": "同步成功"}  # anything else makes it call again


class CallbackUnfit(Invalid):
    code = "invoicing.callback_unfit"
    zh = "通知内容不完整，请按接口文档提交 operater 与 orderno"
    en = "The notice is incomplete: send operater and orderno as the interface says."


@router.raw("POST", "/callbacks/tax/{token}", who=SIGNED, summary="Tax provider (税务服务商通知)")
async def tax_notice(request: Request, token: str) -> Response:
    """The address is the proof: 128 random bits that only the provider was told."""
    fields = await request.form(max_files=0, max_fields=10)
    if fields.get("operater") != "callback" or not fields.get("orderno"):
        raise CallbackUnfit
    await _hear(token, str(fields["orderno"]))
    return JSONResponse(TAKEN)


async def _hear(token: str, number: str) -> None:
    """It may be of a request or of a red letter. Raises CallbackUnknown."""
    try:
        await hear_callback(token, request_no=number)
    except CallbackUnknown as unknown:
        try:
            await reds.hear_callback(token, red_no=number)
        except RedCallbackUnknown:
            raise unknown from None
