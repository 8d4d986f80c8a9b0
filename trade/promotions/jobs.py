"""What is due by the clock."""

from core.jobs import every
from trade.promotions.service import expire_coupons


@every("promotions.expire_coupons", seconds=600)
async def close_what_has_expired() -> None:
    while await expire_coupons():
        pass
