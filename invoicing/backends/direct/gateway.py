"""The bureau's direct link (乐企), reached by HTTP; what is not signed by the bureau is unknown."""

import base64
import binascii
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

import httpx2

from core.partners import Answer
from invoicing.backends.calling import call
from invoicing.backends.direct import numbers, protocol
from invoicing.backends.direct.reading import BadAnswer, Said, read_said
from invoicing.backends.direct.tls import context_of
from invoicing.backends.fetching import fits
from invoicing.backends.port import (
    Capabilities,
    DeliverAnswer,
    Files,
    FilesAnswer,
    FormAnswer,
    Format,
    Health,
    HealthAnswer,
    Held,
    Hold,
    Issued,
    Kind,
    ListAnswer,
    NotFound,
    NotReady,
    NotSent,
    Order,
    QueryAnswer,
    RedAnswer,
    RedOrder,
    Refused,
    Seller,
    SubmitAnswer,
    Unknown,
)
from invoicing.backends.wire import NEW_NUMBER, compact

CAPABILITIES = Capabilities(
    kinds=frozenset({Kind.GENERAL, Kind.SPECIAL}),
    formats=frozenset({Format.PDF, Format.OFD, Format.XML}),
    has_callback=False,
)
DRAW = 100  # numbers at a time
CONFIRM, WITHDRAW = "01", "03"
Raw = bytes | NotSent | Unknown
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Access:
    """Who we are at the bureau, and the keys of both sides. Private ones are never printed.

    `client_pem` and `ca_pem` are for mutual TLS, where the bureau's door wants that.
    """

    base_url: str
    unit_no: str
    private_key_pem: str
    bureau_public_pem: str
    client_pem: str = ""
    ca_pem: str = ""

    def __repr__(self) -> str:
        return f"Access({self.base_url}, {self.unit_no})"


