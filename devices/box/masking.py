"""What nobody needs to see of a receipt's text: phones, cards, members, names. Sans-io.

Applied before a text leaves the box, and again where it is kept; twice is as once.
"""

import re
from collections.abc import Iterable

from devices.box.words import flat

_PHONE = re.compile(r"(?<![\d.])(1[3-9]\d)\s?-?\s?\d{4}\s?-?\s?(\d{4})(?!\d)")
_LONG = re.compile(r"(?<![\d.])\d(?:[ -]?\d){11,18}(?![\d.])")
_NUMBER_OF_PAPER = re.compile(
    r"(?:单|流水|小票|交易|账单|订单|凭证|票)\s*据?\s*(?:编?\s*号|序号)?\s*[:：#]?\s*(?=[A-Za-z0-9])"
)
_CARD = re.compile(r"卡\s*号|银行卡|信用卡|储值卡|会员卡|账\s*号|帐\s*号|card", re.IGNORECASE)
_MEMBER = re.compile(
    r"((?:会\s*员|vip|member|顾\s*客|客\s*户|手\s*机|电\s*话|卡)\s*(?:卡)?\s*"
    r"(?:编?\s*号\s*码?|id|no\.?)?\s*[:：]\s*)([A-Za-z0-9*][A-Za-z0-9*-]{2,})",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"((?:会\s*员\s*姓\s*名|姓\s*名|会\s*员\s*名?\s*称?|收\s*货\s*人|联\s*系\s*人|顾\s*客)"
    r"\s*[:：]\s*)([\u4e00-\u9fff·]{2,})"
)
_ADDRESS = re.compile(r"((?:收\s*货|送\s*货|配\s*送|送\s*餐|会\s*员)\s*地\s*址\s*[:：]\s*).+")
_SHOP = re.compile(r"门店电话|店铺电话|客服|热线|服务电话|订购|加盟")


def masked(lines: Iterable[str]) -> list[str]:
    """The lines with numbers of people and cards short of their middles."""
    return [_line(line) for line in lines]


def _line(text: str) -> str:
    said = flat(text)
    if len(said) != len(text):  # nothing that NFKC made longer: places stay the same
        said = text
    said = _ADDRESS.sub(r"\1***", _NAME.sub(_first_sign, said))
    if not _SHOP.search(said):
        said = _MEMBER.sub(_last_two, said)
        said = _PHONE.sub(r"\1****\2", said) if not _is_number_of_paper(said) else said
    said = _LONG.sub(lambda found: _card(found, said), said)
    return text if said == flat(text) else said


def _is_number_of_paper(said: str) -> bool:
    return bool(_NUMBER_OF_PAPER.search(said)) and not _CARD.search(said)


def _first_sign(found: re.Match[str]) -> str:
    return found[1] + found[2][0] + "*" * (len(found[2]) - 1)


def _last_two(found: re.Match[str]) -> str:
    value = found[2]
    return found[1] + "*" * (len(value) - 2) + value[-2:]


def _card(found: re.Match[str], line: str) -> str:
    """A long number is a card's where a word says so, or its check digit fits and no word says
    that it is the paper's."""
    digits = re.sub(r"\D", "", found[0])
    is_card = bool(_CARD.search(line[: found.start()]))
    is_likely = len(digits) >= 15 and not _is_number_of_paper(line) and _has_check_digit(digits)
    return "*" * (len(digits) - 4) + digits[-4:] if is_card or is_likely else found[0]


def _has_check_digit(digits: str) -> bool:
    """Luhn, as on bank cards."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
