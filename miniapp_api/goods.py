"""商品管理. For staff: pictures, scenes, kits, pre-sales, limits, a store's own shelf and page.

Changes are on record.
"""

from datetime import date

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.limits import TooManyTries, check_rate
from core.web.policy import allow
from trade.catalog.errors import (
    BadKit,
    BadLimit,
    BadPresale,
    BadScene,
    KitInKit,
    NotAPicture,
    PictureNotFound,
    PictureTooLarge,
    ProductNotFound,
    SceneNotFound,
    SkuNotFound,
    TooManyPictures,
)
from trade.catalog.queries import find_product, picture_path
from trade.catalog.service import (
    PageDraft,
    PartDraft,
    PictureOf,
    SceneDraft,
    SceneKind,
    SpotDraft,
    put_on_shelf,
    put_scene,
    set_kit,
    set_limit_each,
    set_pictures,
    set_presale,
    set_store_page,
    store_picture,
    take_off_shelf,
)
from trade.stores.errors import StoreNotFound
from trade.stores.queries import StoreView, find_store

router = Router("/api/v1/goods", "goods")
BRAND = allow(Role.MARKETER, Role.HEAD_OFFICE)
KEEPERS = allow(Role.STORE_MANAGER, Role.FRANCHISEE, Role.MARKETER, Role.HEAD_OFFICE)
PICTURES_A_MINUTE = 60
PICTURE = Field(default=None, max_length=200, pattern=r"^/pictures/[0-9a-z.-]+$")


class UploadedOut(Schema):
    """`name` is what goods and scenes call it by; the paths are for 200, 600 and 1200 pixels."""

    name: str
    width: int
    height: int
    small: str
    medium: str
    large: str


class PictureIn(Schema):
    name: str = Field(pattern=r"^[0-9a-f]{64}$")
    colour: str = Field(default="", max_length=20)


class PicturesIn(Schema):
    """All pictures of the page in order; the first one stands for the product in lists."""

    pictures: list[PictureIn] = Field(max_length=20)


class SpotIn(Schema):
    """Thousandths from the left and the top of the picture."""

    product_code: str = Field(min_length=1, max_length=40)
    sku_code: str = Field(default="", max_length=40)
    x: int = Field(ge=0, le=1_000)
    y: int = Field(ge=0, le=1_000)


class SceneIn(Schema):
    """`code` is the brand's own name for it: the same code, the same scene."""

    code: str = Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")
    kind: SceneKind
    title: str = Field(min_length=1, max_length=60)
    title_en: str = Field(default="", max_length=100)
    picture: str = Field(max_length=200, pattern=r"^/pictures/[0-9a-z.-]+$")
    spots: list[SpotIn] = Field(min_length=1, max_length=30)
    position: int = Field(default=0, ge=0, le=100_000)
    is_shown: bool = True


class PartIn(Schema):
    sku_code: str = Field(min_length=1, max_length=40)
    quantity: int = Field(ge=1, le=1_000)


class KitIn(Schema):
    """No parts: it is counted itself again."""

    parts: list[PartIn] = Field(max_length=50)


class PresaleIn(Schema):
    """`on` null: it is sold as it is there. `deposit_bp` 0: all of it is paid at once."""

    on: date | None
    until: date | None = None
    deposit_bp: int = Field(default=0, ge=0, le=9_999)


class LimitIn(Schema):
    """`each` null: any number; `days` 0: ever."""

    each: int | None = Field(ge=1, le=10_000)
    days: int = Field(default=0, ge=0, le=3_650)


class ShelfIn(Schema):
    product_id: str = Field(max_length=40)
    is_on: bool


class StorePageIn(Schema):
    """What is null, or left out, falls back to the brand's page."""

    banner: str | None = PICTURE
    notice: str | None = Field(default=None, max_length=300)
    notice_en: str | None = Field(default=None, max_length=300)
    hours: str | None = Field(default=None, max_length=100)
    featured: list[str] | None = Field(default=None, max_length=30)
    scenes: list[str] | None = Field(default=None, max_length=30)

    def draft(self) -> PageDraft:
        return PageDraft(
            banner=self.banner,
            notice=self.notice,
            notice_en=self.notice_en,
            hours=self.hours,
            featured=None if self.featured is None else tuple(self.featured),
            scenes=None if self.scenes is None else tuple(self.scenes),
        )


