"""What can be done with points. One public function is one use case is one transaction."""

from crm.points.rules import On
from crm.points.service.celebrating import reward_birthdays
from crm.points.service.checking_in import CheckedIn, check_in
from crm.points.service.earning import earn_points, start_waiting, take_points_back
from crm.points.service.exchanging import (
    Exchanged,
    exchange_points,
    link_account,
    unlink_account,
)
from crm.points.service.maturing import give_due
from crm.points.service.programs import ProgramDraft, check_program, put_program
from crm.points.service.reconciling import (
    reconcile_day,
    reconcile_yesterday,
    settle_difference,
)
from crm.points.service.redeeming import (
    Redeemed,
    cancel_redemption,
    cancel_unfetched,
    hand_over_gift,
    redeem,
)
from crm.points.service.reminding import remind_of_expiry
from crm.points.service.rewarding import give_points, reward
from crm.points.service.stocking import RewardDraft, offer_reward, put_reward, restock

__all__ = [
    "CheckedIn",
    "Exchanged",
    "On",
    "ProgramDraft",
    "Redeemed",
    "RewardDraft",
    "cancel_redemption",
    "cancel_unfetched",
    "check_in",
    "check_program",
    "earn_points",
    "exchange_points",
    "give_due",
    "give_points",
    "hand_over_gift",
    "link_account",
    "offer_reward",
    "put_program",
    "put_reward",
    "reconcile_day",
    "reconcile_yesterday",
    "redeem",
    "remind_of_expiry",
    "restock",
    "reward",
    "reward_birthdays",
    "settle_difference",
    "start_waiting",
    "take_points_back",
    "unlink_account",
]
