"""The provider's directory of companies (企业抬头库), in the shape of Nuonuo's 极速开票.

Two questions: names by their beginning, then the tax number of one of them. A guest is waiting, so
there is little time, and any fault is no answer: titles can always be typed.
"""

import json
import secrets
import time
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.http import client
from core.partners import NoAnswer, exchange
from core.settings import TaxProvider, current
from invoicing.backends.nuonuo.protocol import PATH, sign
from invoicing.rules.texts import clean

NAMES = "nuonuo.speedBilling.prefixQuery"
NUMBER = "nuonuo.speedBilling.queryNameAndTaxByCode"
WELL = {"S0000", "E0000"}
TIMEOUT_S = 1.5
MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class Named:
    """A company by name. `speed_code` asks for its number."""

    title: str
    speed_code: str


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)


class _Name(_Read):
    code: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=200)


class _Names(_Read):
    code: str
    result: list[_Name] = []


class _Number(_Read):
    kpCode: str = Field(default="", max_length=40)  # noqa: N815  the wire's spelling
    kpName: str = Field(default="", max_length=200)  # noqa: N815


class _Numbered(_Read):
    code: str
    result: _Number = _Number()


async def names(prefix: str, *, seller_tax_no: str) -> list[Named] | None:
    """Companies whose name begins so; None when nobody answered in time."""
    raw = await _ask(NAMES, {"q": prefix}, seller_tax_no)
    try:
        said = _Names.model_validate_json(raw) if raw is not None else None
    except ValidationError:
        return None
    if said is None or said.code not in WELL:
        return None
    found = [Named(clean(one.name)[:100], one.code) for one in said.result[:MOST_NAMES]]
    return [one for one in found if one.title]


async def number(speed_code: str, *, seller_tax_no: str) -> str | None:
    """The tax number of a named company; None when nobody knows it."""
    raw = await _ask(NUMBER, {"code": speed_code}, seller_tax_no)
    try:
        said = _Numbered.model_validate_json(raw) if raw is not None else None
    except ValidationError:
        return None
    return said.result.kpCode or None if said is not None and said.code in WELL else None


async def _ask(method: str, body: dict[str, str], seller_tax_no: str) -> bytes | None:
    provider = current().tax_provider
    if provider is None:
        return None
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    query, headers = _signed(provider, method, text, seller_tax_no)
    try:
        base_url = provider.base_url.removesuffix(PATH)
        async with client("company_names", base_url=base_url, timeout_s=TIMEOUT_S) as http:
            request = http.build_request(
                "POST", PATH, params=query, content=text.encode(), headers=headers
            )
            answer = await exchange(http, request, timeout_s=TIMEOUT_S)
    except NoAnswer:
        return None
    return answer.body if answer.status == 200 else None


def _signed(
    provider: TaxProvider, method: str, body: str, seller_tax_no: str
) -> tuple[dict[str, str], dict[str, str]]:
    moment = {
        "senid": secrets.token_hex(16),
        "nonce": f"{secrets.randbelow(10**8):08d}",
        "timestamp": str(int(time.time())),
    }
    secret = provider.secret.get_secret_value()
    headers = {
        "content-type": "application/json",
        "x-nuonuo-sign": sign(secret, app_key=provider.app_key, body=body, **moment),
        "accesstoken": provider.access_token.get_secret_value(),
        "usertax": seller_tax_no,
        "method": method,
    }
    return {**moment, "appkey": provider.app_key}, headers
