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
from core.ledger.expiring import expire_lots
from core.ledger.explaining import explain, name_cause
from core.ledger.holding import HoldRequest, hold_many
from core.ledger.holds import Hold, capture, expire_holds, hold, live_holds, release
from core.ledger.joining import hand_back, hand_over
from core.ledger.journals import Act, Cause, Entry, Journal, Memo
from core.ledger.mirroring import mirror
from core.ledger.posting import find_journal, get_journal, open_accounts, post
from core.ledger.replaying import replay
from core.ledger.sealing import Break, Chain, chain_heads, seal_day, seal_new, verify_chain

__all__ = [
    "KINDS",
    "Account",
    "AccountKind",
    "Act",
    "Break",
    "Cause",
    "CauseReused",
    "Chain",
    "Entry",
    "Floor",
    "Hold",
    "HoldEnded",
    "HoldNotFound",
    "HoldRequest",
    "InsufficientBalance",
    "Journal",
    "JournalNotFound",
    "Lot",
    "Memo",
    "MirrorsTooMuch",
    "MoreThanHeld",
    "NotMirrorable",
    "Unbalanced",
    "Unit",
    "balance",
    "balances",
    "capture",
    "chain_heads",
    "debts",
    "expire_holds",
    "expire_lots",
    "explain",
    "find_journal",
    "get_journal",
    "hand_back",
    "hand_over",
    "hold",
    "hold_many",
    "house",
    "live_holds",
    "lots",
    "mirror",
    "name_cause",
    "open_accounts",
    "post",
    "release",
    "replay",
    "seal_day",
    "seal_new",
    "verify_chain",
]
