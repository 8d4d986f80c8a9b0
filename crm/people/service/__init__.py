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
from crm.people.service.matching import decide_match, note_match
from crm.people.service.merging import merge_members, sweep, undo_merge
from crm.people.service.messages import begin_delivery, record_delivery, want_message
from crm.people.service.phones import reveal_phone, save_phone
from crm.people.service.profiles import Profile, save_profile
from crm.people.service.sharing import ShareCard, make_share_card
from crm.people.service.telling import tell_ready, want_ready_notice

__all__ = [
    "MessageState",
    "Profile",
    "ShareCard",
    "SignedIn",
    "alert_store",
    "attribute_sale",
    "begin_delivery",
    "bind_guide",
    "decide_match",
    "give_consent",
    "make_share_card",
    "merge_members",
    "mirror_group",
    "note_gone_groups",
    "note_match",
    "record_delivery",
    "register_member",
    "reveal_phone",
    "save_phone",
    "save_profile",
    "sign_in",
    "sweep",
    "tell_ready",
    "unbind_guide",
    "undo_merge",
    "want_message",
    "want_ready_notice",
    "withdraw_consent",
]
