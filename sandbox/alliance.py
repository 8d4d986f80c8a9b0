"""Loyalty programs of other companies (积分联盟): their members' points, and signed transfers.

`POST /alliance/v1/transfers` gives or takes points of one of its members; a number it has seen is
answered as before. `GET …/transfers/{no}` and `GET …/days/{day}` tell what became of them. What its
members have stands under `/_sim/alliance/{app_key}`. Failures are ordered as everywhere; `errcode`
is a transfer that stays pending until it is asked about so many times.
"""

import hashlib
import hmac
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox import faults
from sandbox.timetable import Doc
from sandbox.world import World

WINDOW_S = 300
START = 10_000


class Refused(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


def routes(world: World) -> list[BaseRoute]:
    """The partner's three questions, and looking into it."""
    desk = _Desk(world)
    return [
        Route("/alliance/v1/transfers", desk.transfer, methods=["POST"]),
        Route("/alliance/v1/transfers/{no}", desk.one),
        Route("/alliance/v1/days/{day}", desk.day),
        Route("/_sim/alliance/{app_key}", desk.look, methods=["GET", "POST"]),
    ]


class _Desk:
    """All partners of one world; the application key says which."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def transfer(self, request: Request) -> Response:
        return await self._told(request, self._take)

    async def one(self, request: Request) -> Response:
        return await self._told(request, self._one)

    async def day(self, request: Request) -> Response:
        return await self._told(request, self._day)

    async def look(self, request: Request) -> Response:
        """What a partner's members have; a POST of `{account: points}` sets it."""
        club = self._club(request.path_params["app_key"])
        if request.method == "POST":
            club["members"] |= await request.json()
            self._world.changed()
        return JSONResponse(club)

    async def _told(self, request: Request, work: Any) -> Response:
        raw = await request.body()
        try:
            club = self._let_in(request, raw)
            said = work(club, request, raw)
        except Refused as no:
            return JSONResponse({"code": no.code}, status_code=no.status)
        self._world.changed()
        return JSONResponse(said)

    def _club(self, app_key: str) -> Doc:
        fresh: Doc = {"members": {}, "transfers": {}}
        return self._world.collection("alliances").setdefault(app_key, fresh)

    def _let_in(self, request: Request, raw: bytes) -> Doc:
        head, known = request.headers, self._world.config.alliances
        stamp = head.get("x-timestamp", "")
        secret = next((one.secret for one in known if one.app_key == head.get("x-app-key")), None)
        if secret is None:
            raise Refused(401, "unknown_app")
        if not stamp.isdigit() or abs(self._world.wall().timestamp() - int(stamp)) > WINDOW_S:
            raise Refused(401, "stale")
        digest = hashlib.sha256(raw).hexdigest()
        parts = (request.method, request.url.path, stamp, head.get("x-nonce", ""), digest)
        wanted = hmac.new(secret.encode(), "\n".join(parts).encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted, head.get("x-signature", "")):
            raise Refused(401, "bad_signature")
        return self._club(head["x-app-key"])

    def _take(self, club: Doc, request: Request, raw: bytes) -> Doc:
        wanted = _wanted(raw)
        known = club["transfers"].get(wanted["no"])
        if known is None:
            known = club["transfers"][wanted["no"]] = self._new(club, wanted)
        elif any(known[name] != wanted[name] for name in ("account", "points", "direction")):
            raise Refused(409, "number_reused")
        return _said(known)

    def _new(self, club: Doc, wanted: Doc) -> Doc:
        """A fault `errcode:429…` leaves it pending; else it is done or refused at once."""
        held = faults.take(self._world, f"alliance {wanted['direction']}", {"errcode"})
        doc: Doc = {
            **wanted,
            "partner_no": f"SK{self._world.next_number('alliance'):010d}",
            "day": f"{self._world.wall():%Y-%m-%d}",
            "status": "pending",
            "reason": "",
            "waits": int(held.code or 1) if held else 0,
        }
        if not doc["waits"]:
            _settle(club, doc)
        return doc

    def _one(self, club: Doc, request: Request, raw: bytes) -> Doc:
        doc = club["transfers"].get(request.path_params["no"])
        if doc is None:
            raise Refused(404, "no_such_transfer")
        if doc["status"] == "pending":
            doc["waits"] -= 1
            if doc["waits"] <= 0:
                _settle(club, doc)
        return _said(doc)

    def _day(self, club: Doc, request: Request, raw: bytes) -> Doc:
        day = request.path_params["day"]
        return {
            "transfers": [_said(doc) for doc in club["transfers"].values() if doc["day"] == day]
        }


def _settle(club: Doc, doc: Doc) -> None:
    """A member has 10,000 points to begin with; an account that ends in 0000 is nobody's."""
    account, points = doc["account"], doc["points"]
    has = club["members"].setdefault(account, START)
    if account.endswith("0000"):
        doc["status"], doc["reason"] = "refused", "no such account"
    elif doc["direction"] == "in" and has < points:
        doc["status"], doc["reason"] = "refused", "not enough points"
    else:
        club["members"][account] = has + (points if doc["direction"] == "out" else -points)
        doc["status"] = "done"


def _said(doc: Doc) -> Doc:
    names = ("no", "direction", "points", "status", "partner_no", "reason")
    return {name: doc[name] for name in names}


def _wanted(raw: bytes) -> Doc:
    try:
        body = json.loads(raw)
        wanted = {name: body[name] for name in ("no", "direction", "account", "points")}
    except (ValueError, TypeError, KeyError):
        raise Refused(400, "bad_request") from None
    if type(wanted["points"]) is not int or wanted["points"] <= 0:
        raise Refused(400, "bad_points")
    if wanted["direction"] not in {"in", "out"}:
        raise Refused(400, "bad_direction")
    return wanted
