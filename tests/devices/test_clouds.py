"""Four makers' clouds: one contract for all, their signatures, and no tag out of a text (S14)."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from core.settings import Settings
from devices.gateway import adapter_of, fetch_token
from devices.protocol.blocks import Block, Cut, Drawer, Pair, QrCode, Text
from devices.protocol.clouds import feie, sunmi, yilianyun
from devices.protocol.languages import payload_for
from devices.protocol.port import (
    Accepted,
    Adapter,
    NotSent,
    Place,
    Printed,
    Refused,
    Ticket,
    Unknown,
    Waiting,
)
from devices.protocol.profile import Profile
from devices.rules import Encoding, PrinterCondition, Transport
from sandbox import cloud_print_paper, faults
from sandbox.server import running
from sandbox.world import World
from tests.scenes.devices import a_line, a_receipt_of, a_sale
from tests.scenes.printers import CLOUDS, KEY, cloud_papers, clouds, place, set_cloud

VECTORS = json.loads(
    Path(os.environ.get("INVOICING_VECTORS", "tests/data/invoicing.json")).read_text()
)["signatures"]
every_maker = pytest.mark.parametrize("maker", CLOUDS)
TAGS = ["<PLUGIN>", "<CUT>", "</QR>", "<BR>", "@@2", "&lt;CUT&gt;", "\n", "\x1b", "￥", "龘", "<"]
NASTY = st.lists(st.one_of(st.characters(), st.sampled_from(TAGS)), max_size=40).map("".join)


@pytest.fixture
async def world(settings: Settings) -> AsyncIterator[World]:
    async with running(clouds()) as started:
        yield started


def a_paper(maker: str, blocks: list[Block] | None = None, **profile: Any) -> bytes:
    return payload_for(Transport(maker), blocks or a_receipt_of(a_sale()), Profile(**profile))


async def adapter(world: World, maker: str) -> Adapter:
    """A printer that its maker knows as ours."""
    where = place(world, maker)
    token = await fetch_token(where) if maker == "yilianyun" else ""
    opened = adapter_of(place(world, maker, token=token))
    assert await opened.add(KEY, "前台") is None
    return opened


def spoil(world: World, maker: str, kind: str, when: str) -> None:
    faults.order(world, {"match": f"*cloud-print/{maker}*", "kind": kind, "when": when})


@every_maker
async def test_a_paper_comes_out_and_the_maker_says_so(world: World, maker: str) -> None:
    printer = await adapter(world, maker)
    sent = await printer.send(Ticket("job1", a_paper(maker), 480))

    assert isinstance(sent, Accepted)
    [paper] = await cloud_papers(world, maker)
    assert paper["state"] == "printed"
    assert [line for line in paper["lines"] if "单号" in line] == ["单号：2511210123456789"]
    assert paper["symbols"][0].startswith("https://shop.example.cn/i/")
    if maker != "yilianyun":  # it tells by itself
        assert await printer.fate_of(sent.ticket_no) == Printed()


@every_maker
async def test_a_paper_waits_for_a_printer_that_is_off(world: World, maker: str) -> None:
    printer = await adapter(world, maker)
    await set_cloud(world, maker, state="offline")
    sent = await printer.send(Ticket("job1", a_paper(maker), 480))

    assert isinstance(sent, Accepted)
    assert await printer.condition() is PrinterCondition.OFFLINE
    assert await printer.fate_of(sent.ticket_no) in (Waiting(), Unknown("not_asked"))
    assert await printer.clear() is None
    await set_cloud(world, maker, state="online")
    assert [paper["state"] for paper in await cloud_papers(world, maker)] == ["cleared"]
    assert await printer.condition() is PrinterCondition.ONLINE


@every_maker
async def test_an_answer_that_is_lost_is_asked_for_only_where_that_prints_nothing_more(
    world: World, maker: str
) -> None:
    printer = await adapter(world, maker)
    spoil(world, maker, "reset", "after")
    ticket = Ticket("job1", a_paper(maker), 480)

    assert await printer.send(ticket) == Unknown("no_answer")
    assert printer.drops_repeats is (maker != "feie")
    if printer.drops_repeats:
        assert isinstance(await printer.send(ticket), Accepted)
    assert len(await cloud_papers(world, maker)) == 1


@every_maker
async def test_what_a_maker_says_badly_is_unknown(world: World, maker: str) -> None:
    printer = await adapter(world, maker)
    for kind in ("garbage", "http500"):
        spoil(world, maker, kind, "before")
        assert isinstance(await printer.send(Ticket("job1", a_paper(maker))), Unknown)
    spoil(world, maker, "garbage", "before")
    assert await printer.condition() is PrinterCondition.UNKNOWN


@every_maker
async def test_a_wrong_secret_or_a_strange_printer_is_refused(world: World, maker: str) -> None:
    await adapter(world, maker)
    liar = adapter_of(place(world, maker, secret="guess", token="x"))
    said = await liar.send(Ticket("job1", a_paper(maker)))

    assert isinstance(said, Refused)
    stranger = Place(Transport(maker), f"2{maker}", "other@example.cn", "x")
    assert await adapter_of(stranger).send(Ticket("1", a_paper(maker))) == NotSent("unreachable")
    assert await cloud_papers(world, maker) == []


@every_maker
async def test_a_printer_is_added_by_the_key_on_its_label_and_removed(
    world: World, maker: str
) -> None:
    printer = await adapter(world, maker)
    if maker in {"feie", "yilianyun"}:
        assert isinstance(await printer.add("wrong", "前台"), Refused)

    assert await printer.remove() is None
    assert isinstance(await printer.send(Ticket("job1", a_paper(maker))), Refused)


@pytest.mark.parametrize("maker", ["feie", "xpyun", "yilianyun"])
async def test_a_long_paper_goes_in_parts_and_stays_whole(world: World, maker: str) -> None:
    printer = await adapter(world, maker)
    lines = tuple(a_line(title=f"第 {n} 件 羊绒围巾 特长款") for n in range(300))
    sent = await printer.send(Ticket("job1", a_paper(maker, a_receipt_of(a_sale(lines=lines)))))

    assert isinstance(sent, Accepted)
    parts = await cloud_papers(world, maker)
    titles = [line for part in parts for line in part["lines"] if line.startswith("第 ")]
    assert len(parts) > 1
    assert [int(title.split()[1]) for title in titles] == list(range(300))
    assert sum(part["cuts"] for part in parts) == (0 if maker == "yilianyun" else 1)


async def test_a_long_paper_whose_second_part_is_refused_is_maybe_half_there(world: World) -> None:
    printer = await adapter(world, "feie")
    blocks: list[Block] = [Text("围巾" * 40)] * 60
    faults.order(world, {"match": "*cloud-print/feie*", "kind": "slow", "delay_s": 0})
    world.config.limits.calls_per_minute["/cloud-print/feie/Api/Open/"] = 2
    try:
        said = await printer.send(Ticket("job1", a_paper("feie", blocks)))
    finally:
        world.config.limits.calls_per_minute.clear()

    assert isinstance(said, Unknown)


async def test_a_token_is_fetched_once_and_a_dead_one_is_said(world: World) -> None:
    await adapter(world, "yilianyun")
    old = adapter_of(place(world, "yilianyun", token="dead"))

    assert await old.send(Ticket("job1", a_paper("yilianyun"))) == NotSent("token")


@every_maker
@examples(max_examples=25)
@given(texts=st.tuples(NASTY, NASTY, NASTY), encoding=st.sampled_from(list(Encoding)))
def test_no_text_becomes_a_tag(maker: str, texts: tuple[str, str, str], encoding: Encoding) -> None:
    blocks: list[Block] = [
        Text(texts[0], is_big=True),
        Pair(texts[1], texts[2]),
        QrCode("https://a.cn"),
        Cut(),
    ]
    content = a_paper(maker, blocks, encoding=encoding)
    told = content.hex() if maker == "sunmi" else content.decode()

    paper = cloud_print_paper.facts(maker, told)

    assert (paper["pulses"], paper["strange"]) == (0, [])
    assert paper["cuts"] == (0 if maker == "yilianyun" else 1)
    assert paper["symbols"] == ["https://a.cn"]
    assert maker == "sunmi" or not any(0 <= ord(c) < 0x20 and c != "\n" for c in told)
    assert "@@" not in told


def test_a_drawer_opens_only_where_there_is_one_and_it_was_asked_for() -> None:
    blocks: list[Block] = [Drawer(), Text("a"), Cut()]

    assert b"<PLUGIN>" in a_paper("feie", blocks, has_drawer=True)
    assert b"<PLUGIN>" not in a_paper("feie", blocks)
    assert b"\x1bp" in a_paper("sunmi", blocks, has_drawer=True)


@pytest.mark.parametrize("vector", VECTORS["feie_and_xpyun"])
def test_feie_and_xpyun_sign_as_their_sheets_say(vector: dict[str, str]) -> None:
    assert feie.sign(vector["user"], vector["key"], vector["time"]) == vector["sig"]


@pytest.mark.parametrize("vector", VECTORS["yilianyun"])
def test_yilianyun_signs_as_its_sheet_says(vector: dict[str, str]) -> None:
    signed = yilianyun.sign(vector["client_id"], vector["timestamp"], vector["client_secret"])
    assert signed == vector["sign"]


@pytest.mark.parametrize("vector", VECTORS["sunmi"])
def test_sunmi_signs_as_its_sheet_says(vector: dict[str, str]) -> None:
    key, body, appid = vector["appkey"], vector["body"], vector["appid"]
    assert sunmi.sign(key, body, appid, vector["timestamp"], vector["nonce"]) == vector["sign"]
