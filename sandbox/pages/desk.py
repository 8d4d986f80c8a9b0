"""The index, the printers' paper, the mailbox and the SMS inbox."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox import mailbox, printer_desk, sms
from sandbox.pages.shell import page
from sandbox.printer import printers_of
from sandbox.timetable import Doc
from sandbox.world import World


def routes(world: World) -> list[BaseRoute]:
    """Pages that show what has arrived; each looks again by itself."""

    async def index(request: Request) -> Response:
        return page(
            world, request, "index.html", counts=_counts(world), now=world.now().isoformat()
        )

    async def paper(request: Request) -> Response:
        wanted = request.query_params.get("printer", "")
        jobs = [job for job in printer_desk.papers(world) if wanted in ("", job["printer"])]
        shown = [printer_desk.listed(job) for job in jobs[:30]]
        return page(
            world, request, "paper.html", jobs=shown, printers=_printers(world), wanted=wanted
        )

    async def mail(request: Request) -> Response:
        wanted = request.path_params.get("mail_id", "")
        mails = mailbox.mails(world)
        chosen = next((one for one in mails if one["id"] == wanted), None)
        if wanted and chosen is None:
            raise HTTPException(404, "no such mail")
        return page(
            world, request, "mail.html", mails=mails, chosen=chosen or next(iter(mails), None)
        )

    async def mail_html(request: Request) -> Response:
        found = world.collection("mails").get(request.path_params["mail_id"])
        if found is None:
            raise HTTPException(404, "no such mail")
        return _foreign(found["html"])

    async def messages(request: Request) -> Response:
        return page(world, request, "sms.html", messages=sms.messages(world))

    return [
        Route("/", index),
        Route("/paper", paper),
        Route("/mail", mail),
        Route("/mail/{mail_id}", mail),
        Route("/mail/{mail_id}/html", mail_html),
        Route("/sms", messages),
    ]


def _counts(world: World) -> dict[str, int]:
    names = {"messages": "messages", "paper": "paper", "mails": "mails", "sms": "sms"}
    names |= {"invoices": "tax_orders", "payments": "pay_transactions"}
    return {shown: len(world.collection(name)) for shown, name in names.items()}


def _printers(world: World) -> list[Doc]:
    return [
        {"id": one.id, "port": one.port, "columns": one.columns, **one.condition.model_dump()}
        for one in printers_of(world).values()
    ]


def _foreign(html: str) -> Response:
    """A stranger's HTML: pictures inside it may show, nothing runs and nothing is fetched."""
    policy = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})
