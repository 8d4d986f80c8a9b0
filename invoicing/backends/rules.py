"""What an account of a tax backend can be, and what its health makes of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from invoicing.backends.port import Health, HealthAnswer, Hold, NotSent, Unknown


class Adapter(StrEnum):
    NUONUO = "nuonuo"  # 诺诺
    BAIWANG = "baiwang"  # 百望
    DIRECT = "direct"  # 乐企直连
    BRIDGE = "bridge"  # 税控盘 / 税务服务器, behind an agent in the store
    WECHAT = "wechat"  # 微信支付电子发票


class AccountState(StrEnum):
    READY = "ready"  # 正常
    LOGIN = "login"  # 需登录
    FACE = "face"  # 需人脸认证
    QUOTA = "quota"  # 额度用尽
    NUMBERS = "numbers"  # 票量用尽
    CREDENTIAL = "credential"  # 凭证无效
    BUREAU = "bureau"  # 税局限制
    DEVICE = "device"  # 设备离线
    SILENT = "silent"  # 无应答
    HELD = "held"  # 人工暂停


class TaskState(StrEnum):
    """Of a request that waits for its tax disc."""

    WAITING = "waiting"  # 待开具
    LEASED = "leased"  # 设备处理中
    ISSUED = "issued"  # 已开具
    REFUSED = "refused"  # 被拒绝
    HELD = "held"  # 暂停


SILENT_AFTER = 3  # checks without an answer
LOW_QUOTA_FEN = 1_000_000
LOW_NUMBERS = 50
QUOTA_EVERY = timedelta(minutes=90)
SICK_EVERY = timedelta(minutes=5)
EVERY = {
    AccountState.READY: timedelta(minutes=15),
    AccountState.HELD: timedelta(hours=1),
    AccountState.QUOTA: QUOTA_EVERY,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    state: AccountState
    said: str
    failures: int


def state_of(hold: Hold) -> AccountState | None:
    """None: what holds one request, and not its account."""
    return None if hold is Hold.LATER else AccountState(hold.value)


def judge(now: AccountState, failures: int, answer: HealthAnswer) -> Verdict:
    """What a check makes of an account. A hold by hand is lifted by hand alone."""
    if isinstance(answer, NotSent | Unknown):
        failures += 1
        is_silent = failures >= SILENT_AFTER and now is not AccountState.HELD
        return Verdict(AccountState.SILENT if is_silent else now, answer.reason, failures)
    if now is AccountState.HELD:
        return Verdict(now, answer.text, 0)
    return Verdict(_found(answer), answer.text, 0)


def _found(health: Health) -> AccountState:
    if not health.is_logged_in:
        return AccountState.LOGIN
    if health.needs_face:
        return AccountState.FACE
    if health.hold is not None:
        return state_of(health.hold) or AccountState.READY
    if health.quota_fen is not None and health.quota_fen <= 0:
        return AccountState.QUOTA
    if health.numbers_left is not None and health.numbers_left <= 0:
        return AccountState.NUMBERS
    return AccountState.READY


def wants_quota(quota_checked_at: datetime | None, at: datetime) -> bool:
    """Providers answer for the quota 20 times a day: four are left for people who ask."""
    return quota_checked_at is None or at - quota_checked_at >= QUOTA_EVERY


def is_due(state: AccountState, checked_at: datetime | None, at: datetime) -> bool:
    """Sick accounts are looked at more often, but for those whose quota has to be asked."""
    wait = EVERY.get(state, SICK_EVERY)
    return checked_at is None or at - checked_at >= wait


def is_low(quota_fen: int | None, numbers_left: int | None) -> bool:
    """Somebody should see to it before it stops: to raise the quota, to fetch numbers."""
    has_little = quota_fen is not None and quota_fen < LOW_QUOTA_FEN
    return has_little or (numbers_left is not None and numbers_left < LOW_NUMBERS)
