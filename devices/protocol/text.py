"""Text for paper: what a receipt printer can print, how wide it is, where a line breaks.

In Chinese mode one byte is one column and every other character is two, also where GB 18030 writes
it in four bytes.
"""

import unicodedata

LOOK_ALIKES = str.maketrans(
    {"¥": "￥", "㎡": "m2", "─": "-", "━": "-", "│": "|", "€": "EUR", "\u00a0": " "}
)
BLANKS = str.maketrans(dict.fromkeys("\t\n\v\f\r\u2028\u2029", " "))
UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn"}  # controls, invisible marks, halves, private, unknown
MOST_CHARACTERS = 400


def visible(text: str) -> str:
    """The text without anything a printer could take for a command (threat S14).

    Control characters and invisible ones are dropped, box lines become look-alikes, and an endless
    text is cut. Characters that a printer may lack stay.
    """
    short = text[:MOST_CHARACTERS].translate(BLANKS).translate(LOOK_ALIKES)
    return "".join(c for c in short if unicodedata.category(c) not in UNPRINTABLE)


def printable(text: str) -> str:
    """As `visible`; what GBK lacks becomes `?`, so that it encodes without an error."""
    return visible(text).encode("gbk", "replace").decode("gbk")


def width(text: str) -> int:
    """Columns that a text takes."""
    return sum(1 if character.isascii() else 2 for character in text)


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most `columns`, broken at a blank if the line has one, else anywhere.

    The blanks at a break are left out; an empty text is one empty line.
    """
    lines, line = [], ""
    for character in text:
        if width(line + character) > columns:
            kept, blank, rest = line.rpartition(" ") if character != " " else (line, "", "")
            whole = bool(blank and kept.strip())
            lines.append(kept.rstrip() if whole else line.rstrip())
            line = rest if whole else ""
        if lines and not line and character == " ":
            continue
        line += character
    return [*lines, line]


def pair(left: str, right: str, columns: int) -> list[str]:
    """`left` at the left edge and `right` at the right one; on two lines when one is too narrow."""
    gap = columns - width(left) - width(right)
    if gap >= 1:
        return [left + " " * gap + right]
    last = wrap(right, columns)
    return [*wrap(left, columns), *(" " * (columns - width(line)) + line for line in last)]
