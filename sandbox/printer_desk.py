"""`/_sim/printers`: what the printers printed, and the switches to make them fail."""

import base64
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox import paper_ink
from sandbox.escpos import tokens_of
from sandbox.paper import Press
from sandbox.paper_style import Style
from sandbox.printer import Printer, printers_of
from sandbox.printer_status import Condition
from sandbox.timetable import Doc
from sandbox.world import World

BLANK = Path(__file__).parent / "pages" / "static" / "blank.svg"


def routes(world: World) -> list[BaseRoute]:
    """The admin routes of the printers, and the newest paper to look at."""
    desk, base = _Desk(world), "/_sim/printers"
    job = base + "/{printer_id}/jobs/{job_id}"
    return [
        Route(base, desk.show_all),
        Route(base + "/{printer_id}", desk.show, methods=["GET"]),
        Route(base + "/{printer_id}", desk.change, methods=["POST"]),
        Route(base + "/{printer_id}/jobs", desk.jobs),
        Route(job, desk.job),
        Route(job + "/png", desk.png),
        Route(job + "/bytes", desk.raw),
        Route("/paper/newest", desk.newest),
    ]


class _Desk:
    """The routes of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def show_all(self, _: Request) -> Response:
        return JSONResponse([self._shown(one) for one in printers_of(self._world).values()])

    async def show(self, request: Request) -> Response:
        return JSONResponse(self._shown(self._printer(request)))

    async def change(self, request: Request) -> Response:
        printer = self._printer(request)
        try:
            wanted = {**printer.condition.model_dump(), **(await request.json())}
            await printer.set_condition(Condition.model_validate(wanted))
        except (ValueError, TypeError) as wrong:
            return JSONResponse({"error": str(wrong)}, status_code=422)
        return JSONResponse(self._shown(printer))

    async def jobs(self, request: Request) -> Response:
        printer_id = self._printer(request).id
        mine = [job for job in papers(self._world) if job["printer"] == printer_id]
        return JSONResponse([listed(job) for job in mine])

    async def job(self, request: Request) -> Response:
        return JSONResponse(listed(self._job(request)))

    async def png(self, request: Request) -> Response:
        return Response(png_of(self._job(request)), media_type="image/png")

    async def newest(self, _: Request) -> Response:
        """The picture of the newest job for a page elsewhere; before there is one, a blank slip."""
        jobs, fresh = papers(self._world), {"cache-control": "no-store"}
        if not jobs:
            return FileResponse(BLANK, headers=fresh)
        return Response(png_of(jobs[0]), media_type="image/png", headers=fresh)

    async def raw(self, request: Request) -> Response:
        raw = base64.b64decode(self._job(request)["raw"])
        return Response(raw, media_type="application/octet-stream")

    def _printer(self, request: Request) -> Printer:
        printer = printers_of(self._world).get(request.path_params["printer_id"])
        if printer is None:
            raise HTTPException(404, "no such printer")
        return printer

    def _job(self, request: Request) -> Doc:
        job = self._world.collection("paper").get(request.path_params["job_id"])
        if job is None or job["printer"] != request.path_params["printer_id"]:
            raise HTTPException(404, "no such job")
        return job

    def _shown(self, printer: Printer) -> Doc:
        jobs = sum(job["printer"] == printer.id for job in papers(self._world))
        place = {"id": printer.id, "port": printer.port, "columns": printer.columns, "jobs": jobs}
        return {**place, **printer.condition.model_dump()}


def papers(world: World) -> list[Doc]:
    """Every job that is kept, newest first."""
    return list(reversed(world.collection("paper").values()))


def listed(job: Doc) -> Doc:
    """A job as JSON shows it: without its bytes, with the addresses of bytes and picture."""
    url = f"/_sim/printers/{job['printer']}/jobs/{job['id']}"
    shown = {name: value for name, value in job.items() if name not in ("raw", "style")}
    return {**shown, "png_url": f"{url}/png", "bytes_url": f"{url}/bytes"}


def png_of(job: Doc) -> bytes:
    """The picture of a job; drawn from its bytes when somebody looks."""
    return _drawn(job["raw"], job["columns"], tuple(sorted(_hashable(job["style"]).items())))


def _hashable(style: Doc) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in style.items()}


@lru_cache(maxsize=64)
def _drawn(raw: str, columns: int, style: tuple[tuple[str, Any], ...]) -> bytes:
    press = Press(columns, Style(**dict(style)))
    paper = press.run(tokens_of(base64.b64decode(raw)))
    return paper_ink.png_of(press.roll(), is_cut=paper.is_cut)
