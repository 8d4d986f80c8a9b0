"""Looking through all customers of WeCom, a hundred at a time, and going on where it stopped."""

from core import clock
from core.database import sql, use_case
from core.errors import Unavailable
from crm.people.queries.contacts import external_ids_of, members_of_external
from crm.tags import gateway
from crm.tags.gateway import Page, Row
from crm.tags.models import CorpMark, SyncRun, Tag
from crm.tags.service.corp_marks import NO_CONTACT, give_up, sync_member

PAGES_A_RUN = 20
MEMBERS_A_RUN = 200

WANTING = """
SELECT DISTINCT member_id FROM tags_corp_mark WHERE state IN ('wanted', 'unknown')
ORDER BY member_id LIMIT $1
"""
BEGIN = """
INSERT INTO tags_sync_run (followers) VALUES (to_jsonb($1::text[]))
ON CONFLICT ((true)) WHERE ended_at IS NULL DO NOTHING RETURNING id
"""
MIRRORED = """
SELECT c.member_id, array_agg(t.wecom_id) AS tags
FROM tags_corp_mark AS c JOIN tags_tag AS t ON t.id = c.tag_id
WHERE c.member_id = ANY($1::bigint[]) AND c.is_there AND t.wecom_id IS NOT NULL
GROUP BY c.member_id
"""


async def push_wanted(limit: int = MEMBERS_A_RUN) -> int:
    """Do in WeCom what is wanted there; answers how many tags changed. Raises Unavailable."""
    members = [row["member_id"] for row in await sql(WANTING, limit)]
    names = await external_ids_of(members)
    done = 0
    for member_id in members:
        if member_id in names:
            done += await sync_member(member_id, names[member_id])
        else:
            await give_up(member_id, why=NO_CONTACT)
    return done


async def look_at_customer(external_user_id: str) -> int:
    """Somebody changed a customer in WeCom: make both sides say the same. Raises Unavailable."""
    known = await members_of_external([external_user_id])
    member_id = known.get(external_user_id)
    return await sync_member(member_id, external_user_id) if member_id is not None else 0


async def begin_looking() -> int:
    """Start a look through everybody; one that is under way goes on. Answers its number."""
    open_run = await SyncRun.get_or_none(ended_at=None)
    if open_run is not None:
        return open_run.id
    followers = sorted(await gateway.followers())
    return await _begin(followers)


@use_case
async def _begin(followers: list[str]) -> int:
    started = await sql(BEGIN, followers)
    return int(started[0]["id"]) if started else (await SyncRun.get(ended_at=None)).id


async def go_on_looking(pages: int = PAGES_A_RUN) -> bool:
    """Look at the next pages. True: there is more. What fails is written on the run, and waits."""
    run = await SyncRun.get_or_none(ended_at=None)
    for _ in range(pages if run else 0):
        assert run is not None
        if run.place >= len(run.followers):
            run.ended_at = clock.now()
            await run.save()
            return False
        try:
            await _look_at_page(run)
        except Unavailable as problem:
            run.problem = f"{problem.code} {problem.facts}"[:200]
            await run.save()
            raise
    return run is not None


async def _look_at_page(run: SyncRun) -> None:
    page = await gateway.customers(run.followers[run.place], run.cursor)
    known = await members_of_external(row.external_user_id for row in page.rows)
    differing = await _differing(page, known)
    changed = 0
    for row in differing:
        changed += await sync_member(known[row.external_user_id], row.external_user_id)
    is_last = not page.next_cursor or page.next_cursor == run.cursor
    run.contacts += len(page.rows)
    run.strangers += len(page.rows) - len(known)
    run.changed += changed
    run.place, run.cursor = (run.place + 1, "") if is_last else (run.place, page.next_cursor)
    run.problem = ""
    await run.save()


async def _differing(page: Page, known: dict[str, int]) -> list[Row]:
    """Customers whose tags of this one member are not what we hold of all: only they are asked."""
    rows = await sql(MIRRORED, list(known.values()))
    held = {row["member_id"]: frozenset(row["tags"]) for row in rows}
    shared = set(await Tag.filter(wecom_id__isnull=False).values_list("wecom_id", flat=True))
    open_marks = CorpMark.filter(member_id__in=list(known.values()), wanted__isnull=False)
    unsettled = {mark.member_id for mark in await open_marks}

    def differs(row: Row) -> bool:
        member_id = known[row.external_user_id]
        is_alike = held.get(member_id, frozenset()) == row.tags & shared
        return not is_alike or member_id in unsettled

    return [row for row in page.rows if row.external_user_id in known and differs(row)]
