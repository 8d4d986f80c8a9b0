"""What can be done with people. One public function is one use case is one transaction.

Where WeChat has to be asked first, the question comes before the transaction.
"""

from crm.service.binding import bind_guide, unbind_guide
from crm.service.consents import give_consent, withdraw_consent
from crm.service.earning import attribute_sale, earn_points
from crm.service.groups import forget_group, mirror_group
from crm.service.joining import SignedIn, sign_in
from crm.service.messages import record_delivery, want_message
from crm.service.phones import reveal_phone, save_phone
from crm.service.sharing import ShareCard, make_share_card

__all__ = [
    "ShareCard",
    "SignedIn",
    "attribute_sale",
    "bind_guide",
    "earn_points",
    "forget_group",
    "give_consent",
    "make_share_card",
    "mirror_group",
    "record_delivery",
    "reveal_phone",
    "save_phone",
    "sign_in",
    "unbind_guide",
    "want_message",
    "withdraw_consent",
]
