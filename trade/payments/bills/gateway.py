"""Asking WeChat Pay v3 for bills, and for a payment by the platform's own number."""

import gzip
import hashlib
import secrets
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import TextIOWrapper
from typing import IO
from urllib.parse import quote, urlsplit

import httpx2

from core import clock
from core.errors import NotConfigured
from core.http import AddressRefused, PartnerResting, client
from core.partners import NoAnswer, exchange
from core.settings import Pay, current
from trade.payments.bills.errors import BillTooLarge
from trade.payments.protocol import answers
from trade.payments.protocol.answers import Refused, Said, Transaction, Unknown
from trade.payments.protocol.keys import Merchant, PlatformKeys, private_key
from trade.payments.protocol.signing import authorization
from trade.payments.protocol.untrusted import Untrusted

JSON = {"accept": "application/json"}
PACKED_MOST, UNPACKED_MOST = 256 * 2**20, 2 * 2**30  # a million rows are some 300 MB
LINE_MOST = 65_536
DOWNLOAD_S = 600.0
PART = 65_536


@dataclass(frozen=True, slots=True)
class Link:
    """Where a bill can be had for five minutes, and the SHA-1 of its unpacked bytes."""

    target: str
    sha1: str


def merchants() -> tuple[Pay, ...]:
    """All of our merchants (商户号); none where the shop has none."""
    own = current().pay
    return (own, *current().more_pay) if own else ()


def merchant(mch_id: str) -> Pay:
    """Raises NotConfigured."""
    found = [pay for pay in merchants() if pay.mch_id == mch_id]
    if not found:
        raise NotConfigured(what="pay", mch_id=mch_id)
    return found[0]


async def trade_bill(mch_id: str, day: date) -> Link | Refused | Unknown:
    """Ask for the bill of a China day. Refused("NO_STATEMENT_EXIST"): not yet, or never."""
    pay = merchant(mch_id)
    said = await _get(pay, f"/v3/bill/tradebill?bill_date={day}&bill_type=ALL&tar_type=GZIP")
    if isinstance(said, Refused | Unknown):
        return said
    try:
        url = said.tree.get("download_url")
        is_sha1 = said.word("hash_type") == "SHA1"
        target = _target(pay, url) if isinstance(url, str) and is_sha1 else None
        return Link(target, said.word("hash_value").lower()) if target else Unknown("link")
    except Untrusted as odd:
        return Unknown(odd.reason)


def _target(pay: Pay, url: str) -> str | None:
    """Path and query of a link of the platform itself; None for one that leads elsewhere."""
    there, ours = urlsplit(url), urlsplit(pay.base_url)
    if (there.scheme, there.netloc) != (ours.scheme, ours.netloc) or len(url) > 2048:
        return None
    return f"{there.path}?{there.query}"


async def download(mch_id: str, link: Link, into: IO[bytes]) -> Unknown | None:
    """Write the packed bill into a file, piece by piece. The answer carries no signature.

    Raises BillTooLarge.
    """
    pay = merchant(mch_id)
    async with client("wechat_pay", base_url=pay.base_url, timeout_s=DOWNLOAD_S) as http:
        request = http.build_request("GET", link.target)
        request.headers["authorization"] = _signed(pay, request)
        try:
            answer = await http.send(request, stream=True)
            if answer.status_code != 200:
                await answer.aclose()
                return Unknown(f"http {answer.status_code}")
            await _write(answer, into)
        except (httpx2.HTTPError, httpx2.StreamError, AddressRefused, PartnerResting) as lost:
            return Unknown(type(lost).__name__)
    return None


async def _write(answer: httpx2.Response, into: IO[bytes]) -> None:
    size = 0
    try:
        async for part in answer.aiter_bytes():
            size += len(part)
            if size > PACKED_MOST:
                raise BillTooLarge(bytes=size)
            into.write(part)
    finally:
        await answer.aclose()


def sha1_of(packed: IO[bytes]) -> str | None:
    """The SHA-1 of the unpacked bytes; None when they cannot be unpacked. Raises BillTooLarge."""
    digest, size = hashlib.sha1(), 0  # noqa: S324  WeChat Pay's choice
    packed.seek(0)
    try:
        with gzip.open(packed) as unpacked:
            while part := unpacked.read(PART):
                digest.update(part)
                size += len(part)
                if size > UNPACKED_MOST:
                    raise BillTooLarge(bytes=size)
    except (OSError, EOFError, zlib.error):
        return None
    return digest.hexdigest()


def lines_of(packed: IO[bytes]) -> Iterator[str]:
    """The unpacked lines without their ends; one that is longer than a line can be is cut."""
    packed.seek(0)
    with gzip.open(packed) as raw:
        text = TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="\n")
        while line := text.readline(LINE_MOST):
            yield line.rstrip("\r\n")


async def query_transaction(mch_id: str, transaction_id: str) -> Transaction | Refused | Unknown:
    """What became of a payment, by the platform's number: also of the second under one of ours."""
    number = quote(transaction_id, safe="")
    said = await _get(merchant(mch_id), f"/v3/pay/transactions/id/{number}?mchid={mch_id}")
    if isinstance(said, Refused | Unknown):
        return said
    try:
        found = answers.transaction(said)
    except Untrusted as odd:
        return Unknown(odd.reason)
    is_meant = (found.transaction_id, found.mch_id) == (transaction_id, mch_id)
    return found if is_meant else Unknown("another payment")


async def _get(pay: Pay, target: str) -> Said:
    async with client("wechat_pay", base_url=pay.base_url) as http:
        request = http.build_request("GET", target, headers=JSON)
        request.headers["authorization"] = _signed(pay, request)
        try:
            answer = await exchange(http, request)
        except NoAnswer as lost:
            return Unknown(str(lost.facts["why"]))
    return answers.believe(
        answer.status,
        answer.headers,
        answer.body,
        keys=PlatformKeys({pay.public_key_id: pay.public_key_pem}),
        now=int(clock.now().timestamp()),
    )


def _signed(pay: Pay, request: httpx2.Request) -> str:
    key = private_key(pay.merchant_key_pem.get_secret_value())
    return authorization(
        Merchant(pay.mch_id, pay.merchant_serial, key),
        method="GET",
        target=request.url.raw_path.decode(),
        timestamp=str(int(clock.now().timestamp())),
        nonce=secrets.token_hex(16),
        body=b"",
    )
