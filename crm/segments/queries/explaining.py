"""Why a member is in a segment or not: the condition as a tree, with what is true of them."""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.audience import Kind, choices_of, happenings, traits
from core.money import yuan
from crm.segments.compiling import Compiled, Values, measured, step_filter
from crm.segments.models import Segment
from crm.segments.queries.asking import ask
from crm.segments.queries.planes import Rows, answer_all
from crm.segments.rules import (
    All,
    Any,
    Condition,
    Did,
    Everyone,
    HasTrait,
    Leaf,
    Measure,
    Not,
    Sequence,
    Step,
    leaves,
    parse,
)
from crm.segments.rules.words import Speaker

WITHIN_MS = 3_000
AND, OR, NOT = (" 且 ", " and "), (" 或 ", " or "), ("不满足", "not ")
EVERYONE = ("所有会员", "everyone")
JOINED = {"all": ("全部满足", "all of"), "any": ("任一满足", "any of"), "not": ("不满足", "not")}


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of the condition: does it hold, and what stands in the books
    (`value`, for a leaf)."""

    text: str
    holds: bool
    value: str = ""
    parts: tuple["Reason", ...] = ()


async def explain(condition: Condition, member_id: int, language: str = "zh-CN") -> Reason:
    """The whole tree, worked out now from the books and not from the last refresh.

    Parts that are segments are taken as these stand. Raises TooSlow.
    """
    at = clock.now()
    asked = dict(enumerate(leaves(condition)))
    found = await answer_all(asked, at, _soon, [member_id])
    true = {leaf for n, leaf in asked.items() if found.planes[n]}
    speaker = await speaker_for(condition, is_english=language == "en")
    values = {leaf: await _value_of(leaf, member_id, at, speaker) for leaf in asked.values()}
    return _reason(condition, true, values, speaker)


async def _soon(asked: Compiled) -> Rows:
    return await ask(asked, within_ms=WITHIN_MS)


def _reason(
    condition: Condition, true: set[Leaf], values: dict[Leaf, str], speaker: Speaker
) -> Reason:
    match condition:
        case All(parts) | Any(parts):
            word = "all" if isinstance(condition, All) else "any"
            reasons = tuple(_reason(part, true, values, speaker) for part in parts)
            held = [reason.holds for reason in reasons]
            holds = all(held) if word == "all" else any(held)
            return Reason(_joined(word, speaker), holds, "", reasons)
        case Not(part):
            inner = _reason(part, true, values, speaker)
            return Reason(_joined("not", speaker), not inner.holds, "", (inner,))
        case Everyone():
            return Reason(EVERYONE[speaker.is_english], holds=True)
        case _:
            return Reason(speaker.leaf(condition), condition in true, values[condition])


def _joined(word: str, speaker: Speaker) -> str:
    return JOINED[word][speaker.is_english]


async def _value_of(leaf: Leaf, member_id: int, at: datetime, speaker: Speaker) -> str:
    match leaf:
        case HasTrait(name, _):
            trait = traits[name]
            query = f"SELECT value FROM ({trait.sql}) AS t WHERE member_id = $1"  # noqa: S608
            rows = await ask(Compiled(query, [member_id]), within_ms=WITHIN_MS)
            found = [row["value"] for row in rows if row["value"] is not None]
            return _shown(name, trait.kind, found, speaker)
        case Did(step, measure, of, _):
            kind = happenings[step.happening].attributes[of].kind if of else Kind.NUMBER
            counted = await _measured(leaf, member_id, at)
            return speaker.value("", kind if measure is Measure.SUM else Kind.NUMBER, counted)
        case _:
            return ""


async def _measured(leaf: Did, member_id: int, at: datetime) -> int:
    values = Values(at)
    query = f"""
    SELECT {measured(leaf)}::bigint AS value FROM ({happenings[leaf.step.happening].sql}) AS h
    WHERE {step_filter(leaf.step, values)} AND member_id = {values.add(member_id, "bigint")}
    """  # noqa: S608  the owner's words and parameters
    [row] = await ask(Compiled(query, values.given), within_ms=WITHIN_MS)
    return int(row["value"])


def _shown(name: str, kind: Kind, found: list[object], speaker: Speaker) -> str:
    if not found:
        return "no value" if speaker.is_english else "无值"
    shown = [
        f"{one.astimezone(clock.SHOP_ZONE):%Y-%m-%d %H:%M}"
        if isinstance(one, datetime)
        else f"¥{yuan(one)}"
        if kind is Kind.FEN and isinstance(one, int)
        else speaker.value(name, kind, one)
        for one in found[:20]
    ]
    return "、".join(shown)


async def told(data: object, language: str = "zh-CN") -> str:
    """A condition, given as data, as one sentence. Raises BadCondition."""
    condition = parse(data)
    speaker = await speaker_for(condition, is_english=language == "en")
    return _sentence(condition, speaker)


def _sentence(condition: Condition, speaker: Speaker) -> str:
    match condition:
        case All(parts) | Any(parts):
            joint = AND if isinstance(condition, All) else OR
            said = [_sentence(part, speaker) for part in parts]
            return said[0] if len(said) == 1 else f"({joint[speaker.is_english].join(said)})"
        case Not(part):
            return f"{NOT[speaker.is_english]}({_sentence(part, speaker)})"
        case Everyone():
            return EVERYONE[speaker.is_english]
        case _:
            return speaker.leaf(condition)


async def speaker_for(condition: Condition, *, is_english: bool) -> Speaker:
    """Knows what people call the values this condition names."""
    labels: dict[tuple[str, str], str] = {}
    for leaf in leaves(condition):
        if isinstance(leaf, HasTrait):
            for choice in await choices_of(traits[leaf.trait]):
                labels[leaf.trait, choice.value] = choice.en if is_english else choice.zh
        for step in _steps(leaf):
            for name, _ in step.where:
                fact = f"{step.happening}/{name}"
                for choice in await choices_of(happenings[step.happening].attributes[name]):
                    labels[fact, choice.value] = choice.en if is_english else choice.zh
    for row in await Segment.all().only("code", "name"):
        labels["", row.code] = row.name
    return Speaker(is_english, labels)


def _steps(leaf: Leaf) -> tuple[Step, ...]:
    if isinstance(leaf, Did):
        return (leaf.step,)
    return leaf.steps if isinstance(leaf, Sequence) else ()
