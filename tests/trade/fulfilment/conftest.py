from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.settings import Settings
from sandbox.world import World
from tests.scenes.people import played


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any]) -> AsyncIterator[World]:
    """A WeChat that plays along."""
    async with played(settings, secrets) as world:
        yield world
