"""What stores keep of people: those who work in them (P1)."""

from core.privacy import Ground, Kept

_STAFF = frozenset({Ground.STAFF})
_LAW = frozenset({Ground.LAW})

PERSONAL: dict[str, Kept] = {
    "stores_staff.name": Kept(_STAFF, 1095, "员工姓名", "name of staff"),
    "stores_staff.display_name": Kept(_STAFF, 1095, "员工显示名", "name customers see"),
    "stores_staff.user_id": Kept(_STAFF, 1095, "员工企业微信账号", "WeCom account of staff"),
    "stores_staff.login": Kept(_STAFF, 1095, "员工登录名", "login of staff"),
    "stores_staff.password_hash": Kept(_STAFF, 0, "员工密码散列", "hash of a password"),
    "stores_tax_entity.drawer": Kept(_LAW, 3650, "开票人", "who draws invoices"),
}

NOT_PERSONAL = frozenset(
    {
        "address", "bank_account", "city", "city_fee_fen", "city_minimum_fen",
        "city_radius_m", "code", "created_at", "device", "franchisee_id", "has_till", "hours", "id",
        "is_active", "is_open", "kind", "latitude", "lends_stock", "longitude", "name",
        "offers_express", "offers_pickup", "phone", "refused_at", "region", "role", "secret",
        "special_days", "store_id", "tax_entity_id", "tax_no", "week",
    }
)  # fmt: skip
