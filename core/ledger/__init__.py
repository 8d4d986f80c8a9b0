"""The ledger (账本): one append-only double-entry book for every balance of points and money.

Rooms post, ask and mirror; nothing else in this package is meant for them.
"""

from core.ledger.accounts import KINDS, Account, AccountKind, Floor, Unit, house
from core.ledger.balances import Lot, balance, balances, debts, lots
from core.ledger.errors import (
    CauseReused,
    HoldEnded,
    HoldNotFound,
    InsufficientBalance,
    JournalNotFound,
    MirrorsTooMuch,
    MoreThanHeld,
    NotMirrorable,
    Unbalanced,
)
from core.ledger.holds import Hold, capture, expire_holds, hold, live_holds, release
from core.ledger.journals import Act, Cause, Entry, Journal
from core.ledger.mirroring import mirror
from core.ledger.posting import find_journal, get_journal, post

__all__ = [
    "KINDS",
    "Account",
    "AccountKind",
    "Act",
    "Cause",
    "CauseReused",
    "Entry",
    "Floor",
    "Hold",
    "HoldEnded",
    "HoldNotFound",
    "InsufficientBalance",
    "Journal",
    "JournalNotFound",
    "Lot",
    "MirrorsTooMuch",
    "MoreThanHeld",
    "NotMirrorable",
    "Unbalanced",
    "Unit",
    "balance",
    "balances",
    "capture",
    "debts",
    "expire_holds",
    "find_journal",
    "get_journal",
    "hold",
    "house",
    "live_holds",
    "lots",
    "mirror",
    "post",
    "release",
]
