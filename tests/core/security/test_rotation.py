from collections.abc import AsyncIterator, Iterator, Mapping

import pytest

from core.database import sql
from core.security import rotation
from core.security.rotation import Rotated, encrypted_column, rotate, still_old
from core.security.vault import blind_index, blind_indexes, decrypt, encrypt
from tests.scenes.keys import a_key, with_keys

pytestmark = pytest.mark.usefixtures("db")
PHONES = [f"138001380{number:02d}" for number in range(25)]
FIELD, INDEX = a_key(), a_key()


@pytest.fixture
async def people(db: None) -> AsyncIterator[None]:
    with_keys({"f1": FIELD}, {"i1": INDEX})
    await sql("CREATE TABLE people (id bigint PRIMARY KEY, cipher text, whole text, tail text)")
    for row_id, phone in enumerate(PHONES, start=1):
        await sql(
            "INSERT INTO people VALUES ($1, $2, $3, $4)",
            row_id,
            encrypt(phone, bound_to=f"person:{row_id}"),
            *phone_indexes(phone).values(),
        )
    await sql("INSERT INTO people (id) VALUES (99)")
    yield
    await sql("DROP TABLE people")


def phone_indexes(phone: str) -> Mapping[str, str]:
    return {"whole": blind_index(phone, "whole"), "tail": blind_index(phone[-4:], "tail")}


@pytest.fixture(autouse=True)
def registered(db: None) -> Iterator[None]:
    kept = dict(rotation.columns)
    rotation.columns.clear()
    register = encrypted_column(
        "people", "cipher", bound_to="person:{id}", index_columns=("whole", "tail")
    )
    register(phone_indexes)
    yield
    rotation.columns.clear()
    rotation.columns.update(kept)


async def found(phone: str) -> list[int]:
    rows = await sql(
        "SELECT id FROM people WHERE whole = ANY($1::text[])", blind_indexes(phone, "whole")
    )
    return [row["id"] for row in rows]


async def test_rotation_keeps_search_and_reading_working_all_the_way(people: None) -> None:
    with_keys({"f1": FIELD, "f2": a_key()}, {"i1": INDEX, "i2": a_key()})
    before = await still_old()
    first = await rotation._rotate_batch(rotation.columns["people", "cipher"], 0, 10)
    half_way = [await found(phone) for phone in PHONES]
    left = await still_old()
    await rotate(batch=10)

    assert before == {"people.cipher": 25}
    assert first == (10, 10, [])
    assert half_way == [[row_id] for row_id in range(1, 26)]
    assert left == {"people.cipher": 15}
    assert await still_old() == {"people.cipher": 0}
    assert [await found(phone) for phone in PHONES] == half_way
    [row] = await sql("SELECT cipher FROM people WHERE id = 7")
    assert decrypt(row["cipher"], bound_to="person:7") == PHONES[6]


async def test_afterwards_the_old_keys_may_be_dropped(people: None) -> None:
    field, index = a_key(), a_key()
    with_keys({"f1": FIELD, "f2": field}, {"i1": INDEX, "i2": index})
    await rotate(batch=7)
    with_keys({"f2": field}, {"i2": index})

    assert await found(PHONES[3]) == [4]
    assert await rotate() == [Rotated("people", "cipher", 0, ())]


async def test_a_new_index_key_alone_moves_the_rows_too(people: None) -> None:
    with_keys({"f1": FIELD}, {"i1": INDEX, "i2": a_key()})

    assert await rotate() == [Rotated("people", "cipher", 25, ())]
    assert await rotate() == [Rotated("people", "cipher", 0, ())]


async def test_a_row_nobody_can_read_is_told_and_left_alone(people: None) -> None:
    await sql("UPDATE people SET cipher = (SELECT cipher FROM people WHERE id = 2) WHERE id = 1")
    with_keys({"f1": FIELD, "f2": a_key()}, {"i1": INDEX})

    assert await rotate(batch=4) == [Rotated("people", "cipher", 24, (1,))]


async def test_no_phone_stands_in_a_dump_of_the_table(people: None) -> None:
    dump = str(await sql("SELECT * FROM people"))

    assert [phone for phone in PHONES if phone in dump] == []
    assert [phone for phone in PHONES if phone[-8:] in dump] == []
