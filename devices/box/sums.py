"""The sums under the goods: one word can mean several of them, arithmetic says which."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from devices.box.goods import Goods
from devices.box.values import NUMBER, number
from devices.box.words import (
    CHANGE,
    COUNT,
    METHODS,
    OFF,
    PAID,
    ROUNDING,
    STRONG_DUE,
    WEAK_SUM,
    bare,
    flat,
    has_word,
)

ZERO = Decimal(0)
_PAIR = re.compile(
    rf"(?P<label>[^\d\s]\D*?)(?P<value>{NUMBER})\s*(?:元|件|份|位|张|个)?(?=\s|$|\()"
)
_ASIDE = re.compile(r"\([^()]{0,16}\d[^()]{0,16}\)(?=\s*:|\s{2,}|\s+-)")
_DIGIT = re.compile(r"\d")
_RATE = re.compile(r"([^\W\d_]\s?)\d+(?:\.\d+)?\s*折(?!扣)")  # 会员9.5折
_ROW = re.compile(rf"^\s*([^\d\s:][^\d:]*?):?((?:\s+{NUMBER}){{2,}})\s*$")
_PAID_BY = re.compile(r"^(?![应实待需未已合总原]).{2,8}(?:支付|付款)$")
_PAY_BY = re.compile(r"(?:支付方式|付款方式|收款方式|结算方式)\s*:?\s*")


@dataclass(frozen=True, slots=True)
class Amount:
    """A labelled number; `role` is what its word can mean."""

    role: str
    label: str
    value: Decimal


@dataclass(slots=True)
class Totals:
    gross: Decimal = ZERO
    line_discount: Decimal = ZERO
    order_discount: Decimal = ZERO
    rounding: Decimal = ZERO
    due: Decimal | None = None
    paid: Decimal | None = None
    change: Decimal = ZERO
    payments: list[tuple[str, Decimal]] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    fits: bool = False


@lru_cache(1024)
def amounts_of(text: str) -> tuple[Amount, ...]:
    """All labelled sums of a line: several may stand side by side."""
    if not _DIGIT.search(text):
        return ()
    said = _RATE.sub(r"\1折扣", _PAY_BY.sub(_blank, _ASIDE.sub(_blank, flat(text))))
    row = _ROW.match(said)
    if row and (role := role_of(bare(row[1]))) in ("sum", "due"):
        return _columns(role, bare(row[1]), row[2])
    found = []
    for match in _PAIR.finditer(said):
        label, value = bare(match["label"]).strip("-+="), number(match["value"])
        role = role_of(label)
        if role and value is not None:
            found.append(Amount(role, _method(match["label"]) if role == "pay" else label, value))
    return tuple(found)


def _columns(role: str, label: str, numbers: str) -> tuple[Amount, ...]:
    """A last row under the columns: pieces, then sums; what has no cents counts pieces."""
    said = numbers.split()
    money = [text for text in said if re.search(r"\.\d\d?$", text)] or said[-1:]
    values = [value for text in money if (value := number(text)) is not None]
    return tuple(Amount(role, label, value) for value in values)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _method(label: str) -> str:
    inner = re.search(r"[(\[]([^)\]]+)[)\]]", label)
    name = inner[1] if inner else label
    return re.sub(r"[\s:\[\]()]+", "", name)


@lru_cache(1024)
def role_of(label: str) -> str:
    """What a label can mean; empty for words that name no sum."""
    if not label or len(label) > 24:
        return ""
    for role, words in _ROLES:
        if role in ("pay", "count"):
            if any(label == word or label.endswith(word) for word in words):
                return role
        elif has_word(label, words):
            return role
    return "pay" if _PAID_BY.match(label) else ""


_ROLES: list[tuple[str, Sequence[str]]] = [
    ("count", COUNT),
    ("change", CHANGE),
    ("rounding", ROUNDING),
    ("pay", METHODS),
    ("due", STRONG_DUE),
    ("paid", PAID),
    ("off", OFF),
    ("sum", WEAK_SUM),
    ("pay", METHODS),
]


def is_sum_line(text: str) -> bool:
    """Whether a line says a sum of the whole receipt, a payment, or how many pieces there are."""
    return bool(amounts_of(text)) or bool(
        re.match(r"^\s*(?:共|合计|总计)\s*:?\s*\d+\s*[件份种]", flat(text))
    )


def totals_of(goods: Sequence[Goods], amounts: Sequence[Amount], *, is_refund: bool) -> Totals:
    """The sums that belong together. `fits` says that they add up with the goods and the money."""
    sign = -1 if is_refund and _is_positive(amounts) else 1
    named = [Amount(a.role, a.label, sign * a.value) for a in amounts]
    first: Totals | None = None
    for due in dict.fromkeys(_due_candidates(named, goods)):
        totals = _with_due(goods, named, due)
        if totals.fits:
            return totals
        first = first or totals
    return first or Totals(gross=_sum(g.gross for g in goods))


def _is_positive(amounts: Sequence[Amount]) -> bool:
    sums = [a.value for a in amounts if a.role in ("due", "sum", "paid")]
    return bool(sums) and all(value >= 0 for value in sums)


def _due_candidates(named: Sequence[Amount], goods: Sequence[Goods]) -> Iterator[Decimal]:
    """In order of trust. Actual receipts are owed less often than what is called so."""
    for role in ("due", "sum", "paid"):
        found = [a.value for a in named if a.role == role]
        yield from reversed(found) if role == "sum" else found
    given = _sum(a.value for a in named if a.role == "pay")
    yield from ([given] if goods else [])
    yield from _after_discount(named, _sum(g.amount for g in goods))


def _after_discount(named: Sequence[Amount], net: Decimal) -> Iterator[Decimal]:
    """Where the printed sum is the goods' own, and what was taken off it stands beside it."""
    if any(a.role in ("due", "sum") and a.value == net for a in named):
        back = next((abs(a.value) for a in named if a.role == "change"), ZERO)
        given = [a.value - back for a in named if a.role == "paid"]
        given.append(_sum(a.value for a in named if a.role == "pay") - back)
        offs = _offs(named) - {ZERO}
        yield from (value for value in given if net - value in offs)


