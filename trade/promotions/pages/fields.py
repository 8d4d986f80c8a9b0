"""Single fields of a form, read and shown again. Money is typed in yuan, days as the browser does.

What cannot be read raises BadPromotion, which names the field.
"""

import re
from datetime import date, datetime

from core import clock
from core.money import yuan
from trade.promotions.errors import BadPromotion

MONEY = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?")
WHOLE = re.compile(r"\d{1,9}")


def fen_in(text: str, field: str) -> int | None:
    if not text:
        return None
    found = MONEY.fullmatch(text)
    if found is None:
        raise BadPromotion(field=field)
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def percent_in(text: str, field: str) -> int | None:
    """`85` or `85.5` of a hundred, in basis points."""
    bp = fen_in(text, field)
    if bp is not None and bp > 10_000:
        raise BadPromotion(field=field)
    return bp


def whole_in(text: str, field: str) -> int | None:
    if not text:
        return None
    if not WHOLE.fullmatch(text):
        raise BadPromotion(field=field)
    return int(text)


def day_in(text: str, field: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadPromotion(field=field) from None


def money_out(fen: int | None) -> str:
    return "" if fen is None else yuan(fen).replace(",", "")


def number_out(number: int | None) -> str:
    return "" if number is None else str(number)


def moment_in(text: str, field: str) -> datetime | None:
    """`2026-11-11T20:00`, by the clock of the shop."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text).replace(tzinfo=clock.SHOP_ZONE)
    except ValueError:
        raise BadPromotion(field=field) from None
    if not 2000 <= found.year <= 2100:
        raise BadPromotion(field=field)
    return found


def moment_out(at: datetime | None) -> str:
    return at.astimezone(clock.SHOP_ZONE).strftime("%Y-%m-%dT%H:%M") if at else ""


def percent_out(bp: int | None) -> str:
    return "" if bp is None else f"{bp / 100:g}"
