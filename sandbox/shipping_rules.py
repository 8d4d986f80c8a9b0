"""What the platform asks of uploaded shipping information, field by field, with its errcodes."""

import re
from datetime import datetime, timedelta
from typing import Any

from sandbox.answers import MEANINGS, Refusal
from sandbox.timetable import Doc

EXPRESS, CITY, VIRTUAL, PICKUP = 1, 2, 3, 4
UNIFIED, SPLIT = 1, 2
COMPANIES = {"SF", "ZTO", "YTO", "STO", "YD", "JTSD", "JD", "EMS", "DBL", "OTHER"}
MASKED = re.compile(r"(\+[0-9]+-)?[0-9*]*\*{4}[0-9]{4}|\*{3,}[0-9]{4}|[0-9]{3}\*{4}[0-9]{4}")
MOST_PARCELS, MOST_DESC = 10, 120
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?([+-]\d\d:\d\d|Z)")

MEANINGS.update(
    {
        10060001: "支付单不存在",
        10060002: "支付单已完成发货，无法继续发货",
        10060003: "支付单已使用重新发货机会",
        10060004: "支付单处于不可发货的状态",
        10060005: "物流类型有误",
        10060006: "非快递发货时不允许分拆发货",
        10060007: "分拆发货模式下必须填写 is_all_delivered",
        10060008: "商品描述 item_desc 字段不能为空",
        10060009: "商品描述 item_desc 太长",
        10060012: "系统错误",
        10060014: "参数错误",
        10060019: "快递公司编码无效",
        10060023: "发货信息未更新",
        10060024: "物流信息列表太长",
        10060025: "物流公司编码太长",
        10060026: "物流单号太长",
        10060031: "订单不属于当前 openid",
        268485194: "订单单号类型非法",
        268485216: "上传时间非法，请按照 RFC 3339 格式填写",
        268485224: "发货模式非法",
        268485226: "物流单号不能为空",
        268485227: "物流公司编码不能为空",
        268485228: "统一发货模式下，物流信息列表长度必须为 1",
    }
)


def check_upload(
    now: datetime, order: Doc, shipping: Doc, body: dict[str, Any], *, state: int
) -> None:
    """Raises Refusal for the first rule that the upload breaks."""
    if (body.get("payer") or {}).get("openid") != order["openid"]:
        raise Refusal(10060031)
    if state not in {1, 2}:
        raise Refusal(10060004)
    kind, mode = body.get("logistics_type"), body.get("delivery_mode")
    if kind not in {EXPRESS, CITY, VIRTUAL, PICKUP}:
        raise Refusal(10060005)
    _check_time(now, body.get("upload_time"))
    _check_mode(kind, mode, body)
    for one in body["shipping_list"]:
        _check_parcel(kind, one)
    _check_news(shipping, body)


def _check_news(shipping: Doc, body: dict[str, Any]) -> None:
    """What is told already is refused; what is finished may be corrected once, unless split."""
    is_same = _is_same(shipping, body)
    if is_same and (shipping["finished"] or not body.get("is_all_delivered")):
        raise Refusal(10060023)
    if not shipping["finished"]:
        return
    if SPLIT in {body["delivery_mode"], shipping["delivery_mode"]}:
        raise Refusal(10060002)
    if shipping["redone"]:
        raise Refusal(10060003)


def _is_same(shipping: Doc, body: dict[str, Any]) -> bool:
    known = {_name(one) for one in shipping["list"]}
    return bool(known) and {_name(one) for one in body["shipping_list"]} <= known


def _name(one: Doc) -> tuple[str, str, str]:
    desc = "" if one.get("tracking_no") else one.get("item_desc", "")
    return (one.get("express_company", ""), one.get("tracking_no", ""), desc)


def _check_time(now: datetime, text: object) -> None:
    if not isinstance(text, str) or not RFC3339.fullmatch(text):
        raise Refusal(268485216)
    if datetime.fromisoformat(text) > now + timedelta(hours=1):
        raise Refusal(268485216)


def _check_mode(kind: int, mode: object, body: dict[str, Any]) -> None:
    listed = body.get("shipping_list")
    if mode not in {UNIFIED, SPLIT}:
        raise Refusal(268485224)
    if not isinstance(listed, list) or not listed:
        raise Refusal(10060014, "shipping_list")
    if mode == SPLIT and kind != EXPRESS:
        raise Refusal(10060006)
    if mode == SPLIT and not isinstance(body.get("is_all_delivered"), bool):
        raise Refusal(10060007)
    if mode == UNIFIED and len(listed) != 1:
        raise Refusal(268485228)
    if len(listed) > MOST_PARCELS:
        raise Refusal(10060024)


def _check_parcel(kind: int, one: Doc) -> None:
    desc = one.get("item_desc")
    if not isinstance(desc, str) or not desc.strip():
        raise Refusal(10060008)
    if len(desc) > MOST_DESC:
        raise Refusal(10060009)
    if kind == EXPRESS:
        _check_label(one)


def _check_label(one: Doc) -> None:
    number, company = one.get("tracking_no") or "", one.get("express_company") or ""
    if not number:
        raise Refusal(268485226)
    if not company:
        raise Refusal(268485227)
    if len(number) > 128:
        raise Refusal(10060026)
    if len(company) > 128:
        raise Refusal(10060025)
    if company not in COMPANIES:
        raise Refusal(10060019)
    if company == "SF":
        _check_contact(one.get("contact") or {})


def _check_contact(contact: Doc) -> None:
    """SF wants one of the two, with the middle of the number hidden."""
    given = [contact.get(name) for name in ("consignor_contact", "receiver_contact")]
    found = [text for text in given if text]
    if not found or not all(MASKED.fullmatch(str(text)) for text in found):
        raise Refusal(10060014, "contact")


def merged(shipping: Doc, body: dict[str, Any]) -> Doc:
    """What is known after an upload: parcels of a split order add up, else the new ones count."""
    mode, listed = body["delivery_mode"], body["shipping_list"]
    if mode == SPLIT:
        known = {_name(one): one for one in shipping["list"]}
        known.update({_name(one): one for one in listed})
        listed = list(known.values())
    return {
        "logistics_type": body["logistics_type"],
        "delivery_mode": mode,
        "list": listed,
        "finished": mode == UNIFIED or bool(body.get("is_all_delivered")),
    }
