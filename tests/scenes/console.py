"""At a page of the console: as if somebody had logged in, and the token of its forms."""

import re

from httpx2 import AsyncClient, Response

from core.security.sessions import open_session
from core.web.policy import SESSION_COOKIE
from trade.stores.models import Staff


async def enter(client: AsyncClient, staff: Staff) -> None:
    """As if they had logged in."""
    token = await open_session(role=staff.role, staff_id=staff.id)
    client.cookies.set(SESSION_COOKIE, token)


def csrf_of(page: Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]
