"""The one shape of every way to a printer: what is handed in, what may be answered.

Whoever prints looks at these answers only. A fault of the other side is an answer, never an
exception.
"""

from dataclasses import dataclass
from typing import Protocol

from devices.rules import PrinterCondition, Transport


@dataclass(frozen=True, slots=True)
class Place:
    """Where a printer is and what opens it. `secret` and `token` never leave the gateway."""

    transport: Transport
    address: str
    user: str = ""
    secret: str = ""
    token: str = ""
    base_url: str = ""
    account_id: int = 0


@dataclass(frozen=True, slots=True)
class Ticket:
    """One job. `job_no` (32 letters and digits at most) is the same whenever it is sent again.

    After `expires_s` it is of no use to anybody; a cloud that can is told so.
    """

    job_no: str
    payload: bytes
    expires_s: int = 0


@dataclass(frozen=True, slots=True)
class Printed:
    """On paper: the printer said so behind the job."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side keeps it under `ticket_no` and will print it; also when it had it already."""

    ticket_no: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The other side has it and has not printed it yet."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be printed as it is."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing left us: safe to send again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may be on paper. Sent again under its number it prints once more, or not at all."""

    reason: str


Sent = Printed | Accepted | Refused | NotSent | Unknown
Fate = Printed | Waiting | Refused | Unknown
Said = Refused | NotSent | Unknown | None  # None: it is done


class Adapter(Protocol):
    """One printer, whoever made it."""

    @property
    def drops_repeats(self) -> bool:
        """The same `job_no` again prints nothing again, so that a lost answer may be asked for."""

    async def send(self, ticket: Ticket) -> Sent: ...

    async def fate_of(self, ticket_no: str) -> Fate:
        """What became of a ticket that was accepted."""

    async def condition(self) -> PrinterCondition: ...

    async def add(self, label_key: str, name: str) -> Said:
        """Make the printer ours with its maker, by the key on its label."""

    async def remove(self) -> Said: ...

    async def clear(self) -> Said:
        """Forget what waits for this printer on the other side."""
