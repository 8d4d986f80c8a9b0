"""The slow work of exports."""

from core.jobs import every, job
from crm.exports.service import expire_exports, make_list, run_due_schedules, write_file


@job("exports.list", timeout_s=300)
async def list_members(export_id: int) -> None:
    await make_list(export_id)


@job("exports.write", timeout_s=1_800)
async def write(export_id: int) -> None:
    await write_file(export_id)


@every("exports.expire", seconds=60)
async def expire() -> None:
    await expire_exports()


@every("exports.schedules", seconds=60)
async def schedules() -> None:
    await run_due_schedules()
