"""The keys of a shop whose outside world is the sandbox: both halves of each secret, made once."""

import base64
import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from core.security.secrets import load_or_make as keep

APP_ID, MP_GH_ID, OA_APP_ID, OA_GH_ID = (
    "wx1d6e3c0b9a8f7e21",
    "gh_daogou_mini",
    "wx7a2b9c4d5e6f8a10",
    "gh_daogou_news",
)
CORP_ID, MCH_ID = "ww5b8e1f2a3c4d6e70", "1900000109"


def _pair() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def _aes_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _account() -> dict[str, str]:
    return {
        "secret": secrets.token_hex(16),
        "token": secrets.token_hex(12),
        "encoding_aes_key": _aes_key(),
    }


def _pay() -> tuple[dict[str, Any], dict[str, Any]]:
    """(our half, the platform's half)"""
    ours, ours_public = _pair()
    theirs, theirs_public = _pair()
    serial, key_id = secrets.token_hex(20).upper(), f"PUB_KEY_ID_{secrets.randbelow(10**30):030d}"
    v3 = secrets.token_hex(16)
    shop = {
        "mch_id": MCH_ID,
        "app_id": APP_ID,
        "merchant_serial": serial,
        "merchant_key_pem": ours,
        "api_v3_key": v3,
        "public_key_id": key_id,
        "public_key_pem": theirs_public,
    }
    world = {
        "mch_id": MCH_ID,
        "app_ids": [APP_ID],
        "merchant_serial": serial,
        "merchant_public_key_pem": ours_public,
        "api_v3_key": v3,
        "platform_key_id": key_id,
        "platform_private_key_pem": theirs,
    }
    return shop, world


def make() -> dict[str, Any]:
    """Fresh secrets: `shop` holds the Settings of our side, `world` the sandbox's accounts."""
    pay, merchant = _pay()
    mini, news = _account(), _account()
    wecom = {**_account(), "contact_secret": secrets.token_hex(16)}
    tax = {"app_key": secrets.token_hex(8), "secret": secrets.token_hex(16)} | {
        "access_token": secrets.token_hex(16)
    }
    sms = {"app_key": secrets.token_hex(8), "secret": secrets.token_hex(16)}
    partner = {"app_key": secrets.token_hex(8), "secret": secrets.token_hex(16)}
    return {
        "shop": {
            "signing_key": _key(),
            "field_keys": {"f1": _key()},
            "index_keys": {"i1": _key()},
            "mini_program": {"app_id": APP_ID, "gh_id": MP_GH_ID, **mini},
            "official_account": {"app_id": OA_APP_ID, "gh_id": OA_GH_ID, **news},
            "wecom": {"corp_id": CORP_ID, "agent_id": 1000002, **wecom},
            "pay": pay,
            "tax_provider": tax,
            "sms": sms,
            "points_partners": {"skyclub": partner},
        },
        "world": {"merchants": [merchant]},
    }


def load_or_make(path: Path) -> dict[str, Any]:
    """The secrets in `path`; at the first start they are made and kept there, for us only.

    Raises PermissionError when others can read the file.
    """
    return keep(path, make)


def shop_settings(
    made: dict[str, Any], *, world: str, smtp_port: int, **more: Any
) -> dict[str, Any]:
    """Settings of a shop that finds everything outside at `world`, the sandbox's base URL."""
    shop = json.loads(json.dumps(made["shop"]))
    for group in ("mini_program", "official_account", "wecom", "pay", "tax_provider", "sms"):
        shop[group]["base_url"] = world
    shop["wecom"]["oauth_url"] = world
    for partner in shop.get("points_partners", {}).values():  # none in secrets of an older start
        partner["base_url"] = world
    mail = {"host": "127.0.0.1", "port": smtp_port, "sender": "invoice@shop.example", "tls": False}
    return {**shop, "mail": mail, **more}


def world_config(
    made: dict[str, Any],
    *,
    shop_url: str,
    members: Sequence[dict[str, str]] = (),
    sellers: Sequence[dict[str, str]] = (),
    **more: Any,
) -> dict[str, Any]:
    """The configuration of the sandbox that fits `shop_settings` of the same secrets.

    `members` are the corp's (userid, name), `sellers` the tax provider's (tax_no, name).
    """
    shop = made["shop"]
    account = ("app_id", "gh_id", "secret", "token", "encoding_aes_key")
    mini = {name: shop["mini_program"][name] for name in account}
    news = {name: shop["official_account"][name] for name in account}
    callbacks = f"{shop_url}/callbacks"
    return {
        "shop_url": shop_url,
        "apps": [
            {"kind": "mini_program", "format": "json", "callback_url": f"{callbacks}/mini-program"}
            | mini,
            {"kind": "official_account", "format": "xml"}
            | {"callback_url": f"{callbacks}/official-account"}
            | news,
        ],
        "corps": [
            {**shop["wecom"], "callback_url": f"{callbacks}/wecom"}
            | {"redirect_hosts": [shop_url.partition("//")[2]], "members": list(members)}
        ],
        "merchants": made["world"]["merchants"],
        "tax_provider": {**shop["tax_provider"], "callback_url": "", "sellers": list(sellers)},
        "sms": shop["sms"],
        "alliances": list(shop.get("points_partners", {}).values()),
        **more,
    }
