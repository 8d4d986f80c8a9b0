"""The JS-SDK inside WeChat: a person's invoice titles and what their camera sees.

`POST /_sim/wechat-client` says what this person's WeChat holds: `title` as the client gives it, or
null when they cancel, and `seen`, the text of the code before the camera.
"""

import json
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox import outgoing, wxa_crypto
from sandbox.timetable import Doc
from sandbox.world import World

SCRIPT = Path(__file__).with_name("jweixin.js")
TITLE = {
    "type": "0",
    "title": "某某商贸（上海）有限公司",
    "taxNumber": "11310115MA4R207G5L",
    "companyAddress": "",
    "telephone": "",
    "bankName": "",
    "bankAccount": "",
}


def routes(world: World) -> list[BaseRoute]:
    """The script, its two calls, and the switch."""

    async def script(_: Request) -> Response:
        text = SCRIPT.read_text(encoding="utf-8").replace("__SANDBOX__", world.http)
        return Response(text, media_type="text/javascript")

    async def called(request: Request) -> Response:
        return await _called(world, request)

    async def switch(request: Request) -> Response:
        world.collection("wechat_client").update(await request.json())
        return JSONResponse(world.collection("wechat_client"))

    return [
        Route("/jweixin.js", script),
        Route("/_sim/jweixin/{step}", called, methods=["POST"]),
        Route("/_sim/wechat-client", switch, methods=["POST"]),
    ]


async def _called(world: World, request: Request) -> Response:
    origin = request.headers.get("origin", "")
    try:
        given = json.loads(await request.body())
        is_config = request.path_params["step"] == "config"
        result = _config(world, given) if is_config else _invoke(world, given)
    except (ValueError, KeyError, TypeError) as no:
        result = {"ok": False, "reason": str(no), "err_msg": f"fail {no}"}
    headers = {"Vary": "Origin"}
    if outgoing.is_local(origin):
        headers["Access-Control-Allow-Origin"] = origin
    return JSONResponse(result, headers=headers)


def _config(world: World, given: Doc) -> Doc:
    """Is the page signed with the account's newest ticket, for exactly where it is shown?"""
    ticket = world.collection("tickets").get(f"account/{given['appId']}")
    if ticket is None:
        return {"ok": False, "reason": "invalid ticket"}
    right = wxa_crypto.page_signature(
        ticket=ticket["ticket"],
        nonce=str(given["nonceStr"]),
        timestamp=str(given["timestamp"]),
        url=str(given["url"]),
    )
    if given["signature"] != right:
        return {"ok": False, "reason": "invalid signature"}
    return {"ok": True}


def _invoke(world: World, given: Doc) -> dict[str, Any]:
    name, held = str(given["api"]), world.collection("wechat_client")
    if not given.get("is_ready"):
        return {"err_msg": f"{name}:fail not configured"}
    if name == "scanQRCode" and held.get("seen"):
        return {"err_msg": "scanQRCode:ok", "resultStr": held["seen"]}
    if name == "chooseInvoiceTitle" and held.get("title", TITLE) is not None:
        text = json.dumps(held.get("title", TITLE), ensure_ascii=False)
        return {"err_msg": "chooseInvoiceTitle:ok", "choose_invoice_title_info": text}
    return {"err_msg": f"{name}:cancel"}
