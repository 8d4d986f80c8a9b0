from core.database import use_case
from devices.errors import PrinterUnfit
from devices.models import Printer
from devices.queries import PrinterView
from devices.rules import COLUMNS
from trade.stores.queries import get_store


@use_case
async def add_printer(
    *, store_id: int, host: str, port: int = 9100, columns: int = 48
) -> PrinterView:
    """A printer of a store, switched on. The same host and port again changes its columns.

    Raises PrinterUnfit, StoreNotFound.
    """
    if not host.strip() or not 1 <= port <= 65_535 or columns not in COLUMNS:
        raise PrinterUnfit(port=port, columns=columns)
    await get_store(store_id)
    row, _ = await Printer.get_or_create(
        {"columns": columns}, store_id=store_id, host=host.strip(), port=port
    )
    row.columns, row.is_active = columns, True
    await row.save(update_fields=["columns", "is_active"])
    return PrinterView(row.id, row.store_id, row.host, row.port, row.columns, row.is_active)


@use_case
async def switch_off_printer(printer_id: int) -> None:
    """No new paper goes there; what waits for it is shown as failed. Again changes nothing."""
    await Printer.filter(id=printer_id).update(is_active=False)
