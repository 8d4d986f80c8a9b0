"""What can be done with points. One public function is one use case is one transaction."""

from crm.points.rules import On
from crm.points.service.checking_in import CheckedIn, check_in
from crm.points.service.earning import earn_points, start_waiting, take_points_back
from crm.points.service.maturing import give_due
from crm.points.service.redeeming import (
    Redeemed,
    cancel_redemption,
    cancel_unfetched,
    hand_over_gift,
    redeem,
)
from crm.points.service.rewarding import give_points, reward

__all__ = [
    "CheckedIn",
    "On",
    "Redeemed",
    "cancel_redemption",
    "cancel_unfetched",
    "check_in",
    "earn_points",
    "give_due",
    "give_points",
    "hand_over_gift",
    "redeem",
    "reward",
    "start_waiting",
    "take_points_back",
]