@router.post(
    "/pictures",
    who=KEEPERS,
    summary="Upload a picture: its bytes are the body (上传图片)",
    errors=(NotAPicture, PictureTooLarge, TooManyTries),
    idempotent=False,
)
async def post_picture(request: Request, scope: Scope) -> UploadedOut:
    """JPEG, PNG or WebP, at most 12 MB and 50 million pixels. The same bytes, the same picture."""
    await check_rate("pictures", scope.actor, per_minute=PICTURES_A_MINUTE)
    kept = await store_picture(by=scope.actor, raw=await request.body())
    small, medium, large = (picture_path(kept.name, size) for size in (200, 600, 1_200))
    return UploadedOut.of(kept, small=small, medium=medium, large=large)


@router.put(
    "/products/{product_id}/pictures",
    who=BRAND,
    summary="The pictures of a product's page (商品图片)",
    errors=(ProductNotFound, PictureNotFound, TooManyPictures),
)
async def put_pictures(product_id: str, body: PicturesIn) -> None:
    pictures = [PictureOf(each.name, each.colour) for each in body.pictures]
    await set_pictures(product_id=await find_product(product_id), pictures=pictures)


@router.put(
    "/scenes",
    who=BRAND,
    summary="Add or correct a scene with its products (编辑场景)",
    errors=(BadScene, ProductNotFound, SkuNotFound),
)
async def put_one_scene(scope: Scope, body: SceneIn) -> None:
    spots = [SpotDraft(s.product_code, s.x, s.y, s.sku_code) for s in body.spots]
    draft = SceneDraft(
        code=body.code,
        kind=body.kind,
        title=body.title,
        title_en=body.title_en,
        picture=body.picture,
        spots=tuple(spots),
        position=body.position,
        is_shown=body.is_shown,
    )
    await put_scene(draft, scope=scope)


@router.put(
    "/skus/{sku_code}/kit",
    who=BRAND,
    summary="What one piece of a SKU consists of (组合装)",
    errors=(SkuNotFound, BadKit, KitInKit),
)
async def put_kit(scope: Scope, sku_code: str, body: KitIn) -> None:
    parts = [PartDraft(part.sku_code, part.quantity) for part in body.parts]
    await set_kit(sku_code=sku_code, parts=parts, scope=scope)


@router.put(
    "/skus/{sku_code}/presale",
    who=BRAND,
    summary="From when a SKU is promised, and what is paid at once (预售)",
    errors=(SkuNotFound, BadPresale),
)
async def put_presale(scope: Scope, sku_code: str, body: PresaleIn) -> None:
    terms = {"on": body.on, "until": body.until}
    await set_presale(scope, sku_code=sku_code, deposit_bp=body.deposit_bp, **terms)


@router.put(
    "/products/{product_id}/limit",
    who=BRAND,
    summary="How many pieces of a product a member may buy (限购)",
    errors=(ProductNotFound, BadLimit),
)
async def put_limit(scope: Scope, product_id: str, body: LimitIn) -> None:
    wanted = await find_product(product_id)
    await set_limit_each(scope, product_id=wanted, each=body.each, days=body.days)


async def _own_store(scope: Scope, store_code: str) -> StoreView:
    """A store of somebody else answers like one that is not there."""
    store = await find_store(store_code)
    if store is None or not scope.sees_store(store.id):
        raise StoreNotFound(store_code=store_code)
    return store


@router.put(
    "/stores/{store_code}/shelf",
    who=KEEPERS,
    summary="Take a product off a store's shelf, or put it back (门店上下架)",
    errors=(StoreNotFound, ProductNotFound),
)
async def put_shelf(scope: Scope, store_code: str, body: ShelfIn) -> None:
    store = await _own_store(scope, store_code)
    act = put_on_shelf if body.is_on else take_off_shelf
    await act(scope=scope, store_id=store.id, product_id=await find_product(body.product_id))


@router.put(
    "/stores/{store_code}/page",
    who=KEEPERS,
    summary="How a store shows itself (编辑门店主页)",
    errors=(StoreNotFound, ProductNotFound, SceneNotFound),
)
async def put_store_page(scope: Scope, store_code: str, body: StorePageIn) -> None:
    store = await _own_store(scope, store_code)
    await set_store_page(scope=scope, store_id=store.id, draft=body.draft())


@router.put(
    "/page",
    who=BRAND,
    summary="The page every store falls back to (品牌主页)",
    errors=(ProductNotFound, SceneNotFound),
)
async def put_brand_page(scope: Scope, body: StorePageIn) -> None:
    await set_store_page(scope=scope, store_id=None, draft=body.draft())
