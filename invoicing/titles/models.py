"""Tables of titles. Private to this room."""

from tortoise import fields
from tortoise.models import Model

from core.columns import key, maybe_ref
from invoicing.titles.rules import Source


class Company(Model):
    """A company of the directory: its registered name and tax number, which anybody may look up.

    `name_key` is the name as it is searched. `tax_no` is empty while the provider has only named
    the company: `speed_code` then asks for it. `times` counts orders that were invoiced to it.
    """

    id = key()
    title = fields.CharField(max_length=100)
    name_key = fields.CharField(max_length=100)
    tax_no = fields.CharField(max_length=20, default="")
    speed_code = fields.CharField(max_length=40, null=True, unique=True)
    source = fields.CharEnumField(Source, max_length=10)
    times = fields.IntField(default=0)
    seen_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "titles_company"
        unique_together = (("tax_no", "name_key"),)


class Counted(Model):
    """An invoice that was counted for the directory: each counts once."""

    invoice_id = fields.BigIntField(primary_key=True, generated=False)
    at = fields.DatetimeField(auto_now_add=True)

    class Meta(Model.Meta):
        table = "titles_counted"


class Looked(Model):
    """A prefix the provider was asked about, so that it is not asked again the same week."""

    name_key = fields.CharField(max_length=100, primary_key=True)
    asked_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "titles_looked"


class Remembered(Model):
    """A title that a person asked us to remember: of a member, or of a browser that shows a token.

    `sealed` is encrypted JSON bound to the row; `content_index` finds the same title again.
    """

    id = key()
    member_id = maybe_ref()
    device_index = fields.CharField(max_length=120, null=True)
    content_index = fields.CharField(max_length=120)
    sealed = fields.TextField()
    uses = fields.IntField(default=1)
    used_at = fields.DatetimeField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta(Model.Meta):
        table = "titles_remembered"
        unique_together = (("device_index", "content_index"), ("member_id", "content_index"))
