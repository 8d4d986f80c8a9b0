"""The played tax providers behind the counter: files, switches, faults, buyers' answers."""

import asyncio
from datetime import datetime, timedelta

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox import tax_invoices as book
from sandbox import tax_reds as reds
from sandbox.tax_file import invoice_pdf
from sandbox.tax_invoices import Settings
from sandbox.tax_papers import invoice_ofd, invoice_xml
from sandbox.tax_rules import TaxRefused
from sandbox.tax_trouble import Fault, order_fault
from sandbox.timetable import Doc
from sandbox.world import World

PAPERS = {
    "pdf": (invoice_pdf, "application/pdf"),
    "ofd": (invoice_ofd, "application/ofd"),
    "xml": (invoice_xml, "application/xml"),
}


def routes(world: World) -> list[BaseRoute]:
    """Where files are fetched, and the switches."""
    desk = _Desk(world)
    return [
        Route("/tax/files/{token}/{name}", desk.file),
        Route("/_sim/tax/invoices", desk.invoices),
        Route("/_sim/tax/settings", desk.settings, methods=["GET"]),
        Route("/_sim/tax/settings", desk.change_settings, methods=["POST"]),
        Route("/_sim/tax/faults", desk.faults, methods=["GET"]),
        Route("/_sim/tax/faults", desk.add_fault, methods=["POST"]),
        Route("/_sim/tax/faults", desk.drop_faults, methods=["DELETE"]),
        Route("/_sim/tax/booked", desk.note_booked, methods=["POST"]),
        Route("/_sim/tax/forms", desk.forms, methods=["GET"]),
        Route("/_sim/tax/forms", desk.act, methods=["POST"]),
    ]


def name_of(world: World, tax_no: str) -> str:
    """What the seller of a number is called."""
    provider = world.config.tax_provider
    sellers = provider.sellers if provider is not None else ()
    return next((one.name for one in sellers if one.tax_no == tax_no), "")


class _Desk:
    """The files and the admin routes of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def file(self, request: Request) -> Response:
        token, name = request.path_params["token"], request.path_params["name"]
        number, _, ending = name.rpartition(".")
        known = self._world.collection("tax_issued").get(number, {})
        doc = book.orders(self._world).get(known.get("serial", ""))
        if doc is None or doc["token"] != token or doc["status"] != "2" or ending not in PAPERS:
            raise HTTPException(404, "no such file")
        wait = timedelta(seconds=book.settings_of(self._world).files_late_s)
        if datetime.fromisoformat(doc["issued_at"]) + wait > self._world.now():
            raise HTTPException(404, "no such file yet")
        paint, kind = PAPERS[ending]
        data = await asyncio.to_thread(paint, doc, name_of(self._world, doc["seller"]))
        return Response(data, media_type=kind)

    async def invoices(self, _: Request) -> Response:
        found = reversed(book.orders(self._world).values())
        return JSONResponse([self._listed(doc) for doc in found])

    def _listed(self, doc: Doc) -> Doc:
        url = book.file_url(self._world, doc, "pdf") if doc["status"] == "2" else ""
        return {**doc, "invoice_no": doc["number"], "pdf_url": url}

    async def settings(self, _: Request) -> Response:
        return JSONResponse(book.settings_of(self._world).model_dump())

    async def change_settings(self, request: Request) -> Response:
        now = book.settings_of(self._world).model_dump()
        try:
            wanted = Settings.model_validate({**now, **(await request.json())})
        except (ValueError, TypeError) as wrong:
            return JSONResponse({"error": str(wrong)}, status_code=422)
        self._world.collection("tax_provider")["settings"] = wanted.model_dump()
        return JSONResponse(wanted.model_dump())

    async def faults(self, _: Request) -> Response:
        return JSONResponse(list(self._world.collection("tax_faults").values()))

    async def add_fault(self, request: Request) -> Response:
        try:
            fault = Fault.model_validate(await request.json())
        except (ValidationError, ValueError) as wrong:
            return JSONResponse({"error": str(wrong)}, status_code=422)
        order_fault(self._world, fault)
        return JSONResponse(fault.model_dump(), status_code=201)

    async def drop_faults(self, _: Request) -> Response:
        self._world.collection("tax_faults").clear()
        return Response(status_code=204)

    async def note_booked(self, request: Request) -> Response:
        """The buyer of `{number}` has booked it: red letters need a confirmation from now on."""
        number = str((await request.json()).get("number", ""))
        self._world.collection("tax_booked")[number] = {"at": self._world.now().isoformat()}
        self._world.changed()
        return Response(status_code=204)

    async def forms(self, _: Request) -> Response:
        return JSONResponse(list(reds.forms(self._world).values()))

    async def act(self, request: Request) -> Response:
        """The buyer answers a form (`confirm`, `refuse`), or opens one for a `number` (`open`)."""
        said = await request.json()
        try:
            if said.get("act") == "open":
                form = reds.open_by_buyer(self._world, str(said.get("number", "")))
            else:
                form = reds.forms(self._world)[str(said.get("form_no", ""))]
                reds.act(self._world, form, str(said.get("act", "")), by="buyer")
        except (KeyError, TaxRefused) as wrong:
            return JSONResponse({"error": str(wrong)}, status_code=422)
        return JSONResponse(form)
