"""Old members of the till (老会员) come in by the thousand: ids, profile, opening points.

Nobody of them has agreed to anything here: a phone from a list is not shown to be theirs, and no
message is sent before they claim their membership and say yes.
"""

import contextlib
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from core import clock
from core.clock import SHOP_ZONE
from core.database import sql, use_case
from core.ids import new_id
from core.ledger import (
    Account,
    AccountKind,
    Cause,
    CauseReused,
    Entry,
    house,
    name_cause,
    open_accounts,
    post,
)
from crm.people import identities
from crm.people.models import OldMembersFile
from crm.people.rules import (
    Entrance,
    Gender,
    IdKind,
    check_birthday,
    plain_card,
    plain_email,
    plain_phone,
)
from crm.people.service.profiles import birthday_facts, plain_name, sealed

OPENING = "member_import.points"
IDS = (IdKind.PHONE, IdKind.TILL_CARD, IdKind.EMAIL)
name_cause(OPENING, zh="老会员期初积分", en="opening points of an old membership")


@dataclass(frozen=True, slots=True)
class OldMember:
    """One row in plain form; `ids` in the order in which they count."""

    line: int
    ids: dict[IdKind, str]
    name: str
    gender: Gender | None
    birthday: date | None
    joined_at: datetime
    store_id: int | None
    entrance: Entrance
    points: int


@dataclass(slots=True)
class BatchTaken:
    """What became of a batch; `refused` are lines whose ids lead to two members."""

    new: int = 0
    changed: int = 0
    same: int = 0
    refused: list[int] = field(default_factory=list)


def plain_old_member(  # noqa: PLR0913  (the columns of a file)
    *,
    line: int,
    phone: str,
    card_no: str,
    email: str,
    name: str,
    gender: Gender | None,
    birthday: date | None,
    joined_on: date | None,
    store_id: int | None,
    entrance: Entrance,
    points: int,
) -> OldMember:
    """A row in plain form. Raises BadPhone, BadCard, BadEmail, BadName, BadBirthday."""
    ids: dict[IdKind, str] = {}
    if phone:
        ids[IdKind.PHONE] = plain_phone(phone)
    if card_no:
        ids[IdKind.TILL_CARD] = plain_card(card_no)
    if email:
        ids[IdKind.EMAIL] = plain_email(email)
    now = clock.now()
    if birthday is not None:
        check_birthday(birthday, clock.shop_day(now))
    since = datetime.combine(joined_on, time(12), SHOP_ZONE) if joined_on else now
    shown = plain_name(name)
    return OldMember(
        line, ids, shown, gender, birthday, min(since, now), store_id, entrance, points
    )


async def lines_done(fingerprint: str) -> int:
    """How far a file was taken before; 0 for a new one."""
    row = await OldMembersFile.get_or_none(fingerprint=fingerprint)
    return row.lines_done if row else 0


class _Undo(Exception): ...


async def take_batch(
    rows: Sequence[OldMember], *, fingerprint: str, name: str, upto: int, dry_run: bool
) -> BatchTaken:
    """Take some rows and note, in the same breath, that the file is done up to line `upto`.

    Whom we know already by one of the ids gets what lacks and nothing else. Taking the same rows
    again changes nothing. A dry run does the same and takes it back.
    """
    taken = BatchTaken()
    with contextlib.suppress(_Undo):
        await _take(rows, taken, fingerprint, name, upto, dry_run=dry_run)
    return taken


@use_case
async def _take(
    rows: Sequence[OldMember],
    taken: BatchTaken,
    fingerprint: str,
    name: str,
    upto: int,
    *,
    dry_run: bool,
) -> None:
    known = await _known(rows)
    new = [row for row in rows if not known[row.line]]
    old = [(row, known[row.line].pop()) for row in rows if len(known[row.line]) == 1]
    taken.refused = [row.line for row in rows if len(known[row.line]) > 1]
    ids = await _insert(new)
    changed = [await _complete(row, member_id) for row, member_id in old]
    await _open_points([*zip(new, ids, strict=True), *old])
    taken.new, taken.changed = len(new), sum(changed)
    taken.same = len(old) - taken.changed
    if dry_run:
        raise _Undo
    await _note(fingerprint, name, upto, taken)


async def _known(rows: Sequence[OldMember]) -> dict[int, set[int]]:
    """By line, which members its ids lead to."""
    lines: dict[tuple[str, str], int] = {}
    for row in rows:
        for kind, value in row.ids.items():
            for known_as in identities.searched(kind, value):
                lines[kind, known_as] = row.line
    found: dict[int, set[int]] = {row.line: set() for row in rows}
    for held in await sql(HELD, [kind for kind, _ in lines], [text for _, text in lines]):
        found[lines[held["kind"], held["known_as"]]].add(held["member_id"])
    return found


