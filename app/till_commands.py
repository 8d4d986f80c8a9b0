"""Commands about tills: how far they have come, and what only a person can decide."""

import json
from typing import Any

import click

from app.invocation import as_json
from app.partner_commands import BY, done
from core.money import yuan
from core.security.scope import Role, Scope
from devices.queries import odd_receipts, open_conflicts, tills_for
from devices.service import ConflictAnswer, Resolve, resolve_conflict

EVERYTHING = Scope(Role.HEAD_OFFICE, staff_id=0)


@click.group(invoke_without_command=True)
@as_json
@click.pass_context
def tills(context: click.Context, *, as_json: bool) -> None:
    """How far each till has come, which numbers lack, what a person must look at."""
    if context.invoked_subcommand is not None:
        return

    async def work() -> Any:
        found = await tills_for(EVERYTHING), await odd_receipts(EVERYTHING)
        return *found, await open_conflicts(EVERYTHING)

    states, odd, conflicts = done(work)
    if as_json:
        missing = sum(last - first + 1 for state in states for first, last in state.missing)
        click.echo(json.dumps({"tills": len(states), "missing": missing, "odd": len(odd)}))
        return
    for state in states:
        runs = " ".join(f"{first}-{last}" for first, last in state.missing) or "none"
        click.echo(
            f"{state.store_code} {state.till}: {state.booked} of {state.received} booked, "
            f"last {state.last_sequence}, missing {runs}"
        )
    for receipt in odd:
        click.echo(f"look: {receipt.till}/{receipt.receipt_no}  {receipt.reason}")
    for one in conflicts:
        sums = f"{yuan(one.total_fen)} and {yuan(one.other_fen)} yuan"
        click.echo(f"conflict {one.id}: {one.till}/{one.receipt_no} came as {sums}")


@tills.command()
@click.argument("conflict", type=int)
@click.argument("answer", type=click.Choice([one.value for one in ConflictAnswer]))
@click.option("--reason", required=True, help="Why; it is kept with the conflict.")
def resolve(conflict: int, answer: str, reason: str) -> None:
    """Say what CONFLICT is: dismissed, whole (another sale), or difference (the rest is a sale).

    What was booked first stays. A sale gets the same number with #2 behind it.
    """
    wish = Resolve(conflict, ConflictAnswer(answer), reason, BY)
    number = done(lambda: resolve_conflict(EVERYTHING, wish))
    click.echo(f"booked as {number}" if number else "dismissed")
