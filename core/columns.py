"""Columns with house meanings. They also give back the `int` that Tortoise's BigIntField loses."""

from tortoise.fields import BigIntField, Field


def key() -> Field[int]:
    return BigIntField(primary_key=True)


def ref() -> Field[int]:
    """The id of a row kept by another room: indexed, and no foreign key across the wall."""
    return BigIntField(db_index=True)


def maybe_ref() -> Field[int | None]:
    return BigIntField(db_index=True, null=True)


def fen() -> Field[int]:
    return BigIntField()
