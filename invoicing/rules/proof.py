"""Who may have the file again: whoever knows what only the buyer typed. Pure."""

import hmac
import unicodedata

from invoicing.rules.buyers import Buyer
from invoicing.rules.tax_numbers import normalise

TAIL = 4


def is_proof(buyer: Buyer, text: str) -> bool:
    """The last four characters of the tax number or phone, the whole mail address, or the title."""
    said = unicodedata.normalize("NFKC", text).strip()
    tail = normalise(said)
    whole = [buyer.mail.lower(), unicodedata.normalize("NFKC", buyer.title).lower()]
    tails = [number[-TAIL:] for number in (buyer.tax_no, buyer.phone) if len(number) > TAIL]
    right = [*(one for one in whole if one), *tails]
    given = {said.lower(), tail} if len(tail) == TAIL else {said.lower()}
    return any(hmac.compare_digest(a.encode(), b.encode()) for a in right for b in given)
