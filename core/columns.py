"""Columns with house meanings. They also give back the `int` that Tortoise's BigIntField loses."""

from functools import wraps

from tortoise.fields import BigIntField, CharField, Field

from core.ids import new_id


def key() -> Field[int]:
    return BigIntField(primary_key=True)


def ref(*, is_indexed: bool = True) -> Field[int]:
    """The id of a row kept by another room: no foreign key across the wall.

    An index is for what is asked by this column alone; each one is paid for at every insert.
    """
    return BigIntField(db_index=is_indexed)


def maybe_ref(*, is_indexed: bool = True) -> Field[int | None]:
    return BigIntField(db_index=is_indexed, null=True)


def fen() -> Field[int]:
    return BigIntField()


def maybe_fen() -> Field[int | None]:
    return BigIntField(null=True)


def public_id(prefix: str) -> Field[str]:
    """What the outside calls this row: 128 random bits."""

    @wraps(new_id)  # under its name a migration can write the default down
    def make() -> str:
        return new_id(prefix)

    made = CharField(max_length=40, unique=True, default=make)
    made.validators.clear()  # whoever asks for a longer name finds nothing: no ORM error for it
    return made
