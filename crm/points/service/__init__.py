"""What can be done with points. One public function is one use case is one transaction."""

from crm.points.service.earning import earn_points, start_waiting, take_points_back
from crm.points.service.maturing import give_due

__all__ = ["earn_points", "give_due", "start_waiting", "take_points_back"]
