"""What each part of the shop has used of the processors, by the system's own count."""

import os
from pathlib import Path

from app.household import Household

TICK = os.sysconf("SC_CLK_TCK")


def used_s(house: Household) -> dict[str, float]:
    """CPU seconds of `web`, of `worker` with its painters, of `world`, and of an own `postgres`."""
    seen = _processes()
    parts = {"web": "serve", "worker": "worker", "world": "sandbox"}
    roots = {
        name: process.pid
        for name, child in parts.items()
        if (process := house.children[child].process)
    }
    own = [
        pid
        for pid, (name, parent, _) in seen.items()
        if parent == os.getpid() and name == "postgres"
    ]
    if own:  # another one's server is not ours to count
        roots["postgres"] = own[0]
    return {name: _of_tree(root, seen) for name, root in roots.items()}


def ours_s(house: Household) -> float:
    """CPU seconds of this process and all its offspring but the outside world's."""
    seen, world = _processes(), house.children["sandbox"].process
    whole = _of_tree(os.getpid(), seen)
    return whole - _of_tree(world.pid, seen) if world else whole


def since(before: dict[str, float], now: dict[str, float], count: int) -> dict[str, float]:
    """Milliseconds of each part for one of `count`."""
    return {name: round(1000 * (now[name] - before[name]) / count, 2) for name in before}


def _of_tree(root: int, seen: dict[int, tuple[str, int, float]]) -> float:
    return sum(spent for pid, (_, _, spent) in seen.items() if _is_below(pid, root, seen))


def _is_below(pid: int, root: int, seen: dict[int, tuple[str, int, float]]) -> bool:
    while pid > 1 and pid != root:
        pid = seen[pid][1] if pid in seen else 0
    return pid == root


def _processes() -> dict[int, tuple[str, int, float]]:
    """By number: name, parent, and CPU seconds with those of children it has buried."""
    seen = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            head, _, rest = (entry / "stat").read_text().rpartition(")")
        except OSError:  # it has just ended
            continue
        fields = rest.split()
        spent = sum(int(field) for field in fields[11:15]) / TICK
        seen[int(entry.name)] = (head.partition("(")[2], int(fields[1]), spent)
    return seen
