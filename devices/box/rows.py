"""One printed row of goods: the words in front, and quantity, price and amount behind them."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from devices.box.paper import width
from devices.box.values import CENT, NUMBER, number
from devices.box.words import HEAD_ROLES, bare, flat

UNIT = r"[^\W\d_]{1,3}"
_TIMES = r"[xX×*@✕╳]"
_OPERATED = re.compile(
    rf"(?:(?<=\s)|^)({NUMBER})({UNIT})??\s*({_TIMES})\s*({NUMBER})({UNIT})??(?:/{UNIT})?"
    rf"(?:\s*=\s*|\s+)({NUMBER})元?\s*$"
)
_LOOSE = re.compile(rf"\s{{2,}}{_TIMES}\d")  # 羊肉串 10串   x3   45.00
_NET_ONLY = re.compile(
    rf"(?:(?<=\s)|^)({NUMBER})({UNIT})??\s*({_TIMES})\s*({NUMBER})({UNIT})??\s*$"
)
_TOKEN = re.compile(r"\S+")
_QTY = re.compile(rf"{_TIMES}?\s*({NUMBER})\s*({UNIT}|/{UNIT})?{_TIMES}?$")
_EMPTY = re.compile(r"[-*/]{1,3}|无")
_RATE = re.compile(r"\d+(?:\.\d+)?\s*(?:折|%)?|[-*]+|无")
NUMERIC = {"price", "qty", "amount", "off", "net_price"}


@dataclass(frozen=True, slots=True)
class Head:
    """The columns of a heading, from left to right, with their right edges."""

    roles: tuple[str, ...]
    edges: tuple[int, ...]
    lines: int = 1

    @property
    def numeric(self) -> tuple[str, ...]:
        """What stands behind the name."""
        after = self.roles.index("name") + 1 if "name" in self.roles else 0
        return self.roles[after:]

    @property
    def has_code_first(self) -> bool:
        return "code" in self.roles and "name" in self.roles[self.roles.index("code") :]

    @property
    def has_seq_first(self) -> bool:
        return bool(self.roles) and self.roles[0] == "seq"


@dataclass(frozen=True, slots=True)
class Row:
    """`name` is what stands before the numbers, blanks and all. Without numbers: name only."""

    name: str
    qty: Decimal | None = None
    price: Decimal | None = None
    amount: Decimal | None = None
    off: Decimal | None = None
    unit: str = ""
    is_operated: bool = False
    is_swappable: bool = False
    is_price_first: bool = False

    @property
    def has_numbers(self) -> bool:
        return self.amount is not None


@lru_cache(1024)
def head_of(text: str) -> Head | None:
    """The columns of a heading line, or None where any of its words is no heading."""
    roles: list[str] = []
    edges: list[int] = []
    for match in _TOKEN.finditer(flat(text)):
        words = [bare(word) for word in re.split(r"[/|*×xX]", match[0]) if bare(word)]
        found = [HEAD_ROLES.get(word) for word in words]
        whole = HEAD_ROLES.get(bare(match[0]))
        if whole:
            found = [whole]
        if not found or None in found:
            return None
        edge = width(text[: match.end()])
        roles += [role for role in found if role]
        edges += [edge] * len(found)
    is_head = "name" in roles or len(set(roles) & (NUMERIC | {"code"})) >= 2
    return Head(tuple(roles), tuple(edges)) if is_head else None


def row_of(text: str, head: Head | None) -> Row:
    """What a line of the goods' part says."""
    said = flat(text).rstrip()
    by_head = _by_head(text, said, head) if head and len(head.numeric) >= 1 else None
    return by_head or _operated(text, said, head) or _free(text, said, head)


