"""Who the invoice is made out to: title (抬头), tax number, mail; typed on a phone, so tidied."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from invoicing.errors import MailWrong, PhoneWrong, TaxNumberWrong, TitleWrong
from invoicing.rules.tax_numbers import Doubt, normalise, read_tax_number
from invoicing.rules.texts import clean

MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
MOBILE = re.compile(r"1[3-9][0-9]{9}")
PERSON = "个人"


class BuyerKind(StrEnum):
    ENTERPRISE = "enterprise"  # 企业
    INDIVIDUAL = "individual"  # 个人


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer that may be invoiced. An individual has no `tax_no`; mail and phone may be empty."""

    kind: BuyerKind
    title: str
    tax_no: str
    mail: str
    phone: str = ""
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


def tidy_phone(text: str) -> str:
    """A mobile number of the mainland; an empty one is allowed. Raises PhoneWrong."""
    phone = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).removeprefix("+86")
    if phone and not MOBILE.fullmatch(phone):
        raise PhoneWrong
    return phone


def _is_tax_number(text: str) -> bool:
    try:
        return not read_tax_number(text).doubts
    except TaxNumberWrong:
        return False


def read_buyer(*, kind: BuyerKind, title: str, tax_no: str, mail: str, phone: str = "") -> Buyer:
    """The buyer as typed, tidied; title and number in each other's field change places.

    Raises TitleWrong, TaxNumberWrong, MailWrong, PhoneWrong.
    """
    reached = tidy_mail(mail), tidy_phone(phone)
    if kind is BuyerKind.INDIVIDUAL:
        return Buyer(kind, tidy_title(title or PERSON), "", *reached)
    if _is_tax_number(title) and not _is_tax_number(tax_no):
        title, tax_no = tax_no, normalise(title)
    number = read_tax_number(tax_no)
    return Buyer(kind, tidy_title(title), number.number, *reached, number.doubts)
