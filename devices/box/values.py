"""Numbers, moments and numbers of papers, as tills write them."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

NUMBER = r"-?\s?[¥￥$]?\s?-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_NUMBER = re.compile(NUMBER)
CENT = Decimal("0.01")


def number(text: str) -> Decimal | None:
    """The one number a text is, with its yuan signs and commas taken off."""
    said = re.sub(r"[\s,¥￥$元]|RMB|CNY", "", text, flags=re.IGNORECASE)
    sign = "-" if "-" in said else ""
    try:
        found = Decimal(sign + said.replace("-", ""))
    except InvalidOperation:
        return None
    return found if abs(found) < 10**9 and found.is_finite() else None


def money(value: Decimal) -> str:
    return f"{value.quantize(CENT):.2f}"


def plain(value: Decimal) -> str:
    """A quantity without needless noughts: 2.000 is 2, 1.281 stays."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_DAY = r"(?<!\d)(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?"
_HOUR = r"(?<!\d)([01]?\d|2[0-3])\s*[:时点]\s*([0-5]\d)(?:\s*[:分]\s*([0-5]\d)(?!\d))?"
_BETWEEN = r"[\sT,]*(?:(?:交易|销售)?时\s*间\s*[:]?\s*|\(?(?:周|星期)[一二三四五六日天]\)?\s*)?"
_MOMENT = re.compile(_DAY + _BETWEEN + _HOUR)
_TIGHT = re.compile(r"(?<!\d)(20\d\d)([01]\d)([0-3]\d)\s?([0-2]\d):?([0-5]\d):?([0-5]\d)(?!\d)")
_SHORT = re.compile(r"(?<![\d-])()(\d{1,2})\s*[-/月]\s*(\d{1,2})\s*日?\s+" + _HOUR)
_BRIEF = re.compile(r"(?<![\d-])(2\d)[-/](0?[1-9]|1[0-2])[-/](0?[1-9]|[12]\d|3[01])\s+" + _HOUR)
_TRUSTED = re.compile(
    r"(交\s*易|销\s*售|结\s*账|结\s*帐|消\s*费|收\s*款|支\s*付|成\s*交|付\s*款)[^\n]{0,8}$"
)
_DOUBTED = re.compile(
    r"(打\s*印|预\s*约|有\s*效|过\s*期|开\s*台|到\s*期|原|截\s*止|生\s*产|送\s*达|至)[^\n]{0,8}$"
)


def moment(text: str, today: date | None = None) -> str | None:
    """When the sale was, `2025-11-09 10:33:20`, without seconds where none are printed.

    The time of the sale comes before the time of printing. A moment without a year needs `today`.
    """
    found = [
        (_trust(text[: match.start()]), -match.start(), said)
        for pattern in (_MOMENT, _TIGHT, _BRIEF, *([_SHORT] if today else []))
        for match in pattern.finditer(text)
        if (said := _said(match.groups(), today))
    ]
    return max(found)[2] if found else None


def _trust(before: str) -> int:
    near = before[-16:]
    return bool(_TRUSTED.search(near)) - bool(_DOUBTED.search(near))


def _said(parts: tuple[str | None, ...], today: date | None) -> str | None:
    year, month, day, hour, minute, second = (*parts, None)[:6]
    year = f"20{year}" if year and len(year) == 2 else year
    try:
        on = date(int(year or (today or date.min).year), int(month or 0), int(day or 0))
    except ValueError:
        return None
    if not year and today and on > today:
        on = on.replace(year=on.year - 1) if (on.month, on.day) != (2, 29) else on
    tail = f":{second}" if second else ""
    return f"{on} {int(hour or 0):02d}:{minute}{tail}"


def _label(words: str) -> str:
    """Any of `words`, also with blanks between their characters (日  期)."""
    return "|".join(r"\s{0,4}".join(re.escape(sign) for sign in word) for word in words.split())


NUMBERS = (
    "订单编号 订单号 销售单号 结账单号 消费单号 账单编号 账单号 帐单号 交易单号 "
    "交易流水号 销售流水号 流水号 流水 小票号码 小票编号 "
    "小票号 交易号 交易序号 票据号 票号 单据编号 单据号 凭证号 收据号 收银单号 "
    "退货单号 退款单号 退单号 单号 单据 小票 票据 编号"
)
_VALUE = r"[A-Za-z0-9][A-Za-z0-9\-_/]*"
_NO = [
    re.compile(rf"(?:{_label(word)})\s*[:#.№]{'*' if word[-1] in '号码' else '+'}\s*")
    for word in NUMBERS.split()
]
_NO_EN = re.compile(
    r"(?:(?<![A-Za-z])(?:order|receipt|invoice|bill|ticket|trans(?:action)?)\s*"
    r"(?:no|number|id|#)?\s*[.:#]+|(?:^|(?<=\s\s)|(?<=/))no\s*[.:#]+(?=\s*\S{2,}(?:\s|$)))\s*",
    re.IGNORECASE,
)
_LIKELY = re.compile(r"[号单票据水]|no|order|receipt|invoice|bill|ticket|trans", re.IGNORECASE)
_FOREIGN = re.compile(
    r"(?:^|\s)原[^\s:]{0,5}$|[原机桌台员户端话联会手关]$|终端|商户|批次|参考|授权|凭证号$"
)
_ORIGINAL = re.compile(
    rf"(?:原[^\s:]{{0,6}}?[号单票据]|关联[^\s:]{{0,4}}号)\s*号?\s*[:#]?\s*({_VALUE})"
)


def paper_no(lines: list[str]) -> str | None:
    """The number of this paper; the better label wins, and the value may be on the next line."""
    likely = [(at, line) for at, line in enumerate(lines) if _LIKELY.search(line)]
    for pattern in [*_NO, _NO_EN]:
        for at, line in likely:
            for match in pattern.finditer(line):
                if _FOREIGN.search(line[: match.start()].rstrip()):
                    continue
                rest = line[match.end() :]
                below = lines[at + 1] if not rest.strip() and at + 1 < len(lines) else ""
                found = _no_at(rest or "") or _no_at(below.strip(), whole=True)
                if found:
                    return found
    return None


def _no_at(text: str, *, whole: bool = False) -> str | None:
    match = re.match(_VALUE, text)
    if not match or not re.search(r"\d", match[0]) or re.match(r"[.:,]\d", text[match.end() :]):
        return None
    return None if whole and match[0] != text else match[0].rstrip("-_/")


def original_no(lines: list[str]) -> str | None:
    """The number of the sale that a refund takes back."""
    for at, line in enumerate(lines):
        below = lines[at + 1].strip() if at + 1 < len(lines) else ""
        match = _ORIGINAL.search(line) or _ORIGINAL.search(line + below)
        if match and re.search(r"\d", match[1]):
            return match[1]
    return None


CASHIER = (
    "收银员工 收银员 收款员 导购员 营业员 售货员 服务员 操作员 收银 导购 店员 销售员 点单员 经手人"
)
_CASHIER = re.compile(
    rf"(?:{_label(CASHIER)}|cashier|server|operator)(?!\s*[台机]|小?票|凭|单)(?:号|工号)?\s*[:]?\s*"
    r"([^\s:,()\[\]]{1,20})",
    re.IGNORECASE,
)
_POS = re.compile(
    rf"(?:(?:{_label('收银台 收银机 款台 收款台 POS机 机台')}|(?<![\w])机|POS(?=\s*[编号:#]))\s*"
    r"(?:编?\s*号)?\s*[:#]?\s*|(?<![\w:-])POS\s?(?=\d{1,4}(?![\w-])))([A-Za-z0-9][\w-]*)",
    re.IGNORECASE,
)


def cashier(line: str) -> str | None:
    match = _CASHIER.search(line)
    return match[1] if match else None


def till(line: str) -> str | None:
    match = _POS.search(line)
    return match[1] if match and re.search(r"\d", match[1]) else None
