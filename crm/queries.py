import hashlib

from crm.models import Session


async def customer_of_session(token: str) -> int | None:
    session = await Session.get_or_none(token_hash=hashlib.sha256(token.encode()).hexdigest())
    return session.customer_id if session else None