def _operated(text: str, said: str, head: Head | None) -> Row | None:
    match = _OPERATED.search(said)
    if match is None:
        return _without_amount(text, said)
    first, unit1, sign, second, unit2, last = match.groups()
    left, right, amount = number(first), number(second), number(last)
    if left is None or right is None or amount is None:
        return None
    if abs(left * right - amount) > CENT * 2 and _LOOSE.search(match[0]):
        return None
    is_price_first = _is_price_first(first, second, unit1, unit2, sign, head)
    qty, price = (right, left) if is_price_first else (left, right)
    is_sure = bool(unit1 or unit2 or sign == "@") or _is_told_apart(left, right)
    return Row(
        text[: match.start()],
        qty,
        price,
        amount,
        unit=unit1 or unit2 or "",
        is_operated=True,
        is_swappable=not is_sure,
        is_price_first=is_price_first,
    )


def _is_told_apart(left: Decimal, right: Decimal) -> bool:
    """A price with its cents beside a whole quantity or a weight."""
    found = {_decimals(left), _decimals(right)}
    return found in ({0, 2}, {2, 3}, {0, 3})


def _without_amount(text: str, said: str) -> Row | None:
    match = _NET_ONLY.search(said)
    if match is None or ("." in match[1]) == ("." in match[4]) or (match[2] and match[5]):
        return None
    left, right = number(match[1]), number(match[4])
    if left is None or right is None:
        return None
    is_price_first = "." in match[1]
    cents = match[1] if is_price_first else match[4]
    if not re.search(r"\.\d\d$", cents):
        return None
    qty, price = (right, left) if is_price_first else (left, right)
    amount = (qty * price).quantize(CENT, ROUND_HALF_UP)
    return Row(text[: match.start()], qty, price, amount, is_operated=True)


def _is_price_first(
    first: str, second: str, unit1: str | None, unit2: str | None, sign: str, head: Head | None
) -> bool:
    if sign == "@" or unit1:
        return False
    if unit2:
        return True
    weights = [bool(re.search(r"\.\d{3}$", text)) for text in (first, second)]
    if weights[0] != weights[1]:
        return weights[1]
    if ("." in first) != ("." in second):
        return _looks_like_money(first) or (not _looks_like_money(second) and "." not in second)
    if head and "price" in head.roles and "qty" in head.roles:
        return head.roles.index("price") < head.roles.index("qty")
    return _looks_like_money(first) and not _looks_like_money(second)


def _looks_like_money(text: str) -> bool:
    return bool(re.search(r"\.\d{1,2}$", text) or re.search(r"[¥￥$,]", text))


def _by_head(text: str, said: str, head: Head) -> Row | None:
    """As many words from the right as the heading has columns behind the name."""
    roles = [role for role in head.numeric if role not in ("name", "code", "seq")]
    words = list(_TOKEN.finditer(said))
    if not roles or "amount" not in roles or len(words) < len(roles):
        return _by_place(text, words, head)
    last = words[-len(roles) :]
    values = {role: _value(role, word[0]) for role, word in zip(roles, last, strict=True)}
    if any(value is None for value in values.values()) or not _is_amount(text, last, head, roles):
        return _by_place(text, words, head)
    return _row(text[: last[0].start()], values)


def _by_place(text: str, words: list[re.Match[str]], head: Head) -> Row | None:
    """Some column is empty here: each number goes to the column whose right edge is nearest."""
    edges = dict(zip(head.roles, head.edges, strict=True))
    roles = [role for role in head.numeric if role in NUMERIC]
    values: dict[str, tuple[Decimal, str] | None] = {}
    start = len(text)
    for word in reversed(words):
        if not roles or not re.fullmatch(rf"{NUMBER}(?:{UNIT})?", word[0]):
            break
        edge = width(text[: word.end()])
        role = min(roles, key=lambda name: abs(edges[name] - edge))
        if abs(edges[role] - edge) > 3 or (value := _value(role, word[0])) is None:
            break
        values[role], start = value, word.start()
        roles = roles[: roles.index(role)]
    return _row(text[:start], values) if "amount" in values else None


