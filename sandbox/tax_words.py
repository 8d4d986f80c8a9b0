"""Orders in other providers' words, said in Nuonuo's, which the bureau's book is kept in."""

from datetime import datetime
from typing import Any

from core.clock import SHOP_ZONE
from sandbox.tax_rules import TaxRefused
from sandbox.timetable import Doc

Names = dict[str, str]


def renamed(given: Any, names: Names) -> Doc:
    """The fields of `names` (theirs to ours) that are there. Raises TaxRefused for no object."""
    if not isinstance(given, dict):
        raise TaxRefused("E4000", "请求格式错误")
    return {ours: given[theirs] for theirs, ours in names.items() if theirs in given}


def rows_of(given: Any) -> list[Any]:
    """Raises TaxRefused when it is no list."""
    if not isinstance(given, list):
        raise TaxRefused("E4000", "明细格式错误")
    return given


def clock_text(moment: str) -> str:
    """An ISO moment of the book as `2025-11-21 14:03:20` in China."""
    return f"{datetime.fromisoformat(moment).astimezone(SHOP_ZONE):%Y-%m-%d %H:%M:%S}"
