"""One piece of paper -> an order: its kind, its fields, its goods and its sums."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from devices.box import values
from devices.box.goods import Goods, goods_of, item_discount
from devices.box.kinds import kind_of
from devices.box.paper import Job, Line, width
from devices.box.rows import Head, head_of
from devices.box.sums import Amount, Totals, amounts_of, is_sum_line, totals_of
from devices.box.values import original_no, paper_no
from devices.box.words import REPRINT, flat, is_rule


@dataclass(slots=True)
class Reading:
    """What a paper says. `doubts` is empty when number, time and sums are certain."""

    kind: str
    order_no: str | None = None
    original_no: str | None = None
    at: str | None = None
    cashier: str | None = None
    till: str | None = None
    brand: str | None = None
    branch: str | None = None
    goods: list[Goods] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)
    qr: list[str] = field(default_factory=list)
    barcodes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def is_certain(self) -> bool:
        return not self.doubts


def read(job: Job, *, today: date | None = None) -> Reading:
    """What stands on one piece of paper. Never raises for any paper that `Sheets` made."""
    kind = kind_of(job)
    reading = Reading(kind, qr=job.qr, barcodes=job.barcodes)
    texts = [flat(line.text) for line in job.lines]
    reading.at = values.moment("\n".join(texts), today)
    reading.cashier = next((found for text in texts if (found := values.cashier(text))), None)
    reading.till = next((found for text in texts if (found := values.till(text))), None)
    reading.brand, reading.branch = _store(job.lines)
    if kind in ("sale", "refund", "reprint", "pre-bill"):
        _order(reading, job.lines, texts)
    reading.doubts = _doubts(reading, job)
    return reading


def _order(reading: Reading, lines: Sequence[Line], texts: list[str]) -> None:
    reading.order_no = paper_no(texts)
    reading.original_no = original_no(texts) if reading.kind == "refund" else None
    reading.goods, reading.totals = _contents(lines, is_refund=reading.kind == "refund")
    if reading.kind == "refund":
        reading.goods = [_taken_back(goods) for goods in reading.goods]
    if reading.totals.due is None:
        reading.kind, reading.order_no, reading.goods = "other", None, []
    elif reading.totals.due < 0 and reading.kind == "sale":
        reading.kind, reading.original_no = "refund", original_no(texts)


def _doubts(reading: Reading, job: Job) -> list[str]:
    found = [
        ("unreadable", job.is_unreadable or job.is_page_mode or not job.has_text),
        ("kind", reading.kind not in ("sale", "refund", "reprint")),
        ("number", not reading.order_no),
        ("time", not reading.at),
        ("due", reading.totals.due is None),
        ("sums", not reading.totals.fits),
    ]
    return [doubt for doubt, holds in found if holds]


def _contents(lines: Sequence[Line], *, is_refund: bool) -> tuple[list[Goods], Totals]:
    """Goods and sums. Where the goods end is tried: at the first sum, or at a rule before it."""
    texts = [line.text for line in lines]
    start, head = _start(texts)
    best: tuple[list[Goods], Totals] | None = None
    for end in _ends(texts, start):
        goods = goods_of(texts[start:end], head)
        if is_refund:
            goods = [_taken_back(entry) for entry in goods]
        amounts = _amounts(texts[:start], texts[end:])
        totals = totals_of(goods, amounts, is_refund=is_refund)
        if totals.fits:
            return goods, totals
        best = best or (goods, totals)
    return best or ([], totals_of([], _amounts([], texts), is_refund=is_refund))


def _amounts(above: Sequence[str], below: Sequence[str]) -> list[Amount]:
    found = [amount for text in below for amount in amounts_of(text)]
    return found or [amount for text in above for amount in amounts_of(text)]


def _taken_back(goods: Goods) -> Goods:
    if goods.amount <= 0:
        return goods
    return Goods(
        goods.name,
        goods.code,
        goods.unit,
        -abs(goods.qty),
        goods.price,
        -goods.gross,
        -goods.discount,
        -goods.amount,
        goods.printed,
    )


_META = re.compile(r"^\s*[^\d\s:][^:]{0,9}:")


def _start(texts: Sequence[str]) -> tuple[int, Head | None]:
    """Where the goods begin: behind the heading; without one, behind number, time and the like."""
    first_sum = next((at for at, text in enumerate(texts) if _is_money_line(text)), len(texts))
    heads = [
        (at, head) for at, text in enumerate(texts[:first_sum]) if (head := head_of(flat(text)))
    ]
    if heads:
        at, head = heads[0]
        for other, more in heads[1:]:
            if any(not is_rule(text) and text.strip() for text in texts[at + 1 : other]):
                break
            head = Head(head.roles + more.roles, head.edges + more.edges)
            at = other
        return at + 1, head
    metas = [at for at, text in enumerate(texts[:first_sum]) if _is_meta(text)]
    return (metas[-1] + 1 if metas else 0), None


def _is_money_line(text: str) -> bool:
    return _has_money(text) and not _is_meta(text) and item_discount(text) is None


def _has_money(text: str) -> bool:
    return bool({amount.role for amount in amounts_of(text)} - {"count"})


@lru_cache(1024)
def _is_meta(text: str) -> bool:
    said = flat(text)
    if values.moment(said) or paper_no([said]) or values.cashier(said) or values.till(said):
        return True
    return bool(_META.match(said)) and not _has_money(text)


def _ends(texts: Sequence[str], start: int) -> list[int]:
    """Where the goods may end, the likeliest first: a rule with nothing but sums behind it."""
    sums = [
        at
        for at in range(start, len(texts))
        if is_sum_line(texts[at]) and item_discount(texts[at]) is None
    ]
    first = sums[0] if sums else len(texts)
    rules = [at for at in range(start + 1, first) if is_rule(texts[at])]
    last = [at for at in rules if not any(_is_goods(text) for text in texts[at:first])]
    later = [at for at in range(first + 1, len(texts)) if is_rule(texts[at])]  # 优惠装 is no sum
    return [*last[:1], *_offs_above(texts, start, first), first, *rules, *sums[1:4], *later[:2]]


def _offs_above(texts: Sequence[str], start: int, first: int) -> list[int]:
    """Discounts right above the sums and no further right than they: off the whole receipt,
    unless discounts between the goods look the same."""
    end = first
    while end > start and item_discount(texts[end - 1]) and not texts[end - 1][:1].isspace():
        end -= 1
    inner = [text for text in texts[start:end] if item_discount(text) is not None]
    alike = any(not text[:1].isspace() for text in inner)
    is_flush = first < len(texts) and not texts[first][:1].isspace()
    return [end] if end < first and is_flush and not alike else []


def _is_goods(text: str) -> bool:
    return bool(text.strip()) and not is_rule(text) and item_discount(text) is None


_BRANCH = re.compile(r"(?:门\s*店|店\s*名|分\s*店|店\s*铺|商\s*户|网\s*点)(?:名称)?\s*:\s*(\S.*)")


def _store(lines: Sequence[Line]) -> tuple[str | None, str | None]:
    """Brand and branch: the first words of the paper, or what a label says."""
    tops = [line for line in lines[:8] if line.text.strip()]
    titles: list[tuple[Line, str]] = []
    for line in tops:
        said = line.text.strip()
        if not titles and (_is_copy(said) or _CALLED.fullmatch(flat(said))):
            continue
        if is_rule(said) or ":" in flat(said) or re.search(r"\d{4}", said) or kind_word(said):
            break
        titles.append((line, re.sub(r"[(（][^)）]*[)）]$", "", said).strip()))
    labelled = [
        match[1].strip() for line in lines[:12] if (match := _BRANCH.match(flat(line.text.strip())))
    ]
    names = _unwrapped(titles)
    brand, _, branch = names[0].partition(" ") if names else ("", "", "")
    branch = branch or (names[1] if len(names) > 1 else "") or (labelled[0] if labelled else "")
    return brand or None, branch.strip() or None


_CALLED = re.compile(
    r"(?:#|no\.?|(?:取餐|排队|叫号|牌|桌|台)\s*号?|第)?\s*[:#]?\s*[A-Za-z]{0,2}-?\d{1,5}\s*[号桌]?",
    re.IGNORECASE,
)  # a number to be called by: #A83, 取餐号 12


def _is_copy(said: str) -> bool:
    """A mark above the shop's name: ***补打***, (副本)."""
    bare = re.sub(r"[^\w]", "", said)
    return not bare or any(bare.startswith(word) and len(bare) <= 6 for word in REPRINT)


def kind_word(text: str) -> bool:
    """Whether a line is the paper's own title (销售小票, 结账单, RECEIPT), not a shop's name."""
    said = re.sub(r"\s", "", text)
    return bool(
        re.search(
            r"(?:小票|单据|收据|单|凭证|报表|票|联)$|receipt|欢迎|号[:：]", said, re.IGNORECASE
        )
    )


def _unwrapped(titles: list[tuple[Line, str]]) -> list[str]:
    """A name in big letters that needed two lines."""
    names: list[str] = []
    last: Line | None = None
    for line, said in titles:
        is_full = last is not None and last.is_big and width(last.text.strip()) * last.scale >= 44
        if names and is_full and last and line.is_big == last.is_big:
            names[-1] += said
        else:
            names.append(said)
        last = line
    return names
