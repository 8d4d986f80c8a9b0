import pytest
from tortoise import Tortoise

from crm.people.privacy import NOT_PERSONAL, PERSONAL

pytestmark = pytest.mark.usefixtures("db")


async def test_every_column_of_people_is_personal_with_a_purpose_or_is_not_personal() -> None:
    """A new column without an entry fails here (privacy rule P1)."""
    columns = {
        (model._meta.db_table, column)
        for model in Tortoise.apps["people"].values()
        for column in model._meta.fields_db_projection.values()
    }
    unlisted = {
        f"{table}.{column}"
        for table, column in columns
        if f"{table}.{column}" not in PERSONAL and column not in NOT_PERSONAL
    }

    assert unlisted == set()
    assert set(PERSONAL) <= {f"{table}.{column}" for table, column in columns}
    assert all(kept.purposes for kept in PERSONAL.values())
