"""A worker in a process of its own that writes one export, to be killed over it.

`python -m tests.scenes.export_writer settings.json export-id`
"""

import asyncio
import json
import sys
from pathlib import Path

from tortoise.context import TortoiseContext

from app.wiring import orm_config, wire
from core.settings import Settings
from crm.exports.service import write_file


async def work(settings: Settings, export_id: int) -> None:
    wire(settings)
    assert settings.database_url
    async with TortoiseContext() as context:
        await context.init(config=orm_config(settings.database_url))
        await write_file(export_id, rows_a_piece=1)


if __name__ == "__main__":
    said = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    asyncio.run(work(Settings(**said), int(sys.argv[2])))
