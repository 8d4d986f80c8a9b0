"""Where a printer stands, with the keys that open it: for the jobs that dial out."""

from core.database import sql, use_case
from core.security.vault import decrypt, encrypt
from devices.models import PrintAccount, Printer
from devices.protocol.port import Place

MAY_FETCH = """
UPDATE devices_print_account SET token_at = now()
WHERE id = $1 AND (token_at IS NULL OR token_at < now() - interval '75 minutes') RETURNING id
"""

ASK_SOON = """
UPDATE devices_print_account SET token_at = now() - interval '74 minutes' WHERE id = $1 RETURNING id
"""


def bound_to(account_id: int) -> str:
    """What the secrets of a maker's account are sealed to."""
    return f"print_account:{account_id}"


def label_of(printer_id: int) -> str:
    """What the key on a printer's label is sealed to."""
    return f"printer:{printer_id}"


async def place_of(printer_id: int) -> Place:
    """Raises DoesNotExist for a printer that is not there."""
    printer = await Printer.get(id=printer_id)
    if printer.account_id is None:
        return Place(printer.transport, printer.address)
    return account_place(await PrintAccount.get(id=printer.account_id), printer.address)


def account_place(account: PrintAccount, address: str = "") -> Place:
    """A printer of a maker's account, by its serial number."""
    bound = bound_to(account.id)
    return Place(
        transport=account.transport,
        address=address,
        user=account.user,
        secret=decrypt(account.secret_cipher, bound_to=bound),
        token=decrypt(account.token_cipher, bound_to=bound) if account.token_cipher else "",
        base_url=account.base_url,
        account_id=account.id,
    )


@use_case
async def may_fetch_token(account_id: int) -> bool:
    """Whether it is time: a maker gives twenty a day, and an old one dies by a new one."""
    return bool(await sql(MAY_FETCH, account_id))


@use_case
async def keep_token(account_id: int, token: str) -> None:
    """The account's token from now on. Empty: none came, and in a minute one may be asked for."""
    if token:
        cipher = encrypt(token, bound_to=bound_to(account_id))
        await PrintAccount.filter(id=account_id).update(token_cipher=cipher)
    else:
        await sql(ASK_SOON, account_id)


@use_case
async def forget_token(account_id: int) -> None:
    """It was refused: the next one is fetched when it is time."""
    await PrintAccount.filter(id=account_id).update(token_cipher=None)
