"""The shape of the admin calls under /_sim: JSON in and out, one error shape, state marked."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.answers import MEANINGS, Refusal
from sandbox.pay_phone import PhoneRefusal
from sandbox.people import Unknown
from sandbox.world import World


@dataclass(frozen=True, slots=True)
class Ask:
    """One admin call."""

    world: World
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: dict[str, Any]

    def text(self, name: str, default: str | None = None) -> str:
        """A text of the body. Raises ValueError when it is missing without a default."""
        value = self.body.get(name, default)
        if not isinstance(value, str):
            raise ValueError(f"{name} must be a text")
        return value


Act = Callable[[Ask], Awaitable[Any]]


def act(world: World, method: str, path: str, do: Act) -> Route:
    """A route under /_sim that answers what `do` returns as JSON."""

    async def endpoint(request: Request) -> Response:
        try:
            body = await _body(request)
            result = await do(Ask(world, request.path_params, request.query_params, body))
        except (Unknown, KeyError) as unknown:
            return _error(404, "unknown", f"there is no such {unknown}")
        except Refusal as no:
            return _error(400, str(no.errcode), f"{MEANINGS.get(no.errcode, '')} {no.detail}")
        except PhoneRefusal as no:
            return _error(409, "phone", str(no), errMsg=str(no))
        except (ValueError, ValidationError) as wrong:
            return _error(422, "invalid", str(wrong))
        world.changed()
        return JSONResponse(result)

    return Route(f"/_sim{path}", endpoint, methods=[method], name=f"{method} {path}")


def _error(status: int, code: str, message: str, **more: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message.strip()}, **more}, status)


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if not raw:
        return {}
    body = json.loads(raw)
    if not isinstance(body, dict):
        raise ValueError("the body must be an object")
    return body
