"""Programs as data: a new version is added, an old one never changes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from core.database import sql, use_case
from crm.points.errors import BadProgram
from crm.points.models import ProgramRow
from crm.points.rules import BASE, On, Purse, Terms

CODE = re.compile(r"[a-z][a-z0-9_-]{1,39}")
TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended('points.program', 0))"


@dataclass(frozen=True, slots=True)
class ProgramDraft:
    """A version as a marketer writes it; `terms` in the shape of `Terms`."""

    code: str
    name: str
    purse: str
    on: str
    terms: Mapping[str, Any]
    valid_from: date
    valid_to: date | None = None
    is_on: bool = True


@use_case
async def put_program(draft: ProgramDraft, *, by: str) -> int:
    """Add a version of a program, valid for what happens from its first day on; its number.

    Writing the newest version again changes nothing. Raises BadProgram, which names the field.
    """
    terms = check_program(draft)
    await sql(TAKE_TURNS)
    newest = await ProgramRow.filter(code=draft.code).order_by("-version").first()
    facts = {
        "name": draft.name.strip(),
        "purse": Purse(draft.purse),
        "on": On(draft.on),
        "terms": terms.model_dump(mode="json"),
        "is_on": draft.is_on,
        "valid_from": draft.valid_from,
        "valid_to": draft.valid_to,
    }
    if newest and all(getattr(newest, name) == value for name, value in facts.items()):
        return newest.version
    if newest and newest.on is not facts["on"]:
        raise BadProgram(field="on")
    version = newest.version + 1 if newest else 1
    await ProgramRow(code=draft.code, version=version, written_by=by[:40], **facts).save()
    return version


def check_program(draft: ProgramDraft) -> Terms:
    """The terms, understood. Raises BadProgram."""
    wrong = _wrong(draft)
    if wrong:
        raise BadProgram(field=wrong)
    try:
        terms = Terms.model_validate(dict(draft.terms))
    except ValidationError as refused:
        first = refused.errors()[0]["loc"]
        raise BadProgram(field=".".join(map(str, first))[:60] or "gives") from None
    is_order = draft.on == On.ORDER
    if is_order != bool(terms.as_promised or terms.per_yuan) and not (is_order and terms.flat):
        raise BadProgram(field="gives")
    if terms.as_promised and draft.code != BASE:
        raise BadProgram(field="as_promised")
    return terms


def _wrong(draft: ProgramDraft) -> str:
    if not CODE.fullmatch(draft.code):
        return "code"
    if not 1 <= len(draft.name.strip()) <= 40:
        return "name"
    if draft.purse not in set(Purse):
        return "purse"
    if draft.on not in set(On) - {On.GIFT} or (draft.code == BASE and draft.on != On.ORDER):
        return "on"
    if draft.valid_to is not None and draft.valid_to < draft.valid_from:
        return "valid_to"
    return ""
