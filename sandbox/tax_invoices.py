"""The provider's book: orders taken, invoices issued by the clock, faults and callbacks.

An order is `{serial, order_no, seller, status, number, ex, tax, incl, issued_at, fail_cause,
order, lines, tries, callbacks, …}` in the collection `tax_orders`; status 20 is being issued,
2 issued, 22 failed, 24 issued without its file.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from pydantic import Field

from core.clock import SHOP_ZONE
from sandbox import outgoing
from sandbox.config import Part
from sandbox.tax_rules import Line, TaxRefused
from sandbox.tax_trouble import AnswerLost, Fault
from sandbox.timetable import Doc
from sandbox.world import World

CALLBACK_TRIES = 3
TAKEN = ('"0000"', '"SUCCESS"', '"success"')  # what the providers want to hear
CALLBACK_PAUSE_S = 60
REISSUES_A_DAY = 20
_CHANNEL = "2"


class Settings(Part):
    """How the provider behaves all the time."""

    delay_s: float = Field(default=0.5, ge=0, le=86_400)
    """From the answer to the issued invoice, by the settable clock."""
    logged_out: bool = False
    """The drawer has to log in at the tax bureau again; nothing is taken."""
    needs_face: bool = False
    """A person has to show the face once more; nothing is taken."""
    credit_line: str = "1000000.00"
    """Total without tax that may be issued; beyond it issuing fails."""
    files_late_s: float = Field(default=0, ge=0, le=86_400)
    """How long after the issue the files can be had."""


def set_up(world: World) -> None:
    """Let the timetable issue invoices and tell callbacks."""

    async def issue(data: Doc) -> None:
        _issue(world, data["serial"])

    async def tell(data: Doc) -> None:
        await tell_callback(world, orders(world)[data["serial"]])

    world.timetable.on("tax.issue", issue)
    world.timetable.on("tax.callback", tell)


def orders(world: World) -> dict[str, Doc]:
    """Everything that was taken, by serial number."""
    return world.collection("tax_orders")


def settings_of(world: World) -> Settings:
    """How the provider behaves now."""
    return Settings.model_validate(world.collection("tax_provider").get("settings", {}))


def find(world: World, seller: str, *, serial: str = "", order_no: str = "") -> Doc | None:
    """An order of this seller by either number, unless a fault hides it for now."""
    known = world.collection("tax_numbers").get(f"{seller} {order_no}", {})
    doc = orders(world).get(serial or known.get("serial", ""))
    if doc is None or doc["seller"] != seller:
        return None
    hidden = doc["hidden_until"]
    is_hidden = hidden and datetime.fromisoformat(hidden) > world.now()
    return None if is_hidden else doc


def is_used(world: World, seller: str, order_no: str) -> bool:
    """Whether this order number was taken before, found or hidden."""
    return f"{seller} {order_no}" in world.collection("tax_numbers")


def of_number(world: World, seller: str, number: str) -> Doc | None:
    """The order of this seller that became this invoice."""
    known = world.collection("tax_issued").get(number, {})
    doc = orders(world).get(known.get("serial", ""))
    return doc if doc is not None and doc["seller"] == seller else None


def take(
    world: World,
    seller: str,
    order: Doc,
    lines: list[Line],
    fault: Fault | None,
    player: str = "nuonuo",
    **more: Any,
) -> Doc:
    """Keep an order and plan its issue. `player` is whose callback tells of it."""
    serial = f"{world.now():%y%m%d%H%M%S}{world.next_number('tax order'):08d}"
    kind = fault.kind if fault is not None else ""
    doc: Doc = {
        "serial": serial,
        "order_no": order["orderNo"],
        "seller": seller,
        "status": "20",
        "number": "",
        "issued_at": "",
        "fail_cause": "",
        "fault": kind,
        "hidden_until": "",
        "reissues": 0,
        "callbacks": [],
        "deliveries": [],
        "token": world.new_id("tax file", 32),
        "order": order,
        "player": player,
        "red_of": "",
        "form_no": "",
        **more,
        **_totals(lines, more=Decimal("0.01") if kind == "other_amount" else Decimal(0)),
    }
    seconds = settings_of(world).delay_s
    if fault is not None and kind in ("late", "not_found"):
        until = world.now() + timedelta(seconds=fault.seconds)
        doc["hidden_until"] = until.isoformat() if kind == "not_found" else ""
        seconds = fault.seconds if kind == "late" else seconds
    orders(world)[serial] = doc
    world.collection("tax_numbers")[f"{seller} {doc['order_no']}"] = {"serial": serial}
    plan_issue(world, doc, seconds)
    return doc


def plan_issue(world: World, doc: Doc, seconds: float) -> None:
    """Issue after that many seconds of the clock."""
    doc["status"] = "20"
    at = world.now() + timedelta(seconds=seconds)
    world.timetable.plan("tax.issue", at, {"serial": doc["serial"]})
    world.changed()


def reissue(world: World, doc: Doc) -> None:
    """Try the same order again. Raises TaxRefused when it has not failed, or too often."""
    if doc["status"] not in ("22", "24"):
        raise TaxRefused("E9105", "当前状态不允许重试开票")
    if doc["reissues"] >= REISSUES_A_DAY:
        raise TaxRefused("E9613", "今日重试次数已达上限")
    doc["reissues"] += 1
    doc["fault"] = ""
    plan_issue(world, doc, settings_of(world).delay_s)


def remaining_credit(world: World, seller: str) -> Decimal:
    """What may still be issued, without tax."""
    used = world.collection("tax_used").get(seller, {"ex": "0"})["ex"]
    return Decimal(settings_of(world).credit_line) - Decimal(used)


def issue_now(world: World, doc: Doc) -> None:
    """Issue before its time has come; the planned issue then finds it done."""
    _issue(world, doc["serial"], tells=False)


def _issue(world: World, serial: str, *, tells: bool = True) -> None:
    doc = orders(world).get(serial)
    if doc is None or doc["status"] != "20":
        return
    cause = _failure(world, doc)
    if cause:
        doc.update(status="22", fail_cause=cause)
    else:
        number = doc["number"] or _numbered(world, doc)
        status = "24" if doc["fault"] == "no_file" else "2"
        moment = doc["issued_at"] or world.now().isoformat()
        doc.update(status=status, fail_cause="", number=number, issued_at=moment)
    world.changed()
    if tells:
        for _ in range(2 if doc["fault"] == "callback_twice" else 1):
            world.timetable.plan("tax.callback", world.now(), {"serial": serial})


def _failure(world: World, doc: Doc) -> str:
    if doc["fault"] == "fail":
        return "电子税局返回：开票失败，请稍后重试"
    if doc["number"]:
        return ""
    left = remaining_credit(world, doc["seller"])
    return "电子税局返回：可用发票额度不足" if Decimal(doc["ex"]) > left else ""


def _numbered(world: World, doc: Doc) -> str:
    """The number of a first issue; what was drawn before is used up now."""
    number = doc.get("wanted_number") or new_number(world, doc["seller"])
    used = world.collection("tax_used").setdefault(doc["seller"], {"ex": "0"})
    used["ex"] = str(Decimal(used["ex"]) + Decimal(doc["ex"]))
    world.collection("tax_issued")[number] = {"serial": doc["serial"]}
    return number


def new_number(world: World, seller: str) -> str:
    """20 digits: year, provincial bureau (from the seller's number), channel, sequence."""
    year = f"{world.now().astimezone(SHOP_ZONE):%y}"
    region = seller[2:4] if seller[2:4].isdigit() else "44"
    start = int(world.stable_digits("invoice sequence", seller, length=9))
    return f"{year}{region}{_CHANNEL}{start + world.next_number('invoice'):015d}"


def _totals(lines: list[Line], more: Decimal) -> dict[str, Any]:
    ex, tax = (sum((getattr(line, n) for line in lines), Decimal(0)) for n in ("ex", "tax"))
    ex += more
    return {"ex": f"{ex:.2f}", "tax": f"{tax:.2f}", "incl": f"{ex + tax:.2f}"}


Notice = tuple[str, bytes, dict[str, str]]
HERALDS: dict[str, Callable[[World, Doc, Doc | None], Notice]] = {}
"""How each provider words a callback: address ("" for none), body and headers."""


async def tell_callback(world: World, doc: Doc, *, content: Doc | None = None) -> None:
    """POST the result to the order's callback address; repeated until it is taken, or given up."""
    url, body, headers = HERALDS[doc["player"]](world, doc, content)
    if not url:
        return
    tried = await outgoing.call(world, url, body=body, headers=headers)
    doc["callbacks"].append(tried)
    is_taken = tried["status"] == 200 and any(word in tried["answer"] for word in TAKEN)
    if not is_taken and content is None and len(doc["callbacks"]) < CALLBACK_TRIES:
        later = world.now() + timedelta(seconds=CALLBACK_PAUSE_S)
        world.timetable.plan("tax.callback", later, {"serial": doc["serial"]})
    world.changed()


def _by_form(world: World, doc: Doc, content: Doc | None) -> Notice:
    provider = world.config.tax_provider
    url = doc["order"].get("callBackUrl") or (provider.callback_url if provider else "")
    text = json.dumps(content or callback_content(world, doc), ensure_ascii=False)
    form = {"operater": "callback", "orderno": doc["order_no"], "content": text}
    return url, urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"}


HERALDS["nuonuo"] = _by_form


async def misbehave(world: World, doc: Doc) -> None:
    """What an ordered failure does right after an order was taken. Raises AnswerLost."""
    if doc["fault"] == "callback_first":
        issue_now(world, doc)
        await tell_callback(world, doc)
    if doc["fault"] == "callback_forged":
        true = callback_content(world, doc)
        lie = {"c_status": "1", "allElectronicInvoiceNumber": "9" * 20, "c_url": "http://x/"}
        await tell_callback(world, doc, content={**true, **lie})
    if doc["fault"] == "lose_answer":
        raise AnswerLost


def callback_content(world: World, doc: Doc) -> Doc:
    """The `content` of a callback, as things are now."""
    is_issued = bool(doc["number"]) and doc["status"] in ("2", "24")
    return {
        "c_status": {"2": "1", "24": "3"}.get(doc["status"], "2"),
        "c_fpqqlsh": doc["serial"],
        "c_orderno": doc["order_no"],
        "c_fpdm": "",
        "c_fphm": "",
        "allElectronicInvoiceNumber": doc["number"],
        "c_kprq": milliseconds(doc["issued_at"]) if is_issued else "",
        "c_bhsje": doc["ex"],
        "c_hjse": doc["tax"],
        "c_url": file_url(world, doc, "pdf") if doc["status"] == "2" else "",
        "c_errorMessage": doc["fail_cause"],
        "taxnum": doc["seller"],
        "buyername": doc["order"]["buyerName"],
    }


def file_url(world: World, doc: Doc, kind: str) -> str:
    """Where a file lies, `pdf`, `ofd` or `xml`; nobody can guess it."""
    return f"{world.http}/tax/files/{doc['token']}/{doc['number']}.{kind}"


def milliseconds(moment: str) -> int:
    """Of an ISO time, since 1970."""
    return round(datetime.fromisoformat(moment).timestamp() * 1000)
