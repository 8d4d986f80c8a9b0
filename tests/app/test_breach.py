"""The breach drill: which members, which fields, when and by whom, from our own records (P14)."""

from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import main
from core import clock
from core.database import sql
from core.privacy import all_disclosures, all_personal
from core.security.scope import Role, Scope
from crm.people.queries import Breach, affected_between
from crm.people.service import copy_own_data, reveal_phone
from tests.scenes.people import a_member, head_office, with_phone

pytestmark = pytest.mark.usefixtures("db")


async def last_hour(actor: str = "") -> Breach:
    now = clock.now()
    hour = timedelta(hours=1)
    return await affected_between(now - hour, now + hour, actor=actor)


async def test_the_drill_names_members_fields_ways_and_actors_and_no_value() -> None:
    seen, copied = (
        await with_phone(await a_member()),
        await with_phone(await a_member(), "13900139000"),
    )
    _ = await a_member()
    asked: dict[str, Any] = {"scope": head_office(), "member_public_id": seen.public_id}
    await reveal_phone(**asked, reason="核对退货地址")
    await copy_own_data(scope=Scope(Role.MEMBER, member_id=copied.id))
    found = await last_hour()
    told = str(found.as_dict()) + found.text()

    assert found.members == {seen.id, copied.id}
    assert {row.way for row in found.rows} == {"people.phone_revealed", "people.copied"}
    assert "手机号与邮箱（加密）" in told
    assert "13800138000" not in told
    assert (await last_hour(f"member:{copied.id}")).members == {copied.id}


async def test_what_lies_outside_the_window_is_left_out() -> None:
    member = await with_phone(await a_member())
    asked: dict[str, Any] = {"scope": head_office(), "member_public_id": member.public_id}
    await reveal_phone(**asked, reason="核对退货地址")
    now = clock.now()
    found = await affected_between(now + timedelta(hours=1), now + timedelta(hours=2))

    assert (found.rows, found.text()) == ((), "0 members affected")


async def test_every_way_out_runs_and_names_fields_that_are_kept() -> None:
    now = clock.now()
    for way in all_disclosures():
        await sql(way.sql, now, now)
        assert way.zh
        assert way.en
    assert {name for way in all_disclosures() for name in way.fields} - set(all_personal()) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--from", "yesterday", "--to", "2026-01-01"],
        ["--from", "2026-01-02", "--to", "2026-01-01"],
        ["--from", "2026-01-02"],
    ],
)
async def test_a_window_that_is_none_is_refused_in_words(arguments: list[str]) -> None:
    said = CliRunner().invoke(main, ["breach", *arguments])

    assert said.exit_code == 2
    assert "Error" in said.output
