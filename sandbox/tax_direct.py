"""The bureau's direct link (乐企) played: signed both ways, numbers drawn first, results later."""

import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox import tax_invoices as book
from sandbox import tax_reds as reds
from sandbox.tax_counter import LOGGED_OUT, TWICE, check_login, is_seller, take_order, take_red
from sandbox.tax_desk import PAPERS, name_of
from sandbox.tax_nuonuo import LONGEST, amount, moment
from sandbox.tax_rules import TaxRefused
from sandbox.tax_trouble import AnswerLost
from sandbox.tax_words import Names, clock_text, renamed, rows_of
from sandbox.timetable import Doc
from sandbox.world import World

WINDOW_S = 300
MOST_DRAWN = 1000
HEAD: Names = {
    "requestId": "orderNo",
    "gmfmc": "buyerName",
    "gmfnsrsbh": "buyerTaxNum",
    "kpr": "clerk",
    "bz": "remark",
}
LINE: Names = {
    "xmmc": "goodsName",
    "sphfwssflhbbm": "goodsCode",
    "ggxh": "specType",
    "dw": "unit",
    "sl": "num",
    "dj": "price",
    "slv": "taxRate",
    "je": "taxExcludedAmount",
    "se": "tax",
    "lslbs": "zeroRateFlag",
    "yhzcbs": "favouredPolicyFlag",
    "kce": "deduction",
}
LINES = {"02": "pc", "01": "bs"}
NATURES = {"00": "0", "01": "1", "02": "2"}
CODES = {LOGGED_OUT: "40001", TWICE: "20002", "E9500": "20001", "E9109": "30004", "sign": "10001"}
QUOTA = "30002"


def routes(world: World) -> list[BaseRoute]:
    """One route for each verb."""
    book.HERALDS["direct"] = lambda *_: ("", b"", {})
    return [Route("/leqi/v1/{verb:path}", _Bureau(world).endpoint, methods=["POST"])]


def _text(head: str, stamp: str, nonce: str, body: bytes) -> bytes:
    digest = hashlib.sha256(body).hexdigest()
    return "".join(f"{part}\n" for part in (head, stamp, nonce, digest)).encode()


