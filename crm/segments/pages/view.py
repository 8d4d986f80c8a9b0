"""What the builder shows: the tree as controls, in the words of the visitor."""

from dataclasses import dataclass, field
from typing import Any

from core.audience import Attribute, Choice, Kind, Trait, choices_of, happenings, traits
from core.money import yuan
from crm.segments.queries import SegmentView
from crm.segments.queries.language import ALLOWED, HOW, NUMBERS, Is

Data = dict[str, Any]
DAYS = frozenset({"within_days", "over_days_ago", "next_days"})
NONE = frozenset({"yes", "no", "known"})
MANY = frozenset({"in", "not_in"})
HEADS = (
    ("会员属性", "Who they are"),
    ("会员行为", "What they did"),
    ("先后行为", "One after another"),
    ("其他", "Other"),
)
PAIRS = (
    ("sequence:behaviour.viewed>orders.paid", Choice("", "先浏览再购买", "viewed, then paid")),
    ("sequence:orders.paid>orders.paid", Choice("", "先购买再购买", "paid, then paid again")),
    ("sequence:orders.paid>orders.refunded", Choice("", "先购买再退款", "paid, then money back")),
)
OTHER = (
    ("segment:", Choice("", "另一个人群包", "another segment")),
    ("group:", Choice("", "一组条件", "a group of conditions")),
)
FEW = 12  # more choices than that are a list, not boxes


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    text: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """One comparison: `name` begins the names of its fields. `input` is number, yuan, days, date,
    text, boxes, list or none; `values` are what stands in the inputs."""

    name: str
    label: str
    hows: list[Option]
    input: str
    values: list[str]
    options: list[Option] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class View:
    """One part. `control` compares a trait or a number; `rows` the attributes of a happening."""

    path: str
    kind: str
    title: str
    is_except: bool = False
    drop: str = ""
    parts: list["View"] = field(default_factory=list)
    join: str = ""
    control: Control | None = None
    rows: list[Control] = field(default_factory=list)
    days: str | None = None
    measures: list[Option] = field(default_factory=list)
    attributes: list[Option] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    in_days: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Knows the language and the segments that can be named."""

    is_english: bool
    segments: list[SegmentView]

    def said(self, fact: Any) -> str:
        return str(fact.en if self.is_english else fact.zh)

    async def view(self, data: Data, path: str = "", drop: str = "") -> View:
        """A part and all below it; what is not known is shown as a part to be removed."""
        inner = data.get("not")
        if isinstance(inner, dict):
            below = f"{path}.not".lstrip(".")
            return await self._shown(inner, below, drop=drop or path, is_except=True)
        return await self._shown(data, path, drop=drop or path, is_except=False)

    async def _shown(self, data: Data, path: str, *, drop: str, is_except: bool) -> View:
        known: dict[str, Any] = {"path": path, "drop": drop, "is_except": is_except}
        if isinstance(data.get("all", data.get("any")), list):
            return await self._group(data, known)
        if data.get("trait") in traits:
            return await self._trait(data, known)
        if data.get("did") in happenings:
            return await self._did(data, known)
        if isinstance(data.get("sequence"), list):
            return await self._sequence(data, known)
        if "segment" in data:
            chosen = str(data["segment"])
            options = [Option(one.code, one.name, one.code == chosen) for one in self.segments]
            return View(**known, kind="segment", title="", options=options)
        return View(**known, kind="unknown", title="")

    async def _group(self, data: Data, known: Data) -> View:
        word = "all" if "all" in data else "any"
        at = f"{known['path']}.{word}".lstrip(".")
        parts = [
            await self.view(part, f"{at}.{n}")
            for n, part in enumerate(data[word])
            if isinstance(part, dict)
        ]
        return View(**known, kind="group", title="", join=word, parts=parts)

    async def _trait(self, data: Data, known: Data) -> View:
        trait = traits[data["trait"]]
        control = await self._control(f"{known['path']}.trait", trait, data)
        return View(**known, kind="trait", title=self.said(trait), control=control)

    async def _did(self, data: Data, known: Data) -> View:
        happening = happenings[data["did"]]
        at = f"{known['path']}.did"
        word = next((word for word in ("sum", "days") if word in data), "count")
        given = data.get(word)
        asked: Data = given if isinstance(given, dict) else {"is": "at_least", "value": 1}
        of = str(asked.get("of", ""))
        fact = happening.attributes.get(of) or Attribute(Kind.NUMBER, "", "")
        return View(
            **known,
            **await self._times(data, at),
            kind="did",
            measures=self._measures(happening.attributes, f"{word}:{of}" if of else word),
            control=await self._control(f"{at}.number", fact, asked),
        )

    async def _times(self, data: Data, at: str) -> Data:
        """What is said of the times themselves, alone and as a step of a sequence."""
        happening = happenings[data["did"]]
        where = data.get("where") if isinstance(data.get("where"), list) else []
        return {
            "title": self.said(happening),
            "days": str(data.get("within_days", "")),
            "rows": [
                await self._control(f"{at}.where.{n}", happening.attributes[one["attribute"]], one)
                for n, one in enumerate(where or [])
                if isinstance(one, dict) and one.get("attribute") in happening.attributes
            ],
            "attributes": [
                Option(name, self.said(one)) for name, one in happening.attributes.items()
            ],
        }

    def _measures(self, attributes: Any, chosen: str) -> list[Option]:
        found = [("count", ("次数", "times")), ("days", ("天数", "days"))]
        for name, fact in attributes.items():
            if fact.kind in {Kind.NUMBER, Kind.FEN} and fact.adds_up:
                found.append((f"sum:{name}", (f"{fact.zh}合计", f"sum of {fact.en}")))
        return [Option(value, said[self.is_english], value == chosen) for value, said in found]

    async def _sequence(self, data: Data, known: Data) -> View:
        steps = []
        for n, step in enumerate(data["sequence"]):
            if isinstance(step, dict) and step.get("did") in happenings:
                at = f"{known['path']}.sequence.{n}"
                steps.append(View(path=at, kind="step", **await self._times(step, at)))
        in_days = str(data.get("in_days", ""))
        return View(**known, kind="sequence", title="", parts=steps, in_days=in_days)

    async def _control(self, name: str, fact: Trait | Attribute, data: Data) -> Control:
        chosen = str(data.get("is", ""))
        is_number = name.endswith(".number")
        hows = NUMBERS if is_number else ALLOWED[fact.kind]
        options = await choices_of(fact) if chosen in MANY else []
        values = [self._text(fact.kind, chosen, one) for one in _listed(data.get("value"))]
        kind = _input(fact.kind, chosen, options)
        return Control(
            name=name,
            label=self.said(fact),
            hows=[Option(one.value, HOW[Is(one)][self.is_english], one == chosen) for one in hows],
            input=kind,
            values=[*values, "", ""][: 2 if chosen == "between" else 1],
            options=[Option(one.value, self.said(one), one.value in values) for one in options],
        )

    def _text(self, kind: Kind, how: str, value: Any) -> str:
        if kind is Kind.FEN and how not in DAYS and isinstance(value, int):
            return yuan(value).replace(",", "")
        return str(value)

    def things(self) -> list[tuple[str, list[Option]]]:
        """What can be added, by kind."""
        of = [(f"trait:{name}", one) for name, one in sorted(traits.items())]
        did = [(f"did:{name}", one) for name, one in sorted(happenings.items())]
        lists: list[Any] = [of, did, PAIRS, OTHER]
        return [
            (head[self.is_english], [Option(value, self.said(fact)) for value, fact in found])
            for head, found in zip(HEADS, lists, strict=True)
        ]


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _input(kind: Kind, how: str, options: list[Choice]) -> str:
    if how in NONE:
        return "none"
    if how in DAYS:
        return "days"
    if how in MANY:
        return "text" if not options else "boxes" if len(options) <= FEW else "list"
    if how in {"before", "since"}:
        return "date"
    return "yuan" if kind is Kind.FEN else "text" if kind in {Kind.TEXT, Kind.CHOICE} else "number"
