"""Terms: paid membership (付费会员), bought by an order or sold by hand; tiers that are given."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from core import clock
from core.audit_log import record
from core.database import sql, use_case
from core.outbox import publish
from core.security.scope import Scope
from crm.tiers.errors import BadPlan, NoMembership, PlanNotFound, TermNotFound, TierUnknown
from crm.tiers.events import MembershipEndsSoon
from crm.tiers.models import Plan, Renewal, Term
from crm.tiers.reading import ladders
from crm.tiers.rules import TermKind, Why, ladder_at
from crm.tiers.service.judging import judge
from crm.tiers.service.laddering import ONE_WRITER
from crm.tiers.service.welcoming import welcome_to_plan
from trade.orders.queries import OrderLineView, OrderView, order_of

# One member's terms one after the other: the next begins where the last one ends.
TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended('tiers.terms', $1::bigint))"
LAST = """
SELECT max(ends_at) AS ends_at FROM tiers_term
WHERE member_id = $1 AND plan = $2 AND ended_at IS NULL AND ends_at > $3
"""
OPEN = """
INSERT INTO tiers_term (public_id, member_id, kind, plan, tier, cause, order_id, starts_at, ends_at,
    by)
VALUES ('trm_' || replace(gen_random_uuid()::text, '-', ''), $1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (cause) DO NOTHING RETURNING id
"""
END = """
UPDATE tiers_term SET ended_at = $2, why_ended = $3
WHERE id = ANY($1::bigint[]) AND ended_at IS NULL RETURNING id, member_id, plan
"""
# What was to begin after an ended term begins earlier by as much: nobody loses paid days.
FOLLOWING = """
SELECT id, ends_at - starts_at AS lasts FROM tiers_term
WHERE member_id = $1 AND plan = $2 AND ended_at IS NULL AND starts_at > $3 ORDER BY starts_at, id
"""
MOVE = "UPDATE tiers_term SET starts_at = $2, ends_at = $3, told_at = NULL WHERE id = $1"
LIVE = """
SELECT max(ends_at) AS ends_at FROM tiers_term
WHERE member_id = $1 AND plan = $2 AND ended_at IS NULL AND starts_at <= $3
"""
ENDS = """
UPDATE tiers_term AS t SET told_at = $1
FROM (
    SELECT a.id, (SELECT r.is_wanted FROM tiers_renewal AS r
                  WHERE r.member_id = a.member_id AND r.plan = a.plan) AS is_wanted
    FROM tiers_term AS a
    WHERE a.kind = 'plan' AND a.ended_at IS NULL AND a.told_at IS NULL
        AND a.ends_at > $1 AND a.ends_at <= $2
        AND NOT EXISTS (SELECT FROM tiers_term AS b WHERE b.member_id = a.member_id
                        AND b.plan = a.plan AND b.ended_at IS NULL AND b.ends_at > a.ends_at)
    ORDER BY a.ends_at LIMIT $3 FOR UPDATE OF a SKIP LOCKED
) AS due WHERE t.id = due.id
RETURNING t.member_id, t.plan, t.ends_at, coalesce(due.is_wanted, false) AS is_wanted
"""
NOTICE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A paid membership: buying the SKU, at its price, gives `tier` for `days`."""

    code: str
    zh: str
    en: str
    sku_id: int
    tier: str
    days: int
    is_open: bool = True


@use_case
async def put_plan(draft: PlanDraft, *, by: Scope | str) -> None:
    """Set a paid membership by its code. Terms that were bought keep their days and tier.

    Raises BadPlan, TierUnknown.
    """
    _check_plan(draft)
    if ladder_at(await ladders(), clock.now()).rank_of(draft.tier) is None:
        raise TierUnknown(tier=draft.tier[:20])
    await sql(ONE_WRITER)
    if await Plan.filter(sku_id=draft.sku_id).exclude(code=draft.code).exists():
        raise BadPlan(field="sku_id")
    facts = {**asdict(draft), "changed_at": clock.now()}
    await Plan.update_or_create(facts, code=facts.pop("code"))
    await record(by, "tiers.plan", draft.code)


def _check_plan(draft: PlanDraft) -> None:
    wrong = {
        "code": not 0 < len(draft.code) <= 40,
        "zh": not 0 < len(draft.zh) <= 40,
        "en": len(draft.en) > 80,
        "days": not 1 <= draft.days <= 3_660,
    }
    for field, is_wrong in wrong.items():
        if is_wrong:
            raise BadPlan(field=field)


@use_case
async def open_bought_terms(*, order_id: int) -> int:
    """Begin what a paid order bought of paid memberships; answers how many terms it has begun.

    A second one of the same membership begins where the first one ends. Told again: nothing. What
    was refunded before ends at once.
    """
    order = await order_of(order_id)
    if order.member_id is None or order.paid_at is None:
        return 0
    plans = await Plan.filter(sku_id__in=[line.sku_id for line in order.lines])
    opened = 0
    for plan in plans:
        pieces = sum(line.quantity for line in order.lines if line.sku_id == plan.sku_id)
        for number in range(1, pieces + 1):
            cause = f"order:{order.order_no}:{plan.code}:{number}"
            opened += await _open_plan(order.member_id, plan, cause, order_id=order.id)
    if opened:
        await end_refunded_terms(order_id=order_id)
    return opened


@use_case
async def sell_plan(*, member_id: int, plan: str, cause: str, by: Scope) -> bool:
    """Begin a paid membership that was paid for elsewhere (a till, a bank); once for each `cause`.

    Raises PlanNotFound.
    """
    row = await Plan.get_or_none(code=plan)
    if row is None:
        raise PlanNotFound(plan=plan[:40])
    opened = await _open_plan(member_id, row, f"sold:{cause}"[:80], by=by.actor)
    await record(by, "tiers.sell_plan", f"member:{member_id}", plan=row.id)
    return bool(opened)


@use_case
async def end_refunded_terms(*, order_id: int) -> int:
    """End the memberships of an order whose money went back; answers how many. Again: nothing.

    They end when what the shop has kept is less than they cost: of an order of nothing else that is
    any refund; beside goods, a refund that is more than the goods.
    """
    order = await order_of(order_id)
    rows = await Term.filter(order_id=order_id, kind=TermKind.PLAN, ended_at=None)
    if not rows or order.refunded_fen == 0:
        return 0
    worth = _worth(order, await Plan.filter(code__in=[row.plan for row in rows]))
    if order.paid_fen - order.refunded_fen >= worth:
        return 0
    return await _end([row.id for row in rows], f"refund:{order.order_no}", Why.REFUND)


@use_case
async def give_tier(
    *,
    member_id: int,
    tier: str,
    until: datetime | None,
    cause: str,
    by: Scope | str,
    kind: TermKind = TermKind.GIVEN,
) -> bool:
    """Give a tier for a while, whatever is bought; once for each `cause`. Raises TierUnknown."""
    if ladder_at(await ladders(), clock.now()).rank_of(tier) is None:
        raise TierUnknown(tier=tier[:20])
    actor, now = by if isinstance(by, str) else by.actor, clock.now()
    values = (member_id, kind, "", tier, f"{kind}:{cause}"[:80], None, now, until, actor)
    if not await sql(OPEN, *values):
        return False
    await record(by, "tiers.give", f"member:{member_id}", tier=tier)
    await judge([member_id], why=Why.TERM, cause=cause)
    return True


@use_case
async def end_term(*, public_id: str, why: str, by: Scope) -> bool:
    """Take a term back, with the reason. False: it has ended already. Raises TermNotFound."""
    row = await Term.get_or_none(public_id=public_id)
    if row is None:
        raise TermNotFound
    ended = await _end([row.id], why[:80] or "by hand", Why.TERM)
    if ended:
        await record(by, "tiers.end_term", f"member:{row.member_id}", term=row.id)
    return bool(ended)


@use_case
async def want_renewal(*, member_id: int, plan: str, is_wanted: bool) -> None:
    """Say whether a paid membership should go on. It is a wish: before the end the member is asked
    to pay, no money is taken without them. Raises NoMembership.
    """
    [live] = await sql(LIVE, member_id, plan, clock.now())
    if is_wanted and (live["ends_at"] is None or live["ends_at"] <= clock.now()):
        raise NoMembership(plan=plan[:40])
    facts = {"is_wanted": is_wanted, "changed_at": clock.now()}
    await Renewal.update_or_create(facts, member_id=member_id, plan=plan[:40])


@use_case
async def announce_ends(*, limit: int = 200) -> int:
    """Tell of paid memberships that end within a week and have not been renewed; each once."""
    now = clock.now()
    rows = await sql(ENDS, now, now + NOTICE, limit)
    for row in rows:
        facts = (row["member_id"], row["plan"], row["ends_at"], row["is_wanted"], now)
        await publish(MembershipEndsSoon(*facts))
    return len(rows)


async def _open_plan(
    member_id: int, plan: Plan, cause: str, *, order_id: int | None = None, by: str = ""
) -> int:
    await sql(TAKE_TURNS, member_id)
    now = clock.now()
    [last] = await sql(LAST, member_id, plan.code, now)
    starts_at = last["ends_at"] or now
    ends_at = starts_at + timedelta(days=plan.days)
    facts = (plan.code, plan.tier, cause, order_id, starts_at, ends_at, by)
    if not await sql(OPEN, member_id, TermKind.PLAN, *facts):
        return 0
    await judge([member_id], why=Why.TERM, cause=cause)
    await welcome_to_plan(member_id, plan.code)
    return 1


async def _end(ids: list[int], why_ended: str, why: Why) -> int:
    now = clock.now()
    members = await Term.filter(id__in=ids).values_list("member_id", flat=True)
    for member_id in sorted({int(str(one)) for one in members}):
        await sql(TAKE_TURNS, member_id)
    rows = await sql(END, ids, now, why_ended[:80])
    for member_id, plan in sorted({(row["member_id"], row["plan"]) for row in rows}):
        if plan:
            await _move_up(member_id, plan, now)
    await judge([row["member_id"] for row in rows], why=why, cause=why_ended)
    return len(rows)


async def _move_up(member_id: int, plan: str, now: datetime) -> None:
    """The terms that had queued behind an ended one follow each other from now, or from the one
    that still runs."""
    [live] = await sql(LIVE, member_id, plan, now)
    starts_at = max(live["ends_at"] or now, now)
    for row in await sql(FOLLOWING, member_id, plan, now):
        await sql(MOVE, row["id"], starts_at, starts_at + row["lasts"])
        starts_at += row["lasts"]


def _worth(order: OrderView, plans: list[Plan]) -> int:
    sku_ids = {plan.sku_id for plan in plans}
    lines: list[OrderLineView] = [line for line in order.lines if line.sku_id in sku_ids]
    return sum(line.payable_fen for line in lines)
