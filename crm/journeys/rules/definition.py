"""A journey as data: its beginning, steps and goal. Read strictly; a fault names its place."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from core.audience import Kind, happenings, traits
from core.clock import SHOP_ZONE
from core.deeds import deeds
from core.errors import DomainError
from crm.journeys.errors import BadDefinition

MOST_STEPS = 40
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,23}$")]
Data = dict[str, Any]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Once(Part):
    """A campaign: everybody in a segment at one moment; without `at`, when it is started."""

    kind: Literal["once"] = "once"
    segment: str = Field(min_length=1, max_length=60)
    at: AwareDatetime | None = None


class Happened(Part):
    """Whenever a member does something; with `segment`, only who is in it then."""

    kind: Literal["happened"] = "happened"
    happening: str
    segment: str = ""


class OnDay(Part):
    """`days` after (before: negative) a day a trait says; `is_yearly`: each year again."""

    kind: Literal["day"] = "day"
    trait: str
    days: int = Field(default=0, ge=-365, le=3650)
    is_yearly: bool = False
    segment: str = ""


class Birthday(Part):
    kind: Literal["birthday"] = "birthday"
    days_before: int = Field(default=0, ge=0, le=60)
    segment: str = ""


class Entered(Part):
    kind: Literal["entered"] = "entered"
    segment: str = Field(min_length=1, max_length=60)


class Left(Part):
    kind: Literal["left"] = "left"
    segment: str = Field(min_length=1, max_length=60)


Trigger = Annotated[
    Once | Happened | OnDay | Birthday | Entered | Left, Field(discriminator="kind")
]


class Wait(Part):
    """So long; then, with `hour`, until that hour of the shop's clock."""

    kind: Literal["wait"] = "wait"
    days: int = Field(default=0, ge=0, le=365)
    hours: int = Field(default=0, ge=0, le=23)
    hour: int | None = Field(default=None, ge=0, le=23)
    next: Name | None = None


class If(Part):
    kind: Literal["if"] = "if"
    condition: Data
    then: Name | None = None
    otherwise: Name | None = None


class Do(Part):
    """A deed of a room, as `coupons.give`; what is refused is noted, and the journey goes on."""

    kind: Literal["do"] = "do"
    deed: str
    params: Data = {}
    next: Name | None = None


Step = Annotated[Wait | If | Do, Field(discriminator="kind")]


class Measure(StrEnum):
    RATE = "rate"  # share of people who did it
    SPEND = "spend"  # a value for each person drawn
    BASKET = "basket"  # a value for each time, of those who did it


class Goal(Part):
    """Reached by a happening within `days` of beginning; `of` names the value to add up."""

    happening: str = "orders.paid"
    days: int = Field(default=14, ge=1, le=180)
    measure: Measure = Measure.RATE
    of: str = "amount"


class Definition(Part):
    """`holdout_bp` of 10,000 are held out. `again_after_days`: None is once ever.

    Who fits `exit` leaves before the next step; who reached the goal does too. `stores`: only
    members of these stores (ids), for regional campaigns; empty is everywhere.
    """

    trigger: Trigger
    steps: dict[Name, Step] = Field(min_length=1, max_length=MOST_STEPS)
    start: Name
    goal: Goal = Goal()
    exit: Data | None = None
    holdout_bp: int = Field(default=1_000, ge=0, le=5_000)
    again_after_days: int | None = Field(default=None, ge=0, le=3650)
    stores: tuple[int, ...] = Field(default=(), max_length=500)
    partner: str = Field(default="", max_length=60)

    @property
    def tells(self) -> bool:
        """Some step of it is a message."""
        return any(
            isinstance(step, Do) and step.deed in deeds and deeds[step.deed].is_message
            for step in self.steps.values()
        )


Check = Callable[[object], object]


