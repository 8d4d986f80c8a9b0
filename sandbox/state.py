"""The state on disk: one JSON file, always whole, written soon after a change and at the end."""

import asyncio
import json
import os
from pathlib import Path
from time import monotonic

from sandbox.world import World


def load(world: World) -> None:
    """Take the state of the world's state file over, when there is one."""
    path = _path(world)
    if path is not None and path.exists():
        world.restore(json.loads(path.read_text(encoding="utf-8")))


def save(world: World) -> None:
    """Write the state; a reader never sees half a file."""
    path = _path(world)
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    text = json.dumps(world.snapshot(), ensure_ascii=False, separators=(",", ":"))
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


async def keep(world: World) -> None:
    """Save after changes, for ever; a slow disk is asked less often."""
    saved, pause = world.changes, 0.2
    while True:
        await asyncio.sleep(pause)
        if world.changes == saved:
            continue
        saved, begun = world.changes, monotonic()
        save(world)
        pause = max(0.2, 20 * (monotonic() - begun))


def _path(world: World) -> Path | None:
    return Path(world.config.state_file) if world.config.state_file else None
