"""What stands in the forms of programs and rewards, turned into drafts and back."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from core import clock
from crm.points.errors import BadProgram, BadReward
from crm.points.queries import ProgramView
from crm.points.service import ProgramDraft, RewardDraft

LIMITS = ("points_a_day", "times_a_day", "points_in_all", "times_in_all")
GIVES = ("as_promised", "per_yuan", "flat")
MOST_TEXT = 2_000
Typed = dict[str, str]


def typed_in(fields: Mapping[str, Any]) -> Typed:
    """The texts of a form, cut to a length that no honest one exceeds."""
    return {str(name)[:40]: str(value)[:MOST_TEXT] for name, value in fields.items()}


def program_draft(typed: Typed) -> ProgramDraft:
    """Raises BadProgram, which names the field that is no number or no day."""
    gives = typed.get("gives", "")
    terms: dict[str, Any] = {
        "counts_freight": "counts_freight" in typed,
        "times": [_times(line) for line in typed.get("times", "").splitlines() if line.strip()],
        "pending": {"since": typed.get("since", "paid"), "days": _whole(typed, "wait", 0)},
        "limits": {name: _maybe(typed, name) for name in LIMITS},
        "streak": _streak(typed.get("streak", "")),
        "coupon": typed.get("coupon", "").strip(),
    }
    if gives in GIVES:
        terms[gives] = True if gives == "as_promised" else _whole(typed, "points", 0)
    if typed.get("ends") == "yes":
        terms["expires"] = {
            "count": _whole(typed, "count", 12),
            "span": typed.get("span", "month"),
            "to_end_of": typed.get("to_end_of", "month"),
        }
    return ProgramDraft(
        code=typed.get("code", "").strip(),
        name=typed.get("name", ""),
        purse=typed.get("purse", ""),
        on=typed.get("on", ""),
        terms=terms,
        valid_from=_day(typed, "valid_from") or clock.shop_day(clock.now()),
        valid_to=_day(typed, "valid_to"),
        is_on="is_on" in typed,
    )


def typed_of(view: ProgramView) -> Typed:
    """The form of a program as it is."""
    terms = view.terms
    gives = next((way for way in GIVES if getattr(terms, way)), "")
    typed = {
        "code": view.code,
        "name": view.name,
        "purse": view.purse.value,
        "on": view.on.value,
        "gives": gives,
        "points": str(terms.per_yuan or terms.flat or ""),
        "times": "\n".join(_line(one.model_dump(mode="json")) for one in terms.times),
        "since": terms.pending.since.value,
        "wait": str(terms.pending.days),
        "streak": " ".join(f"{days}:{points}" for days, points in sorted(terms.streak.items())),
        "coupon": terms.coupon,
        "valid_from": view.valid_from.isoformat(),
        "valid_to": view.valid_to.isoformat() if view.valid_to else "",
        **{name: _text(getattr(terms.limits, name)) for name in LIMITS},
    }
    if terms.expires:
        typed |= {"ends": "yes", "count": str(terms.expires.count)}
        typed |= {"span": terms.expires.span.value, "to_end_of": terms.expires.to_end_of.value}
    flags = {"is_on": view.is_on, "counts_freight": terms.counts_freight}
    return typed | {name: "on" for name, is_set in flags.items() if is_set}


def reward_draft(typed: Typed) -> RewardDraft:
    """Raises BadReward, which names the field."""
    try:
        return RewardDraft(
            kind=typed.get("kind", ""),
            name=typed.get("name", ""),
            purse=typed.get("purse", ""),
            points=_whole(typed, "points", 0),
            coupon=typed.get("coupon", "").strip(),
            stock=_maybe(typed, "stock"),
            each_most=_maybe(typed, "each_most"),
            keep_days=_whole(typed, "keep_days", 30),
            valid_from=_day(typed, "valid_from") or clock.shop_day(clock.now()),
            valid_to=_day(typed, "valid_to"),
        )
    except BadProgram as wrong:
        raise BadReward(**wrong.facts) from None


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _whole(typed: Typed, name: str, default: int) -> int:
    text = typed.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadProgram(field=name)
    return int(text)


def _maybe(typed: Typed, name: str) -> int | None:
    return _whole(typed, name, 0) if typed.get(name, "").strip() else None


def _day(typed: Typed, name: str) -> date | None:
    text = typed.get(name, "").strip()
    if not text:
        return None
    with suppress(ValueError):
        return date.fromisoformat(text)
    raise BadProgram(field=name)


def _streak(text: str) -> dict[str, str]:
    """`7:20 30:100`: on each seventh day 20 more, on each thirtieth 100."""
    parts = [part.partition(":") for part in text.replace(",", " ").split()]
    return {days: points for days, _, points in parts}


def _times(line: str) -> dict[str, Any]:
    """`1.5 tier:gold store:12 product:7 birthday`. Raises BadProgram."""
    first, *words = line.split()
    whole, _, part = first.partition(".")
    if not (f"{whole}{part}".isascii() and f"{whole}0{part}".isdigit() and len(part) <= 4):
        raise BadProgram(field="times")
    found: dict[str, Any] = {"bp": int(whole or "0") * 10_000 + int(part.ljust(4, "0"))}
    for word in words:
        name, _, value = word.partition(":")
        if name == "birthday":
            found["in_birth_month"] = True
        elif name in {"tier", "store", "product"} and value:
            found.setdefault({"tier": "tiers"}.get(name, f"{name}_ids"), []).append(value)
        else:
            raise BadProgram(field="times")
    return found


def _line(one: Mapping[str, Any]) -> str:
    words = [f"{one['bp'] / 10_000:g}"]
    names = {"tiers": "tier", "store_ids": "store", "product_ids": "product"}
    for column, name in names.items():
        words += [f"{name}:{value}" for value in sorted(one[column], key=str)]
    return " ".join(words + (["birthday"] if one["in_birth_month"] else []))
