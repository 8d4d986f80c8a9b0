"""A shop does not open in production with what a demo is made of (S25), whoever starts it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.doctor import LOOKS
from app.wiring import wire
from core.security.production import NotForProduction
from core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PLANTED = "planted-value-of-a-secret"
HTTPS = "https://partner.example.cn"


def a_real_shop(secrets: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Settings that would open: fresh secrets, and addresses of the real world."""
    shop = json.loads(json.dumps(secrets["shop"]))
    for group in ("tax_provider", "sms"):
        shop[group]["base_url"] = HTTPS
    for partner in shop["points_partners"].values():
        partner["base_url"] = HTTPS
    return {
        "mode": "production",
        "public_url": "https://shop.example.cn",
        "database_url": "postgres://shop@/shop?host=/nowhere",
        "redis_url": "unix:///nowhere",
        **shop,
        **more,
    }


def names_refused(given: dict[str, Any]) -> list[str]:
    with pytest.raises(NotForProduction) as refusal:
        wire(Settings.model_validate(given))
    return [weak.name for weak in refusal.value.found]


def test_a_real_shop_opens(secrets: dict[str, Any]) -> None:
    wire(Settings.model_validate(a_real_shop(secrets)))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8001",
        "https://127.0.0.1:8001",
        "https://localhost",
        "https://api.localhost.",
        "https://[::1]:8001",
        "https://[::ffff:127.0.0.1]",
        "https://2130706433",
        "https://0x7f.1",
        "https://0.0.0.0",
        "http://api.weixin.qq.com",
        "https://10.0.0.7",
        "https://169.254.169.254",
        "https://",
        "nonsense",
        "https://[::1",
    ],
)
@pytest.mark.parametrize("group", ["mini_program", "official_account", "wecom", "pay", "sms"])
def test_a_sandbox_or_an_open_line_is_no_partner(
    secrets: dict[str, Any], group: str, url: str
) -> None:
    shop = a_real_shop(secrets)
    shop[group]["base_url"] = url

    assert names_refused(shop) == [f"{group}.base_url"]


def test_the_shops_own_address_and_the_login_page_are_looked_at_too(
    secrets: dict[str, Any],
) -> None:
    shop = a_real_shop(secrets, public_url="http://127.0.0.1:8000")
    shop["wecom"]["oauth_url"] = "http://127.0.0.1:8001"

    assert names_refused(shop) == ["public_url", "wecom.oauth_url"]


def test_a_private_partner_that_the_operator_listed_is_fine_but_never_this_machine(
    secrets: dict[str, Any],
) -> None:
    shop = a_real_shop(secrets, private_hosts=["10.0.0.7", "127.0.0.1"])
    shop["tax_provider"]["base_url"] = "http://10.0.0.7:8080"
    wire(Settings.model_validate(shop))
    shop["tax_provider"]["base_url"] = "http://127.0.0.1:8080"

    assert names_refused(shop) == ["tax_provider.base_url"]


async def test_the_doctor_names_every_setting_that_bars_the_way(secrets: dict[str, Any]) -> None:
    shop = a_real_shop(secrets, signing_key="changeme", public_url="http://shop.example.cn")
    look = LOOKS["production"]
    bad, good = [
        await look(Settings.model_validate(given)) for given in (shop, a_real_shop(secrets))
    ]

    assert bad["says"] == "signing_key: a placeholder; public_url: without TLS: use https"
    assert (bad["ok"], good["ok"]) == (False, True)


def command(tmp_path: Path, *words: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    """`daogou …` as systemd would start it, with these settings."""
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(settings))
    env = {name: value for name, value in os.environ.items() if not name.startswith("DAOGOU_")}
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=ROOT,
        env={**env, "DAOGOU_SETTINGS_FILE": str(file)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("words", [("serve",), ("worker",)])
def test_no_process_starts_with_a_sample_secret_or_a_sandbox(
    tmp_path: Path, secrets: dict[str, Any], words: tuple[str, ...]
) -> None:
    shop = a_real_shop(secrets, signing_key=f"changeme-{PLANTED}")
    shop["pay"]["base_url"] = "http://127.0.0.1:8001"
    shop["database_url"] = "postgres://shop@127.0.0.1:9/shop"
    ended = command(tmp_path, *words, **shop)

    assert ended.returncode == 1
    assert "does not open in production" in ended.stderr
    assert "signing_key: a placeholder" in ended.stderr
    assert "pay.base_url: on this machine" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert PLANTED not in ended.stderr + ended.stdout


def test_settings_that_do_not_read_are_told_without_their_values(
    tmp_path: Path, secrets: dict[str, Any]
) -> None:
    shop = a_real_shop(secrets, field_keys=PLANTED)
    shop["pay"]["api_v3_key"] = {"text": PLANTED}
    ended = command(tmp_path, "serve", **shop)

    assert ended.returncode == 1
    assert "not complete" in ended.stderr
    assert PLANTED not in ended.stderr + ended.stdout


@pytest.mark.parametrize("words", [("sandbox", "--config", "x.json"), ("demo",)])
def test_nobody_plays_in_production(
    tmp_path: Path, secrets: dict[str, Any], words: tuple[str, ...]
) -> None:
    ended = command(tmp_path, *words, **a_real_shop(secrets))

    assert ended.returncode == 2
    assert "does not run in production mode" in ended.stderr
