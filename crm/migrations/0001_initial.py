from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Customer',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('open_id', fields.CharField(unique=True, max_length=64)),
                ('guide_id', fields.BigIntField(null=True, db_index=True)),
            ],
            options={'table': 'crm_customer', 'app': 'crm', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FollowUp',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('crm.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('product_id', fields.BigIntField(db_index=True)),
                ('guide_id', fields.BigIntField(db_index=True)),
                ('due_on', fields.DateField()),
            ],
            options={'table': 'crm_follow_up', 'app': 'crm', 'unique_together': (('customer', 'product_id'),), 'pk_attr': 'id', 'table_description': 'A reason for a shopping guide (导购) to say hello.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Session',
            fields=[
                ('token_hash', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('customer', fields.ForeignKeyField('crm.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'crm_session', 'app': 'crm', 'pk_attr': 'token_hash'},
            bases=['Model'],
        ),
    ]
