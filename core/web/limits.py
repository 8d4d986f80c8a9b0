"""Rate limits, counted in Redis for all processes together; without it each counts alone."""

import logging
from functools import cache

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from core.errors import TooMany
from core.settings import current

log = logging.getLogger(__name__)


class TooManyTries(TooMany):
    code = "core.too_many_tries"
    zh = "操作太频繁，请一分钟后再试"
    en = "Too many tries: wait a minute and try again."


@cache
def _limiter(redis_url: str | None) -> SlidingWindowCounterRateLimiter:
    storage = (
        RedisStorage(f"async+{_spelled(redis_url)}", implementation="redispy")
        if redis_url
        else MemoryStorage()
    )
    return SlidingWindowCounterRateLimiter(storage)


async def forget_tries() -> None:
    """Count from zero, as if the minute were over. In Redis that is for all processes."""
    await _limiter(current().redis_url).storage.reset()


def _spelled(url: str) -> str:
    return url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url


async def check_rate(name: str, key: str, *, per_minute: int) -> None:
    """Count one try of `key` at `name`. Raises TooManyTries above `per_minute`.

    A lost Redis must not close the shop: this process then counts by itself.
    """
    item = RateLimitItemPerMinute(per_minute)
    try:
        is_allowed = await _limiter(current().redis_url).hit(item, name, key)
    except (RedisError, OSError):
        log.warning("Redis is away: limits are counted per process")
        is_allowed = await _limiter(None).hit(item, name, key)
    if not is_allowed:
        raise TooManyTries
