from datetime import timedelta

import pytest

from core import clock
from core.jobs import schedules
from core.ledger import balance, chain_heads, jobs
from tests.scenes.ledger import POINTS, give, set_aside

pytestmark = pytest.mark.usefixtures("db")


async def test_the_book_looks_after_itself() -> None:
    await give("A1", 60, expires_at=clock.now() - timedelta(seconds=1))
    await set_aside("O1", 60, for_s=-1)
    for work in (jobs.expire_holds, jobs.expire_lots, jobs.seal_new, jobs.close_yesterday):
        assert any(recurring.work is work for recurring in schedules.values())
        await work()

    assert (await balance(POINTS), await balance(POINTS.held)) == (0, 0)
    assert list(await chain_heads()) == ["points"]
