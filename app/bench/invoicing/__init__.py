"""`daogou bench invoicing`: documents, the way to the file and to the mail, and the peak of a day.

Everything is compared within one run; on a busy machine the ratios of CPU seconds still hold.
"""

import asyncio
import os
import platform
from typing import Any

from app.bench.invoicing.first_view import first_view
from app.bench.invoicing.flow import (
    face_to_archive,
    report_of,
    request_to_file,
    rows_to_file,
    scan_to_mail,
)
from app.bench.invoicing.peak import measure_peak
from app.bench.invoicing.rendering import measure_rendering
from app.bench.invoicing.stage import Tell, a_house, a_stage
from app.bench.orders.noise import moment, noise
from app.household import Household

AIMS = {"paint_ratio": 3.0, "stored_ratio": 3.0, "document_ratio": 3.0}
LIMITS = {"list_2000_s": 10.0, "mail_p95_s": 5.0, "page_p95_ms": 300.0, "first_view_ms": 1000.0}


def measure_invoicing(
    *, documents: int, guests: int, requests: int, scans: int, tell: Tell
) -> dict[str, Any]:
    """Render, then open a throw-away shop for the rest."""
    began = moment()
    report: dict[str, Any] = {"bench": "invoicing", **measure_rendering(documents)}
    tell(f"plain {report['plain_ms']} ms, painted {report['paint_ms']} ms")
    with a_house(tell) as house:
        report |= asyncio.run(_flow(house, (guests, requests, scans), tell))
    report["stored_ratio"] = round(report["plain_ms"] / report["stored_cpu_ms"], 2)
    report["document_ratio"] = round(report["plain_ms"] / report["document_cpu_ms"], 2)
    return report | {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "noise": noise(began, moment()),
    }


async def _flow(house: Household, sizes: tuple[int, int, int], tell: Tell) -> dict[str, Any]:
    guests, requests, scans = sizes
    async with a_stage(house) as stage:
        report: dict[str, Any] = {"guests": guests, "requests": requests}
        report |= report_of(await scan_to_mail(stage, guests))
        tell(f"scan to mail p95 {report['mail_p95_s']} s")
        report |= await first_view(stage)
        report |= await request_to_file(stage, requests)
        report |= await face_to_archive(stage, 2 * requests)
        report |= await rows_to_file(stage)
        if scans:
            report |= await measure_peak(stage, scans=scans, tell=tell)
        return report


def show(report: dict[str, Any]) -> str:
    """One figure a line, with its limit and whether it is kept."""
    return "\n".join(_line(name, value) for name, value in report.items())


def _line(name: str, value: Any) -> str:
    verdict = ""
    if name in AIMS:
        verdict = f"  at least {AIMS[name]:g}: {_said(value >= AIMS[name])}"
    elif name in LIMITS:
        verdict = f"  under {LIMITS[name]:g}: {_said(value < LIMITS[name])}"
    return f"{name:<16} {value}{verdict}"


def _said(is_reached: bool) -> str:  # noqa: FBT001
    return "reached" if is_reached else "NOT reached"
