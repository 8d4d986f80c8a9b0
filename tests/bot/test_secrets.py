"""No key, token or session of the platform ever reaches a log, an answer or a kept row (S24)."""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from bot.gateway import send_text, sign_page
from core.database import sql
from core.errors import DomainError
from core.logs import configure_logs
from core.settings import Settings, current
from crm.people import gateway as mini
from tests.scenes.platform import the_platform
from tests.scenes.wechat import Sender
from tests.scenes.wechat_world import Play
from trade.payments import gateway as pay


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure_logs()
    written = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    root.handlers[:] = before
    root.setLevel(level)


@pytest.fixture
async def play(settings: Settings, secrets: dict[str, Any]) -> AsyncIterator[Play]:
    async with the_platform(settings, secrets) as play:
        yield play


def planted(play: Play) -> set[str]:
    """Everything that must stay where it is."""
    ours = current()
    assert ours.wecom
    assert ours.mini_program
    assert ours.pay
    groups = [ours.wecom, ours.mini_program, ours.pay]
    texts = {
        value.get_secret_value()
        for group in groups
        for value in dict(group).values()
        if hasattr(value, "get_secret_value")
    }
    tokens = {token["token"] for token in play.world.collection("tokens").values()}
    tickets = {ticket["ticket"] for ticket in play.world.collection("tickets").values()}
    sessions = play.world.collection("sessions").values()
    return texts | tokens | tickets | {key for one in sessions for key in one.values()}


async def try_everything(play: Play, client: httpx2.AsyncClient) -> list[str]:
    """Calls that go well and calls that go wrong; what people are told on the way."""
    told: list[str] = []
    code = (await play.sim("POST", "/users/u1/login"))["js_code"]
    phone = (await play.sim("POST", "/users/u1/phone"))["code"]
    for work in (
        lambda: mini.code_to_session(code),
        lambda: mini.code_to_session(code),
        lambda: mini.phone_of_code(phone),
        lambda: mini.phone_of_code(phone),
        lambda: send_text(user_id="WangLei", text="在吗"),
        lambda: sign_page(f"{current().public_url}/", "agent"),
        lambda: pay.query("2611210123456789"),
    ):
        for kind in ("http500", "errcode:48001", ""):
            if kind:
                await play.sim("POST", "/faults", match="*", kind=kind, times=1)
            try:
                told.append(repr(await work()))
            except DomainError as refusal:
                told += [repr(refusal), str(refusal.facts)]
            await play.sim("DELETE", "/faults")
    ours = current().wecom
    assert ours
    keys = (ours.token.get_secret_value(), ours.encoding_aes_key.get_secret_value())
    query, body = Sender(*keys, ours.corp_id).seal("<xml><MsgType>event</MsgType></xml>")
    for sent in (body, body[:-20], b"<xml/>"):
        told.append((await client.post(f"/callbacks/wecom?{query}", content=sent)).text)
    return told


async def test_planted_secrets_are_found_nowhere(
    play: Play, client: httpx2.AsyncClient, lines: io.StringIO
) -> None:
    told = await try_everything(play, client)
    rows = await sql("SELECT table_name FROM information_schema.tables WHERE table_schema='public'")
    names = [row["table_name"] for row in rows]
    kept = [str(await sql(f'SELECT * FROM "{name}"')) for name in names]  # noqa: S608

    everywhere = "\n".join([*told, lines.getvalue(), *kept])
    assert "/callbacks/wecom" in lines.getvalue()
    assert [
        secret[:12] for secret in planted(play) if len(secret) > 3 and secret in everywhere
    ] == []
