"""Which event becomes which message, and who must be allowed what to hear it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from core.events import Event, told_outside
from core.security.scope import Grant

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Part:
    """What is told of a change: about what, whose store's it is (None: everybody's), and the data.

    `data` holds JSON values and aware datetimes, camelCase, and nothing personal.
    """

    subject: str
    store_id: int | None
    data: dict[str, Any]


Tell = Callable[[Any], Awaitable[list[Part]]]


@dataclass(frozen=True, slots=True)
class Kind:
    event: type[Event]
    needs: Grant
    tell: Tell


kinds: dict[str, Kind] = {}


def tells(
    kind: str, event_type: type[E], *, needs: Grant
) -> Callable[[Callable[[E], Awaitable[list[Part]]]], Callable[[E], Awaitable[list[Part]]]]:
    """Register what partners with the right `needs` hear of an event under the name `kind`.

    The function below it runs in the worker, in a transaction, and only reads.
    """

    def register(
        tell: Callable[[E], Awaitable[list[Part]]],
    ) -> Callable[[E], Awaitable[list[Part]]]:
        kinds[kind] = Kind(event_type, needs, tell)
        told_outside[event_type] = kind
        return tell

    return register
