"""Blocks -> the text with tags that a maker's cloud prints (云打印). Column maths is ours.

Texts are laid out with blanks, never with alignment tags: they differ, and one maker obeys only 25
of them. What a text could say to the cloud (`<`, `>`, `&`, `@@`) stands in it full-width (threat
S14). The result is lines that can be sent one by one, with "\n" between them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from devices.protocol.blocks import (
    Align,
    Barcode,
    Block,
    Buzz,
    Cut,
    Drawer,
    Feed,
    Pair,
    QrCode,
    Rule,
    Sign,
    Text,
)
from devices.protocol.profile import Profile
from devices.protocol.text import pair, visible, width, wrap
from devices.rules import Encoding, QrWay

FULL_WIDTH = str.maketrans({"<": "＜", ">": "＞", "&": "＆"})
SIGN_LINES = 3


@dataclass(frozen=True, slots=True)
class Language:
    """What one maker writes. `plain`, `big` and `bold` get a finished line and end it.

    None: the maker has no such thing, or one that does something else as well.
    """

    plain: Callable[[str], str]
    big: Callable[[str], str]
    bold: Callable[[str], str]
    qr: Callable[[str], str]
    barcode: Callable[[str], str | None]
    cut: str | None = None
    drawer: str | None = None


def _around(tag: str, end: str = "") -> Callable[[str], str]:
    return lambda text: f"<{tag}>{text}{end}</{tag}>"


def _code_a(data: str) -> str | None:
    """Feie's set A of Code 128 has no small letters."""
    return None if data != data.upper() else f"<C><BC128_A>{data}</BC128_A></C><BR>"


FEIE = Language(
    plain=lambda text: f"{text}<BR>",
    big=lambda text: f"<B>{text}</B><BR>",
    bold=lambda text: f"<BOLD>{text}</BOLD><BR>",
    qr=lambda data: f"<C><QR>{data}</QR></C><BR>",
    barcode=_code_a,
    cut="<CUT>",
    drawer="<PLUGIN>",  # and the buzzer: so a template's buzz is left out
)
XPYUN = Language(
    plain=lambda text: f"{text}<BR>",
    big=_around("B", "<BR>"),
    bold=_around("BOLD", "<BR>"),
    qr=lambda data: f"<QRCODE s=6 e=M l=center>{data}</QRCODE><BR>",
    barcode=lambda data: None,
    cut="<CUT>",
)
YILIANYUN = Language(
    plain=lambda text: text,
    big=_around("FS2"),
    bold=_around("FB"),
    qr=lambda data: f"<QR>{data}</QR>",
    barcode=lambda data: None,  # its barcode tag is `<BR>`, and thirteen digits
)


def tagged(blocks: list[Block], profile: Profile, language: Language) -> str:
    """The lines of one piece of paper."""
    lines = (line for block in blocks for line in _lines(block, profile, language))
    return "\n".join(lines)


def safe(text: str, encoding: Encoding) -> str:
    """The text as it may stand in a maker's language: no tag, no control, nothing unprintable."""
    seen = visible(text).translate(FULL_WIDTH).replace("@@", "＠＠")
    return seen.encode(encoding, "replace").decode(encoding)


def _lines(block: Block, profile: Profile, language: Language) -> Iterator[str]:
    columns, encoding = profile.columns, profile.encoding
    match block:
        case Text(text, align, is_big, is_bold):
            scale = 2 if is_big else 1
            write = language.big if is_big else language.bold if is_bold else language.plain
            for line in wrap(safe(text, encoding), columns // scale):
                yield write(_aligned(line, align, columns // scale))
        case Pair(left, right, is_bold):
            write = language.bold if is_bold else language.plain
            for line in pair(safe(left, encoding), safe(right, encoding), columns):
                yield write(line)
        case Rule():
            yield language.plain("-" * columns)
        case Sign(caption):
            yield from [language.plain("")] * SIGN_LINES
            said = wrap(safe(caption, encoding), columns - 8)[-1]
            yield language.plain(said + "_" * (columns - width(said)))
        case Feed(lines):
            yield from [language.plain("")] * lines
        case _:
            yield from _ordered(block, profile, language)


def _ordered(block: Block, profile: Profile, language: Language) -> Iterator[str]:
    match block:
        case QrCode(data) if profile.qr is not QrWay.OFF:
            yield language.qr(_in_symbol(data))
        case Barcode(data):
            drawn = language.barcode(_in_symbol(data))
            shown = _aligned(safe(data, profile.encoding), Align.CENTER, profile.columns)
            yield drawn if drawn is not None else language.plain(shown)
        case Cut():
            if language.cut is not None and profile.has_cutter:
                yield language.cut
        case Drawer():
            if language.drawer is not None and profile.has_drawer:
                yield language.drawer
        case Buzz():
            pass  # a maker's sound is its drawer's pulse, too


def _aligned(line: str, align: Align, columns: int) -> str:
    free = columns - width(line)
    return " " * {Align.LEFT: 0, Align.CENTER: free // 2, Align.RIGHT: free}[align] + line


def _in_symbol(data: str) -> str:
    """A symbol's data is kept as it is, but never as the end of its tag."""
    return data.replace("<", "%3C").replace(">", "%3E")
