"""The pages of exports over HTTP: forms that cannot be forged, and a file that is a download."""

import json

from httpx2 import AsyncClient, Response

from core.security.scope import Role
from crm.exports.models import Export, Schedule
from tests.scene import tell_everyone
from tests.scenes.console import csrf_of, enter
from tests.scenes.exports import members_with_phones, rows_of
from tests.scenes.journeys import a_segment
from tests.scenes.stores import a_member_of_staff

FORM = {
    "format": "csv",
    "use": "service",
    "reason": "核对售后地址",
    "receiver": "客服主管",
    "keep_days": "7",
    "columns": ["people.phone", "people.joined"],
    "key": "one",
}
RECENT = {"trait": "people.joined", "is": "within_days", "value": 30}


async def send(client: AsyncClient, path: str, **fields: object) -> Response:
    page = await client.get("/console/exports/new")
    return await client.post(path, data={"csrf": csrf_of(page), **fields})


async def asked(client: AsyncClient, **more: object) -> str:
    answer = await send(client, "/console/exports", **{**FORM, **more})
    assert answer.status_code == 303, answer.text
    await tell_everyone()
    return str(answer.headers["location"])


async def test_the_file_is_a_download_with_its_hash_and_kept_by_nobody(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.MARKETER))
    await members_with_phones(2)
    place = await asked(client)
    part = await client.get(f"{place}/part", headers={"hx-request": "true"})
    assert "可以下载" in part.text
    assert "hx-trigger" not in part.text
    taken = await send(client, f"{place}/file")

    row = await Export.get()
    assert taken.headers["content-disposition"] == (
        f'attachment; filename="members-{row.watermark}.csv"'
    )
    assert taken.headers["cache-control"] == "no-store"
    assert len(rows_of(taken.content)) == 3
    assert (await send(client, f"{place}/file")).status_code == 409


async def test_a_form_that_is_not_ours_changes_nothing(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.MARKETER))
    answer = await client.post("/console/exports", data={**FORM, "csrf": "guessed"})

    assert answer.status_code == 403
    assert await Export.all().count() == 0


async def test_a_condition_of_another_screen_is_told_and_carried_over(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.MARKETER))
    condition = json.dumps(RECENT)
    form = await send(client, "/console/exports/new", condition=condition)
    await asked(client, condition=condition)

    assert "入会时间" in form.text
    assert (await Export.get()).condition == RECENT


async def test_what_is_no_condition_is_refused_in_words(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.MARKETER))
    for bad in ("[", "[]", '{"x": 1}', "{" * 9_000):
        answer = await send(client, "/console/exports/new", condition=bad)
        assert (answer.status_code, "segments.bad_condition" in answer.text) == (422, True)


async def test_a_schedule_is_asked_for_in_the_same_form(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.MARKETER))
    wrong = await send(client, "/console/exports", **{**FORM, "every_days": "7", "ends_on": "x"})
    right = await asked(client, every_days="7", hour="9", ends_on="2027-06-30")

    assert (wrong.status_code, right) == (422, "/console/exports")
    row = await Schedule.get()
    assert (row.every_days, row.hour, await Export.all().count()) == (7, 9, 0)
    listed = await client.get("/console/exports?lang=en")
    assert "Scheduled exports" in listed.text


async def test_only_a_colleague_of_head_office_sees_the_buttons_of_approval(
    client: AsyncClient,
) -> None:
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    place = await asked(client, is_whole="1")
    own = await client.get(place)
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    other = await client.get(place)
    await send(client, f"{place}/approve")
    await tell_everyone()

    assert ("驳回的原因" in own.text, "驳回的原因" in other.text) == (False, True)
    assert (await Export.get()).state == "ready"


async def test_a_store_is_not_told_how_many_the_whole_brand_has(client: AsyncClient) -> None:
    await members_with_phones(2)
    await a_segment()
    for role, said in ((Role.MARKETER, "all（2）"), (Role.STORE_MANAGER, "all</option>")):
        await enter(client, await a_member_of_staff(role))
        assert said in (await client.get("/console/exports/new")).text


async def test_nothing_chosen_or_unknown_choices_are_said_in_the_form(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.MARKETER))
    wrong: list[dict[str, object]] = [
        {"format": "exe"},
        {"use": "fun"},
        {"keep_days": "x"},
        {"columns": []},
    ]
    for more in wrong:
        answer = await send(client, "/console/exports", **{**FORM, **more})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert "客服主管" in answer.text  # nothing typed is lost
