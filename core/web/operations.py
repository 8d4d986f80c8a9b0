"""Routes as data: what an endpoint takes, answers and refuses is read from its signature, once."""

import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel

from core.errors import DomainError
from core.web.policy import Policy

Endpoint = Callable[..., Awaitable[Any]]
E = TypeVar("E", bound=Endpoint)
MISSING = object()
Kind = Literal["json", "page", "raw", "file"]
Refusals = tuple[type[DomainError], ...]


class Schema(BaseModel):
    """A shape on the wire: camelCase outside, our names inside; an unknown field is refused."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        serialize_by_alias=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,  # a traceback is no place for what somebody typed
        validate_by_alias=True,
        validate_by_name=True,  # for our own code; what comes from outside is read by alias only
    )

    @classmethod
    def of(cls: "type[S]", view: object, **more: Any) -> "S":
        """The fields of this shape, read by our names from a view that has them and maybe more.

        `more` gives, by our names, what the view lacks.
        """
        names = cls.model_fields
        found = {name: getattr(view, name, MISSING) for name in names if name not in more}
        found = {name: value for name, value in found.items() if value is not MISSING}
        return cls.model_validate(found | more, from_attributes=True, by_alias=False, by_name=True)


S = TypeVar("S", bound=Schema)


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    who: Policy
    endpoint: Endpoint
    kind: Kind
    tag: str
    status: int = 200
    summary: str = ""
    errors: Refusals = ()
    needs_key: bool = False
    keeps_key: bool = False  # the use case keeps the key itself, and no claim is written for it
    body: type[Schema] | None = None
    query: type[Schema] | None = None
    params: dict[str, type] = field(default_factory=dict)
    takes: frozenset[str] = frozenset()
    answer: Any = None  # a Schema, list[Schema] or None
    login: str = ""  # where a page sends whom it does not let in

    @property
    def name(self) -> str:
        return f"{self.tag}_{self.endpoint.__name__}"

    @property
    def adapter(self) -> TypeAdapter[Any] | None:
        return None if self.answer is None else _adapter(self.answer)


@cache
def _adapter(answer: Any) -> TypeAdapter[Any]:
    return TypeAdapter(answer)


def _signature(path: str, endpoint: Endpoint) -> dict[str, Any]:
    hints = get_type_hints(endpoint)
    names = list(inspect.signature(endpoint).parameters)
    in_path = re.findall(r"{(\w+)(?::\w+)?}", path)
    unknown = set(names) - {"scope", "request", "body", "query", *in_path}
    unread = set(in_path) - set(names) if "request" not in names else set()
    if unknown or unread:
        raise TypeError(f"{endpoint.__qualname__}: {unknown | unread} do not fit {path}")
    answer = hints.get("return")
    is_shape = get_origin(answer) is list or (
        inspect.isclass(answer) and issubclass(answer, BaseModel)
    )
    if get_origin(answer) is list and not issubclass(get_args(answer)[0], BaseModel):
        raise TypeError(f"{endpoint.__qualname__} answers a list of what?")
    return {
        "body": hints.get("body"),
        "query": hints.get("query"),
        "params": {name: hints.get(name, str) for name in in_path},
        "takes": frozenset(names),
        "answer": answer if is_shape else None,
    }


class Router:
    """Collects the operations of one file. `who` is required: nothing is open by forgetting.

    `login` is the page where people come in who may see these pages.
    """

    def __init__(self, prefix: str = "", tag: str = "", *, login: str = "") -> None:
        self.prefix, self.tag, self.login = prefix, tag, login
        self.operations: list[Operation] = []

    def _add(
        self, kind: Kind, method: str, path: str, who: Policy, **more: Any
    ) -> Callable[[E], E]:
        if not isinstance(who, Policy):
            raise TypeError(f"{method} {self.prefix}{path} has no policy")

        def register(endpoint: E) -> E:
            full = self.prefix + path
            shape = _signature(full, endpoint)
            given = {"tag": self.tag, "login": self.login, **more, **shape}
            self.operations.append(Operation(method, full, who, endpoint, kind, **given))
            return endpoint

        return register

    def _json(
        self, method: str, path: str, who: Policy, status: int, summary: str, errors: Refusals
    ) -> Callable[[E], E]:
        return self._add("json", method, path, who, status=status, summary=summary, errors=errors)

    def get(
        self, path: str, *, who: Policy, status: int = 200, summary: str = "", errors: Refusals = ()
    ) -> Callable[[E], E]:
        return self._json("GET", path, who, status, summary, errors)

    def put(
        self, path: str, *, who: Policy, status: int = 200, summary: str = "", errors: Refusals = ()
    ) -> Callable[[E], E]:
        return self._json("PUT", path, who, status, summary, errors)

    def delete(
        self, path: str, *, who: Policy, status: int = 200, summary: str = "", errors: Refusals = ()
    ) -> Callable[[E], E]:
        return self._json("DELETE", path, who, status, summary, errors)

    def post(
        self,
        path: str,
        *,
        who: Policy,
        status: int = 200,
        summary: str = "",
        errors: Refusals = (),
        idempotent: bool | Literal["by_itself"] = True,
    ) -> Callable[[E], E]:
        """A change: asks for an Idempotency-Key unless `idempotent=False` (questions, logins).

        "by_itself": the endpoint answers a repetition as the first call was answered, and says so
        by `request.state.is_repeated`.
        """
        given = {"status": status, "summary": summary, "errors": errors}
        keys = {"needs_key": bool(idempotent), "keeps_key": idempotent == "by_itself"}
        return self._add("json", "POST", path, who, **keys, **given)

    def page(self, method: str, path: str, *, who: Policy, summary: str = "") -> Callable[[E], E]:
        """HTML for people; the session is a cookie."""
        return self._add("page", method, path, who, summary=summary)

    def file(
        self, method: str, path: str, *, who: Policy, summary: str = "", errors: Refusals = ()
    ) -> Callable[[E], E]:
        """Bytes in or out for a bearer whom `who` admits: files of programs, no JSON."""
        return self._add("file", method, path, who, summary=summary, errors=errors)

    def raw(self, method: str, path: str, *, who: Policy, summary: str = "") -> Callable[[E], E]:
        """Bytes in, a Response out: callbacks of partners, files."""
        return self._add("raw", method, path, who, summary=summary)
