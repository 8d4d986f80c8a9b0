"""Conditions in words, in both languages: what an explanation says and the builder shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.audience import Kind, happenings, traits
from core.money import yuan
from crm.segments.rules.condition import (
    Comparison,
    Did,
    HasTrait,
    InSegment,
    Is,
    Leaf,
    Measure,
    Sequence,
    Step,
    Window,
)

Labels = Mapping[tuple[str, str], str]  # (fact or fact.attribute, value) -> what people call it
HOW: dict[Is, tuple[str, str]] = {
    Is.EQUALS: ("等于", "is"),
    Is.AT_LEAST: ("不少于", "is at least"),
    Is.AT_MOST: ("不多于", "is at most"),
    Is.MORE_THAN: ("多于", "is more than"),
    Is.LESS_THAN: ("少于", "is less than"),
    Is.BETWEEN: ("介于", "is between"),
    Is.IN: ("是其中之一", "is one of"),
    Is.NOT_IN: ("不是其中任何一个", "is none of"),
    Is.CONTAINS: ("包含", "contains"),
    Is.YES: ("是", "yes"),
    Is.NO: ("否", "no"),
    Is.BEFORE: ("早于", "is before"),
    Is.SINCE: ("不早于", "is on or after"),
    Is.WITHIN_DAYS: ("在最近几天内", "is within the last days"),
    Is.OVER_DAYS_AGO: ("早于几天前", "is longer ago than days"),
    Is.NEXT_DAYS: ("在未来几天内", "is within the next days"),
    Is.KNOWN: ("有值", "is known"),
}
COUNTED: dict[Measure, tuple[str, str]] = {
    Measure.COUNT: ("次数", "times"),
    Measure.DAYS: ("天数", "different days"),
    Measure.SUM: ("合计", "sum of"),
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Puts conditions into one language."""

    is_english: bool
    labels: Labels

    def _pick(self, pair: tuple[str, str]) -> str:
        return pair[1] if self.is_english else pair[0]

    def name(self, fact: str) -> str:
        """What people call a trait, a happening, or `happening.attribute`; else its own name."""
        happening, _, attribute = fact.partition("/")
        found = traits.get(fact) or happenings.get(happening)
        if attribute and happening in happenings:
            found = happenings[happening].attributes.get(attribute)  # type: ignore[assignment]
        return (found.en if self.is_english else found.zh) if found else fact

    def value(self, fact: str, kind: Kind, value: object) -> str:
        """A value as people read it."""
        if isinstance(value, tuple):
            return "、".join(self.value(fact, kind, one) for one in value)
        if kind is Kind.FEN and isinstance(value, int):
            return f"¥{yuan(value)}"
        if isinstance(value, bool):
            return self._pick(("是", "yes") if value else ("否", "no"))
        return self.labels.get((fact, str(value)), str(value))

    def test(self, fact: str, kind: Kind, test: Comparison) -> str:
        kind = Kind.NUMBER if test.how in {Is.WITHIN_DAYS, Is.OVER_DAYS_AGO} else kind
        said = "" if test.value is None else f" {self.value(fact, kind, test.value)}"
        return f"{self._pick(HOW[test.how])}{said}"

    def leaf(self, leaf: Leaf) -> str:
        match leaf:
            case HasTrait(name, test):
                return f"{self.name(name)} {self.test(name, traits[name].kind, test)}"
            case InSegment(code):
                said = self._pick(("属于人群包", "in the segment"))
                return f"{said} {self.labels.get(('', code), code)}"
            case Sequence(steps, in_days):
                then = self._pick((" → ", " → "))
                within = self._pick((f"（每步 {in_days} 天内）", f" (each within {in_days} days)"))
                return then.join(self.step(step) for step in steps) + within
            case Did(step, measure, of, test):
                return f"{self.step(step)}：{self._measure(step, measure, of, test)}"

    def _measure(self, step: Step, measure: Measure, of: str, test: Comparison) -> str:
        happening = happenings[step.happening]
        kind = happening.attributes[of].kind if of else Kind.NUMBER
        fact = f"{step.happening}/{of}" if of else ""
        named = f" {self.name(fact)}" if of else ""
        return f"{self._pick(COUNTED[measure])}{named} {self.test(fact, kind, test)}"

    def step(self, step: Step) -> str:
        said = [self.name(step.happening)]
        attributes = happenings[step.happening].attributes
        for name, test in step.where:
            fact = f"{step.happening}/{name}"
            said.append(f"{self.name(fact)} {self.test(fact, attributes[name].kind, test)}")
        return "，".join(said) + self._window(step.window)

    def _window(self, window: Window) -> str:
        if window.within_days is not None:
            return self._pick(
                (f"（最近 {window.within_days} 天）", f" (last {window.within_days} days)")
            )
        if window.since is None and window.until is None:
            return ""
        return f" ({_day(window.since)} – {_day(window.until)})"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "…"
