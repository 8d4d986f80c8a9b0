"""An e-invoice provider in the shape of Baiwang (百望): one signed route, tokens that end."""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from core.clock import SHOP_ZONE
from sandbox import tax_baiwang_reds as more
from sandbox import tax_invoices as book
from sandbox.tax_counter import LOGGED_OUT, TWICE, is_seller, take_order
from sandbox.tax_nuonuo import LONGEST, moment
from sandbox.tax_rules import TaxRefused
from sandbox.tax_trouble import AnswerLost
from sandbox.tax_words import Names, renamed, rows_of
from sandbox.timetable import Doc
from sandbox.world import World

PATH = "/router/rest"
TOKEN = "baiwang.oauth.token"  # noqa: S105  the name of a method
TOKEN_LIFE = timedelta(hours=8)
WINDOW_S = 300
PAGE = 50
HEAD: Names = {
    "serialNo": "orderNo",
    "buyerName": "buyerName",
    "buyerTaxNo": "buyerTaxNum",
    "drawer": "clerk",
    "remarks": "remark",
    "callBackUrl": "callBackUrl",
    "naturalMark": "naturalPersonFlag",
}
LINE: Names = {
    "goodsName": "goodsName",
    "goodsCode": "goodsCode",
    "goodsSpecification": "specType",
    "goodsUnit": "unit",
    "goodsQuantity": "num",
    "goodsPrice": "price",
    "goodsTaxRate": "taxRate",
    "goodsTotalPrice": "taxExcludedAmount",
    "goodsTotalTax": "tax",
    "freeTaxMark": "zeroRateFlag",
    "vatSpecialManagement": "favouredPolicyFlag",
    "deductibleAmount": "deduction",
}
LINES = {"02": "pc", "01": "bs"}
NATURES = {"00": "0", "01": "1", "02": "2"}
STATES = {"20": "0", "2": "1", "24": "1", "22": "2"}
CODES = {LOGGED_OUT: "70169", TWICE: "70035", "100007": "100007", "100002": "100002"}


def routes(world: World) -> list[BaseRoute]:
    """The provider's one route."""
    book.HERALDS["baiwang"] = _notice
    return [Route(PATH, _Provider(world).endpoint, methods=["POST"])]


def signature(secret: str, query: Doc, body: bytes) -> str:
    """Upper-case MD5 over secret, the query's sorted names and values, the body, secret."""
    parts = [secret.encode()]
    for name in sorted(set(query) - {"sign"}):
        if query[name] != "":
            parts += [name.encode(), str(query[name]).encode()]
    return hashlib.md5(b"".join([*parts, body, secret.encode()])).hexdigest().upper()  # noqa: S324


def _notice(world: World, doc: Doc, content: Doc | None) -> book.Notice:
    said = {
        "serialNo": doc["order_no"],
        "status": STATES[doc["status"]],
        "invoiceNo": (content or {}).get("allElectronicInvoiceNumber", doc["number"]),
    }
    body = json.dumps(said, ensure_ascii=False).encode()
    return doc["order"].get("callBackUrl", ""), body, {"Content-Type": "application/json"}


class _Provider:
    """The signed route of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def endpoint(self, request: Request) -> Response:
        raw, method = await request.body(), request.query_params.get("method", "")
        request.state.note = {"api": method}
        try:
            said = await self._answer(request, method, raw)
            answer: Doc = {"success": True, "response": said}
        except TaxRefused as no:
            code = CODES.get(no.code, "20019")
            answer = {"success": False, "errorResponse": {"code": code, "message": no.describe}}
        except AnswerLost:
            return Response("<html>504</html>", 504, media_type="text/html")
        return JSONResponse(answer)

    async def _answer(self, request: Request, method: str, raw: bytes) -> Any:
        query = dict(request.query_params)
        self._check(query, raw)
        body = _object(raw)
        if method == TOKEN:
            return self._token(body)
        known = self._world.collection("tax_baiwang_tokens").get(query.get("token", ""))
        if known is None or datetime.fromisoformat(known["ends_at"]) <= self._world.now():
            raise TaxRefused("100002", "token无效或已过期")
        seller = str(body.get("taxNo", ""))
        if not is_seller(self._world, seller):
            raise TaxRefused("E9103", "该税号未授权")
        action = METHODS.get(method)
        if action is None:
            raise TaxRefused("E4000", "方法不存在")
        data = body.get("data")
        return await action(self._world, seller, data if isinstance(data, dict) else {})

    def _check(self, query: Doc, raw: bytes) -> None:
        provider = self._world.config.tax_provider
        if provider is None or query.get("appKey") != provider.app_key:
            raise TaxRefused("100007", "appKey不存在")
        stamp = query.get("timestamp", "")
        late = abs(self._world.wall().timestamp() - int(stamp) / 1000) if stamp.isdigit() else 1e9
        right = signature(provider.secret, query, raw)
        if late > WINDOW_S or not hmac.compare_digest(right, query.get("sign", "")):
            raise TaxRefused("100007", "签名错误")

    def _token(self, body: Doc) -> Doc:
        provider = self._world.config.tax_provider
        user = provider.user if provider is not None else None
        if user is None:
            raise TaxRefused("100007", "账号不存在")
        digest = hashlib.sha256(f"{user.password}{user.salt}".encode()).hexdigest()
        if (body.get("username"), body.get("password")) != (user.username, digest):
            raise TaxRefused("100007", "账号或密码错误")
        token = self._world.new_id("baiwang token", 32)
        ends = (self._world.now() + TOKEN_LIFE).isoformat()
        self._world.collection("tax_baiwang_tokens")[token] = {"ends_at": ends}
        return {"access_token": token, "expires_in": int(TOKEN_LIFE.total_seconds())}


def _object(raw: bytes) -> Doc:
    try:
        found = json.loads(raw)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise TaxRefused("E4000", "请求体不是JSON对象")
    return found


async def issue(world: World, seller: str, data: Doc) -> Doc:
    """One invoice; what failed for its seller's sake may come again under its number."""
    if data.get("invoiceType") != "0" or data.get("invoiceTypeCode") not in LINES:
        raise TaxRefused("E9104", "invoiceType或invoiceTypeCode错误")
    order = _order(seller, data)
    row = {"serialNo": order.get("orderNo", "")}
    known = book.find(world, seller, order_no=str(row["serialNo"]))
    if known is not None and known["status"] == "22":
        book.reissue(world, known)
        return {"success": [row], "fail": []}
    try:
        doc = await take_order(world, seller, order, "baiwang")
    except TaxRefused as no:
        code = CODES.get(no.code, "20020")
        fail = {**row, "errorCode": code, "errorMessage": no.describe}
        return {"success": [], "fail": [fail]}
    return {"success": [{**row, "invoiceQdno": doc["serial"]}], "fail": []}


