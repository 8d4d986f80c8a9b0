"""News of WeCom about tags: a hint to look, whatever it says and in whatever order it comes."""

from core import audit_log
from core.database import use_case
from core.jobs import owe

LAG_S = 2  # a customer's details lag a moment behind their news


@use_case
async def hear_of_library() -> None:
    """A tag or a group changed in WeCom. Many pieces of news at once are one look."""
    await owe("tags.sync_library", key="")


@use_case
async def hear_of_customer(*, external_user_id: str) -> None:
    """A customer changed in WeCom: perhaps their tags did."""
    if external_user_id:
        await owe(
            "tags.look_at_customer",
            key=external_user_id,
            delay_s=LAG_S,
            external_user_id=external_user_id,
        )


@use_case
async def ask_for_look(*, by: str) -> None:
    """Look through all customers now; while a look is under way, asking again changes nothing."""
    await audit_log.record(by, "tags.look_asked", "tags:wecom")
    await owe("tags.look_through", key="")
