"""An outside world for tests: a sandbox with a printer, a mailbox, a tax provider and SMS."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qsl

from sandbox.config import Config
from sandbox.world import World

URL = "https://shop.example.cn/i/AQABAAAAAQAAAAAAAQAAJxAAZG5mYWJjZGVmZ2hpams"
RECEIPT = (
    b"\x1b@\x1c&\x1ba\x01\x1d!\x11"
    + "木棉与麻\n".encode("gbk")
    + b"\x1d!\x00\x1ba\x00"
    + "真丝印花方巾          1      168.00\n合计 ￥168.00\n".encode("gbk")
    + b"\x1ba\x01\x1d(k\x03\x00\x31\x43\x06\x1d(k\x03\x00\x31\x45\x31"
    + b"\x1d(k"
    + (len(URL) + 3).to_bytes(2, "little")
    + b"\x31\x50\x30"
    + URL.encode()
    + b"\x1d(k\x03\x00\x31\x51\x30\n"
)
CUT = b"\x1bd\x03\x1dV\x00"

PDF = b"%PDF-1.7\n" + bytes(range(256))
SELLER = {"tax_no": "91440300MA5EXAMP2J", "name": "深圳市木棉与麻服饰有限公司"}
TAX = {"app_key": "tax-app", "secret": "tax-secret", "access_token": "tax-token"}
SMS = {"app_key": "sms-app", "secret": "sms-secret"}


def outside(**parts: Any) -> Config:
    """The configuration of a world on free ports; `parts` replace or add keys."""
    given = {
        "mode": "test",
        "printers": [{"id": "S001"}, {"id": "S002", "columns": 32}],
        "tax_provider": {**TAX, "sellers": [SELLER]},
        "sms": SMS,
    }
    return Config.model_validate({**given, **parts})


def a_tax_line(
    *,
    incl: str = "168.00",
    ex: str = "148.67",
    tax: str = "19.33",
    nature: str = "0",
    num: str = "1",
    price: str = "148.67",
) -> dict[str, Any]:
    """A scarf at 13 %."""
    return {
        "goodsName": "*服装*真丝印花方巾",
        "goodsCode": "1040201990000000000",
        "withTaxFlag": "0",
        "price": price,
        "num": num,
        "unit": "条",
        "specType": "SJ07",
        "tax": tax,
        "taxRate": "0.13",
        "taxExcludedAmount": ex,
        "taxIncludedAmount": incl,
        "invoiceLineProperty": nature,
    }


def a_tax_order() -> dict[str, Any]:
    """An order for a person's invoice."""
    return {
        "buyerName": "林晓",
        "buyerTaxNum": "",
        "salerTaxNum": SELLER["tax_no"],
        "orderNo": "INV0001",
        "invoiceDate": "2025-11-09 10:33:20",
        "clerk": "周婷",
        "pushMode": "-1",
        "invoiceType": "1",
        "invoiceLine": "pc",
        "remark": "",
        "invoiceDetail": [a_tax_line()],
    }


class Listening:
    """A shop that only listens: it keeps the forms it is sent and always answers the same."""

    def __init__(self, answer: str) -> None:
        self.url = ""
        self.forms: list[dict[str, str]] = []
        self.heads: list[str] = []
        self.letters: list[tuple[dict[str, str], bytes]] = []
        self._answer = answer.encode()

    @classmethod
    @asynccontextmanager
    async def open(cls, answer: str) -> AsyncIterator["Listening"]:
        """On a free port of this machine, while the block runs."""
        shop = cls(answer)
        server = await asyncio.start_server(shop._hear, "127.0.0.1", 0)
        shop.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/callback"
        async with server:
            yield shop

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        self.heads.append(head)
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        body = await reader.readexactly(length)
        named = (line.partition(": ") for line in head.split("\r\n")[1:] if line)
        self.letters.append(({name: value for name, _, value in named}, body))
        self.forms.append(dict(parse_qsl(body.decode())))
        size = f"Content-Length: {len(self._answer)}\r\nConnection: close\r\n\r\n"
        writer.write(b"HTTP/1.1 200 OK\r\n" + size.encode() + self._answer)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def plugged_in(
    world: World, printer: str = "S001"
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A till connected to a printer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", world.printers[printer])
    yield reader, writer
    writer.close()


async def print_and_wait(world: World, data: bytes, printer: str = "S001") -> None:
    """Write, close the writing half and wait until the printer has closed its side."""
    async with plugged_in(world, printer) as (reader, writer):
        writer.write(data)
        writer.write_eof()
        await reader.read()


def an_invoice_mail(*, html: str = "") -> EmailMessage:
    """What the shop sends: a few words and a file."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "木棉与麻 <invoice@example.com>", "linxiao@example.com"
    mail["Subject"], mail["Message-ID"] = "您的电子发票", "<inv-1@example.com>"
    mail.set_content("您好，发票见附件。\n")
    if html:
        mail.add_alternative(html, subtype="html")
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="发票 25440000.pdf")
    return mail


async def send(world: World, mail: EmailMessage, user: str = "") -> None:
    """By SMTP, logged in when a user is named. Raises what smtplib raises."""

    def in_thread() -> None:
        with smtplib.SMTP("127.0.0.1", world.smtp_port, timeout=5) as smtp:
            if user:
                smtp.login(user, "secret")
            smtp.send_message(mail)

    await asyncio.to_thread(in_thread)
