"""What is searched, and what may be suggested to somebody who only typed a few characters."""

import re
import unicodedata
from enum import StrEnum

from invoicing.rules.tax_numbers import is_credit_code

SHORTEST, LONGEST = 2, 40  # characters of a search: one Han character would list half the country
SUGGESTED = 6
KNOWN_AFTER = 2  # orders: one receipt must not put a made-up name into other people's pages
MOST_REMEMBERED = 5
FORGET_AFTER_DAYS = 365
ASK_AGAIN_DAYS = 7


class Source(StrEnum):
    """Who told us of a company."""

    INVOICES = "invoices"  # 我方开票记录
    PROVIDER = "provider"  # 服务商抬头库


def name_key(text: str) -> str:
    """A name as it is searched: half-width, lower case, without blanks, brackets and dots."""
    half = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[\s()\[\]（）·.,，。\-—_%\\]", "", half)[:100]


def is_searchable(text: str) -> bool:
    return SHORTEST <= len(name_key(text)) <= LONGEST


def may_be_listed(tax_no: str) -> bool:
    """Only credit codes: a sole trader's old number may be an identity card's."""
    return is_credit_code(tax_no)
