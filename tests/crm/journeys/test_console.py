"""The pages of campaigns and messages: from a preset to a started journey, without a script."""

import re
from datetime import time
from html import unescape

import pytest
from httpx2 import AsyncClient, Response

from core.security.scope import Role
from crm.journeys.models import Journey, Run, Version
from crm.journeys.queries import PRESETS
from crm.journeys.service import look
from crm.reach.queries import caps, quiet_hours
from tests.scenes.console import csrf_of, enter
from tests.scenes.journeys import a_segment
from tests.scenes.reach import a_reachable_member, a_template
from tests.scenes.stores import a_member_of_staff

AREA = re.compile(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', re.DOTALL)
SELECT = re.compile(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)


@pytest.fixture
async def office(client: AsyncClient) -> AsyncClient:
    await enter(client, await a_member_of_staff(Role.MARKETER))
    return client


async def post(client: AsyncClient, page: Response, path: str, **fields: str) -> Response:
    return await client.post(path, data={"csrf": csrf_of(page), **fields})


async def a_draft(client: AsyncClient, preset: str = "season") -> str:
    """Answers its address."""
    page = await client.get("/console/journeys")
    code = f"{preset}-1"
    given = {"preset": preset, "code": code, "segment": "all", "template": "news-sms"}
    made = await post(client, page, "/console/journeys", **given)
    assert made.status_code == 303, made.text
    return made.headers["location"].removesuffix("/edit")


async def test_every_preset_makes_a_draft_that_shows_its_picture(office: AsyncClient) -> None:
    await a_template()
    await a_segment()
    for preset in PRESETS:
        shown = await office.get(await a_draft(office, preset.code))
        assert shown.status_code == 200
        assert preset.zh.partition("：")[0] in shown.text
        assert '<svg class="way"' in shown.text


async def test_a_campaign_is_changed_started_and_reported(office: AsyncClient) -> None:
    await a_template()
    _ = await a_reachable_member()
    await a_segment()
    at = await a_draft(office)
    page = await office.get(f"{at}/edit")
    fields = fields_of(page)
    more = await post(office, page, f"{at}/edit", **fields, op="add:s4:wait")
    wrong = fields_of(more) | {"holdout": "99"}
    refused = await post(office, more, f"{at}/edit", **wrong, op="save")
    right = fields_of(refused) | {"holdout": "20", "name": "双十一"}
    saved = await post(office, refused, f"{at}/edit", **right, op="save")
    assert (more.status_code, refused.status_code, saved.status_code) == (200, 422, 303)
    assert "holdout_bp" in refused.text

    page = await office.get(at)
    started = await post(office, page, f"{at}/act", action="start")
    again = await post(office, page, f"{at}/act", action="start")
    await look()
    shown = await office.get(at, headers={"accept-language": "en"})
    listed = await office.get(f"{at}/members?group=treated")
    journey = await Journey.get()

    assert (started.status_code, again.status_code) == (303, 422)
    assert (journey.name, journey.version, journey.state) == ("双十一", 2, "running")
    assert (await Version.get(number=2)).definition["steps"]["s5"]["kind"] == "wait"
    assert await Run.all().count() == 1
    assert "Treated" in shown.text
    assert listed.status_code == 200


def fields_of(page: Response) -> dict[str, str]:
    """What the editor's form would send as it stands."""
    found = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page.text)
    }
    found |= {unescape(name): unescape(text) for name, text in AREA.findall(page.text)}
    for name, inner in SELECT.findall(page.text):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', inner)
        first = re.search(r'<option(?: value="([^"]*)")?>([^<]*)', inner)
        option = chosen or first
        found[name] = (option[1] if option[1] is not None else option[2]) if option else ""
    found.pop("csrf", None)
    return found


async def test_beginning_questions_and_exit_are_chosen_and_not_written_as_data(
    office: AsyncClient,
) -> None:
    await a_template()
    await a_segment()
    at = await a_draft(office)
    page = await office.get(f"{at}/edit")
    plain = {key: value for key, value in fields_of(page).items() if key != "trigger.is_yearly"}
    by_day = await post(office, page, f"{at}/edit", **plain | {"trigger.kind": "day"}, op="look")
    unsaid = await post(office, by_day, f"{at}/edit", **fields_of(by_day), op="save")
    asked = await post(office, by_day, f"{at}/edit", **fields_of(by_day), op="add::if")
    chosen = fields_of(asked) | {
        "trigger.trait": "people.joined",
        "trigger.days": "30",
        "trigger.is_yearly": "1",
        "exit": "in:all",
    }
    question = next(key for key in chosen if key.endswith(".asks"))
    saved = await post(office, asked, f"{at}/edit", **chosen | {question: "out:all"}, op="save")
    journey = (await Version.filter(journey__public_id=at.rpartition("/")[2]).order_by("-id"))[0]
    shown = await office.get(f"{at}/edit")

    assert (unsaid.status_code, saved.status_code) == (422, 303)
    assert "trigger.trait：请选择一个日期" in unsaid.text
    assert journey.definition["trigger"] == {
        "kind": "day",
        "trait": "people.joined",
        "days": 30,
        "is_yearly": True,
        "segment": "all",
    }
    assert journey.definition["exit"] == {"segment": "all"}
    step = journey.definition["steps"][question.partition(".")[0]]
    assert step["condition"] == {"not": {"segment": "all"}}
    assert (fields_of(shown)[question], fields_of(shown)["exit"]) == ("out:all", "in:all")


async def test_bad_forms_are_refused_and_never_a_fault_of_ours(office: AsyncClient) -> None:
    await a_template()
    await a_segment()
    at = await a_draft(office)
    page = await office.get(f"{at}/edit")
    step = '{"start": 1, "trigger": {"kind": "x"}, "steps": {"s1": {"kind": "do", "deed": []}}}'
    bad = ("", "[]", "{", '{"steps": 3}', '{"steps": {"s1": 1}}', "[" * 30_000, step)
    for definition in bad:
        answer = await post(office, page, f"{at}/edit", definition=definition, op="save")
        assert answer.status_code == 422, definition[:20]
    for path, fields in {
        "/console/journeys": {"preset": "none", "code": "x1"},
        "/console/reach/templates": {"code": "A b", "name": "n", "channel": "sms"},
        "/console/reach/limits": {"channel": "wecom", "span": "month", "most": "9"},
        "/console/reach/quiet": {"starts": "25:00", "ends": "x"},
        "/console/reach/unknown": {"message": "msg_none", "was_sent": "1"},
    }.items():
        assert (await post(office, page, path, **fields)).status_code == 422, path
    assert (await office.get("/console/journeys/jrn_none")).status_code == 404
    assert (await office.get("/console/reach?template=none")).status_code == 404


async def test_limits_hours_and_templates_are_set_on_their_page(office: AsyncClient) -> None:
    page = await office.get("/console/reach")
    limit = {"channel": "sms", "span": "day", "most": "2"}
    await post(office, page, "/console/reach/limits", **limit)
    await post(office, page, "/console/reach/quiet", starts="22:00", ends="08:30")
    template = {
        "code": "welcome",
        "name": "欢迎",
        "channel": "sms",
        "purpose": "marketing",
        "text": "欢迎来{store}",
        "is_on": "1",
    }
    saved = await post(office, page, "/console/reach/templates", **template)
    shown = await office.get("/console/reach?template=welcome")

    assert saved.status_code == 303
    assert "欢迎来{store}" in shown.text
    assert ("sms", "day", 2) in {(cap.channel, cap.span, cap.most) for cap in await caps()}
    hours = await quiet_hours()
    assert (hours.starts, hours.ends) == (time(22), time(8, 30))
