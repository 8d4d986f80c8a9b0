"""What an account must say of itself before it is taken. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm

from invoicing.backends.bridge.signing import public_key_of
from invoicing.backends.direct.protocol import private_key, public_key
from invoicing.backends.direct.tls import context_of
from invoicing.backends.errors import AccountUnfit
from invoicing.backends.rules import Adapter

ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,120}(/[A-Za-z0-9._/-]{0,80})?")


@dataclass(frozen=True, slots=True)
class Secret:
    """A field of the credentials. What is `is_shown` is no secret, but belongs to them."""

    name: str
    zh: str
    en: str
    is_long: bool = False
    is_shown: bool = False
    is_optional: bool = False


SECRETS: dict[Adapter, tuple[Secret, ...]] = {
    Adapter.NUONUO: (
        Secret("app_key", "appKey", "appKey", is_shown=True),
        Secret("secret", "appSecret", "appSecret"),
        Secret("access_token", "访问令牌", "Access token"),
    ),
    Adapter.BAIWANG: (
        Secret("app_key", "appKey", "appKey", is_shown=True),
        Secret("secret", "appSecret", "appSecret"),
        Secret("username", "账号", "User name", is_shown=True),
        Secret("password", "密码", "Password"),
        Secret("salt", "密码盐", "Salt of the password"),
    ),
    Adapter.DIRECT: (
        Secret("unit_no", "接入单位编号", "Number of the unit", is_shown=True),
        Secret("private_key_pem", "单位私钥 PEM", "Private key (PEM)", is_long=True),
        Secret("bureau_public_pem", "税局公钥 PEM", "Public key of the bureau", is_long=True),
        Secret(
            "client_pem",
            "双向 TLS 证书和私钥 PEM",
            "Certificate and key for mutual TLS (PEM)",
            is_long=True,
            is_optional=True,
        ),
        Secret(
            "ca_pem", "税局根证书 PEM", "Roots of the bureau (PEM)", is_long=True, is_optional=True
        ),
    ),
    Adapter.BRIDGE: (
        Secret("public_key", "代理程序公钥", "The agent's public key", is_shown=True),
    ),
    Adapter.WECHAT: (),
}


class Draft(Protocol):
    """An account as head office describes it."""

    @property
    def adapter(self) -> Adapter: ...
    @property
    def name(self) -> str: ...
    @property
    def point(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def weight(self) -> int: ...
    @property
    def most_fen(self) -> int | None: ...
    @property
    def most_lines(self) -> int | None: ...


def check_draft(draft: Draft) -> None:
    """Raises AccountUnfit with the field."""
    is_local = draft.adapter in {Adapter.BRIDGE, Adapter.WECHAT}
    fits = {
        "name": 1 <= len(draft.name.strip()) <= 40,
        "point": bool(re.fullmatch(r"[0-9A-Za-z_-]{0,40}", draft.point)),
        "base_url": bool(ADDRESS.fullmatch(draft.base_url)) or is_local,
        "weight": 1 <= draft.weight <= 100,
        "most_fen": draft.most_fen is None or 1 <= draft.most_fen <= 10**13,
        "most_lines": draft.most_lines is None or 1 <= draft.most_lines <= 2000,
    }
    for field, is_fit in fits.items():
        if not is_fit:
            raise AccountUnfit(field=field)
    if draft.adapter is Adapter.BRIDGE and not draft.point:
        raise AccountUnfit(field="point")


def check_secrets(adapter: Adapter, given: Mapping[str, str]) -> dict[str, str]:
    """The credentials of an account, and nothing else that was given. Raises AccountUnfit."""
    kept = {secret.name: given.get(secret.name, "").strip() for secret in SECRETS[adapter]}
    for secret in SECRETS[adapter]:
        value = kept[secret.name]
        if (not secret.is_optional and not value) or len(value) > 8_000 or "\0" in value:
            raise AccountUnfit(field=secret.name)
        if value and not _is_read(secret.name, value):
            raise AccountUnfit(field=secret.name)
    return kept


READS: dict[str, Callable[[str], object]] = {
    "private_key_pem": private_key,
    "bureau_public_pem": public_key,
    "public_key": public_key_of,
    "client_pem": lambda pem: context_of(pem, ""),
    "ca_pem": lambda pem: context_of("", pem),
}


def _is_read(name: str, value: str) -> bool:
    """A key that cannot be read would break each request of its seller."""
    try:
        READS.get(name, str)(value)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True
