"""What can be done about tax backends: a door."""

from invoicing.backends.checking import check_account
from invoicing.backends.noting import (
    hold_account,
    note_health,
    note_held,
    note_login_link,
    resume_account,
)
from invoicing.backends.service.accounts import (
    AccountDraft,
    change_account,
    enrol_account,
    rotate_secrets,
    usable_accounts,
)

__all__ = [
    "AccountDraft",
    "change_account",
    "check_account",
    "enrol_account",
    "hold_account",
    "note_health",
    "note_held",
    "note_login_link",
    "resume_account",
    "rotate_secrets",
    "usable_accounts",
]
