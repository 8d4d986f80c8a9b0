"""The states of a journey and of one member's run through it."""

from enum import StrEnum

from crm.journeys.errors import WrongMove


class Aim(StrEnum):
    """What it is for: winning new people and calling back old ones are different goals (MB-17)."""

    NEWCOMERS = "newcomers"  # 拉新: a first order
    REPEAT = "repeat"  # 复购
    RECALL = "recall"  # 召回沉睡会员
    BASKET = "basket"  # 提升客单价
    ACTIVITY = "activity"  # 促活
    LAUNCH = "launch"  # 新品上市
    JOINT = "joint"  # 联合活动
    INVITE = "invite"  # 到店与直播邀约
    SEASON = "season"  # 节日与季节
    CARE = "care"  # 会员关怀


class State(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    CANCELLED = "cancelled"


MOVES = {
    (State.DRAFT, "start"): State.RUNNING,
    (State.RUNNING, "pause"): State.PAUSED,
    (State.PAUSED, "resume"): State.RUNNING,
    (State.RUNNING, "end"): State.ENDED,
    (State.PAUSED, "end"): State.ENDED,
    (State.DRAFT, "cancel"): State.CANCELLED,
    (State.RUNNING, "cancel"): State.CANCELLED,
    (State.PAUSED, "cancel"): State.CANCELLED,
}


def move(state: State, action: str) -> State:
    """Raises WrongMove."""
    if (state, action) not in MOVES:
        raise WrongMove(state=state, action=action)
    return MOVES[state, action]


class RunState(StrEnum):
    """`held`: held out, nothing is ever done to them. `failed`: five tries, a person looks."""

    GOING = "going"
    HELD = "held"
    DONE = "done"
    GOAL = "goal"
    EXITED = "exited"
    CANCELLED = "cancelled"
    FAILED = "failed"
