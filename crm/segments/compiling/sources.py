"""Sources: all leaves that ask one fact, worked out in one pass over the fact.

A member stands in a source once, for a join; or, `by_row`, as often as may be: cheaper where only
bits are gathered, since whoever did a thing at all needs no counting.
"""

from collections.abc import Sequence as Listed
from dataclasses import dataclass
from datetime import timedelta

from core.audience import Kind, Trait, happenings, populations, traits
from crm.segments.bits import chunk_of, has
from crm.segments.compiling.comparing import Values, compare, day_start
from crm.segments.rules.condition import (
    Did,
    HasTrait,
    InSegment,
    Is,
    Leaf,
    Measure,
    Sequence,
    Step,
)
from crm.segments.rules.values import passes

ALONE = "true"  # the only leaf of a source: who has a row passed; said twice it is planned twice
FEW = 4  # filters that pay as one test of every row; of more only the windows do
SHOP_DAY = "(at AT TIME ZONE 'Asia/Shanghai')::date"


@dataclass(frozen=True, slots=True)
class Source:
    """`text` selects member_id and l0, l1, … for `leaves`; a member without a row has none."""

    text: str
    leaves: tuple[Leaf, ...]


def grouped(asked: Listed[Leaf], *, by_row: bool = False) -> list[list[Leaf]]:
    """The leaves of one source each."""
    found: dict[object, list[Leaf]] = {}
    for leaf in asked:
        found.setdefault(_fact_of(leaf, by_row=by_row), []).append(leaf)
    return list(found.values())


def _fact_of(leaf: Leaf, *, by_row: bool) -> object:
    match leaf:
        case HasTrait(name, _):
            return name
        case Did(step, _, _, _):
            return step.happening, by_row and is_once(leaf)
        case InSegment():
            return InSegment
        case _:
            return leaf


def source(leaves: list[Leaf], values: Values, only: str, *, by_row: bool = False) -> Source:
    """`only` narrows the fact to some members: text with {m}."""
    return Source(_text(leaves, values, only, by_row=by_row), tuple(leaves))


def _text(leaves: list[Leaf], values: Values, only: str, *, by_row: bool) -> str:
    match leaves[0]:
        case HasTrait(name, _):
            return _trait(traits[name], leaves, values, only, by_row=by_row)
        case Did(step, _, _, _) as leaf:
            did = _did_once if by_row and is_once(leaf) else _did
            return did(happenings[step.happening].sql, leaves, values, only)
        case InSegment():
            return _segments(leaves, values, only)
        case Sequence(steps, in_days):
            return _sequence(steps, in_days, values, only)


def _columns(texts: Listed[str]) -> str:
    return ", ".join(f"{text} AS l{n}" for n, text in enumerate(texts))


def _trait(trait: Trait, leaves: list[Leaf], values: Values, only: str, *, by_row: bool) -> str:
    asked = [leaf.test for leaf in leaves if isinstance(leaf, HasTrait)]
    tests = [compare("value", trait.kind, test, values) for test in asked]
    pruned = f"({' OR '.join(tests)}) AND "
    is_grouped = trait.is_many and not by_row
    if any(test.how is Is.NOT_IN for test in asked) and trait.is_many:
        pruned, is_grouped = "", True  # none of them: all values must be looked at
        tests = [
            f"{'bool_and' if test.how is Is.NOT_IN else 'bool_or'}({text})"
            for test, text in zip(asked, tests, strict=True)
        ]
    elif len(tests) == 1:
        tests = [ALONE]
    elif is_grouped:
        tests = [f"bool_or({text})" for text in tests]
    return f"""
    SELECT member_id, {_columns(tests)} FROM ({trait.sql}) AS t
    WHERE {pruned}{only.format(m="member_id")} {"GROUP BY member_id" if is_grouped else ""}
    """  # noqa: S608  the owner's words and parameters


def step_filter(step: Step, values: Values) -> str:
    """Which rows of a happening are meant by a step."""
    attributes = happenings[step.happening].attributes
    texts = [
        compare(name, attributes[name].kind, test, values, is_many=attributes[name].is_many)
        for name, test in step.where
    ]
    return " AND ".join([*texts, _in_window(step, values)])


def _in_window(step: Step, values: Values) -> str:
    texts = []
    window = step.window
    since = day_start(window.since) if window.since else None
    if window.within_days is not None:
        since = values.at - timedelta(days=window.within_days)
    if since is not None:
        texts.append(f"at >= {values.add(since, 'timestamptz')}")
    if window.until is not None:
        end = day_start(window.until + timedelta(days=1))
        texts.append(f"at < {values.add(end, 'timestamptz')}")
    texts.append(f"at <= {values.add(values.at, 'timestamptz')}")
    return " AND ".join(texts)


