"""WeChat Pay e-invoices (微信支付电子发票 v3), asked as the shop's own merchant."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.errors import NotConfigured
from invoicing.backends.calling import NEVER_LEFT
from invoicing.backends.fetching import fetch_files
from invoicing.backends.port import (
    Accepted,
    Capabilities,
    FilesAnswer,
    Format,
    Health,
    HealthAnswer,
    Held,
    Hold,
    Issued,
    Kind,
    NotFound,
    NotReady,
    NotSent,
    Order,
    QueryAnswer,
    RedOrder,
    Refused,
    Seller,
    SubmitAnswer,
    Unknown,
)
from invoicing.backends.wechat import protocol
from trade.payments.service.platform import Heard, Silence, ask_platform

CAPABILITIES = Capabilities(
    kinds=frozenset({Kind.GENERAL}),
    has_partial_red=False,
    formats=frozenset({Format.PDF}),
    has_callback=False,
    has_list=False,
)
NO_MERCHANT = Held("not_configured", "no such merchant of WeChat Pay", Hold.CREDENTIAL)
Said = Heard | Held | NotSent | Unknown


class WechatFapiao:
    """The merchant that stands in the account as its point; empty: the shop's own."""

    def __init__(self, mch_id: str = "") -> None:
        self._mch_id = mch_id

    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def submit(self, order: Order) -> SubmitAnswer:
        said = await self._ask("POST", protocol.APPLICATIONS, protocol.application(order))
        return _taken(said, form_no="")

    async def query(self, request_no: str, serial: str, seller: Seller) -> QueryAnswer:
        said = await self._about(request_no)
        return protocol.read_blue(said.fields, request_no) if isinstance(said, Heard) else said

    async def red_submit(self, red: RedOrder) -> SubmitAnswer:
        """`form_no` of the answer names the application, which is what is asked about later."""
        if not red.is_full:
            return Refused("partial", "微信支付电子发票只支持全额冲红")
        target = f"{protocol.APPLICATIONS}/{red.blue_request_no}/reverse"
        said = await self._ask("POST", target, protocol.reversal(red))
        return _taken(said, form_no=red.blue_request_no)

    async def red_query(self, red_no: str, form_no: str, seller: Seller) -> QueryAnswer:
        said = await self._about(form_no)
        return protocol.read_red(said.fields, form_no) if isinstance(said, Heard) else said

    async def form_confirm(self, form_no: str, seller: Seller) -> Unknown:
        return Unknown("no forms here")

    async def form_cancel(self, form_no: str, seller: Seller) -> Unknown:
        return Unknown("no forms here")

    async def files(self, issued: Issued, formats: frozenset[Format]) -> FilesAnswer:
        if issued.incl_fen < 0:
            return NotReady("the file of the blue one is all there is")
        target = f"{protocol.APPLICATIONS}/{issued.serial}/fapiao-files"
        said = await self._ask("GET", target, None)
        rows = said.fields.get("fapiao_download_info_list") if isinstance(said, Heard) else None
        if not isinstance(rows, list) or not rows or not isinstance(rows[0], dict):
            return NotReady("no file yet")
        return await fetch_files({Format.PDF: str(rows[0].get("download_url", ""))})

    async def deliver(self, issued: Issued, seller: Seller, *, mail: str, phone: str) -> Refused:
        return Refused("unsupported", "not offered here")

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> list[str]:
        """Notices go to one address of the merchant; we ask instead."""
        return []

    async def health(self, seller: Seller, *, quota_too: bool = True) -> HealthAnswer:
        said = await self._ask("GET", f"{protocol.ROOT}/merchant/base-information", None)
        if isinstance(said, Held):
            is_login = said.why is Hold.LOGIN
            return Health(not is_login, hold=None if is_login else said.why, text=said.text[:200])
        if isinstance(said, NotSent | Unknown):
            return said
        return Health(is_logged_in=True)

    async def login_link(self, seller: Seller) -> str:
        return ""

    async def listing(self, seller: Seller, since: datetime, until: datetime) -> Unknown:
        return Unknown("not offered here")

    async def _about(
        self, request_no: str
    ) -> Heard | Refused | Held | NotFound | NotSent | Unknown:
        """Raises nothing; a signed "not there" is NotFound."""
        said = await self._ask("GET", f"{protocol.APPLICATIONS}/{request_no}", None)
        if isinstance(said, Heard) and said.code in protocol.ABSENT:
            return NotFound()
        if isinstance(said, Heard) and said.status >= 300:
            return protocol.other(said.code, said.message)
        return said

    async def _ask(self, method: str, target: str, fields: dict[str, Any] | None) -> Said:
        try:
            said = await ask_platform(method, target, fields, mch_id=self._mch_id)
        except NotConfigured:
            return NO_MERCHANT
        if isinstance(said, Silence):
            never = said.reason in NEVER_LEFT
            return NotSent(said.reason) if never else Unknown(said.reason)
        is_held = said.status >= 400 and said.code not in protocol.ABSENT | protocol.THERE
        answer = protocol.other(said.code, said.message) if is_held else None
        return answer if isinstance(answer, Held) else said


def _taken(said: Said, *, form_no: str) -> SubmitAnswer:
    if not isinstance(said, Heard):
        return said
    if said.status in {200, 202, 204} or said.code in protocol.THERE:
        return Accepted(form_no=form_no)
    if said.code in protocol.ABSENT:
        return Refused(said.code, said.message)
    return protocol.other(said.code, said.message)
