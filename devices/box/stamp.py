"""The QR that a box adds to a receipt: when it may, what it says, which bytes print it."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal

from core.security.receipt_code import ReceiptKey, mint, order_key_of
from devices.box.ink import Ink, restoring
from devices.box.paper import Job
from devices.box.qr import raster
from devices.box.reading import Reading
from devices.box.tail import Stamp

SHOP_TIME = timezone(timedelta(hours=8))
MOST_CHARACTERS = 90
TITLE = "扫码开票"
OLD_TITLE = "掃碼開發票"


@dataclass(frozen=True, slots=True)
class Stamping:
    """`url` is what stands before the code. `dots` is the size of a module in printer dots."""

    key: ReceiptKey
    store_id: int
    url: str
    qr: Literal["native", "raster", "off"] = "native"
    dots: int = 6

    def __post_init__(self) -> None:
        if len(self.url) + 42 > MOST_CHARACTERS or not self.url.isascii():
            raise ValueError("the address before the code is too long for a receipt's QR symbol")

    def __call__(self, reading: Reading, job: Job, ink: Ink) -> Stamp | None:
        """The QR of a certain sale; None for other papers and where one of ours is printed."""
        is_wanted = reading.is_certain and reading.kind in ("sale", "reprint")
        has_ours = any(said.startswith(self.url) for said in reading.qr)
        if self.qr == "off" or not is_wanted or has_ours or ink.is_page_mode:
            return None
        code = self.code_of(reading)
        return Stamp(self._bytes(code, job, ink), code) if code else None

    def code_of(self, reading: Reading) -> str:
        """The code of a sale: the same for every copy of it. Empty where none can be made."""
        due, at, number = reading.totals.due, reading.at, reading.order_no
        if due is None or due <= 0 or at is None or number is None:
            return ""
        moment = datetime.fromisoformat(at).replace(tzinfo=SHOP_TIME)
        key = order_key_of(order_name(number, at))
        try:
            return mint(
                self.key,
                store_id=self.store_id,
                order_key=key,
                amount_fen=int(due * 100),
                at=moment,
            )
        except ValueError:
            return ""

    def _bytes(self, code: str, job: Job, ink: Ink) -> bytes:
        text = (self.url + code).encode()
        title = TITLE.encode("utf-8" if job.is_utf8 else "gb18030")
        title = OLD_TITLE.encode("big5") if job.is_big5 else title
        symbol = raster(text, self.dots) if self.qr == "raster" else native(text, self.dots)
        plain = b"\x1ba\x01\x1d!\x00\x1bE\x00" + (b"\x1c!\x00" if ink.han_size else b"")
        mode = b"" if ink.is_chinese else b"\x1c&"
        return plain + mode + title + b"\n" + symbol + b"\n" + restoring(ink)


def order_name(number: str, at: str) -> str:
    """Short numbers begin anew each day: the day belongs to the name of an order."""
    return f"{at[:10]} {number}"


def native(text: bytes, dots: int) -> bytes:
    """Commands that let a printer draw the symbol: model 2, level M."""

    def command(function: bytes, data: bytes) -> bytes:
        return b"\x1d(k" + (2 + len(data)).to_bytes(2, "little") + b"1" + function + data

    return (
        command(b"A", b"2\x00")
        + command(b"C", bytes([dots]))
        + command(b"E", b"1")
        + command(b"P", b"0" + text)
        + command(b"Q", b"0")
    )
