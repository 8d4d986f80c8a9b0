"""Codes that a phone gets and a server spends: login, phone number, OAuth. Once, 5 minutes."""

from datetime import datetime, timedelta

from sandbox.answers import Refusal
from sandbox.timetable import Doc
from sandbox.world import World


def give(world: World, kind: str, prefix: str = "", **facts: str) -> str:
    """A fresh code of a kind (`login`, `phone`, `oauth`) that carries the facts."""
    code = world.new_id(f"code {kind}", 32, prefix)
    until = world.now() + timedelta(seconds=world.config.limits.code_life_s)
    world.collection("codes")[code] = {"kind": kind, "until": until.isoformat(), **facts}
    return code


def spend(world: World, kind: str, code: str, owner: str, used: int = 40163) -> Doc:
    """The facts of a code of this kind and owner; it is used up then.

    Raises Refusal 40029 when it is unknown, of another kind or owner, or too old, `used` when it
    was used before.
    """
    found = world.collection("codes").get(code)
    if found is None or (found["kind"], found["owner"]) != (kind, owner):
        raise Refusal(40029)
    if found.get("used"):
        raise Refusal(used)
    if world.now() >= datetime.fromisoformat(found["until"]):
        raise Refusal(40029)
    found["used"] = True
    return found


def sweep(world: World) -> None:
    """Forget codes that ended more than an hour ago."""
    codes = world.collection("codes")
    before = (world.now() - timedelta(hours=1)).isoformat()
    while codes and codes[oldest := next(iter(codes))]["until"] < before:
        del codes[oldest]
