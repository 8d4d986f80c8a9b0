"""Further services behind WeChat Pay's door (as 电子发票): asked as our merchant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trade.payments import gateway


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer that the platform signed. `code` and `message` are those of a refusal."""

    status: int
    fields: Mapping[str, Any]

    @property
    def code(self) -> str:
        return str(self.fields.get("code", "")) if self.status >= 400 else ""

    @property
    def message(self) -> str:
        return str(self.fields.get("message", ""))[:200]


@dataclass(frozen=True, slots=True)
class Silence:
    """No answer that can be believed; `reason` names the fault of the line."""

    reason: str


async def ask_platform(
    method: str, target: str, fields: Mapping[str, Any] | None = None, *, mch_id: str = ""
) -> Heard | Silence:
    """Ask a service of WeChat Pay v3. Nothing is repeated, nothing but this is raised:

    NotConfigured where the shop has no such merchant.
    """
    said = await gateway.ask(method, target, dict(fields) if fields is not None else None, mch_id)
    return Silence(said) if isinstance(said, str) else Heard(*said)
