"""What a phone tells of its person's steps: once each, tied to person and source, never a 500."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from core import clock
from core.database import sql
from core.security.source_code import mint_source
from tests.scene import signed_in_member, tell_everyone
from tests.scenes.behaviour import PHONE, a_step, by_a_clock_off, steps
from tests.scenes.catalog import a_product
from tests.scenes.people import a_member
from tests.scenes.stores import a_member_of_staff

pytestmark = pytest.mark.usefixtures("db")
URL = "/api/v1/behaviour"


async def events() -> list[dict[str, Any]]:
    return await sql("SELECT * FROM behaviour_event ORDER BY id")


async def told(
    client: httpx2.AsyncClient, batch: dict[str, Any], headers: dict[str, str] | None = None
) -> dict[str, Any]:
    answer = await client.post(URL, json=batch, headers=headers or {})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_steps_are_tied_to_person_product_and_source(client: httpx2.AsyncClient) -> None:
    member, scarf, guide = await a_member(), await a_product(), await a_member_of_staff()
    me = await signed_in_member(member.id)
    source = mint_source(guide.id, guide.store_id or 0, group_id=31)

    said = await told(
        client,
        steps(a_step(productId=scarf.public_id), source=source, scene=1044, campaign="spring"),
        me,
    )

    assert said == {"kept": 1, "known": 0, "refused": []}
    [row] = await sql(
        "SELECT e.member_id, e.product_id, s.guide_id, s.group_id, s.scene, s.campaign"
        " FROM behaviour_event AS e JOIN behaviour_source AS s ON s.id = e.source_id"
    )
    assert row == {
        "member_id": member.id,
        "product_id": scarf.id,
        "guide_id": guide.id,
        "group_id": 31,
        "scene": 1044,
        "campaign": "spring",
    }


async def test_a_batch_told_twice_is_kept_once_also_when_the_person_signed_in_between(
    client: httpx2.AsyncClient,
) -> None:
    member = await a_member()
    batch = steps(a_step("visit"), a_step("search", subject="羊绒围巾"))

    first = await told(client, batch)
    again = await told(client, batch, await signed_in_member(member.id))

    assert (first["kept"], again["kept"], again["known"]) == (2, 0, 2)
    assert [row["member_id"] for row in await events()] == [member.id] * 2
    days = await sql("SELECT kind, times FROM behaviour_day ORDER BY kind")
    assert days == [{"kind": "search", "times": 1}, {"kind": "visit", "times": 1}]


async def test_what_was_seen_before_the_sign_in_becomes_the_members_and_stays_it(
    client: httpx2.AsyncClient,
) -> None:
    first, second = await a_member(), await a_member()
    await told(client, steps(a_step()))
    await told(client, steps(a_step("visit")), await signed_in_member(first.id))
    await told(client, steps(a_step("share")), await signed_in_member(second.id))

    owners = [(row["kind"], row["member_id"]) for row in await events()]

    assert owners == [("view", first.id), ("visit", first.id), ("share", second.id)]


async def test_one_id_twice_in_a_batch_is_one_step(client: httpx2.AsyncClient) -> None:
    said = await told(client, steps(a_step(step_id="7"), a_step("share", step_id="7")))

    assert said["kept"] == 1
    assert len(await events()) == 1


@pytest.mark.parametrize("off", [timedelta(days=-3_650), timedelta(days=900), timedelta(hours=5)])
async def test_a_phones_clock_may_be_years_off(client: httpx2.AsyncClient, off: timedelta) -> None:
    batch = by_a_clock_off(steps(a_step(ago_s=3_600)), off)

    await told(client, batch)

    [row] = await events()
    assert abs((clock.now() - row["at"]).total_seconds() - 3_600) < 30


async def test_nothing_lies_ahead_and_nothing_further_back_than_a_week(
    client: httpx2.AsyncClient,
) -> None:
    await told(
        client, steps(a_step(ago_s=-500_000, step_id="ahead"), a_step(ago_s=9e6, step_id="old"))
    )

    ages = [clock.now() - row["at"] for row in await events()]

    assert sorted(age.days for age in ages) == [0, 7]


async def test_one_unknown_thing_does_not_hold_up_the_others(client: httpx2.AsyncClient) -> None:
    said = await told(
        client,
        steps(
            a_step(step_id="a", productId="prd_aaaaaaaaaaaaaaaaaaaaaaaaaa"),
            a_step(step_id="b", storeCode="S-nowhere"),
            a_step("paid", step_id="c"),
            a_step("teleport", step_id="d"),
            a_step("visit", step_id="e"),
        ),
    )

    assert said == {
        "kept": 1,
        "known": 0,
        "refused": [
            {"id": "a", "why": "product"},
            {"id": "b", "why": "store"},
            {"id": "c", "why": "kind"},
            {"id": "d", "why": "kind"},
        ],
    }


BAD: list[dict[str, Any]] = [
    {"steps": []},
    {"steps": [a_step() for _ in range(101)]},
    {"visitor": "short"},
    {"visitor": "x" * 65},
    {"visitor": None},
    {"sentAt": "2026-11-22T03:00:00"},
    {"sentAt": "yesterday"},
    {"scene": -1},
    {"scene": 2**70},
    {"source": "x" * 201},
    {"memberId": 7},
    {"steps": [{**a_step(), "memberId": 7}]},
    {"steps": [{**a_step(), "id": "瓷"}]},
    {"steps": [{**a_step(), "subject": "x" * 81}]},
    {"steps": [{**a_step(), "subject": "\0"}]},
    {"steps": [{**a_step(), "at": "0000-00-00T00:00:00Z"}]},
    {"steps": "all"},
]


async def test_what_has_no_shape_is_refused_as_a_whole(client: httpx2.AsyncClient) -> None:
    for bad in BAD:
        answer = await client.post(URL, json={**steps(a_step()), **bad})
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "core.bad_body"), bad

    assert await events() == []


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
async def test_the_ends_of_the_calendar_are_moments_too(
    client: httpx2.AsyncClient, at: str
) -> None:
    for batch in (steps({**a_step(), "at": at}), {**steps(a_step()), "sentAt": at}):
        await told(client, batch)

    assert len(await events()) == 2


async def test_a_megabyte_is_not_read(client: httpx2.AsyncClient) -> None:
    giant = steps(*[a_step(subject="长" * 80) for _ in range(100)], campaign="x" * 2_000_000)

    answer = await client.post(URL, json=giant)

    assert answer.status_code == 413


async def test_a_forged_card_bars_nobody_and_names_no_guide(client: httpx2.AsyncClient) -> None:
    await told(client, steps(a_step("visit"), source="AQECAwQFBgcICQoLDA0ODw"))

    assert [row["source_id"] for row in await events()] == [None]


async def test_a_phone_that_talks_without_end_has_to_wait(client: httpx2.AsyncClient) -> None:
    phone = f"loud-{datetime.now(UTC).timestamp():.6f}".replace(".", "-")
    codes = set()
    for _ in range(62):
        answer = await client.post(URL, json=steps(a_step("visit"), phone=phone))
        codes.add(answer.status_code)

    assert codes == {200, 429}


async def test_the_favourite_a_phone_tells_of_and_the_favourite_itself_are_one_step(
    client: httpx2.AsyncClient,
) -> None:
    member, scarf = await a_member(), await a_product()
    me = await signed_in_member(member.id)
    await client.put(f"/api/v1/favourites/{scarf.public_id}", headers=me, json={})
    await told(client, steps(a_step("favourite", productId=scarf.public_id)), me)
    await tell_everyone()

    assert [row["kind"] for row in await events()] == ["favourite"]


async def test_a_member_reads_their_own_journey_page_by_page(client: httpx2.AsyncClient) -> None:
    member, other, scarf = await a_member(), await a_member(), await a_product()
    me = await signed_in_member(member.id)
    batch = [a_step("visit", ago_s=30 - n, step_id=f"v{n}") for n in range(5)]
    await told(client, steps(*batch, a_step(productId=scarf.public_id, ago_s=1)), me)
    await told(client, steps(a_step("share"), phone=PHONE[::-1]), await signed_in_member(other.id))

    first = (await client.get("/api/v1/journey?limit=4", headers=me)).json()
    cursor = first["nextCursor"]
    rest = (await client.get(f"/api/v1/journey?limit=4&cursor={cursor}", headers=me)).json()

    kinds = [one["kind"] for one in first["steps"] + rest["steps"]]
    assert kinds == ["view"] + ["visit"] * 5
    assert first["steps"][0]["product"] == scarf.title
    assert first["steps"][0]["text"] == "浏览"
    assert rest["nextCursor"] is None


@pytest.mark.parametrize("cursor", ["9-9-9", "-", "1-" + "9" * 30, "²-1"])
async def test_a_cursor_that_is_not_ours_is_refused(
    client: httpx2.AsyncClient, cursor: str
) -> None:
    me = await signed_in_member((await a_member()).id)

    answer = await client.get("/api/v1/journey", params={"cursor": cursor}, headers=me)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "behaviour.cursor_unknown"
