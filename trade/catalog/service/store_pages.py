"""How each store shows itself: a thousand stores, a thousand faces, and one to fall back to."""

from dataclasses import dataclass

from core import clock
from core.audit_log import record
from core.database import sql, use_case
from core.security.scope import Scope
from trade.catalog.errors import PageNotYours, ProductNotFound, SceneNotFound
from trade.catalog.models import Product, Scene, StorePage

MAX_FEATURED = 30
FIELDS = ("banner", "notice", "notice_en", "hours", "featured", "scenes")


@dataclass(frozen=True, slots=True)
class PageDraft:
    """What is None falls back to the brand's page; an empty list or text is meant.

    `featured` are products' public ids, `scenes` those of scenes, in order.
    """

    banner: str | None = None
    notice: str | None = None
    notice_en: str | None = None
    hours: str | None = None
    featured: tuple[str, ...] | None = None
    scenes: tuple[str, ...] | None = None


LOCK = """
INSERT INTO catalog_store_page (store_id, by) VALUES ($1, $2)
ON CONFLICT (coalesce(store_id, 0)) DO UPDATE SET at = catalog_store_page.at RETURNING id
"""


@use_case
async def set_store_page(*, scope: Scope, store_id: int | None, draft: PageDraft) -> bool:
    """Set the page of a store, or with None the brand's own that all fall back to.

    Who changed which fields is in the audit log. Doing it again changes nothing; answers whether
    anything did. Raises PageNotYours, ProductNotFound and SceneNotFound.
    """
    _check_owner(scope, store_id)
    wanted = {name: getattr(draft, name) for name in FIELDS[:4]}
    wanted["featured"] = await _product_ids(draft.featured)
    wanted["scenes"] = await _scene_ids(draft.scenes, store_id)
    [row] = await sql(LOCK, store_id, scope.actor)
    page = await StorePage.get(id=row["id"])
    changed = [name for name in FIELDS if getattr(page, name) != wanted[name]]
    if not changed:
        return False
    await page.update_from_dict({**wanted, "by": scope.actor, "at": clock.now()}).save()
    subject = f"store:{store_id}" if store_id else "brand"
    await record(scope, "catalog.set_store_page", subject, fields=",".join(changed))
    return True


def _check_owner(scope: Scope, store_id: int | None) -> None:
    is_allowed = scope.sees_all_stores if store_id is None else scope.sees_store(store_id)
    if not is_allowed:
        raise PageNotYours


async def _product_ids(names: tuple[str, ...] | None) -> list[int] | None:
    if names is None:
        return None
    known = dict(await Product.filter(public_id__in=names).values_list("public_id", "id"))
    if missing := [name for name in names if name not in known]:
        raise ProductNotFound(product_id=missing[0])
    return [known[name] for name in names]


async def _scene_ids(names: tuple[str, ...] | None, store_id: int | None) -> list[int] | None:
    if names is None:
        return None
    rows = await Scene.filter(public_id__in=names)
    known = {row.public_id: row.id for row in rows if row.store_id in {None, store_id}}
    if missing := [name for name in names if name not in known]:
        raise SceneNotFound(scene_id=missing[0])
    return [known[name] for name in names]
