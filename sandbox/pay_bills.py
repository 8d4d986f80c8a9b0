"""Bills of WeChat Pay v3 (账单): the day after, from this world's own books, as CSV in gzip.

`POST /_sim/bills/{mch_id}/{day}` spoils the bill of a day on purpose; see `EDITS`.
"""

import gzip
import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from starlette.routing import BaseRoute

from core.clock import SHOP_ZONE
from sandbox.admin_door import Ask, act
from sandbox.pay_bill_rows import FUND_COLUMNS, TRADE_COLUMNS, Row, fund_rows, totals, trade_rows
from sandbox.pay_door import PayCall, PayError, pay_api, pay_file
from sandbox.timetable import Doc
from sandbox.world import World

READY_AT = time(10, 0)
LINK_LIFE_S = 300
KEPT_DAYS = 92
DAY = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]")
BILL_TYPES = {"ALL", "SUCCESS", "REFUND"}
ACCOUNTS = {"BASIC", "OPERATION", "FEES"}
BOM = "\ufeff"


def routes(world: World) -> list[BaseRoute]:
    """Asking for a bill, downloading it, and spoiling it."""
    return [
        pay_api(world, "GET", "/v3/bill/tradebill", _trade_bill),
        pay_api(world, "GET", "/v3/bill/fundflowbill", _fund_bill),
        pay_file(world, "/v3/billdownload/file", _file),
        act(world, "POST", "/bills/{mch_id}/{day}", _spoil),
    ]


def spoil(world: World, mch_id: str, day: date, *edits: Doc) -> None:
    """Let the bill of a day be wrong in these ways, until it is spoiled anew (also by nothing).

    Raises ValueError for an edit that is not known.
    """
    for edit in edits:
        if edit.get("kind") not in {*EDITS, *SPOILS}:
            raise ValueError(f"kind must be one of {', '.join(sorted({*EDITS, *SPOILS}))}")
    world.collection("pay_bill_edits")[f"{mch_id}/{day}"] = {"edits": list(edits)}


async def _spoil(ask: Ask) -> Doc:
    spoil(
        ask.world,
        ask.path["mch_id"],
        date.fromisoformat(ask.path["day"]),
        *ask.body.get("edits", []),
    )
    return {"ok": True}


async def _trade_bill(call: PayCall) -> Doc:
    kind = call.query.get("bill_type", "ALL")
    if kind not in BILL_TYPES:
        raise PayError(400, "PARAM_ERROR", "bill_type 不合法")
    day = _day(call)
    rows = trade_rows(call.world, call.merchant.mch_id, day)
    if kind != "ALL":
        rows = [row for row in rows if (row["交易状态"] == "SUCCESS") == (kind == "SUCCESS")]
    return _link(call, day, _edited(call, day, rows), TRADE_COLUMNS)


async def _fund_bill(call: PayCall) -> Doc:
    if call.query.get("account_type", "BASIC") not in ACCOUNTS:
        raise PayError(400, "PARAM_ERROR", "account_type 不合法")
    day = _day(call)
    is_basic = call.query.get("account_type", "BASIC") == "BASIC"
    rows = fund_rows(call.world, call.merchant.mch_id, day) if is_basic else []
    return _link(call, day, rows, FUND_COLUMNS)


def _day(call: PayCall) -> date:
    given = call.query.get("bill_date", "")
    if not DAY.fullmatch(given) or call.query.get("tar_type", "GZIP") != "GZIP":
        raise PayError(400, "PARAM_ERROR", "bill_date 或 tar_type 不合法")
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise PayError(400, "PARAM_ERROR", "bill_date 不合法") from None
    now = call.world.now().astimezone(SHOP_ZONE)
    if now.date() - day > timedelta(days=KEPT_DAYS):
        raise PayError(400, "INVALID_REQUEST", "仅支持三个月内的账单下载")
    if day >= now.date():
        raise PayError(400, "PARAM_ERROR", "bill_date 须早于今天")
    is_early = now < datetime.combine(day + timedelta(days=1), READY_AT, SHOP_ZONE)
    if is_early or _spoiled(call, day, "not_ready"):
        raise PayError(400, "NO_STATEMENT_EXIST", "账单文件不存在，请稍后再试")
    return day


