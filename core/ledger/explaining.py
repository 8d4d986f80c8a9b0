"""The book in words: what a journal did, and why an account stands where it stands."""

from datetime import datetime
from typing import Literal

from core.clock import SHOP_ZONE
from core.database import sql
from core.ledger.accounts import KINDS, Account, Unit
from core.ledger.journals import Act, Cause, Journal, Line, Memo, totals
from core.ledger.posting import find_journal, journal_of
from core.money import yuan

Lang = Literal["zh", "en"]
Words = tuple[str, str]  # Chinese, English

OWNERS: dict[str, Words] = {
    "member": ("会员", "member"),
    "staff": ("员工", "staff"),
    "franchisee": ("加盟商", "franchisee"),
    "store": ("门店", "store"),
    "merchant": ("商户", "merchant"),
    "house": ("本店", "the house"),
}
UNITS: dict[Unit, Words] = {
    Unit.FEN: (" 元", " yuan"),
    Unit.POINTS: (" 分", " points"),
    Unit.BEHAVIOUR_POINTS: (" 分", " points"),
    Unit.COUPON: (" 张", " coupons"),
}
ACTS: dict[Act, Words] = {
    Act.POST: ("", ""),
    Act.HOLD: ("冻结", "held"),
    Act.CAPTURE: ("冻结后使用", "held, then used"),
    Act.RELEASE: ("解冻", "given back"),
    Act.MIRROR: ("退款冲回", "taken back by a refund"),
    Act.MOVE: ("会员合并", "two memberships joined"),
}
FACTS: dict[str, Words] = {
    "order_no": ("订单号", "order"),
    "payment_no": ("支付单号", "payment"),
    "refund_no": ("退款单号", "refund"),
    "return_no": ("退货单号", "return"),
    "paid_fen": ("实付", "paid"),
    "refund_fen": ("退款", "refunded"),
    "amount_fen": ("金额", "amount"),
    "rate_bp": ("比例", "rate"),
    "rates_version": ("费率版本", "version of rates"),
    "points_per_yuan": ("每元积分", "points a yuan"),
    "store_id": ("门店", "store"),
}
CAUSES: dict[str, Words] = {}


def name_cause(kind: str, *, zh: str, en: str) -> None:
    """Say a cause in words; the room that posts it says so once, where the cause is made."""
    CAUSES[kind] = (zh, en)


name_cause("ledger.hold_expired", zh="冻结到期", en="the hold expired")
name_cause("ledger.lot_expired", zh="到期失效", en="expired")


async def explain(of: Cause | Account, lang: str = "zh") -> list[str]:
    """A journal or an account in words, `zh` or `en`; empty when nothing was posted.

    Of a journal: one sentence for each account it moved; the house's side only when it moved
    nobody else's. Of an account: its 50 newest journals, newest first, with the balance after each.
    """
    column = 1 if lang.startswith("en") else 0
    if isinstance(of, Cause):
        journal = await find_journal(of)
        return _sentences(journal, column) if journal else []
    return await _story(of, column)


def _sentences(journal: Journal, column: int) -> list[str]:
    moved = _moved(journal)
    told = {account: change for account, change in moved.items() if not account.rule.is_house}
    return [
        f"{_when(journal.at)} {_change(account, change, column)}{_why(journal, column)}"
        for account, change in (told or moved).items()
    ]


def _moved(journal: Journal) -> dict[Account, int]:
    """Net changes; what is only set aside or given back is told of the account it belongs to."""
    lines = [Line(entry.account, entry.amount) for entry in journal.entries]
    aside = journal.act in {Act.HOLD, Act.RELEASE}
    return {
        account: change
        for account, change in totals(lines).items()
        if change and not (aside and account.unheld != account)
    }


def _change(account: Account, change: int, column: int) -> str:
    kind, _, number = account.owner.partition(":")
    owner = f"{OWNERS[kind][column]} {number}".rstrip()
    rule = KINDS[account.kind]
    joined = f"{owner} 的{rule.zh}" if column == 0 else f"{owner}'s {rule.en}"
    return f"{joined} {_amount(change, account.unit, column)}"


def _amount(change: int, unit: Unit, column: int) -> str:
    sign = "+" if change > 0 else "-"
    return f"{sign}{_size(abs(change), unit)}{UNITS[unit][column]}"


def _size(amount: int, unit: Unit) -> str:
    return yuan(amount) if unit is Unit.FEN else f"{amount:,}"


def _why(journal: Journal, column: int) -> str:
    known = CAUSES.get(journal.cause.kind)
    act = ACTS[journal.act][column]
    words = known[column] if known else act
    facts = _facts(journal.memo, column) or f"{journal.cause.kind} {journal.cause.key}"
    if column == 0:
        return f"：{words}（{facts}）" if words else f"（{facts}）"
    return f": {words} ({facts})" if words else f" ({facts})"


def _facts(memo: Memo, column: int) -> str:
    known = [name for name in FACTS if name in memo]
    names = [*known, *sorted(memo.keys() - FACTS.keys())]
    told = [_fact(name, memo[name], column) for name in names]
    return ("，" if column == 0 else ", ").join(told)


def _fact(name: str, value: str | int, column: int) -> str:
    word = FACTS[name][column] if name in FACTS else name
    if isinstance(value, int) and name.endswith("_fen"):
        return f"{word} {yuan(value)}{UNITS[Unit.FEN][column]}"
    if isinstance(value, int) and name.endswith("_bp"):
        return f"{word} {value // 100}.{value % 100:02d}%"
    return f"{word} {value}"


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M}"


NEWEST = """
SELECT journal.id, cause_kind, cause_key, act, at, memo, account.balance, own.change
FROM core_ledger_account AS account
CROSS JOIN LATERAL (
    SELECT journal_id, sum(amount)::bigint AS change FROM core_ledger_entry
    WHERE account_id = account.id GROUP BY 1 ORDER BY 1 DESC LIMIT 50
) AS own
JOIN core_ledger_journal AS journal ON journal.id = own.journal_id
WHERE (kind, owner) = ($1, $2) ORDER BY journal.id DESC
"""


async def _story(account: Account, column: int) -> list[str]:
    told = []
    left: int | None = None
    for row in await sql(NEWEST, account.kind, account.owner):
        left = row["balance"] if left is None else left
        journal = journal_of(row)
        change = _change(account, row["change"], column)
        told.append(
            f"{_when(journal.at)} {change}{_after(left, account, column)}{_why(journal, column)}"
        )
        left = left - row["change"] if left is not None else None
    return told


def _after(balance: int | None, account: Account, column: int) -> str:
    if balance is None:
        return ""
    size = ("-" if balance < 0 else "") + _size(abs(balance), account.unit)
    unit = UNITS[account.unit][column]
    return f"，余额 {size}{unit}" if column == 0 else f", leaving {size}{unit}"
