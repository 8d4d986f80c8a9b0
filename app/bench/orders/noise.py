"""Who else uses this machine while we measure."""

import os
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Moment:
    busy_s: float
    all_s: float
    ours_s: float


def moment() -> Moment:
    """CPU seconds of the machine so far, and those of this process and all its offspring."""
    parts = [int(part) for part in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = parts[3] + parts[4]
    return Moment((sum(parts) - idle) / TICK, sum(parts) / TICK, _ours())


def noise(before: Moment, after: Moment) -> float:
    """The share of all CPU time between two moments that others used, 0 to 1."""
    spent = (after.busy_s - before.busy_s) - (after.ours_s - before.ours_s)
    return max(0.0, round(spent / max(after.all_s - before.all_s, 0.01), 3))


def _ours() -> float:
    parents, spent = {}, {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        number = int(entry.name)
        parents[number] = int(fields[1])
        spent[number] = sum(int(field) for field in fields[11:15])
    return sum(used for number, used in spent.items() if _is_ours(number, parents)) / TICK


def _is_ours(number: int, parents: dict[int, int]) -> bool:
    while number > 1:
        if number == os.getpid():
            return True
        number = parents.get(number, 0)
    return False
