"""A world that takes messages, and a deed that counts."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.settings import Settings
from sandbox.world import World
from tests.scenes.journeys import (
    Counting,
)
from tests.scenes.reach import a_template, a_world


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any], db: None) -> AsyncIterator[World]:
    async with a_world(settings, secrets) as world:
        await a_template()
        yield world


@pytest.fixture
async def counting(db: None) -> AsyncIterator[Counting]:
    with Counting() as counting:
        yield counting
