"""What a maker's content leaves on paper: lines and symbols, cuts, pulses, tags nobody knows."""

import hashlib
import re
import time

from sandbox.config import CloudAccount
from sandbox.escpos import tokens_of
from sandbox.paper import Press
from sandbox.paper_style import Style
from sandbox.timetable import Doc

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9_]*)([^<>]*)>")
_SYMBOLS = {"QR", "QRCODE", "BC128_A", "BARCODE"}
_STYLES = {"B", "BOLD", "C", "CB", "L", "W", "R", "N", "HB", "WB", "FS", "FS2", "FB", "FH", "FW"}
_STYLES |= {"RIGHT", "center", "right"}


def facts(maker: str, content: str) -> Doc:
    """`lines`, `symbols`, `cuts`, `pulses` (drawer or buzzer) and `strange` tags of a content."""
    if maker == "sunmi":
        return _of_bytes(bytes.fromhex(content))
    lines, symbols, strange = [""], list[str](), list[str]()
    counts = {"CUT": 0, "PLUGIN": 0}
    rest, at = content, 0
    for tag in _TAG.finditer(content):
        text, at = content[at : tag.start()], tag.end()
        is_end, name = bool(tag[1]), tag[2]
        if is_end and name in _SYMBOLS:
            symbols.append(text)
        else:
            _write(lines, text)
        if name == "BR" and maker != "yilianyun":
            lines.append("")
        elif name in counts:
            counts[name] += 1
        elif name not in _SYMBOLS | _STYLES:
            strange.append(name)
    _write(lines, rest[at:])
    return {
        "lines": [line.rstrip() for line in lines],
        "symbols": symbols,
        "cuts": counts["CUT"],
        "pulses": counts["PLUGIN"],
        "strange": strange,
    }


def _write(lines: list[str], text: str) -> None:
    first, *more = text.split("\n")
    lines[-1] += first
    lines.extend(more)


def _of_bytes(raw: bytes) -> Doc:
    tokens = tokens_of(raw)
    paper = Press(48, Style()).run(tokens).facts()
    names = [token.name for token in tokens]
    return {
        "lines": paper["lines"],
        "symbols": [symbol["text"] for symbol in paper["symbols"]],
        "cuts": names.count("GS V"),
        "pulses": names.count("ESC p"),
        "strange": [],
    }


def pushed(account: CloudAccount, paper: Doc) -> dict[str, str]:
    """The form that tells of a printed paper, signed as the maker signs."""
    at = str(int(time.time()))
    text = f"{account.user}{at}{account.secret}"
    return {
        "cmd": "oauth_finish",
        "machine_code": paper["sn"],
        "origin_id": paper["number"],
        "order_id": paper["id"],
        "state": "1",
        "push_time": at,
        "sign": hashlib.md5(text.encode()).hexdigest(),  # noqa: S324  the maker's rule
    }
