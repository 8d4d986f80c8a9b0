"""A person's own titles: kept because they asked for it, told to nobody else."""

from datetime import timedelta

import pytest

from core import clock, privacy
from core.database import sql
from core.security.rotation import columns
from invoicing.titles.errors import TitleUnknown
from invoicing.titles.models import Remembered
from invoicing.titles.queries import Holder, Title, titles_of
from invoicing.titles.service import forget_title, forget_titles, new_token, remember_title

pytestmark = pytest.mark.usefixtures("db")
TITLE = Title("enterprise", "某某商贸（上海）有限公司", "11310115MA4R207G5L", "a@b.cn")


def a_browser() -> Holder:
    return Holder(token=new_token())


async def names(holder: Holder) -> list[str]:
    return [one.title.title for one in await titles_of(holder)]


async def test_a_title_is_remembered_once_with_the_newest_address() -> None:
    me = a_browser()
    await remember_title(holder=me, title=TITLE)
    await remember_title(holder=me, title=Title(TITLE.kind, TITLE.title, TITLE.tax_no, "new@b.cn"))

    [kept] = await titles_of(me)
    assert kept.title.mail == "new@b.cn"
    assert (await Remembered.get()).uses == 2


async def test_the_sixth_title_makes_the_oldest_go() -> None:
    me = a_browser()
    for number in range(6):
        await remember_title(holder=me, title=Title("enterprise", f"第 {number} 家", "X"))

    assert await names(me) == [f"第 {number} 家" for number in (5, 4, 3, 2, 1)]


async def test_nobody_sees_anothers_titles() -> None:
    me, other, member = a_browser(), a_browser(), Holder(member_id=7)
    await remember_title(holder=me, title=TITLE)
    await remember_title(holder=member, title=Title("individual", "林晓"))

    assert [await names(who) for who in (me, other, member, Holder(member_id=8))] == [
        [TITLE.title],
        [],
        ["林晓"],
        [],
    ]
    [mine] = await titles_of(me)
    for who in (other, member):
        with pytest.raises(TitleUnknown):
            await forget_title(holder=who, title_id=mine.id)
    with pytest.raises(ValueError, match="whose"):
        await titles_of(Holder())


async def test_what_is_forgotten_is_gone() -> None:
    me = a_browser()
    for name in ("甲", "乙", "丙"):
        await remember_title(holder=me, title=Title("enterprise", name, "X"))
    first = (await titles_of(me))[0]

    await forget_title(holder=me, title_id=first.id)
    assert await names(me) == ["乙", "甲"]
    await forget_titles(holder=me)
    await forget_titles(holder=me)

    assert await Remembered.all().count() == 0


async def test_a_title_nobody_used_for_a_year_is_not_offered() -> None:
    me = a_browser()
    await remember_title(holder=me, title=TITLE)
    await Remembered.all().update(used_at=clock.now() - timedelta(days=366))

    assert await titles_of(me) == []


async def test_the_table_shows_neither_title_nor_token() -> None:
    me = a_browser()
    await remember_title(holder=me, title=TITLE)

    [row] = await sql("SELECT * FROM titles_remembered")
    shown = " ".join(str(value) for value in row.values())
    assert not [text for text in (TITLE.title, TITLE.tax_no, TITLE.mail, me.token) if text in shown]


async def test_the_room_says_what_it_keeps_of_people() -> None:
    assert ("titles_remembered", "sealed") in columns
    assert "titles_remembered" in {owned.table for owned in privacy.all_owned()}
    assert "titles_remembered" in {expiring.table for expiring in privacy.all_expiring()}
