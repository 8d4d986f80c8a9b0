"""How often a code may be tried (threat S9): guessing is useless, and slow on top."""

from starlette.requests import Request

from core.web.limits import check_rate
from invoicing.errors import CodeUnknown
from invoicing.queries import Awaited, Scanned, look_up

NAMED = 17  # characters of a code that name key, store and order; the rest is its signature
TRIES, LOOKS, MISSES = 10, 40, 10  # a minute


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


async def opened(request: Request, code: str, *, is_look: bool = False) -> Scanned | Awaited:
    """What a code names, counted as one try; a look at the state of an order is a cheap one.

    Raises TooManyTries, CodeUnknown.
    """
    address = address_of(request)
    name, most = ("invoice.look", LOOKS) if is_look else ("invoice.token", TRIES)
    await check_rate(name, f"{address}:{code[:NAMED]}", per_minute=most)
    try:
        return await look_up(code)
    except CodeUnknown:
        await check_rate("invoice.miss", address, per_minute=MISSES)
        raise
