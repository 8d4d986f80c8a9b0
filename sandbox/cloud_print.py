"""Four makers of cloud printers, played: signatures checked here anew, papers kept, queues held.

Each has its own base path below `/cloud-print/`. A printer that is off keeps what it is sent until
it is on again or the paper has expired; `/_sim/cloud-printers` shows and sets.
"""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox import cloud_makers
from sandbox.cloud_queue import Queue
from sandbox.config import CloudPrinter
from sandbox.timetable import Doc
from sandbox.world import World

STATES = ("online", "offline", "no_paper", "ill")


def routes(world: World) -> list[BaseRoute]:
    """The makers' calls, and the switches."""
    desk = _Desk(world)
    return [
        *cloud_makers.routes(world),
        Route("/_sim/cloud-printers", desk.show_all),
        Route("/_sim/cloud-printers/{maker}/{sn}", desk.change, methods=["POST"]),
        Route("/_sim/cloud-printers/{maker}/{sn}/papers", desk.papers),
    ]


class _Desk:
    """`/_sim/cloud-printers` of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def show_all(self, _: Request) -> Response:
        return JSONResponse([self._shown(one) for one in self._world.config.cloud_printers])

    async def change(self, request: Request) -> Response:
        """`{"state": "offline"}`: printers go on and off; `owner` binds one without its maker."""
        printer, wanted = self._printer(request), await request.json()
        queue = Queue(self._world, printer.maker)
        if wanted.get("state", "online") not in STATES:
            return JSONResponse({"error": f"state is one of {STATES}"}, status_code=422)
        queue.state(printer.sn).update({k: str(v) for k, v in wanted.items()})
        queue.work(printer.sn)
        return JSONResponse(self._shown(printer))

    async def papers(self, request: Request) -> Response:
        printer = self._printer(request)
        queue = Queue(self._world, printer.maker)
        queue.work(printer.sn)
        mine = [p for p in queue.papers.values() if p["sn"] == printer.sn]
        return JSONResponse([p for p in mine if p["maker"] == printer.maker])

    def _printer(self, request: Request) -> CloudPrinter:
        maker, sn = request.path_params["maker"], request.path_params["sn"]
        found = Queue(self._world, maker).printer(sn)
        if found is None:
            raise HTTPException(404, "no such printer")
        return found

    def _shown(self, printer: CloudPrinter) -> Doc:
        queue = Queue(self._world, printer.maker)
        papers = sum(p["sn"] == printer.sn for p in queue.papers.values())
        known: dict[str, Any] = {"maker": printer.maker, "sn": printer.sn, "papers": papers}
        return {**known, **queue.state(printer.sn)}
