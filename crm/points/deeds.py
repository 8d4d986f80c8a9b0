"""What a journey may do here: give points."""

from typing import Literal

from pydantic import BaseModel, Field

from core.deeds import Deed, Done, Outcome, Refused, register
from core.errors import DomainError
from crm.points.service import give_points


class PointsParams(BaseModel):
    points: int = Field(title="积分 / points", ge=1, le=1_000_000)
    purse: Literal["points", "behaviour_points"] = Field(default="points", title="种类 / kind")
    days: int | None = Field(default=None, title="有效天数 / days", ge=1, le=3_660)


async def give(member_id: int, params: PointsParams, cause: str) -> Outcome:
    try:
        await give_points(
            member_id=member_id,
            points=params.points,
            cause=cause,
            purse=params.purse,
            days=params.days,
        )
    except DomainError as refused:
        return Refused(refused.code)
    return Done(f"points:{params.points}")


register(Deed("points.give", "送积分", "give points", PointsParams, give))
