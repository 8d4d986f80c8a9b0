"""A tax disc (税控盘) with numbers of its own: framed GBK text over TCP, one question at a time.

It issues invoices of the older kind, with a code, eight digits, check code and cipher area, and
keeps a log by the caller's number. Faults are those of the other tax players; `lose_answer` closes
the line after the invoice was issued.
"""

import asyncio
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox import tax_invoices as book
from sandbox.config import Disc
from sandbox.tax_counter import LOGGED_OUT, TWICE, take_order
from sandbox.tax_rules import Line, TaxRefused
from sandbox.tax_trouble import AnswerLost, take_fault
from sandbox.timetable import Doc
from sandbox.world import World

MOST_BYTES = 0xFFFF


async def start(world: World, config: Disc) -> "Player":
    """Plug a disc in; `port` says where it listens."""
    book.HERALDS["disc"] = lambda *_: ("", b"", {})
    player = Player(world, config)
    player.server = await asyncio.start_server(player.serve, "127.0.0.1", config.port)
    player.port = player.server.sockets[0].getsockname()[1]
    return player


class Player:
    """One disc of a world."""

    def __init__(self, world: World, config: Disc) -> None:
        self.world, self.config, self.port = world, config, 0
        self.server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def close(self) -> None:
        """Pull the plug."""
        for writer in list(self._writers):
            writer.transport.abort()
        if self.server is not None:
            self.server.close()
            await self.server.wait_closed()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer frames until the line ends, or until an answer is to be lost."""
        self._writers.add(writer)
        try:
            while (question := await _read(reader)) is not None:
                writer.write(_frame(await self._answer(question)))
                await writer.drain()
        except (AnswerLost, asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, question: Doc) -> Doc:
        action = {"STATUS": self._status, "FIND": self._find, "ISSUE": self._issue}
        known = action.get(str(question.get("do")))
        if known is None:
            return {"state": "refused", "code": "1", "text": "未知指令"}
        try:
            return await known(question)
        except TaxRefused as no:
            if no.code == LOGGED_OUT:
                return {"state": "held", "why": "login", "text": "税控设备证书未登录"}
            if no.code == TWICE:
                return {"state": "known"}  # it is in the log; ask for it again
            return {"state": "refused", "code": no.code, "text": no.describe}

    async def _status(self, _: Doc) -> Doc:
        settings = book.settings_of(self.world)
        locked = settings.logged_out or settings.needs_face
        used = self.world.collection("tax_disc_used").setdefault(self.config.id, {"count": 0})
        left = self.config.numbers - used["count"]
        return {"ready": not locked, "locked": locked, "left": left, "disc": self.config.id}

    async def _find(self, question: Doc) -> Doc:
        doc = book.find(self.world, self.config.seller, order_no=str(question.get("requestNo", "")))
        return {"state": "none"} if doc is None else self._shown(doc)

    async def _issue(self, question: Doc) -> Doc:
        order = question.get("order")
        if not isinstance(order, dict):
            raise TaxRefused("E4000", "缺少order")
        known = book.find(self.world, self.config.seller, order_no=str(order.get("requestNo")))
        if known is not None and known["status"] == "22":
            book.reissue(self.world, known)
            book.issue_now(self.world, known)
            return self._shown(known)
        doc = await self._taken(order)
        if doc["fault"] not in ("late", "not_found"):
            book.issue_now(self.world, doc)
        return self._shown(doc)

    async def _taken(self, order: Doc) -> Doc:
        used = self.world.collection("tax_disc_used").setdefault(self.config.id, {"count": 0})
        used["count"] += 1
        number = f"{29_000_000 + self.world.next_number('disc invoice'):08d}"
        more = {"code": self.config.code, "wanted_number": number}
        try:
            if "redOf" in order:
                return self._red(order, more)
            said = _order(order)
            return await take_order(self.world, self.config.seller, said, "disc", **more)
        except AnswerLost:
            lost = book.find(self.world, self.config.seller, order_no=order["requestNo"])
            if lost is not None:
                book.issue_now(self.world, lost)
            raise

    def _red(self, order: Doc, more: Doc) -> Doc:
        wanted = order["redOf"] if isinstance(order["redOf"], dict) else {}
        blue = book.of_number(self.world, self.config.seller, str(wanted.get("number", "")))
        if blue is None or blue.get("code") != wanted.get("code"):
            raise TaxRefused("E9107", "未查询到可红冲的蓝字发票")
        if blue.get("is_reversed"):
            raise TaxRefused("E9107", "该发票已红冲")
        blue["is_reversed"] = True
        fault = take_fault(self.world)
        rows = [_reversed(row) for row in blue["order"]["invoiceDetail"]]
        facts = {"orderNo": order["requestNo"], "remark": order.get("remark", "")}
        said = {**blue["order"], **facts, "invoiceDetail": rows}
        lines = [_line(row) for row in rows]
        doc = book.take(
            self.world,
            self.config.seller,
            said,
            lines,
            fault,
            "disc",
            **{**more, "red_of": blue["number"]},
        )
        if doc["fault"] == "lose_answer":
            book.issue_now(self.world, doc)
            raise AnswerLost
        return doc

    def _shown(self, doc: Doc) -> Doc:
        if doc["status"] == "20":
            return {"state": "working"}
        if doc["status"] == "22":
            why = "quota" if "额度" in doc["fail_cause"] else ""
            state = {"state": "failed", "why": why} if why else {"state": "refused", "code": "22"}
            return {**state, "text": doc["fail_cause"]}
        return {"state": "issued", "invoice": self._invoice(doc)}

    def _invoice(self, doc: Doc) -> Doc:
        fen = {name: int(Decimal(doc[name]) * 100) for name in ("ex", "tax", "incl")}
        return {
            "code": doc["code"],
            "number": doc["number"],
            "issuedAt": datetime.fromisoformat(doc["issued_at"]).isoformat(),
            "exFen": fen["ex"],
            "taxFen": fen["tax"],
            "inclFen": fen["incl"],
            "checkCode": self.world.stable_digits("check", doc["serial"], length=20),
            "cipher": self.world.stable_digits("cipher", doc["serial"], length=60) + "<*/+->",
            "machineNo": "661616300001",
        }


def _order(order: Doc) -> Doc:
    rows = order.get("lines")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TaxRefused("E4000", "明细格式错误")
    return {
        "orderNo": str(order.get("requestNo", "")),
        "salerTaxNum": order.get("sellerTaxNo", ""),
        "buyerName": order.get("buyerName", ""),
        "buyerTaxNum": order.get("buyerTaxNo", ""),
        "naturalPersonFlag": "1" if order.get("isPerson") else "0",
        "invoiceDate": "2000-01-01 00:00:00",
        "invoiceType": "1",
        "invoiceLine": "pc",
        "clerk": order.get("drawer", ""),
        "remark": order.get("remark", ""),
        "invoiceDetail": [_row(row) for row in rows],
    }


def _row(row: Doc) -> Doc:
    try:
        incl = Decimal(str(row.get("ex"))) + Decimal(str(row.get("tax")))
    except ArithmeticError:
        raise TaxRefused("E4000", "明细金额错误") from None
    return {
        "goodsName": row.get("name", ""),
        "specType": row.get("spec", ""),
        "unit": row.get("unit", ""),
        "num": row.get("quantity", ""),
        "price": row.get("price", ""),
        "goodsCode": row.get("taxCode", ""),
        "taxRate": row.get("rate", ""),
        "taxExcludedAmount": row.get("ex", ""),
        "tax": row.get("tax", ""),
        "taxIncludedAmount": f"{incl:.2f}",
        "withTaxFlag": "0",
        "invoiceLineProperty": str(row.get("nature", "0")),
        "favouredPolicyFlag": row.get("policy", "") or "0",
        "zeroRateFlag": row.get("zeroFlag", ""),
    }


def _reversed(row: Doc) -> Doc:
    names = ("taxExcludedAmount", "tax", "taxIncludedAmount")
    return {**row, **{name: f"{-Decimal(row[name]):.2f}" for name in names}}


def _line(row: Doc) -> Line:
    ex, tax = Decimal(row["taxExcludedAmount"]), Decimal(row["tax"])
    return Line(row["goodsName"], row["goodsCode"], Decimal(0), ex, tax, ex + tax, 0, row)


async def _read(reader: asyncio.StreamReader) -> Doc | None:
    """The next whole frame; one with a wrong checksum is as good as none."""
    while True:
        start = await reader.read(1)
        if not start:
            return None
        if start != b"\x02":
            continue
        size = await reader.readexactly(4)
        try:
            text = await reader.readexactly(int(size, 16))
        except ValueError:
            continue
        check, end = await reader.readexactly(2)
        total = 0
        for byte in text:
            total ^= byte
        if check == total and end == 3:
            found: Any = json.loads(text.decode("gbk"))
            return found if isinstance(found, dict) else {}


def _frame(said: Doc) -> bytes:
    text = json.dumps(said, ensure_ascii=False).encode("gbk", "replace")
    total = 0
    for byte in text:
        total ^= byte
    return b"\x02%04X" % len(text) + text + bytes([total, 3])
