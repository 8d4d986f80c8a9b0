"""Tables of points programs. Private: other rooms come through `service` and `queries`.

What a member has is the ledger's; these rows say why it was given, and what is still to come.
"""

from crm.points.models.alliance import Alliance, AllianceAccount, Difference, Exchange
from crm.points.models.earning import CheckIn, Earning, ProgramRow, Reminder, Taking
from crm.points.models.redeeming import Redemption, Reward

__all__ = [
    "Alliance",
    "AllianceAccount",
    "CheckIn",
    "Difference",
    "Earning",
    "Exchange",
    "ProgramRow",
    "Redemption",
    "Reminder",
    "Reward",
    "Taking",
]
