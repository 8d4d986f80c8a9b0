"""What can be asked about titles: a door. Nothing here is told without the token or the login."""

from dataclasses import dataclass
from datetime import timedelta

from tortoise.queryset import QuerySet

from core import clock
from core.database import sql
from invoicing.titles.models import Remembered
from invoicing.titles.rules import (
    FORGET_AFTER_DAYS,
    KNOWN_AFTER,
    MOST_REMEMBERED,
    SUGGESTED,
    is_searchable,
    name_key,
)
from invoicing.titles.sealing import Title, device_index, unseal
from invoicing.titles.title_qr import TitleCard, read_title_qr

__all__ = [
    "CompanyView",
    "Holder",
    "RememberedTitle",
    "Title",
    "TitleCard",
    "companies_like",
    "read_title_qr",
    "titles_of",
]


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose titles: a member's, or those of a browser that shows its token."""

    member_id: int | None = None
    token: str = ""

    @property
    def device_index(self) -> str | None:
        """Raises ValueError for nobody: nobody's titles are not everybody's."""
        if self.member_id is not None:
            return None
        if not self.token:
            raise ValueError("whose titles?")
        return device_index(self.token)


@dataclass(frozen=True, slots=True)
class RememberedTitle:
    id: int
    title: Title


@dataclass(frozen=True, slots=True)
class CompanyView:
    """A company that may be suggested. `tax_no` is empty until somebody chose it."""

    title: str
    tax_no: str


async def titles_of(holder: Holder) -> list[RememberedTitle]:
    """What this holder wanted remembered, the one used last first."""
    oldest = clock.now() - timedelta(days=FORGET_AFTER_DAYS)
    rows = rows_of(holder).filter(used_at__gte=oldest)
    found = await rows.order_by("-used_at", "-id").limit(MOST_REMEMBERED)
    return [RememberedTitle(row.id, unseal(row.sealed, row_id=row.id)) for row in found]


def rows_of(holder: Holder) -> QuerySet[Remembered]:
    """For this room's own files."""
    return Remembered.filter(member_id=holder.member_id, device_index=holder.device_index)


LIKE = """
SELECT title, tax_no FROM (
    SELECT DISTINCT ON (name_key) title, tax_no, times FROM titles_company
    WHERE name_key LIKE $1 || '%' AND (source = 'provider' OR times >= $2)
    ORDER BY name_key, (tax_no <> '') DESC, times DESC
) AS found ORDER BY times DESC, length(title), title LIMIT $3
"""


async def companies_like(text: str) -> list[CompanyView]:
    """Companies of our own directory whose name begins so, the best known first."""
    if not is_searchable(text):
        return []
    rows = await sql(LIKE, name_key(text), KNOWN_AFTER, SUGGESTED)
    return [CompanyView(row["title"], row["tax_no"]) for row in rows]
