"""What a guest typed or chose on the form, in the words of the form."""

import re
from dataclasses import dataclass, replace

from starlette.datastructures import FormData

from invoicing.errors import KindWrong
from invoicing.service import Buyer, BuyerKind, read_buyer
from invoicing.titles.queries import Title, read_title_qr

CODE = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{42}(?![A-Za-z0-9_-])")
MOST_RECEIPTS = 20


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as they stand in the form.

    `special` wants 专用发票, `more` are codes of other receipts for the same invoice.
    """

    kind: str = BuyerKind.ENTERPRISE.value
    title: str = ""
    tax_no: str = ""
    mail: str = ""
    phone: str = ""
    remember: bool = False
    special: bool = False
    more: tuple[str, ...] = ()

    def buyer(self) -> Buyer:
        """Raises KindWrong, TitleWrong, TaxNumberWrong, MailWrong, PhoneWrong."""
        if self.kind not in set(BuyerKind):
            raise KindWrong
        return read_buyer(
            kind=BuyerKind(self.kind),
            title=self.title,
            tax_no=self.tax_no,
            mail=self.mail,
            phone=self.phone,
        )

    def filled(self, title: Title) -> "Typed":
        """With a title that was remembered; an address already typed stays."""
        return replace(
            self,
            kind=title.kind,
            title=title.title,
            tax_no=title.tax_no,
            mail=self.mail or title.mail,
            phone=self.phone or title.phone,
        )


def code_in(text: str) -> str | None:
    """The code of a receipt in what was scanned or pasted: a link, or the code alone."""
    found = CODE.findall(text[-500:])
    return found[-1] if found else None


def read_typed(fields: FormData, *, code: str) -> Typed:
    """The form as it was sent. A title QR in the title's field fills in title and number."""

    def text(name: str) -> str:
        return str(fields.get(name) or "").replace("\0", "")[:2_500]

    more = [found for one in fields.getlist("more") if (found := code_in(str(one)))]
    others = tuple(dict.fromkeys(one for one in more if one != code))[: MOST_RECEIPTS - 1]
    typed = Typed(
        kind=text("kind") or BuyerKind.ENTERPRISE.value,
        title=text("title"),
        tax_no=text("use") or text("tax_no"),
        mail=text("mail"),
        phone=text("phone"),
        remember=bool(fields.get("remember")),
        special=bool(fields.get("special")),
        more=others,
    )
    card = read_title_qr(typed.title) or read_title_qr(typed.tax_no)
    if card is None:
        return typed
    return replace(typed, kind=BuyerKind.ENTERPRISE.value, title=card.title, tax_no=card.tax_no)


def typed_of(buyer: Buyer, typed: Typed) -> Typed:
    """As it was understood: what the guest is shown to confirm."""
    return replace(
        typed,
        kind=buyer.kind.value,
        title=buyer.title,
        tax_no=buyer.tax_no,
        mail=buyer.mail,
        phone=buyer.phone,
    )
