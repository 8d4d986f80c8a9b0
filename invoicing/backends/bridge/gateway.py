"""A tax disc or tax server (税控盘, 税务服务器): reached by its agent, which asks us for work."""

from collections.abc import Mapping
from datetime import datetime

from invoicing.backends.bridge import tasks
from invoicing.backends.bridge.orders import MOST_NAME, blue_payload, red_payload
from invoicing.backends.port import (
    Accepted,
    Capabilities,
    Format,
    Health,
    Held,
    Hold,
    Issued,
    Kind,
    Listed,
    NotReady,
    Order,
    Pending,
    QueryAnswer,
    RedOrder,
    Refused,
    Seller,
    Unknown,
)

CAPABILITIES = Capabilities(
    kinds=frozenset({Kind.GENERAL}),
    most_lines=100,
    charset="gbk",
    has_partial_red=False,
    formats=frozenset(),
    has_callback=False,
    most_name=MOST_NAME,
)


class Bridge:
    """One device. A request is in our own table before anybody else hears of it."""

    def __init__(self, account_id: int) -> None:
        self._account_id = account_id

    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def submit(self, order: Order) -> Accepted | Refused | Held:
        payload = blue_payload(order)
        if (odd := _odd(payload)) is not None:
            return odd
        known = await tasks.outcome_of(self._account_id, order.request_no)
        health = await tasks.device_health(self._account_id)
        if not isinstance(known, Pending | Issued) and (held := _held(health)) is not None:
            return held
        await tasks.add_task(self._account_id, order.request_no, payload)
        return Accepted()

    async def query(self, request_no: str, serial: str, seller: Seller) -> QueryAnswer:
        return await tasks.outcome_of(self._account_id, request_no)

    async def red_submit(self, red: RedOrder) -> Accepted | Refused:
        """Without a form: the red invoice names the blue one in its remark."""
        if not red.is_full:
            return Refused("partial", "税控设备只支持全额红冲")
        await tasks.add_task(self._account_id, red.red_no, red_payload(red))
        return Accepted()

    async def red_query(self, red_no: str, form_no: str, seller: Seller) -> QueryAnswer:
        return await tasks.outcome_of(self._account_id, red_no)

    async def form_confirm(self, form_no: str, seller: Seller) -> Unknown:
        return Unknown("no forms here")

    async def form_cancel(self, form_no: str, seller: Seller) -> Unknown:
        return Unknown("no forms here")

    async def files(self, issued: Issued, formats: frozenset[Format]) -> NotReady:
        return NotReady("no file yet")

    async def deliver(self, issued: Issued, seller: Seller, *, mail: str, phone: str) -> Refused:
        return Refused("unsupported", "not offered here")

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> list[str]:
        return []

    async def health(self, seller: Seller, *, quota_too: bool = True) -> Health:
        return await tasks.device_health(self._account_id)

    async def login_link(self, seller: Seller) -> str:
        return ""

    async def listing(self, seller: Seller, since: datetime, until: datetime) -> list[Listed]:
        return await tasks.listed(self._account_id, since, until)


def _held(health: Health) -> Held | None:
    """A device that is off or locked gets nothing to do: requests wait in their own order."""
    if not health.is_logged_in:
        return Held("login", health.text, Hold.LOGIN)
    return Held(health.hold.value, health.text, health.hold) if health.hold else None


def _odd(payload: str) -> Refused | None:
    """A device that cannot write a character would spend a number on it."""
    for sign in payload:
        try:
            sign.encode("gbk")
        except UnicodeEncodeError:
            return Refused("charset", f"税控设备无法打印字符 {sign}")
    return None
