"""The step editor without a script: the form carries the definition, each button changes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.deeds import deeds
from crm.journeys.errors import BadDefinition
from crm.journeys.pages.beginnings import typed_condition, typed_trigger

Data = dict[str, Any]
MOST_TEXT = 40_000
WAYS = ("next", "then", "otherwise")


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a deed's parameters, read from their shape."""

    name: str
    title: str
    kind: str  # text, number, list, words, choice
    value: str
    choices: tuple[str, ...] = ()


def definition_in(fields: Mapping[str, Any]) -> Data:
    """What the form carries, with what was typed into it. Raises BadDefinition."""
    try:
        data = json.loads(str(fields.get("definition", ""))[:MOST_TEXT])
        data = _whole(data)
        steps = data["steps"]
        data["steps"] = {name: _typed(name, dict(step), fields) for name, step in steps.items()}
        data["goal"] = _goal(dict(data.get("goal") or {}), fields)
        _rest(data, fields)
        return _whole(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadDefinition(at="definition", what="unreadable") from None


SHAPES: dict[str, Data] = {
    "wait": {"days": 0, "hours": 0, "hour": None, "next": None},
    "if": {"condition": {}, "then": None, "otherwise": None},
    "do": {"deed": "", "params": {}, "next": None},
}
REST: Data = {
    "exit": None,
    "holdout_bp": 1_000,
    "again_after_days": None,
    "stores": [],
    "partner": "",
}
EVERYONE: Data = {"everyone": True}
FIRST: dict[str, Data] = {"wait": {"days": 1}, "if": {"condition": EVERYONE}, "do": {}}
GOAL: Data = {"happening": "", "days": 14, "measure": "rate", "of": "amount"}


def _whole(data: Data) -> Data:
    """With everything the page asks for. Raises KeyError, TypeError and ValueError."""
    steps = {
        str(name)[:24]: {"kind": step["kind"], **SHAPES[step["kind"]], **step}
        for name, step in data["steps"].items()
    }
    are_dicts = all(isinstance(step.get("params", {}), dict) for step in steps.values())
    if not steps or not are_dicts or not isinstance(data["trigger"]["kind"], str):
        raise ValueError("no journey")
    goal = {**GOAL, **dict(data.get("goal") or {})}
    return {**REST, **data, "start": str(data["start"]), "steps": steps, "goal": goal}


def changed(data: Data, op: str) -> Data:
    """After one press: `add:<after>:<kind>`, `remove:<name>`; anything else changes nothing."""
    what, _, rest = op.partition(":")
    if what == "add":
        after, _, kind = rest.partition(":")
        return _added(data, after, kind)
    return _removed(data, rest) if what == "remove" else data


def _added(data: Data, after: str, kind: str) -> Data:
    name = next(f"s{at}" for at in range(1, 100) if f"s{at}" not in data["steps"])
    if kind not in {"wait", "if", *deeds}:
        return data
    step: Data = {"kind": "do", **SHAPES["do"], "deed": kind}
    if kind in SHAPES:
        step = {"kind": kind, **SHAPES[kind], **FIRST[kind]}
    way = "then" if kind == "if" else "next"
    if after not in data["steps"]:
        step[way], start = data["start"], name
    else:
        start, before = data["start"], dict(data["steps"][after])
        out = "otherwise" if before["kind"] == "if" else "next"
        step[way], before[out] = before.get(out), name
        data = {**data, "steps": {**data["steps"], after: before}}
    return {**data, "start": start, "steps": {**data["steps"], name: step}}


def _removed(data: Data, name: str) -> Data:
    """Whatever led to it leads on to what came after it."""
    steps = dict(data["steps"])
    if name not in steps or len(steps) == 1:
        return data
    gone = steps.pop(name)
    onward = gone.get("next") or gone.get("then") or gone.get("otherwise")
    ways = ("next", "then", "otherwise")
    kept = {
        one: {
            key: onward if key in ways and value == name else value for key, value in step.items()
        }
        for one, step in steps.items()
    }
    start = onward if data["start"] == name else data["start"]
    return {**data, "start": start or next(iter(kept)), "steps": kept}


def _led(step: Data, gone: str, onward: str | None) -> Data:
    ways = {key: onward for key in WAYS if key in step and step[key] == gone}
    return {**step, **ways}


def _typed(name: str, step: Data, fields: Mapping[str, Any]) -> Data:
    given = {
        key.removeprefix(f"{name}."): str(value).strip()
        for key, value in fields.items()
        if key.startswith(f"{name}.")
    }
    for key in WAYS:
        if key in given:
            step[key] = given[key] or None
    for key in ("days", "hours"):
        if key in given:
            step[key] = int(given[key] or 0)
    if "hour" in given:
        step["hour"] = int(given["hour"]) if given["hour"] else None
    if step["kind"] == "if" and "asks" in given:
        step["condition"] = typed_condition(given["asks"], step["condition"]) or EVERYONE
    if step["kind"] == "do":
        step["params"] = _params(step, given)
    return step


def _params(step: Data, given: Mapping[str, str]) -> Data:
    found = dict(step.get("params") or {})
    for field in fields_of(step):
        if (text := given.get(f"p.{field.name}")) is None:
            continue
        value = _value(field.kind, text)
        if value in ("", None):
            found.pop(field.name, None)
        else:
            found[field.name] = value
    return found


def _value(kind: str, text: str) -> Any:
    if kind == "number":
        return int(text) if text.lstrip("-").isdecimal() else None
    if kind == "list":
        return text.replace("，", ",").replace(",", " ").split()
    if kind == "words":
        pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
        return {name.strip(): value.strip() for name, _, value in pairs}
    return text


def fields_of(step: Data) -> list[Field]:
    """The inputs of a deed, with their present values."""
    deed = deeds.get(step.get("deed", ""))
    if deed is None:
        return []
    shape = deed.params.model_json_schema()["properties"]
    return [_field(name, said, step.get("params") or {}) for name, said in shape.items()]


def _field(name: str, said: Data, params: Data) -> Field:
    kinds = {"integer": "number", "array": "list", "object": "words"}
    inner = next((one for one in said.get("anyOf", ()) if one.get("type") != "null"), said)
    choices = tuple(map(str, inner.get("enum", ())))
    kind = "choice" if choices else kinds.get(inner.get("type", ""), "text")
    value = params.get(name, said.get("default"))
    if kind == "list":
        shown = " ".join(map(str, value or ()))
    elif kind == "words":
        shown = "\n".join(f"{key}={text}" for key, text in (value or {}).items())
    else:
        shown = "" if value is None else str(value)
    return Field(name, str(said.get("title", name)), kind, shown, choices)


def _goal(goal: Data, fields: Mapping[str, Any]) -> Data:
    for key in ("happening", "measure", "of"):
        if f"goal.{key}" in fields:
            goal[key] = str(fields[f"goal.{key}"]).strip()
    if "goal.days" in fields:
        goal["days"] = int(str(fields["goal.days"]))
    return goal


def _rest(data: Data, fields: Mapping[str, Any]) -> None:
    if "holdout" in fields:
        data["holdout_bp"] = int(str(fields["holdout"]) or 0) * 100
    if "again" in fields:
        again = str(fields["again"]).strip()
        data["again_after_days"] = int(again) if again else None
    if "stores" in fields:
        data["stores"] = [int(one) for one in str(fields["stores"]).replace(",", " ").split()]
    if "partner" in fields:
        data["partner"] = str(fields["partner"]).strip()[:60]
    data["trigger"] = typed_trigger(data["trigger"], fields)
    if "exit" in fields:
        data["exit"] = typed_condition(str(fields["exit"]), data["exit"])
