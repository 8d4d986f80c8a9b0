"""How often a code may be tried (threat S9): guessing is useless, and slow on top."""

from starlette.requests import Request

from core.web.limits import check_rate
from invoicing.errors import CodeUnknown
from invoicing.queries import Scanned, scanned

NAMED = 17  # characters of a code that name key, store and order; the rest is its signature
TRIES, LOOKS, MISSES = 10, 40, 10  # a minute


async def opened(request: Request, code: str, *, is_look: bool = False) -> Scanned:
    """The order of a code, counted as one try; a look at the state of an order is a cheap one.

    Raises TooManyTries, CodeUnknown, OrderNotHereYet.
    """
    address = request.client.host if request.client else ""
    name, most = ("invoice.look", LOOKS) if is_look else ("invoice.token", TRIES)
    await check_rate(name, f"{address}:{code[:NAMED]}", per_minute=most)
    try:
        return await scanned(code)
    except CodeUnknown:
        await check_rate("invoice.miss", address, per_minute=MISSES)
        raise
