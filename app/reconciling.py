"""`daogou reconcile`: bills of WeChat Pay against our books, for the days that are named."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import click

from app.invocation import as_json, progress, with_database
from core import clock
from core.errors import DomainError
from trade.payments.service.bills import fetch_and_compare

MOST_DAYS = 90
Tell = Callable[[int, int], None]


async def compare_days(days: list[date], *, again: bool, tell: Tell) -> list[dict[str, Any]]:
    """One result a day and merchant: what was compared, or the code and sentence of why not."""
    results: list[dict[str, Any]] = []
    for done, day in enumerate(days, start=1):
        try:
            results += [asdict(one) for one in await fetch_and_compare(day, again=again)]
        except DomainError as refused:
            facts = {"day": day, "is_judged": False, "code": refused.code}
            results.append({**facts, "why": refused.en, "facts": refused.facts})
        tell(done, len(days))
    return results


def show(results: list[dict[str, Any]]) -> str:
    lines = []
    for one in results:
        if one.get("code"):
            lines.append(f"{one['day']}  {one['code']}  {one['why']}")
        elif not one["is_judged"]:
            lines.append(f"{one['day']}  no bill yet")
        else:
            lines.append(
                f"{one['day']}  {one['mch_id']}  {one['rows']} lines,"
                f" ours {one['ours_paid_fen'] / 100:.2f},"
                f" theirs {one['theirs_paid_fen'] / 100:.2f}, {one['open']} open"
            )
    return "\n".join(lines)


@click.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="China day; else yesterday.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=1, help="So many, up to --day.")
@click.option("--again", is_flag=True, help="Fetch bills anew that are kept already.")
@as_json
def reconcile(day: datetime | None, days: int, again: bool, as_json: bool) -> None:  # noqa: FBT001
    """Fetch WeChat Pay's bills and compare them. Exits 1 when something differs or is missing."""
    last = day.date() if day else clock.shop_day(clock.now()) - timedelta(days=1)
    wanted = [last - timedelta(days=back) for back in reversed(range(days))]
    with progress("reconcile", hidden=as_json) as tell:
        results = with_database(lambda: compare_days(wanted, again=again, tell=tell))
    click.echo(json.dumps(results, default=str, ensure_ascii=False) if as_json else show(results))
    if any(one.get("open") or not one["is_judged"] for one in results):
        raise SystemExit(1)
