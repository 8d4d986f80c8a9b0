"""Who an agent is: the key that head office wrote down for its account, and a newer stamp."""

from core.security.vault import VaultError
from invoicing.backends.bridge.signing import is_signed, words
from invoicing.backends.bridge.tasks import hear
from invoicing.backends.errors import AgentRefused
from invoicing.backends.models import Account
from invoicing.backends.rules import Adapter
from invoicing.backends.sealing import opened


async def account_heard(
    public_id: str, *, path: str, stamp: int, signature: str, body: bytes
) -> int:
    """The id of the account whose agent said this. Raises AgentRefused."""
    row = await Account.get_or_none(public_id=public_id[:40], adapter=Adapter.BRIDGE)
    if row is None or row.credentials is None:
        raise AgentRefused
    try:
        key = opened(row.credentials, account_id=row.id).get("public_key", "")
    except VaultError:
        raise AgentRefused from None
    if not is_signed(key, signature, words(path, public_id, stamp, body)):
        raise AgentRefused
    await hear(row.id, stamp)
    return row.id
