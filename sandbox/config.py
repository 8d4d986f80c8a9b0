"""What the played world consists of: apps, corps, merchants, people. Read from one JSON file."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """A piece of the configuration; an unknown key is a spelling mistake and is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Template(Part):
    """A subscribe-message template (订阅消息模板). `keys` are field names such as `thing1`."""

    id: str
    title: str = ""
    keys: tuple[str, ...] = ()


class App(Part):
    """A mini program (小程序) or an official account (公众号) with its callback."""

    kind: Literal["mini_program", "official_account"] = "mini_program"
    app_id: str
    gh_id: str = "gh_sandbox"
    secret: str
    token: str = ""
    encoding_aes_key: str = ""
    callback_url: str = ""
    format: Literal["json", "xml"] = "xml"
    pages: tuple[str, ...] = ()
    """Released pages; empty means every page is released."""
    templates: tuple[Template, ...] = ()
    """Known templates; while empty, a template becomes known when a person sees its popup."""


class Member(Part):
    """A member (成员) of a corp: a guide, a store manager, a marketer."""

    userid: str
    name: str
    department: tuple[int, ...] = (1,)


class Corp(Part):
    """A WeCom (企业微信) corp with one app of its own (`agent_id`) and customer contact."""

    corp_id: str
    agent_id: int
    secret: str
    contact_secret: str
    token: str = ""
    encoding_aes_key: str = ""
    callback_url: str = ""
    format: Literal["json", "xml"] = "xml"
    redirect_hosts: tuple[str, ...] = ()
    """Trusted hosts, with port, that OAuth may send a code to."""
    members: tuple[Member, ...] = ()
    app_may_read_contacts: bool = False
    """The app is listed as allowed caller of customer contact (可调用应用)."""
    binds_open_platform: bool = True
    """The corp is bound to the open platform, so union ids of customers are visible."""
    flat_member_list: bool = False
    """Send MemChangeList as the older comma-separated text."""


class Merchant(Part):
    """A merchant (商户) of WeChat Pay v3 in public-key mode."""

    mch_id: str
    app_ids: tuple[str, ...]
    merchant_serial: str
    merchant_public_key_pem: str
    api_v3_key: str
    platform_key_id: str
    platform_private_key_pem: str
    fee_bp: int = 60


class Seller(Part):
    """A taxpayer that the tax provider issues invoices for."""

    tax_no: str
    name: str


class TaxUser(Part):
    """A login at the Baiwang-shaped provider, over the same app key and secret."""

    username: str
    password: str
    salt: str


class TaxUnit(Part):
    """A unit that issues at the bureau directly (乐企), and the keys both sides sign with."""

    unit_no: str
    public_key_pem: str
    bureau_private_key_pem: str


class TaxProvider(Part):
    """The e-invoice providers (数电票服务商): Nuonuo's shape, and what the other shapes need."""

    app_key: str
    secret: str
    access_token: str
    callback_url: str = ""
    sellers: tuple[Seller, ...] = ()
    user: TaxUser | None = None
    unit: TaxUnit | None = None


class Disc(Part):
    """A tax disc (税控盘) of a seller, on raw TCP; port 0 takes any free port."""

    id: str
    seller: str
    port: int = 0
    code: str = "031002600111"
    numbers: int = 1000


class Sms(Part):
    """The SMS provider (短信服务商)."""

    app_key: str
    secret: str


class AlliancePartner(Part):
    """A loyalty program of another company (积分联盟)."""

    app_key: str
    secret: str


class Printer(Part):
    """A network printer on raw TCP; port 0 takes any free port. `columns` 48 is 80 mm paper."""

    id: str
    port: int = 0
    columns: int = 48


class CloudAccount(Part):
    """An account with a maker of cloud printers: `feie`, `xpyun`, `yilianyun` or `sunmi`."""

    maker: Literal["feie", "xpyun", "yilianyun", "sunmi"]
    user: str
    secret: str
    push_url: str = ""
    """Where Yilianyun tells of printed papers."""


class CloudPrinter(Part):
    """A printer of such a maker; `key` stands on its label."""

    maker: Literal["feie", "xpyun", "yilianyun", "sunmi"]
    sn: str
    key: str = ""


class User(Part):
    """A person with a phone (顾客)."""

    id: str
    name: str
    phone: str
    has_union_id: bool = True


class Group(Part):
    """A customer group (客户群). `members` are userids and user ids; `corp_id` "" is the first."""

    chat_id: str
    name: str
    owner: str
    members: tuple[str, ...] = ()
    corp_id: str = ""


class Limits(Part):
    """Lives and delays in seconds of the settable clock; platform numbers, so never in code."""

    token_life_s: int = 7200
    token_grace_s: int = 300
    code_life_s: int = 300
    prepay_life_s: int = 7200
    refund_delay_s: int = 3
    signature_window_s: int = 300
    callback_timeout_s: float = 5
    callback_retry_s: float = 5
    callback_tries: int = 4
    codes_per_minute: int = 100
    mini_program_codes: int = 100_000
    calls_per_minute: dict[str, int] = Field(default_factory=dict)
    """Most calls of a path in a minute, as `{"/cgi-bin/message/send": 30}`; then 45009 or 429."""


class Config(Part):
    """The whole world. Ports 0 take free ports; `state_file` keeps the state over a restart."""

    mode: Literal["demo", "test"]
    seed: int = 1
    state_file: str | None = None
    http_port: int = 0
    smtp_port: int = 0
    printers: tuple[Printer, ...] = ()
    cloud_accounts: tuple[CloudAccount, ...] = ()
    cloud_printers: tuple[CloudPrinter, ...] = ()
    shop_url: str = "http://127.0.0.1:8000"
    apps: tuple[App, ...] = ()
    corps: tuple[Corp, ...] = ()
    merchants: tuple[Merchant, ...] = ()
    tax_provider: TaxProvider | None = None
    discs: tuple[Disc, ...] = ()
    sms: Sms | None = None
    alliances: tuple[AlliancePartner, ...] = ()
    users: tuple[User, ...] = ()
    groups: tuple[Group, ...] = ()
    limits: Limits = Field(default_factory=Limits)