def _with_due(goods: Sequence[Goods], named: Sequence[Amount], due: Decimal) -> Totals:
    totals = Totals(due=due)
    net, gross = _sum(g.amount for g in goods), _sum(g.gross for g in goods)
    totals.rounding = _rounding(named, net - due)
    totals.gross = _gross(named, gross, net, due, totals.rounding)
    totals.line_discount = totals.gross - net
    totals.order_discount = net - totals.rounding - due
    totals.payments = _payments(named)
    totals.change = next((abs(a.value) for a in named if a.role == "change"), ZERO)
    totals.paid = _paid(named, totals)
    totals.printed = _printed(named, totals)
    totals.fits = bool(goods) and _off_fits(named, totals) and _money_fits(totals)
    return totals


def _sum(values: Iterator[Decimal]) -> Decimal:
    return sum(values, ZERO)


def _rounding(named: Sequence[Amount], less: Decimal) -> Decimal:
    """抹零 is printed with or without its sign; it makes the sum smaller."""
    found = [a.value for a in named if a.role == "rounding"]
    if not found:
        return ZERO
    off = sum((abs(a.value) for a in named if a.role == "off"), ZERO)
    return -abs(found[0]) if less < 0 and less + abs(found[0]) in (ZERO, off) else abs(found[0])


def _offs(named: Sequence[Amount]) -> set[Decimal]:
    """What may have been taken off in all: each line, or all lines together."""
    found = [abs(a.value) for a in named if a.role == "off"]
    sums = {sum(found, ZERO), *found}
    total = [abs(a.value) for a in named if a.role == "off" and has_word(a.label, ("合计", "总"))]
    return sums | ({sum(found, ZERO) - total[0]} if total else set())


def _gross(
    named: Sequence[Amount], gross: Decimal, net: Decimal, due: Decimal, rounding: Decimal
) -> Decimal:
    sums = [a.value for a in named if a.role in ("sum", "due")]
    if gross != net:
        return gross
    wider = [
        value
        for value in sums
        if value > net and any(value - off - rounding == due for off in _offs(named))
    ]
    return wider[0] if wider else gross


def _payments(named: Sequence[Amount]) -> list[tuple[str, Decimal]]:
    return [(a.label, a.value) for a in named if a.role == "pay"]


def _paid(named: Sequence[Amount], totals: Totals) -> Decimal | None:
    said = [a.value for a in named if a.role == "paid"]
    if totals.due is not None:
        for value in said:
            if value - totals.change == totals.due:
                return value
    if totals.payments:
        return _sum(value for _, value in totals.payments)
    return said[0] if said else totals.due


def _printed(named: Sequence[Amount], totals: Totals) -> list[str]:
    roles = {a.role for a in named}
    sums = [a.value for a in named if a.role in ("sum", "due")]
    wanted = {
        "gross": totals.gross in sums,
        "line_discount+order_discount": "off" in roles,
        "rounding": "rounding" in roles,
        "due": totals.due is not None,
        "paid": "paid" in roles,
        "change": "change" in roles,
    }
    return [name for name, is_there in wanted.items() if is_there]


def _off_fits(named: Sequence[Amount], totals: Totals) -> bool:
    order, line = abs(totals.order_discount), abs(totals.line_discount)
    offs = _offs(named)
    if not any(a.role == "off" for a in named):
        return order == 0
    is_less = totals.order_discount == 0 or (totals.order_discount > 0) == (
        (totals.due or ZERO) >= 0
    )
    return is_less and (order in offs or order + line in offs or order == 0)


def _money_fits(totals: Totals) -> bool:
    if totals.paid is None or totals.due is None:
        return False
    paid = totals.paid - totals.change == totals.due
    said = _sum(value for _, value in totals.payments)
    by_methods = not totals.payments or said in (
        totals.due,
        totals.paid,
        totals.due + totals.change,
    )
    return paid and by_methods
