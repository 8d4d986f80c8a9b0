"""Every knob. Read once, in `app`; nothing else looks at the environment.

A value comes from the environment (`DAOGOU_…`, nested with `__`), from `.env`, or from the JSON
file that `DAOGOU_SETTINGS_FILE` names; the first wins. `docs/reference/settings.md` lists them.
"""

import os
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

Mode = Literal["demo", "test", "production"]
Network: TypeAlias = IPv4Network | IPv6Network


class Group(BaseModel):
    """Settings of one outside system; where it is absent, the rooms that need it refuse."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ReadyTemplate(Group):
    """The subscription message 到店取货通知, and what its template calls its fields."""

    template_id: str
    order_field: str = "character_string1"
    store_field: str = "thing2"
    code_field: str = "character_string3"


class InvoiceCard(Group):
    """The subscription message (订阅消息) that says an invoice is there.

    `fields` fills its keys, as {"character_string1": "number", "amount2": "amount"}.
    """

    template_id: str
    page: str = "pages/invoice/index"
    fields: dict[str, Literal["number", "amount", "seller", "day"]]


class MiniProgram(Group):
    app_id: str
    gh_id: str = ""
    secret: SecretStr
    token: SecretStr
    encoding_aes_key: SecretStr
    format: Literal["json", "xml"] = "json"
    base_url: str = "https://api.weixin.qq.com"
    ready_template: ReadyTemplate | None = None
    invoice_card: InvoiceCard | None = None


class OfficialAccount(Group):
    app_id: str
    gh_id: str = ""
    secret: SecretStr
    token: SecretStr
    encoding_aes_key: SecretStr
    base_url: str = "https://api.weixin.qq.com"


class WeCom(Group):
    corp_id: str
    agent_id: int = 0
    secret: SecretStr
    contact_secret: SecretStr
    token: SecretStr
    encoding_aes_key: SecretStr
    base_url: str = "https://qyapi.weixin.qq.com"
    oauth_url: str = "https://open.weixin.qq.com"


class Pay(Group):
    """WeChat Pay v3 in public-key mode: `public_key_*` are the platform's, `merchant_*` ours.

    `store_codes` name the stores whose money it collects, where there are several merchants.
    """

    mch_id: str
    app_id: str
    merchant_serial: str
    merchant_key_pem: SecretStr
    api_v3_key: SecretStr
    public_key_id: str
    public_key_pem: str
    base_url: str = "https://api.mch.weixin.qq.com"
    store_codes: frozenset[str] = frozenset()


class TaxProvider(Group):
    base_url: str
    app_key: str
    secret: SecretStr
    access_token: SecretStr


class Mail(Group):
    host: str
    port: int = 25
    user: str = ""
    password: SecretStr = SecretStr("")
    sender: str
    tls: bool = True


class Sms(Group):
    base_url: str
    app_key: str
    secret: SecretStr
    signature: str = ""  # 短信签名: who speaks, as registered with the provider


class PointsPartner(Group):
    """A partner whose points are exchanged with ours (积分联盟), under the name of its code."""

    base_url: str
    app_key: str
    secret: SecretStr


class Settings(BaseSettings):
    """A secret has no default. An unknown name in `.env` is refused, so a typo is not silence."""

    model_config = SettingsConfigDict(
        env_prefix="DAOGOU_",
        env_nested_delimiter="__",
        env_file=".env",
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,  # the input may be a secret
    )

    mode: Mode = "production"
    database_url: str | None = Field(
        default=None, validation_alias=AliasChoices("DATABASE_URL", "database_url")
    )  # None: PostgreSQL from the wheel, under `var_dir`
    redis_url: str | None = Field(
        default=None, validation_alias=AliasChoices("REDIS_URL", "redis_url")
    )  # None: Valkey from the wheel, under `var_dir`
    var_dir: Path = Path("var")
    erp_folder: Path | None = None  # where files of invoices for an ERP are put; None: nowhere
    public_url: str = "http://127.0.0.1:8000"
    box_url: str | None = None  # where code boxes speak to us; None: `public_url`, by its proxy
    host: str = "127.0.0.1"
    port: int = 8000
    metrics_port: int = 0  # of the worker, on loopback; 0: none
    private_hosts: frozenset[str] = frozenset()  # outside systems allowed on private addresses
    docs_page: bool = True
    trusted_proxies: frozenset[Network] = frozenset()  # whose X-Forwarded-For is believed

    # How long an unpaid order keeps its goods; the short time is for whoever let the last ones run
    # out. What one member may keep from others without paying: orders, and units of one SKU.
    pay_within_s: int = Field(default=900, ge=60)
    pay_within_short_s: int = Field(default=300, ge=60)
    max_open_orders: int = Field(default=10, ge=1)
    max_held_units: int = Field(default=200, ge=1)
    draft_hours: int = Field(default=48, ge=1)
    partner_calls_per_minute: int = Field(default=600, ge=1)  # of one API key
    export_rows_alone: int = Field(default=5_000, ge=0)  # a longer list needs a second person
    export_rows_most: int = Field(default=1_000_000, ge=1)  # of one exported list
    shows_exact_stock: bool = False  # to shoppers; else: none, few, some or plenty

    signing_key: SecretStr
    field_keys: dict[str, SecretStr]  # key id -> base64 of 32 bytes; the last is current
    index_keys: dict[str, SecretStr]

    mini_program: MiniProgram | None = None
    official_account: OfficialAccount | None = None
    wecom: WeCom | None = None
    pay: Pay | None = None
    more_pay: tuple[Pay, ...] = ()  # other merchants, for the stores they name
    tax_provider: TaxProvider | None = None
    mail: Mail | None = None
    sms: Sms | None = None
    points_partners: dict[str, PointsPartner] = {}

    @field_validator("trusted_proxies")
    @classmethod
    def _not_everybody(cls, networks: frozenset[Network]) -> frozenset[Network]:
        if any(network.prefixlen == 0 for network in networks):
            raise ValueError("everybody is no proxy")
        return networks

    @property
    def is_playing(self) -> bool:
        """The outside world may be the sandbox: on loopback, without TLS."""
        return self.mode != "production"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        named = os.environ.get("DAOGOU_SETTINGS_FILE")
        files = (JsonConfigSettingsSource(settings_cls, json_file=named),) if named else ()
        return (init_settings, env_settings, dotenv_settings, *files, file_secret_settings)


_current: list[Settings] = []


def configure(settings: Settings) -> None:
    """Said by `app` when a process starts, and by a test that needs other knobs."""
    _current[:] = [settings]


def current() -> Settings:
    """Raises RuntimeError before `configure`: every process starts in `app`."""
    if not _current:
        raise RuntimeError("no settings yet: a process starts in `app`")
    return _current[0]
