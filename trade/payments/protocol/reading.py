"""Reading one JSON object of the partner: the right shape or no value at all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trade.payments.protocol.untrusted import Untrusted

MAX_WORD = 128
MAX_FEN = 2**53


@dataclass(frozen=True, slots=True)
class Fields:
    """Every question raises Untrusted("malformed") when the answer is missing or misshapen."""

    tree: dict[str, Any]

    def has(self, name: str) -> bool:
        return self.tree.get(name) is not None

    def word(self, name: str, *, default: str | None = None) -> str:
        """A short printable text: a number, a state, an id."""
        value = self.tree.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or len(value) > MAX_WORD or not value.isprintable():
            raise Untrusted("malformed")
        return value

    def fen(self, name: str, *, default: int | None = None) -> int:
        """A whole number of fen, not negative; true is not 1 and 1.0 is not 1."""
        value = self.tree.get(name, default)
        if type(value) is not int or not 0 <= value < MAX_FEN:
            raise Untrusted("malformed")
        return value

    def part(self, name: str) -> "Fields":
        value = self.tree.get(name)
        if not isinstance(value, dict):
            raise Untrusted("malformed")
        return Fields(value)

    def moment(self, name: str) -> datetime:
        """A time of RFC 3339 with its offset."""
        try:
            at = datetime.fromisoformat(self.word(name))
        except ValueError:
            raise Untrusted("malformed") from None
        if at.tzinfo is None or not 2000 <= at.year < 3000:
            raise Untrusted("malformed")
        return at