class _Bureau:
    """The signed routes of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def endpoint(self, request: Request) -> Response:
        raw, verb = await request.body(), request.path_params["verb"]
        request.state.note = {"api": verb}
        try:
            self._check(request, raw)
            data = await _answer(self._world, verb, raw)
            said: Doc = {"code": "00000", "message": "成功", "data": data}
        except TaxRefused as no:
            said = {"code": CODES.get(no.code, "30001"), "message": no.describe}
        except AnswerLost:
            return Response("<html>504</html>", 504, media_type="text/html")
        return self._signed(request, json.dumps(said, ensure_ascii=False).encode())

    def _check(self, request: Request, raw: bytes) -> None:
        provider = self._world.config.tax_provider
        unit = provider.unit if provider is not None else None
        heads = request.headers
        stamp = heads.get("x-timestamp", "")
        if unit is None or heads.get("x-unit") != unit.unit_no or not stamp.isdigit():
            raise TaxRefused("sign", "接入单位不存在")
        if abs(self._world.wall().timestamp() - int(stamp)) > WINDOW_S:
            raise TaxRefused("sign", "请求已过期")
        key = serialization.load_pem_public_key(unit.public_key_pem.encode())
        text = _text(f"POST {request.url.path}", stamp, heads.get("x-nonce", ""), raw)
        try:
            given = base64.b64decode(heads.get("x-sign", ""), validate=True)
            assert isinstance(key, rsa.RSAPublicKey)
            key.verify(given, text, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            raise TaxRefused("sign", "验签失败") from None

    def _signed(self, request: Request, body: bytes) -> Response:
        provider = self._world.config.tax_provider
        stamp = str(int(self._world.wall().timestamp()))
        heads = {"x-timestamp": stamp}
        if provider is not None and provider.unit is not None:
            pem = provider.unit.bureau_private_key_pem.encode()
            key = serialization.load_pem_private_key(pem, password=None)
            assert isinstance(key, rsa.RSAPrivateKey)
            nonce = request.headers.get("x-nonce", "")
            text = _text(f"ANSWER {request.url.path}", stamp, nonce, body)
            signature = key.sign(text, padding.PKCS1v15(), hashes.SHA256())
            heads["x-sign"] = base64.b64encode(signature).decode()
        return Response(body, media_type="application/json", headers=heads)


async def _answer(world: World, verb: str, raw: bytes) -> Any:
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    action = VERBS.get(verb)
    if not isinstance(body, dict) or action is None:
        raise TaxRefused("E4000", "请求格式错误")
    seller = str(body.get("xsfnsrsbh", ""))
    if not is_seller(world, seller):
        raise TaxRefused("E9103", "该税号未授权给接入单位")
    return await action(world, seller, body)


async def draw(world: World, seller: str, body: Doc) -> Doc:
    """A range of numbers for this seller, to be used one by one."""
    check_login(world)
    count = int(str(body.get("sl", "0"))[:6] or 0)
    if not 1 <= count <= MOST_DRAWN:
        raise TaxRefused("E4000", "申领数量错误")
    drawn = [book.new_number(world, seller) for _ in range(count)]
    for number in drawn:
        world.collection("tax_drawn")[number] = {"seller": seller}
    return {"qshm": drawn[0], "zzhm": drawn[-1]}


async def issue(world: World, seller: str, body: Doc) -> Doc:
    """Taken under its requestId; the number must be one of the seller's, and free."""
    known = book.find(world, seller, order_no=str(body.get("requestId", "")))
    if known is not None and known["status"] == "22":
        book.reissue(world, known)
        return {}
    number = str(body.get("fphm", ""))
    drawn = world.collection("tax_drawn").get(number)
    if known is None and (drawn is None or drawn["seller"] != seller or "used" in drawn):
        raise TaxRefused("E9101", "发票号码不属于该纳税人或已使用")
    await _take(world, seller, body, number)
    return {}


async def _take(world: World, seller: str, body: Doc, number: str) -> None:
    if body.get("fppz") not in LINES:
        raise TaxRefused("E9104", "发票票种错误")
    order = {
        "salerTaxNum": seller,
        "invoiceDate": "2000-01-01 00:00:00",
        "pushMode": "-1",
        "invoiceType": "1",
        "invoiceLine": LINES[body["fppz"]],
        "naturalPersonFlag": "1" if body.get("gmfzrrbz") == "Y" else "0",
        **renamed(body, HEAD),
        "invoiceDetail": [_row(row) for row in rows_of(body.get("mxzb"))],
    }
    try:
        await take_order(world, seller, order, "direct", wanted_number=number)
    except AnswerLost:
        world.collection("tax_drawn")[number]["used"] = True
        raise
    world.collection("tax_drawn")[number]["used"] = True


def _row(given: Any) -> Doc:
    row = renamed(given, LINE)
    try:
        incl = Decimal(str(row["taxExcludedAmount"])) + Decimal(str(row["tax"]))
    except (KeyError, ArithmeticError):
        raise TaxRefused("E4000", "明细金额错误") from None
    nature = NATURES.get(str(given.get("fphxz")), "9")
    fixed = {"withTaxFlag": "0", "taxIncludedAmount": f"{incl:.2f}", "invoiceLineProperty": nature}
    return {**row, **fixed}


async def result(world: World, seller: str, body: Doc) -> Doc:
    doc = book.find(world, seller, order_no=str(body.get("requestId", "")))
    if doc is None:
        raise TaxRefused("E9500", "未查询到数据")
    return _shown(doc)


