"""Amounts in capitals (大写), in the form that issued invoices carry: 圆, 整 after 圆 and 角."""

import re

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")


def _whole(yuan: int) -> str:
    text = str(yuan)
    spoken = ""
    for index, character in enumerate(text):
        place = len(text) - 1 - index
        digit = int(character)
        spoken += DIGITS[digit] + (PLACES[place % 4] if digit else "")
        if place % 4 == 0 and int(text[max(0, index - 3) : index + 1]):
            spoken = spoken.rstrip("零") + GROUPS[place // 4]
    return re.sub("零+", "零", spoken).rstrip("零")


def capital(fen: int) -> str:
    """An amount below 10**16 yuan as the face of an invoice says it; red: （负数） before it."""
    if fen < 0:
        return f"（负数）{capital(-fen)}"
    yuan, jiao, part = fen // 100, fen // 10 % 10, fen % 10
    if not fen:
        return "零圆整"
    spoken = f"{_whole(yuan)}圆" if yuan else ""
    if yuan and (jiao or part) and (yuan % 10 == 0 or not jiao):
        spoken += "零"
    if jiao:
        spoken += f"{DIGITS[jiao]}角"
    if part:
        return f"{spoken}{DIGITS[part]}分"
    return f"{spoken}整"