HELD = """
SELECT own.kind, own.known_as, own.member_id FROM people_identity AS own
JOIN unnest($1::text[], $2::text[]) AS wanted (kind, known_as) USING (kind, known_as)
WHERE own.until IS NULL AND own.realm = ''
"""
NEW = """
INSERT INTO people_member (id, public_id, tier, joined_at, entrance, home_store_id, name_cipher,
    birthday_cipher, birth_month, birth_day, minor_until, gender)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[], $5::text[],
    $6::bigint[], $7::text[], $8::text[], $9::smallint[], $10::smallint[], $11::date[], $12::text[])
"""
NEXT = "SELECT nextval('people_member_id_seq') AS id FROM generate_series(1, $1)"
KNOW = """
INSERT INTO people_identity (id, member_id, kind, realm, known_as, tail_index, cipher, source,
    since, why_ended)
SELECT id, member_id, kind, '', known_as, tail_index, cipher, 'import', now(), ''
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
    AS new (id, member_id, kind, known_as, tail_index, cipher)
ON CONFLICT (kind, realm, known_as) WHERE until IS NULL DO NOTHING RETURNING id
"""
COMPLETE = """
UPDATE people_member SET name_cipher = coalesce(name_cipher, $2),
    birthday_cipher = coalesce(birthday_cipher, $3), birth_month = coalesce(birth_month, $4),
    birth_day = coalesce(birth_day, $5), gender = coalesce(gender, $6),
    home_store_id = coalesce(home_store_id, $7), joined_at = least(joined_at, $8)
WHERE id = $1 AND ((name_cipher IS NULL AND $2::text IS NOT NULL)
    OR (birthday_cipher IS NULL AND $3::text IS NOT NULL)
    OR (gender IS NULL AND $6::text IS NOT NULL)
    OR (home_store_id IS NULL AND $7::bigint IS NOT NULL)
    OR joined_at > $8) RETURNING id
"""


async def _insert(rows: Sequence[OldMember]) -> list[int]:
    if not rows:
        return []
    ids = [row["id"] for row in await sql(NEXT, len(rows))]
    members = [_member(row, member_id) for row, member_id in zip(rows, ids, strict=True)]
    await sql(NEW, *(list(column) for column in zip(*members, strict=True)))
    await _know(zip(rows, ids, strict=True))
    return ids


def _member(row: OldMember, member_id: int) -> tuple[Any, ...]:
    born = _born(row, member_id)
    return (
        *(member_id, new_id("mem"), "standard", row.joined_at, row.entrance, row.store_id),
        sealed(member_id, row.name) if row.name else None,
        *(born.get(name) for name in ("birthday_cipher", "birth_month", "birth_day")),
        *(born.get("minor_until"), row.gender),
    )


def _born(row: OldMember, member_id: int) -> dict[str, Any]:
    if row.birthday is None:
        return {}
    return birthday_facts(member_id, row.birthday, clock.shop_day(clock.now()))


async def _know(owned: Iterable[tuple[OldMember, int]]) -> int:
    """Say by what these members are known; how many ids were new."""
    wanted = [
        (member_id, kind, value) for row, member_id in owned for kind, value in row.ids.items()
    ]
    if not wanted:
        return 0
    numbers = await identities.next_ids(len(wanted))
    rows = [
        (number, member_id, kind, *identities.stored(number, kind, value))
        for number, (member_id, kind, value) in zip(numbers, wanted, strict=True)
    ]
    return len(await sql(KNOW, *(list(column) for column in zip(*rows, strict=True))))


async def _complete(row: OldMember, member_id: int) -> bool:
    """Give a member what lacks; whether anything did."""
    born = _born(row, member_id)
    done = await sql(
        COMPLETE,
        member_id,
        sealed(member_id, row.name) if row.name else None,
        *(born.get(name) for name in ("birthday_cipher", "birth_month", "birth_day")),
        *(row.gender, row.store_id, row.joined_at),
    )
    return bool(await _know([(row, member_id)])) or bool(done)


async def _open_points(owned: Sequence[tuple[OldMember, int]]) -> None:
    """Once for each old membership, however often its row comes, and with which points."""
    owed = [
        (row, Account(AccountKind.POINTS, f"member:{member_id}"))
        for row, member_id in owned
        if row.points
    ]
    issued = house(AccountKind.POINTS_ISSUED)
    await open_accounts([issued, *{account for _, account in owed}])
    for row, account in owed:
        with contextlib.suppress(CauseReused):
            await post(_opening(row), [Entry(account, row.points), Entry(issued, -row.points)])


def _opening(row: OldMember) -> Cause:
    kind, value = next(iter(row.ids.items()))
    known_as = identities.searched(kind, value)[0]
    return Cause(OPENING, hashlib.sha256(f"{kind}:{known_as}".encode()).hexdigest()[:40])


NOTE = """
INSERT INTO people_old_members_file AS old
    (fingerprint, name, lines_done, new, changed, same, refused, started_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, now())
ON CONFLICT (fingerprint) DO UPDATE SET lines_done = excluded.lines_done,
    new = old.new + excluded.new, changed = old.changed + excluded.changed,
    same = old.same + excluded.same, refused = old.refused + excluded.refused
"""


async def _note(fingerprint: str, name: str, upto: int, taken: BatchTaken) -> None:
    refused = len(taken.refused)
    counts = (taken.new, taken.changed, taken.same, refused)
    await sql(NOTE, fingerprint, name[:120], upto, *counts)
