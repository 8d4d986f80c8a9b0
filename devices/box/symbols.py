"""QR symbols and barcodes that a till lets the printer draw, as the text they carry."""

from dataclasses import dataclass, field

from devices.box.stream import Token


@dataclass(slots=True)
class Symbols:
    qr: list[str] = field(default_factory=list)
    barcodes: list[str] = field(default_factory=list)
    _stored: bytes = b""

    def take(self, token: Token) -> None:
        """Remember what `token` draws, if it draws a symbol. Never raises."""
        if token.name == "GS ( k":
            self._two_dimensional(token.body)
        elif token.name == "ESC Z":
            self.qr.append(_text(token.raw[7:]))
        elif token.name == "GS k":
            self.barcodes.append(barcode_text(token.raw))

    def _two_dimensional(self, body: bytes) -> None:
        if body[:2] == b"1P":
            self._stored = body[3:]
        elif body[:2] == b"1Q" and self._stored:
            self.qr.append(_text(self._stored))


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def barcode_text(raw: bytes) -> str:
    """What a GS k command encodes; of CODE 128 without its set changes."""
    if len(raw) < 4:
        return ""
    data = raw[4:] if raw[2] >= 65 else raw[3:].rstrip(b"\0")
    return _code128(data) if raw[2] == 73 else data.decode("latin-1")


def _code128(data: bytes) -> str:
    said, code_set, at = "", "B", 0
    while at < len(data):
        if data[at] == 0x7B and at + 1 < len(data):
            sign = chr(data[at + 1])
            code_set = sign if sign in "ABC" else code_set
            said += "{" if sign == "{" else ""
            at += 2
            continue
        said += f"{data[at]:02d}" if code_set == "C" else chr(data[at])
        at += 1
    return said
