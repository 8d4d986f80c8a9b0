from app.auditing import audit, show
from core.audit import checks
from core.settings import Settings

ROOMS = {"ledger", "stores", "promotions", "stock", "orders", "payments", "settlement", "people"}


async def test_every_check_of_every_room_runs_on_an_empty_shop(settings: Settings) -> None:
    report = await audit(settings)

    assert report == {"checks": len(checks), "findings": 0, "by_check": {}}
    assert {name.partition(".")[0] for name in checks} >= ROOMS
    assert show(report, as_json=False) == f"{len(checks)} checks, 0 findings"
