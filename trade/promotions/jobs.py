"""What is due by the clock, and coupons for many members."""

from core.jobs import Later, every, job
from trade.promotions.service import end_gifts, expire_coupons, work_off_issue


@every("promotions.expire_coupons", seconds=600)
async def close_what_has_expired() -> None:
    """Gifts first: a coupon whose friend did not come is its giver's again, and may end then."""
    while await end_gifts():
        pass
    while await expire_coupons():
        pass


@job("promotions.issue", timeout_s=60)
async def give_out(issue_id: int) -> None:
    """In parts, so that other work is not held up for long."""
    if not await work_off_issue(issue_id=issue_id):
        raise Later(0)
