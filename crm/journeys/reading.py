"""A definition as it is kept. Private: rooms ask `queries` and change by `service`."""

from functools import lru_cache
from json import dumps, loads

from crm.journeys.models import Version
from crm.journeys.rules import Definition
from crm.segments.queries import parse as parse_condition


@lru_cache(maxsize=500)
def _kept(text: str) -> Definition:
    return Definition.model_validate(loads(text))


def as_written(data: dict[str, object]) -> Definition:
    """A kept definition; it was checked when it was saved."""
    return _kept(dumps(data, sort_keys=True))


async def definition_of(journey_id: int, version: int) -> Definition:
    row = await Version.get(journey_id=journey_id, number=version)
    return as_written(row.definition)


def check_condition(data: object) -> object:
    return parse_condition(data)
