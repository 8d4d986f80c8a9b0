"""Domain events: how a room tells others, without knowing them, that something became true."""

from collections.abc import Callable
from typing import Any, ClassVar, Protocol, TypeVar


class Event:
    """A fact in the past tense: a frozen dataclass of ids, ints, strings and aware datetimes."""

    name: ClassVar[str]


E = TypeVar("E", bound=Event)
E_contra = TypeVar("E_contra", bound=Event, contravariant=True)


class Listener(Protocol[E_contra]):
    __name__: str

    async def __call__(self, event: E_contra) -> None: ...


listeners: dict[str, tuple[type[Event], Listener[Any]]] = {}
told_outside: dict[type[Event], str] = {}  # events that partners may hear of; filled by core.feed


def on(event_type: type[E]) -> Callable[[Listener[E]], Listener[E]]:
    """Register a listener. It may be told twice, and in no promised order."""

    def register(listener: Listener[E]) -> Listener[E]:
        listeners[f"{listener.__module__}.{listener.__name__}"] = (event_type, listener)
        return listener

    return register
