"""Failures on request: which call or callback is to go wrong, how, and how often."""

import fnmatch
from collections.abc import Collection
from dataclasses import dataclass

from sandbox.timetable import Doc
from sandbox.world import World

WIRE = frozenset({"timeout", "slow", "reset", "garbage"})
ANSWER = frozenset({"errcode", "http500", "429"})
SIGNATURE = frozenset({"wrong_signature", "unsigned", "wrong_serial", "stale", "signtest"})
DELIVERY = frozenset({"duplicate", "reorder", "drop"})
NOTICE = frozenset({"wrong_amount", "wrong_key", "other_mchid", "wrong_app", "wrong_route"})
KINDS = WIRE | ANSWER | SIGNATURE | DELIVERY | NOTICE


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure: `kind`, the code of `errcode`, seconds, and whether the effect takes place."""

    kind: str
    code: str = ""
    delay_s: float = 30
    after: bool = False


def order(world: World, wanted: Doc) -> Doc:
    """Ask for a failure: `{match, kind, times, code, delay_s, when}`. Raises ValueError.

    `match` is a part of, or with `*` a pattern for, `POST /path`, `callback <app or corp> <event>`
    or `notice <merchant> <event> <number>`. `kind` may be `errcode:45009`. `when` "after" lets
    the effect take place and spoils only the answer.
    """
    kind, _, code = str(wanted.get("kind", "")).partition(":")
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(sorted(KINDS))}")
    fault_id = f"{world.next_number('fault'):05d}"
    fault = {
        "id": fault_id,
        "match": str(wanted.get("match", "")),
        "kind": kind,
        "code": str(wanted.get("code", wanted.get("errcode", code))),
        "delay_s": float(wanted.get("delay_s", 3 if kind == "slow" else 30)),
        "after": wanted.get("when", "before") == "after",
        "times": int(wanted.get("times", 1)),
    }
    world.collection("faults")[fault_id] = fault
    return fault


def take(world: World, subject: str, kinds: Collection[str]) -> Fault | None:
    """The first ordered failure of these kinds that fits the subject; it counts as used once."""
    for fault in world.collection("faults").values():
        if fault["kind"] in kinds and _fits(fault["match"], subject):
            fault["times"] -= 1
            if fault["times"] <= 0:
                del world.collection("faults")[fault["id"]]
            return Fault(fault["kind"], fault["code"], fault["delay_s"], fault["after"])
    return None


def over_limit(world: World, path: str) -> Fault | None:
    """What a call gets that is one too many in this minute of the clock; None when it is fine."""
    most = world.config.limits.calls_per_minute.get(path)
    if most is None:
        return None
    minute = int(world.now().timestamp()) // 60
    count = world.collection("call_counts").setdefault(path, {"minute": minute, "count": 0})
    if count["minute"] != minute:
        count.update(minute=minute, count=0)
    count["count"] += 1
    if count["count"] <= most:
        return None
    return Fault("429") if path.startswith("/v3/") else Fault("errcode", "45009")


def _fits(match: str, subject: str) -> bool:
    if "*" in match:
        return fnmatch.fnmatchcase(subject, match)
    return match in subject