def measured(leaf: Did, rows: str = "") -> str:
    """The aggregate a leaf looks at; `rows` narrows it to the rows of its step."""
    narrowed = f" FILTER (WHERE {rows})" if rows else ""
    if leaf.measure is Measure.SUM:
        return f"coalesce(sum({leaf.of}){narrowed}, 0)"
    return f"count({'*' if leaf.measure is Measure.COUNT else f'DISTINCT {SHOP_DAY}'}){narrowed}"


def _did(fact: str, leaves: list[Leaf], values: Values, only: str) -> str:
    asked = [leaf for leaf in leaves if isinstance(leaf, Did)]
    filters = [step_filter(leaf.step, values) for leaf in asked]
    alone = len(set(filters)) == 1
    texts = [
        _number_test(leaf, "" if alone else rows, values)
        for leaf, rows in zip(asked, filters, strict=True)
    ]
    wanted = " OR ".join(f"({text})" for text in dict.fromkeys(filters))
    return f"""
    SELECT member_id, {_columns([ALONE] if len(texts) == 1 else texts)} FROM ({fact}) AS h
    WHERE ({wanted}) AND {only.format(m="member_id")} GROUP BY member_id
    HAVING {" OR ".join(texts)}
    """  # noqa: S608  the owner's words and parameters


def _did_once(fact: str, leaves: list[Leaf], values: Values, only: str) -> str:
    """OFFSET 0: what is compared is worked out once a row, however many leaves compare it."""
    steps = [leaf.step for leaf in leaves if isinstance(leaf, Did)]
    filters = [step_filter(step, values) for step in steps]
    wanted = dict.fromkeys(filters)
    if len(wanted) > FEW:
        wanted = dict.fromkeys(_in_window(step, values) for step in steps)
    any_of = " OR ".join(f"({text})" for text in wanted)
    return f"""
    SELECT member_id, {_columns([ALONE] if len(filters) == 1 else filters)} FROM (
        SELECT * FROM ({fact}) AS h WHERE ({any_of}) AND {only.format(m="member_id")} OFFSET '0'
    ) AS k
    """  # noqa: S608  the owner's words and parameters


def is_once(leaf: Did) -> bool:
    """Is all it asks whether a thing was done at all: true of 1 and of all above, or of 0 alone?"""
    asks = (leaf.test.how, leaf.test.value)
    return leaf.measure is not Measure.SUM and asks in {
        (Is.AT_LEAST, 1), (Is.MORE_THAN, 0), (Is.LESS_THAN, 1), (Is.AT_MOST, 0), (Is.EQUALS, 0),
    }  # fmt: skip


def is_turned(leaf: Leaf) -> bool:
    """Who never did a thing has no row of it: a test that 0 passes is asked the other way round."""
    return isinstance(leaf, Did) and passes(0, leaf.test)


def _number_test(leaf: Did, rows: str, values: Values) -> str:
    text = compare(measured(leaf, rows), Kind.NUMBER, leaf.test, values)
    return f"NOT ({text})" if is_turned(leaf) else text


def _segments(leaves: list[Leaf], values: Values, only: str) -> str:
    codes = [leaf.code for leaf in leaves if isinstance(leaf, InSegment)]
    is_in = has("b.bits", "p.member_id")
    texts = [f"bool_or(s.code = {values.add(code, 'text')} AND {is_in})" for code in codes]
    return f"""
    SELECT p.member_id, {_columns(texts)} FROM ({populations[0]}) AS p
    JOIN segments_bits AS b ON b.chunk = {chunk_of("p.member_id")}
    JOIN segments_segment AS s ON s.id = b.segment_id
    WHERE s.code = ANY({values.add(tuple(codes), "text[]")}) AND {only.format(m="p.member_id")}
    GROUP BY p.member_id
    """  # noqa: S608  our own words and parameters


def _rows(step: Step, values: Values, only: str) -> str:
    return f"""
    SELECT member_id, at FROM ({happenings[step.happening].sql}) AS h
    WHERE {step_filter(step, values)} AND {only.format(m="member_id")}
    """  # noqa: S608  the owner's words and parameters


def _sequence(steps: tuple[Step, ...], in_days: int, values: Values, only: str) -> str:
    """Times of a step that come after a time of the step before. One of the same moment does not
    count as before, which is why the later step is put first among equals."""
    span = f"{values.add(in_days, 'int')} * interval '24 hours'"
    text = _rows(steps[0], values, only)
    for step in steps[1:]:
        text = f"""
        SELECT member_id, at FROM (
            SELECT member_id, at, is_later, max(at) FILTER (WHERE NOT is_later) OVER (
                PARTITION BY member_id ORDER BY at, is_later DESC
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
            FROM (SELECT member_id, at, false AS is_later FROM ({text}) AS a UNION ALL
                SELECT member_id, at, true FROM ({_rows(step, values, only)}) AS b) AS both_of
        ) AS told WHERE is_later AND at - before <= {span}
        """  # noqa: S608  the owner's words and parameters
    return f"SELECT DISTINCT member_id, true AS l0 FROM ({text}) AS done"  # noqa: S608
