"""A world in which every tax backend is played, and each adapter opposite its player."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from core.settings import Settings
from sandbox.server import running
from sandbox.world import World
from tests.scenes.backends import OPPOSITES, PLAYED, Opposite
from tests.scenes.outside import outside


@pytest.fixture
async def bureau() -> AsyncIterator[World]:
    async with running(outside(printers=[], **PLAYED)) as started:
        yield started


@pytest.fixture(params=sorted(OPPOSITES))
async def opposite(
    request: pytest.FixtureRequest, bureau: World, settings: Settings, db: None
) -> AsyncIterator[Opposite]:
    """An adapter and its player, one after the other."""
    async with (
        httpx2.AsyncClient(base_url=bureau.http, trust_env=False) as http,
        OPPOSITES[request.param](bureau, http) as ready,
    ):
        yield ready
