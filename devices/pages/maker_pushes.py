"""Where Yilianyun tells of papers it printed. Signed by the account's secret; told thrice."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.web.api import Router
from core.web.limits import check_rate
from core.web.policy import SIGNED
from devices.service.pushes import hear_yilianyun

router = Router(tag="printing")
TAKEN = {"data": "OK"}  # anything else makes it tell again
MOST_A_MINUTE = 600


@router.raw(
    "POST", "/callbacks/print/yilianyun", who=SIGNED, summary="Yilianyun's notice (易联云通知)"
)
async def yilianyun_notice(request: Request) -> Response:
    address = request.client.host if request.client else ""
    await check_rate("print-push", address, per_minute=MOST_A_MINUTE)
    fields = await request.form(max_files=0, max_fields=30)
    await hear_yilianyun({name: str(value)[:300] for name, value in fields.items()})
    return JSONResponse(TAKEN)
