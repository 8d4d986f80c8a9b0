"""JSON in, JSON out; refusals become HTTP here and nowhere else."""

from collections.abc import Sequence
from typing import Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Unavailable

STATUS: dict[type, int] = {
    Invalid: 422,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Unavailable: 503,
}


class Schema(BaseModel):
    """A shape on the wire: camelCase outside, our names inside; an unknown field is refused."""

    model_config = ConfigDict(
        alias_generator=to_camel, serialize_by_alias=True, extra="forbid", frozen=True
    )

    @classmethod
    def of(cls, view: object) -> Self:
        """The fields of this shape, read by our names from a view that has them and maybe more."""
        return cls.model_validate(view, from_attributes=True, by_alias=False, by_name=True)


class BadBody(Invalid):
    code = "core.bad_body"
    message = "请求内容不符合要求"


S = TypeVar("S", bound=Schema)


async def read(request: Request, schema: type[S]) -> S:
    """Raises BadBody, whose facts say where and what kind of fault, and repeat no value."""
    raw = await request.body()
    if b"\\u0000" in raw:  # JSON knows it, PostgreSQL's text does not
        raise BadBody(body="nul_character")
    try:
        return schema.model_validate_json(raw)
    except ValidationError as error:
        faults = {"/".join(["body", *map(str, e["loc"])]): e["type"] for e in error.errors()}
        raise BadBody(**faults) from None


def show(rows: Sequence[Schema]) -> Response:
    return JSONResponse([row.model_dump(mode="json") for row in rows])


async def show_refusal(_: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    body = {"code": error.code, "message": error.message, "facts": error.facts}
    return JSONResponse({"error": body}, status)
