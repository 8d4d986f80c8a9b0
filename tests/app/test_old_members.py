"""Old members come in from a file: good rows, bad rows, stops, repetitions, a hundred thousand."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.old_members import take_members
from app.old_members.rows import SENTENCES, BadFile
from core.ledger import Account, AccountKind, balance
from core.settings import current
from crm.people.models import Identity, Member, OldMembersFile
from crm.people.queries import (
    Entrance,
    Gender,
    may_be_reached,
    member_known_as,
    profile_of,
)
from tests.scenes.people import a_member, with_phone
from tests.scenes.stores import a_store
from tests.scenes.trading import all_findings
from trade.stores.models import Store

pytestmark = pytest.mark.usefixtures("db")
Row = Mapping[str, str]


def a_file(path: Path, rows: Sequence[Row], columns: Sequence[str] = ()) -> Path:
    names = list(columns or dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def phone(number: int) -> str:
    return f"138{number:08}"


def some(count: int, **more: str) -> list[dict[str, str]]:
    return [
        {"phone": phone(n), "card_no": f"C-{n:06}", "name": "林晓", "points": "120", **more}
        for n in range(count)
    ]


async def test_a_row_becomes_a_member_with_ids_profile_and_points(tmp_path: Path) -> None:
    store: Store = await a_store()
    rows = [
        {
            "phone": "+86 138 0013 8000",
            "card_no": "c-1001",
            "name": "欧阳静安",
            "gender": "female",
            "birthday": "1988-02-29",
            "email": "Lin@Example.com",
            "joined_on": "2019-05-01",
            "store_code": store.code,
            "entrance": "store",
            "points": "1200",
        }
    ]
    taken = await take_members(a_file(tmp_path / "old.csv", rows))
    member = await Member.get()
    told = await profile_of(member.id)

    assert (taken.new, taken.refused) == (1, 0)
    assert (told.name, told.birthday, told.gender) == (
        "欧阳静安",
        date(1988, 2, 29),
        Gender.FEMALE,
    )
    assert (member.entrance, member.home_store_id) == (Entrance.STORE, store.id)
    assert member.joined_at.date() == date(2019, 5, 1)
    assert await member_known_as("13800138000") == await member_known_as("C-1001") == member.id
    assert await balance(Account(AccountKind.POINTS, f"member:{member.id}")) == 1200
    assert await Identity.filter(verified_at=None).count() == 3
    assert await may_be_reached([member.id]) == set()
    assert await all_findings() == []


async def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    path = a_file(tmp_path / "old.csv", some(5))
    tried = await take_members(path, dry_run=True)
    assert not await Member.exists()
    assert not await OldMembersFile.exists()
    done = await take_members(path)

    assert (tried.new, tried.is_dry_run) == (done.new, True) == (5, True)


async def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    path = a_file(tmp_path / "old.csv", some(5))
    await take_members(path)
    again = await take_members(path)
    other = await take_members(a_file(tmp_path / "copy.csv", some(5) + some(6)[5:]))

    assert (again.rows, again.new) == (0, 0)
    assert (other.new, other.same) == (1, 5)
    assert await balance(Account(AccountKind.POINTS, "member:1")) == 120


async def test_a_stopped_import_goes_on_where_it_was(tmp_path: Path) -> None:
    path = a_file(tmp_path / "old.csv", some(35))

    class Stopped(Exception): ...

    def stop(done: int, total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        await take_members(path, progress=stop, batch=10)
    assert await Member.all().count() == 10
    rest = await take_members(path)

    assert (rest.rows, rest.new, rest.resumed_after) == (25, 25, 11)
    assert await Member.all().count() == 35


async def test_whom_we_know_gets_what_lacks_and_nothing_else(tmp_path: Path) -> None:
    known = await with_phone(await a_member(), "13800138000")
    rows = [{"phone": "13800138000", "card_no": "C-1001", "name": "林晓", "gender": "female"}]
    taken = await take_members(a_file(tmp_path / "old.csv", rows))
    other = [{"phone": "13800138000", "card_no": "C-1001", "name": "别人", "gender": "male"}]
    again = await take_members(a_file(tmp_path / "other.csv", other))
    told = await profile_of(known.id)

    assert (taken.new, taken.changed, again.same) == (0, 1, 1)
    assert (told.name, told.gender, told.card_no) == ("林晓", Gender.FEMALE, "C-1001")


BAD: list[tuple[dict[str, str], str]] = [
    ({"phone": "12345"}, "members.bad_phone"),
    ({"name": "林晓"}, "members.no_id"),
    ({"phone": phone(1), "card_no": "卡"}, "members.bad_card"),
    ({"phone": phone(1), "email": "x@"}, "members.bad_email"),
    ({"phone": phone(1), "name": "a\u200bb"}, "members.bad_name"),
    ({"phone": phone(1), "name": "x" * 61}, "members.bad_name"),
    ({"phone": phone(1), "gender": "F"}, "members.bad_gender"),
    ({"phone": phone(1), "birthday": "2999-01-01"}, "members.bad_birthday"),
    ({"phone": phone(1), "birthday": "31/01/1990"}, "members.bad_birthday"),
    ({"phone": phone(1), "birthday": "2020-01-01"}, "members.child"),
    ({"phone": phone(1), "joined_on": "2999-01-01"}, "members.bad_day"),
    ({"phone": phone(1), "store_code": "NOWHERE"}, "members.bad_store"),
    ({"phone": phone(1), "entrance": "window"}, "members.bad_entrance"),
    ({"phone": phone(1), "points": "-5"}, "members.bad_points"),
    ({"phone": phone(1), "points": "1.5"}, "members.bad_points"),
    ({"phone": phone(1), "points": "99999999999"}, "members.bad_points"),
    ({"phone": phone(1), "points": "１２"}, "members.bad_points"),
]


async def test_a_bad_row_is_refused_alone_with_its_reason(tmp_path: Path) -> None:
    columns = ["phone", "card_no", "name", "gender", "birthday", "email", "joined_on"]
    columns += ["store_code", "entrance", "points"]
    rows = [*(row for row, _ in BAD), {"phone": "13900139000"}]
    taken = await take_members(a_file(tmp_path / "old.csv", rows, columns))
    assert taken.refused_file is not None
    with taken.refused_file.open(encoding="utf-8-sig", newline="") as file:
        told = [(int(row["line"]), row["code"]) for row in csv.DictReader(file)]

    assert (taken.new, taken.refused) == (1, len(BAD))
    assert told == [(line, code) for line, (_, code) in enumerate(BAD, start=2)]
    assert taken.refused_file.stat().st_mode & 0o077 == 0


async def test_every_fault_of_a_row_has_its_sentence_and_its_case() -> None:
    tried = {code for _, code in BAD}
    rest = {"members.two_members", "members.repeated", "members.bad_row"}

    assert tried | rest == set(SENTENCES)


async def test_rows_of_two_members_and_repeated_rows_are_refused(tmp_path: Path) -> None:
    one, other = await with_phone(await a_member()), await a_member()
    await Identity(member=other, kind="till_card", known_as="C-9009", source="till").save()
    rows = [
        {"phone": "13800138000", "card_no": "C-9009"},
        {"phone": phone(2), "card_no": "C-2002"},
        {"phone": phone(2), "card_no": "C-3003"},
    ]
    taken = await take_members(a_file(tmp_path / "old.csv", rows))
    assert taken.refused_file is not None
    told = taken.refused_file.read_text(encoding="utf-8-sig")

    assert (taken.new, taken.refused) == (1, 2)
    assert "members.two_members" in told
    assert "members.repeated" in told
    assert one.id != other.id


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe\x00phone",
        b"name\n\xe6\x9e\x97\n",
        b"phone,phone\n1,2\n",
        b"phone,password\n1,2\n",
        b"",
        b'phone\n"138',
    ],
)
async def test_a_file_that_is_none_is_refused_whole(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes(raw)
    with pytest.raises(BadFile):
        await take_members(path)

    assert not await Member.exists()


async def test_a_row_of_another_width_and_a_formula_are_no_danger(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("phone,name\n13800138000\n=1+1,林晓\n13900139000,=HYPERLINK(1)\n")
    taken = await take_members(path)
    assert taken.refused_file is not None
    told = taken.refused_file.read_text(encoding="utf-8-sig")

    assert (taken.new, taken.refused) == (1, 2)
    assert "'=1+1" in told
    assert str(current().var_dir) in str(taken.refused_file)


async def test_what_is_kept_holds_no_phone_in_plain(tmp_path: Path) -> None:
    await take_members(a_file(tmp_path / "old.csv", some(3)))
    kept: list[dict[str, Any]] = await Identity.filter(kind="phone").values()

    assert phone(1) not in str(kept)
    assert "林晓" not in str(await Member.all().values())
