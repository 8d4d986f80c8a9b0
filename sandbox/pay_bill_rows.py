"""The rows of a bill: what this world's merchant took and gave back on one day of China."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from core.clock import SHOP_ZONE
from sandbox.timetable import Doc
from sandbox.world import World

Row = dict[str, str]

TRADE_COLUMNS = (
    *("交易时间", "公众账号ID", "商户号", "特约商户号", "设备号", "微信订单号", "商户订单号"),
    *("用户标识", "交易类型", "交易状态", "付款银行", "货币种类", "应结订单金额", "代金券金额"),
    *("微信退款单号", "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态"),
    *("商品名称", "商户数据包", "手续费", "费率", "订单金额", "申请退款金额", "费率备注"),
)
FUND_COLUMNS = (
    *("记账时间", "微信支付业务单号", "资金流水单号", "业务名称", "业务类型", "收支类型"),
    *("收支金额(元)", "账户结余(元)", "资金变更提交申请人", "备注", "业务凭证号"),
)
SAID = {"SUCCESS": "SUCCESS", "PROCESSING": "PROCESSING", "ABNORMAL": "CHANGE", "CLOSED": "FAIL"}


def trade_rows(world: World, mch_id: str, day: date) -> list[Row]:
    """Payments of the day they succeeded, refunds of the day they were accepted; by time."""
    merchant = world.merchants[mch_id]
    rate = f"{merchant.fee_bp / 100:.2f}%"
    paid = [
        _paid_row(order, rate)
        for order in _of_day(world.collection("pay_orders").values(), mch_id, "success_time", day)
    ]
    orders = world.collection("pay_orders")
    refunds = _of_day(world.collection("pay_refunds").values(), mch_id, "create_time", day)
    back = [_refund_row(refund, orders[refund["order_key"]], rate) for refund in refunds]
    return sorted([*paid, *back], key=lambda row: row["交易时间"])


def _of_day(docs: Iterable[Doc], mch_id: str, moment: str, day: date) -> list[Doc]:
    return [
        doc
        for doc in docs
        if doc["mch_id"] == mch_id and doc[moment] and _shop(doc[moment]).date() == day
    ]


def _shop(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(SHOP_ZONE)


def _at(text: str) -> str:
    return f"{_shop(text):%Y-%m-%d %H:%M:%S}"


def _yuan(fen: int) -> str:
    sign, whole = "-" if fen < 0 else "", abs(fen)
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def _fee(fen: int) -> str:
    """Five places, as the platform prints its fee."""
    return f"{_yuan(fen)}000"


def _common(order: Doc, rate: str) -> Row:
    zero = dict.fromkeys(("代金券金额", "退款金额", "充值券退款金额", "应结订单金额"), "0.00")
    return {
        **zero,
        "公众账号ID": order["app_id"],
        "商户号": order["mch_id"],
        "特约商户号": "0",
        "设备号": "",
        "微信订单号": order["transaction_id"],
        "商户订单号": order["out_trade_no"],
        "用户标识": order["openid"],
        "交易类型": order.get("trade_type", "JSAPI"),
        "付款银行": "OTHERS",
        "货币种类": "CNY",
        "商品名称": order["description"],
        "商户数据包": order["attach"],
        "费率": rate,
        "费率备注": "",
    }


def _paid_row(order: Doc, rate: str) -> Row:
    return _common(order, rate) | {
        "交易时间": _at(order["success_time"]),
        "交易状态": "SUCCESS",
        "应结订单金额": _yuan(order["total"]),
        "微信退款单号": "0",
        "商户退款单号": "0",
        "退款类型": "",
        "退款状态": "",
        "手续费": _fee(order["fee"]),
        "订单金额": _yuan(order["total"]),
        "申请退款金额": "0.00",
    }


def _refund_row(refund: Doc, order: Doc, rate: str) -> Row:
    return _common(order, rate) | {
        "交易时间": _at(refund["create_time"]),
        "交易状态": "REFUND",
        "微信退款单号": refund["refund_id"],
        "商户退款单号": refund["out_refund_no"],
        "退款金额": _yuan(refund["refund"]),
        "退款类型": "ORIGINAL",
        "退款状态": SAID[refund["status"]],
        "手续费": _fee(-refund["fee_back"]),
        "订单金额": "0.00",
        "申请退款金额": _yuan(refund["refund"]),
    }


def fund_rows(world: World, mch_id: str, day: date) -> list[Row]:
    """What moved the merchant's basic account that day, with its balance after each."""
    left, rows = 0, []
    for cause, doc in world.collection("pay_journal").items():
        change = doc["entries"].get(f"merchant:{mch_id}", 0)
        left += change
        if change and _shop(doc["at"]).date() == day:
            rows.append(_fund_row(world, cause, doc, change, left))
    return rows


def _fund_row(world: World, cause: str, doc: Doc, change: int, left: int) -> Row:
    is_sale = cause.startswith("pay:")
    return {
        "记账时间": _at(doc["at"]),
        "微信支付业务单号": "42000" + world.stable_digits("fund", cause, length=23),
        "资金流水单号": "1000" + world.stable_digits("fund flow", cause, length=24),
        "业务名称": "交易" if is_sale else "退款",
        "业务类型": "交易" if is_sale else "退款",
        "收支类型": "收入" if change > 0 else "支出",
        "收支金额(元)": _yuan(abs(change)),
        "账户结余(元)": _yuan(left),
        "资金变更提交申请人": "system",
        "备注": "",
        "业务凭证号": cause.partition("/")[2],
    }


def totals(rows: Sequence[Row], columns: Sequence[str]) -> tuple[list[str], list[str]]:
    """The last two lines: what is summed, and the sums."""
    if "交易时间" in columns:
        sums = {
            "应结订单总金额": "应结订单金额",
            "退款总金额": "退款金额",
            "充值券退款总金额": "充值券退款金额",
            "手续费总金额": "手续费",
            "订单总金额": "订单金额",
            "申请退款总金额": "申请退款金额",
        }
        added = [_sum(rows, name, is_fee=name == "手续费") for name in sums.values()]
        return ["总交易单数", *sums], [str(len(rows)), *added]
    names = ["资金流水总笔数", "收入笔数", "收入金额", "支出笔数", "支出金额"]
    income, spent = ([row for row in rows if row["收支类型"] == word] for word in ("收入", "支出"))
    counted = [str(len(income)), _sum(income, "收支金额(元)")]
    return names, [str(len(rows)), *counted, str(len(spent)), _sum(spent, "收支金额(元)")]


def _sum(rows: Sequence[Row], name: str, *, is_fee: bool = False) -> str:
    fen = sum(_fen(row[name]) for row in rows)
    return _fee(fen) if is_fee else _yuan(fen)


def _fen(text: str) -> int:
    whole, _, part = text.removeprefix("-").partition(".")
    fen = int(whole) * 100 + int(part[:2])
    return -fen if text.startswith("-") else fen
