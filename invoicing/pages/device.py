"""Titles that this browser may show: it holds a token, given when its owner asked to remember."""

from starlette.requests import Request
from starlette.responses import Response

from core.web.pages import set_cookie
from invoicing.pages.typed import Typed
from invoicing.titles.queries import Holder, RememberedTitle, Title, titles_of
from invoicing.titles.service import new_token, remember_title

COOKIE = "daogou_titles"
DAYS = 400  # browsers keep none longer


async def own_titles(request: Request) -> list[RememberedTitle]:
    """Nothing for a browser without a token."""
    holder = holder_of(request)
    return await titles_of(holder) if holder else []


def holder_of(request: Request) -> Holder | None:
    """Whose titles this browser may see and change; None: it has none."""
    token = request.cookies.get(COOKIE, "")
    return Holder(token=token[:64]) if token else None


async def remember(request: Request, response: Response, typed: Typed) -> None:
    """Keep what was typed, because its owner ticked the box; the token is set or lives longer."""
    token = request.cookies.get(COOKIE, "")[:64] or new_token()
    title = Title(typed.kind, typed.title, typed.tax_no, typed.mail, typed.phone)
    await remember_title(holder=Holder(token=token), title=title)
    set_cookie(response, COOKIE, token, DAYS * 86_400, path="/i/")
