"""What can be done with people. One public function is one use case is one transaction.

Where WeChat has to be asked first, the question comes before the transaction.
"""

from crm.people.rules import MessageState
from crm.people.service.alerting import alert_store
from crm.people.service.binding import bind_guide, unbind_guide
from crm.people.service.claiming import claim_card
from crm.people.service.consents import give_consent, withdraw_consent
from crm.people.service.copying import copy_own_data
from crm.people.service.earning import attribute_sale
from crm.people.service.groups import mirror_group, note_gone_groups
from crm.people.service.handling import come_back, leave_company, record_contract
from crm.people.service.joining import SignedIn, register_member, sign_in
from crm.people.service.knowing import convert_contact_id, give_card, know_contact
from crm.people.service.leaving import ask_to_leave, erase_member, erase_waiting, want_erasure
from crm.people.service.matching import decide_match, note_match
from crm.people.service.merging import merge_members, sweep, undo_merge
from crm.people.service.messages import begin_delivery, record_delivery, want_message
from crm.people.service.old_members import (
    BatchTaken,
    OldMember,
    lines_done,
    plain_old_member,
    take_batch,
)
from crm.people.service.phones import reveal_phone, save_phone
from crm.people.service.profiles import Profile, save_profile
from crm.people.service.registering import (
    register_by_code,
    save_email,
    send_code,
    send_sms_with,
)
from crm.people.service.retaining import run_retention
from crm.people.service.sharing import ShareCard, make_share_card
from crm.people.service.telling import tell_ready, want_ready_notice
from crm.people.service.tiers import show_tiers

__all__ = [
    "BatchTaken",
    "MessageState",
    "OldMember",
    "Profile",
    "ShareCard",
    "SignedIn",
    "alert_store",
    "ask_to_leave",
    "attribute_sale",
    "begin_delivery",
    "bind_guide",
    "claim_card",
    "come_back",
    "convert_contact_id",
    "copy_own_data",
    "decide_match",
    "erase_member",
    "erase_waiting",
    "give_card",
    "give_consent",
    "know_contact",
    "leave_company",
    "lines_done",
    "make_share_card",
    "merge_members",
    "mirror_group",
    "note_gone_groups",
    "note_match",
    "plain_old_member",
    "record_contract",
    "record_delivery",
    "register_by_code",
    "register_member",
    "reveal_phone",
    "run_retention",
    "save_email",
    "save_phone",
    "save_profile",
    "send_code",
    "send_sms_with",
    "show_tiers",
    "sign_in",
    "sweep",
    "take_batch",
    "tell_ready",
    "unbind_guide",
    "undo_merge",
    "want_erasure",
    "want_message",
    "want_ready_notice",
    "withdraw_consent",
]
