"""Run every room's checks on the live database and say what does not add up."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from tortoise import Tortoise

from app.wiring import orm_config, wire
from core.audit import Finding, checks
from core.settings import Settings

SHOWN = 20


async def audit(
    settings: Settings, tell: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, Any]:
    """`{"checks": n, "findings": n, "by_check": {name: [up to 20 findings]}}`. Reads only."""
    wire(settings)
    assert settings.database_url
    await Tortoise.init(config=orm_config(settings.database_url), _enable_global_fallback=True)
    try:
        found: dict[str, list[Finding]] = {}
        for done, (name, work) in enumerate(sorted(checks.items()), start=1):
            found[name] = await work()
            tell(done, len(checks))
    finally:
        await Tortoise.close_connections()
    return {
        "checks": len(found),
        "findings": sum(len(findings) for findings in found.values()),
        "by_check": {
            name: [asdict(finding) for finding in findings[:SHOWN]]
            for name, findings in found.items()
            if findings
        },
    }


def show(report: dict[str, Any], *, as_json: bool) -> str:
    """For people one line a finding, for machines one line of JSON."""
    if as_json:
        return json.dumps(report, ensure_ascii=False)
    lines = [
        f"{finding['check']}  {finding['key']}  {finding['text']}"
        for findings in report["by_check"].values()
        for finding in findings
    ]
    return "\n".join([*lines, f"{report['checks']} checks, {report['findings']} findings"])
