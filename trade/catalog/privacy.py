"""What the catalogue keeps of people: what a member liked (P1)."""

from core.privacy import Kept, OnErase, Owned, Purpose

_MEMBER = frozenset({Purpose.MEMBERSHIP})

PERSONAL: dict[str, Kept] = {
    "catalog_favourite.source": Kept(_MEMBER, 0, "收藏来源", "source of a favourite"),
    "catalog_favourite.product_id": Kept(_MEMBER, 0, "收藏的商品", "favourite products"),
    "catalog_favourite.created_at": Kept(_MEMBER, 0, "收藏时间", "time of a favourite"),
}

NOT_PERSONAL = frozenset(
    {
        "at", "banner", "brand_id", "by", "category_id", "code", "colour", "deposit_bp",
        "description", "featured", "height", "hours", "id", "is_limited", "is_shown",
        "kind", "kit_id", "limit_days", "limit_each", "list_price_fen",
        "member_id", "more_spec", "name", "name_en",
        "notice", "notice_en", "number", "on_sale", "parent_id", "part_id", "path",
        "picture", "picture_id", "position", "presale_on", "presale_until", "price_fen",
        "product_id", "public_id", "quantity", "scene_id", "scenes", "size", "sku_id",
        "state", "store_id", "tax_bp", "tax_code", "title", "title_en", "unit", "width",
        "words", "x", "y",
    }
)  # fmt: skip

OWNED = (Owned("catalog_favourite", once_by=("product_id",), erase=OnErase.DELETE),)
