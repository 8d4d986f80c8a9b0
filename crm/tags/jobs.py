"""Scheduled and owed work of this room: validities that end, and WeCom's side of the tags."""

from core.jobs import every, job
from core.settings import current
from crm.tags.service import (
    begin_looking,
    end_expired_marks,
    go_on_looking,
    look_at_customer,
    push_wanted,
    sync_library,
)


@every("tags.end_expired", seconds=30)
async def end_what_expired() -> None:
    """Take back the tags whose validity is over."""
    await end_expired_marks()


@job("tags.sync_library", timeout_s=120)
async def make_libraries_alike() -> None:
    """Look at WeCom's library, believe it, and do there what we still want."""
    if current().wecom is not None:
        await sync_library()


@job("tags.push", timeout_s=300)
async def push() -> None:
    """Tell WeCom who got or lost a tag here."""
    if current().wecom is not None:
        await push_wanted()


@job("tags.look_at_customer", timeout_s=60)
async def look(external_user_id: str) -> None:
    """A customer changed in WeCom."""
    if current().wecom is not None:
        await look_at_customer(external_user_id)


@every("tags.sync_library", seconds=300)
async def sync_again() -> None:
    """News may be lost, answers too."""
    await make_libraries_alike()


@every("tags.push", seconds=60)
async def push_again() -> None:
    """What is still wanted, or of which nobody knows whether it was done."""
    await push()


@job("tags.look_through", timeout_s=300)
async def look_through_now() -> None:
    """Asked for on the page of tags."""
    await look_through()
    await go_on()


@every("tags.look_through", seconds=21_600)
async def look_through() -> None:
    """Four times a day all customers are looked at."""
    if current().wecom is not None:
        await begin_looking()


@every("tags.go_on", seconds=20)
async def go_on() -> None:
    """The next pages of the look that is under way."""
    if current().wecom is not None:
        await go_on_looking()
