"""The backend of a seller that has none: nothing leaves, so everything may be sent later."""

from collections.abc import Mapping
from datetime import datetime

from invoicing.backends.port import (
    Capabilities,
    Files,
    Format,
    Issued,
    Kind,
    NotReady,
    NotSent,
    Order,
    RedOrder,
    Seller,
)

NOT_SENT = NotSent("not_configured")


class Missing:
    """Answers each wish with NotSent."""

    def capabilities(self) -> Capabilities:
        return Capabilities(kinds=frozenset({Kind.GENERAL}), formats=frozenset())

    async def submit(self, order: Order) -> NotSent:
        return NOT_SENT

    async def query(self, request_no: str, serial: str, seller: Seller) -> NotSent:
        return NOT_SENT

    async def red_submit(self, red: RedOrder) -> NotSent:
        return NOT_SENT

    async def red_query(self, red_no: str, form_no: str, seller: Seller) -> NotSent:
        return NOT_SENT

    async def form_confirm(self, form_no: str, seller: Seller) -> NotSent:
        return NOT_SENT

    async def form_cancel(self, form_no: str, seller: Seller) -> NotSent:
        return NOT_SENT

    async def files(self, issued: Issued, formats: frozenset[Format]) -> Files | NotReady:
        return NotReady("not_configured")

    async def deliver(self, issued: Issued, seller: Seller, *, mail: str, phone: str) -> NotSent:
        return NOT_SENT

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> list[str]:
        return []

    async def health(self, seller: Seller, *, quota_too: bool = True) -> NotSent:
        return NOT_SENT

    async def login_link(self, seller: Seller) -> str:
        return ""

    async def listing(self, seller: Seller, since: datetime, until: datetime) -> NotSent:
        return NOT_SENT
