"""The mailbox: a real SMTP socket, kept mails with their attachments, and refusals on request."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from sandbox.server import running
from sandbox.world import World
from tests.scenes.outside import PDF, an_invoice_mail, outside, send


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running(outside()) as started:
        yield started


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=world.http, trust_env=False) as client:
        yield client


async def behave(http: httpx2.AsyncClient, **condition: Any) -> None:
    answer = await http.post("/_sim/mail/condition", json=condition)
    assert answer.status_code == 200, answer.text


async def test_a_mail_arrives_with_its_attachment(world: World, http: httpx2.AsyncClient) -> None:
    await send(world, an_invoice_mail(), user="daogou")

    (mail,) = (await http.get("/_sim/mail", params={"to": "linxiao@example.com"})).json()
    assert (mail["subject"], mail["text"]) == ("您的电子发票", "您好，发票见附件。\n")
    assert mail["message_id"] == "<inv-1@example.com>"
    (attachment,) = mail["attachments"]
    assert attachment["name"] == "发票 25440000.pdf"
    assert (await http.get(attachment["url"])).content == PDF
    assert b"Subject: =?utf-8?" in (await http.get(mail["raw_url"])).content


async def test_nobody_else_gets_it(world: World, http: httpx2.AsyncClient) -> None:
    await send(world, an_invoice_mail())

    assert (await http.get("/_sim/mail", params={"to": "other@example.com"})).json() == []


@pytest.mark.parametrize("code", [451, 550])
async def test_it_refuses_as_often_as_it_was_told(
    world: World, http: httpx2.AsyncClient, code: int
) -> None:
    await behave(http, refuse=code, times=1)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        await send(world, an_invoice_mail())
    assert refused.value.recipients["linxiao@example.com"][0] == code

    await send(world, an_invoice_mail())
    assert len((await http.get("/_sim/mail")).json()) == 1


async def test_it_can_refuse_after_the_data(world: World, http: httpx2.AsyncClient) -> None:
    await behave(http, refuse=452, at="data")

    with pytest.raises(smtplib.SMTPDataError):
        await send(world, an_invoice_mail())


async def test_it_can_take_a_mail_and_lose_the_answer(
    world: World, http: httpx2.AsyncClient
) -> None:
    await behave(http, lose_answer=True)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        await send(world, an_invoice_mail())
    await send(world, an_invoice_mail())

    ids = [mail["message_id"] for mail in (await http.get("/_sim/mail")).json()]
    assert ids == ["<inv-1@example.com>"] * 2


async def test_a_mail_that_is_no_mail_is_kept_all_the_same(
    world: World, http: httpx2.AsyncClient
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", world.smtp_port)
    lines = [b"EHLO x", b"MAIL FROM:<a@b.cn>", b"RCPT TO:<c@d.cn>", b"DATA"]
    for line in lines:
        await reader.readuntil(b"\n")
        writer.write(line + b"\r\n")
    writer.write(b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xff\xfe\r\n.\r\nQUIT\r\n")
    await reader.read()
    writer.close()

    assert len((await http.get("/_sim/mail")).json()) == 1
    assert (await http.get("/_sim/mail/M000001")).json()["to"] == ["c@d.cn"]
    assert (await http.get("/_sim/mail/M000009")).status_code == 404


async def test_an_impossible_condition_is_refused(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/_sim/mail/condition", json={"refuse": "always"})

    assert answer.status_code == 422
