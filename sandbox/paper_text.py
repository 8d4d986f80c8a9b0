"""Text bytes of a printer -> characters and the columns they take. Errors become U+FFFD."""

from collections.abc import Iterable
from unicodedata import east_asian_width

GB = "gb18030"
UTF8 = "utf-8"
_KATAKANA = (
    "▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├▔─│▕┌┐└┘╭╮╰╯ "
    + "".join(map(chr, range(0xFF61, 0xFFA0)))
    + "═╞╪╡◢◣◥◤♠♥♦♣●○╱╲╳円年月日時分秒〒市区町村人▒ "
)
"""Page 1 from 80 on; receiptline draws its rules with it. No codec has it."""
_PAGES = {
    0: "cp437",
    1: "katakana",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    13: "cp857",
    14: "cp737",
    15: "iso8859_7",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
    33: "cp775",
    34: "cp855",
    36: "cp862",
    37: "cp864",
    39: "iso8859_2",
    40: "iso8859_15",
    45: "cp1250",
    46: "cp1251",
    47: "cp1253",
    48: "cp1254",
    52: "cp1258",
}


def page_of(number: int) -> str:
    """The codec of an ESC t page; what a printer does not have prints as page 0."""
    return _PAGES.get(number, "cp437")


def is_utf8(runs: Iterable[bytes]) -> bool:
    """All runs are UTF-8 and a three-byte character is among them: GBK never looks so by chance."""
    has_han = False
    for run in runs:
        try:
            has_han = any(letter > "\u07ff" for letter in run.decode(UTF8)) or has_han
        except UnicodeDecodeError:
            return False
    return has_han


def decode(raw: bytes, charset: str) -> str:
    """Never raises; a cut character is U+FFFD and the text goes on."""
    if charset == "katakana":
        return "".join(chr(byte) if byte < 0x80 else _KATAKANA[byte - 0x80] for byte in raw)
    return raw.decode(charset, "replace")


def columns_of(letter: str, charset: str) -> int:
    """1 or 2: in Chinese mode everything that is not ASCII is two columns wide."""
    if letter.isascii():
        return 1
    if charset == GB:
        return 2
    if charset == UTF8:
        return 2 if east_asian_width(letter) in "WFA" else 1
    return 1
