"""One real purchase, told step by step. Anything that is not so ends it with exit code 1."""

import json
import shutil
from pathlib import Path
from typing import Any

import click

from app.demo import opening, paper, purchase
from app.demo.players import Players
from app.embedded import data_home
from app.household import open_household
from app.ports import free_port
from app.story import StepFailed, Story


def play(*, home: Path, port: int, quiet: bool) -> int:
    """Play the purchase in a shop of its own under `home`; print the story and one line of JSON."""
    for place in {home, data_home(home)}:  # a shop of its own each time
        shutil.rmtree(place, ignore_errors=True)
    story = Story(lambda text: click.echo(text, err=quiet))
    try:
        facts = _play(story, home, port or free_port())
    except StepFailed as failed:
        story.tell(f"FAILED {failed}")
        said = {"ok": False, "step": failed.step, "why": failed.why}
        click.echo(json.dumps(said, ensure_ascii=False))
        return 1
    said = {"ok": True, **facts, "seconds": round(story.seconds, 1)}
    click.echo(json.dumps(said, ensure_ascii=False))
    return 0


def _play(story: Story, home: Path, port: int) -> dict[str, Any]:
    plan = opening.plan(story, home, port)
    with story.step("打开商店：数据库、门铃、外部世界、网页、后台 (the shop opens)") as step:
        shop = open_household(plan)
        house = shop.__enter__()
        step.prove(f"{house.url}, outside world at {house.world['http']}")
    try:
        with Players(house) as players:
            sale = purchase.tell(story, players)
            invoice = paper.tell(story, players, sale)
            findings = opening.audit(story, house)
        return {**sale.facts, **invoice, "audit_findings": findings}
    finally:
        shop.__exit__(None, None, None)
