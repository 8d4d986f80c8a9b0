"""Tables of the entrance: what WeCom told, as it told it."""

from tortoise import fields
from tortoise.models import Model

from core.columns import key


class ContactEvent(Model):
    """Customer contact (客户联系) began, changed or ended, says WeCom. One row for one telling."""

    id = key()
    inbox_id: fields.Field[int] = fields.BigIntField(unique=True)
    change = fields.CharField(max_length=40)
    user_id = fields.CharField(max_length=64, db_index=True)
    external_user_id = fields.CharField(max_length=64, db_index=True)
    state = fields.CharField(max_length=64)
    source = fields.CharField(max_length=40)
    told_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "bot_contact_event"
