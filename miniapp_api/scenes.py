"""场景. Rooms and outfits in which products stand together; every spot leads to its product."""

from typing import Literal

from pydantic import Field
from starlette.requests import Request

from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.policy import PUBLIC
from miniapp_api.stores import open_store
from trade.catalog.errors import SceneNotFound
from trade.catalog.queries import SceneView, get_scene, scenes_of
from trade.stores.errors import StoreNotFound

router = Router("/api/v1", "scenes")


class ScenesQuery(Schema):
    store_code: str = Field(min_length=1, max_length=32)
    kind: Literal["", "room", "outfit"] = ""


class SceneQuery(Schema):
    store_code: str = Field(min_length=1, max_length=32)


class SpotOut(Schema):
    """Where the product stands in the picture, in thousandths from the left and the top."""

    product_id: str
    title: str
    picture: str
    sku_code: str | None
    x: int
    y: int


class SceneOut(Schema):
    scene_id: str
    kind: str
    title: str
    picture: str
    spots: list[SpotOut]


def scene_out(scene: SceneView, lang: str) -> SceneOut:
    def title(zh: str, en: str) -> str:
        return en if lang == "en" and en else zh

    return SceneOut(
        scene_id=scene.public_id,
        kind=scene.kind,
        title=title(scene.title, scene.title_en),
        picture=scene.picture,
        spots=[
            SpotOut(
                product_id=spot.product_id,
                title=title(spot.title, spot.title_en),
                picture=spot.picture,
                sku_code=spot.sku_code,
                x=spot.x,
                y=spot.y,
            )
            for spot in scene.spots
        ],
    )


@router.get("/scenes", who=PUBLIC, summary="Scenes of a store (场景列表)", errors=(StoreNotFound,))
async def list_scenes(request: Request, query: ScenesQuery) -> list[SceneOut]:
    store, lang = await open_store(query.store_code), language_of(request)
    return [scene_out(scene, lang) for scene in await scenes_of(store.id, kind=query.kind)]


@router.get(
    "/scenes/{scene_id}",
    who=PUBLIC,
    summary="A scene with its products (场景详情)",
    errors=(StoreNotFound, SceneNotFound),
)
async def one_scene(request: Request, scene_id: str, query: SceneQuery) -> SceneOut:
    store = await open_store(query.store_code)
    return scene_out(await get_scene(store.id, scene_id), language_of(request))
