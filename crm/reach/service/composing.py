"""Putting together what a message says, at the moment it leaves."""

from collections.abc import Mapping

from core.settings import current
from crm.reach.models import Template
from crm.reach.rules import Channel, filled, sms_text


def said_by(template: Template, words: Mapping[str, str]) -> dict[str, str]:
    """`text`, `subject`, `page`, and `data.<field>` for a subscription message."""
    text = filled(template.text, words)
    if template.channel is Channel.SMS:
        sms = current().sms
        brand = sms.signature if sms else ""
        text = sms_text(text, brand=brand or "daogou", purpose=template.purpose)
    said = {"text": text, "subject": filled(template.subject, words)}
    page = {"page": filled(template.page, words)}
    data = {f"data.{name}": filled(value, words) for name, value in template.data.items()}
    return {**said, **page, **data}
