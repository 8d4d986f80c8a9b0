"""From the row of an account to the adapter that speaks for it."""

from collections.abc import Callable

from core.settings import current
from invoicing.backends.baiwang.gateway import Access as BaiwangAccess
from invoicing.backends.baiwang.gateway import Baiwang
from invoicing.backends.bridge.gateway import Bridge
from invoicing.backends.direct.gateway import Access as DirectAccess
from invoicing.backends.direct.gateway import Direct
from invoicing.backends.missing import Missing
from invoicing.backends.models import Account
from invoicing.backends.nuonuo.gateway import Access, Nuonuo
from invoicing.backends.port import Backend
from invoicing.backends.rules import Adapter
from invoicing.backends.sealing import opened
from invoicing.backends.wechat.gateway import WechatFapiao


def of_settings() -> Backend:
    """The provider that the settings name; without one, a backend that sends nothing."""
    provider = current().tax_provider
    if provider is None:
        return Missing()
    return Nuonuo(
        Access(
            provider.base_url,
            provider.app_key,
            provider.secret.get_secret_value(),
            provider.access_token.get_secret_value(),
        )
    )


def backend_for(row: Account) -> Backend:
    """Raises VaultError when nobody can read the credentials any more."""
    if row.adapter is Adapter.NUONUO and row.credentials is None:
        return of_settings()
    secrets = opened(row.credentials, account_id=row.id) if row.credentials else {}
    return MAKERS[row.adapter](row, secrets)


Secrets = dict[str, str]
MAKERS: dict[Adapter, Callable[[Account, Secrets], Backend]] = {
    Adapter.NUONUO: lambda row, secrets: Nuonuo(Access(row.base_url, **secrets), row.point),
    Adapter.BAIWANG: lambda row, secrets: Baiwang(BaiwangAccess(row.base_url, **secrets)),
    Adapter.DIRECT: lambda row, secrets: Direct(DirectAccess(row.base_url, **secrets), row.id),
    Adapter.BRIDGE: lambda row, _: Bridge(row.id),
    Adapter.WECHAT: lambda row, _: WechatFapiao(row.point),
}
