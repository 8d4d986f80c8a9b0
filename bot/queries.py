"""What pages ask: who stands behind a code, the signature of a page, what WeCom has told."""

from bot.gateway import PageSignature, Visitor, sign_page, visitor_of_code
from bot.models import ContactEvent

__all__ = ["PageSignature", "Visitor", "count_contact_events", "sign_page", "visitor_of_code"]


async def count_contact_events() -> int:
    """How many events of customer contact (客户联系) WeCom has told; repetitions do not count."""
    return await ContactEvent.all().count()