def parse(data: object, *, check_condition: Check) -> Definition:
    """Raises BadDefinition, with `at` and `what`. `check_condition` raises for a bad condition."""
    try:
        found = Definition.model_validate(data)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise BadDefinition(at=place[:80], what=first["type"][:40]) from None
    _check_path(found)
    _check_words(found, check_condition)
    return found


def after(step: Wait | If | Do) -> tuple[str | None, ...]:
    """Where a step may lead; None is the end."""
    return (step.then, step.otherwise) if isinstance(step, If) else (step.next,)


def _check_path(found: Definition) -> None:
    """Every step is there, is reached, and none leads back."""
    seen: set[str] = set()

    def walk(name: str, above: tuple[str, ...]) -> None:
        if name not in found.steps:
            raise BadDefinition(at=f"steps.{above[-1] if above else 'start'}", what="no_such_step")
        if name in above:
            raise BadDefinition(at=f"steps.{name}", what="goes_in_a_circle")
        seen.add(name)
        for target in after(found.steps[name]):
            if target is not None:
                walk(target, (*above, name))

    walk(found.start, ())
    if lost := sorted(set(found.steps) - seen):
        raise BadDefinition(at=f"steps.{lost[0]}", what="never_reached")


def _check_words(found: Definition, check_condition: Check) -> None:
    _check_trigger(found.trigger)
    goal = happenings.get(found.goal.happening)
    if goal is None:
        raise BadDefinition(at="goal.happening", what="no_such_happening")
    if found.goal.measure is not Measure.RATE:
        value = goal.attributes.get(found.goal.of)
        if value is None or value.kind not in {Kind.FEN, Kind.NUMBER}:
            raise BadDefinition(at="goal.of", what="no_such_value")
    for place, condition in _conditions(found):
        _check(place, partial(check_condition, condition))
    for name, step in found.steps.items():
        if isinstance(step, Do):
            _check_deed(name, step)


def _check_trigger(trigger: Trigger) -> None:
    if isinstance(trigger, Happened) and trigger.happening not in happenings:
        raise BadDefinition(at="trigger.happening", what="no_such_happening")
    if isinstance(trigger, OnDay):
        trait = traits.get(trigger.trait)
        if trait is None or trait.is_many or trait.kind not in {Kind.DAY, Kind.MOMENT}:
            raise BadDefinition(at="trigger.trait", what="no_such_day")


def _conditions(found: Definition) -> Iterator[tuple[str, Data]]:
    if found.exit is not None:
        yield "exit", found.exit
    for name, step in found.steps.items():
        if isinstance(step, If):
            yield f"steps.{name}.condition", step.condition


def _check(place: str, work: Callable[[], object]) -> None:
    try:
        work()
    except DomainError as wrong:
        inner = str(wrong.facts.get("at", ""))
        raise BadDefinition(at=f"{place}.{inner}".rstrip(".")[:80], what=wrong.code) from None


def _check_deed(name: str, step: Do) -> None:
    if step.deed not in deeds:
        raise BadDefinition(at=f"steps.{name}.deed", what="no_such_deed")
    try:
        deeds[step.deed].params.model_validate(step.params)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = ".".join([f"steps.{name}.params", *map(str, first["loc"])])
        raise BadDefinition(at=place[:80], what=first["type"][:40]) from None


def wakes_at(wait: Wait, at: datetime) -> datetime:
    """When a wait that begins at `at` is over."""
    over = at + timedelta(days=wait.days, hours=wait.hours)
    if wait.hour is None:
        return over
    local = over.astimezone(SHOP_ZONE)
    found = local.replace(hour=wait.hour, minute=0, second=0, microsecond=0)
    return found if found >= local else found + timedelta(days=1)


def trigger_words(definition: Definition) -> Mapping[str, str]:
    """What a journey is found by when its trigger comes: kind, and segment or happening."""
    trigger = definition.trigger
    on = trigger.happening if isinstance(trigger, Happened) else getattr(trigger, "segment", "")
    return {"trigger": trigger.kind, "trigger_on": on}
