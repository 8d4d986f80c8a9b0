"""Two members are one person: what one has the other has now, with a reason, and a way back.

Rows move by the register in `core.privacy`, balances by journals of their own; what a refund of an
old order brings to the one who is gone later follows by `sweep`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import audit_log, clock
from core.belongings import move_all, move_back
from core.database import sql, use_case
from core.ledger import Cause, InsufficientBalance, hand_back, hand_over, name_cause
from core.outbox import publish
from core.security.scope import Scope
from core.security.sessions import end_sessions_of
from core.security.vault import decrypt, encrypt
from crm.people.errors import (
    MemberNotFound,
    MergeCovered,
    MergeNotFound,
    MergeSpent,
    MergeWaits,
    SamePerson,
)
from crm.people.events import MembersMerged, MergeUndone
from crm.people.models import Identity, Member, Merge
from crm.people.queries import binding_of
from crm.people.rules import (
    MAY_MERGE,
    IdKind,
    Known,
    MatchedBy,
    check_reason,
    take_over,
    who_stays,
)
from crm.people.service.binding import bind_if_free

JOINED, PARTED = "members_merged.balances", "merge_undone.balances"
PROFILE = ("entrance", "home_store_id", "birth_month", "birth_day", "minor_until", "gender")
CIPHERS = ("name_cipher", "birthday_cipher")
name_cause(JOINED, zh="会员合并转入", en="joined from another membership")
name_cause(PARTED, zh="撤销合并转回", en="back after a merge was undone")

SWEPT = """
SELECT merge.id, merge.kept_id, merge.gone_id, max(entry.id) AS last_entry_id
FROM people_merge AS merge
JOIN core_ledger_account AS account ON account.owner = 'member:' || merge.gone_id
    AND account.balance <> 0 AND account.kind = ANY($1::text[])
