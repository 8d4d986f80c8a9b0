"""Run a compiled condition: planned for its own values, with its own memory, and not for long."""

from typing import Any

import asyncpg
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from core.database import sql
from crm.segments.compiling import Compiled
from crm.segments.errors import TooSlow

SET = """
SELECT set_config('statement_timeout', $1, true), set_config('work_mem', '64MB', true),
    set_config('plan_cache_mode', 'force_custom_plan', true)
"""


async def ask(compiled: Compiled, *, within_ms: int) -> list[dict[str, Any]]:
    """Its rows. Raises TooSlow when the database did not answer within so many milliseconds."""
    try:
        async with in_transaction():
            await sql(SET, f"{within_ms}ms")
            return await sql(compiled.text, *compiled.values)
    except asyncpg.QueryCanceledError as late:
        raise TooSlow() from late
    except OperationalError as failed:
        if isinstance(failed.__cause__, asyncpg.QueryCanceledError):
            raise TooSlow() from failed
        raise
