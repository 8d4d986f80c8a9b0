"""An outside world for tests: a sandbox with a printer, a mailbox, a tax provider and SMS."""

from typing import Any

from sandbox.config import Config

SELLER = {"tax_no": "91440300MA5EXAMP2M", "name": "深圳市木棉与麻服饰有限公司"}
TAX = {"app_key": "tax-app", "secret": "tax-secret", "access_token": "tax-token"}
SMS = {"app_key": "sms-app", "secret": "sms-secret"}


def outside(**parts: Any) -> Config:
    """The configuration of a world on free ports; `parts` replace or add keys."""
    given = {
        "mode": "test",
        "printers": [{"id": "S001"}, {"id": "S002", "columns": 32}],
        "tax_provider": {**TAX, "sellers": [SELLER]},
        "sms": SMS,
    }
    return Config.model_validate({**given, **parts})