JOIN core_ledger_entry AS entry ON entry.account_id = account.id
WHERE merge.undone_at IS NULL GROUP BY merge.id
"""
JOURNALS = """
SELECT cause_key FROM core_ledger_journal
WHERE cause_kind = $1 AND (cause_key = $2 OR cause_key LIKE $2 || ':%') ORDER BY id DESC
"""
LIVE = """
SELECT 1 FROM core_ledger_hold WHERE owner = ANY($1::text[]) AND state = 'held' LIMIT 1
"""


@use_case
async def merge_members(
    *, scope: Scope, one_public_id: str, other_public_id: str, reason: str
) -> str:
    """Join two members because somebody of ours says so; answers the merge's public id.

    Raises MemberNotFound, SamePerson, ReasonNeeded, and MergeWaits while either has an order that
    is not paid.
    """
    kept = check_reason(reason)
    if scope.role not in MAY_MERGE:
        raise MemberNotFound()
    ids = []
    for public_id in (one_public_id, other_public_id):
        row = await Member.get_or_none(public_id=public_id, merged_into_id=None, erased_at=None)
        if row is None:
            raise MemberNotFound()
        ids.append(row.id)
    return await join_known(ids[0], ids[1], MatchedBy.PERSON, kept, scope.actor)


async def join_known(
    one_id: int, other_id: int, matched_by: MatchedBy, reason: str, actor: str
) -> str:
    """Join two, and decide which of them stays."""
    if one_id == other_id:
        raise SamePerson()
    kept_id, gone_id = who_stays(await _known(one_id), await _known(other_id))
    return await join(
        kept_id=kept_id, gone_id=gone_id, matched_by=matched_by, reason=reason, actor=actor
    )


async def _known(member_id: int) -> Known:
    online = Identity.filter(
        member_id=member_id, kind__in=[IdKind.OPEN_ID, IdKind.UNION_ID], until=None
    )
    return Known(member_id, await online.exists())


@use_case
async def join(
    *, kept_id: int, gone_id: int, matched_by: MatchedBy, reason: str, actor: str
) -> str:
    """Join `gone_id` into `kept_id`: ids, rows of every room, balances. Their sessions end.

    Raises SamePerson, MemberNotFound when one of them is erased or joined already, MergeWaits.
    """
    if kept_id == gone_id:
        raise SamePerson()
    rows = await _locked(kept_id, gone_id)
    await _check_free((kept_id, gone_id))
    at = clock.now()
    merge = await Merge.create(
        kept_id=kept_id,
        gone_id=gone_id,
        matched_by=matched_by,
        reason=reason,
        actor=actor,
        filled=await _fill(rows[kept_id], rows[gone_id]),
        at=at,
    )
    moved = await move_all(cause=f"merge:{merge.id}", from_id=gone_id, to_id=kept_id)
    await Merge.filter(id=merge.id).update(moved=moved)
    await hand_over(
        Cause(JOINED, str(merge.id)), giver=f"member:{gone_id}", taker=f"member:{kept_id}"
    )
    await Member.filter(id=gone_id).update(merged_into_id=kept_id)
    if (theirs := await binding_of(gone_id)) is not None:
        await bind_if_free(member_id=kept_id, guide_id=theirs.guide_id, store_id=theirs.store_id)
    await end_sessions_of(member_id=gone_id)
    await audit_log.record(
        actor, "people.merged", f"member:{kept_id}", gone=gone_id, by=matched_by, reason=reason
    )
    await publish(MembersMerged(merge_id=merge.id, kept_id=kept_id, gone_id=gone_id, at=at))
    return merge.public_id


async def _locked(*member_ids: int) -> dict[int, Member]:
    """The rows, in one order, so that two merges at once take turns."""
    found = Member.filter(id__in=list(member_ids), merged_into_id=None, erased_at=None)
    rows = {row.id: row for row in await found.order_by("id").select_for_update()}
    if len(rows) < len(set(member_ids)):
        raise MemberNotFound()
    return rows


async def _check_free(member_ids: Sequence[int]) -> None:
    if await sql(LIVE, [f"member:{member_id}" for member_id in member_ids]):
        raise MergeWaits()


async def _fill(kept: Member, gone: Member) -> dict[str, Any]:
    """Take over what the kept profile lacks; answers what stood there before, for the way back."""
    wanted: dict[str, Any] = take_over(_profile(kept), _profile(gone))
    for name in CIPHERS:
        cipher = getattr(gone, name)
        if cipher and getattr(kept, name) is None:
            text = decrypt(cipher, bound_to=f"member:{gone.id}")
            wanted[name] = encrypt(text, bound_to=f"member:{kept.id}")
    before: dict[str, Any] = dict.fromkeys(wanted)
    if gone.joined_at < kept.joined_at:
        before["joined_at"] = kept.joined_at.isoformat()
        wanted["joined_at"] = gone.joined_at
    if wanted:
        await Member.filter(id=kept.id).update(**wanted)
    return before


def _profile(member: Member) -> dict[str, Any]:
    return {name: getattr(member, name) for name in PROFILE}


@use_case
async def undo_merge(*, scope: Scope, merge_public_id: str, reason: str) -> None:
    """They are two after all: rows and balances go back as far as the kept one still has them.

    What happened after the merge stays with the kept member; points that are spent leave a visible
    debt there. Raises MergeNotFound (also when it is undone already), MergeCovered when a later
    merge stands on it, MergeSpent when money is spent, MergeWaits, ReasonNeeded.
    """
    kept_reason = check_reason(reason)
    if scope.role not in MAY_MERGE:
        raise MergeNotFound()
    standing = Merge.filter(public_id=merge_public_id, undone_at=None)
    merge = await standing.select_for_update().first()
    if merge is None:
        raise MergeNotFound()
    await _check_newest(merge)
    await _check_free((merge.kept_id, merge.gone_id))
    at = clock.now()
    await _give_back(merge)
    await Member.filter(id=merge.gone_id).update(merged_into_id=None)
    await Merge.filter(id=merge.id).update(
        undone_at=at, undone_by=scope.actor, undone_reason=kept_reason
    )
    await audit_log.record(
        scope,
        "people.merge_undone",
        f"member:{merge.kept_id}",
        gone=merge.gone_id,
        reason=kept_reason,
    )
    kept_id, gone_id = merge.kept_id, merge.gone_id
    await publish(MergeUndone(merge_id=merge.id, kept_id=kept_id, gone_id=gone_id, at=at))


async def _check_newest(merge: Merge) -> None:
    """A merge is undone from the top: the kept one is still there, and took in nobody since."""
    kept = await Member.get_or_none(id=merge.kept_id)
    if kept is None or kept.erased_at is not None:
        raise MergeNotFound()
    later = Merge.filter(kept_id=merge.kept_id, id__gt=merge.id, undone_at=None)
    if kept.merged_into_id is not None or await later.exists():
        raise MergeCovered()


async def _give_back(merge: Merge) -> None:
    await move_back(cause=f"merge:{merge.id}")
    for row in await sql(JOURNALS, JOINED, str(merge.id)):
        try:
            await hand_back(Cause(PARTED, row["cause_key"]), of=Cause(JOINED, row["cause_key"]))
        except InsufficientBalance:
            raise MergeSpent() from None
    restored: dict[str, Any] = dict(merge.filled)
    if "joined_at" in restored:
        restored["joined_at"] = datetime.fromisoformat(restored["joined_at"])
    if restored:
        await Member.filter(id=merge.kept_id).update(**restored)


async def sweep() -> int:
    """What came to members who are gone, by refunds of their old orders, goes to who they are now.

    Answers how many; again it is 0.
    """
    kinds = ["points", "behaviour_points", "stored_value", "credit", "coupon"]
    found = await sql(SWEPT, kinds)
    for row in found:
        await _sweep_one(**row)
    return len(found)


@use_case
async def _sweep_one(*, id: int, kept_id: int, gone_id: int, last_entry_id: int) -> None:  # noqa: A002
    standing = Merge.filter(id=id, undone_at=None).select_for_update()
    if await standing.first() is not None:
        cause = Cause(JOINED, f"{id}:{last_entry_id}")
        await hand_over(cause, giver=f"member:{gone_id}", taker=f"member:{kept_id}")
