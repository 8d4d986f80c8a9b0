"""Data to conditions and back. What is not understood is refused with the place where it stands.

{"all": […]}  {"any": […]}  {"not": {…}}  {"everyone": true}  {"segment": "code"}
{"trait": "points.balance", "is": "at_least", "value": 100}
{"did": "orders.bought", "where": [{"attribute": "category", "is": "in", "value": ["3"]}],
 "within_days": 90, "count": {"is": "at_least", "value": 2}}
{"did": "orders.paid", "sum": {"of": "amount", "is": "more_than", "value": 100000}}
{"sequence": [{"did": …}, {"did": …}], "in_days": 7}
"""

from typing import Any as Anything

from core.audience import Happening, Kind, happenings, traits
from crm.segments.errors import BadCondition, FactUnknown, TooDeep, TooLarge
from crm.segments.rules.condition import (
    All,
    Any,
    Comparison,
    Condition,
    Did,
    Everyone,
    HasTrait,
    InSegment,
    Is,
    Measure,
    Not,
    Sequence,
    Step,
    Window,
    leaves,
)
from crm.segments.rules.values import (
    read_day,
    read_days,
    read_number_test,
    read_test,
    read_text,
)

DEEPEST = 6
MOST_LEAVES = 40
MOST_PARTS = 40
MOST_WHERE = 8
STEPS = range(2, 5)
Data = dict[str, Anything]
STEP_WORDS = frozenset({"did", "where", "within_days", "since", "until"})
ONCE = Comparison(Is.AT_LEAST, 1)


def parse(data: object) -> Condition:
    """Raises BadCondition, or one of its kinds, with `at`: where in the data it stands."""
    found = _read(data, "", 0)
    if len(leaves(found)) > MOST_LEAVES:
        raise TooLarge(most=MOST_LEAVES)
    return found


def _read(data: object, at: str, depth: int) -> Condition:
    if depth > DEEPEST:
        raise TooDeep(at=at[:80], most=DEEPEST)
    if not isinstance(data, dict):
        raise BadCondition(at=at[:80])
    for word, read in READERS.items():
        if word in data:
            return read(data, f"{at}.{word}".lstrip("."), depth)
    raise BadCondition(at=at[:80])


def _only(data: Data, words: frozenset[str] | set[str], at: str) -> None:
    strange = sorted(str(word) for word in data.keys() - words)
    if strange:
        raise BadCondition(at=at[:80], unknown=strange[0][:20])


def _parts(data: Data, word: str, at: str, depth: int) -> tuple[Condition, ...]:
    _only(data, {word}, at)
    parts = data[word]
    if not isinstance(parts, list) or not parts:
        raise BadCondition(at=at[:80])
    if len(parts) > MOST_PARTS:
        raise TooLarge(at=at[:80], most=MOST_PARTS)
    return tuple(_read(part, f"{at}.{n}", depth + 1) for n, part in enumerate(parts))


def _all(data: Data, at: str, depth: int) -> Condition:
    return All(_parts(data, "all", at, depth))


def _any(data: Data, at: str, depth: int) -> Condition:
    return Any(_parts(data, "any", at, depth))


def _not(data: Data, at: str, depth: int) -> Condition:
    _only(data, {"not"}, at)
    return Not(_read(data["not"], at, depth + 1))


def _everyone(data: Data, at: str, depth: int) -> Condition:
    if data["everyone"] is not True or len(data) > 1:
        raise BadCondition(at=at)
    return Everyone()


def _segment(data: Data, at: str, depth: int) -> Condition:
    _only(data, {"segment"}, at)
    return InSegment(read_text(data["segment"], at))


def _trait(data: Data, at: str, depth: int) -> Condition:
    _only(data, {"trait", "is", "value"}, at)
    name = data["trait"]
    trait = traits.get(name) if isinstance(name, str) else None
    if trait is None:
        raise FactUnknown(at=at, said=str(name)[:40])
    return HasTrait(trait.name, read_test(trait, data, at))


def _did(data: Data, at: str, depth: int) -> Condition:
    measures = [measure for measure in Measure if measure in data]
    _only(data, {*STEP_WORDS, *measures}, at)
    if len(measures) > 1:
        raise BadCondition(at=at)
    step = _step(data, at)
    if not measures:
        return Did(step, Measure.COUNT, "", ONCE)
    [measure] = measures
    asked = data[measure]
    of = _summed(asked, happenings[step.happening], at) if measure is Measure.SUM else ""
    return Did(step, measure, of, read_number_test(asked, f"{at}.{measure}"))


def _summed(asked: object, happening: Happening, at: str) -> str:
    of = asked.get("of") if isinstance(asked, dict) else None
    attribute = happening.attributes.get(of) if isinstance(of, str) else None
    if attribute is None or attribute.kind not in {Kind.NUMBER, Kind.FEN}:
        raise FactUnknown(at=f"{at}.sum.of", said=str(of)[:40])
    return str(of)


def _step(data: Data, at: str) -> Step:
    name = data["did"]
    happening = happenings.get(name) if isinstance(name, str) else None
    if happening is None:
        raise FactUnknown(at=at, said=str(name)[:40])
    where = data.get("where", [])
    if not isinstance(where, list):
        raise BadCondition(at=f"{at}.where")
    if len(where) > MOST_WHERE:
        raise TooLarge(at=f"{at}.where", most=MOST_WHERE)
    tests = tuple(_where(one, happening, f"{at}.where.{n}") for n, one in enumerate(where))
    return Step(happening.name, tests, _window(data, at))


def _where(data: object, happening: Happening, at: str) -> tuple[str, Comparison]:
    if not isinstance(data, dict):
        raise BadCondition(at=at)
    _only(data, {"attribute", "is", "value"}, at)
    name = data.get("attribute")
    attribute = happening.attributes.get(name) if isinstance(name, str) else None
    if attribute is None:
        raise FactUnknown(at=at, said=str(name)[:40])
    return str(name), read_test(attribute, data, at)


def _window(data: Data, at: str) -> Window:
    days, since, until = (data.get(word) for word in ("within_days", "since", "until"))
    if days is not None and (since is not None or until is not None):
        raise BadCondition(at=f"{at}.within_days")
    window = Window(
        None if days is None else read_days(days, f"{at}.within_days"),
        None if since is None else read_day(since, f"{at}.since"),
        None if until is None else read_day(until, f"{at}.until"),
    )
    if window.since and window.until and window.since > window.until:
        raise BadCondition(at=f"{at}.until")
    return window


def _sequence(data: Data, at: str, depth: int) -> Condition:
    _only(data, {"sequence", "in_days"}, at)
    steps = data["sequence"]
    if not isinstance(steps, list) or len(steps) not in STEPS:
        raise BadCondition(at=at)
    read = []
    for n, step in enumerate(steps):
        if not isinstance(step, dict) or "did" not in step:
            raise BadCondition(at=f"{at}.{n}")
        _only(step, STEP_WORDS, f"{at}.{n}")
        read.append(_step(step, f"{at}.{n}"))
    return Sequence(tuple(read), read_days(data.get("in_days"), f"{at}.in_days"))


READERS = {
    "all": _all,
    "any": _any,
    "not": _not,
    "everyone": _everyone,
    "segment": _segment,
    "trait": _trait,
    "sequence": _sequence,
    "did": _did,
}
