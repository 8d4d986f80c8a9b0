"""The rows of a list as cells: one question a column and piece, whatever the number of members."""

from collections.abc import Callable, Sequence
from typing import Any

from core import clock
from core.audience import Choice, Kind, Trait, choices_of, traits
from core.database import sql
from core.money import yuan
from core.security.scope import Role, Scope
from core.sheets import Cell
from crm.exports.models import Export
from crm.exports.rules import PHONE, PHONE_COLUMN, columns_for, masked
from crm.people.queries import Shared
from crm.people.queries.leaving import numbers_of, phones_of

# The owner's words; the members come in as a parameter.
VALUES = "SELECT t.member_id, t.value FROM ({}) AS t WHERE t.member_id = ANY($1::bigint[])"
MANY = (
    "SELECT t.member_id, string_agg(t.value::text, '；' ORDER BY t.value::text) AS value"
    " FROM ({}) AS t WHERE t.member_id = ANY($1::bigint[]) GROUP BY t.member_id"
)
BETWEEN = "；"
FLAG = {True: ("是", "yes"), False: ("否", "no")}


class RowReader:
    """Reads the rows of one export, in its language, as far as its asker may see by now."""

    def __init__(self, export: Export, scope: Scope, shared: frozenset[Shared]) -> None:
        self.export, self.scope = export, scope
        self.known = columns_for(scope.role, traits, shared)
        self.is_english = export.language == "en"
        self._choices: dict[str, dict[str, str]] = {}

    def header(self) -> list[str]:
        every = columns_for(Role.HEAD_OFFICE, traits)
        named = [every.get(name, PHONE_COLUMN) for name in self.export.columns]
        texts = [column.en if self.is_english else column.zh for column in named]
        ends = ("member", "export") if self.is_english else ("会员编号", "导出编号")
        return [ends[0], *texts, ends[1]]

    async def rows(self, member_ids: Sequence[int]) -> list[list[Cell]]:
        """One row a member, in their order: number, columns, and the mark of this export.

        A column the asker may no longer see stays empty.
        """
        numbers = await numbers_of(member_ids)
        columns = [await self._column(name, member_ids) for name in self.export.columns]
        mark = self.export.watermark
        return [
            [numbers.get(id_, ""), *(column.get(id_) for column in columns), mark]
            for id_ in member_ids
        ]

    async def _column(self, name: str, member_ids: Sequence[int]) -> dict[int, Cell]:
        if name not in self.known:
            return {}
        is_whole = self.export.is_whole
        if name == PHONE:
            return dict(await phones_of(self.scope, member_ids, is_whole=is_whole))
        trait = traits[name]
        query = (MANY if trait.is_many else VALUES).format(trait.sql)
        found = await sql(query, list(member_ids))
        kind = Kind.TEXT if trait.is_many else trait.kind
        told = _teller(kind, await self._said(trait), is_english=self.is_english)
        hides = self.known[name].is_masked and not is_whole
        return {
            row["member_id"]: masked(str(told(row["value"]))) if hides else told(row["value"])
            for row in found
            if row["value"] is not None
        }

    async def _said(self, trait: Trait) -> dict[str, str]:
        """What the choices of a trait are called, asked once an export."""
        if trait.choices is not None and trait.name not in self._choices:
            words: list[Choice] = await choices_of(trait)
            self._choices[trait.name] = {
                one.value: one.en if self.is_english else one.zh for one in words
            }
        return self._choices.get(trait.name, {})


def _teller(kind: Kind, said: dict[str, str], *, is_english: bool) -> Callable[[Any], Cell]:
    """How values of a kind stand in a cell; chosen once a column, for it is asked once a cell."""
    tellers: dict[Kind, Callable[[Any], Cell]] = {
        Kind.NUMBER: int,
        Kind.FLAG: lambda value: FLAG[bool(value)][is_english],
        Kind.FEN: lambda value: yuan(int(value)).replace(",", ""),
        Kind.DAY: lambda value: value.isoformat(),
        Kind.MOMENT: lambda value: f"{value.astimezone(clock.SHOP_ZONE):%Y-%m-%d %H:%M}",
    }
    return tellers.get(kind, lambda value: _words(str(value), said))


def _words(value: str, said: dict[str, str]) -> str:
    """A text, or what its choices are called; several of them are joined already."""
    if not said:
        return value
    return BETWEEN.join(said.get(part, part) for part in value.split(BETWEEN))
