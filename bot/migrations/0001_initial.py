from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='ContactEvent',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('inbox_id', fields.BigIntField(unique=True)),
                ('change', fields.CharField(max_length=40)),
                ('user_id', fields.CharField(db_index=True, max_length=64)),
                ('external_user_id', fields.CharField(db_index=True, max_length=64)),
                ('state', fields.CharField(max_length=64)),
                ('source', fields.CharField(max_length=40)),
                ('told_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'bot_contact_event', 'app': 'bot', 'pk_attr': 'id', 'table_description': 'Customer contact (客户联系) began, changed or ended, says WeCom. One row for one telling.'},
            bases=['Model'],
        ),
    ]
