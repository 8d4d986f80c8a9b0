"""A person's own titles: kept because they asked for it, gone when they say so."""

import secrets

from core import clock
from core.database import use_case
from invoicing.titles.errors import TitleUnknown
from invoicing.titles.models import Remembered
from invoicing.titles.queries import Holder, rows_of
from invoicing.titles.rules import MOST_REMEMBERED
from invoicing.titles.sealing import Title, content_index, seal


def new_token() -> str:
    """For the cookie of a browser that remembers: 128 random bits."""
    return secrets.token_urlsafe(16)


@use_case
async def remember_title(*, holder: Holder, title: Title) -> None:
    """Keep a title, or note that it was used again, with the newest mail and phone.

    Above five the one not used for longest goes.
    """
    row, _ = await Remembered.get_or_create(
        {"sealed": "", "used_at": clock.now(), "uses": 0},
        member_id=holder.member_id,
        device_index=holder.device_index,
        content_index=content_index(title),
    )
    row.sealed, row.used_at, row.uses = seal(title, row_id=row.id), clock.now(), row.uses + 1
    await row.save(update_fields=["sealed", "used_at", "uses"])
    kept = rows_of(holder).order_by("-used_at", "-id")
    surplus = await kept.offset(MOST_REMEMBERED).values_list("id", flat=True)
    await Remembered.filter(id__in=list(surplus)).delete()


@use_case
async def forget_title(*, holder: Holder, title_id: int) -> None:
    """Raises TitleUnknown for one that is not this holder's, or was forgotten before."""
    if not await rows_of(holder).filter(id=title_id).delete():
        raise TitleUnknown


@use_case
async def forget_titles(*, holder: Holder) -> None:
    """All of them. Again changes nothing."""
    await rows_of(holder).delete()
