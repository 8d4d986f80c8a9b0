"""The test page: what a printer can, on its own paper."""

from core import clock
from core.clock import SHOP_ZONE
from core.database import use_case
from core.security.scope import Scope
from core.settings import current
from devices.protocol.standard import EXAMPLE
from devices.queries import printer_for
from devices.rules import DocumentKind
from devices.service.papers import Paper, new_job_no, print_document
from trade.stores.queries import get_store


@use_case
async def print_test_page(scope: Scope, printer_id: int) -> int | None:
    """Owe a test page to one printer; each time another one. None: it is switched off.

    Raises PrinterNotFound.
    """
    printer = await printer_for(scope, printer_id)
    store = await get_store(printer.store_id)
    facts = {
        "store_name": store.name,
        "printer": printer.name or printer.address,
        "at": f"{clock.now().astimezone(SHOP_ZONE):%Y-%m-%d %H:%M}",
        "letters": EXAMPLE["letters"],
        "url": current().public_url[:90],
    }
    return await print_document(
        Paper(
            store_id=printer.store_id,
            kind=DocumentKind.TEST,
            document=f"test:{new_job_no()}",
            facts=facts,
            printer_id=printer_id,
            made_by=scope.actor,
        )
    )
