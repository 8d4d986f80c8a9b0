import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from core.security.production import NotForProduction, check_production
from core.security.secrets import load_or_make, own_secrets, weaknesses
from core.settings import Mail, Settings
from tests.scenes.keys import a_key


def a_shop(**more: Any) -> Settings:
    facts = {"mode": "production", "public_url": "https://shop.example.cn", **own_secrets(), **more}
    return Settings.model_validate(facts)


def test_the_first_start_makes_secrets_that_only_we_may_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secrets.json"
    made = load_or_make(path)

    assert load_or_make(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secrets.json"]


def test_two_first_starts_keep_one_set(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: json.dumps(load_or_make(path)), range(8)))

    assert len(set(made)) == 1


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    load_or_make(path)
    path.chmod(0o640)

    with pytest.raises(PermissionError, match="chmod 600"):
        load_or_make(path)


def test_two_shops_share_no_secret() -> None:
    assert own_secrets() != own_secrets()


def test_fresh_secrets_open_a_shop_in_production() -> None:
    check_production(a_shop())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("signing_key", "changeme"),
        ("signing_key", ""),
        ("signing_key", "c2hvcnQ="),
        ("signing_key", "A" * 43 + "="),
        ("signing_key", "not base64 at all, is it? no, it is not."),
        ("field_keys", {"f1": "A" * 43 + "="}),
        ("index_keys", {"i1": "c2hvcnQ="}),
    ],
)
def test_a_weak_key_closes_the_shop(name: str, value: Any) -> None:
    with pytest.raises(NotForProduction) as refusal:
        check_production(a_shop(**{name: value}))
    assert refusal.value.found[0].name.startswith(name)


@pytest.mark.parametrize(
    "token", ["QDG6eK", "aVXxOFRMg0NPu1P2cBjelBnK", "your-token-here-123456", "a" * 30]
)
def test_a_token_out_of_a_manual_closes_the_shop(token: str, secrets: dict[str, Any]) -> None:
    wecom = secrets["shop"]["wecom"] | {"token": token}

    with pytest.raises(NotForProduction, match=r"wecom\.token"):
        check_production(a_shop(wecom=wecom))


def test_one_secret_for_two_things_closes_the_shop() -> None:
    key = a_key()

    with pytest.raises(NotForProduction, match="the same as"):
        check_production(a_shop(field_keys={"f1": key}, index_keys={"i1": key}))


def test_every_secret_of_the_demo_would_hold(secrets: dict[str, Any]) -> None:
    assert (
        weaknesses(
            Settings.model_validate(
                {"mode": "demo", **secrets["shop"]}
                | {
                    group: {**secrets["shop"][group], "base_url": "https://127.0.0.1"}
                    for group in ("tax_provider", "sms")
                }
                | {"points_partners": _partners(secrets)}
            )
        )
        == []
    )


def _partners(secrets: dict[str, Any]) -> dict[str, Any]:
    given = secrets["shop"]["points_partners"]
    return {code: {**one, "base_url": "https://127.0.0.1"} for code, one in given.items()}


def test_weak_secrets_do_for_a_demo() -> None:
    weak = a_shop(mode="demo", signing_key="changeme")

    check_production(weak)
    assert len(weaknesses(weak)) == 1


def test_a_mail_relay_without_a_password_is_fine() -> None:
    mail = Mail(host="127.0.0.1", sender="shop@shop.example")

    assert weaknesses(a_shop(mail=mail)) == []
    short = mail.model_copy(update={"password": SecretStr("short")})
    assert [weak.name for weak in weaknesses(a_shop(mail=short))] == ["mail.password"]


def test_a_refusal_tells_no_value() -> None:
    with pytest.raises(NotForProduction) as refusal:
        check_production(a_shop(signing_key="planted-value"))
    assert "planted-value" not in str(refusal.value)
