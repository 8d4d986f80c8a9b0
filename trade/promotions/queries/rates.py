"""The program's flat rates: points, commission, franchise share."""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.money import share_bp
from trade.promotions.models import ProgramRate
from trade.promotions.rules import points_for


@dataclass(frozen=True, slots=True)
class Rates:
    """Flat rates of the program at a moment, and what they make of an amount."""

    points_per_yuan: int
    commission_bp: int
    share_bp: int
    version: int

    def points_for(self, paid_fen: int) -> int:
        """Points (积分) for money really paid: whole yuan count."""
        return points_for(paid_fen, self.points_per_yuan)

    def commission_for(self, paid_fen: int) -> int:
        """The guide's commission (佣金) in fen, half a fen upwards."""
        return share_bp(paid_fen, self.commission_bp)

    def share_for(self, paid_fen: int) -> int:
        """The franchisee's share (分账) in fen, half a fen upwards."""
        return share_bp(paid_fen, self.share_bp)


async def rates(at: datetime | None = None) -> Rates:
    """The program's rates now, or `at` a moment; before any were set nothing is earned."""
    day = clock.shop_day(at or clock.now())
    row = await ProgramRate.filter(valid_from__lte=day).order_by("-valid_from", "-version").first()
    if row is None:
        return Rates(points_per_yuan=0, commission_bp=0, share_bp=0, version=0)
    return Rates(row.points_per_yuan, row.commission_bp, row.share_bp, row.version)
