"""An e-invoice provider in the shape of Nuonuo (诺诺): one signed route, a method per header.

It checks every order as strictly as the bureau does (`tax_rules`), issues by the clock
(`tax_invoices`), and can be made to fail through `/_sim/tax/faults` and `/_sim/tax/settings`.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox import tax_desk, tax_names, tax_nuonuo, tax_reds, tax_signature
from sandbox import tax_invoices as book
from sandbox.tax_counter import take_order
from sandbox.tax_file import qr_text
from sandbox.tax_rules import TaxRefused
from sandbox.tax_trouble import AnswerLost
from sandbox.timetable import Doc
from sandbox.world import World

PATH = "/open/v1/services"
MOST_NUMBERS = 50
_FAMILY = "nuonuo.OpeMplatform."
_WORDS = {"20": "开票中", "2": "开票完成", "22": "开票失败", "24": "开票成功，文件生成失败"}


def routes(world: World) -> list[BaseRoute]:
    """The provider's route, and what all the tax providers share."""
    book.set_up(world)
    tax_reds.set_up(world)
    return [Route(PATH, _Provider(world).endpoint, methods=["POST"]), *tax_desk.routes(world)]


class _Provider:
    """The signed route of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def endpoint(self, request: Request) -> Response:
        """Every answer is HTTP 200 with a code of its own; E0000 is well."""
        raw, method = await request.body(), request.headers.get("method", "")
        request.state.note = {"api": method}
        try:
            seller = self._let_in(request, raw)
            answer = {"code": "E0000", "describe": "成功"}
            answer.update(await self._answer(method, seller, _json(raw)))
        except TaxRefused as no:
            answer = {"code": no.code, "describe": no.describe}
        except AnswerLost:
            return Response(
                "<html><h1>504 Gateway Time-out</h1></html>", 504, media_type="text/html"
            )
        request.state.note["code"] = answer["code"]
        return JSONResponse(answer)

    def _let_in(self, request: Request, raw: bytes) -> str:
        provider, now_s = self._world.config.tax_provider, self._world.wall().timestamp()
        if provider is None:
            raise TaxRefused("070305", "appKey不存在")
        tax_signature.check(provider, request.query_params, request.headers, raw, now_s)
        seller = request.headers.get("usertax", "")
        if seller not in {one.tax_no for one in provider.sellers}:
            raise TaxRefused("070307", "该税号未授权")
        return seller

    async def _answer(self, method: str, seller: str, body: Doc) -> Doc:
        name = method.removeprefix(_FAMILY).removeprefix("nuonuo.ElectronInvoice.")
        if (action := _METHODS.get(name)) is not None:
            return await action(self, seller, body)
        if (further := tax_nuonuo.METHODS.get(name)) is not None:
            return await further(self._world, seller, body)
        raise TaxRefused("070301", f"方法不存在: {method[:80]}")

    async def request_billing(self, seller: str, body: Doc) -> Doc:
        """Take an order; the same number is taken once."""
        doc = await take_order(self._world, seller, body.get("order"), "nuonuo")
        return {"result": {"invoiceSerialNum": doc["serial"]}}

    async def query(self, seller: str, body: Doc) -> Doc:
        """Results by serial numbers or by order numbers; serial numbers win."""
        serials, order_nos = _numbers(body, "serialNos"), _numbers(body, "orderNos")
        if not serials and not order_nos:
            raise TaxRefused("E4000", "serialNos与orderNos不能同时为空")
        asked = [{"serial": one} for one in serials] or [{"order_no": one} for one in order_nos]
        found = [book.find(self._world, seller, **one) for one in asked]
        with_lines = str(body.get("isOfferInvoiceDetail", "0")) == "1"
        result = [self._result(doc, with_lines=with_lines) for doc in found if doc is not None]
        if not result:
            raise TaxRefused("E9500", "未查询到数据")
        return {"result": result}

    def _result(self, doc: Doc, *, with_lines: bool) -> Doc:
        order, is_issued = doc["order"], doc["status"] in ("2", "24")
        shown: Doc = {
            "serialNo": doc["serial"],
            "orderNo": doc["order_no"],
            "status": doc["status"],
            "statusMsg": _WORDS[doc["status"]],
            "failCause": doc["fail_cause"],
            "buyerName": order["buyerName"],
            "buyerTaxNum": order.get("buyerTaxNum", ""),
            "saleTaxNum": doc["seller"],
            "invoiceKind": order["invoiceLine"],
            "invoiceType": "2" if doc["red_of"] else "1",
            "billNo": doc["form_no"],
            "remark": order.get("remark", ""),
            "clerk": order["clerk"],
            "invoiceCode": "",
            "invoiceNo": "",
        }
        if is_issued:
            shown |= self._issued(doc)
        if with_lines:
            shown["invoiceItems"] = order["invoiceDetail"]
        return shown

    def _issued(self, doc: Doc) -> Doc:
        has_files = doc["status"] == "2"
        urls = {
            f"{kind}Url": book.file_url(self._world, doc, kind) if has_files else ""
            for kind in ("pdf", "ofd", "xml")
        }
        return {
            "allElectronicInvoiceNumber": doc["number"],
            "invoiceTime": book.milliseconds(doc["issued_at"]),
            "exTaxAmount": doc["ex"],
            "taxAmount": doc["tax"],
            "orderAmount": doc["incl"],
            "pictureUrl": "",
            **urls,
            "qrCode": qr_text(doc),
        }

    async def reissue(self, seller: str, body: Doc) -> Doc:
        """Try a failed order again, under the same numbers."""
        doc = self._meant(seller, body)
        book.reissue(self._world, doc)
        return {"result": {"invoiceSerialNum": doc["serial"]}}

    def _meant(self, seller: str, body: Doc) -> Doc:
        serial, order_no = str(body.get("fpqqlsh", "")), str(body.get("orderno", ""))
        doc = book.find(self._world, seller, serial=serial, order_no=order_no)
        if doc is None:
            raise TaxRefused("E9500", "未查询到数据")
        return doc

    async def deliver(self, seller: str, body: Doc) -> Doc:
        """Send an issued invoice by mail or SMS again (kept in the list, nothing is mailed)."""
        number, mail = str(body.get("invoiceNum", "")), str(body.get("mail", ""))
        phone = str(body.get("phone", ""))
        mine = [doc for doc in book.orders(self._world).values() if doc["seller"] == seller]
        found = [doc for doc in mine if number and doc["number"] == number]
        if not found or not (mail or phone):
            raise TaxRefused("E9500", "未查询到发票或缺少交付方式")
        at = self._world.now().isoformat()
        found[0]["deliveries"].append({"mail": mail, "phone": phone, "at": at})
        return {"result": {}}

    async def credit_line(self, seller: str, _: Doc) -> Doc:
        """The total the seller may issue, and what is left of it, without tax."""
        left = book.remaining_credit(self._world, seller)
        line = book.settings_of(self._world).credit_line
        return {"result": {"creditLine": line, "remainingCreditLine": f"{left:.2f}"}}

    async def names(self, _: str, body: Doc) -> Doc:
        """Companies of the register by the beginning of their name."""
        return tax_names.names_like(self._world, body)

    async def number(self, _: str, body: Doc) -> Doc:
        """One of them with its tax number."""
        return tax_names.number_of(body)


_METHODS: dict[str, Callable[[_Provider, str, Doc], Awaitable[Doc]]] = {
    "requestBillingNew": _Provider.request_billing,
    "queryInvoiceResult": _Provider.query,
    "reInvoice": _Provider.reissue,
    "deliveryInvoice": _Provider.deliver,
    "getCreditLine": _Provider.credit_line,
    "nuonuo.speedBilling.prefixQuery": _Provider.names,
    "nuonuo.speedBilling.queryNameAndTaxByCode": _Provider.number,
}


def _json(raw: bytes) -> Doc:
    try:
        body = json.loads(raw)
    except ValueError:
        raise TaxRefused("E4000", "请求体不是JSON") from None
    if not isinstance(body, dict):
        raise TaxRefused("E4000", "请求体不是对象")
    return body


def _numbers(body: Doc, name: str) -> list[str]:
    given: Any = body.get(name) or []
    numbers = given if isinstance(given, list) else [given]
    if len(numbers) > MOST_NUMBERS:
        raise TaxRefused("E4000", f"{name}不能超过{MOST_NUMBERS}个")
    return [str(one) for one in numbers]
