"""Amounts and rates as people type them."""

import re

MONEY = re.compile(r"(\d{1,7})(?:\.(\d{1,2}))?")


def fen_in(text: str) -> int | None:
    """`12.5` is 1250. None: it is no amount."""
    found = MONEY.fullmatch(text.strip())
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else None


def bp_in(text: str) -> int | None:
    """`13` percent are 1300. None: it is no rate."""
    return fen_in(text)
