"""Write the generated pages of docs/reference: settings, refusals, events, order states."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app.web import routers  # noqa: E402
from app.wiring import PARTS, ROOMS, has  # noqa: E402
from core import kept, privacy  # noqa: E402
from core.errors import DomainError  # noqa: E402
from core.events import Event  # noqa: E402
from core.settings import Settings  # noqa: E402
from core.web.api import status_of  # noqa: E402
from trade.orders.rules import MOVES  # noqa: E402

PLACE = ROOT / "docs/reference"


def every_module() -> None:
    """Import all of our rooms, so that every refusal and event is known."""
    for room in ROOMS.values():  # in the order of their floors: a fact rests on facts below it
        for part in PARTS:
            if has(f"{room}.{part}"):
                importlib.import_module(f"{room}.{part}")
    routers()
    for top in ("core", "trade", "crm", "invoicing", "devices", "bot", "miniapp_api"):
        package = importlib.import_module(top)
        for found in pkgutil.walk_packages(package.__path__, f"{top}."):
            if ".migrations" not in found.name and not found.name.endswith(".child"):
                importlib.import_module(found.name)


def subclasses(kind: type) -> Iterator[type]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def _groups(annotation: Any) -> list[type[BaseModel]]:
    kinds = [annotation, *get_args(annotation)]
    return [k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)]


def _name(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def settings_page() -> str:
    lines = [
        "# Settings",
        "",
        "From the environment (`DAOGOU_` and the name, nested with `__`), from `.env`, or from the",
        "JSON file that `DAOGOU_SETTINGS_FILE` names. Made by `make docs`.",
        "",
        "| setting | type | default |",
        "| --- | --- | --- |",
    ]
    for name, info in Settings.model_fields.items():
        default = "required" if info.is_required() else f"`{info.default}`"
        kind = _name(info.annotation).replace("|", "or")
        lines.append(f"| `{name}` | {kind} | {default} |")
        for group in _groups(info.annotation):
            for inner, part in group.model_fields.items():
                shown = "required" if part.is_required() else f"`{part.default}`"
                lines.append(f"| `{name}.{inner}` | {_name(part.annotation)} | {shown} |")
    return "\n".join([*lines, ""])


def refusals_page() -> str:
    rows = {
        kind.code: (status_of(kind), kind.zh, kind.en)
        for kind in subclasses(DomainError)
        if "code" in vars(kind) and not kind.__module__.startswith("tests")
    }
    lines = [
        "# Refusals",
        "",
        "Stable codes, with the sentence people read. Made by `make docs`.",
        "",
        "| code | status | zh-CN | en |",
        "| --- | --- | --- | --- |",
        *[
            f"| `{code}` | {status} | {zh} | {en} |"
            for code, (status, zh, en) in sorted(rows.items())
        ],
    ]
    return "\n".join([*lines, ""])


def events_page() -> str:
    """One row an event: a dataclass with slots leaves its first form among the subclasses."""
    lines = [
        "# News between rooms",
        "",
        "Made by `make docs`.",
        "",
        "| event | facts |",
        "| --- | --- |",
    ]
    ours = [kind for kind in subclasses(Event) if not kind.__module__.startswith("tests")]
    for kind in sorted(ours, key=lambda kind: getattr(kind, "name", "")):
        facts = ", ".join(f"`{field.name}`" for field in fields(kind))
        lines.append(f"| `{getattr(kind, 'name', '?')}` | {facts} |")
    return "\n".join([*lines[:6], *dict.fromkeys(lines[6:]), ""])


def privacy_page() -> str:
    """The field list of the privacy notice, from the lists that erasing and retention go by."""
    privacy.learn("core", kept)
    for label, room in ROOMS.items():
        if has(f"{room}.privacy"):
            privacy.learn(label, importlib.import_module(f"{room}.privacy"))
    lines = [
        "# Personal data that is kept",
        "",
        "Why, and how many days after the membership ends (0: erased with it). By `make docs`.",
        "",
        "| column | zh-CN | en | purposes and grounds | days |",
        "| --- | --- | --- | --- | --- |",
        *[
            f"| `{name}` | {each.zh} | {each.en} | {', '.join(sorted(each.purposes))} |"
            f" {each.days} |"
            for name, each in sorted(privacy.all_personal().items())
        ],
        "",
        "| rows that go by their age | days |",
        "| --- | --- |",
        *[f"| {one.zh} {one.en} (`{one.table}`) | {one.days} |" for one in privacy.all_expiring()],
    ]
    return "\n".join([*lines, ""])


def states_page() -> str:
    lines = ["# States of an order", "", "Made by `make docs` from the table the code uses.", ""]
    lines += ["| from | action | to |", "| --- | --- | --- |"]
    lines += [f"| {before} | {action} | {after} |" for (before, action), after in MOVES.items()]
    return "\n".join([*lines, ""])


def main() -> None:
    every_module()
    PLACE.mkdir(parents=True, exist_ok=True)
    pages = {
        "settings": settings_page,
        "refusals": refusals_page,
        "events": events_page,
        "order-states": states_page,
        "privacy": privacy_page,
    }
    for name, write in pages.items():
        (PLACE / f"{name}.md").write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
