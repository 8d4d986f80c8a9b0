"""SMS to members (短信), through the provider. One number of ours is sent once."""

import secrets
import time
from dataclasses import dataclass
from enum import StrEnum

from bot.protocol.sms import body_of, headers_of, number_of
from core.errors import NotConfigured
from core.http import client
from core.partners import NoAnswer, exchange
from core.settings import current
from core.strict_json import NotStrict, read_object


class SmsFate(StrEnum):
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SmsOutcome:
    fate: SmsFate
    number: str = ""  # the provider's


async def send_sms(*, to: str, text: str, key: str) -> SmsOutcome:
    """Send one SMS. The same key with the same words is sent once, however often it is asked.

    Raises NotConfigured, and NoAnswer when nobody knows.
    """
    sms = current().sms
    if sms is None:
        raise NotConfigured(what="sms")
    body = body_of(to=to, text=text, number=number_of(key))
    headers = headers_of(
        app_key=sms.app_key,
        secret=sms.secret.get_secret_value(),
        timestamp=str(int(time.time())),
        nonce=secrets.token_hex(12),
        body=body,
    )
    async with client("sms", base_url=sms.base_url) as http:
        request = http.build_request("POST", "/sms/send", content=body, headers=headers)
        answer = await exchange(http, request)
    if answer.status == 422:
        return SmsOutcome(SmsFate.REFUSED)
    if answer.status != 200:
        raise NoAnswer(why=f"http {answer.status}")
    try:
        said = read_object(answer.body)
    except NotStrict:
        raise NoAnswer(why="not an object") from None
    return SmsOutcome(SmsFate.SENT, str(said.get("messageNo", ""))[:80])
