"""Journeys to begin with: the stages of a member's life, the seasons, launches, invitations.

`$template` and `$segment` are chosen by who takes one; everything else may be changed after.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm.journeys.errors import PresetUnknown
from crm.journeys.rules.states import Aim

Data = dict[str, Any]
TEMPLATE, SEGMENT = "$template", "$segment"


@dataclass(frozen=True, slots=True)
class Preset:
    """`segment`: the condition of a segment made with it, where it needs one of its own."""

    code: str
    aim: Aim
    zh: str
    en: str
    definition: Data
    segment: tuple[str, str, Data] | None = None

    @property
    def wants_segment(self) -> bool:
        return SEGMENT in str(self.definition)


def _stage(code: str, name: str, stage: str) -> tuple[str, str, Data]:
    return code, name, {"trait": "lifecycle.stage", "is": "in", "value": [stage]}


def _do(deed: str, following: str | None = None, **params: Any) -> Data:
    return {"kind": "do", "deed": deed, "params": params, "next": following}


def _tell(following: str | None = None) -> Data:
    return _do("reach.best", following, templates=[TEMPLATE])


def _wait(days: int, following: str, hour: int | None = None) -> Data:
    return {"kind": "wait", "days": days, "hour": hour, "next": following}


def _guide(text: str, following: str | None = None) -> Data:
    return _do("reach.guide_task", following, text=text, days=3)


def _if_bought(times: int, otherwise: str) -> Data:
    bought = {"trait": "orders.count", "is": "at_least", "value": times}
    return {"kind": "if", "condition": bought, "then": None, "otherwise": otherwise}


def _journey(trigger: Data, *steps: Data, **more: Any) -> Data:
    named = {f"s{at}": step for at, step in enumerate(steps, start=1)}
    return {"trigger": trigger, "start": "s1", "steps": named, **more}


def _once() -> Data:
    return {"kind": "once", "segment": SEGMENT}


def _goal(measure: str = "rate", days: int = 14) -> Data:
    return {"happening": "orders.paid", "measure": measure, "of": "amount", "days": days}


VISITORS = _stage("life-visitors", "未入会顾客", "visitor")
SLEEPERS = _stage("life-sleeping", "沉睡会员", "sleeping")
SMALL = (
    "small-baskets",
    "客单价偏低的会员",
    {"trait": "orders.basket", "is": "less_than", "value": 30_000},
)

PRESETS: tuple[Preset, ...] = (
    Preset(
        "life-join",
        Aim.NEWCOMERS,
        "生命周期①：邀请入会",
        "Life 1: invite to become a member",
        _journey(
            {"kind": "entered", "segment": VISITORS[0]},
            _wait(1, "s2", 10),
            _guide("邀请顾客入会并介绍权益"),
        ),
        VISITORS,
    ),
    Preset(
        "life-first",
        Aim.NEWCOMERS,
        "生命周期②：入会后首购",
        "Life 2: from joining to a first order",
        _journey(
            {"kind": "day", "trait": "people.joined", "days": 3},
            _if_bought(1, "s2"),
            _tell("s3"),
            _wait(7, "s4", 10),
            _if_bought(1, "s5"),
            _guide("联系新会员，了解需求"),
        ),
    ),
    Preset(
        "life-repeat",
        Aim.REPEAT,
        "生命周期③：首购后复购",
        "Life 3: from a first order to the next",
        _journey(
            {"kind": "day", "trait": "orders.first", "days": 14},
            _if_bought(2, "s2"),
            _tell("s3"),
            _wait(14, "s4", 10),
            _if_bought(2, "s5"),
            _guide("回访首购顾客"),
            goal=_goal(days=45),
        ),
    ),
    Preset(
        "life-recall",
        Aim.RECALL,
        "生命周期④：唤醒沉睡会员",
        "Life 4: call back who sleeps",
        _journey(
            {"kind": "entered", "segment": SLEEPERS[0]},
            _tell("s2"),
            _wait(14, "s3", 10),
            _guide("联系沉睡会员，了解原因"),
            goal=_goal(days=30),
            again_after_days=180,
        ),
        SLEEPERS,
    ),
    Preset(
        "birthday",
        Aim.CARE,
        "生日关怀：积分与祝福",
        "Birthday: points and a greeting",
        _journey(
            {"kind": "birthday", "days_before": 3},
            _do("points.give", "s2", points=100),
            _tell(),
            again_after_days=300,
        ),
    ),
    Preset(
        "season",
        Aim.SEASON,
        "节日与季节活动",
        "A holiday or a season",
        _journey(_once(), _tell("s2"), _wait(3, "s3", 10), _if_bought(1, "s4"), _tell()),
    ),
    Preset(
        "activity",
        Aim.ACTIVITY,
        "促活：送积分并提醒",
        "Activity: points and a reminder",
        _journey(_once(), _do("points.give", "s2", points=50, days=30), _tell()),
    ),
    Preset(
        "launch",
        Aim.LAUNCH,
        "新品上市：先邀试用，再邀首发",
        "A launch: invite to try, then to the first day",
        _journey(_once(), _guide("邀请到店试用新品", "s2"), _wait(5, "s3", 10), _tell()),
    ),
    Preset(
        "joint",
        Aim.JOINT,
        "与合作品牌的联合活动",
        "A campaign with a partner brand",
        _journey(_once(), _tell(), partner="合作品牌"),
    ),
    Preset(
        "regional",
        Aim.SEASON,
        "加盟商区域活动",
        "A franchisee's regional campaign",
        _journey(_once(), _tell("s2"), _guide("区域活动跟进")),
    ),
    Preset(
        "invite",
        Aim.INVITE,
        "定向邀约：到店、直播间与门店群",
        "A targeted invitation: store, live room, store group",
        _journey(_once(), _tell("s2"), _guide("邀约顾客到店或进直播间，并邀请加入门店群")),
    ),
    Preset(
        "basket",
        Aim.BASKET,
        "提升客单价",
        "Raise the basket",
        _journey(
            {"kind": "entered", "segment": SMALL[0]},
            _tell(),
            goal=_goal("basket", 30),
            again_after_days=90,
        ),
        SMALL,
    ),
)


def preset_of(code: str) -> Preset:
    """Raises PresetUnknown."""
    for preset in PRESETS:
        if preset.code == code:
            return preset
    raise PresetUnknown(preset=code[:40])


def filled(preset: Preset, *, segment: str, template: str) -> Data:
    """The definition with what was chosen."""
    chosen = {SEGMENT: segment, TEMPLATE: template}

    def put(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: put(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [put(inner) for inner in value]
        return chosen.get(value, value) if isinstance(value, str) else value

    found: Data = put(preset.definition)
    return found