def _shown(doc: Doc) -> Doc:
    shown = {
        "requestId": doc["order_no"],
        "zt": {"20": "0", "2": "1", "24": "1", "22": "2"}[doc["status"]],
        "fppz": {"pc": "02", "bs": "01"}[doc["order"]["invoiceLine"]],
        "xsfnsrsbh": doc["seller"],
        "gmfnsrsbh": doc["order"].get("buyerTaxNum", ""),
        "hzqrdbh": doc["form_no"],
    }
    if doc["status"] == "22":
        code = QUOTA if "额度" in doc["fail_cause"] else "30001"
        return {**shown, "sbdm": code, "sbyy": doc["fail_cause"]}
    if doc["status"] == "20":
        return shown
    sums = {"hjje": doc["ex"], "hjse": doc["tax"], "jshj": doc["incl"]}
    return {**shown, **sums, "fphm": doc["number"], "kprq": clock_text(doc["issued_at"])}


async def files(world: World, seller: str, body: Doc) -> Doc:
    doc = book.of_number(world, seller, str(body.get("fphm", "")))
    if doc is None or doc["status"] != "2":
        raise TaxRefused("E9500", "文件尚未生成")
    name = name_of(world, seller)
    return {
        ending: base64.b64encode(paint(doc, name)).decode() for ending, (paint, _) in PAPERS.items()
    }


async def quota(world: World, seller: str, body: Doc) -> Doc:
    check_login(world)
    return {"syed": f"{book.remaining_credit(world, seller):.2f}", "nsrzt": "01"}


async def red(world: World, seller: str, body: Doc) -> Doc:
    rows = rows_of(body.get("mxzb"))
    wanted = reds.Wanted(
        red_no=str(body.get("requestId", ""))[:40],
        number=str(body.get("lzfphm", "")),
        reason=str(body.get("chyydm", "")),
        is_full=not rows,
        lines=tuple(_red_line(row) for row in rows),
    )
    form = await take_red(world, seller, wanted, "direct")
    return {"hzqrdbh": form["form_no"], "hzqrdzt": form["state"]}


def _red_line(row: Any) -> reds.RedLine:
    if not isinstance(row, dict) or not str(row.get("lzmxxh", "")).isdigit():
        raise TaxRefused("E4000", "红冲明细错误")
    number = str(row.get("sl", "")).removeprefix("-")
    return reds.RedLine(int(row["lzmxxh"]), amount(row.get("je")), amount(row.get("se")), number)


async def red_form(world: World, seller: str, body: Doc) -> Doc:
    red_no, form_no = str(body.get("requestId", "")), str(body.get("hzqrdbh", ""))
    form = reds.form_of(world, seller, red_no=red_no, form_no=form_no)
    if form is None:
        raise TaxRefused("E9500", "未查询到数据")
    return {"hzqrdbh": form["form_no"], "hzqrdzt": form["state"]}


async def red_act(world: World, seller: str, body: Doc) -> Doc:
    form = reds.form_of(world, seller, form_no=str(body.get("hzqrdbh", "")) or "-")
    if form is None:
        raise TaxRefused("E9500", "未查询到数据")
    act = {"01": "confirm", "02": "refuse", "03": "cancel"}.get(str(body.get("czlx")), "")
    reds.act(world, form, act, by="seller")
    return {}


async def listing(world: World, seller: str, body: Doc) -> list[Doc]:
    since, until = moment(body.get("kprqq")), moment(body.get("kprqz"))
    if until - since > LONGEST:
        raise TaxRefused("E4000", "查询区间不能超过10天")
    return [
        _shown(doc)
        for doc in book.orders(world).values()
        if doc["number"] and doc["seller"] == seller
        and since <= datetime.fromisoformat(doc["issued_at"]) < until
    ]  # fmt: skip


VERBS: dict[str, Callable[[World, str, Doc], Awaitable[Any]]] = {
    "numbers": draw,
    "invoices": issue,
    "invoices/query": result,
    "files": files,
    "quota": quota,
    "reds": red,
    "reds/query": red_form,
    "reds/act": red_act,
    "list": listing,
}