def _link(call: PayCall, day: date, rows: Sequence[Row], columns: Sequence[str]) -> Doc:
    if not rows:
        raise PayError(400, "NO_STATEMENT_EXIST", "账单文件不存在")
    text = _text(rows, columns)
    digest = hashlib.sha1(text).hexdigest()  # noqa: S324
    if _spoiled(call, day, "truncated"):
        text = text[: len(text) * 2 // 3]
    if _spoiled(call, day, "cut_and_hashed"):
        text = text[: text.rfind(b"\r\n", 0, len(text) * 2 // 3)]
        digest = hashlib.sha1(text).hexdigest()  # noqa: S324
    if _spoiled(call, day, "wrong_hash"):
        digest = "0" * 40
    token = call.world.new_id("bill", 40)
    until = call.world.now() + timedelta(seconds=LINK_LIFE_S)
    call.world.collection("pay_bill_links")[token] = {
        "mch_id": call.merchant.mch_id,
        "until": until.isoformat(),
        "text": text.decode("utf-8", "ignore"),
    }
    path = f"/v3/billdownload/file?token={token}"
    url = f"{call.world.http}{path}"
    if _spoiled(call, day, "elsewhere"):
        url = f"https://bills.example.com{path}"
    return {"hash_type": "SHA1", "hash_value": digest, "download_url": url}


def _text(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    names, sums = totals(rows, columns)
    lines = [
        ",".join(columns),
        *(",".join(f"`{row[name]}" for name in columns) for row in rows),
        ",".join(names),
        ",".join(f"`{value}" for value in sums),
    ]
    return (BOM + "\r\n".join(lines) + "\r\n").encode()


async def _file(call: PayCall) -> bytes:
    link = call.world.collection("pay_bill_links").get(call.query.get("token", ""))
    if link is None or link["mch_id"] != call.merchant.mch_id:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "账单不存在")
    if call.world.now() >= datetime.fromisoformat(link["until"]):
        raise PayError(403, "INVALID_REQUEST", "下载链接已失效")
    return gzip.compress(link["text"].encode(), mtime=0)


def _edits(call: PayCall, day: date) -> list[Doc]:
    found = call.world.collection("pay_bill_edits").get(f"{call.merchant.mch_id}/{day}", {})
    return list(found.get("edits", []))


def _spoiled(call: PayCall, day: date, kind: str) -> bool:
    return any(edit["kind"] == kind for edit in _edits(call, day))


def _edited(call: PayCall, day: date, rows: list[Row]) -> list[Row]:
    for edit in _edits(call, day):
        if edit["kind"] in EDITS:
            rows = EDITS[edit["kind"]](rows, edit)
    return rows


def _is_meant(row: Row, edit: Doc) -> bool:
    """Rows are meant by a payment's number, or by a refund's when there is one."""
    refund_no = row["商户退款单号"]
    return bool((row["商户订单号"] if refund_no == "0" else refund_no) == edit["number"])


def _changed(change: Callable[[Row, Doc], Row]) -> Callable[[list[Row], Doc], list[Row]]:
    return lambda rows, edit: [change(row, edit) if _is_meant(row, edit) else row for row in rows]


def _other_day(rows: list[Row], edit: Doc) -> list[Row]:
    back = timedelta(days=int(edit.get("days", 1)))
    return [row | {"交易时间": str(datetime.fromisoformat(row["交易时间"]) - back)} for row in rows]


EDITS: dict[str, Callable[[list[Row], Doc], list[Row]]] = {
    "missing": lambda rows, edit: [row for row in rows if not _is_meant(row, edit)],
    "duplicate": lambda rows, edit: rows + [row for row in rows if _is_meant(row, edit)],
    "altered": _changed(lambda row, edit: row | edit["cells"]),
    "invented": lambda rows, edit: [*rows, rows[0] | edit["cells"]],
    "wrong_day": _other_day,
}
"""What may be wrong with rows: `{kind, number, cells}`, cells by the bill's column names."""

SPOILS = {"not_ready", "truncated", "cut_and_hashed", "wrong_hash", "elsewhere"}
