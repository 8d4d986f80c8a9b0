from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='AuditRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('actor', fields.CharField(max_length=80)),
                ('action', fields.CharField(max_length=80)),
                ('subject', fields.CharField(max_length=120)),
                ('facts', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'core_audit_log', 'app': 'audit_log', 'indexes': [Index(fields=['at'])], 'pk_attr': 'id', 'table_description': '`subject` is what was touched, as `member:12`; `facts` hold ids and counts, never names.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SealRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.IntField(unique=True)),
                ('rows', fields.TextField(unique=False)),
                ('listed', fields.BinaryField()),
                ('previous', fields.BinaryField()),
                ('hash', fields.BinaryField()),
                ('signature', fields.CharField(max_length=80)),
                ('sealed_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'core_audit_seal', 'app': 'audit_log', 'indexes': [Index(fields=['sealed_at'])], 'pk_attr': 'id', 'table_description': 'A link of the hash chain over the log: which rows, and what each of them said.'},
            bases=['Model'],
        ),
        # By hand: what stands in the log stays, and so do its seals.
        ops.RunSQL(
            """
            CREATE FUNCTION core_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'the audit log is append-only: % on % refused', TG_OP, TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation';
            END $$;
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core_audit_log
                EXECUTE FUNCTION core_audit_refuse();
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core_audit_seal
                EXECUTE FUNCTION core_audit_refuse();
            """,
            """
            DROP TRIGGER append_only ON core_audit_log;
            DROP TRIGGER append_only ON core_audit_seal;
            DROP FUNCTION core_audit_refuse();
            """,
        ),
    ]
