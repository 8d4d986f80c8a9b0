"""Tables of handling: which store may do what with members' data, and who has left a company."""

from datetime import datetime

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from core.columns import key, ref
from crm.people.rules.handling import Handling


class StoreContract(Model):
    """By which contract a store of another company (`company_id`, 加盟商) handles members' data.

    Never edited: another role is another row, and the newest of a store holds (P12).
    """

    id = key()
    store_id = ref(is_indexed=False)
    company_id = ref()
    handling = fields.CharEnumField(Handling, max_length=10)
    contract_no = fields.CharField(max_length=60)
    recorded_by = fields.CharField(max_length=80)
    recorded_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "people_store_contract"
        indexes = (("store_id", "id"),)


class Parting(Model):
    """A member left one company: its stores see them no more, until `back_at` (P12)."""

    id = key()
    member_id = ref(is_indexed=False)
    company_id = ref()
    parted_at = fields.DatetimeField()
    back_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "people_parting"
        indexes = (("member_id", "company_id"),)
        constraints = (
            UniqueConstraint(
                fields=("member_id", "company_id"),
                name="people_parting_open",
                condition="back_at IS NULL",
            ),
        )
