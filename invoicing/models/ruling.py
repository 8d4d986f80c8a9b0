"""What head office says of its sellers: terms, routes, tax classes, the bureau's codes."""

from typing import Any

from tortoise import fields
from tortoise.fields import Field
from tortoise.models import Model

from core.columns import key, maybe_ref, ref
from invoicing.rules.tax import Policy


class RulesEdition(Model):
    """One row that every write of these tables changes: who kept a copy sees that it is old."""

    id = fields.SmallIntField(primary_key=True, generated=False)
    edition = fields.UUIDField()

    class Meta(Model.Meta):
        table = "invoicing_edition"


class Terms(Model):
    """How a seller invoices (开票规则); `tax_entity_id` None is for all without a row."""

    id = key()
    tax_entity_id: Field[int | None] = fields.BigIntField(unique=True, null=True)
    rules = fields.JSONField[dict[str, Any]]()

    class Meta(Model.Meta):
        table = "invoicing_terms"


class Route(Model):
    """Who invoices which goods of which store, from when to when (开票路由)."""

    id = key()
    store_id = maybe_ref(is_indexed=False)
    pattern = fields.CharField(max_length=80, default="")
    tax_entity_id = maybe_ref(is_indexed=False)
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)

    class Meta(Model.Meta):
        table = "invoicing_route"


class TaxClass(Model):
    """How a seller taxes which goods, from when to when (商品税务档案)."""

    id = key()
    tax_entity_id = ref()
    store_id = maybe_ref(is_indexed=False)
    pattern = fields.CharField(max_length=80, default="")
    tax_code = fields.CharField(max_length=19, default="")
    tax_bp = fields.IntField(null=True)
    policy = fields.CharEnumField(Policy, max_length=12, default=Policy.NONE)
    short_name = fields.CharField(max_length=40, default="")
    label = fields.CharField(max_length=90, default="")
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)

    class Meta(Model.Meta):
        table = "invoicing_tax_class"


class TaxCode(Model):
    """One row of the bureau's table (税收分类编码表); only a leaf may stand on an invoice."""

    id = key()
    code = fields.CharField(max_length=19, unique=True)
    name = fields.CharField(max_length=200)
    short_name = fields.CharField(max_length=40)
    is_leaf = fields.BooleanField(default=True)
    version = fields.CharField(max_length=20)

    class Meta(Model.Meta):
        table = "invoicing_tax_code"