def _order(seller: str, data: Doc) -> Doc:
    rows = [_row(row) for row in rows_of(data.get("invoiceDetailsList"))]
    order = {
        "salerTaxNum": seller,
        "invoiceDate": "2000-01-01 00:00:00",  # theirs is the moment of the call
        "pushMode": "-1",
        "invoiceType": "1",
        "invoiceLine": LINES[data["invoiceTypeCode"]],
        **renamed(data, HEAD),
        "invoiceDetail": rows,
    }
    sums = {"invoiceTotalPrice": "taxExcludedAmount", "invoiceTotalTax": "tax"}
    for theirs, ours in sums.items():
        total = sum((Decimal(str(row.get(ours, "0"))) for row in rows), Decimal(0))
        if str(data.get(theirs)) != f"{total:.2f}":
            raise TaxRefused("E9101", f"{theirs}与明细合计不符")
    return order


def _row(given: Any) -> Doc:
    row = renamed(given, LINE)
    try:
        incl = Decimal(str(row["taxExcludedAmount"])) + Decimal(str(row["tax"]))
    except (KeyError, ArithmeticError):
        raise TaxRefused("E4000", "明细金额错误") from None
    nature = NATURES.get(str(given.get("invoiceLineNature")), "9")
    fixed = {"withTaxFlag": "0", "taxIncludedAmount": f"{incl:.2f}", "invoiceLineProperty": nature}
    return {**row, **fixed}


async def query(world: World, seller: str, data: Doc) -> list[Doc]:
    """One number, or what was issued between two moments."""
    if number := str(data.get("serialNo", "")):
        doc = book.find(world, seller, order_no=number)
        if doc is None:
            raise TaxRefused("E9500", "未查询到数据")
        return [_shown(world, doc)]
    since, until = moment(data.get("startTime")), moment(data.get("endTime"))
    if not timedelta() <= until - since <= LONGEST:
        raise TaxRefused("E4000", "查询区间不能超过10天")
    found = [
        doc
        for doc in book.orders(world).values()
        if doc["number"] and doc["seller"] == seller
        and since <= datetime.fromisoformat(doc["issued_at"]) < until
    ]  # fmt: skip
    page = max(1, int(str(data.get("pageNo", "1"))[:4]))
    return [_shown(world, doc) for doc in found[(page - 1) * PAGE : page * PAGE]]


def _shown(world: World, doc: Doc) -> Doc:
    shown = {
        "serialNo": doc["order_no"],
        "status": STATES[doc["status"]],
        "errorMessage": doc["fail_cause"],
        "invoiceQdno": doc["serial"],
        "invoiceType": "1" if doc["red_of"] else "0",
        "invoiceTypeCode": {"pc": "02", "bs": "01"}[doc["order"]["invoiceLine"]],
        "sellerTaxNo": doc["seller"],
        "buyerTaxNo": doc["order"].get("buyerTaxNum", ""),
        "redConfirmNo": doc["form_no"],
    }
    if doc["status"] not in ("2", "24"):
        return shown
    at = datetime.fromisoformat(doc["issued_at"]).astimezone(SHOP_ZONE)
    return {
        **shown,
        "invoiceNo": doc["number"],
        "invoiceDate": f"{at:%Y%m%d%H%M%S}",
        "invoiceTotalPrice": doc["ex"],
        "invoiceTotalTax": doc["tax"],
        "invoiceTotalPriceTax": doc["incl"],
    }


async def layout(world: World, seller: str, data: Doc) -> Doc:
    """Where the layout files lie."""
    doc = book.of_number(world, seller, str(data.get("invoiceNo", "")))
    if doc is None or doc["status"] != "2":
        raise TaxRefused("E9500", "版式文件尚未生成")
    return {f"{kind}Url": book.file_url(world, doc, kind) for kind in ("pdf", "ofd", "xml")}


METHODS: dict[str, Callable[[World, str, Doc], Awaitable[Any]]] = {
    "baiwang.output.invoice.issue": issue,
    "baiwang.output.invoice.query": query,
    "baiwang.output.format.query": layout,
    "baiwang.output.redinvoice.add": more.add_red,
    "baiwang.output.redinvoice.redforminfo": more.red_info,
    "baiwang.output.redinvoice.operate": more.red_operate,
    "baiwang.output.etax.loginstatus": more.login_status,
    "baiwang.output.etax.creditline": more.credit_line,
    "baiwang.output.etax.loginqrcode": more.login_code,
}
