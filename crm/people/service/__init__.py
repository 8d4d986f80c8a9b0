"""What can be done with people. One public function is one use case is one transaction.

Where WeChat has to be asked first, the question comes before the transaction.
"""

from crm.people.rules import MessageState
from crm.people.service.alerting import alert_store
from crm.people.service.binding import bind_guide, unbind_guide
from crm.people.service.consents import give_consent, withdraw_consent
from crm.people.service.earning import attribute_sale
from crm.people.service.groups import mirror_group, note_gone_groups
from crm.people.service.joining import SignedIn, register_member, sign_in
from crm.people.service.messages import begin_delivery, record_delivery, want_message
from crm.people.service.phones import reveal_phone, save_phone
from crm.people.service.sharing import ShareCard, make_share_card
from crm.people.service.telling import tell_ready, want_ready_notice

__all__ = [
    "MessageState",
    "ShareCard",
    "SignedIn",
    "alert_store",
    "attribute_sale",
    "begin_delivery",
    "bind_guide",
    "give_consent",
    "make_share_card",
    "mirror_group",
    "note_gone_groups",
    "record_delivery",
    "register_member",
    "reveal_phone",
    "save_phone",
    "sign_in",
    "tell_ready",
    "unbind_guide",
    "want_message",
    "want_ready_notice",
    "withdraw_consent",
]
