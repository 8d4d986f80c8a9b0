"""A shop whose outside world is a running sandbox: same keys, real sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.credentials import shop_settings, world_config
from core.settings import Settings, configure
from sandbox.config import Config
from tests.scenes.wechat_world import Play, playing

GROUP = "wrGroupOfXidan0000000000000001"
PEOPLE: dict[str, Any] = {
    "users": [
        {"id": "u1", "name": "林晓", "phone": "13800138000"},
        {"id": "u2", "name": "陈默", "phone": "13900139000", "has_union_id": False},
    ],
    "groups": [{"chat_id": GROUP, "name": "西单店会员群", "owner": "WangLei", "members": ["u1"]}],
}
MEMBERS = [{"userid": "WangLei", "name": "王磊"}, {"userid": "LiNa", "name": "李娜"}]


@asynccontextmanager
async def the_platform(settings: Settings, secrets: dict[str, Any]) -> AsyncIterator[Play]:
    """A world with two shoppers and two guides; while it runs, the shop's settings point to it."""
    given = world_config(secrets, shop_url="http://127.0.0.1:8000", **PEOPLE)
    for account in (*given["apps"], *given["corps"]):
        account["callback_url"] = ""
    given["corps"][0]["members"] = MEMBERS
    async with playing(Config.model_validate({"mode": "test", **given})) as play:
        found = shop_settings(secrets, world=play.world.http, smtp_port=9)
        configure(Settings.model_validate(settings.model_dump() | found))
        yield play
