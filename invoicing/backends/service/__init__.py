"""What can be done about tax backends: a door."""

from invoicing.backends.service.accounts import (
    AccountDraft,
    change_account,
    enrol_account,
    rotate_secrets,
    usable_accounts,
)
from invoicing.backends.service.health import (
    hold_account,
    note_health,
    note_held,
    note_login_link,
    resume_account,
)

__all__ = [
    "AccountDraft",
    "change_account",
    "enrol_account",
    "hold_account",
    "note_health",
    "note_held",
    "note_login_link",
    "resume_account",
    "rotate_secrets",
    "usable_accounts",
]
