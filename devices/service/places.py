"""Where a printer stands, with the keys that open it: for the jobs that dial out."""

from core.security.vault import decrypt
from devices.models import PrintAccount, Printer
from devices.protocol.port import Place


async def place_of(printer_id: int) -> Place:
    """Raises DoesNotExist for a printer that is not there."""
    printer = await Printer.get(id=printer_id)
    if printer.account_id is None:
        return Place(printer.transport, printer.address)
    account = await PrintAccount.get(id=printer.account_id)
    bound = f"print_account:{account.id}"
    return Place(
        transport=printer.transport,
        address=printer.address,
        user=account.user,
        secret=decrypt(account.secret_cipher, bound_to=bound),
        token=decrypt(account.token_cipher, bound_to=bound) if account.token_cipher else "",
        base_url=account.base_url,
    )
