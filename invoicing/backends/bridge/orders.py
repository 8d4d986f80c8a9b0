"""A request as the agent of a tax disc gets it, and what the disc answers. Pure."""

import json
from datetime import datetime
from typing import Any

from invoicing.backends.port import (
    Held,
    Hold,
    Issued,
    NotFound,
    Order,
    Pending,
    QueryAnswer,
    RedOrder,
    Refused,
    Unknown,
)
from invoicing.backends.rules import TaskState
from invoicing.backends.wire import cut, plain_yuan, policy_code, rate_text, zero_flag
from invoicing.rules.tax import unit_price

MOST_NAME = 46  # of 92 bytes in GBK


def gbk(text: str) -> str:
    """Without what a device cannot print: our own additions never cost a guest the invoice."""
    return text.encode("gbk", "ignore").decode("gbk")


def blue_payload(order: Order) -> str:
    """An invoice in the words of the agents."""
    return json.dumps(
        {
            "requestNo": order.request_no,
            "sellerTaxNo": order.seller.tax_no,
            "buyerName": order.buyer_title,
            "buyerTaxNo": order.buyer_tax_no,
            "isPerson": order.buyer_is_person,
            "drawer": gbk(order.seller.drawer),
            "remark": gbk(cut(order.remark, 100)),
            "lines": [
                {
                    "name": cut(line.name, MOST_NAME),
                    "spec": gbk(cut(line.spec, 20)) if line.quantity else "",
                    "unit": gbk(cut(line.unit, 10)) if line.quantity else "",
                    "quantity": str(line.quantity or ""),
                    "price": unit_price(line),
                    "taxCode": line.tax_code,
                    "rate": rate_text(line.tax_bp),
                    "ex": plain_yuan(line.ex_fen),
                    "tax": plain_yuan(line.tax_fen),
                    "nature": int(line.nature),
                    "policy": policy_code(line),
                    "zeroFlag": zero_flag(line),
                }
                for line in order.lines
            ],
        },
        ensure_ascii=False,
    )


def red_payload(red: RedOrder) -> str:
    """A whole invoice taken back; the remark is the one the bureau wants."""
    return json.dumps(
        {
            "requestNo": red.red_no,
            "sellerTaxNo": red.seller.tax_no,
            "redOf": {"code": red.code, "number": red.number},
            "drawer": gbk(red.seller.drawer),
            "remark": f"对应正数发票代码:{red.code} 号码:{red.number}",
        },
        ensure_ascii=False,
    )


def answer_of(state: TaskState, code: str, said: str, answer: dict[str, Any] | None) -> QueryAnswer:
    """What became of a task."""
    if state in {TaskState.WAITING, TaskState.LEASED}:
        return Pending()
    if state is TaskState.REFUSED:
        return Refused(code, said)
    if state is TaskState.HELD:
        return Held(code, said, Hold(code) if code in set(Hold) else Hold.LATER)
    if answer is None:
        return NotFound()
    try:
        return _issued(answer)
    except (KeyError, ValueError, TypeError):
        return Unknown("unreadable answer of the device")


def _issued(answer: dict[str, Any]) -> Issued:
    return Issued(
        number=str(answer["number"]),
        code=str(answer["code"]),
        issued_at=datetime.fromisoformat(answer["issued_at"]),
        ex_fen=int(answer["ex_fen"]),
        tax_fen=int(answer["tax_fen"]),
        incl_fen=int(answer["incl_fen"]),
        serial="",
        check_code=str(answer["check_code"]),
        cipher=str(answer["cipher"]),
        machine_no=str(answer["machine_no"]),
    )