def _value(role: str, word: str) -> tuple[Decimal, str] | None:
    """The number of a column and its unit; zero for a column that holds no number."""
    if role == "rate":
        return (Decimal(0), "") if _RATE.fullmatch(word) else None
    if role in ("unit", "spec"):
        return (Decimal(0), word) if len(word) <= 8 else None
    if role in ("off", "net_price", "price") and _EMPTY.fullmatch(word):
        return Decimal(0), ""
    match = _QTY.fullmatch(word) if role == "qty" else None
    text = match[1] if match else re.sub(rf"(?:/{UNIT}|元)$", "", word)
    if not re.fullmatch(NUMBER, text):
        return None
    found = number(text)
    return None if found is None else (found, (match[2] or "") if match else "")


def _row(name: str, values: dict[str, tuple[Decimal, str] | None]) -> Row | None:
    amount = values.get("amount")
    if amount is None:
        return None
    qty, price, off = values.get("qty"), values.get("price"), values.get("off")
    unit = values.get("unit") or qty
    return Row(
        name,
        qty[0] if qty else None,
        price[0] if price and price[0] else None,
        amount[0],
        abs(off[0]) if off and off[0] else None,
        (unit[1] if unit else "").lstrip("/"),
    )


def _free(text: str, said: str, head: Head | None) -> Row:
    """Without a heading: up to three numbers at the end; arithmetic says which is which."""
    words = list(_TOKEN.finditer(said))
    taken: list[re.Match[str]] = []
    while words and len(taken) < 3 and _QTY.fullmatch(words[-1][0]):
        taken.insert(0, words.pop())
    found = [_value("qty", word[0]) for word in taken]
    said_last = taken[-1][0] if taken else ""
    if not taken or None in found or not re.fullmatch(rf"{NUMBER}元?", said_last):
        return Row(text)
    if head and not re.search(r"\.\d", said_last) and not _is_below(text[: taken[-1].end()], head):
        return Row(text)
    numbers = [value for value in found if value]
    row = _three(numbers) or _two(numbers, [word[0] for word in taken])
    if row is None:
        return Row(text)
    start = taken[-3 if row.price is not None else -2 if row.qty is not None else -1].start()
    return Row(text[:start], row.qty, row.price, row.amount, unit=row.unit)


def _is_amount(text: str, last: list[re.Match[str]], head: Head, roles: list[str]) -> bool:
    """Whether the number taken for the amount looks like one: it has cents, or its place."""
    word = last[roles.index("amount")]
    return bool(re.search(r"\.\d", word[0])) or _is_below(text[: word.end()], head)


def _is_below(text: str, head: Head) -> bool:
    """Whether a text ends where the column of amounts does."""
    edge = next((e for role, e in zip(head.roles, head.edges, strict=True) if role == "amount"), 0)
    return not edge or abs(edge - width(text)) <= 3


def _three(numbers: list[tuple[Decimal, str]]) -> Row | None:
    if len(numbers) < 3:
        return None
    (left, unit1), (right, unit2), (amount, _) = numbers
    if abs(left * right - amount) > CENT * 2:
        return None
    is_price_first = bool(unit2) or (not unit1 and _is_quantity_second(left, right))
    qty, price = (right, left) if is_price_first else (left, right)
    return Row("", qty, price, amount, unit=unit1 or unit2)


def _is_quantity_second(left: Decimal, right: Decimal) -> bool:
    """A weight has three decimals, what comes back is negative, a price has cents."""
    if (left < 0) != (right < 0):
        return right < 0
    weights = _decimals(left) == 3, _decimals(right) == 3
    return weights[1] if weights[0] != weights[1] else _decimals(left) >= _decimals(right)


def _two(numbers: list[tuple[Decimal, str]], words: list[str]) -> Row | None:
    amount, word = numbers[-1][0], words[-1]
    if not re.search(r"\.\d{1,2}", word) and len(numbers) < 2 and not re.search(r"[¥￥]", word):
        return None
    if len(numbers) >= 2 and not re.search(r"\.\d\d$", words[-2]):
        return Row("", numbers[-2][0], None, amount, unit=numbers[-2][1])
    return Row("", None, None, amount)


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
