"""Pure decisions about boxes: their states, what becomes of a paper, what needs a person."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

INVITE_LIFE = timedelta(hours=24)
ANSWER_AGAIN = timedelta(hours=1)  # an enrolment whose answer was lost may ask for it again
CERTIFICATE_LIFE = timedelta(days=365)
RENEW_BEFORE = timedelta(days=120)
KEY_LIFE = timedelta(days=365)
RAW_DAYS = 30
SILENT_AFTER = timedelta(minutes=15)
MOST_SKEW_S = 120
MOST_WAITING = 50
ORIGIN_WITHIN = timedelta(days=180)
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that looks like another


class BoxState(StrEnum):
    INVITED = "invited"  # 待入网
    ACTIVE = "active"  # 使用中
    RETIRED = "retired"  # 停用: what it printed stays good
    REVOKED = "revoked"  # 吊销: stolen, its codes are refused


class PaperKind(StrEnum):
    SALE = "sale"
    REFUND = "refund"
    DOUBTFUL = "doubtful"  # 待录入


class PaperState(StrEnum):
    """`READ` by the box without doubt, `TYPED` by a person: these two count. The rest waits for a
    person (`DOUBTFUL`, `CONFLICT`) or is none (`DISMISSED`)."""

    READ = "read"
    TYPED = "typed"
    DOUBTFUL = "doubtful"
    CONFLICT = "conflict"
    DISMISSED = "dismissed"


COUNTED = (PaperState.READ, PaperState.TYPED)
WAITING = (PaperState.DOUBTFUL, PaperState.CONFLICT)


def new_invite() -> str:
    """A code to type once: twelve letters and digits, 59 bits, as K7QF-9X2M-4TBD."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(12))
    return "-".join(drawn[at : at + 4] for at in (0, 4, 8))


def bare_invite(text: str) -> str:
    """What was meant by what was typed: small letters and blanks do not matter."""
    return "".join(sign for sign in text.upper() if sign in LETTERS)[:40]


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of an active box when somebody looks."""

    last_seen_at: datetime | None
    clock_skew_s: int
    waiting: int
    has_printer: bool | None
    certificate_ends_at: datetime | None
    doubtful: int = 0
    conflicts: int = 0


def alarms_of(health: Health, now: datetime) -> list[str]:
    """What is wrong with a box, the worst first: words the page explains."""
    seen, ends = health.last_seen_at, health.certificate_ends_at
    found = {
        "silent": seen is None or now - seen > SILENT_AFTER,
        "printer": health.has_printer is False,
        "conflict": health.conflicts > 0,
        "clock": abs(health.clock_skew_s) > MOST_SKEW_S,
        "certificate": ends is not None and ends - now < RENEW_BEFORE / 2,
        "waiting": health.waiting > MOST_WAITING,
        "doubtful": health.doubtful > 0,
    }
    return [name for name, holds in found.items() if holds]
