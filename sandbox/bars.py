"""Barcodes as bars: the numbers of a GS k command become widths of bar, gap, bar … in modules."""

from collections.abc import Callable


def _words(text: str) -> list[str]:
    return text.split()


_LEFT = _words("3211 2221 2122 1411 1132 1231 1114 1312 1213 3112")
_PARITY = _words("LLLLLL LLGLGG LLGGLG LLGGGL LGLLGG LGGLLG LGGGLL LGLGLG LGLGGL LGGLGL")
_UPC_E = _words("GGGLLL GGLGLL GGLLGL GGLLLG GLGGLL GLLGGL GLLLGG GLGLGL GLGLLG GLLGLG")
_CODE128 = _words("""
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132
122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212
322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311
112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321
331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214
112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212
124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113
411311 113141 114131 311141 411131 211412 211214 211232 2331112
""")
_SETS = {"A": 103, "B": 104, "C": 105}
_SWITCH = {"A": 101, "B": 100, "C": 99}
_CODE39 = dict(
    pair.split(":")
    for pair in _words("""
0:111221211 1:211211112 2:112211112 3:212211111 4:111221112 5:211221111 6:112221111 7:111211212
8:211211211 9:112211211 A:211112112 B:112112112 C:212112111 D:111122112 E:211122111 F:112122111
G:111112212 H:211112211 I:112112211 J:111122211 K:211111122 L:112111122 M:212111121 N:111121122
O:211121121 P:112121121 Q:111111222 R:211111221 S:112111221 T:111121221 U:221111112 V:122111112
W:222111111 X:121121112 Y:221121111 Z:122121111 -:121111212 .:221111211 $:121212111 /:121211121
+:121112121 %:111212121 *:121121211""")
)
_ITF = _words("11221 21112 12112 22111 11212 21211 12211 11122 21121 12121")
_CODABAR = dict(
    pair.split("=")
    for pair in _words("""
0=1111122 1=1111221 2=1112112 3=2211111 4=1121121 5=2111121 6=1211112 7=1211211 8=1221111
9=2112111 -=1112211 $=1122111 :=2111212 /=2121112 .=2121211 +=1121212 A=1122121 B=1212112
C=1112122 D=1112221""")
)


def bars_of(kind: int, data: bytes) -> tuple[str, str]:
    """The widths as digits (bar first) and the text below the bars, for a GS k type (0-6, 65-74).

    Raises ValueError when the data does not fit the type: a printer then prints nothing.
    """
    maker = _MAKERS.get(kind if kind >= 65 else kind + 65)
    if maker is None:
        raise ValueError(f"no bars for GS k {kind}")
    try:
        return maker(data.decode("ascii"))
    except (KeyError, IndexError, UnicodeDecodeError) as wrong:
        raise ValueError(f"GS k {kind} cannot carry {data!r}") from wrong


