"""One row of the report."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """`aim` is what was agreed, with `unit`; None: only told. `note` says what was measured."""

    name: str
    value: float
    unit: str
    aim: float | None = None
    is_least: bool = False  # the aim is the least, not the most
    note: str = ""

    @property
    def is_reached(self) -> bool | None:
        if self.aim is None:
            return None
        return self.value >= self.aim if self.is_least else self.value <= self.aim

    def facts(self) -> dict[str, Any]:
        return asdict(self) | {"is_reached": self.is_reached}


def line(row: dict[str, Any]) -> str:
    """One row for people."""
    verdict = {None: "", True: ": reached", False: ": NOT reached"}[row["is_reached"]]
    bound = "at least" if row["is_least"] else "at most"
    aim = "" if row["aim"] is None else f"  {bound} {row['aim']:g}{verdict}"
    note = f"  ({row['note']})" if row["note"] else ""
    return f"{row['name']:<52} {row['value']:>10.1f} {row['unit']:<6}{aim}{note}"


def p95(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]
