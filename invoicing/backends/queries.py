"""Which backend issues for whom: the door of this room for questions."""

from core.settings import current
from invoicing.backends.missing import Missing
from invoicing.backends.nuonuo.gateway import Access, Nuonuo
from invoicing.backends.port import Backend


async def backend_of(account_id: int) -> Backend:
    """The backend behind an account; 0 is the one that the settings name.

    Where there is none, one that sends nothing.
    """
    provider = current().tax_provider
    if account_id or provider is None:
        return Missing()
    return Nuonuo(
        Access(
            provider.base_url,
            provider.app_key,
            provider.secret.get_secret_value(),
            provider.access_token.get_secret_value(),
        )
    )
