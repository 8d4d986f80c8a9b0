"""What a person typed of a red letter, read: nothing wrong in it becomes an error of ours."""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from starlette.datastructures import FormData

from invoicing.reds.errors import AmountWrong
from invoicing.reds.queries import RedReason
from invoicing.reds.service import Pick

MOST_FEN = 10**13


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed. `what` is `all`, `amount` or `pieces`."""

    what: str = "all"
    reason: str = RedReason.RETURNED.value
    amount: str = ""
    note: str = ""
    pieces: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, fields: FormData) -> "Typed":
        said = {name: str(value).strip()[:200] for name, value in fields.items()}
        what = said.get("what", "all")
        return cls(
            what=what if what in {"all", "amount", "pieces"} else "all",
            reason=said.get("reason", ""),
            amount=said.get("amount", ""),
            note=said.get("note", ""),
            pieces={
                int(name.removeprefix("pieces")): value
                for name, value in said.items()
                if name.startswith("pieces") and name[6:].isdigit() and len(name) < 12 and value
            },
        )


def pick_of(typed: Typed) -> Pick:
    """Raises AmountWrong."""
    known = set(RedReason)
    reason = RedReason(typed.reason) if typed.reason in known else RedReason.RETURNED
    if typed.what == "amount":
        return Pick(reason, fen=_fen(typed.amount))
    if typed.what == "pieces":
        return Pick(
            reason,
            pieces={no: _pieces(text) for no, text in typed.pieces.items()} or {1: Decimal(0)},
        )
    return Pick(reason)


def _fen(text: str) -> int:
    cents = _decimal(text) * 100
    if cents != cents.to_integral_value() or not 0 < cents < MOST_FEN:
        raise AmountWrong
    return int(cents)


def _pieces(text: str) -> Decimal:
    pieces = _decimal(text)
    if not 0 <= pieces < 10**9:
        raise AmountWrong
    return pieces


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise AmountWrong from None
    if not number.is_finite():
        raise AmountWrong
    return number