def check_digit(digits: str) -> str:
    """The last digit of an EAN or UPC, from the others."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(digits[::-1]))
    return str(-total % 10)


def _with_check(text: str, size: int) -> str:
    if not text.isdigit() or len(text) not in (size - 1, size):
        raise ValueError(f"{size - 1} or {size} digits are needed, not {text!r}")
    digits = text[: size - 1]
    return digits + check_digit(digits)


def _half(digits: str, parity: str) -> str:
    widths = [_LEFT[int(digit)] for digit in digits]
    return "".join(
        width[::-1] if side == "G" else width for width, side in zip(widths, parity, strict=True)
    )


def _ean13(text: str) -> tuple[str, str]:
    digits = _with_check(text, 13)
    left = _half(digits[1:7], _PARITY[int(digits[0])])
    return "111" + left + "11111" + _half(digits[7:], "LLLLLL") + "111", digits


def _upc_a(text: str) -> tuple[str, str]:
    digits = _with_check(text, 12)
    return _ean13("0" + digits)[0], digits


def _ean8(text: str) -> tuple[str, str]:
    digits = _with_check(text, 8)
    return "111" + _half(digits[:4], "LLLL") + "11111" + _half(digits[4:], "LLLL") + "111", digits


def _upc_e(text: str) -> tuple[str, str]:
    whole = _with_check(text, 12) if len(text) > 8 else _upc_a_of(text)
    middle = whole[1:11]
    for tail in ("012", "3", "4", "56789"):
        short = _shortened(middle, tail)
        if short:
            parity = _UPC_E[int(whole[11])]
            return "111" + _half(short, parity) + "111111", whole[0] + short + whole[11]
    raise ValueError(f"{text!r} has no short form")


def _shortened(middle: str, tail: str) -> str:
    maker, item = middle[:5], middle[5:]
    if tail == "012" and maker[2] in tail and maker[3:] == "00" and item[:2] == "00":
        return maker[:2] + item[2:] + maker[2]
    if tail == "3" and maker[3:] == "00" and item[:3] == "000":
        return maker[:3] + item[3:] + "3"
    if tail == "4" and maker[4] == "0" and item[:4] == "0000":
        return maker[:4] + item[4] + "4"
    return maker + item[4] if tail == "56789" and item[:4] == "0000" and item[4] in tail else ""


def _upc_a_of(text: str) -> str:
    six = text if len(text) == 6 else text[1:7]
    last = six[5]
    if last in "012":
        middle = six[:2] + last + "0000" + six[2:5]
    elif last in "34":
        kept = int(last)
        middle = six[:kept] + "0" * (10 - 5) + six[kept:5]
    else:
        middle = six[:5] + "0000" + last
    return _with_check("0" + middle, 12)


def _code39(text: str) -> tuple[str, str]:
    plain = text.strip("*")
    return "1".join(_CODE39[sign] for sign in f"*{plain}*"), plain


def _itf(text: str) -> tuple[str, str]:
    if not text.isdigit() or len(text) % 2:
        raise ValueError("an even number of digits is needed")
    pairs = "".join(
        bar + gap
        for at in range(0, len(text), 2)
        for bar, gap in zip(_ITF[int(text[at])], _ITF[int(text[at + 1])], strict=True)
    )
    return "1111" + pairs + "211", text


def _codabar(text: str) -> tuple[str, str]:
    return "1".join(_CODABAR[sign] for sign in text.upper()), text


def _code128(text: str) -> tuple[str, str]:
    values, shown = _values128(text)
    check = values[0] + sum(place * value for place, value in enumerate(values[1:], start=1))
    return "".join(_CODE128[value] for value in [*values, check % 103, 106]), shown


def _values128(text: str) -> tuple[list[int], str]:
    """ESC/POS writes the code set as {A {B {C, a brace as {{, FNC1-4 as {1-{4; in set C a byte
    is a pair of digits."""
    values, shown, current, at = [], "", "", 0
    while at < len(text):
        sign, step = text[at], 2 if text[at] == "{" else 1
        follower = text[at + 1] if step == 2 else ""
        if follower in _SETS and follower:
            values.append((_SWITCH if current else _SETS)[follower])
            current = follower
        elif follower.isdigit():
            values.append({"1": 102, "2": 97, "3": 96, "4": 100}[follower])
        else:
            value, face = _value128(sign, current)
            values.append(value)
            shown += face
        at += step
    if len(values) < 2 or values[0] < 103:
        raise ValueError("a code set and data are needed")
    return values, shown


def _value128(sign: str, current: str) -> tuple[int, str]:
    code = ord(sign)
    if current == "C" and code < 100:
        return code, f"{code:02d}"
    if current == "A" and code < 32:
        return code + 64, " "
    if current in ("A", "B") and 32 <= code < 128:
        return code - 32, sign
    raise ValueError(f"{sign!r} is not in code set {current}")


_MAKERS: dict[int, Callable[[str], tuple[str, str]]] = {
    65: _upc_a,
    66: _upc_e,
    67: _ean13,
    68: _ean8,
    69: _code39,
    70: _itf,
    71: _codabar,
    73: _code128,
    74: lambda text: _code128("{B{1" + text),
}
