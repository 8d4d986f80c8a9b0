"""Who the invoice is made out to: title (抬头), tax number, mail; typed on a phone, so tidied."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from invoicing.errors import MailWrong, TaxNumberWrong, TitleWrong
from invoicing.rules.tax_numbers import Doubt, normalise, read_tax_number
from invoicing.rules.texts import clean

MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
PERSON = "个人"


class BuyerKind(StrEnum):
    ENTERPRISE = "enterprise"  # 企业
    INDIVIDUAL = "individual"  # 个人


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer that may be invoiced. `tax_no` of an individual is empty, so may `mail` be."""

    kind: BuyerKind
    title: str
    tax_no: str
    mail: str
    doubts: tuple[Doubt, ...] = ()


def tidy_title(text: str) -> str:
    """As registered: brackets stay as typed, control characters, emoji and `<>` go.

    Raises TitleWrong when nothing is left or it is too long.
    """
    kept = clean(text)
    title = re.sub(r"\s+", " ", kept) if kept.isascii() else kept
    if not 1 <= len(title) <= 100:
        raise TitleWrong(length=len(title))
    return title


def tidy_mail(text: str) -> str:
    """An empty one is allowed. Raises MailWrong."""
    mail = unicodedata.normalize("NFKC", text).strip()
    if mail and (len(mail) > 254 or not MAIL.fullmatch(mail)):
        raise MailWrong
    return mail


def _is_tax_number(text: str) -> bool:
    try:
        return not read_tax_number(text).doubts
    except TaxNumberWrong:
        return False


def read_buyer(*, kind: BuyerKind, title: str, tax_no: str, mail: str) -> Buyer:
    """The buyer as typed, tidied; title and number in each other's field change places.

    Raises TitleWrong, TaxNumberWrong, MailWrong.
    """
    if kind is BuyerKind.INDIVIDUAL:
        return Buyer(kind, tidy_title(title or PERSON), "", tidy_mail(mail))
    if _is_tax_number(title) and not _is_tax_number(tax_no):
        title, tax_no = tax_no, normalise(title)
    number = read_tax_number(tax_no)
    return Buyer(kind, tidy_title(title), number.number, tidy_mail(mail), number.doubts)
