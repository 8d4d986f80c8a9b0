"""Who may have the file again: whoever knows what only the buyer typed. Pure."""

import hmac
import unicodedata

from invoicing.rules.buyers import Buyer
from invoicing.rules.tax_numbers import normalise

TAIL = 4


def is_proof(buyer: Buyer, text: str) -> bool:
    """Tax number or phone, or the last four characters of one; the mail address; or the title."""
    said = unicodedata.normalize("NFKC", text).strip()
    tail = normalise(said)
    title = unicodedata.normalize("NFKC", buyer.title).lower()
    whole = [title, buyer.mail.lower(), buyer.tax_no.lower(), buyer.phone]
    tails = [number[-TAIL:] for number in (buyer.tax_no, buyer.phone) if len(number) > TAIL]
    right = [*(one for one in whole if one), *tails]
    given = {said.lower(), tail} if len(tail) == TAIL else {said.lower()}
    return any(hmac.compare_digest(a.encode(), b.encode()) for a in right for b in given)