class Direct:
    """One unit at the bureau, under one account of ours, which keeps the numbers it drew."""

    def __init__(self, access: Access, account_id: int) -> None:
        self._access, self._account_id = access, account_id
        self._key = protocol.private_key(access.private_key_pem)
        self._bureau = protocol.public_key(access.bureau_public_pem)
        self._tls = context_of(access.client_pem, access.ca_pem)

    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def submit(self, order: Order) -> SubmitAnswer:
        """The number is ours before the request leaves; without one nothing is sent."""
        number = await self._number(order)
        if not isinstance(number, str):
            return number
        return await self._ask("invoices", protocol.issue_body(order, number), protocol.read_taken)

    async def _number(self, order: Order) -> str | Held | NotSent:
        tax_no = order.seller.tax_no
        found = await numbers.number_for(self._account_id, tax_no, order.request_no)
        if found:
            return found
        refusal = await self._draw(tax_no)
        if refusal is not None:
            return refusal
        found = await numbers.number_for(self._account_id, tax_no, order.request_no)
        return found or Held("no number", "no number was given", Hold.NUMBERS)

    async def _draw(self, tax_no: str) -> Held | NotSent | None:
        said = await self._call("numbers", compact({"xsfnsrsbh": tax_no, "sl": str(DRAW)}))
        if not isinstance(said, bytes):
            return NotSent(said.reason)  # no invoice was asked for yet
        try:
            answer = read_said(said)
        except BadAnswer as bad:
            return NotSent(str(bad))
        if answer.code != protocol.OK:
            why = protocol.other(answer)
            return why if isinstance(why, Held) else NotSent(f"code {answer.code[:20]}")
        await numbers.keep(self._account_id, tax_no, _range(answer))
        return None

    async def query(self, request_no: str, serial: str, seller: Seller) -> QueryAnswer:
        """A request without a number of ours was never sent."""
        if not await numbers.known_number(self._account_id, seller.tax_no, request_no):
            return NotFound()
        return await self._result(request_no, seller)

    async def _result(self, request_no: str, seller: Seller) -> QueryAnswer:
        body = protocol.ask_body(seller.tax_no, request_no)
        return await self._ask("invoices/query", body, protocol.read_result)

    async def red_submit(self, red: RedOrder) -> SubmitAnswer:
        return await self._ask("reds", protocol.red_body(red), protocol.read_taken)

    async def red_query(self, red_no: str, form_no: str, seller: Seller) -> RedAnswer:
        """The red invoice if there is one, and else where its form stands."""
        answer = await self._result(red_no, seller)
        if not isinstance(answer, NotFound):
            return answer
        body = protocol.ask_body(seller.tax_no, "" if form_no else red_no, form_no)
        return await self._ask("reds/query", body, protocol.read_form)

    async def form_confirm(self, form_no: str, seller: Seller) -> FormAnswer:
        return await self._act(form_no, seller, CONFIRM)

    async def form_cancel(self, form_no: str, seller: Seller) -> FormAnswer:
        return await self._act(form_no, seller, WITHDRAW)

    async def _act(self, form_no: str, seller: Seller, act: str) -> FormAnswer:
        body = protocol.act_body(seller.tax_no, form_no, act)
        return await self._ask("reds/act", body, protocol.read_act)

    async def files(self, issued: Issued, formats: frozenset[Format]) -> FilesAnswer:
        """The XML is the original that the bureau signed; the others are drawn from it."""
        body = compact({"xsfnsrsbh": issued.seller_tax_no or "", "fphm": issued.number})
        answer = _said(await self._call("files", body))
        if answer is None or answer.code != protocol.OK:
            return NotReady("no file yet")
        found: Files = {}
        for wanted in sorted(formats):
            data = _bytes(answer.long_text(wanted))
            if fits(data, wanted):
                found[wanted] = data
        return found or NotReady("no file yet")

    async def deliver(
        self, issued: Issued, seller: Seller, *, mail: str, phone: str
    ) -> DeliverAnswer:
        return Refused("unsupported", "not offered here")

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> list[str]:
        return []

    async def health(self, seller: Seller, *, quota_too: bool = True) -> HealthAnswer:
        """Quota and risk state of the taxpayer; numbers are counted in our own table."""
        said = await self._call("quota", compact({"xsfnsrsbh": seller.tax_no}))
        if isinstance(said, NotSent | Unknown):
            return said
        answer = _said(said)
        if answer is None:
            return Unknown("unreadable")
        if answer.code != protocol.OK:
            return _unwell(answer)
        try:
            left = Decimal(answer.text("syed"))
        except InvalidOperation:
            return Unknown("unreadable quota")
        is_barred = answer.text("nsrzt") not in {"", "01"}
        return Health(True, quota_fen=int(left * 100), hold=Hold.BUREAU if is_barred else None)  # noqa: FBT003

    async def login_link(self, seller: Seller) -> str:
        return ""

    async def listing(self, seller: Seller, since: datetime, until: datetime) -> ListAnswer:
        times = {"kprqq": protocol.shop_time(since), "kprqz": protocol.shop_time(until)}
        body = compact({"xsfnsrsbh": seller.tax_no, **times})
        return await self._ask("list", body, protocol.read_list)

    async def _ask(
        self, verb: str, body: str, read: Callable[[bytes], Read]
    ) -> Read | NotSent | Unknown:
        said = await self._call(verb, body)
        return read(said) if isinstance(said, bytes) else said

    async def _call(self, verb: str, body: str) -> Raw:
        path, nonce, stamp = f"{protocol.ROOT}/{verb}", secrets.token_hex(16), str(int(time.time()))
        text = protocol.signed_text(f"POST {path}", stamp, nonce, body.encode())

        def build(http: httpx2.AsyncClient) -> httpx2.Request:
            return http.build_request(
                "POST",
                path,
                content=body.encode(),
                headers={
                    "content-type": "application/json",
                    "x-unit": self._access.unit_no,
                    "x-timestamp": stamp,
                    "x-nonce": nonce,
                    "x-sign": protocol.sign(self._key, text),
                },
            )

        base_url = self._access.base_url.removesuffix("/")
        said = await call("tax_direct", base_url, build, tls=self._tls)
        if not isinstance(said, Answer):
            return said
        return self._trusted(said, path, nonce)

    def _trusted(self, said: Answer, path: str, nonce: str) -> Raw:
        heads = {name.lower(): value for name, value in said.headers}
        stamp, signature = heads.get("x-timestamp", ""), heads.get("x-sign", "")
        text = protocol.signed_text(f"ANSWER {path}", stamp, nonce, said.body)
        if said.status != 200 or not protocol.is_signed(self._bureau, text, signature):
            return Unknown("not signed by the bureau")
        return said.body


def _range(answer: Said) -> list[str]:
    """The numbers from `qshm` to `zzhm`, no more than were asked for."""
    first, last = answer.text("qshm"), answer.text("zzhm")
    if not (NEW_NUMBER.fullmatch(first) and NEW_NUMBER.fullmatch(last)):
        return []
    top = min(int(last), int(first) + DRAW - 1)
    return [f"{number:020d}" for number in range(int(first), top + 1)]


def _said(raw: Raw) -> Said | None:
    if not isinstance(raw, bytes):
        return None
    try:
        return read_said(raw)
    except BadAnswer:
        return None


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _unwell(answer: Said) -> HealthAnswer:
    said = protocol.other(answer)
    if not isinstance(said, Held):
        return Unknown(f"code {answer.code[:20]}")
    if said.why in {Hold.LOGIN, Hold.FACE}:
        face = said.why is Hold.FACE
        return Health(is_logged_in=face, needs_face=face, text=said.text[:200])
    return Health(is_logged_in=True, hold=said.why, text=said.text[:200])
