from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from trade.promotions.rules.words import CouponState, DealKind, GiftState, IssueState, RateBase, UseKind, UseState
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Campaign',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('kind', fields.CharEnumField(description='TIMED_PRICE: timed_price\nN_FOR_M: n_for_m\nBUNDLE: bundle\nFULL_REDUCTION: full_reduction\nGIFT: gift\nCOUPON: coupon\nFREIGHT: freight', enum_type=DealKind, max_length=16)),
                ('used_fen', fields.BigIntField(db_default=0)),
                ('used_times', fields.BigIntField(db_default=0)),
                ('claimed', fields.BigIntField(db_default=0)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'promotions_campaign', 'app': 'promotions', 'pk_attr': 'id', 'table_description': 'A promotion (促销) or coupon (优惠券) in all its versions, and how much of it is used.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Campaign',
            constraint=CheckConstraint(check='used_fen >= 0 AND used_times >= 0 AND claimed >= 0', name='promotions_campaign_used_check'),
        ),
        ops.CreateModel(
            name='CodeBatch',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('campaign', fields.ForeignKeyField('promotions.Campaign', source_field='campaign_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('cause', fields.CharField(unique=True, max_length=60)),
                ('note', fields.CharField(db_default='', max_length=80)),
                ('count', fields.IntField()),
                ('by', fields.CharField(max_length=40)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'promotions_code_batch', 'app': 'promotions', 'pk_attr': 'id', 'table_description': 'Printed codes of a campaign (券码): each is good for one coupon, for whoever brings it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CouponCode',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('batch', fields.ForeignKeyField('promotions.CodeBatch', source_field='batch_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('code', fields.CharField(unique=True, max_length=16)),
                ('member_id', fields.BigIntField(null=True, db_index=True)),
                ('taken_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'promotions_coupon_code', 'app': 'promotions', 'pk_attr': 'id', 'table_description': 'One printed code. Who was first has its coupon.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='CouponCode',
            constraint=CheckConstraint(check='(member_id IS NULL) = (taken_at IS NULL)', name='promotions_coupon_code_check'),
        ),
        ops.CreateModel(
            name='CouponIssue',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('campaign', fields.ForeignKeyField('promotions.Campaign', source_field='campaign_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('cause', fields.CharField(unique=True, max_length=60)),
                ('note', fields.CharField(db_default='', max_length=80)),
                ('state', fields.CharEnumField(default=IssueState.RUNNING, description='RUNNING: running\nDONE: done\nCANCELLED: cancelled', enum_type=IssueState, max_length=10)),
                ('total', fields.BigIntField()),
                ('given', fields.BigIntField(db_default=0)),
                ('refused', fields.BigIntField(db_default=0)),
                ('by', fields.CharField(max_length=40)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'promotions_coupon_issue', 'app': 'promotions', 'pk_attr': 'id', 'table_description': 'Coupons for many members at once (批量发券). `cause` gives each of them one, ever.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='CouponIssue',
            constraint=CheckConstraint(check="least(given, refused) >= 0 AND given + refused <= total AND (state = 'running') = (ended_at IS NULL)", name='promotions_coupon_issue_count_check'),
        ),
        ops.CreateModel(
            name='CouponIssueMember',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('issue', fields.ForeignKeyField('promotions.CouponIssue', source_field='issue_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('member_id', fields.BigIntField()),
                ('outcome', fields.CharField(db_default='', max_length=40)),
            ],
            options={'table': 'promotions_coupon_issue_member', 'app': 'promotions', 'unique_together': (('issue', 'member_id'),), 'pk_attr': 'id', 'table_description': 'Whom an issue is for; `outcome` is empty while they wait, else given or why not.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Edition',
            fields=[
                ('id', fields.SmallIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ('edition', fields.UUIDField()),
            ],
            options={'table': 'promotions_edition', 'app': 'promotions', 'pk_attr': 'id', 'table_description': 'One row that every write of prices or rules changes: who kept a copy sees that it is old.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MemberRate',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('tier', fields.CharField(max_length=20)),
                ('version', fields.IntField()),
                ('rate_bp', fields.IntField()),
                ('rate_of', fields.CharEnumField(default=RateBase.LIST, description='LIST: list\nSALE: sale', enum_type=RateBase, max_length=4)),
                ('valid_from', fields.DateField()),
                ('valid_to', fields.DateField(null=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'promotions_member_rate', 'app': 'promotions', 'unique_together': (('tier', 'version'),), 'pk_attr': 'id', 'table_description': 'What a tier (等级) pays of the list or the sale price, in basis points: 9500 is 95 折.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='MemberRate',
            constraint=CheckConstraint(check='rate_bp BETWEEN 0 AND 10000', name='promotions_member_rate_bp_check'),
        ),
        ops.CreateModel(
            name='Price',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('place', fields.CharField(default='', max_length=40)),
                ('sku_id', fields.BigIntField(db_index=True)),
                ('tier', fields.CharField(default='', max_length=20)),
                ('price_fen', fields.BigIntField()),
                ('is_lower_only', fields.BooleanField(default=False)),
                ('valid_from', fields.DateField()),
                ('valid_to', fields.DateField(null=True)),
                ('version', fields.IntField()),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'promotions_price', 'app': 'promotions', 'unique_together': (('place', 'sku_id', 'tier', 'valid_from', 'version'),), 'pk_attr': 'id', 'table_description': 'What one SKU costs at a place (售价), or a tier there (会员价), for a while.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Price',
            constraint=CheckConstraint(check='price_fen >= 0', name='promotions_price_fen_check'),
        ),
        ops.AddConstraint(
            model_name='Price',
            constraint=CheckConstraint(check='valid_to >= valid_from', name='promotions_price_days_check'),
        ),
        ops.CreateModel(
            name='ProgramRate',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('version', fields.IntField(unique=True)),
                ('points_per_yuan', fields.IntField()),
                ('commission_bp', fields.IntField()),
                ('share_bp', fields.IntField()),
                ('points_a_yuan', fields.IntField(default=0)),
                ('points_step', fields.IntField(default=1)),
                ('points_cap_bp', fields.IntField(default=0)),
                ('valid_from', fields.DateField()),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'promotions_program_rate', 'app': 'promotions', 'pk_attr': 'id', 'table_description': 'Flat rates of the program: points per yuan paid, commission and franchise share of it.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='ProgramRate',
            constraint=CheckConstraint(check='points_per_yuan >= 0 AND commission_bp BETWEEN 0 AND 10000 AND share_bp BETWEEN 0 AND 10000 AND points_a_yuan >= 0 AND points_step >= 1 AND points_cap_bp BETWEEN 0 AND 10000', name='promotions_program_rate_check'),
        ),
        ops.CreateModel(
            name='Promotion',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('campaign', fields.ForeignKeyField('promotions.Campaign', source_field='campaign_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('version', fields.IntField()),
                ('name', fields.CharField(max_length=40)),
                ('scope', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('terms', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('priority', fields.IntField(default=100)),
                ('exclusive_group', fields.CharField(default='', max_length=40)),
                ('may_stack', fields.BooleanField(default=True)),
                ('budget_fen', fields.BigIntField(null=True)),
                ('budget_times', fields.BigIntField(null=True)),
                ('times_each', fields.BigIntField(null=True)),
                ('quota', fields.BigIntField(null=True)),
                ('claims_each', fields.IntField(null=True)),
                ('valid_days', fields.IntField(null=True)),
                ('borne_bp', fields.IntField(db_default=0)),
                ('valid_from', fields.DateField()),
                ('valid_to', fields.DateField(null=True)),
                ('starts_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'promotions_promotion', 'app': 'promotions', 'unique_together': (('campaign', 'version'),), 'pk_attr': 'id', 'table_description': 'One version of a campaign: whom it is for (`scope`), what it does (`terms`), its limits.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Promotion',
            constraint=CheckConstraint(check='valid_to >= valid_from', name='promotions_promotion_days_check'),
        ),
        ops.AddConstraint(
            model_name='Promotion',
            constraint=CheckConstraint(check='budget_fen >= 0 AND budget_times >= 0 AND times_each >= 0 AND quota >= 0 AND claims_each >= 0 AND valid_days >= 1 AND borne_bp BETWEEN 0 AND 10000', name='promotions_promotion_limits_check'),
        ),
        ops.CreateModel(
            name='Coupon',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('campaign', fields.ForeignKeyField('promotions.Campaign', source_field='campaign_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('promotion', fields.ForeignKeyField('promotions.Promotion', source_field='promotion_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('member_id', fields.BigIntField(db_index=True)),
                ('claim_key', fields.CharField(max_length=64)),
                ('state', fields.CharEnumField(default=CouponState.ISSUED, description='ISSUED: issued\nHELD: held\nUSED: used\nRETURNED: returned\nEXPIRED: expired\nGIFTED: gifted\nPASSED: passed', enum_type=CouponState, max_length=8)),
                ('order_no', fields.CharField(null=True, max_length=32)),
                ('starts_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('returned_of', fields.OneToOneField('promotions.Coupon', source_field='returned_of_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('claimed_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'promotions_coupon', 'app': 'promotions', 'unique_together': (('member_id', 'campaign', 'claim_key'),), 'pk_attr': 'id', 'table_description': "One coupon in a member's hand (卡券): it is used by one order at most, and once."},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Coupon',
            constraint=CheckConstraint(check="(state IN ('held', 'used', 'returned')) = (order_no IS NOT NULL)", name='promotions_coupon_order_check'),
        ),
        ops.AddConstraint(
            model_name='Coupon',
            constraint=CheckConstraint(check='ends_at >= starts_at', name='promotions_coupon_days_check'),
        ),
        ops.CreateModel(
            name='CouponGift',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('token', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('coupon', fields.ForeignKeyField('promotions.Coupon', source_field='coupon_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('from_id', fields.BigIntField(db_index=True)),
                ('to_id', fields.BigIntField(null=True, db_index=True)),
                ('state', fields.CharEnumField(default=GiftState.OPEN, description='OPEN: open\nTAKEN: taken\nBACK: back\nEXPIRED: expired', enum_type=GiftState, max_length=8)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('made_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'promotions_coupon_gift', 'app': 'promotions', 'pk_attr': 'id', 'table_description': 'A coupon on its way to a friend (转赠): whoever brings the token first has it.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='CouponGift',
            constraint=CheckConstraint(check="(state = 'open') = (ended_at IS NULL) AND (state = 'taken') = (to_id IS NOT NULL)", name='promotions_coupon_gift_state_check'),
        ),
        ops.CreateModel(
            name='Use',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('order_no', fields.CharField(max_length=32)),
                ('kind', fields.CharEnumField(description='COUPON: coupon\nDEAL: deal', enum_type=UseKind, max_length=8)),
                ('ref', fields.BigIntField()),
                ('member_id', fields.BigIntField(null=True, db_index=True)),
                ('store_id', fields.BigIntField(null=True)),
                ('fen', fields.BigIntField()),
                ('times', fields.BigIntField()),
                ('state', fields.CharEnumField(default=UseState.HELD, description='HELD: held\nCAPTURED: captured\nRELEASED: released\nRETURNED: returned', enum_type=UseState, max_length=8)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'promotions_use', 'app': 'promotions', 'unique_together': (('order_no', 'kind', 'ref'),), 'pk_attr': 'id', 'table_description': 'What an order takes of a coupon or of a limited promotion: held, then captured or released.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Use',
            constraint=CheckConstraint(check='fen >= 0 AND times >= 0', name='promotions_use_amount_check'),
        ),
        # By hand: indexes on parts of tables, the edition, and the one statement that holds uses.
        ops.RunSQL(
            """
            CREATE INDEX promotions_use_alive ON promotions_use (kind, ref, member_id)
            WHERE state IN ('held', 'captured');
            CREATE INDEX promotions_coupon_alive ON promotions_coupon (member_id, ends_at)
            WHERE state IN ('issued', 'held');
            CREATE INDEX promotions_coupon_due ON promotions_coupon (ends_at)
            WHERE state = 'issued';
            CREATE INDEX promotions_coupon_given ON promotions_coupon (campaign_id, claimed_at);
            CREATE UNIQUE INDEX promotions_coupon_gift_open ON promotions_coupon_gift (coupon_id)
            WHERE state = 'open';
            CREATE INDEX promotions_coupon_gift_due ON promotions_coupon_gift (expires_at)
            WHERE state = 'open';
            CREATE INDEX promotions_coupon_issue_waits
            ON promotions_coupon_issue_member (issue_id, member_id) WHERE outcome = '';
            CREATE FUNCTION promotions_renew_edition() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO promotions_edition VALUES (1, gen_random_uuid())
                ON CONFLICT (id) DO UPDATE SET edition = excluded.edition;
                RETURN NULL;
            END $$;
            CREATE TRIGGER promotions_price_edition
            AFTER INSERT OR UPDATE OR DELETE ON promotions_price
            FOR EACH STATEMENT EXECUTE FUNCTION promotions_renew_edition();
            CREATE TRIGGER promotions_member_rate_edition
            AFTER INSERT OR UPDATE OR DELETE ON promotions_member_rate
            FOR EACH STATEMENT EXECUTE FUNCTION promotions_renew_edition();
            CREATE TRIGGER promotions_promotion_edition
            AFTER INSERT OR UPDATE OR DELETE ON promotions_promotion
            FOR EACH STATEMENT EXECUTE FUNCTION promotions_renew_edition();
            CREATE TRIGGER promotions_program_rate_edition
            AFTER INSERT OR UPDATE OR DELETE ON promotions_program_rate
            FOR EACH STATEMENT EXECUTE FUNCTION promotions_renew_edition();
            CREATE FUNCTION promotions_hold(wanted jsonb)
            RETURNS TABLE (refused_no text, why text, what bigint) LANGUAGE plpgsql AS $$
            DECLARE
                ask jsonb; one jsonb; took boolean; limits record;
                number text; member bigint; thing bigint; money bigint; pieces bigint;
            BEGIN
                -- Everything at once and by id, so that two groups cannot wait for each other.
                PERFORM FROM promotions_campaign WHERE id IN (
                    SELECT (u->>'ref')::bigint FROM jsonb_array_elements(wanted) AS w,
                        jsonb_array_elements(w->'uses') AS u WHERE u->>'kind' = 'deal'
                ) ORDER BY id FOR UPDATE;
                PERFORM FROM promotions_coupon WHERE id IN (
                    SELECT (u->>'ref')::bigint FROM jsonb_array_elements(wanted) AS w,
                        jsonb_array_elements(w->'uses') AS u WHERE u->>'kind' = 'coupon'
                ) ORDER BY id FOR UPDATE;
                FOR ask IN SELECT * FROM jsonb_array_elements(wanted) LOOP
                    number := ask->>'order_no';
                    member := (ask->>'member_id')::bigint;
                    BEGIN  -- one order takes all it wants or nothing
                        FOR one IN SELECT * FROM jsonb_array_elements(ask->'uses') LOOP
                            thing := (one->>'ref')::bigint;
                            money := (one->>'fen')::bigint;
                            pieces := (one->>'times')::bigint;
                            INSERT INTO promotions_use AS u
                                (order_no, kind, ref, member_id, store_id, fen, times, state,
                                expires_at)
                            VALUES (number, one->>'kind', thing, member,
                                (ask->>'store_id')::bigint, money, pieces, 'held',
                                (ask->>'expires_at')::timestamptz)
                            ON CONFLICT (order_no, kind, ref) DO UPDATE
                            SET state = 'held', fen = excluded.fen, times = excluded.times,
                                expires_at = excluded.expires_at
                            WHERE u.state = 'released'
                            RETURNING true INTO took;
                            IF took IS NULL THEN CONTINUE; END IF;  -- this order holds it already
                            IF one->>'kind' = 'coupon' THEN
                                UPDATE promotions_coupon SET state = 'held', order_no = number
                                WHERE id = thing AND member_id = member AND state = 'issued'
                                    AND starts_at <= now() AND now() < ends_at
                                RETURNING true INTO took;
                                IF took IS NULL THEN
                                    RAISE EXCEPTION 'coupon' USING ERRCODE = 'DGCPN';
                                END IF;
                                CONTINUE;
                            END IF;
                            SELECT p.budget_fen, p.budget_times, p.times_each INTO limits
                            FROM promotions_promotion AS p WHERE p.campaign_id = thing
                            ORDER BY p.version DESC LIMIT 1;
                            UPDATE promotions_campaign AS c
                            SET used_fen = c.used_fen + money, used_times = c.used_times + pieces
                            WHERE c.id = thing
                                AND (limits.budget_fen IS NULL
                                     OR c.used_fen + money <= limits.budget_fen)
                                AND (limits.budget_times IS NULL
                                     OR c.used_times + pieces <= limits.budget_times)
                            RETURNING true INTO took;
                            IF took IS NULL THEN
                                RAISE EXCEPTION 'budget' USING ERRCODE = 'DGBGT';
                            END IF;
                            IF limits.times_each IS NOT NULL AND (
                                SELECT coalesce(sum(u.times), 0) FROM promotions_use AS u
                                WHERE u.kind = 'deal' AND u.ref = thing AND u.member_id = member
                                    AND u.state IN ('held', 'captured')
                            ) > (CASE WHEN member IS NULL THEN -1 ELSE limits.times_each END) THEN
                                RAISE EXCEPTION 'each' USING ERRCODE = 'DGEAC';
                            END IF;
                        END LOOP;
                    EXCEPTION
                        WHEN SQLSTATE 'DGCPN' THEN
                            refused_no := number; why := 'coupon'; what := thing; RETURN NEXT;
                        WHEN SQLSTATE 'DGBGT' THEN
                            refused_no := number; why := 'budget'; what := thing; RETURN NEXT;
                        WHEN SQLSTATE 'DGEAC' THEN
                            refused_no := number; why := 'each'; what := thing; RETURN NEXT;
                    END;
                END LOOP;
            END $$
            """,
            "DROP FUNCTION promotions_hold; DROP FUNCTION promotions_renew_edition CASCADE;"
            " DROP INDEX promotions_coupon_issue_waits; DROP INDEX promotions_coupon_gift_due;"
            " DROP INDEX promotions_coupon_gift_open; DROP INDEX promotions_coupon_given;"
            " DROP INDEX promotions_coupon_due; DROP INDEX promotions_coupon_alive;"
            " DROP INDEX promotions_use_alive",
        ),
    ]
